#include "replay/participant_log.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#include "core/transition.h"
#include "replay/lane_records.h"
#include "wire/journal_record.h"

struct offsets { /* of one topic, ascending */
    int64_t *at;
    size_t count, capacity;
    size_t next;     /* the first that no journal record took yet */
    int64_t through; /* every record of the participant below it is among them */
};

struct participant_log {
    const struct participant_log_options *options;
    struct participant_log_result *result;
    int32_t lane;
    struct schemas *schemas;
    struct rules_log *rules_log;
    struct log_stream *journal;
    struct lane_records *records;
    struct offsets own[INPUT_TOPIC_COUNT];
    struct participant_replay *replay;
    struct journal_record record;    /* in hand */
    int64_t sequence;                /* of the one before */
    int64_t next[INPUT_TOPIC_COUNT]; /* where it has to begin */
    struct difference *difference;   /* scratch of lane_records */
};

/* ---- Opening ---- */

static struct error note_offset(void *context, int64_t offset)
{
    struct offsets *own = context;
    if (own->count == own->capacity) {
        own->capacity = own->capacity == 0 ? 64 : 2 * own->capacity;
        own->at = realloc(own->at, own->capacity * sizeof *own->at);
        assert(own->at != NULL);
    }
    own->at[own->count++] = offset;
    return no_error();
}

static struct error find_own(struct participant_log *log)
{
    for (int topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        struct offsets *own = &log->own[topic];
        TRY(log_source_find_key(log->options->source, (enum topic)topic, log->lane,
                                log->options->participant, note_offset, own, &own->through));
        log->result->indexed += own->count;
    }
    return no_error();
}

static struct error open_journal(struct participant_log *log)
{
    int64_t low;
    int64_t end;
    TRY(log_source_settled_bounds(log->options->source, TOPIC_JOURNAL, log->lane, &low, &end));
    return log_stream_open(log->options->source, TOPIC_JOURNAL, log->lane, low, end, &log->journal);
}

/* The journal's end first: every input it took was there before. */
static struct error open_parts(struct participant_log *log)
{
    const struct participant_log_options *options = log->options;
    TRY(open_journal(log));
    TRY(log_source_schemas(options->source, log->schemas));
    TRY(log_source_rules(options->source, &log->rules_log));
    return find_own(log);
}

/* ---- One journal record ---- */

static struct error differs(const struct participant_log *log, int64_t offset, const char *what)
{
    return error_make(ERROR_FATAL, "log_differs",
                      "%s [%" PRId32 "], offset %" PRId64 ": %s; `jaga audit` says more",
                      log_source_topic(log->options->source, TOPIC_JOURNAL), log->lane, offset,
                      what);
}

static struct error check_record(const struct participant_log *log, const struct log_record *raw)
{
    const struct journal_body *body = &log->record.body;
    if (!journal_record_verify(&log->record) || body->sequence != log->sequence + 1) {
        return differs(log, raw->offset, "the journal record does not follow the one before");
    }
    for (int topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        if (body->ranges[topic].first != log->next[topic]) {
            return differs(log, raw->offset, "its ranges do not begin where the last ones ended");
        }
    }
    return journal_check_semantics(body);
}

/* Whether the batch took a record of the participant, as far as indexes tell; beyond them it may
   have. */
static bool may_hold_own(struct participant_log *log)
{
    bool holds = false;
    for (int topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        struct offsets *own = &log->own[topic];
        const struct journal_range *range = &log->record.body.ranges[topic];
        holds = holds || (range->count > 0 && range->next > own->through);
        while (own->next < own->count && own->at[own->next] < range->next) {
            own->next++;
            holds = true;
        }
    }
    return holds;
}

static bool timer_is_near(const struct participant_log *log)
{
    return participant_deadline(participant_replay_state(log->replay)) <= log->record.body.now;
}

static bool is_own(const struct participant_log *log, const struct input_record *record)
{
    const struct text id = log->options->participant;
    return text_equal(record->key, id) ||
           (record->reading == EVENT_READ && text_equal(record->event.participant_id, id));
}

static void take_record(struct participant_log *log, const struct input_record *record)
{
    const enum clock_mode clock = (enum clock_mode)log->record.body.clock;
    log->result->inputs++;
    if (clock == CLOCK_EVENTS && !record->too_long && !input_record_is_at_once(record)) {
        participant_replay_clock(log->replay, record->event.time);
    }
    if (is_own(log, record)) {
        participant_replay_apply(
            log->replay, record,
            text_of_string(log_source_topic(log->options->source, (enum topic)record->topic)));
    }
}

