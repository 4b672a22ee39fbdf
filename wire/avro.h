/* Avro binary to and from the structs of core, driven by their field tables. Reading gives views on
   the message and allocates nothing; why it is our own: docs/decisions/0001-own-avro-walker.md. */
#ifndef JAGA_WIRE_AVRO_H
#define JAGA_WIRE_AVRO_H

#include "core/field.h"
#include "support/error.h"
#include "wire/buffer.h"

/* Writes `object` in the order of the table, a nullable field as union [null, T]. Asserts that
   every term is in its list: only checked objects are written. */
void avro_write_fields(struct buffer *out, const struct fields *fields, const void *object);
void avro_write_long(struct buffer *out, int64_t value);

/* Takes a number off the front of the bytes: up to ten bytes, seven bits each, the lowest first;
   then zigzag. False when the bytes end before it does (`*at` is then `end`) or when it does not
   fit 64 bits. */
static inline bool avro_long_read(const uint8_t **at, const uint8_t *end, int64_t *out)
{
    uint64_t bits = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (*at == end) {
            return false;
        }
        const uint8_t byte = **at;
        if (shift == 63 && byte > 1) {
            return false;
        }
        ++*at;
        bits |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80) {
            break;
        }
    }
    *out = (int64_t)(bits >> 1) ^ -(int64_t)(bits & 1);
    return true;
}

/* How to read what one writer's schema wrote into one of our structs: immutable once compiled, so
   that threads may share it. */
struct avro_plan;

/* Matches the writer's fields to ours by name; fields we do not know are skipped, nullable ones the
   writer does not have are null. int and long are both taken for a whole number. NULL and `error`
   set (USAGE "schema_unusable", with the field) when the text is no Avro schema of a record, a
   required field is missing or a field's type does not fit. The caller owns the plan. */
struct avro_plan *avro_plan_compile(const struct fields *fields, const char *schema_json,
                                    size_t length, struct error *error);
void avro_plan_close(struct avro_plan *plan); /* accepts NULL */

/* Reads exactly one object; every field of the table is set. False when the bytes are not exactly
   one record of the writer's schema (cut, left over, a bad varint, length, branch or symbol, no
   UTF-8, null for a required field); the object is then half filled. Texts are views on `bytes`. A
   symbol we do not know is TERM_UNKNOWN, in a set SET_UNKNOWN_BIT; of an array at most the capacity
   is kept, its count is true. A whole number that means null inside the struct is moved by one. */
bool avro_plan_read(const struct avro_plan *plan, const uint8_t *bytes, size_t length,
                    void *object);

/* The name of the record a schema text describes; false and `error` set (USAGE "schema_unusable")
   when it describes none or `capacity` bytes do not hold it with its zero byte. */
bool avro_schema_title(const char *schema_json, size_t length, char *title, size_t capacity,
                       struct error *error);

/* The same for a record with one more field, a union of records chosen by name: the body of an
 * event. */
struct avro_variants {
    const char *field;            /* name of the union's field */
    const struct fields *records; /* one after the other; offsets are within the same object */
    unsigned count;
};
struct avro_plan *avro_plan_compile_variants(const struct fields *fields,
                                             const struct avro_variants *variants,
                                             const char *schema_json, size_t length,
                                             struct error *error);

/* Where and why reading ended; `branch` tells a record of the union that we do not know. */
struct avro_trouble {
    const char *field; /* of the writer's schema, borrowed from the plan; NULL: the record itself */
    const char *what;  /* a constant word */
    const char *branch; /* name of an unknown branch, borrowed from the plan, or NULL */
};
bool avro_plan_read_variants(const struct avro_plan *plan, const uint8_t *bytes, size_t length,
                             void *object, unsigned *variant, struct avro_trouble *trouble);

#endif
