/* What standard output is, and words for people on it: colours, widths, lines that are broken
   between words. No locale: a code point takes one column. */
#ifndef JAGA_CONSUMERS_TERMINAL_H
#define JAGA_CONSUMERS_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "support/error.h"

enum style { STYLE_PLAIN, STYLE_HEADING, STYLE_GOOD, STYLE_BAD, STYLE_DIM };

struct terminal {
    bool is_terminal;
    bool colours;           /* a terminal, NO_COLOR is not set and TERM is not "dumb" */
    bool utf8;              /* the environment names UTF-8: more than ASCII may be drawn */
    unsigned width, height; /* columns and rows; 0: no limit, it is no terminal */
};

/* Of a file descriptor, now: people change the size of their windows. */
struct terminal terminal_of(int descriptor);

void style_begin(const struct terminal *terminal, FILE *out, enum style style);
void style_end(const struct terminal *terminal, FILE *out, enum style style);

/* Columns that a UTF-8 text takes, and the bytes of its first `columns` code points. */
size_t text_columns(const char *text);
size_t text_cut(const char *text, size_t columns);
/* A copy that cannot steer a terminal: controls, and bytes that are not UTF-8, are "?". The caller
   frees it. */
char *text_shown(const char *text);

/* A paragraph in one style, broken between words where the terminal ends, with a line end. */
void terminal_say(const struct terminal *terminal, FILE *out, enum style style, const char *format,
                  ...) PRINTF_LIKE(4, 5);

#define THOUSANDS_BYTES 32
/* 1,234,567: for people; JSON has plain digits. */
void thousands(int64_t number, char out[THOUSANDS_BYTES]);

#define AGE_BYTES 32
/* "436 ms", "12.5 s", "37 min", "9 h", "4 days". */
void age_print(int64_t microseconds, char out[AGE_BYTES]);

#endif
