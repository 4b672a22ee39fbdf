/* UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF. */
#ifndef JAGA_WIRE_UTF8_H
#define JAGA_WIRE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool utf8_is_valid(const uint8_t *bytes, size_t length);

/* A text as UTF-8: where it is not valid, each wrong byte is a question mark. `out` holds `size`
   bytes, the zero byte included; what does not fit is left out. */
const char *valid_text(const char *text, char *out, size_t size);

#endif
