#include <stdint.h>
#include <string.h>

#include "support/nearest.h"

#define WORD_BYTES_MAX 64

static size_t least(size_t a, size_t b, size_t c)
{
    const size_t ab = a < b ? a : b;
    return ab < c ? ab : c;
}

/* Letters to put in, take out or change to make one word of the other (Levenshtein). */
static size_t distance(const char *a, const char *b)
{
    size_t row[WORD_BYTES_MAX + 1];
    const size_t a_length = strlen(a), b_length = strlen(b);
    if (a_length > WORD_BYTES_MAX || b_length > WORD_BYTES_MAX) {
        return SIZE_MAX;
    }
    for (size_t j = 0; j <= b_length; j++) {
        row[j] = j;
    }
    for (size_t i = 1; i <= a_length; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            const size_t above = row[j];
            row[j] = least(above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1]));
            diagonal = above;
        }
    }
    return row[b_length];
}

/* "brokers" is meant for "kafka.brokers". */
static int is_part(const char *word, const char *known)
{
    return strlen(word) >= 3 && strstr(known, word) != NULL;
}

const char *nearest_word(const char *word, const char *const *known, size_t count)
{
    const char *nearest = NULL;
    size_t best = strlen(word) / 3 + 2; /* further off is another word */
    for (size_t i = 0; i < count; i++) {
        const size_t off = is_part(word, known[i]) ? 1 : distance(word, known[i]);
        if (off < best) {
            best = off;
            nearest = known[i];
        }
    }
    return nearest;
}
