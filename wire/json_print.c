#include "wire/json_print.h"

#include "core/day.h"
#include "wire/field_value.h"
#include "wire/record.h"

static const char hex_digits[] = "0123456789abcdef";

static void write_escaped(struct buffer *out, char byte)
{
    static const char letters[][2] = {{'\b', 'b'}, {'\f', 'f'}, {'\n', 'n'}, {'\r', 'r'},
                                      {'\t', 't'}, {'"', '"'},  {'\\', '\\'}};
    buffer_byte(out, '\\');
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++) {
        if (byte == letters[i][0]) {
            buffer_byte(out, (uint8_t)letters[i][1]);
            return;
        }
    }
    buffer_put(out, "u00", 3);
    buffer_byte(out, (uint8_t)hex_digits[(uint8_t)byte >> 4]);
    buffer_byte(out, (uint8_t)hex_digits[byte & 15]);
}

void json_string_write(struct buffer *out, struct text text)
{
    buffer_byte(out, '"');
    uint32_t from = 0;
    for (uint32_t i = 0; i < text.length; i++) {
        const uint8_t byte = (uint8_t)text.at[i];
        if (byte >= 0x20 && byte != '"' && byte != '\\' && byte != 0x7F) {
            continue;
        }
        buffer_put(out, text.at + from, i - from);
        write_escaped(out, (char)byte);
        from = i + 1;
    }
    if (text.length > from) {
        buffer_put(out, text.at + from, text.length - from);
    }
    buffer_byte(out, '"');
}

static void write_hex(struct buffer *out, const uint8_t *bytes, size_t count)
{
    buffer_byte(out, '"');
    for (size_t i = 0; i < count; i++) {
        buffer_byte(out, (uint8_t)hex_digits[bytes[i] >> 4]);
        buffer_byte(out, (uint8_t)hex_digits[bytes[i] & 15]);
    }
    buffer_byte(out, '"');
}

void json_base64_write(struct buffer *out, struct text bytes)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    buffer_byte(out, '"');
    for (uint32_t i = 0; i < bytes.length; i += 3) {
        const uint32_t rest = bytes.length - i;
        uint32_t bits = (uint32_t)(uint8_t)bytes.at[i] << 16;
        bits |= rest > 1 ? (uint32_t)(uint8_t)bytes.at[i + 1] << 8 : 0;
        bits |= rest > 2 ? (uint32_t)(uint8_t)bytes.at[i + 2] : 0;
        buffer_byte(out, (uint8_t)digits[bits >> 18]);
        buffer_byte(out, (uint8_t)digits[bits >> 12 & 63]);
        buffer_byte(out, rest > 1 ? (uint8_t)digits[bits >> 6 & 63] : '=');
        buffer_byte(out, rest > 2 ? (uint8_t)digits[bits & 63] : '=');
    }
    buffer_byte(out, '"');
}

/* A date or time out of range was never checked (a record of somebody else): its number is shown.
 */
static void write_day(struct buffer *out, day_t day)
{
    char text[DAY_TEXT_BYTES];
    if (day < DAY_FIRST || day > DAY_LAST) {
        buffer_number(out, day);
        return;
    }
    day_print(day, text);
    json_string_write(out, text_of_string(text));
}

static void write_time(struct buffer *out, int64_t time)
{
    char text[TIME_TEXT_BYTES];
    if (time < TIME_FIRST || time > TIME_LAST) {
        buffer_number(out, time);
        return;
    }
    time_print(time, text);
    json_string_write(out, text_of_string(text));
}

static void write_month(struct buffer *out, month_t month)
{
    char text[MONTH_TEXT_BYTES];
    if (month < MONTH_FIRST || month > MONTH_LAST) {
        buffer_number(out, 0);
        return;
    }
    month_print(month, text);
    json_string_write(out, text_of_string(text));
}

static void write_term(struct buffer *out, const struct names *names, uint8_t term)
{
    json_string_write(out, term < names->count ? term_text(names, term) : TEXT("?"));
}

/* A symbol we do not know is shown as one, and a set that names one twice does so again. */
static void write_set(struct buffer *out, const struct names *names, uint32_t set)
{
    bool twice = (set & SET_TWICE_BIT) != 0, any = false;
    buffer_byte(out, '[');
    for (uint8_t i = 0; i < names->count; i++) {
        for (unsigned times = ((set >> i) & 1) + (((set >> i) & 1) != 0 && twice); times > 0;
             times--) {
            buffer_string(out, any ? "," : "");
            write_term(out, names, i);
            any = true;
        }
        twice = twice && ((set >> i) & 1) == 0;
    }
    if ((set & SET_UNKNOWN_BIT) != 0) {
        buffer_string(out, any ? ",\"?\"" : "\"?\"");
    }
    buffer_byte(out, ']');
}

