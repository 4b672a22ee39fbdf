/* Whether a field's value in a struct means null: one answer for Avro and JSON. */
#ifndef JAGA_WIRE_FIELD_VALUE_H
#define JAGA_WIRE_FIELD_VALUE_H

#include "core/field.h"

/* Sets and arrays never are; a record or fixed only where the field is nullable. */
bool field_is_null(const struct field *field, const void *object);

#endif
