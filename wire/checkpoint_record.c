#include "wire/checkpoint_record.h"

#include <assert.h>
#include <pthread.h>

#include "core/day.h"
#include "wire/schemas.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define IN(type, member) .offset = offsetof(struct type, member)
#define FIXED(type, member, bytes)                                                                 \
    {                                                                                              \
        .name = #member, .kind = FIELD_FIXED, IN(type, member), .size = (bytes)                    \
    }

static const struct field body_inner[] = {
    FIXED(checkpoint_body, log_id, JOURNAL_LOG_ID_BYTES),
    {.name = "lanes", .kind = FIELD_INT, IN(checkpoint_body, lanes)},
    {.name = "lane", .kind = FIELD_INT, IN(checkpoint_body, lane)},
    {.name = "records", .kind = FIELD_LONG, IN(checkpoint_body, records)},
    FIXED(checkpoint_body, root, DIGEST_BYTES),
    FIXED(checkpoint_body, chain, DIGEST_BYTES),
    {.name = "time", .kind = FIELD_TIME, IN(checkpoint_body, time)},
};
const struct fields checkpoint_body_fields = {"CheckpointBody", body_inner, COUNT_OF(body_inner),
                                              sizeof(struct checkpoint_body)};

static const struct field record_inner[] = {
    {.name = "body",
     .kind = FIELD_RECORD,
     IN(checkpoint_record, body),
     .record = &checkpoint_body_fields},
    FIXED(checkpoint_record, public_key, PUBLIC_KEY_BYTES),
    FIXED(checkpoint_record, signature, SIGNATURE_BYTES),
};
const struct fields checkpoint_record_fields = {"Checkpoint", record_inner, COUNT_OF(record_inner),
                                                sizeof(struct checkpoint_record)};

/* The first line keeps a signature from being one over something else made with the same key. */
static struct buffer message_of(const struct checkpoint_body *body,
                                uint8_t bytes[CHECKPOINT_RECORD_BYTES_MAX])
{
    struct buffer message = buffer_over(bytes, CHECKPOINT_RECORD_BYTES_MAX);
    buffer_string(&message, "jaga.checkpoint.v1\n");
    avro_write_fields(&message, &checkpoint_body_fields, body);
    assert(!message.overflow);
    return message;
}

void checkpoint_record_sign(struct checkpoint_record *record, const struct signing_key *key)
{
    uint8_t bytes[CHECKPOINT_RECORD_BYTES_MAX];
    const struct buffer message = message_of(&record->body, bytes);
    memcpy(record->public_key, key->public_key, PUBLIC_KEY_BYTES);
    signature_make(key, message.at, message.length, record->signature);
}

bool checkpoint_record_verify(const struct checkpoint_record *record)
{
    uint8_t bytes[CHECKPOINT_RECORD_BYTES_MAX];
    const struct buffer message = message_of(&record->body, bytes);
    return signature_holds(record->public_key, message.at, message.length, record->signature);
}

void checkpoint_record_encode(struct buffer *out, const struct checkpoint_record *record)
{
    framing_write(out, schema_own_id(RECORD_CHECKPOINT));
    avro_write_fields(out, &checkpoint_record_fields, record);
}

/* Compiled once and kept to the end of the process; threads share it since a plan never changes. */
static struct avro_plan *own_plan;

static void compile_own_plan(void)
{
    struct error error;
    const struct text text = schema_own_text(RECORD_CHECKPOINT);
    own_plan = avro_plan_compile(&checkpoint_record_fields, text.at, text.length, &error);
    assert(own_plan != NULL);
}

static bool is_possible(const struct checkpoint_body *body)
{
    return body->lane >= 0 && body->lane < body->lanes && body->records >= 1 &&
           body->time >= TIME_FIRST && body->time <= TIME_LAST;
}

bool checkpoint_record_decode(struct text value, struct checkpoint_record *out)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, compile_own_plan);
    int32_t id;
    struct text payload;
    if (!framing_read(value, &id, &payload) || id != schema_own_id(RECORD_CHECKPOINT)) {
        return false;
    }
    return avro_plan_read(own_plan, (const uint8_t *)payload.at, payload.length, out) &&
           is_possible(&out->body);
}