static void write_record(struct buffer *out, const struct fields *fields, const void *record,
                         enum nulls nulls)
{
    struct json_object object;
    json_object_open(&object, out, nulls);
    json_put_fields(&object, fields, record);
    json_object_close(&object);
}

static void write_array(struct buffer *out, const struct field *field, const char *record,
                        enum nulls nulls)
{
    uint32_t count = *(const uint32_t *)(const void *)(record + field->count);
    count = count < field->capacity ? count : field->capacity;
    buffer_byte(out, '[');
    for (uint32_t i = 0; i < count; i++) {
        buffer_string(out, i > 0 ? "," : "");
        write_record(out, field->record, record + field->offset + (size_t)field->size * i, nulls);
    }
    buffer_byte(out, ']');
}

static void write_value(struct buffer *out, const struct field *field, const char *record,
                        enum nulls nulls)
{
    const void *at = record + field->offset;
    switch (field->kind) {
    case FIELD_TEXT: json_string_write(out, *(const struct text *)at); break;
    case FIELD_BYTES: json_base64_write(out, *(const struct text *)at); break;
    case FIELD_INT:
    case FIELD_LONG: buffer_number(out, *(const int64_t *)at); break;
    case FIELD_DAY: write_day(out, *(const day_t *)at); break;
    case FIELD_TIME: write_time(out, *(const int64_t *)at); break;
    case FIELD_MONTH: write_month(out, *(const month_t *)at); break;
    case FIELD_TERM:
    case FIELD_NAMED: write_term(out, field->names, *(const uint8_t *)at); break;
    case FIELD_SET: write_set(out, field->names, *(const uint32_t *)at); break;
    case FIELD_FIXED: write_hex(out, at, field->size); break;
    case FIELD_RECORD: write_record(out, field->record, at, nulls); break;
    case FIELD_ARRAY: write_array(out, field, record, nulls); break;
    }
}

void json_object_open(struct json_object *object, struct buffer *out, enum nulls nulls)
{
    *object = (struct json_object){out, nulls, false};
    buffer_byte(out, '{');
}

void json_object_close(struct json_object *object)
{
    buffer_byte(object->out, '}');
}

void json_put_name(struct json_object *object, const char *name)
{
    if (object->has_any) {
        buffer_byte(object->out, ',');
    }
    object->has_any = true;
    json_string_write(object->out, text_of_string(name));
    buffer_byte(object->out, ':');
}

void json_put_text(struct json_object *object, const char *name, struct text value)
{
    json_put_name(object, name);
    json_string_write(object->out, value);
}

static void put_null(struct json_object *object, const char *name)
{
    json_put_name(object, name);
    buffer_string(object->out, "null");
}

void json_put_text_or_null(struct json_object *object, const char *name, struct text value)
{
    if (text_is_absent(value)) {
        put_null(object, name);
    } else {
        json_put_text(object, name, value);
    }
}

void json_put_number(struct json_object *object, const char *name, int64_t value)
{
    if (value == NUMBER_NONE) {
        put_null(object, name);
        return;
    }
    json_put_name(object, name);
    buffer_number(object->out, value);
}

void json_put_day(struct json_object *object, const char *name, day_t value)
{
    if (value == DAY_NONE || value == DAY_NEVER) {
        put_null(object, name);
        return;
    }
    json_put_name(object, name);
    write_day(object->out, value);
}

void json_put_month(struct json_object *object, const char *name, month_t value)
{
    if (value == MONTH_NONE) {
        put_null(object, name);
        return;
    }
    json_put_name(object, name);
    write_month(object->out, value);
}

void json_put_time(struct json_object *object, const char *name, int64_t value)
{
    if (value == TIME_NONE) {
        put_null(object, name);
        return;
    }
    json_put_name(object, name);
    write_time(object->out, value);
}

void json_put_bool(struct json_object *object, const char *name, bool value)
{
    json_put_name(object, name);
    buffer_string(object->out, value ? "true" : "false");
}

void json_put_field(struct json_object *object, const struct field *field, const void *record)
{
    const bool null = field_is_null(field, record);
    if (null && field->nullable && object->nulls == NULLS_LEFT_OUT) {
        return;
    }
    json_put_name(object, field->name);
    if (null) {
        buffer_string(object->out, "null");
        return;
    }
    write_value(object->out, field, record, object->nulls);
}

void json_put_fields(struct json_object *object, const struct fields *fields, const void *record)
{
    for (uint16_t i = 0; i < fields->count; i++) {
        json_put_field(object, &fields->fields[i], record);
    }
}
