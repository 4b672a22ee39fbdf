/* Outputs, journal records and checkpoints on the wire, and any record as one line of JSON. */
#ifndef JAGA_WIRE_RECORD_H
#define JAGA_WIRE_RECORD_H

#include "wire/schemas.h"

/* RECORD_DECISION … RECORD_CHECKPOINT, framed with jaga's own id. */
void record_encode(struct buffer *out, enum record_kind kind, const void *object);

/* False when the value cannot be read as a record of that kind. Texts are views on `value`;
   FIELD_NAMED strings that we do not know are TERM_UNKNOWN. */
bool record_decode(const struct schemas *schemas, int64_t through, enum record_kind kind,
                   struct text value, void *object);

/* {"kind":"decision", …fields…} without a line end; no "kind" when it is NULL. Nulls are printed.
 */
void record_to_json(struct buffer *out, const struct fields *fields, const void *object,
                    const char *kind);

/* `"name":value` of one field, for who composes an object of several tables. */
void field_to_json(struct buffer *out, const struct field *field, const void *object);

/* A JSON string with its quotes; bytes that are not UTF-8 must have been refused before. */
void json_string_write(struct buffer *out, struct text text);

#endif
