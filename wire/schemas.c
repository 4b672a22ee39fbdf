#include "wire/schemas.h"

#include <assert.h>
#include <stdlib.h>

#include "wire/checkpoint_record.h"
#include "wire/digest.h"
#include "wire/journal_record.h"
#include "wire/schema_texts.h"

struct schemas {
    struct schema *all; /* ascending by id */
    uint32_t count, capacity;
};

static const struct {
    const char *title, *topic;
} records[] = {
    [RECORD_ENROLLMENT] = {"EnrollmentEvent", "enrollment"},
    [RECORD_CONTRIBUTION] = {"ContributionEvent", "contribution"},
    [RECORD_CLAIM] = {"ClaimEvent", "claim"},
    [RECORD_PAYMENT_STATUS] = {"PaymentStatusEvent", "payment-status"},
    [RECORD_REFERENCE] = {"ReferenceEvent", "reference"},
    [RECORD_DECISION] = {"Decision", "decision"},
    [RECORD_PAYMENT] = {"Payment", "payment"},
    [RECORD_EXCEPTION] = {"Exception", "exception"},
    [RECORD_JOURNAL] = {"JournalRecord", "journal"},
    [RECORD_CHECKPOINT] = {"Checkpoint", "checkpoint"},
};
static_assert(sizeof records / sizeof *records == RECORD_KIND_COUNT, "every record has a name");
static_assert(RECORD_REFERENCE == EVENT_TOPIC_REFERENCE, "event records stand by topic");

int32_t schema_own_id(enum record_kind record)
{
    assert((unsigned)record < RECORD_KIND_COUNT);
    return (int32_t)record + 1;
}

struct text schema_own_text(enum record_kind record)
{
    assert(schema_text_count == RECORD_KIND_COUNT && (unsigned)record < RECORD_KIND_COUNT);
    return schema_texts[record];
}

const char *record_title(enum record_kind record)
{
    assert((unsigned)record < RECORD_KIND_COUNT);
    return records[record].title;
}

const char *record_topic(enum record_kind record)
{
    assert((unsigned)record < RECORD_KIND_COUNT);
    return records[record].topic;
}

const struct fields *record_fields(enum record_kind record)
{
    switch (record) {
    case RECORD_DECISION: return &decision_fields;
    case RECORD_PAYMENT: return &payment_fields;
    case RECORD_EXCEPTION: return &exception_fields;
    case RECORD_JOURNAL: return &journal_record_fields;
    case RECORD_CHECKPOINT: return &checkpoint_record_fields;
    case RECORD_ENROLLMENT:
    case RECORD_CONTRIBUTION:
    case RECORD_CLAIM:
    case RECORD_PAYMENT_STATUS:
    case RECORD_REFERENCE: break;
    }
    assert(record > RECORD_REFERENCE); /* Events have two tables, of envelope and body. */
    return NULL;
}

struct schemas *schemas_open(void)
{
    struct schemas *schemas = calloc(1, sizeof *schemas);
    assert(schemas != NULL);
    return schemas;
}

void schemas_close(struct schemas *schemas)
{
    if (schemas == NULL) {
        return;
    }
    for (uint32_t i = 0; i < schemas->count; i++) {
        avro_plan_close(schemas->all[i].plan);
    }
    free(schemas->all);
    free(schemas);
}

