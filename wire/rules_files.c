#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "wire/rules_table.h"

#define CODE_INVALID "rules_invalid"
#define CODE_NO_MEMORY "out_of_memory"
#define PATH_BYTES_MAX 1024

static struct text trimmed(struct text text)
{
    while (text.length > 0 && (text.at[0] == ' ' || text.at[0] == '\t')) {
        text = text_of(text.at + 1, text.length - 1);
    }
    while (text.length > 0 && strchr(" \t\r", text.at[text.length - 1]) != NULL &&
           text.at[text.length - 1] != '\0') {
        text.length--;
    }
    return text;
}

/* False when the text is full. */
static bool put(struct rules_text *text, struct text bytes)
{
    if (text->length + bytes.length > RULES_TEXT_BYTES_MAX) {
        return false;
    }
    memcpy(text->at + text->length, bytes.at, bytes.length);
    text->length += bytes.length;
    return true;
}

static bool end_line(struct rules_text *text, uint32_t true_line)
{
    if (text->line_count == RULES_LINES_MAX) {
        return false;
    }
    text->true_lines[text->line_count++] = true_line;
    return put(text, TEXT("\n"));
}

/* A header or row, its fields trimmed. */
static bool put_row(struct rules_text *text, struct text line, uint32_t true_line)
{
    struct text rest = line;
    for (;;) {
        const char *comma = memchr(rest.at, ',', rest.length);
        const size_t length = comma == NULL ? rest.length : (size_t)(comma - rest.at);
        if (!put(text, trimmed(text_of(rest.at, length)))) {
            return false;
        }
        if (comma == NULL) {
            return end_line(text, true_line);
        }
        if (!put(text, TEXT(","))) {
            return false;
        }
        rest = text_of(comma + 1, rest.length - length - 1);
    }
}

static struct error put_line(struct rules_text *text, const char *dir,
                             enum rules_table_number table, struct text line, uint32_t true_line)
{
    const struct text plain = trimmed(line);
    if (plain.length == 0 || plain.at[0] == '#') {
        return no_error();
    }
    if (plain.at[0] == '[') {
        return rules_invalid(dir, table, true_line, "a row begins with '['; begin it with its id");
    }
    if (!put_row(text, plain, true_line)) {
        return rules_invalid(
            dir, table, true_line,
            "the tables are too long together; the limits are %d bytes and %d rows",
            RULES_TEXT_BYTES_MAX, RULES_ROWS_MAX);
    }
    return no_error();
}

struct error rules_text_append(struct rules_text *text, const char *dir,
                               enum rules_table_number table, const char *bytes, size_t length)
{
    char name[64];
    (void)snprintf(name, sizeof name, "[%s]", rules_tables[table].file);
    if (!put(text, text_of_string(name)) || !end_line(text, 0)) {
        return rules_invalid(dir, table, 0, "the tables before it are too long together");
    }
    const size_t before = text->length;
    struct text rest = text_of(bytes, length);
    for (uint32_t true_line = 1; rest.length > 0; true_line++) {
        const char *end = memchr(rest.at, '\n', rest.length);
        const size_t line_length = end == NULL ? rest.length : (size_t)(end - rest.at);
        TRY(put_line(text, dir, table, text_of(rest.at, line_length), true_line));
        const size_t taken = end == NULL ? line_length : line_length + 1;
        rest = text_of(rest.at + taken, rest.length - taken);
    }
    if (text->length == before) {
        return rules_invalid(dir, table, 1, "no header line; write %s", rules_tables[table].header);
    }
    return no_error();
}

static struct error cannot_read(const char *path, int number)
{
    return error_make(ERROR_FATAL, CODE_INVALID,
                      "%s: %s; set rules.dir to the folder of the tables", path, strerror(number));
}

/* The bytes of a file, at most RULES_TEXT_BYTES_MAX + 1 of them, into a buffer that holds as many.
 */
static struct error read_bytes(const char *path, char *bytes, size_t *length)
{
    FILE *file = fopen(path, "rbe");
    if (file == NULL) {
        return cannot_read(path, errno);
    }
    *length = fread(bytes, 1, RULES_TEXT_BYTES_MAX + 1, file);
    const int number = ferror(file) != 0 ? EIO : 0;
    (void)fclose(file);
    if (number != 0) {
        return cannot_read(path, number);
    }
    if (*length > RULES_TEXT_BYTES_MAX) {
        return error_make(ERROR_FATAL, CODE_INVALID, "%s: longer than %d bytes", path,
                          RULES_TEXT_BYTES_MAX);
    }
    return no_error();
}

