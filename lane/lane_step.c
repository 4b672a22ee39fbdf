#include "lane/lane_parts.h"

#include <assert.h>

#include "lane/redo.h"
#include "support/clock.h"
#include "support/fault.h"

#define RULES_LOOK_US (1 * MICROSECONDS_A_SECOND)

/* A new bundle takes effect at a batch boundary; it is looked for once a second. */
static struct error look_at_rules(struct lane *lane)
{
    const int64_t steady = clock_steady_us();
    if (steady - lane->rules_read_at < RULES_LOOK_US) {
        return no_error();
    }
    lane->rules_read_at = steady;
    int64_t through;
    TRY(rules_log_refresh(lane->rules_log, &through));
    if (through > lane->rules_through) {
        const struct rules *rules;
        TRY(rules_log_at(lane->rules_log, through, &rules));
        lane->rules_through = through;
        state_set_rules(lane->state, rules);
        lane->view_is_whole = false; /* counted anew: what is no longer there is to go from Redis */
    }
    return no_error();
}

static struct text topic_text(const struct lane *lane, enum input_topic topic)
{
    return text_of_string(lane->topic_names[topic]);
}

/* The batch ends before a record of a schema that is to be looked for: the next one begins with
   that, because one journal record names one `schemas_through`. */
static bool is_ahead_of_schema(struct lane *lane, const struct input_record *record)
{
    return record->reading == EVENT_UNKNOWN_SCHEMA &&
           !lane_schema_was_looked_for(lane, record->value);
}

/* Takes and applies until the batch is full or the input gives no more. */
static struct error fill_batch(struct lane *lane, bool *ended)
{
    *ended = false;
    bool fired_all = state_fire_due(lane->state, lane->batch, UINT32_MAX);
    while (fired_all && batch_records(lane->batch) < lane->options->batch_events_max &&
           batch_has_room(lane->batch)) {
        enum take what;
        const struct input_record *record;
        TRY(lane_input_take(lane->input, &what, &record));
        if (what != TAKE_RECORD) {
            *ended = what == TAKE_ENDED;
            return no_error();
        }
        fault_point("take");
        if (is_ahead_of_schema(lane, record)) {
            lane_input_untake(lane->input);
            return no_error();
        }
        redo_move_clock(lane->state, lane->options->clock, record);
        fired_all = state_fire_due(lane->state, lane->batch, UINT32_MAX);
        if (!fired_all || !batch_has_room(lane->batch)) {
            lane_input_untake(lane->input);
            return no_error();
        }
        state_apply(lane->state, record, topic_text(lane, record->topic), lane->batch);
        fault_point("apply");
    }
    return no_error();
}

static void begin_batch(struct lane *lane)
{
    batch_begin(lane->batch, lane->options->lane, lane->position.sequence + 1, lane->position.next,
                (const uint8_t(*)[DIGEST_BYTES])lane->last_digests);
}

static void seal(struct lane *lane, struct journal_record *record)
{
    struct journal_body *body = &record->body;
    const struct log_identity *identity = &lane->options->identity;
    memset(record, 0, sizeof *record);
    memcpy(body->log_id, identity->log_id, LOG_ID_BYTES);
    body->lanes = identity->lanes;
    body->lane = lane->options->lane;
    body->sequence = lane->position.sequence + 1;
    memcpy(body->previous, lane->position.chain, DIGEST_BYTES);
    body->clock = (uint8_t)lane->options->clock;
    body->now = state_now(lane->state);
    body->rules_through = lane->rules_through;
    memcpy(body->rules, state_rules(lane->state)->hash, DIGEST_BYTES);
    body->schemas_through = lane->schema_from;
    body->semantics = SEMANTICS_VERSION;
    batch_seal(lane->batch, body);
    memcpy(body->state_digest, state_digest(lane->state), DIGEST_BYTES);
    journal_chain(body, record->chain);
}

