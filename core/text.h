/* A borrowed run of bytes: the owner is whoever holds the message, line or participant it lies in.
 */
#ifndef JAGA_CORE_TEXT_H
#define JAGA_CORE_TEXT_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* `at` NULL means absent (null on the wire); an empty text has a pointer and length 0. */
struct text {
    const char *at;
    uint32_t length;
};

#define TEXT(literal) ((struct text){"" literal "", (uint32_t)sizeof(literal) - 1})

static inline struct text text_of(const char *at, size_t length)
{
    return (struct text){at, (uint32_t)length};
}

static inline struct text text_of_string(const char *string)
{
    return text_of(string, strlen(string));
}

static inline bool text_is_absent(struct text text)
{
    return text.at == NULL;
}

/* Absent and empty are equal: "null is like empty" holds for digests and comparisons alike. */
static inline bool text_equal(struct text a, struct text b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.at, b.at, a.length) == 0);
}

/* Order by bytes, a shorter prefix first. */
static inline int text_compare(struct text a, struct text b)
{
    const uint32_t common = a.length < b.length ? a.length : b.length;
    const int difference = common == 0 ? 0 : memcmp(a.at, b.at, common);
    if (difference != 0) {
        return difference;
    }
    return (a.length > b.length) - (a.length < b.length);
}

#endif
