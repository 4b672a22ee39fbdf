#include <assert.h>

#include "core/day.h"
#include "wire/avro.h"
#include "wire/field_value.h"

void avro_write_long(struct buffer *out, int64_t value)
{
    uint64_t bits = ((uint64_t)value << 1) ^ (value < 0 ? UINT64_MAX : 0);
    while (bits >= 0x80) {
        buffer_byte(out, (uint8_t)(bits | 0x80));
        bits >>= 7;
    }
    buffer_byte(out, (uint8_t)bits);
}

static void write_run(struct buffer *out, struct text text)
{
    avro_write_long(out, text.length);
    buffer_text(out, text);
}

static void write_set(struct buffer *out, const struct field *field, uint32_t set)
{
    assert((set >> field->names->count) == 0);
    int64_t count = 0;
    for (uint8_t i = 0; i < field->names->count; i++) {
        count += (set >> i) & 1;
    }
    if (count > 0) {
        avro_write_long(out, count);
    }
    for (uint8_t i = 0; i < field->names->count; i++) {
        if (((set >> i) & 1) != 0) {
            avro_write_long(out, i);
        }
    }
    avro_write_long(out, 0);
}

static void write_array(struct buffer *out, const struct field *field, const char *object)
{
    const uint32_t count = *(const uint32_t *)(const void *)(object + field->count);
    assert(count <= field->capacity);
    if (count > 0) {
        avro_write_long(out, count);
    }
    for (uint32_t i = 0; i < count; i++) {
        avro_write_fields(out, field->record, object + field->offset + (size_t)field->size * i);
    }
    avro_write_long(out, 0);
}

/* A required text that is absent is written as an empty one. */
static void write_value(struct buffer *out, const struct field *field, const char *object)
{
    const void *at = object + field->offset;
    switch (field->kind) {
    case FIELD_TEXT:
    case FIELD_BYTES: write_run(out, *(const struct text *)at); break;
    case FIELD_INT:
        assert(*(const int64_t *)at >= INT32_MIN && *(const int64_t *)at <= INT32_MAX);
        avro_write_long(out, *(const int64_t *)at);
        break;
    case FIELD_LONG:
    case FIELD_TIME: avro_write_long(out, *(const int64_t *)at); break;
    case FIELD_DAY: avro_write_long(out, *(const day_t *)at); break;
    case FIELD_MONTH: avro_write_long(out, month_to_number(*(const month_t *)at)); break;
    case FIELD_TERM:
        assert(*(const uint8_t *)at < field->names->count);
        avro_write_long(out, *(const uint8_t *)at);
        break;
    case FIELD_NAMED: write_run(out, term_text(field->names, *(const uint8_t *)at)); break;
    case FIELD_SET: write_set(out, field, *(const uint32_t *)at); break;
    case FIELD_FIXED: buffer_put(out, at, field->size); break;
    case FIELD_RECORD: avro_write_fields(out, field->record, at); break;
    case FIELD_ARRAY: write_array(out, field, object); break;
    }
}

void avro_write_fields(struct buffer *out, const struct fields *fields, const void *object)
{
    for (uint16_t i = 0; i < fields->count; i++) {
        const struct field *field = &fields->fields[i];
        if (field->nullable) {
            const bool null = field_is_null(field, object);
            buffer_byte(out, null ? 0 : 2);
            if (null) {
                continue;
            }
        }
        write_value(out, field, object);
    }
}
