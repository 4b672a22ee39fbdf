/* The fields of a record as JSON, for record.c and event_json.c. */
#ifndef JAGA_WIRE_JSON_PRINT_H
#define JAGA_WIRE_JSON_PRINT_H

#include "core/day.h"
#include "core/field.h"
#include "wire/buffer.h"

enum nulls { NULLS_PRINTED, NULLS_LEFT_OUT };

/* A run of `"name":value`, with a comma before each but the first of the object. */
struct json_object {
    struct buffer *out;
    enum nulls nulls;
    bool has_any;
};
void json_object_open(struct json_object *object, struct buffer *out, enum nulls nulls);
void json_object_close(struct json_object *object);
void json_put_text(struct json_object *object, const char *name, struct text value);
/* null when the text is absent, NUMBER_NONE, DAY_NONE or DAY_NEVER, MONTH_NONE, TIME_NONE. */
void json_put_text_or_null(struct json_object *object, const char *name, struct text value);
void json_put_number(struct json_object *object, const char *name, int64_t value);
void json_put_day(struct json_object *object, const char *name, day_t value);
void json_put_month(struct json_object *object, const char *name, month_t value);
void json_put_time(struct json_object *object, const char *name, int64_t value);
void json_put_bool(struct json_object *object, const char *name, bool value);
/* The name alone, for a value that the caller writes behind it. */
void json_put_name(struct json_object *object, const char *name);
void json_put_field(struct json_object *object, const struct field *field, const void *record);
void json_put_fields(struct json_object *object, const struct fields *fields, const void *record);

/* Bytes as a JSON string of base64. */
void json_base64_write(struct buffer *out, struct text bytes);

#endif
