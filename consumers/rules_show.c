/* `jaga rules show`: the rows in force on a day, as known on another. */
#include <assert.h>
#include <stdlib.h>

#include "consumers/rules_source.h"
#include "core/terms.h"
#include "support/command.h"
#include "support/nearest.h"

const struct flag rules_show_flags[] = {
    {"on", "DATE", "Rows in force on this day; else today."},
    {"recorded", "DATE", "As known on this day: only rows recorded by then; else all."},
    {"case", "WORDS", "Rows of a case: words of a row, or its table, id: JKM, tariff:JKK:BPU."},
    {"of", "RULES", "A folder, a bundle's file, a hash on the topic, or log; else rules.dir."},
    {"text", NULL, "The bundle as it stands on the topic, and nothing else."},
    {"json", NULL, "One JSON object a row."},
    {NULL, NULL, NULL},
};

#define WORDS_MAX 8

struct showing {
    struct rules_source source;
    day_t on, recorded;
    struct text words[WORDS_MAX]; /* of the case: a row has them all */
    uint32_t word_count;
    bool *shown; /* by row of the listing */
};

/* ---- Which rows ---- */

static const struct rules_line *line_at(const struct showing *showing, uint32_t i)
{
    return &showing->source.listing.lines[i];
}

/* Columns in which rows of one case differ: what a row says, not what it is about. */
static bool is_value(struct text column)
{
    static const char *const values[] = {
        "base",       "value",      "cap_idr",    "formula",  "least_idr",
        "factor_ppm", "most_idr",   "base_idr",   "rate_ppm", "amount_idr",
        "stays_ppm",  "to_jkp_ppm", "most_times", "name",     "number",
    };
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        if (text_equal(column, text_of_string(values[i]))) {
            return true;
        }
    }
    return false;
}

static bool are_of_one_case(const struct rules_line *a, const struct rules_line *b)
{
    if (!text_equal(a->table, b->table)) {
        return false;
    }
    for (uint32_t i = 0; i < a->column_count; i++) {
        if (rules_line_is_own(a, i) && !is_value(a->columns[i]) &&
            !text_equal(a->fields[i], b->fields[i])) {
            return false;
        }
    }
    return true;
}

/* A row that another one has ended was open until that one was recorded. */
static bool was_ended_later(const struct showing *showing, const struct rules_line *line)
{
    const day_t to = rules_line_day(line, "valid_to");
    for (uint32_t i = 0; to != DAY_NEVER && i < showing->source.listing.count; i++) {
        const struct rules_line *next = line_at(showing, i);
        if (rules_line_day(next, "valid_from") == to + 1 &&
            rules_line_day(next, "recorded_on") > showing->recorded &&
            are_of_one_case(line, next)) {
            return true;
        }
    }
    return false;
}

static bool is_in_force(const struct showing *showing, const struct rules_line *line)
{
    return rules_line_day(line, "recorded_on") <= showing->recorded &&
           rules_line_day(line, "valid_from") <= showing->on &&
           (showing->on <= rules_line_day(line, "valid_to") || was_ended_later(showing, line));
}

/* ---- Words of a case ---- */

/* Whether a set such as A|B names the word; without its "!". */
static bool set_names(struct text set, struct text word)
{
    uint32_t begin = 0;
    for (uint32_t i = 0; i <= set.length; i++) {
        if (i < set.length && set.at[i] != '|') {
            continue;
        }
        if (text_equal(text_of(set.at + begin, i - begin), word)) {
            return true;
        }
        begin = i + 1;
    }
    return false;
}

static bool is_category(const struct showing *showing, struct text word)
{
    for (uint32_t i = 0; i < showing->source.listing.count; i++) {
        const struct rules_line *line = line_at(showing, i);
        if (text_equal(line->table, TEXT("categories.csv")) &&
            text_equal(rules_line_field(line, "code"), word)) {
            return true;
        }
    }
    return false;
}

/* Whether a column could hold the word: `*` stands for no others. */
static bool is_word_of(const struct showing *showing, struct text column, struct text word)
{
    static const struct {
        const char *column;
        const struct names *names;
    } lists[] = {
        {"segment", &segment_names},
        {"segments", &segment_names},
        {"programme", &programme_names},
        {"programmes", &programme_names},
        {"sponsor_kinds", &sponsor_kind_names},
    };
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        if (text_equal(column, text_of_string(lists[i].column))) {
            return term_find(lists[i].names, word) != TERM_UNKNOWN;
        }
    }
    if (text_equal(column, TEXT("risk_group"))) {
        return word.length == 1 && word.at[0] >= '1' && word.at[0] <= '5';
    }
    return text_equal(column, TEXT("categories")) && is_category(showing, word);
}

