/* The parts of the processor alone, one thread, over the bench population in memory:

       bench_parts decode|apply [--participants N]
       bench_parts archive [--participants N] [--file FILE]
       bench_parts commit --outputs N [--rounds N]

   Prints one line of JSON for each thing measured. `apply` decodes each batch beforehand, untimed.
   `commit` needs the topics of `jaga init` and writes payments and journal records that mean
   nothing: only on a log that is thrown away afterwards. */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "kafka/journal_end.h"
#include "lane/connect.h"
#include "lane/state.h"
#include "producers/population.h"
#include "support/clock.h"
#include "support/command.h"
#include "wire/archive_file.h"
#include "wire/event_codec.h"
#include "wire/record.h"

#define BATCH_EVENTS 16384
#define CHUNK_BYTES (64 * 1024 * 1024)
#define COMMIT_DEADLINE_MS 60000

static const struct flag flags[] = {
    {"participants", "N", "How many people. Default: 300000."},
    {"outputs", "N", "commit: payments in a transaction. Default: 1000."},
    {"rounds", "N", "commit: transactions. Default: 100."},
    {"file", "FILE", "archive: written, read and removed. Default: bench.avro."},
    {NULL, NULL, NULL},
};

struct stored {     /* one event as it would come from Kafka */
    const char *at; /* key, then value */
    uint32_t value_length;
    uint8_t key_length, topic;
    int64_t timestamp_ms;
};

struct chunk {
    struct chunk *before;
    char bytes[CHUNK_BYTES];
};

struct parts {
    const struct settings *settings;
    int64_t participants, outputs, rounds;
    struct stored *stored;
    size_t count, capacity;
    struct chunk *chunk; /* the newest */
    size_t chunk_used;
    struct schemas *schemas;
    struct rules *rules;
    struct input_record *window; /* a batch, decoded */
};

/* ---- The population ---- */

static char *take_bytes(struct parts *parts, size_t size)
{
    if (parts->chunk == NULL || parts->chunk_used + size > sizeof parts->chunk->bytes) {
        struct chunk *chunk = malloc(sizeof *chunk);
        assert(chunk != NULL);
        chunk->before = parts->chunk;
        parts->chunk = chunk;
        parts->chunk_used = 0;
    }
    char *at = parts->chunk->bytes + parts->chunk_used;
    parts->chunk_used += size;
    return at;
}

static void free_chunks(struct parts *parts)
{
    while (parts->chunk != NULL) {
        struct chunk *before = parts->chunk->before;
        free(parts->chunk);
        parts->chunk = before;
    }
}

static bool store(void *context, const struct event *event)
{
    struct parts *parts = context;
    uint8_t bytes[EVENT_BYTES_MAX];
    struct buffer buffer = buffer_over(bytes, sizeof bytes);
    const struct text key = event->participant_id;
    event_encode(&buffer, event);
    if (parts->count == parts->capacity) {
        parts->capacity = parts->capacity == 0 ? 1 << 20 : 2 * parts->capacity;
        parts->stored = realloc(parts->stored, parts->capacity * sizeof *parts->stored);
        assert(parts->stored != NULL);
    }
    char *at = take_bytes(parts, key.length + buffer.length);
    memcpy(at, key.at, key.length);
    memcpy(at + key.length, bytes, buffer.length);
    parts->stored[parts->count++] = (struct stored){
        .at = at,
        .value_length = (uint32_t)buffer.length,
        .key_length = (uint8_t)key.length,
        .topic = (uint8_t)event_topic(event->type),
        .timestamp_ms = event->time / 1000,
    };
    return true;
}

static void make_population(struct parts *parts)
{
    const struct population_wish wish = {
        .seed = 2024, .scale_ppm = SCALE_ONE_PPM, .participants = parts->participants, .months = 6};
    for (size_t i = 0; i < preset_count; i++) {
        if (strcmp(presets[i].name, "bench") == 0) {
            (void)presets[i].make(&wish, store, parts);
        }
    }
    assert(parts->count > 0);
}

static void decode_one(const struct parts *parts, const struct stored *stored,
                       struct input_record *record)
{
    record->topic = (enum input_topic)stored->topic;
    record->timestamp_ms = stored->timestamp_ms;
    record->key = text_of(stored->at, stored->key_length);
    record->value = text_of(stored->at + stored->key_length, stored->value_length);
    record->reading = event_decode(parts->schemas, INT64_MAX, stored->topic, record->value,
                                   &record->event, &record->problem);
    assert(record->reading == EVENT_READ);
}

