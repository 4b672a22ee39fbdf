#include "wire/rules_difference.h"

#include <assert.h>

#include "wire/json_print.h"

#define JSON_BYTES (3 * RULES_LINE_JSON_BYTES)

static const char *name_of(struct text column, char out[RULES_LINE_COLUMN_BYTES])
{
    (void)snprintf(out, RULES_LINE_COLUMN_BYTES, "%.*s", (int)column.length, column.at);
    return out;
}

/* Whether the rows differ in a column of `a`; one that `b` lacks counts as empty. */
static bool differs_in(const struct rules_line *a, const struct rules_line *b, uint32_t column)
{
    char name[RULES_LINE_COLUMN_BYTES];
    return !text_equal(a->fields[column], rules_line_field(b, name_of(a->columns[column], name)));
}

static bool differ(const struct rules_line *before, const struct rules_line *after)
{
    bool found = !text_equal(before->table, after->table);
    for (uint32_t i = 0; i < before->column_count; i++) {
        found = found || differs_in(before, after, i);
    }
    for (uint32_t i = 0; i < after->column_count; i++) {
        found = found || differs_in(after, before, i);
    }
    return found;
}

struct rules_difference rules_compare(const struct rules_listing *before,
                                      const struct rules_listing *after, rules_row_differs tell,
                                      void *context)
{
    struct rules_difference found = {0, 0, 0};
    for (uint32_t i = 0; i < before->count; i++) {
        const struct rules_line *line = &before->lines[i];
        const struct rules_line *other = rules_listing_find(after, line->fields[0]);
        if (other == NULL) {
            found.removed++;
            tell(context, line, NULL);
        } else if (differ(line, other)) {
            found.changed++;
            tell(context, line, other);
        }
    }
    for (uint32_t i = 0; i < after->count; i++) {
        if (rules_listing_find(before, after->lines[i].fields[0]) == NULL) {
            found.added++;
            tell(context, NULL, &after->lines[i]);
        }
    }
    return found;
}

static const char *change_of(const struct rules_line *before, const struct rules_line *after)
{
    return before == NULL ? "added" : after == NULL ? "removed" : "changed";
}

/* ---- Text ---- */

static void print_field(FILE *out, struct text column, struct text before, struct text after)
{
    (void)fprintf(out, "    %-15.*s %.*s -> %.*s\n", (int)column.length, column.at,
                  before.length == 0 ? 1 : (int)before.length, before.length == 0 ? "-" : before.at,
                  after.length == 0 ? 1 : (int)after.length, after.length == 0 ? "-" : after.at);
}

static void print_changes(FILE *out, const struct rules_line *before,
                          const struct rules_line *after)
{
    char name[RULES_LINE_COLUMN_BYTES];
    if (!text_equal(before->table, after->table)) {
        print_field(out, TEXT("table"), before->table, after->table);
    }
    for (uint32_t i = 0; i < after->column_count; i++) {
        if (differs_in(after, before, i)) {
            print_field(out, after->columns[i],
                        rules_line_field(before, name_of(after->columns[i], name)),
                        after->fields[i]);
        }
    }
    for (uint32_t i = 0; i < before->column_count; i++) {
        if (text_is_absent(rules_line_field(after, name_of(before->columns[i], name)))) {
            print_field(out, before->columns[i], before->fields[i], (struct text){0});
        }
    }
}

static void print_whole(FILE *out, const struct rules_line *line)
{
    const struct text from = rules_line_field(line, "valid_from");
    const struct text to = rules_line_field(line, "valid_to");
    const struct text law = rules_line_field(line, "law");
    (void)fputs("    ", out);
    rules_line_print_values(out, line);
    (void)fprintf(out, "\n    from %.*s to %.*s, %.*s%s\n", (int)from.length, from.at,
                  (int)to.length, to.at, (int)law.length, law.at,
                  rules_line_is_verified(line) ? "" : ", not verified");
}

void rules_difference_print(void *context, const struct rules_line *before,
                            const struct rules_line *after)
{
    FILE *out = context;
    const struct rules_line *line = after != NULL ? after : before;
    (void)fprintf(out, "%-7s %.*s: %.*s\n", change_of(before, after), (int)line->table.length,
                  line->table.at, (int)line->fields[0].length, line->fields[0].at);
    if (before != NULL && after != NULL) {
        print_changes(out, before, after);
    } else {
        print_whole(out, line);
    }
}

/* ---- JSON ---- */

static void put_names(struct buffer *out, const struct rules_line *before,
                      const struct rules_line *after)
{
    const char *comma = "";
    buffer_byte(out, '[');
    for (uint32_t i = 0; before != NULL && after != NULL && i < after->column_count; i++) {
        if (differs_in(after, before, i)) {
            buffer_string(out, comma);
            buffer_byte(out, '"');
            buffer_text(out, after->columns[i]); /* a plain word */
            buffer_byte(out, '"');
            comma = ",";
        }
    }
    buffer_byte(out, ']');
}

static void put_line(struct json_object *json, const char *name, const struct rules_line *line)
{
    json_put_name(json, name);
    if (line == NULL) {
        buffer_string(json->out, "null");
    } else {
        rules_line_to_json(json->out, line);
    }
}

void rules_difference_print_json(void *context, const struct rules_line *before,
                                 const struct rules_line *after)
{
    char bytes[JSON_BYTES];
    struct buffer buffer = buffer_over(bytes, sizeof bytes);
    struct json_object json;
    json_object_open(&json, &buffer, NULLS_PRINTED);
    json_put_text(&json, "change", text_of_string(change_of(before, after)));
    json_put_text(&json, "id", (after != NULL ? after : before)->fields[0]);
    json_put_name(&json, "fields");
    put_names(&buffer, before, after);
    put_line(&json, "before", before);
    put_line(&json, "after", after);
    json_object_close(&json);
    assert(!buffer.overflow);
    (void)fwrite(bytes, 1, buffer.length, context);
    (void)fputc('\n', context);
}
