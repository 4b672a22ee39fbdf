#include "lane/batch.h"

#include <assert.h>
#include <stdlib.h>

#include "wire/merkle.h"
#include "wire/record.h"

struct put { /* one encoded output in the arena */
    enum output_kind kind;
    uint32_t key_at, key_length; /* key_length 0: null */
    uint32_t value_at, value_length;
    int64_t now;
    uint8_t code; /* exceptions */
    uint32_t detail_at, detail_length;
    bool input_present;
    uint32_t topic_at, topic_length; /* the input's, which may be a parked event's own */
    int64_t offset;
};

struct last { /* the last record of a topic, kept for its digest */
    bool present;
    int64_t offset, timestamp_ms;
    bool key_present;
    uint8_t *bytes; /* key, then value */
    size_t capacity;
    uint32_t key_length, value_length;
};

struct batch {
    int32_t lane;
    int64_t sequence;
    struct journal_range ranges[INPUT_TOPIC_COUNT];
    struct last last[INPUT_TOPIC_COUNT];
    struct digest inputs;
    int64_t applied, duplicates, rejected;
    uint32_t timers, records;
    int64_t counts[OUTPUT_KIND_COUNT];
    struct batch_counts detailed;
    int64_t payments_idr;
    uint32_t put_count;
    struct put puts[BATCH_OUTPUTS_MAX];
    struct outgoing outgoing[BATCH_OUTPUTS_MAX + 1];
    uint8_t journal[JOURNAL_RECORD_BYTES_MAX];
    char journal_key[12];
    output_seen seen;
    void *seen_context;
    struct buffer arena;
    uint8_t arena_bytes[ARENA_BYTES];
};

static_assert(EVENT_OUTPUT_BYTES_MAX <= ARENA_BYTES / 2,
              "the outputs of any one event fit the arena");
static_assert(BATCH_OUTPUTS_MAX > EVENT_OUTPUTS_MAX, "and their list");

struct batch *batch_open(void)
{
    struct batch *batch = malloc(sizeof *batch);
    assert(batch != NULL);
    memset(batch->last, 0, sizeof batch->last);
    batch->seen = NULL;
    batch->arena = buffer_over(batch->arena_bytes, sizeof batch->arena_bytes);
    return batch;
}

void batch_close(struct batch *batch)
{
    if (batch == NULL) {
        return;
    }
    for (unsigned topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        free(batch->last[topic].bytes);
    }
    free(batch);
}

void batch_observe(struct batch *batch, output_seen seen, void *context)
{
    batch->seen = seen;
    batch->seen_context = context;
}

void batch_begin(struct batch *batch, int32_t lane, int64_t sequence,
                 const int64_t next[INPUT_TOPIC_COUNT],
                 const uint8_t last_digests[INPUT_TOPIC_COUNT][DIGEST_BYTES])
{
    batch->lane = lane;
    batch->sequence = sequence;
    for (unsigned topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        struct journal_range *range = &batch->ranges[topic];
        *range = (struct journal_range){.first = next[topic], .next = next[topic]};
        memcpy(range->last_digest, last_digests[topic], DIGEST_BYTES);
        batch->last[topic].present = false;
    }
    digest_init(&batch->inputs);
    batch->applied = batch->duplicates = batch->rejected = 0;
    batch->timers = batch->records = 0;
    memset(batch->counts, 0, sizeof batch->counts);
    memset(&batch->detailed, 0, sizeof batch->detailed);
    batch->payments_idr = 0;
    batch->put_count = 0;
    buffer_reset(&batch->arena);
}

bool batch_has_room(const struct batch *batch)
{
    return batch->arena.capacity - batch->arena.length >= EVENT_OUTPUT_BYTES_MAX &&
           BATCH_OUTPUTS_MAX - batch->put_count >= EVENT_OUTPUTS_MAX;
}

bool batch_is_empty(const struct batch *batch)
{
    return batch->records == 0 && batch->timers == 0;
}

