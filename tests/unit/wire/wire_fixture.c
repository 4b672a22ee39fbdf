#include "wire_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int64_t number_for(const struct field *field, unsigned seed)
{
    const int64_t most = field->most != 0 ? field->most : INT32_MAX;
    const int64_t span = most - field->least + 1;
    return field->least + (int64_t)(seed * 7919u) % span;
}

static struct text text_for(const struct field *field, unsigned seed)
{
    static const char letters[] = "k\xC3\xA9t\"\\\n\x01\xF0\x9F\x98\x80z";
    static const char plain[] = "MEMBER0123456789abcdefghij";
    const bool any = field->charset == CHARSET_ANY;
    const uint32_t most = any ? (uint32_t)sizeof letters - 1 : 20;
    if (any && seed % 3 == 0) {
        return text_of(letters, most);
    }
    return text_of(plain, 1 + seed % 20);
}

static void fill_array(const struct field *field, char *base, unsigned seed)
{
    const uint32_t count = seed % (field->capacity + 1u);
    *(uint32_t *)(void *)(base + field->count) = count;
    for (uint32_t i = 0; i < count; i++) {
        fixture_fill(field->record, base + field->offset + (size_t)field->size * i, seed + i,
                     (seed + i) % 2 == 0);
    }
}

static void fill_field(const struct field *field, char *base, unsigned seed, bool nulls)
{
    void *at = base + field->offset;
    switch (field->kind) {
    case FIELD_TEXT:
    case FIELD_BYTES: *(struct text *)at = text_for(field, seed); break;
    case FIELD_INT:
    case FIELD_LONG: *(int64_t *)at = number_for(field, seed); break;
    case FIELD_DAY: *(day_t *)at = (day_t)(19000 + seed * 37u); break;
    case FIELD_TIME: *(int64_t *)at = INT64_C(1707900000000000) + (int64_t)seed * 500001; break;
    case FIELD_MONTH: *(month_t *)at = (month_t)(2024 * 12 + (int)(seed % 30)); break;
    case FIELD_TERM:
    case FIELD_NAMED: *(uint8_t *)at = (uint8_t)(seed % field->names->count); break;
    case FIELD_SET: *(uint32_t *)at = 1 + seed % ((UINT32_C(1) << field->names->count) - 1); break;
    case FIELD_FIXED: memset(at, (int)(seed & 0xFF), field->size); break;
    case FIELD_RECORD: fixture_fill(field->record, at, seed, nulls); break;
    case FIELD_ARRAY: fill_array(field, base, seed); break;
    }
    if (field->nullable && (field->kind == FIELD_FIXED || field->kind == FIELD_RECORD)) {
        *(bool *)(base + field->present) = true;
    }
}

void fixture_fill(const struct fields *fields, void *object, unsigned seed, bool nulls)
{
    fields_clear(fields, object);
    for (uint16_t i = 0; i < fields->count; i++) {
        const struct field *field = &fields->fields[i];
        if (!(nulls && field->nullable)) {
            fill_field(field, object, seed + i, nulls);
        }
    }
}

const struct fields *fixture_envelope(enum event_type type)
{
    return event_topic(type) == EVENT_TOPIC_REFERENCE ? &event_envelope_reference : &event_envelope;
}

void fixture_event(struct event *event, enum event_type type, unsigned seed, bool nulls)
{
    memset(event, 0, sizeof *event);
    event_init(event, type);
    fixture_fill(fixture_envelope(type), event, seed, nulls);
    fixture_fill(event_body(type), event, seed + 3, nulls);
}

static bool same_array(const struct field *field, const char *a, const char *b)
{
    const uint32_t count = *(const uint32_t *)(const void *)(a + field->count);
    if (count != *(const uint32_t *)(const void *)(b + field->count)) {
        return false;
    }
    for (uint32_t i = 0; i < count && i < field->capacity; i++) {
        const size_t at = field->offset + (size_t)field->size * i;
        if (fixture_difference(field->record, a + at, b + at) != NULL) {
            return false;
        }
    }
    return true;
}

static bool same_present(const struct field *field, const char *a, const char *b, bool *present)
{
    *present = !field->nullable || *(const bool *)(a + field->present);
    return !field->nullable || *present == *(const bool *)(b + field->present);
}

static bool same_text(struct text a, struct text b)
{
    return text_is_absent(a) == text_is_absent(b) && text_equal(a, b);
}

static bool same_field(const struct field *field, const char *a, const char *b)
{
    const void *x = a + field->offset, *y = b + field->offset;
    bool present;
    switch (field->kind) {
    case FIELD_TEXT:
    case FIELD_BYTES: return same_text(*(const struct text *)x, *(const struct text *)y);
    case FIELD_INT:
    case FIELD_LONG:
    case FIELD_TIME: return *(const int64_t *)x == *(const int64_t *)y;
    case FIELD_DAY:
    case FIELD_MONTH: return *(const int32_t *)x == *(const int32_t *)y;
    case FIELD_TERM:
    case FIELD_NAMED: return *(const uint8_t *)x == *(const uint8_t *)y;
    case FIELD_SET: return *(const uint32_t *)x == *(const uint32_t *)y;
    case FIELD_FIXED:
        return same_present(field, a, b, &present) && (!present || memcmp(x, y, field->size) == 0);
    case FIELD_RECORD:
        return same_present(field, a, b, &present) &&
               (!present || fixture_difference(field->record, x, y) == NULL);
    case FIELD_ARRAY: return same_array(field, a, b);
    }
    return false;
}

const char *fixture_difference(const struct fields *fields, const void *a, const void *b)
{
    for (uint16_t i = 0; i < fields->count; i++) {
        if (!same_field(&fields->fields[i], a, b)) {
            return fields->fields[i].name;
        }
    }
    return NULL;
}

const char *fixture_event_difference(const struct event *a, const struct event *b)
{
    if (a->type != b->type) {
        return "type";
    }
    const char *difference = fixture_difference(fixture_envelope(a->type), a, b);
    return difference != NULL ? difference : fixture_difference(event_body(a->type), a, b);
}

size_t fixture_hex(const char *hex, uint8_t *out)
{
    size_t count = 0;
    while (*hex != '\0') {
        if (*hex == ' ') {
            hex++;
            continue;
        }
        const char pair[3] = {hex[0], hex[1], '\0'};
        out[count++] = (uint8_t)strtoul(pair, NULL, 16);
        hex += 2;
    }
    return count;
}