/* From here on the record is history: positions and digests follow it. */
static void advance(struct lane *lane, const struct journal_record *record, int64_t offset)
{
    lane->position.sequence = record->body.sequence;
    memcpy(lane->position.chain, record->chain, DIGEST_BYTES);
    lane->position.journal_offset = offset;
    lane->position.now = record->body.now;
    for (unsigned topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        lane->position.next[topic] = record->body.ranges[topic].next;
        memcpy(lane->last_digests[topic], record->body.ranges[topic].last_digest, DIGEST_BYTES);
    }
}

void lane_report_progress(struct lane *lane, uint32_t events)
{
    pthread_mutex_lock(&lane->report_mutex);
    lane->report.sequence = lane->position.sequence;
    memcpy(lane->report.next, lane->position.next, sizeof lane->report.next);
    lane->report.applied += events;
    lane->report.participants = table_count(state_table(lane->state));
    lane->report.memory_bytes = table_memory(state_table(lane->state));
    gauge_set(&lane->options->metrics->sequence, lane->report.sequence);
    gauge_set(&lane->options->metrics->participants, (int64_t)lane->report.participants);
    gauge_set(&lane->options->metrics->memory_bytes, (int64_t)lane->report.memory_bytes);
    pthread_mutex_unlock(&lane->report_mutex);
}

void lane_note_lag(const struct lane *lane)
{
    struct lane_metrics *metrics = lane->options->metrics;
    struct input_lag lag;
    lane_input_lag(lane->input, &lag);
    for (unsigned topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        gauge_set(&metrics->lag[topic], lag.records[topic]);
    }
    gauge_set(&metrics->oldest_ms, lag.oldest_ms);
}

static struct error send(struct lane *lane, const struct journal_record *record)
{
    size_t count;
    const struct outgoing *records = batch_outgoing(lane->batch, record, &count);
    const int64_t before = lane->journal_next;
    const uint64_t aborts = lane_transaction_aborts(lane->transaction);
    const struct error error =
        lane_transaction_commit(lane->transaction, records, count, &lane->journal_next);
    counter_add(&lane->options->metrics->aborts,
                lane_transaction_aborts(lane->transaction) - aborts);
    assert(failed(&error) || lane->journal_next > before);
    return error;
}

/* `begun`: when the batch was, by the steady clock. */
static struct error commit(struct lane *lane, int64_t begun)
{
    struct lane_metrics *metrics = lane->options->metrics;
    struct journal_record record;
    int64_t steady = begun;
    lane_metrics_part(metrics, PART_FILL, &steady);
    seal(lane, &record);
    const int64_t sealed = clock_steady_us();
    TRY(send(lane, &record));
    const int64_t sent = clock_steady_us();
    advance(lane, &record, lane->journal_next - 2);
    lane_report_progress(lane, batch_records(lane->batch));
    lane_metrics_part(metrics, PART_COMMIT, &steady);
    lane_metrics_batch(metrics, lane->batch, steady - begun, sent - sealed);
    lane_note_behind(lane);
    lane_note_lag(lane);
    return no_error();
}

struct error lane_step(struct lane *lane, bool *idle)
{
    int64_t begun = clock_steady_us();
    TRY(look_at_rules(lane));
    TRY(lane_schema_wait(lane));
    begin_batch(lane);
    if (lane->options->clock == CLOCK_WALL) {
        state_move_clock(lane->state, clock_wall_us());
    }
    TRY(lane_input_begin(lane->input));
    lane_note_lag(lane);
    bool ended;
    TRY(fill_batch(lane, &ended));
    *idle = batch_is_empty(lane->batch) && ended;
    if (!batch_is_empty(lane->batch)) {
        return commit(lane, begun);
    }
    lane_metrics_part(lane->options->metrics, PART_FILL, &begun);
    return no_error();
}

