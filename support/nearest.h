/* "Did you mean …": for words that a person typed. */
#ifndef JAGA_SUPPORT_NEAREST_H
#define JAGA_SUPPORT_NEAREST_H

#include <stddef.h>

/* The one of `count` known words that is nearest to `word`, the first of equals; NULL when none is
 * near. */
const char *nearest_word(const char *word, const char *const *known, size_t count);

#endif