uint32_t batch_records(const struct batch *batch)
{
    return batch->records;
}

const struct batch_counts *batch_counts_of(const struct batch *batch)
{
    return &batch->detailed;
}

uint32_t batch_timers(const struct batch *batch)
{
    return batch->timers;
}

void batch_note_timer(struct batch *batch)
{
    batch->timers++;
}

/* Only the last record of a topic needs a digest of its own, so it is kept and not digested here.
 */
static void keep_last(struct last *last, const struct input_record *record)
{
    const size_t size = (size_t)record->key.length + record->value.length;
    if (size > last->capacity) {
        last->capacity = 2 * size;
        last->bytes = realloc(last->bytes, last->capacity);
        assert(last->bytes != NULL);
    }
    last->present = true;
    last->offset = record->offset;
    last->timestamp_ms = record->timestamp_ms;
    last->key_length = record->key.length;
    last->value_length = record->value.length;
    if (record->key.length > 0) {
        memcpy(last->bytes, record->key.at, record->key.length);
    }
    if (record->value.length > 0) {
        memcpy(last->bytes + record->key.length, record->value.at, record->value.length);
    }
}

void batch_take(struct batch *batch, const struct input_record *record)
{
    struct journal_range *range = &batch->ranges[record->topic];
    assert(record->offset >= range->next);
    range->next = record->offset + 1;
    range->count++;
    batch->records++;
    digest_input_record(&batch->inputs, record->topic, record->offset, record->timestamp_ms,
                        record->key, record->value);
    keep_last(&batch->last[record->topic], record);
}

/* The original of a refused record: its beginning, its length and its digest. */
static void attach_original(struct exception *exception, const struct input_record *record)
{
    exception->key = record->key;
    exception->value = record->value;
    if (exception->key.length > ORIGINAL_BYTES_MAX) {
        exception->key.length = ORIGINAL_BYTES_MAX;
    }
    if (exception->value.length > ORIGINAL_BYTES_MAX) {
        exception->value.length = ORIGINAL_BYTES_MAX;
    }
    exception->value_length = record->value.length;
    exception->value_digest_present = true;
    digest_of(record->value.at, record->value.length, exception->value_digest);
}

static struct output_head *head_of(struct output *output)
{
    switch (output->kind) {
    case OUTPUT_DECISION: return &output->decision.head;
    case OUTPUT_PAYMENT: return &output->payment.head;
    case OUTPUT_EXCEPTION: return &output->exception.head;
    }
    return NULL;
}

static struct text key_of(const struct output *output)
{
    switch (output->kind) {
    case OUTPUT_DECISION: return output->decision.participant_id;
    case OUTPUT_PAYMENT: return output->payment.participant_id;
    case OUTPUT_EXCEPTION: return output->exception.participant_id;
    }
    return (struct text){0};
}

static uint32_t arena_put(struct batch *batch, struct text text)
{
    const uint32_t at = (uint32_t)batch->arena.length;
    buffer_text(&batch->arena, text);
    return at;
}

/* `decision`, `payment` and `exception` lie at the same place in the union. */
static void encode(struct batch *batch, const struct output *output, struct put *put)
{
    static const enum record_kind kinds[OUTPUT_KIND_COUNT] = {
        [OUTPUT_DECISION] = RECORD_DECISION,
        [OUTPUT_PAYMENT] = RECORD_PAYMENT,
        [OUTPUT_EXCEPTION] = RECORD_EXCEPTION,
    };
    const struct text key = key_of(output);
    put->key_at = arena_put(batch, key);
    put->key_length = key.length;
    put->value_at = (uint32_t)batch->arena.length;
    record_encode(&batch->arena, kinds[output->kind], &output->decision);
    put->value_length = (uint32_t)batch->arena.length - put->value_at;
    assert(put->value_length <= OUTPUT_BYTES_MAX);
}

