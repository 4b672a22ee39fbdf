#include "replay/replay.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/transition.h"
#include "lane/redo.h"
#include "replay/lane_records.h"
#include "support/shutdown.h"
#include "wire/hex.h"
#include "wire/record.h"

struct replay {
    const struct replay_options *options;
    const struct log_identity *identity;
    struct schemas *schemas;
    struct rules_log *rules_log;
    struct state *state;
    struct batch *batch;
    struct log_stream *journal;
    int64_t journal_low;
    struct lane_records *records;
    char topic_names[INPUT_TOPIC_COUNT][TOPIC_NAME_BYTES];
    struct position position;
    uint8_t last_digests[INPUT_TOPIC_COUNT][DIGEST_BYTES];
    int64_t rules_through, schemas_through;
    struct journal_record record, again; /* as it is on the topic; as the replay would write it */
    int64_t offset;                      /* of `record` */
    uint64_t applied;
    struct difference *difference; /* while a batch is applied */
};

/* ---- Opening ---- */

static struct error open_journal(struct replay *replay)
{
    const struct replay_options *options = replay->options;
    int64_t end;
    TRY(log_source_settled_bounds(options->source, TOPIC_JOURNAL, options->lane,
                                  &replay->journal_low, &end));
    return log_stream_open(options->source, TOPIC_JOURNAL, options->lane, replay->journal_low, end,
                           &replay->journal);
}

/* The journal's end first: every input it took was there before. */
static struct error open_parts(struct replay *replay)
{
    static const int64_t zero[INPUT_TOPIC_COUNT];
    const struct replay_options *options = replay->options;
    TRY(open_journal(replay));
    TRY(log_source_schemas(options->source, replay->schemas));
    TRY(log_source_rules(options->source, &replay->rules_log));
    return lane_records_open(options->source, options->lane, zero, replay->schemas,
                             options->input_bytes_max, &replay->records);
}

struct error replay_open(const struct replay_options *options, struct replay **out)
{
    struct replay *replay = calloc(1, sizeof *replay);
    assert(replay != NULL);
    replay->options = options;
    replay->identity = log_source_identity(options->source);
    replay->schemas = schemas_open();
    replay->state = state_open(options->lane, replay->identity->lanes);
    replay->batch = batch_open();
    replay->position.journal_offset = -1;
    for (int topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        (void)snprintf(replay->topic_names[topic], TOPIC_NAME_BYTES, "%s",
                       log_source_topic(options->source, (enum topic)topic));
    }
    const struct error error = open_parts(replay);
    if (failed(&error)) {
        replay_close(replay);
        replay = NULL;
    }
    *out = replay;
    return error;
}

void replay_close(struct replay *replay)
{
    if (replay != NULL) {
        lane_records_close(replay->records);
        log_stream_close(replay->journal);
        rules_log_close(replay->rules_log);
        batch_close(replay->batch);
        state_close(replay->state);
        schemas_close(replay->schemas);
        free(replay);
    }
}

/* ---- The journal record itself ---- */

static void differs(const struct replay *replay, struct difference *difference, const char *what)
{
    difference_set(difference, log_source_topic(replay->options->source, TOPIC_JOURNAL),
                   replay->options->lane, replay->offset, replay->record.body.sequence, "%s", what);
}

static void differs_bytes(const struct replay *replay, struct difference *difference,
                          const char *what, const uint8_t *expected, const uint8_t *seen,
                          size_t count)
{
    char texts[2][2 * DIGEST_BYTES + 1];
    hex_print(expected, count, texts[0]);
    hex_print(seen, count, texts[1]);
    differs(replay, difference, what);
    difference_values(difference, texts[0], texts[1]);
}

static void differs_number(const struct replay *replay, struct difference *difference,
                           const char *what, int64_t expected, int64_t seen)
{
    differs(replay, difference, what);
    difference_numbers(difference, expected, seen);
}

/* The value must be the one way to write what it says, under the lane's key. */
static bool check_bytes(struct replay *replay, const struct log_record *raw,
                        struct difference *difference)
{
    char key[16];
    uint8_t bytes[JOURNAL_RECORD_BYTES_MAX];
    struct buffer buffer = buffer_over(bytes, sizeof bytes);
    (void)snprintf(key, sizeof key, "%" PRId32, replay->options->lane);
    replay->record.body.sequence = replay->position.sequence + 1; /* until it is known */
    if (!journal_record_decode(raw->value, &replay->record)) {
        replay->record.body.sequence = replay->position.sequence + 1;
        differs(replay, difference, "this is no journal record");
        return false;
    }
    journal_record_encode(&buffer, &replay->record);
    if (!text_equal(buffer_view(&buffer), raw->value) ||
        !text_equal(raw->key, text_of_string(key))) {
        differs(replay, difference, "the journal record is written in another way than jaga does");
        return false;
    }
    if (!journal_record_verify(&replay->record)) {
        struct journal_record right = replay->record;
        journal_chain(&right.body, right.chain);
        differs_bytes(replay, difference,
                      "journal record was changed: its chain is not of its body", right.chain,
                      replay->record.chain, DIGEST_BYTES);
        return false;
    }
    return true;
}

