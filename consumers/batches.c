#include "consumers/batches.h"

#include <assert.h>
#include <string.h>

#include "consumers/text_table.h"
#include "wire/record.h"

#define LINE_BYTES 2048 /* three texts of 64 bytes, each up to six long as JSON */

static const struct text_table_column columns[] = {
    {"batch", ALIGN_LEFT, 0, 16, false},       {"state", ALIGN_LEFT, 0, 0, false},
    {"declared", ALIGN_RIGHT, 0, 0, false},    {"counted", ALIGN_RIGHT, 0, 0, false},
    {"refused", ALIGN_RIGHT, 1, 0, false},     {"declared, Rp", ALIGN_RIGHT, 3, 0, false},
    {"counted, Rp", ALIGN_RIGHT, 2, 0, false}, {"declared by", ALIGN_LEFT, 4, 8, false},
};

bool batch_is_mismatch(const struct batch_figure *batch)
{
    return strcmp(batch->state, "MISMATCH") == 0;
}

static void put_number(struct buffer *out, const char *name, int64_t value)
{
    buffer_string(out, ",\"");
    buffer_string(out, name);
    buffer_string(out, "\":");
    buffer_number(out, value);
}

void batch_print_json(FILE *out, const struct batch_figure *batch)
{
    char text[LINE_BYTES];
    struct buffer line = buffer_over(text, sizeof text);
    buffer_string(&line, "{\"kind\":\"batch\",\"batch_id\":");
    json_string_write(&line, text_of_string(batch->batch_id));
    buffer_string(&line, ",\"source\":");
    json_string_write(&line, text_of_string(batch->source));
    buffer_string(&line, ",\"state\":");
    json_string_write(&line, text_of_string(batch->state));
    put_number(&line, "declared", batch->declared);
    put_number(&line, "counted", batch->counted);
    put_number(&line, "refused", batch->refused);
    put_number(&line, "declared_total_idr", batch->declared_total_idr);
    put_number(&line, "counted_total_idr", batch->counted_total_idr);
    assert(!line.overflow);
    fprintf(out, "%.*s}\n", (int)line.length, text);
}

static void add_row(struct text_table *table, const struct batch_figure *batch)
{
    const bool is_matched = strcmp(batch->state, "MATCHED") == 0;
    const enum style style = batch_is_mismatch(batch) ? STYLE_BAD
                             : is_matched             ? STYLE_GOOD
                                                      : STYLE_PLAIN;
    text_table_text(table, STYLE_PLAIN, batch->batch_id);
    text_table_text(table, style, batch->state);
    text_table_number(table, STYLE_PLAIN, batch->declared);
    text_table_number(table, STYLE_PLAIN, batch->counted);
    text_table_number(table, batch->refused > 0 ? STYLE_BAD : STYLE_PLAIN, batch->refused);
    text_table_number(table, STYLE_PLAIN, batch->declared_total_idr);
    text_table_number(table, STYLE_PLAIN, batch->counted_total_idr);
    text_table_text(table, STYLE_PLAIN, batch->source[0] == '\0' ? "nobody" : batch->source);
}

void batches_print(const struct batch_figure *batches, size_t count, bool mismatches_only,
                   const struct terminal *terminal, FILE *out)
{
    struct text_table *table = text_table_open(columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < count; i++) {
        if (!mismatches_only || batch_is_mismatch(&batches[i])) {
            add_row(table, &batches[i]);
        }
    }
    text_table_print(table, out, terminal);
    text_table_close(table);
}
