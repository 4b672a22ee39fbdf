#include "wire/journal_record.h"

#include <assert.h>
#include <inttypes.h>
#include <pthread.h>

#include "core/transition.h"
#include "wire/digest.h"
#include "wire/merkle.h"
#include "wire/schemas.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define IN(type, member) .offset = offsetof(struct type, member)
#define INT(member)                                                                                \
    {                                                                                              \
        .name = #member, .kind = FIELD_INT, IN(journal_body, member)                               \
    }
#define LONG(member)                                                                               \
    {                                                                                              \
        .name = #member, .kind = FIELD_LONG, IN(journal_body, member)                              \
    }
#define DIGEST_IN(type, member)                                                                    \
    {                                                                                              \
        .name = #member, .kind = FIELD_FIXED, IN(type, member), .size = DIGEST_BYTES               \
    }
#define DIGEST(member) DIGEST_IN(journal_body, member)

static const struct field range_inner[] = {
    {.name = "first", .kind = FIELD_LONG, IN(journal_range, first)},
    {.name = "next", .kind = FIELD_LONG, IN(journal_range, next)},
    {.name = "count", .kind = FIELD_INT, IN(journal_range, count)},
    DIGEST_IN(journal_range, last_digest),
};
static const struct fields range_fields = {"Range", range_inner, COUNT_OF(range_inner),
                                           sizeof(struct journal_range)};

static const struct field body_inner[] = {
    {.name = "log_id", .kind = FIELD_FIXED, IN(journal_body, log_id), .size = JOURNAL_LOG_ID_BYTES},
    INT(lanes),
    INT(lane),
    LONG(sequence),
    DIGEST(previous),
    {.name = "ranges",
     .kind = FIELD_ARRAY,
     IN(journal_body, ranges),
     .size = sizeof(struct journal_range),
     .count = offsetof(struct journal_body, range_count),
     .capacity = INPUT_TOPIC_COUNT,
     .record = &range_fields},
    DIGEST(inputs_digest),
    INT(applied),
    INT(duplicates),
    INT(rejected),
    INT(timers),
    {.name = "clock", .kind = FIELD_NAMED, IN(journal_body, clock), .names = &clock_mode_names},
    {.name = "now", .kind = FIELD_TIME, IN(journal_body, now)},
    LONG(rules_through),
    DIGEST(rules),
    LONG(schemas_through),
    INT(semantics),
    INT(decisions),
    INT(payments),
    INT(exceptions),
    LONG(payments_idr),
    DIGEST(outputs_root),
    DIGEST(state_digest),
};
const struct fields journal_body_fields = {"JournalBody", body_inner, COUNT_OF(body_inner),
                                           sizeof(struct journal_body)};

static const struct field record_inner[] = {
    {.name = "body",
     .kind = FIELD_RECORD,
     IN(journal_record, body),
     .record = &journal_body_fields},
    DIGEST_IN(journal_record, chain),
};
const struct fields journal_record_fields = {"JournalRecord", record_inner, COUNT_OF(record_inner),
                                             sizeof(struct journal_record)};

void journal_body_encode(struct buffer *out, const struct journal_body *body)
{
    struct journal_body whole = *body;
    whole.range_count = INPUT_TOPIC_COUNT;
    avro_write_fields(out, &journal_body_fields, &whole);
}

static struct buffer body_bytes(const struct journal_body *body,
                                uint8_t bytes[JOURNAL_RECORD_BYTES_MAX])
{
    struct buffer buffer = buffer_over(bytes, JOURNAL_RECORD_BYTES_MAX);
    journal_body_encode(&buffer, body);
    assert(!buffer.overflow);
    return buffer;
}

void journal_chain(const struct journal_body *body, uint8_t chain[DIGEST_BYTES])
{
    uint8_t bytes[JOURNAL_RECORD_BYTES_MAX];
    const struct buffer buffer = body_bytes(body, bytes);
    digest_of(buffer.at, buffer.length, chain);
}

void journal_leaf(const struct journal_body *body, uint8_t leaf[DIGEST_BYTES])
{
    uint8_t bytes[JOURNAL_RECORD_BYTES_MAX];
    const struct buffer buffer = body_bytes(body, bytes);
    merkle_leaf(buffer.at, buffer.length, leaf);
}

void journal_record_encode(struct buffer *out, const struct journal_record *record)
{
    struct journal_record whole = *record;
    whole.body.range_count = INPUT_TOPIC_COUNT;
    framing_write(out, schema_own_id(RECORD_JOURNAL));
    avro_write_fields(out, &journal_record_fields, &whole);
}

/* Compiled once and kept to the end of the process; threads share it since a plan never changes. */
static struct avro_plan *own_plan;

static void compile_own_plan(void)
{
    struct error error;
    const struct text text = schema_own_text(RECORD_JOURNAL);
    own_plan = avro_plan_compile(&journal_record_fields, text.at, text.length, &error);
    assert(own_plan != NULL);
}

static bool read_whole(const void *at, size_t length, struct journal_record *out)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, compile_own_plan);
    return avro_plan_read(own_plan, at, length, out) &&
           out->body.range_count == INPUT_TOPIC_COUNT && out->body.clock < CLOCK_MODE_COUNT;
}

bool journal_record_decode(struct text value, struct journal_record *out)
{
    int32_t id;
    struct text payload;
    return framing_read(value, &id, &payload) && id == schema_own_id(RECORD_JOURNAL) &&
           read_whole(payload.at, payload.length, out);
}

/* A record is the body and, last, a chain of fixed length: with any chain behind it, the body is
   read exactly as long as it is. */
bool journal_body_decode(struct text bytes, struct journal_body *out)
{
    static const uint8_t any_chain[DIGEST_BYTES];
    uint8_t whole[JOURNAL_RECORD_BYTES_MAX];
    struct buffer buffer = buffer_over(whole, sizeof whole);
    struct journal_record record;
    buffer_text(&buffer, bytes);
    buffer_put(&buffer, any_chain, sizeof any_chain);
    if (buffer.overflow || !read_whole(buffer.at, buffer.length, &record)) {
        return false;
    }
    *out = record.body;
    return true;
}

bool journal_record_verify(const struct journal_record *record)
{
    uint8_t chain[DIGEST_BYTES];
    journal_chain(&record->body, chain);
    return memcmp(chain, record->chain, DIGEST_BYTES) == 0;
}

struct error journal_check_semantics(const struct journal_body *body)
{
    if (body->semantics == SEMANTICS_VERSION) {
        return no_error();
    }
    const bool newer = body->semantics > SEMANTICS_VERSION;
    return error_make(ERROR_FATAL, newer ? "semantics_newer" : "semantics_older",
                      "lane %" PRId64 ", sequence %" PRId64 " was written with semantics %" PRId64
                      ", this program has %d and, being older than 1.0, no other: %s",
                      body->lane, body->sequence, body->semantics, SEMANTICS_VERSION,
                      newer ? "use a newer jaga"
                            : "use the jaga that wrote it, or begin a new log");
}
