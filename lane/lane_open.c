#include "lane/lane_parts.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "kafka/journal_end.h"
#include "support/clock.h"
#include "support/fault.h"
#include "support/log.h"

/* A new owner may have gone on since we read the journal's tail: then Redis is right and we are
   late. */
static struct error not_of_this_log(const struct lane *lane, const char *what)
{
    TRY(lane_store_still_owned(lane->store));
    return error_make(ERROR_FATAL, "redis_not_of_log",
                      "Redis is not of this log (lane %d: %s). Point --redis.address at the right "
                      "Redis, or empty this one if it may be filled again from the topics",
                      lane->options->lane, what);
}

static struct error open_store(struct lane *lane)
{
    const struct lane_store_options options = {
        .lane = lane->options->lane,
        .lanes = lane->options->identity.lanes,
        .clock_is_events = lane->options->clock == CLOCK_EVENTS,
    };
    struct lane_store_options filled = options;
    memcpy(filled.log_id, lane->options->identity.log_id, LOG_ID_BYTES);
    TRY(lane_store_open(lane->options->redis, &filled, &lane->store));
    return lane_store_own(lane->store);
}

static struct error open_law(struct lane *lane)
{
    TRY(rules_log_open(lane->options->kafka, &lane->rules_log));
    int64_t through;
    TRY(rules_log_refresh(lane->rules_log, &through));
    lane->schemas = schemas_open();
    lane->schema_from = 0;
    lane->wants_schema = false;
    lane->waited_count = 0;
    return schema_log_refresh(lane->options->kafka, &lane->schema_from, lane->schemas);
}

struct last_record {
    enum input_topic topic;
    uint8_t digest[DIGEST_BYTES];
};

static void look_at_last(void *context, int64_t offset, int64_t timestamp_ms, struct text key,
                         struct text value)
{
    struct last_record *last = context;
    struct digest digest;
    digest_init(&digest);
    digest_input_record(&digest, last->topic, offset, timestamp_ms, key, value);
    digest_final(&digest, last->digest);
}

/* The last record of each topic must still be the one the journal saw. */
static struct error compare_last_records(const struct lane *lane, const struct journal_body *body)
{
    static const uint8_t none[DIGEST_BYTES];
    for (unsigned topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        const struct journal_range *range = &body->ranges[topic];
        if (memcmp(range->last_digest, none, DIGEST_BYTES) == 0) {
            continue;
        }
        struct last_record last = {.topic = (enum input_topic)topic};
        TRY(lane_input_peek(lane->options->kafka, lane->options->lane, (enum input_topic)topic,
                            range->next - 1, look_at_last, &last));
        if (memcmp(last.digest, range->last_digest, DIGEST_BYTES) != 0) {
            return error_make(
                ERROR_FATAL, "input_replaced",
                "input log was replaced or truncated: %s, partition %d, offset %lld is "
                "not the record that the journal applied. Restore the topic",
                lane->topic_names[topic], lane->options->lane, (long long)range->next - 1);
        }
    }
    return no_error();
}

static struct error check_identity(const struct lane *lane, const struct journal_body *body)
{
    const struct log_identity *identity = &lane->options->identity;
    if (memcmp(body->log_id, identity->log_id, LOG_ID_BYTES) != 0 ||
        body->lanes != identity->lanes || body->lane != lane->options->lane) {
        return error_make(ERROR_FATAL, "journal_not_of_log",
                          "the journal of lane %d is of another log than jaga.rules says (log id, "
                          "lanes or lane differ). More partitions later are a migration, not a "
                          "setting",
                          lane->options->lane);
    }
    return journal_check_semantics(body);
}

static struct error read_tail(struct lane *lane, struct journal_tail *tail)
{
    TRY(journal_tail_read(lane->options->kafka, lane->options->lane, tail));
    lane->journal_next = tail->end;
    if (tail->empty) {
        return no_error();
    }
    TRY(check_identity(lane, &tail->record.body));
    return compare_last_records(lane, &tail->record.body);
}

/* What the state is before the first journal record. */
static void begin_at_zero(struct lane *lane)
{
    state_close(lane->state);
    lane->state = state_open(lane->options->lane, lane->options->identity.lanes);
    lane->position = (struct position){.journal_offset = -1};
    memset(lane->last_digests, 0, sizeof lane->last_digests);
}

/* The journal's own record at the copy's position; `*found` false when it is not that one. */
static struct error record_of_copy(const struct lane *lane, const struct position *copy,
                                   struct journal_record *record, bool *found)
{
    struct journal_reader *reader = NULL;
    int64_t offset;
    bool at_end;
    *found = false;
    struct error error = journal_reader_open(lane->options->kafka, lane->options->lane,
                                             copy->journal_offset, &reader);
    if (!failed(&error)) {
        error = journal_reader_next(reader, record, &offset, &at_end);
        *found = !failed(&error) && !at_end && offset == copy->journal_offset &&
                 record->body.sequence == copy->sequence &&
                 memcmp(record->chain, copy->chain, CHAIN_BYTES) == 0;
    }
    journal_reader_close(reader);
    return error;
}

