/* Numbers as text and back; strict, without locale. */
#ifndef JAGA_STORE_ENCODE_H
#define JAGA_STORE_ENCODE_H

#include <stddef.h>

#include "core/text.h"
#include "wire/hex.h"

#define NUMBER_TEXT_BYTES 21 /* "-9223372036854775808" and a zero byte */
/* Decimal with a zero byte; returns the length without it. */
size_t number_print(int64_t number, char out[NUMBER_TEXT_BYTES]);
/* The shortest decimal form only. */
bool number_parse(struct text text, int64_t *out);

#define VARINT_BYTES_MAX 10
/* LEB128; returns the length. */
size_t varint_print(uint64_t number, char out[VARINT_BYTES_MAX]);
/* Takes a shortest-form LEB128 off the front of `text`; false when there is none. */
bool varint_take(struct text *text, uint64_t *out);

/* FNV-1a, for indexes in memory: never written anywhere. */
uint32_t hash_text(struct text text);

#endif