static bool check_follows(const struct replay *replay, struct difference *difference)
{
    const struct journal_body *body = &replay->record.body;
    const struct log_identity *identity = replay->identity;
    if (memcmp(body->log_id, identity->log_id, LOG_ID_BYTES) != 0) {
        differs_bytes(replay, difference, "log_id", identity->log_id, body->log_id, LOG_ID_BYTES);
    } else if (body->lanes != identity->lanes) {
        differs_number(replay, difference, "lanes", identity->lanes, body->lanes);
    } else if (body->lane != replay->options->lane) {
        differs_number(replay, difference, "lane", replay->options->lane, body->lane);
    } else if (body->sequence != replay->position.sequence + 1) {
        differs_number(replay, difference,
                       "journal records were removed, added or put elsewhere: sequence",
                       replay->position.sequence + 1, body->sequence);
    } else if (memcmp(body->previous, replay->position.chain, DIGEST_BYTES) != 0) {
        differs_bytes(replay, difference, "the record before was changed or replaced: previous",
                      replay->position.chain, body->previous, DIGEST_BYTES);
    }
    return !difference->found;
}

static bool check_ranges(const struct replay *replay, struct difference *difference)
{
    for (unsigned topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        const struct journal_range *range = &replay->record.body.ranges[topic];
        const int64_t next = replay->position.next[topic];
        if (range->first != next) {
            differs_number(replay, difference,
                           "a range does not begin where the last one ended: first", next,
                           range->first);
        } else if (range->next < range->first || range->count < 0 ||
                   (range->count == 0) != (range->next == range->first)) {
            differs_number(replay, difference, "a range that cannot be: next", range->first,
                           range->next);
        }
    }
    return !difference->found;
}

static bool check_law(const struct replay *replay, struct difference *difference)
{
    const struct journal_body *body = &replay->record.body;
    if (body->rules_through < replay->rules_through) {
        differs_number(replay, difference, "rules_through went back", replay->rules_through,
                       body->rules_through);
    } else if (body->schemas_through < replay->schemas_through) {
        differs_number(replay, difference, "schemas_through went back", replay->schemas_through,
                       body->schemas_through);
    }
    return !difference->found;
}

/* A bundle under which records before this one agreed speaks against the journal; otherwise it is
   the bundle that is another one, or gone (`rules` NULL). */
static void compare_rules(const struct replay *replay, const struct rules *rules,
                          struct difference *difference)
{
    const struct journal_body *body = &replay->record.body;
    const int64_t offset = rules_log_offset(replay->rules_log, body->rules_through);
    char texts[2][2 * DIGEST_BYTES + 1];
    if (rules != NULL && memcmp(rules->hash, body->rules, DIGEST_BYTES) == 0) {
        return;
    }
    if (rules != NULL && body->rules_through == replay->rules_through) {
        differs_bytes(replay, difference, "rules", rules->hash, body->rules, DIGEST_BYTES);
        return;
    }
    difference_set(difference, log_source_topic(replay->options->source, TOPIC_RULES), 0, offset,
                   body->sequence,
                   "the last bundle below offset %" PRId64
                   " is not the one whose hash the journal names: rules",
                   body->rules_through);
    hex_print(body->rules, DIGEST_BYTES, texts[0]);
    if (rules != NULL) {
        hex_print(rules->hash, DIGEST_BYTES, texts[1]);
    }
    difference_values(difference, texts[0], rules != NULL ? texts[1] : "(none)");
}

/* Its law: what counted never becomes less, and is on the topics. */
static struct error take_law(struct replay *replay, struct difference *difference)
{
    const struct journal_body *body = &replay->record.body;
    const struct rules *rules = NULL;
    if (!check_law(replay, difference)) {
        return no_error();
    }
    if (rules_log_offset(replay->rules_log, body->rules_through) >= 0) {
        TRY(rules_log_at(replay->rules_log, body->rules_through, &rules));
    }
    compare_rules(replay, rules, difference);
    if (difference->found) {
        return no_error();
    }
    replay->rules_through = body->rules_through;
    replay->schemas_through = body->schemas_through;
    state_set_rules(replay->state, replay->options->rules_instead != NULL
                                       ? replay->options->rules_instead
                                       : rules);
    return no_error();
}

/* ---- The batch ---- */

static struct error take_record(void *context, const struct input_record **record)
{
    struct replay *replay = context;
    const struct error error = lane_records_take(replay->records, replay->difference, record);
    replay->applied += !failed(&error) && *record != NULL;
    return error;
}