static bool field_has(const struct showing *showing, struct text column, struct text field,
                      struct text word)
{
    const bool but = field.length > 0 && field.at[0] == '!';
    const struct text set = text_of(field.at + but, field.length - but);
    if (text_equal(field, TEXT("*"))) {
        return is_word_of(showing, column, word);
    }
    return but ? !set_names(set, word) && is_word_of(showing, column, word) : set_names(set, word);
}

/* "tariff", "tariffs" and "tariffs.csv" name the table. */
static bool is_table(struct text table, struct text word)
{
    return word.length >= 4 && word.length <= table.length &&
           memcmp(table.at, word.at, word.length) == 0;
}

static bool line_has(const struct showing *showing, const struct rules_line *line, struct text word)
{
    if (is_table(line->table, word) || text_equal(line->fields[0], word)) {
        return true;
    }
    for (uint32_t i = 0; i < line->column_count; i++) {
        if (rules_line_is_own(line, i) && !text_equal(line->columns[i], TEXT("name")) &&
            field_has(showing, line->columns[i], line->fields[i], word)) {
            return true;
        }
    }
    return false;
}

/* Lists of codes are long, have no dates, and are asked for by name. */
static bool is_of_case(const struct showing *showing, const struct rules_line *line)
{
    if (showing->word_count == 0) {
        return rules_line_day(line, "valid_from") != DAY_FIRST ||
               rules_line_day(line, "valid_to") != DAY_NEVER ||
               !text_is_absent(rules_line_field(line, "value"));
    }
    for (uint32_t i = 0; i < showing->word_count; i++) {
        if (!line_has(showing, line, showing->words[i])) {
            return false;
        }
    }
    return true;
}

/* Of the two, the one that is nearer to the word; `best` is empty while there is none. */
static void keep_nearer(const char *word, struct text field, char best[64])
{
    char other[64];
    (void)snprintf(other, sizeof other, "%.*s", (int)field.length, field.at);
    const char *const known[] = {best, other};
    const size_t skip = best[0] == '\0';
    if (nearest_word(word, known + skip, 2 - skip) == other) {
        memcpy(best, other, sizeof other);
    }
}

static void nearest_to(const struct showing *showing, const char *word, char best[64])
{
    best[0] = '\0';
    for (uint32_t i = 0; i < showing->source.listing.count; i++) {
        const struct rules_line *line = line_at(showing, i);
        for (uint32_t c = 0; c < line->column_count; c++) {
            if (rules_line_is_own(line, c) && !text_equal(line->columns[c], TEXT("name"))) {
                keep_nearer(word, line->fields[c], best);
            }
        }
    }
}

static struct error check_word(const struct showing *showing, struct text word)
{
    for (uint32_t i = 0; i < showing->source.listing.count; i++) {
        if (line_has(showing, line_at(showing, i), word)) {
            return no_error();
        }
    }
    char given[64];
    char nearest[64];
    (void)snprintf(given, sizeof given, "%.*s", (int)word.length, word.at);
    nearest_to(showing, given, nearest);
    return error_make(ERROR_USAGE, "usage", "--case: no row has the word %s%s%s", given,
                      nearest[0] == '\0' ? "" : "; did you mean ", nearest);
}

static struct error read_words(struct showing *showing, const char *given)
{
    const char *at = given;
    while (at != NULL) {
        const size_t length = strcspn(at, ":");
        if (length == 0 || showing->word_count == WORDS_MAX) {
            return error_make(ERROR_USAGE, "usage",
                              "--case %s: give up to %d words with : between them", given,
                              WORDS_MAX);
        }
        showing->words[showing->word_count++] = text_of(at, length);
        TRY(check_word(showing, text_of(at, length)));
        at = at[length] == ':' ? at + length + 1 : NULL;
    }
    return no_error();
}

/* ---- Printing ---- */

static void print_json(const struct rules_line *line)
{
    char bytes[RULES_LINE_JSON_BYTES];
    struct buffer buffer = buffer_over(bytes, sizeof bytes);
    rules_line_to_json(&buffer, line);
    assert(!buffer.overflow);
    (void)fwrite(bytes, 1, buffer.length, stdout);
    (void)putchar('\n');
}

static void print_cell(struct text text, uint32_t width)
{
    (void)printf("  %-*.*s", (int)width, (int)text.length, text.at);
}

/* As wide as the widest of the rows of this table that are shown. */
static uint32_t width_of(const struct showing *showing, uint32_t first, uint32_t column)
{
    const struct rules_line *of = line_at(showing, first);
    uint32_t width = of->columns[column].length;
    for (uint32_t i = first; i < showing->source.listing.count; i++) {
        const struct rules_line *line = line_at(showing, i);
        if (showing->shown[i] && text_equal(line->table, of->table) &&
            line->fields[column].length > width) {
            width = line->fields[column].length;
        }
    }
    return width;
}

