/* The texts of schemas/, put into the program by the build (embed_schemas.c). */
#ifndef JAGA_WIRE_SCHEMA_TEXTS_H
#define JAGA_WIRE_SCHEMA_TEXTS_H

#include "core/text.h"

extern const struct text schema_texts[]; /* by enum record_kind */
extern const unsigned schema_text_count;

#endif