static struct redo redo_of(struct replay *replay)
{
    return (struct redo){
        .state = replay->state,
        .batch = replay->batch,
        .topic_names = (const char(*)[TOPIC_NAME_BYTES])replay->topic_names,
        .take = take_record,
        .context = replay,
    };
}

static void begin_batch(struct replay *replay, const struct journal_body *body)
{
    batch_begin(replay->batch, replay->options->lane, body->sequence, replay->position.next,
                (const uint8_t(*)[DIGEST_BYTES])replay->last_digests);
}

static struct error apply(struct replay *replay, struct difference *difference)
{
    const struct journal_body *body = &replay->record.body;
    const struct redo redo = redo_of(replay);
    bool too_many_due;
    begin_batch(replay, body);
    lane_records_begin(replay->records, body);
    TRY(redo_events(&redo, body, &too_many_due));
    if (too_many_due) {
        differs(replay, difference, "more timers are due than it fired: timers");
    }
    redo_seal(&redo, &replay->record, &replay->again);
    return no_error();
}

/* What is due fires, however many that are: a batch that is full is begun anew, since its outputs
   are only seen and its numbers not asked for. */
static void fire_all(struct replay *replay, const struct journal_body *body)
{
    while (!state_fire_due(replay->state, replay->batch, UINT32_MAX)) {
        begin_batch(replay, body);
    }
    if (!batch_has_room(replay->batch)) {
        begin_batch(replay, body);
    }
}

/* The records of the batch without what the journal says of it: with another law, or only those
   until a time. */
static struct error apply_loosely(struct replay *replay, const struct journal_body *body,
                                  int64_t until_time)
{
    const int64_t now = body->now < until_time ? body->now : until_time;
    const struct input_record *record;
    begin_batch(replay, body);
    lane_records_begin(replay->records, body);
    if (body->clock == CLOCK_WALL) {
        state_move_clock(replay->state, now);
    }
    for (;;) {
        fire_all(replay, body);
        TRY(take_record(replay, &record));
        const bool is_past = record != NULL && !input_record_is_at_once(record) &&
                             body->clock == CLOCK_EVENTS && record->event.time > until_time;
        if (record == NULL || is_past) {
            break;
        }
        redo_move_clock(replay->state, (enum clock_mode)body->clock, record);
        fire_all(replay, body);
        state_apply(replay->state, record, text_of_string(replay->topic_names[record->topic]),
                    replay->batch);
    }
    state_move_clock(replay->state, now);
    fire_all(replay, body);
    return no_error();
}

static void advance(struct replay *replay)
{
    const struct journal_body *body = &replay->record.body;
    replay->position.sequence = body->sequence;
    replay->position.journal_offset = replay->offset;
    replay->position.now = body->now;
    memcpy(replay->position.chain, replay->record.chain, DIGEST_BYTES);
    for (unsigned topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        replay->position.next[topic] = body->ranges[topic].next;
        memcpy(replay->last_digests[topic], body->ranges[topic].last_digest, DIGEST_BYTES);
    }
}

static struct error apply_record(struct replay *replay, const struct log_record *raw,
                                 struct difference *difference, bool *at_end)
{
    replay->offset = raw->offset;
    if (!check_bytes(replay, raw, difference) || !check_follows(replay, difference) ||
        !check_ranges(replay, difference)) {
        return no_error();
    }
    *at_end = replay->record.body.now > replay->options->until_time;
    if (*at_end && !(replay->options->within_batch && replay->record.body.clock == CLOCK_EVENTS)) {
        return no_error();
    }
    TRY(journal_check_semantics(&replay->record.body));
    TRY(take_law(replay, difference));
    replay->difference = difference;
    if (!difference->found && (*at_end || replay->options->rules_instead != NULL)) {
        TRY(apply_loosely(replay, &replay->record.body, replay->options->until_time));
    } else if (!difference->found) {
        TRY(apply(replay, difference));
    }
    if (*at_end) {
        return no_error();
    }
    if (!difference->found) {
        advance(replay);
    }
    return no_error();
}

struct error replay_next(struct replay *replay, struct difference *difference, bool *at_end)
{
    const struct log_record *raw;
    *at_end = replay->position.sequence >= replay->options->until_sequence;
    if (*at_end) {
        return no_error();
    }
    if (replay->position.sequence == 0 && replay->journal_low > 0) {
        replay->offset = 0;
        differs_number(replay, difference, "journal records were removed: the topic begins at", 0,
                       replay->journal_low);
        return no_error();
    }
    TRY(log_stream_front(replay->journal, &raw));
    *at_end = raw == NULL;
    if (*at_end) {
        return no_error();
    }
    const struct error error = apply_record(replay, raw, difference, at_end);
    if (!*at_end) {
        log_stream_take(replay->journal);
    }
    return error;
}