struct loading {
    struct state *state;
    bool ok;
};

static void load_participant(void *context, uint64_t number, struct text id, struct text bytes)
{
    struct loading *loading = context;
    loading->ok = loading->ok && state_load_participant(loading->state, number, id, bytes);
}

static void load_tally(void *context, struct text name, int64_t value)
{
    struct loading *loading = context;
    if (name.length > TALLY_NAME_BYTES_MAX) {
        loading->ok = false;
        return;
    }
    state_load_tally(loading->state, name, value);
}

/* Loads table and tallies; `*good` false when they are not what the journal says of that sequence.
 */
static struct error load_copy(struct lane *lane, const struct position *copy, uint64_t participants,
                              const struct journal_record *record, bool *good)
{
    struct loading loading = {lane->state, true};
    bool torn;
    TRY(lane_store_load(lane->store, participants, load_participant, &loading, &torn));
    TRY(lane_store_load_tallies(lane->store, load_tally, &loading));
    *good = !torn && loading.ok && table_count(state_table(lane->state)) == participants &&
            memcmp(state_digest(lane->state), record->body.state_digest, DIGEST_BYTES) == 0;
    if (*good) {
        state_loaded(lane->state, record->body.now);
        lane->position = *copy;
        for (unsigned topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
            lane->position.next[topic] = record->body.ranges[topic].next;
            memcpy(lane->last_digests[topic], record->body.ranges[topic].last_digest, DIGEST_BYTES);
        }
    }
    return no_error();
}

static struct error load_filled(struct lane *lane, const struct journal_tail *tail,
                                const struct position *copy, uint64_t participants, bool *loaded)
{
    if (copy->sequence == 0) {
        *loaded = participants == 0;
        return no_error();
    }
    if (tail->empty || copy->sequence > tail->record.body.sequence) {
        return not_of_this_log(lane, "it is ahead of the journal");
    }
    struct journal_record record;
    bool found = false;
    if (copy->journal_offset <= tail->offset) { /* beyond it there is nothing to read */
        TRY(record_of_copy(lane, copy, &record, &found));
    }
    if (!found) {
        return not_of_this_log(lane, "its chain is not the journal's");
    }
    TRY(load_copy(lane, copy, participants, &record, loaded));
    if (!*loaded) {
        log_at(LOG_WARN, "copy_dropped", LOG_NUMBER("lane", lane->options->lane),
               LOG_NUMBER("sequence", copy->sequence),
               LOG_TEXT("reason", "the copy in Redis does not match the journal's state digest"));
        begin_at_zero(lane);
    }
    return no_error();
}

/* Reads the copy; `*filled` says whether Redis holds it, so that later saves may go on from it. */
static struct error load(struct lane *lane, const struct journal_tail *tail, bool *filled)
{
    enum store_state store;
    struct position copy;
    uint64_t participants;
    char what[160];
    begin_at_zero(lane);
    TRY(lane_store_meta(lane->store, &store, &copy, &participants, what));
    *filled = false;
    if (store == STORE_OF_ANOTHER_LOG) {
        return not_of_this_log(lane, what);
    }
    if (store == STORE_EMPTY) {
        return no_error();
    }
    return load_filled(lane, tail, &copy, participants, filled);
}

static struct error open_input(struct lane *lane)
{
    struct lane_input_options options = {
        .lane = lane->options->lane,
        .schemas = lane->schemas,
        .schemas_through = lane->schema_from,
        .batch_wait_ms = lane->options->batch_wait_ms,
    };
    memcpy(options.next, lane->position.next, sizeof options.next);
    return lane_input_open(lane->options->kafka, &options, &lane->input);
}

static struct error redo_all(struct lane *lane, struct journal_reader *reader)
{
    for (;;) {
        struct journal_record record;
        int64_t offset;
        bool at_end;
        TRY(journal_reader_next(reader, &record, &offset, &at_end));
        if (at_end) {
            return no_error();
        }
        if (lane_is_called_away(lane)) {
            return error_make(ERROR_RETRY, "called_away", "lane %d was to end while it was redone",
                              lane->options->lane);
        }
        TRY(lane_redo(lane, &record, offset));
        fault_point("redo");
    }
}

/* The same sequence at another place: a record was written twice, which no owner does. */
static struct error check_tail_is_ours(const struct lane *lane, const struct journal_tail *tail)
{
    if (lane->position.journal_offset == tail->offset) {
        return no_error();
    }
    return error_make(ERROR_FATAL, "journal_invalid",
                      "the journal of lane %d holds sequence %lld twice, at offsets %lld and %lld: "
                      "somebody else writes to it",
                      lane->options->lane, (long long)lane->position.sequence,
                      (long long)lane->position.journal_offset, (long long)tail->offset);
}

