/* The rows of a bundle's canonical text (wire/rules_bundle.h) as texts by column, for who shows or
   compares them. Tables and columns that this program does not know are rows like any other. */
#ifndef JAGA_WIRE_RULES_LISTING_H
#define JAGA_WIRE_RULES_LISTING_H

#include <stdio.h>

#include "core/day.h"
#include "core/text.h"
#include "support/error.h"
#include "wire/buffer.h"

#define RULES_LINE_COLUMNS_MAX 16
#define RULES_LINE_COLUMN_BYTES 64        /* of a column's name and a zero byte */
#define RULES_LINE_JSON_BYTES (16 * 1024) /* hold any row */

struct rules_line {    /* views on the bundle's text */
    struct text table; /* "tariffs.csv" */
    uint32_t column_count;
    struct text columns[RULES_LINE_COLUMNS_MAX], fields[RULES_LINE_COLUMNS_MAX];
};

struct rules_listing {
    struct rules_line *lines; /* in the order of the text */
    uint32_t count, capacity;
};

/* "rules_invalid" when the text is no bundle. It must outlive the listing. */
MUST_USE struct error rules_listing_read(struct text bundle, struct rules_listing *out);
void rules_listing_clear(struct rules_listing *listing);

/* NULL when there is no row with this id. */
const struct rules_line *rules_listing_find(const struct rules_listing *listing, struct text id);

/* A field; absent when the row has no such column. */
struct text rules_line_field(const struct rules_line *line, const char *column);
/* A date; DAY_NEVER for "open", DAY_NONE when there is none. */
day_t rules_line_day(const struct rules_line *line, const char *column);
/* Whether the row says "verified: yes". */
bool rules_line_is_verified(const struct rules_line *line);
/* Whether a column is the table's own: not the id, nor one that all tables end with. */
bool rules_line_is_own(const struct rules_line *line, uint32_t column);

/* {"table":…,"id":…,"values":{own columns},"valid_from":…,"valid_to":…,"law":…,"recorded_on":…,
   "reviewed_until":…,"verified":…} */
void rules_line_to_json(struct buffer *out, const struct rules_line *line);
/* Prints "column=value" for the table's own columns, between blanks. */
void rules_line_print_values(FILE *out, const struct rules_line *line);

#endif
