#include "wire/rules_listing.h"

#include <assert.h>
#include <stdlib.h>

#include "wire/json_print.h"
#include "wire/rules_table.h"

static_assert(RULES_LINE_COLUMNS_MAX == RULES_COLUMNS_MAX, "a row of any table fits");

/* What every table ends with, behind its own columns. */
static const char *const tail[] = {"valid_from",  "valid_to",       "law",
                                   "recorded_on", "reviewed_until", "verified"};

/* Takes the next line, without its end, off the front. */
static struct text take_line(struct text *rest)
{
    const char *end = memchr(rest->at, '\n', rest->length);
    const uint32_t length = end == NULL ? rest->length : (uint32_t)(end - rest->at);
    const struct text line = text_of(rest->at, length);
    const uint32_t taken = length + (end != NULL);
    *rest = text_of(rest->at + taken, rest->length - taken);
    return line;
}

static struct rules_line *add_line(struct rules_listing *listing)
{
    if (listing->count == listing->capacity) {
        listing->capacity = listing->capacity == 0 ? 1024 : 2 * listing->capacity;
        listing->lines = realloc(listing->lines, listing->capacity * sizeof *listing->lines);
        assert(listing->lines != NULL);
    }
    return &listing->lines[listing->count++];
}

static struct error invalid(uint32_t line, const char *what)
{
    return error_make(ERROR_FATAL, "rules_invalid", "line %u of the bundle's text: %s", line, what);
}

/* The table and the columns of the rows that follow; table.length 0: before the first. */
struct heading {
    struct text table;
    uint32_t column_count; /* 0: the header is next */
    struct text columns[RULES_COLUMNS_MAX];
};

/* Rows are plain (docs/rules.md), so that they can be shown as they are. */
static bool are_plain(const struct text *fields, uint32_t count, uint32_t bytes_max)
{
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t at = 0; at < fields[i].length; at++) {
            if (fields[i].at[at] < ' ' || fields[i].at[at] > '~') {
                return false;
            }
        }
        if (fields[i].length > bytes_max) {
            return false;
        }
    }
    return true;
}

static struct error take_header(struct heading *heading, struct text line, uint32_t number)
{
    heading->column_count = rules_split(line, heading->columns);
    if (heading->column_count > RULES_COLUMNS_MAX) {
        return invalid(number, "too many columns");
    }
    return are_plain(heading->columns, heading->column_count, RULES_LINE_COLUMN_BYTES - 1)
               ? no_error()
               : invalid(number, "a column that is no plain word");
}

static struct error take_row(struct rules_listing *out, const struct heading *heading,
                             struct text line, uint32_t number)
{
    struct rules_line *row = add_line(out);
    row->table = heading->table;
    row->column_count = heading->column_count;
    memcpy(row->columns, heading->columns, sizeof row->columns);
    const uint32_t found = rules_split(line, row->fields);
    if (found != heading->column_count) {
        return invalid(number, "not as many fields as its table has columns");
    }
    return are_plain(row->fields, found, RULES_FIELD_BYTES_MAX)
               ? no_error()
               : invalid(number, "a field that is too long or no plain ASCII");
}

static struct error take(struct rules_listing *out, struct heading *heading, struct text line,
                         uint32_t number)
{
    if (line.length > 2 && line.at[0] == '[' && line.at[line.length - 1] == ']') {
        heading->table = text_of(line.at + 1, line.length - 2);
        heading->column_count = 0;
        return no_error();
    }
    if (heading->table.length == 0) {
        return invalid(number, "no table begins before it; this is no bundle of rules");
    }
    return heading->column_count == 0 ? take_header(heading, line, number)
                                      : take_row(out, heading, line, number);
}

struct error rules_listing_read(struct text bundle, struct rules_listing *out)
{
    struct heading heading = {.table = {0}};
    *out = (struct rules_listing){.lines = NULL};
    struct error error = no_error();
    for (uint32_t number = 1; bundle.length > 0 && !failed(&error); number++) {
        error = take(out, &heading, take_line(&bundle), number);
    }
    if (!failed(&error) && out->count == 0) {
        error = invalid(1, "there are no rows; this is no bundle of rules");
    }
    if (failed(&error)) {
        rules_listing_clear(out);
    }
    return error;
}

void rules_listing_clear(struct rules_listing *listing)
{
    free(listing->lines);
    *listing = (struct rules_listing){.lines = NULL};
}

const struct rules_line *rules_listing_find(const struct rules_listing *listing, struct text id)
{
    for (uint32_t i = 0; i < listing->count; i++) {
        if (text_equal(listing->lines[i].fields[0], id)) {
            return &listing->lines[i];
        }
    }
    return NULL;
}

struct text rules_line_field(const struct rules_line *line, const char *column)
{
    for (uint32_t i = 0; i < line->column_count; i++) {
        if (text_equal(line->columns[i], text_of_string(column))) {
            return line->fields[i];
        }
    }
    return (struct text){0};
}

day_t rules_line_day(const struct rules_line *line, const char *column)
{
    const struct text field = rules_line_field(line, column);
    day_t day = DAY_NONE;
    if (text_equal(field, TEXT("open"))) {
        return DAY_NEVER;
    }
    return day_parse(field.at, field.length, &day) ? day : DAY_NONE;
}

bool rules_line_is_verified(const struct rules_line *line)
{
    return text_equal(rules_line_field(line, "verified"), TEXT("yes"));
}

bool rules_line_is_own(const struct rules_line *line, uint32_t column)
{
    for (size_t i = 0; i < sizeof tail / sizeof *tail; i++) {
        if (text_equal(line->columns[column], text_of_string(tail[i]))) {
            return false;
        }
    }
    return column > 0;
}

static void put_values(struct buffer *out, const struct rules_line *line)
{
    struct json_object values;
    json_object_open(&values, out, NULLS_PRINTED);
    for (uint32_t i = 0; i < line->column_count; i++) {
        char column[RULES_LINE_COLUMN_BYTES];
        if (rules_line_is_own(line, i)) {
            (void)snprintf(column, sizeof column, "%.*s", (int)line->columns[i].length,
                           line->columns[i].at);
            json_put_text(&values, column, line->fields[i]);
        }
    }
    json_object_close(&values);
}

void rules_line_to_json(struct buffer *out, const struct rules_line *line)
{
    struct json_object json;
    json_object_open(&json, out, NULLS_PRINTED);
    json_put_text(&json, "table", line->table);
    json_put_text(&json, "id", line->fields[0]);
    json_put_name(&json, "values");
    put_values(out, line);
    for (size_t i = 0; i < sizeof tail / sizeof *tail; i++) {
        json_put_text_or_null(&json, tail[i], rules_line_field(line, tail[i]));
    }
    json_object_close(&json);
}

void rules_line_print_values(FILE *out, const struct rules_line *line)
{
    const char *before = "";
    for (uint32_t i = 0; i < line->column_count; i++) {
        if (rules_line_is_own(line, i)) {
            (void)fprintf(out, "%s%.*s=%.*s", before, (int)line->columns[i].length,
                          line->columns[i].at, (int)line->fields[i].length, line->fields[i].at);
            before = " ";
        }
    }
}