static struct error redo(struct lane *lane, const struct journal_tail *tail)
{
    if (tail->empty) {
        return no_error();
    }
    if (lane->position.sequence == tail->record.body.sequence) {
        return check_tail_is_ours(lane, tail);
    }
    log_at(LOG_INFO, "redo_begins", LOG_NUMBER("lane", lane->options->lane),
           LOG_NUMBER("from", lane->position.sequence + 1),
           LOG_NUMBER("to", tail->record.body.sequence));
    struct journal_reader *reader = NULL;
    TRY(journal_reader_open(lane->options->kafka, lane->options->lane,
                            lane->position.journal_offset + 1, &reader));
    const struct error error = redo_all(lane, reader);
    journal_reader_close(reader);
    TRY(error);
    if (lane->position.sequence > tail->record.body.sequence) {
        return error_make(ERROR_FENCED, "lane_taken",
                          "lane %d: somebody else went on with its journal while it was opened",
                          lane->options->lane);
    }
    if (lane->position.sequence < tail->record.body.sequence) {
        return error_make(
            ERROR_FATAL, "journal_removed",
            "the journal of lane %d ends at sequence %lld, its tail said %lld: records "
            "are missing. Restore jaga.journal",
            lane->options->lane, (long long)lane->position.sequence,
            (long long)tail->record.body.sequence);
    }
    return no_error();
}

/* The bundle in force after redo is the newest there is; activation is at a batch boundary. */
static struct error take_newest_rules(struct lane *lane)
{
    TRY(rules_log_refresh(lane->rules_log, &lane->rules_through));
    const struct rules *rules;
    TRY(rules_log_at(lane->rules_log, lane->rules_through, &rules));
    state_set_rules(lane->state, rules);
    lane->rules_read_at = clock_steady_us();
    return no_error();
}

/* Rules for the copy's own position come first, so that redo begins with counters that are right.
 */
static struct error catch_up(struct lane *lane, const struct journal_tail *tail)
{
    TRY(open_input(lane));
    TRY(redo(lane, tail));
    TRY(take_newest_rules(lane));
    lane_input_bound(lane->input, NULL, lane->schema_from);
    return no_error();
}

static struct error show_opened(struct lane *lane, bool filled)
{
    lane->view_is_whole = false;
    lane->view_sequence = -1;
    lane->copy_sequence = filled ? -1 : lane->copy_sequence;
    return filled ? lane_show(lane, true, true) : lane_fill(lane);
}

struct error lane_open_parts(struct lane *lane)
{
    const int64_t begun = clock_steady_us();
    struct journal_tail tail;
    bool filled;
    lane->batch = batch_open();
    TRY(open_store(lane));
    TRY(lane_transaction_open(lane->options->kafka, lane->options->lane,
                              lane->options->commit_deadline_ms, &lane->transaction));
    TRY(read_tail(lane, &tail));
    TRY(open_law(lane));
    TRY(load(lane, &tail, &filled));
    TRY(catch_up(lane, &tail));
    TRY(show_opened(lane, filled));
    lane_note_behind(lane);
    gauge_set(&lane->options->metrics->store_is_away, 0);
    log_at(LOG_INFO, "lane_ready", LOG_NUMBER("lane", lane->options->lane),
           LOG_NUMBER("sequence", lane->position.sequence),
           LOG_NUMBER("participants", table_count(state_table(lane->state))),
           LOG_NUMBER("table_bytes", table_memory(state_table(lane->state))),
           LOG_NUMBER("took_ms", (clock_steady_us() - begun) / 1000));
    return no_error();
}

struct error lane_check_end(struct lane *lane)
{
    int64_t end = 0;
    TRY(journal_settled_end(lane->options->kafka, lane->options->lane, &end));
    if (end != lane->journal_next) {
        return error_make(ERROR_RETRY, "lane_went_on",
                          "lane %d: another process wrote to the journal meanwhile",
                          lane->options->lane);
    }
    return no_error();
}

void lane_drop_parts(struct lane *lane)
{
    lane_input_close(lane->input);
    lane_transaction_close(lane->transaction);
    lane_store_close(lane->store);
    rules_log_close(lane->rules_log);
    schemas_close(lane->schemas);
    state_close(lane->state);
    batch_close(lane->batch);
    lane_release_view(lane);
    lane->input = NULL;
    lane->transaction = NULL;
    lane->store = NULL;
    lane->rules_log = NULL;
    lane->schemas = NULL;
    lane->state = NULL;
    lane->batch = NULL;
    lane->fill_wanted = false;
}