static struct error at_batch(struct participant_log *log)
{
    const struct participant_log_options *options = log->options;
    if (log->records == NULL) {
        TRY(lane_records_open(options->source, log->lane, log->next, log->schemas,
                              options->input_bytes_max, &log->records));
    } else {
        TRY(lane_records_skip(log->records, log->next));
    }
    lane_records_begin(log->records, &log->record.body);
    return no_error();
}

/* The batch's records in the order they were applied, everybody's: each may move the clock. */
static struct error merge(struct participant_log *log)
{
    TRY(at_batch(log));
    log->result->merged++;
    for (;;) {
        const struct input_record *record;
        TRY(lane_records_take(log->records, log->difference, &record));
        if (log->difference->found) {
            return error_make(ERROR_FATAL, "log_differs",
                              "%s [%" PRId32 "], offset %" PRId64 ": %s; `jaga audit` says more",
                              log->difference->topic, log->lane, log->difference->offset,
                              log->difference->what);
        }
        if (record == NULL) {
            return no_error();
        }
        take_record(log, record);
    }
}

static struct error apply(struct participant_log *log)
{
    const struct journal_body *body = &log->record.body;
    const struct rules *rules;
    TRY(rules_log_at(log->rules_log, body->rules_through, &rules));
    participant_replay_begin(log->replay, rules, body->sequence, body->timers);
    participant_replay_clock(log->replay, body->clock == CLOCK_WALL ? body->now : INT64_MIN);
    if (may_hold_own(log) || timer_is_near(log)) {
        TRY(merge(log));
    }
    participant_replay_clock(log->replay, body->now);
    log->result->rules = rules;
    return no_error();
}

static void advance(struct participant_log *log)
{
    const struct journal_body *body = &log->record.body;
    log->sequence = body->sequence;
    log->result->sequence = body->sequence;
    log->result->now = body->now;
    log->result->records++;
    for (int topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        log->next[topic] = body->ranges[topic].next;
    }
}

static struct error next_record(struct participant_log *log, bool *at_end)
{
    const struct log_record *raw;
    TRY(log_stream_front(log->journal, &raw));
    *at_end = raw == NULL || log->sequence >= log->options->until_sequence;
    if (*at_end) {
        return no_error();
    }
    if (!journal_record_decode(raw->value, &log->record)) {
        return differs(log, raw->offset, "this is no journal record");
    }
    TRY(check_record(log, raw));
    *at_end = log->record.body.now > log->options->until_time;
    if (*at_end) {
        return no_error();
    }
    log_stream_take(log->journal);
    TRY(apply(log));
    advance(log);
    return no_error();
}

static struct error run(struct participant_log *log)
{
    TRY(open_parts(log));
    for (;;) {
        bool at_end;
        TRY(next_record(log, &at_end));
        if (at_end) {
            return no_error();
        }
    }
}

struct error participant_log_replay(const struct participant_log_options *options,
                                    struct participant_log **out,
                                    struct participant_log_result *result)
{
    struct participant_log *log = calloc(1, sizeof *log);
    assert(log != NULL);
    const int32_t lanes = log_source_identity(options->source)->lanes;
    log->options = options;
    log->result = result;
    log->lane = kafka_partition_of(options->participant, lanes);
    log->schemas = schemas_open();
    log->difference = calloc(1, sizeof *log->difference);
    assert(log->difference != NULL);
    log->replay = participant_replay_open(options->participant, log->lane, lanes, options->seen,
                                          options->context);
    *result = (struct participant_log_result){
        .lane = log->lane,
        .now = TIME_NONE,
        .participant = participant_replay_state(log->replay),
    };
    const struct error error = run(log);
    if (failed(&error)) {
        participant_log_close(log);
        log = NULL;
    }
    *out = log;
    return error;
}

void participant_log_close(struct participant_log *log)
{
    if (log == NULL) {
        return;
    }
    for (int topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        free(log->own[topic].at);
    }
    participant_replay_close(log->replay);
    lane_records_close(log->records);
    log_stream_close(log->journal);
    rules_log_close(log->rules_log);
    schemas_close(log->schemas);
    free(log->difference);
    free(log);
}
