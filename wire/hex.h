/* Bytes as hex and back, as log ids and hashes are shown. */
#ifndef JAGA_WIRE_HEX_H
#define JAGA_WIRE_HEX_H

#include <stddef.h>

#include "core/text.h"

/* Lower-case hex of `count` bytes and a zero byte. */
void hex_print(const uint8_t *bytes, size_t count, char *out);
/* False unless the text is exactly `count` bytes in lower-case hex. */
bool hex_parse(struct text text, uint8_t *out, size_t count);

#endif