/* reviewed_until says nothing about the law, and the law itself comes last: it is long. */
static bool is_shown_column(const struct rules_line *line, uint32_t column)
{
    return !text_equal(line->columns[column], TEXT("law")) &&
           !text_equal(line->columns[column], TEXT("reviewed_until")) &&
           !text_equal(line->columns[column], TEXT("verified"));
}

static void print_row(const struct showing *showing, const struct rules_line *line,
                      const uint32_t *widths)
{
    for (uint32_t i = 0; i < line->column_count; i++) {
        if (is_shown_column(line, i)) {
            print_cell(line->fields[i], widths[i]);
        }
    }
    const struct text law = rules_line_field(line, "law");
    (void)printf("  %.*s%s%s\n", (int)law.length, law.at,
                 rules_line_is_verified(line) ? "" : " (not verified)",
                 was_ended_later(showing, line) ? " (its end was not known then)" : "");
}

static void print_table(const struct showing *showing, uint32_t first)
{
    const struct rules_line *of = line_at(showing, first);
    uint32_t widths[RULES_LINE_COLUMNS_MAX];
    (void)printf("\n%.*s\n", (int)of->table.length, of->table.at);
    for (uint32_t i = 0; i < of->column_count; i++) {
        widths[i] = width_of(showing, first, i);
        if (is_shown_column(of, i)) {
            print_cell(of->columns[i], widths[i]);
        }
    }
    (void)printf("  law\n");
    for (uint32_t i = first; i < showing->source.listing.count; i++) {
        if (showing->shown[i] && text_equal(line_at(showing, i)->table, of->table)) {
            print_row(showing, line_at(showing, i), widths);
        }
    }
}

static void print_heading(const struct showing *showing)
{
    char on[DAY_TEXT_BYTES];
    char recorded[DAY_TEXT_BYTES];
    day_print(showing->on, on);
    (void)printf("%s (hash %.16s): rows in force on %s", showing->source.name, showing->source.hash,
                 on);
    if (showing->recorded != DAY_NEVER) {
        day_print(showing->recorded, recorded);
        (void)printf(", as known on %s", recorded);
    }
    (void)putchar('\n');
}

static void print(const struct showing *showing, bool json)
{
    const struct text *table = NULL;
    if (!json) {
        print_heading(showing);
    }
    for (uint32_t i = 0; i < showing->source.listing.count; i++) {
        const struct rules_line *line = line_at(showing, i);
        if (!showing->shown[i]) {
            continue;
        }
        if (json) {
            print_json(line);
        } else if (table == NULL || !text_equal(*table, line->table)) {
            table = &line->table;
            print_table(showing, i);
        }
    }
}

static struct error read_wish(const struct settings *settings, const struct arguments *arguments,
                              struct showing *showing)
{
    TRY(rules_day_flag(arguments, "on", rules_today(), &showing->on));
    TRY(rules_day_flag(arguments, "recorded", DAY_NEVER, &showing->recorded));
    TRY(rules_source_read(settings, argument(arguments, "of"), &showing->source));
    return read_words(showing, argument(arguments, "case"));
}

/* `*any`: at least one row is in force. */
static struct error show(const struct settings *settings, const struct arguments *arguments,
                         struct showing *showing, bool *any)
{
    TRY(read_wish(settings, arguments, showing));
    *any = true;
    if (argument_given(arguments, "text")) {
        (void)fwrite(showing->source.text, 1, showing->source.length, stdout);
        return no_error();
    }
    *any = false;
    showing->shown = calloc(showing->source.listing.count, sizeof *showing->shown);
    assert(showing->shown != NULL);
    for (uint32_t i = 0; i < showing->source.listing.count; i++) {
        const struct rules_line *line = line_at(showing, i);
        showing->shown[i] = is_of_case(showing, line) && is_in_force(showing, line);
        *any = *any || showing->shown[i];
    }
    print(showing, argument_given(arguments, "json"));
    return no_error();
}

int command_rules_show(const struct settings *settings, const struct arguments *arguments)
{
    struct showing showing = {.shown = NULL};
    bool any = false;
    const struct error error = show(settings, arguments, &showing, &any);
    free(showing.shown);
    rules_source_clear(&showing.source);
    if (failed(&error)) {
        return command_report("rules show", &error);
    }
    if (!any) {
        (void)fprintf(stderr, "jaga rules show: no row of that case is in force on that day\n");
    }
    return any ? EXIT_SUCCESS : EXIT_ANSWER_NO;
}