static void print_rate(const char *part, int64_t events, int64_t took_us)
{
    printf("{\"part\":\"%s\",\"events\":%lld,\"took_us\":%lld,\"events_per_second\":%lld}\n", part,
           (long long)events, (long long)took_us,
           (long long)(events * MICROSECONDS_A_SECOND / took_us));
}

/* ---- Decode ---- */

static struct error decode(struct parts *parts)
{
    make_population(parts);
    const int64_t begun = clock_steady_us();
    for (size_t i = 0; i < parts->count; i++) {
        decode_one(parts, &parts->stored[i], &parts->window[0]);
    }
    print_rate("decode", (int64_t)parts->count, clock_steady_us() - begun);
    return no_error();
}

/* ---- Apply: as lane_step.c does it, without Kafka ---- */

struct applying {
    struct parts *parts;
    struct state *state;
    struct batch *batch;
    int64_t next[INPUT_TOPIC_COUNT];
    uint8_t last_digests[INPUT_TOPIC_COUNT][DIGEST_BYTES];
    int64_t sequence, rejected, payments;
};

static void seal(struct applying *applying)
{
    struct journal_record record = {.body = {.lanes = 1, .sequence = applying->sequence}};
    struct journal_body *body = &record.body;
    size_t count;
    batch_seal(applying->batch, body);
    memcpy(body->state_digest, state_digest(applying->state), DIGEST_BYTES);
    journal_chain(body, record.chain);
    (void)batch_outgoing(applying->batch, &record, &count);
    for (unsigned topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        applying->next[topic] = body->ranges[topic].next;
        memcpy(applying->last_digests[topic], body->ranges[topic].last_digest, DIGEST_BYTES);
    }
    applying->rejected += body->rejected;
    applying->payments += body->payments;
}

static void apply_window(struct applying *applying, size_t count)
{
    static const char *const names[INPUT_TOPIC_COUNT] = {"jaga.enrollment", "jaga.contribution",
                                                         "jaga.claim", "jaga.payment-status"};
    batch_begin(applying->batch, 0, ++applying->sequence, applying->next,
                (const uint8_t(*)[DIGEST_BYTES])applying->last_digests);
    for (size_t i = 0; i < count; i++) {
        const struct input_record *record = &applying->parts->window[i];
        state_move_clock(applying->state, record->event.time);
        const bool fired = state_fire_due(applying->state, applying->batch, UINT32_MAX);
        assert(fired && batch_has_room(applying->batch));
        state_apply(applying->state, record, text_of_string(names[record->topic]), applying->batch);
    }
    seal(applying);
}

static int64_t apply_all(struct applying *applying)
{
    struct parts *parts = applying->parts;
    int64_t offsets[INPUT_TOPIC_COUNT] = {0};
    int64_t took = 0;
    for (size_t from = 0; from < parts->count; from += BATCH_EVENTS) {
        const size_t left = parts->count - from;
        const size_t count = left < BATCH_EVENTS ? left : BATCH_EVENTS;
        for (size_t i = 0; i < count; i++) {
            struct input_record *record = &parts->window[i];
            decode_one(parts, &parts->stored[from + i], record);
            record->offset = offsets[record->topic]++;
        }
        const int64_t begun = clock_steady_us();
        apply_window(applying, count);
        took += clock_steady_us() - begun;
    }
    return took;
}

static struct error apply(struct parts *parts)
{
    struct applying applying = {.parts = parts, .state = state_open(0, 1), .batch = batch_open()};
    make_population(parts);
    TRY(rules_of_settings(parts->settings, parts->rules));
    state_set_rules(applying.state, parts->rules);
    const int64_t took = apply_all(&applying);
    assert(applying.rejected == 0);
    assert(applying.payments == (parts->participants + 49) / 50);
    print_rate("apply", (int64_t)parts->count, took);
    batch_close(applying.batch);
    state_close(applying.state);
    return no_error();
}

/* ---- Archive: a file written, with its sync to disk, and read ---- */

/* The processor's time: a disk and other programs have no part in it. */
static int64_t processor_us(void)
{
    struct timespec now;
    const int answer = clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    assert(answer == 0);
    return (int64_t)now.tv_sec * MICROSECONDS_A_SECOND + now.tv_nsec / 1000;
}

static const struct archive_file_head archive_head = {.topic = "jaga.bench"};