/* The place of an id, or where it would go. */
static uint32_t place_of(const struct schemas *schemas, int32_t id)
{
    uint32_t from = 0, to = schemas->count;
    while (from < to) {
        const uint32_t middle = from + (to - from) / 2;
        if (schemas->all[middle].id < id) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    return from;
}

static struct schema *insert(struct schemas *schemas, uint32_t place)
{
    if (schemas->count == schemas->capacity) {
        schemas->capacity = schemas->capacity == 0 ? 16 : schemas->capacity * 2;
        schemas->all = realloc(schemas->all, schemas->capacity * sizeof *schemas->all);
        assert(schemas->all != NULL);
    }
    memmove(schemas->all + place + 1, schemas->all + place,
            (schemas->count - place) * sizeof *schemas->all);
    schemas->count++;
    return &schemas->all[place];
}

static struct avro_plan *compile_event(unsigned topic, const char *text, size_t length,
                                       struct error *error)
{
    enum event_type first;
    unsigned count;
    event_topic_types(topic, &first, &count);
    const struct avro_variants variants = {"body", event_body(first), count};
    const struct fields *envelope =
        topic == EVENT_TOPIC_REFERENCE ? &event_envelope_reference : &event_envelope;
    return avro_plan_compile_variants(envelope, &variants, text, length, error);
}

static struct avro_plan *compile(enum record_kind record, const char *text, size_t length,
                                 struct error *error)
{
    if (record <= RECORD_REFERENCE) {
        return compile_event((unsigned)record, text, length, error);
    }
    return avro_plan_compile(record_fields(record), text, length, error);
}

/* The kind of record a schema text describes, or −1. */
static int kind_of(const char *text, size_t length, struct error *error)
{
    char title[64];
    if (!avro_schema_title(text, length, title, sizeof title, error)) {
        return -1;
    }
    for (int i = 0; i < RECORD_KIND_COUNT; i++) {
        if (strcmp(title, records[i].title) == 0) {
            return i;
        }
    }
    *error = error_make(ERROR_USAGE, "schema_unusable", "record %s is none of jaga's", title);
    return -1;
}

static struct error fill(struct schema *schema, const char *text, size_t length)
{
    struct error error = no_error();
    if (length > SCHEMA_TEXT_BYTES_MAX) {
        return error_make(ERROR_USAGE, "schema_unusable", "schema %d has %zu bytes, %d are allowed",
                          schema->id, length, SCHEMA_TEXT_BYTES_MAX);
    }
    const int record = kind_of(text, length, &error);
    if (record >= 0) {
        schema->plan = compile((enum record_kind)record, text, length, &error);
    }
    if (schema->plan != NULL) {
        schema->record = record;
        return no_error();
    }
    return error_make(ERROR_USAGE, "schema_unusable", "schema %d: %.400s", schema->id,
                      error.detail);
}

struct error schemas_add(struct schemas *schemas, int32_t id, const char *text, size_t length,
                         int64_t offset)
{
    uint8_t digest[DIGEST_BYTES];
    digest_of(text, length, digest);
    const uint32_t place = place_of(schemas, id);
    if (place < schemas->count && schemas->all[place].id == id) {
        if (memcmp(schemas->all[place].digest, digest, DIGEST_BYTES) == 0) {
            return no_error();
        }
        return error_make(
            ERROR_USAGE, "schema_conflict",
            "schema %d has another text at offset %lld than at %lld: the first stands", id,
            (long long)offset, (long long)schemas->all[place].offset);
    }
    struct schema *schema = insert(schemas, place);
    *schema = (struct schema){.id = id, .offset = offset, .record = -1};
    memcpy(schema->digest, digest, DIGEST_BYTES);
    return fill(schema, text, length);
}

void schemas_add_own(struct schemas *schemas, int64_t offset)
{
    for (unsigned i = 0; i < RECORD_KIND_COUNT; i++) {
        const struct text text = schema_own_text((enum record_kind)i);
        const struct error error =
            schemas_add(schemas, schema_own_id((enum record_kind)i), text.at, text.length, offset);
        assert(!failed(&error));
    }
}

const struct schema *schemas_find(const struct schemas *schemas, int32_t id, int64_t through)
{
    const uint32_t place = place_of(schemas, id);
    if (place == schemas->count || schemas->all[place].id != id) {
        return NULL;
    }
    const struct schema *schema = &schemas->all[place];
    return schema->offset < through ? schema : NULL;
}

bool framing_read(struct text value, int32_t *id, struct text *payload)
{
    if (text_is_absent(value) || value.length < FRAMING_BYTES || value.at[0] != 0) {
        return false;
    }
    uint32_t number = 0;
    for (unsigned i = 1; i < FRAMING_BYTES; i++) {
        number = number << 8 | (uint8_t)value.at[i];
    }
    *id = (int32_t)number;
    *payload = text_of(value.at + FRAMING_BYTES, value.length - FRAMING_BYTES);
    return true;
}

void framing_write(struct buffer *out, int32_t id)
{
    buffer_byte(out, 0);
    for (int shift = 24; shift >= 0; shift -= 8) {
        buffer_byte(out, (uint8_t)((uint32_t)id >> shift));
    }
}
