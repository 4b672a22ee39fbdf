#include "wire/rules_bundle.h"

#include <assert.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "wire/rules_table.h"

#define CODE_INVALID "rules_invalid"
#define CODE_NO_MEMORY "out_of_memory"

struct error rules_invalid(const char *dir, enum rules_table_number table, uint32_t line,
                           const char *format, ...)
{
    char sentence[400];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    return error_make(ERROR_FATAL, CODE_INVALID, "%s/%s:%u: %s", dir, rules_tables[table].file,
                      line, sentence);
}

/* Where the sentence behind "dir/file:line: " begins, past the case it is about. */
static const char *complaint_of(const char *text)
{
    const char *at = text;
    for (const char *next = strstr(at, ": "); next != NULL; next = strstr(at, ": ")) {
        at = next + 2;
    }
    return at;
}

/* A row for every segment or risk group is found once for each of them. */
static bool is_known(const struct rules_findings *findings, const char *text)
{
    const char *end = strstr(text, ": ");
    const size_t place = end == NULL ? strlen(text) : (size_t)(end - text) + 2;
    for (uint32_t i = 0; i < findings->count; i++) {
        const char *known = findings->texts[i];
        if (strncmp(known, text, place) == 0 &&
            strcmp(complaint_of(known), complaint_of(text)) == 0) {
            return true;
        }
    }
    return false;
}

struct error rules_found(const struct rules_load *load, struct error error)
{
    struct rules_findings *findings = load->findings;
    if (findings == NULL || !failed(&error)) {
        return error;
    }
    if (is_known(findings, error.detail)) {
        return no_error();
    }
    if (findings->count == RULES_FINDINGS_MAX) {
        findings->more = true;
        return no_error();
    }
    static_assert(sizeof error.detail == sizeof findings->texts[0], "a finding is a whole detail");
    memcpy(findings->texts[findings->count++], error.detail, sizeof error.detail);
    return no_error();
}

static struct error invalid_here(const struct rules_load *load, const char *sentence)
{
    return rules_invalid(load->dir, rules_current(load), load->line, "%s", sentence);
}

/* What is wrong with the text as a whole, outside the rows of a table. */
static struct error invalid_text(const struct rules_load *load, const char *what)
{
    return error_make(
        ERROR_FATAL, CODE_INVALID,
        "%s: line %u of the bundle's text: %s; publish the rules anew from their files", load->dir,
        load->text_line + 1, what);
}

static struct error begin_table(struct rules_load *load, struct text line)
{
    if (load->table_count == RULES_TABLE_COUNT) {
        return invalid_text(load, "a table after the last one");
    }
    if (load->table_count > 0 && !load->header_seen) {
        return invalid_text(load, "the table before has no header");
    }
    char expected[64];
    (void)snprintf(expected, sizeof expected, "[%s]", rules_tables[load->table_count].file);
    if (!text_equal(line, text_of_string(expected))) {
        return invalid_text(load, "not the table that comes next");
    }
    load->table_count++;
    load->header_seen = false;
    load->line = 0;
    return no_error();
}

static struct error take_header(struct rules_load *load, struct text line)
{
    struct text columns[RULES_COLUMNS_MAX];
    const struct text header = text_of_string(rules_tables[rules_current(load)].header);
    const uint32_t count = rules_split(header, columns);
    assert(count <= RULES_COLUMNS_MAX);
    const uint32_t found = rules_split(line, load->fields);
    for (uint32_t i = 0; i < count && i < found; i++) {
        if (!text_equal(columns[i], load->fields[i])) {
            return rules_invalid(load->dir, rules_current(load), load->line,
                                 "unknown column '%.*s'; column %u must be '%.*s'",
                                 (int)load->fields[i].length, load->fields[i].at, i + 1,
                                 (int)columns[i].length, columns[i].at);
        }
    }
    if (count != found) {
        return rules_invalid(load->dir, rules_current(load), load->line,
                             "%u columns; there must be %u: %s", found, count, header.at);
    }
    load->header_seen = true;
    return no_error();
}

static struct error take_row(struct rules_load *load, struct text line)
{
    const enum rules_table_number number = rules_current(load);
    const struct rules_table *table = &rules_tables[number];
    const uint32_t columns = load->field_count;
    const uint32_t found = rules_split(line, load->fields);
    if (found != columns) {
        return rules_invalid(load->dir, number, load->line,
                             "%u fields; give one for each of the %u columns", found, columns);
    }
    if (load->row_count[number] == table->rows_max || load->id_count == RULES_ROWS_MAX) {
        return rules_invalid(load->dir, number, load->line,
                             "more than %u rows; take rows out or raise the limit in the program",
                             table->rows_max);
    }
    load->lines[number][load->row_count[number]++] = load->line;
    struct error error = rules_take_common(load);
    if (!failed(&error)) {
        error = table->take(load);
    }
    load->has_bad_rows = load->has_bad_rows || failed(&error);
    return rules_found(load, error);
}

/* Rows are plain ASCII so that a bundle's bytes are the same from every editor. */
static bool is_printable(struct text line)
{
    for (uint32_t i = 0; i < line.length; i++) {
        if (line.at[i] < ' ' || line.at[i] > '~') {
            return false;
        }
    }
    return true;
}