static struct error archive_write(struct parts *parts, const char *path, enum archive_codec codec)
{
    struct archive_writer *writer = NULL;
    int64_t bytes = 0;
    uint8_t digest[DIGEST_BYTES];
    TRY(archive_writer_open(path, &archive_head, codec, &writer));
    struct error error = no_error();
    const int64_t begun = processor_us();
    for (size_t i = 0; i < parts->count && !failed(&error); i++) {
        const struct stored *stored = &parts->stored[i];
        const struct log_record record = {
            .offset = (int64_t)i,
            .timestamp_ms = stored->timestamp_ms,
            .key = text_of(stored->at, stored->key_length),
            .value = text_of(stored->at + stored->key_length, stored->value_length),
        };
        error = archive_writer_add(writer, &record);
    }
    if (!failed(&error)) {
        error = archive_writer_finish(writer, &bytes, digest);
    }
    if (!failed(&error)) {
        printf("{\"bytes\":%lld,\"bytes_per_record\":%lld}\n", (long long)bytes,
               (long long)(bytes / (int64_t)parts->count));
        print_rate(codec == ARCHIVE_NULL ? "archive_write_null" : "archive_write_deflate",
                   (int64_t)parts->count, processor_us() - begun);
    }
    archive_writer_close(writer);
    return error;
}

static struct error archive_read(const char *path, enum archive_codec codec)
{
    struct archive_reader *reader = NULL;
    struct error error = archive_reader_open(path, &archive_head, &reader);
    int64_t count = 0;
    const int64_t begun = processor_us();
    for (bool at_end = false; !failed(&error) && !at_end; count++) {
        struct log_record record;
        error = archive_reader_next(reader, &record, &at_end);
    }
    if (!failed(&error)) {
        print_rate(codec == ARCHIVE_NULL ? "archive_read_null" : "archive_read_deflate", count - 1,
                   processor_us() - begun);
    }
    archive_reader_close(reader);
    return error;
}

static struct error archive(struct parts *parts, const struct arguments *arguments)
{
    const char *given = argument(arguments, "file");
    const char *path = given == NULL ? "bench.avro" : given;
    struct error error = no_error();
    make_population(parts);
    for (unsigned codec = ARCHIVE_NULL; codec <= ARCHIVE_DEFLATE && !failed(&error); codec++) {
        error = archive_write(parts, path, (enum archive_codec)codec);
        if (!failed(&error)) {
            error = archive_read(path, (enum archive_codec)codec);
        }
        (void)unlink(path);
    }
    return error;
}

/* ---- Commit ---- */

static struct text sample_payment(struct buffer *buffer)
{
    static const struct benefit_line lines[] = {{0, 20000000, {"JKM-LUMP-2019", 13}},
                                                {1, 12000000, {"JKM-PERIODIC-2019", 17}},
                                                {2, 10000000, {"JKM-BURIAL-2019", 15}}};
    struct payment payment = {
        .payment_id = TEXT("ABCDEFGHIJKLMNOPQRST"),
        .claim_id = TEXT("D-123456"),
        .revision = 1,
        .participant_id = TEXT("ABCDEFGHIJKL"),
        .membership_id = TEXT("10000123456"),
        .programme = JKM,
        .payee_ref = TEXT("ACC-HEIR"),
        .amount_idr = 42000000,
        .line_count = 3,
        .channel = TEXT("BI_FAST"),
    };
    memcpy(payment.lines, lines, sizeof lines);
    record_encode(buffer, RECORD_PAYMENT, &payment);
    assert(!buffer->overflow);
    return buffer_view(buffer);
}