static void note_place(struct batch *batch, const struct output_head *head, struct put *put)
{
    put->input_present = head->input_present;
    if (put->input_present) {
        put->topic_at = arena_put(batch, head->input.topic);
        put->topic_length = head->input.topic.length;
        put->offset = head->input.offset;
    }
}

static void count_output(struct batch_counts *counts, const struct output *output)
{
    switch (output->kind) {
    case OUTPUT_DECISION:
        counts->decisions[output->decision.programme][output->decision.verdict]++;
        break;
    case OUTPUT_PAYMENT:
        counts->payments[output->payment.programme]++;
        counts->paid_idr[output->payment.programme] += output->payment.amount_idr;
        break;
    case OUTPUT_EXCEPTION: counts->exceptions[output->exception.code]++; break;
    }
}

/* Only an event that is applied settles others, so that its own outcome is the first it can be. */
static void count_outcomes(struct batch_counts *counts, const struct outputs *outputs,
                           const struct input_record *record)
{
    uint32_t left[EVENT_OUTCOME_COUNT] = {
        [EVENT_APPLIED] = outputs->applied,
        [EVENT_DUPLICATE] = outputs->duplicates,
        [EVENT_REJECTED] = outputs->rejected,
    };
    if (record != NULL) {
        unsigned own = EVENT_APPLIED;
        while (own != EVENT_PARKED && left[own] == 0) {
            own++;
        }
        counts->events[record->topic][own]++;
        left[own] -= own != EVENT_PARKED;
    }
    for (unsigned outcome = 0; outcome < EVENT_OUTCOME_COUNT; outcome++) {
        counts->settled[outcome] += left[outcome];
    }
}

static void put_one(struct batch *batch, struct output *output, const struct input_record *record)
{
    assert(batch->put_count < BATCH_OUTPUTS_MAX);
    struct put *put = &batch->puts[batch->put_count++];
    struct output_head *head = head_of(output);
    head->lane = batch->lane;
    head->sequence = batch->sequence;
    *put = (struct put){.kind = output->kind, .now = head->now};
    if (output->kind == OUTPUT_EXCEPTION) {
        struct exception *exception = &output->exception;
        if (record != NULL && exception->original_wanted) {
            attach_original(exception, record);
        }
        put->code = exception->code;
        put->detail_at = arena_put(batch, exception->detail);
        put->detail_length = exception->detail.length;
        note_place(batch, head, put);
    }
    if (output->kind == OUTPUT_PAYMENT) {
        batch->payments_idr += output->payment.amount_idr;
    }
    if (batch->seen != NULL) {
        batch->seen(batch->seen_context, output);
    }
    encode(batch, output, put);
    count_output(&batch->detailed, output);
    batch->counts[output->kind]++;
}

void batch_put(struct batch *batch, struct outputs *outputs, const struct input_record *record)
{
    batch->applied += outputs->applied;
    batch->duplicates += outputs->duplicates;
    batch->rejected += outputs->rejected;
    count_outcomes(&batch->detailed, outputs, record);
    for (uint32_t i = 0; i < outputs->count; i++) {
        put_one(batch, &outputs->items[i], record);
    }
    assert(!batch->arena.overflow); /* batch_has_room() was true before this event */
}

static struct text arena_text(const struct batch *batch, uint32_t at, uint32_t length)
{
    return text_of((const char *)batch->arena_bytes + at, length);
}

static void seal_outputs(const struct batch *batch, uint8_t root[DIGEST_BYTES])
{
    struct merkle merkle;
    merkle_init(&merkle);
    for (unsigned kind = 0; kind < OUTPUT_KIND_COUNT; kind++) {
        for (uint32_t i = 0; i < batch->put_count; i++) {
            const struct put *put = &batch->puts[i];
            if (put->kind == kind) {
                merkle_add(&merkle, arena_text(batch, put->key_at, put->key_length),
                           arena_text(batch, put->value_at, put->value_length));
            }
        }
    }
    merkle_root(&merkle, root);
}

