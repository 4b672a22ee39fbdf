/* Inside the loader of the law (rules_bundle.c, rules_rows.c, rules_cases.c, rules_files.c): the
   tables, and a bundle on its way into struct rules. */
#ifndef JAGA_WIRE_RULES_TABLE_H
#define JAGA_WIRE_RULES_TABLE_H

#include "wire/rules_bundle.h"

/* In the order of the canonical text; a table may use what stands before it. */
enum rules_table_number {
    TABLE_CATEGORIES,
    TABLE_REGIONS,
    TABLE_HOLIDAYS,
    TABLE_PROGRAMMES,
    TABLE_PARAMETERS,
    TABLE_TARIFFS,
    TABLE_WAGE_CAPS,
    TABLE_BENEFITS,
    TABLE_RELIEFS,
    TABLE_CHANNELS,
    TABLE_BRACKETS,
    TABLE_CONSTRUCTION,
    TABLE_PACKAGES,
    TABLE_RECOMPOSITION,
};

#define RULES_COLUMNS_MAX 16
#define RULES_FIELD_BYTES_MAX 200
#define RULES_TABLE_ROWS_MAX HOLIDAYS_MAX
#define RULES_ROWS_MAX 4096
#define RULES_LINES_MAX (RULES_ROWS_MAX + 2 * RULES_TABLE_COUNT)

struct rules_load;

struct rules_table {
    const char *file;
    const char *header; /* its columns; the first is `id`, the last six are common to all */
    uint32_t rows_max;
    bool dated; /* false: rows hold always (valid_from 0001-01-01, valid_to open) */
    struct error (*take)(struct rules_load *load); /* the row in load->fields and load->row */
};

extern const struct rules_table rules_tables[RULES_TABLE_COUNT];

struct rules_id {
    struct text id;
    enum rules_table_number table;
    uint32_t line, order;
};

/* Rows of one table that must be reviewed soon. */
struct rules_soon {
    uint32_t count, line;
    day_t until;
};

struct rules_load {
    const char *dir;            /* as named in errors */
    const uint32_t *true_lines; /* by line of the text, from 0; NULL: lines of canonical rows */
    day_t today;
    struct rules *rules;
    struct rules_findings *findings; /* NULL: the first one ends the loading */
    bool has_bad_rows;               /* not all rows could be taken */

    uint32_t table_count; /* tables begun; the current one is the last */
    bool header_seen;
    uint32_t text_line, line; /* current line in the text, and as named in errors */
    uint32_t field_count;
    struct text fields[RULES_COLUMNS_MAX];
    struct rule_row row; /* id and validity of the current row */
    uint32_t id_count;
    struct rules_id ids[RULES_ROWS_MAX];
    uint32_t row_count[RULES_TABLE_COUNT];
    uint32_t lines[RULES_TABLE_COUNT][RULES_TABLE_ROWS_MAX]; /* of each row, as named in errors */
    struct rules_soon soon[RULES_TABLE_COUNT];
};

/* rules_bundle.c: a `rules_invalid` error that begins with "dir/file:line: ". */
struct error rules_invalid(const char *dir, enum rules_table_number table, uint32_t line,
                           const char *format, ...) PRINTF_LIKE(4, 5);
/* rules_bundle.c: the error itself; or none, when findings are gathered and this is one of them. */
MUST_USE struct error rules_found(const struct rules_load *load, struct error error);
static inline enum rules_table_number rules_current(const struct rules_load *load)
{
    return (enum rules_table_number)(load->table_count - 1);
}

/* rules_bundle.c: rules_bundle_parse() with the files' directory and line numbers. */
MUST_USE struct error rules_text_parse(const char *text, size_t length, const char *dir,
                                       const uint32_t *true_lines, day_t today, struct rules *out,
                                       struct rules_warnings *warnings);
/* The same with every finding there is; an error only when none could be looked for. */
MUST_USE struct error rules_text_lint(const char *text, size_t length, const char *dir,
                                      const uint32_t *true_lines, day_t today,
                                      struct rules_findings *findings,
                                      struct rules_warnings *warnings);

/* rules_rows.c: fills load->row from the columns common to all tables. */
MUST_USE struct error rules_take_common(struct rules_load *load);
/* rules_rows.c: the text between the commas of a header or row; how many there are, which may be
   more than fit. */
uint32_t rules_split(struct text line, struct text fields[RULES_COLUMNS_MAX]);

/* rules_rows.c: the words of the tables' own lists. */
const char *rules_parameter_name(unsigned parameter);
const char *rules_benefit_name(unsigned benefit);
const char *rules_recomposed_name(unsigned source);

/* rules_cases.c: ids used twice; overlaps, gaps, days without a parameter when there are no bad
   rows. */
MUST_USE struct error rules_check_cases(struct rules_load *load);
/* rules_bands.c: bands of money that leave none out, and parts that add up to the published rates.
 */
MUST_USE struct error rules_check_bands(const struct rules_load *load);
/* rules_cases.c: the order that lookups rely on. */
void rules_sort(struct rules *rules);

/* rules_files.c: a canonical text being put together. */
struct rules_text {
    char *at;
    size_t length;        /* at most RULES_TEXT_BYTES_MAX */
    uint32_t *true_lines; /* by line of the text */
    uint32_t line_count;  /* at most RULES_LINES_MAX */
};
/* rules_files.c: appends one table from the bytes of its file. */
MUST_USE struct error rules_text_append(struct rules_text *text, const char *dir,
                                        enum rules_table_number table, const char *bytes,
                                        size_t length);

#endif