struct error lane_reach(struct lane *lane, int64_t until)
{
    while (state_now(lane->state) < until || lane->position.now < until) {
        int64_t begun = clock_steady_us();
        begin_batch(lane);
        state_move_clock(lane->state, until);
        while (!state_fire_due(lane->state, lane->batch, UINT32_MAX)) {
            TRY(commit(lane, begun));
            begun = clock_steady_us();
            begin_batch(lane);
        }
        TRY(commit(lane, begun));
    }
    return no_error();
}

static struct error disagrees(const struct lane *lane, const struct journal_body *body,
                              const char *what)
{
    return error_make(
        ERROR_FATAL, "replay_disagrees",
        "replay disagrees at lane %d, sequence %lld: %s. The journal and this program "
        "do not give the same: keep the topics as they are, and run the program that wrote them",
        lane->options->lane, (long long)body->sequence, what);
}

/* The record's rules and schemas, its clock mode and this semantics. */
static struct error prepare_redo(struct lane *lane, const struct journal_record *record)
{
    const struct journal_body *body = &record->body;
    TRY(journal_check_semantics(body));
    if (body->sequence != lane->position.sequence + 1 ||
        memcmp(body->previous, lane->position.chain, DIGEST_BYTES) != 0) {
        return disagrees(lane, body, "the record does not follow the one before");
    }
    const struct rules *rules;
    TRY(rules_log_at(lane->rules_log, body->rules_through, &rules));
    if (memcmp(rules->hash, body->rules, DIGEST_BYTES) != 0) {
        return disagrees(lane, body, "the rules on jaga.rules are not those it names");
    }
    lane->rules_through = body->rules_through;
    state_set_rules(lane->state, rules);
    int64_t until[INPUT_TOPIC_COUNT];
    for (unsigned topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        if (body->ranges[topic].first != lane->position.next[topic]) {
            return disagrees(lane, body, "its ranges do not begin where the last ended");
        }
        until[topic] = body->ranges[topic].next;
    }
    lane_input_bound(lane->input, until, body->schemas_through);
    return lane_input_begin(lane->input);
}

static struct error take_again(void *context, const struct input_record **record)
{
    struct lane *lane = context;
    enum take what;
    TRY(lane_input_take(lane->input, &what, record));
    if (what != TAKE_RECORD) {
        *record = NULL;
    }
    return no_error();
}

static struct error compare(const struct lane *lane, const struct redo *redo,
                            const struct journal_record *record)
{
    struct journal_record again;
    redo_seal(redo, record, &again);
    const struct {
        const char *what;
        bool same;
    } tests[] = {
        {"inputs", memcmp(again.body.inputs_digest, record->body.inputs_digest, DIGEST_BYTES) == 0},
        {"outputs", memcmp(again.body.outputs_root, record->body.outputs_root, DIGEST_BYTES) == 0},
        {"state", memcmp(again.body.state_digest, record->body.state_digest, DIGEST_BYTES) == 0},
        {"timers", again.body.timers == record->body.timers},
        {"clock", again.body.now == record->body.now},
    };
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        if (!tests[i].same) {
            return disagrees(lane, &record->body, tests[i].what);
        }
    }
    if (memcmp(again.chain, record->chain, DIGEST_BYTES) != 0) {
        return disagrees(lane, &record->body, "counts");
    }
    return no_error();
}

struct error lane_redo(struct lane *lane, const struct journal_record *record, int64_t offset)
{
    const struct redo redo = {
        .state = lane->state,
        .batch = lane->batch,
        .topic_names = (const char(*)[TOPIC_NAME_BYTES])lane->topic_names,
        .take = take_again,
        .context = lane,
    };
    bool too_many_due;
    begin_batch(lane);
    TRY(prepare_redo(lane, record));
    TRY(redo_events(&redo, &record->body, &too_many_due));
    if (too_many_due) {
        return disagrees(lane, &record->body, "more timers are due than it fired");
    }
    TRY(compare(lane, &redo, record));
    advance(lane, record, offset);
    counter_add(&lane->options->metrics->redone, 1);
    gauge_set(&lane->options->metrics->turned_at, clock_steady_us());
    return no_error();
}