const struct outgoing *replay_outgoing(struct replay *replay, size_t *count)
{
    return batch_outgoing(replay->batch, &replay->again, count);
}

/* ---- Comparing ---- */

/* An input's own place is better than the journal's: the last record of each topic has a digest. */
static void compare_ranges(const struct replay *replay, struct difference *difference)
{
    const struct journal_body *expected = &replay->again.body;
    const struct journal_body *seen = &replay->record.body;
    for (unsigned topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        const struct journal_range *range = &expected->ranges[topic];
        if (range->count != seen->ranges[topic].count) {
            difference_set(difference, replay->topic_names[topic], replay->options->lane,
                           range->first, seen->sequence,
                           "input records from this offset to %" PRId64
                           ": their number is not what the journal says",
                           range->next - 1);
            difference_numbers(difference, seen->ranges[topic].count, range->count);
        } else if (memcmp(range->last_digest, seen->ranges[topic].last_digest, DIGEST_BYTES) != 0) {
            difference_set(difference, replay->topic_names[topic], replay->options->lane,
                           range->next - 1, seen->sequence,
                           "the input record is not the one that the journal applied");
        }
    }
}

static void name_inputs(const struct replay *replay, struct difference *difference)
{
    const struct journal_body *body = &replay->record.body;
    unsigned topic = 0;
    while (topic + 1 < INPUT_TOPIC_COUNT && body->ranges[topic].count == 0) {
        topic++;
    }
    difference_set(difference, replay->topic_names[topic], replay->options->lane,
                   body->ranges[topic].first, body->sequence,
                   "the input records of this batch, which begins here, are not those that the "
                   "journal applied, or not in its order: inputs_digest");
}

/* The first field of the body that differs, by its name in the schema. */
static void compare_fields(const struct replay *replay, struct difference *difference)
{
    const struct fields *fields = &journal_body_fields;
    for (uint32_t i = 0; i < fields->count; i++) {
        char texts[2][2048];
        const struct journal_body *const bodies[2] = {&replay->again.body, &replay->record.body};
        for (int text = 0; text < 2; text++) {
            struct buffer buffer = buffer_over(texts[text], sizeof texts[text] - 1);
            field_to_json(&buffer, &fields->fields[i], bodies[text]);
            texts[text][buffer.length] = '\0';
        }
        if (strcmp(texts[0], texts[1]) != 0) {
            differs(replay, difference, fields->fields[i].name);
            difference_values(difference, texts[0], texts[1]);
            return;
        }
    }
}

void replay_compare_inputs(struct replay *replay, struct difference *difference)
{
    if (difference->found) {
        return;
    }
    compare_ranges(replay, difference);
    if (!difference->found && memcmp(replay->again.body.inputs_digest,
                                     replay->record.body.inputs_digest, DIGEST_BYTES) != 0) {
        name_inputs(replay, difference);
    }
}

void replay_compare(struct replay *replay, struct difference *difference)
{
    if (!difference->found &&
        memcmp(replay->again.chain, replay->record.chain, DIGEST_BYTES) != 0) {
        compare_fields(replay, difference);
    }
}

/* ---- To the end ---- */

static struct error apply_all(struct replay *replay, struct difference *difference)
{
    bool at_end = false;
    while (!at_end) {
        TRY(replay_next(replay, difference, &at_end));
        if (!at_end && !difference->found) {
            replay_compare_inputs(replay, difference);
            replay_compare(replay, difference);
        }
        if (difference->found) {
            return difference_error(difference, replay->options->lane);
        }
        if (shutdown_wanted()) {
            return error_make(ERROR_RETRY, "interrupted", "lane %" PRId32 ": interrupted",
                              replay->options->lane);
        }
    }
    return no_error();
}

struct error replay_all(struct replay *replay)
{
    struct difference *difference = calloc(1, sizeof *difference);
    assert(difference != NULL);
    const struct error error = apply_all(replay, difference);
    free(difference);
    return error;
}

/* ---- What it tells ---- */

const struct journal_record *replay_record(const struct replay *replay)
{
    return &replay->record;
}

const struct position *replay_position(const struct replay *replay)
{
    return &replay->position;
}

struct state *replay_state(struct replay *replay)
{
    return replay->state;
}

struct batch *replay_batch(struct replay *replay)
{
    return replay->batch;
}

const struct schemas *replay_schemas(const struct replay *replay)
{
    return replay->schemas;
}

uint64_t replay_applied(const struct replay *replay)
{
    return replay->applied;
}

int64_t replay_offsets_left(const struct replay *replay)
{
    int64_t left = 0;
    for (unsigned topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        left += lane_records_end(replay->records, (enum input_topic)topic) -
                replay->position.next[topic];
    }
    return left;
}
