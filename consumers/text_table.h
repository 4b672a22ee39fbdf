/* A table for people: each column as wide as what is in it. Where a terminal is too narrow, columns
   are left out and a line below says which. Numbers are never cut: columns that must stay may be
   wider than a very narrow terminal. */
#ifndef JAGA_CONSUMERS_TEXT_TABLE_H
#define JAGA_CONSUMERS_TEXT_TABLE_H

#include "consumers/terminal.h"

enum text_table_align { ALIGN_LEFT, ALIGN_RIGHT };

struct text_table_column {
    const char *heading;
    enum text_table_align align;
    unsigned drop;  /* 0: stays; else left out on a narrow terminal, the highest first */
    unsigned least; /* 0: never cut; else a text that may be cut to so many columns */
    bool ornament;  /* left out before any text is cut */
};

struct text_table;

/* Borrows the columns. */
struct text_table *text_table_open(const struct text_table_column *columns, size_t count);
void text_table_close(struct text_table *table); /* accepts NULL */

/* The next cell; a row is full when each column has one. Text is kept as it may be shown. */
void text_table_text(struct text_table *table, enum style style, const char *text);
void text_table_format(struct text_table *table, enum style style, const char *format, ...)
    PRINTF_LIKE(3, 4);
void text_table_number(struct text_table *table, enum style style, int64_t number);
/* A line between the rows so far and those that follow. */
void text_table_rule(struct text_table *table);

/* Asserts that the last row is full. Without rows: nothing. A column without any text is left out.
 */
void text_table_print(const struct text_table *table, FILE *out, const struct terminal *terminal);

#endif