static int ascending(const void *a, const void *b)
{
    const int64_t left = *(const int64_t *)a;
    const int64_t right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

static void print_commits(const struct parts *parts, int64_t *took)
{
    const int64_t rounds = parts->rounds;
    int64_t sum = 0;
    for (int64_t i = 0; i < rounds; i++) {
        sum += took[i];
    }
    qsort(took, (size_t)rounds, sizeof *took, ascending);
    printf("{\"part\":\"commit\",\"outputs\":%lld,\"rounds\":%lld,\"p50_us\":%lld,\"p99_us\":%lld,"
           "\"max_us\":%lld,\"events_per_second\":%lld}\n",
           (long long)parts->outputs, (long long)rounds, (long long)took[(rounds + 1) / 2 - 1],
           (long long)took[(rounds * 99 + 99) / 100 - 1], (long long)took[rounds - 1],
           (long long)(rounds * parts->outputs * MICROSECONDS_A_SECOND / sum));
}

/* One more before the first that counts: it opens what later ones find open. */
static struct error commit_rounds(const struct parts *parts, struct lane_transaction *transaction,
                                  const struct outgoing *records, int64_t *next)
{
    int64_t *took = calloc((size_t)parts->rounds, sizeof *took);
    assert(took != NULL);
    for (int64_t round = -1; round < parts->rounds; round++) {
        const int64_t begun = clock_steady_us();
        const struct error error =
            lane_transaction_commit(transaction, records, (size_t)parts->outputs + 1, next);
        if (failed(&error)) {
            free(took);
            return error;
        }
        if (round >= 0) {
            took[round] = clock_steady_us() - begun;
        }
    }
    print_commits(parts, took);
    free(took);
    return no_error();
}

static struct error commit_with(const struct parts *parts, const struct kafka_settings *kafka,
                                struct outgoing *records)
{
    static uint8_t bytes[EVENT_BYTES_MAX];
    struct buffer buffer = buffer_over(bytes, sizeof bytes);
    const struct text value = sample_payment(&buffer);
    const int64_t now_ms = clock_wall_us() / 1000;
    for (int64_t i = 0; i < parts->outputs; i++) {
        records[i] = (struct outgoing){.topic = TOPIC_PAYMENT,
                                       .key = TEXT("ABCDEFGHIJKL"),
                                       .value = value,
                                       .timestamp_ms = now_ms};
    }
    records[parts->outputs] = (struct outgoing){
        .topic = TOPIC_JOURNAL, .key = TEXT("0"), .value = value, .timestamp_ms = now_ms};
    struct lane_transaction *transaction = NULL;
    int64_t next;
    TRY(lane_transaction_open(kafka, 0, COMMIT_DEADLINE_MS, &transaction));
    struct error error = journal_settled_end(kafka, 0, &next);
    if (!failed(&error)) {
        error = commit_rounds(parts, transaction, records, &next);
    }
    lane_transaction_close(transaction);
    return error;
}

static struct error commit(struct parts *parts)
{
    struct connections connections;
    connections_of(parts->settings, &connections);
    struct outgoing *records = calloc((size_t)parts->outputs + 1, sizeof *records);
    assert(records != NULL);
    const struct error error = commit_with(parts, &connections.kafka, records);
    free(records);
    return error;
}

static struct error number_given(const struct arguments *arguments, const char *flag,
                                 int64_t fallback, int64_t *out)
{
    const char *value = argument(arguments, flag);
    char *end = NULL;
    *out = value == NULL ? fallback : strtoll(value, &end, 10);
    if (*out < 1 || *out > 10000000 || (value != NULL && *end != '\0')) {
        return error_make(ERROR_USAGE, "usage", "--%s %s", flag, value);
    }
    return no_error();
}

static struct error run(struct parts *parts, const struct arguments *arguments)
{
    TRY(number_given(arguments, "participants", 300000, &parts->participants));
    TRY(number_given(arguments, "outputs", 1000, &parts->outputs));
    TRY(number_given(arguments, "rounds", 100, &parts->rounds));
    const char *part = arguments->operand_count == 1 ? arguments->operands[0] : "";
    if (strcmp(part, "decode") == 0) {
        return decode(parts);
    }
    if (strcmp(part, "apply") == 0) {
        return apply(parts);
    }
    if (strcmp(part, "commit") == 0) {
        return commit(parts);
    }
    if (strcmp(part, "archive") == 0) {
        return archive(parts, arguments);
    }
    return error_make(ERROR_USAGE, "usage", "name one part: decode, apply, archive or commit");
}

int main(int argc, char **argv)
{
    struct settings settings;
    struct arguments arguments;
    struct parts parts = {.settings = &settings};
    struct error error = settings_load(&settings, &arguments, flags, argc, argv);
    if (failed(&error) || !digest_start()) {
        return command_report("bench_parts", &error);
    }
    parts.schemas = schemas_open();
    schemas_add_own(parts.schemas, 0);
    parts.rules = calloc(1, sizeof *parts.rules);
    parts.window = calloc(BATCH_EVENTS, sizeof *parts.window);
    assert(parts.rules != NULL && parts.window != NULL);
    error = run(&parts, &arguments);
    free(parts.window);
    free(parts.rules);
    free(parts.stored);
    free_chunks(&parts);
    schemas_close(parts.schemas);
    settings_clear(&settings);
    return command_report("bench_parts", &error);
}
