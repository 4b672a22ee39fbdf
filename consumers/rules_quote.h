/* A price with the rows of law that make it, for `jaga rules price`. */
#ifndef JAGA_CONSUMERS_RULES_QUOTE_H
#define JAGA_CONSUMERS_RULES_QUOTE_H

#include "consumers/rules_source.h"

#define QUOTE_LINES_MAX 8
#define QUOTE_ROWS_MAX CONSTRUCTION_MAX

/* One row of law and what it gives: "3 % of 11,086,300". */
struct quote_row {
    const char *id; /* borrowed from the rules */
    char how[120];
};

struct quote_line {
    const char *what;   /* "JKK"; a constant */
    int64_t amount_idr; /* NUMBER_NONE: no part of the total */
    uint32_t row_count;
    struct quote_row rows[QUOTE_ROWS_MAX];
};

struct quote {
    char of[200]; /* what is priced */
    uint32_t line_count;
    struct quote_line lines[QUOTE_LINES_MAX];
};

struct quote_line *quote_line(struct quote *quote, const char *what, int64_t amount_idr);
/* What the row gives, as printf has it. */
void quote_row(struct quote_line *line, const struct rule_row *row, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* "11,086,300" and "0.24 %". */
#define QUOTE_TEXT_BYTES 32
const char *money_text(int64_t amount_idr, char out[QUOTE_TEXT_BYTES]);
const char *percent_text(int64_t ppm, char out[QUOTE_TEXT_BYTES]);

/* With the article of each row, and plainly which are not verified. */
void quote_print(const struct quote *quote, const struct rules_source *source);
void quote_print_json(const struct quote *quote, const struct rules_source *source);

#endif