static struct error read_table(struct rules_text *text, const char *dir,
                               enum rules_table_number table, char *bytes)
{
    char path[PATH_BYTES_MAX];
    const int printed = snprintf(path, sizeof path, "%s/%s", dir, rules_tables[table].file);
    if (printed < 0 || (size_t)printed >= sizeof path) {
        return cannot_read(dir, ENAMETOOLONG);
    }
    size_t length = 0;
    TRY(read_bytes(path, bytes, &length));
    return rules_text_append(text, dir, table, bytes, length);
}

static bool is_table_or_no_csv(const char *name)
{
    const size_t length = strlen(name);
    if (length < 4 || strcmp(name + length - 4, ".csv") != 0) {
        return true;
    }
    for (uint32_t i = 0; i < RULES_TABLE_COUNT; i++) {
        if (strcmp(name, rules_tables[i].file) == 0) {
            return true;
        }
    }
    return false;
}

/* A table under a name that is misspelt would else be left out in silence. */
static struct error check_names(const char *dir)
{
    DIR *folder = opendir(dir);
    if (folder == NULL) {
        return cannot_read(dir, errno);
    }
    struct error error = no_error();
    for (const struct dirent *entry = readdir(folder); entry != NULL && !failed(&error);
         entry = readdir(folder)) {
        if (!is_table_or_no_csv(entry->d_name)) {
            error = error_make(ERROR_FATAL, CODE_INVALID,
                               "%s/%.200s: not one of the tables; docs/rules.md lists their names",
                               dir, entry->d_name);
        }
    }
    (void)closedir(folder);
    return error;
}

static struct error read_tables(struct rules_text *text, const char *dir)
{
    TRY(check_names(dir));
    char *bytes = malloc(RULES_TEXT_BYTES_MAX + 1);
    if (bytes == NULL) {
        return error_make(ERROR_FATAL, CODE_NO_MEMORY, "no memory to read the rules");
    }
    struct error error = no_error();
    for (unsigned i = 0; i < RULES_TABLE_COUNT && !failed(&error); i++) {
        error = read_table(text, dir, (enum rules_table_number)i, bytes);
    }
    free(bytes);
    return error;
}

static struct error read_text(struct rules_text *text, const char *dir)
{
    text->at = malloc(RULES_TEXT_BYTES_MAX);
    text->true_lines = malloc(RULES_LINES_MAX * sizeof *text->true_lines);
    if (text->at == NULL || text->true_lines == NULL) {
        return error_make(ERROR_FATAL, CODE_NO_MEMORY, "no memory to read the rules");
    }
    return read_tables(text, dir);
}

static struct error read_and_parse(struct rules_text *text, const char *dir, day_t today,
                                   struct rules *out, struct rules_warnings *warnings)
{
    TRY(read_text(text, dir));
    return rules_text_parse(text->at, text->length, dir, text->true_lines, today, out, warnings);
}

struct error rules_bundle_lint(const char *dir, day_t today, struct rules_findings *findings,
                               struct rules_warnings *warnings)
{
    struct rules_text text = {0};
    findings->count = 0;
    findings->more = false;
    warnings->count = 0;
    struct error error = read_text(&text, dir);
    if (!failed(&error)) {
        error =
            rules_text_lint(text.at, text.length, dir, text.true_lines, today, findings, warnings);
    } else if (strcmp(error.code, CODE_INVALID) == 0) {
        memcpy(findings->texts[findings->count++], error.detail, sizeof error.detail);
        error = no_error();
    }
    free(text.true_lines);
    free(text.at);
    return error;
}

struct error rules_bundle_load(const char *dir, day_t today, char **text_out, size_t *length_out,
                               struct rules *out, struct rules_warnings *warnings)
{
    struct rules_text text = {0};
    if (warnings != NULL) {
        warnings->count = 0;
    }
    const struct error error = read_and_parse(&text, dir, today, out, warnings);
    free(text.true_lines);
    if (failed(&error)) {
        free(text.at);
        text.at = NULL;
        text.length = 0;
    }
    *text_out = text.at;
    *length_out = text.length;
    return error;
}

struct error rules_bundle_read_files(const char *dir, char **text_out, size_t *length_out)
{
    *text_out = NULL;
    *length_out = 0;
    struct rules *checked = malloc(sizeof *checked);
    if (checked == NULL) {
        return error_make(ERROR_FATAL, CODE_NO_MEMORY, "no memory to read the rules");
    }
    const struct error error =
        rules_bundle_load(dir, DAY_NONE, text_out, length_out, checked, NULL);
    free(checked);
    return error;
}