static void seal_ranges(struct batch *batch, struct journal_body *body)
{
    for (unsigned topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        const struct last *last = &batch->last[topic];
        if (last->present) {
            struct digest digest;
            digest_init(&digest);
            digest_input_record(
                &digest, topic, last->offset, last->timestamp_ms,
                text_of((const char *)last->bytes, last->key_length),
                text_of((const char *)last->bytes + last->key_length, last->value_length));
            digest_final(&digest, batch->ranges[topic].last_digest);
        }
        body->ranges[topic] = batch->ranges[topic];
    }
    body->range_count = INPUT_TOPIC_COUNT;
}

void batch_seal(struct batch *batch, struct journal_body *body)
{
    struct digest inputs = batch->inputs;
    seal_ranges(batch, body);
    digest_final(&inputs, body->inputs_digest);
    body->applied = batch->applied;
    body->duplicates = batch->duplicates;
    body->rejected = batch->rejected;
    body->timers = batch->timers;
    body->decisions = batch->counts[OUTPUT_DECISION];
    body->payments = batch->counts[OUTPUT_PAYMENT];
    body->exceptions = batch->counts[OUTPUT_EXCEPTION];
    body->payments_idr = batch->payments_idr;
    seal_outputs(batch, body->outputs_root);
}

/* The clock as a Kafka timestamp: milliseconds, rounded down, and at least 1. To librdkafka 0 says
   "now" (with the events' clock the first record may be unreadable, and the clock is still 0), and
   brokers refuse what lies before 1970. */
static int64_t kafka_timestamp(int64_t time_us)
{
    return time_us < 1000 ? 1 : time_us / 1000;
}

static struct outgoing outgoing_of(const struct batch *batch, const struct put *put)
{
    static const enum topic topics[OUTPUT_KIND_COUNT] = {
        [OUTPUT_DECISION] = TOPIC_DECISION,
        [OUTPUT_PAYMENT] = TOPIC_PAYMENT,
        [OUTPUT_EXCEPTION] = TOPIC_EXCEPTION,
    };
    struct outgoing outgoing = {
        .topic = topics[put->kind],
        .key = put->key_length == 0 ? (struct text){0}
                                    : arena_text(batch, put->key_at, put->key_length),
        .value = arena_text(batch, put->value_at, put->value_length),
        .timestamp_ms = kafka_timestamp(put->now),
    };
    if (put->kind == OUTPUT_EXCEPTION) {
        outgoing.error_class = term_name(&exception_code_names, put->code);
        outgoing.error_message = arena_text(batch, put->detail_at, put->detail_length);
        outgoing.error_topic = put->input_present
                                   ? arena_text(batch, put->topic_at, put->topic_length)
                                   : (struct text){0};
        outgoing.error_partition = batch->lane;
        outgoing.error_offset = put->offset;
    }
    return outgoing;
}

static void print_lane(struct batch *batch, struct text *key)
{
    struct buffer buffer = buffer_over(batch->journal_key, sizeof batch->journal_key);
    buffer_number(&buffer, batch->lane);
    *key = buffer_view(&buffer);
}

const struct outgoing *batch_outgoing(struct batch *batch, const struct journal_record *record,
                                      size_t *count)
{
    for (uint32_t i = 0; i < batch->put_count; i++) {
        batch->outgoing[i] = outgoing_of(batch, &batch->puts[i]);
    }
    struct buffer buffer = buffer_over(batch->journal, sizeof batch->journal);
    journal_record_encode(&buffer, record);
    assert(!buffer.overflow);
    struct outgoing *journal = &batch->outgoing[batch->put_count];
    *journal = (struct outgoing){
        .topic = TOPIC_JOURNAL,
        .value = buffer_view(&buffer),
        .timestamp_ms = kafka_timestamp(record->body.now),
    };
    print_lane(batch, &journal->key);
    *count = (size_t)batch->put_count + 1;
    return batch->outgoing;
}