static struct error take_line(struct rules_load *load, struct text line)
{
    if (line.length > 0 && line.at[0] == '[') {
        return begin_table(load, line);
    }
    if (load->table_count == 0) {
        return invalid_text(load, "a row outside a table");
    }
    load->line = load->true_lines == NULL ? load->line + 1 : load->true_lines[load->text_line];
    if (!is_printable(line)) {
        return invalid_here(load,
                            "a byte that is not printable ASCII; write the row in plain ASCII");
    }
    if (!load->header_seen) {
        TRY(take_header(load, line));
        load->field_count = rules_split(line, load->fields);
        return no_error();
    }
    return take_row(load, line);
}

static struct error take_lines(struct rules_load *load, struct text rest)
{
    while (rest.length > 0) {
        const char *end = memchr(rest.at, '\n', rest.length);
        if (end == NULL) {
            return invalid_text(load, "the last line has no end");
        }
        const struct text line = text_of(rest.at, (size_t)(end - rest.at));
        TRY(take_line(load, line));
        load->text_line++;
        rest = text_of(end + 1, rest.length - line.length - 1);
    }
    return load->table_count == RULES_TABLE_COUNT && load->header_seen
               ? no_error()
               : invalid_text(load, "a table is missing");
}

/* A region's province gives its time zone, so it must be in the table. */
static struct error check_provinces(const struct rules_load *load)
{
    for (uint32_t i = 0; i < load->rules->region_count; i++) {
        const uint16_t code = load->rules->regions[i].code;
        if (load->rules->region_known[code / 100 * 100] != 2) {
            TRY(rules_found(
                load, rules_invalid(load->dir, TABLE_REGIONS, load->lines[TABLE_REGIONS][i],
                                    "province %02u is not in the table; add its row", code / 100)));
        }
    }
    return no_error();
}

static void warn_soon(const struct rules_load *load, struct rules_warnings *warnings)
{
    for (uint32_t i = 0; i < RULES_TABLE_COUNT; i++) {
        const struct rules_soon *soon = &load->soon[i];
        if (soon->count == 0) {
            continue;
        }
        char until[DAY_TEXT_BYTES];
        day_print(soon->until, until);
        (void)snprintf(warnings->texts[warnings->count++], sizeof warnings->texts[0],
                       "%s/%s:%u: to be reviewed by %s (rows of this table that end within %d "
                       "days: %u); review them and move reviewed_until",
                       load->dir, rules_tables[i].file, soon->line, until,
                       RULES_REVIEW_WARNING_DAYS, soon->count);
    }
}

static struct error check_rows(struct rules_load *load)
{
    TRY(rules_check_cases(load));
    if (load->has_bad_rows) {
        return no_error();
    }
    TRY(check_provinces(load));
    return rules_check_bands(load);
}

static struct error load_text(struct rules_load *load, const char *text, size_t length)
{
    if (length > RULES_TEXT_BYTES_MAX) {
        return error_make(ERROR_FATAL, CODE_INVALID, "%s: %zu bytes of rules; the limit is %d",
                          load->dir, length, RULES_TEXT_BYTES_MAX);
    }
    memset(load->rules, 0, sizeof *load->rules);
    memset(load->rules->utc_offset_hours, 7, sizeof load->rules->utc_offset_hours);
    TRY(take_lines(load, text_of(text, length)));
    TRY(check_rows(load));
    if (load->findings != NULL) {
        return no_error(); /* nobody decides by rules that are looked at only */
    }
    rules_sort(load->rules);
    rules_index(load->rules);
    (void)crypto_generichash(load->rules->hash, sizeof load->rules->hash,
                             (const unsigned char *)text, length, NULL, 0);
    return no_error();
}

static struct error load_with(const char *text, size_t length, struct rules_load *load,
                              struct rules_warnings *warnings)
{
    const struct error error = load_text(load, text, length);
    if (warnings != NULL) {
        warnings->count = 0;
        if (!failed(&error)) {
            warn_soon(load, warnings);
        }
    }
    return error;
}

struct error rules_text_parse(const char *text, size_t length, const char *dir,
                              const uint32_t *true_lines, day_t today, struct rules *out,
                              struct rules_warnings *warnings)
{
    struct rules_load *load = calloc(1, sizeof *load);
    if (load == NULL) {
        return error_make(ERROR_FATAL, CODE_NO_MEMORY, "no memory to load the rules");
    }
    load->dir = dir;
    load->true_lines = true_lines;
    load->today = today;
    load->rules = out;
    const struct error error = load_with(text, length, load, warnings);
    free(load);
    return error;
}

struct error rules_text_lint(const char *text, size_t length, const char *dir,
                             const uint32_t *true_lines, day_t today,
                             struct rules_findings *findings, struct rules_warnings *warnings)
{
    struct rules_load *load = calloc(1, sizeof *load);
    struct rules *rules = calloc(1, sizeof *rules);
    struct error error = no_error();
    if (load == NULL || rules == NULL) {
        error = error_make(ERROR_FATAL, CODE_NO_MEMORY, "no memory to load the rules");
    } else {
        load->dir = dir;
        load->true_lines = true_lines;
        load->today = today;
        load->rules = rules;
        load->findings = findings;
        error = rules_found(load, load_with(text, length, load, warnings));
    }
    free(rules);
    free(load);
    return error;
}

struct error rules_bundle_parse(const char *text, size_t length, day_t today, struct rules *out,
                                struct rules_warnings *warnings)
{
    return rules_text_parse(text, length, "rules", NULL, today, out, warnings);
}
