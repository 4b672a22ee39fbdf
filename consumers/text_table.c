#include "consumers/text_table.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS_MAX 16
#define GAP 2
#define CELL_BYTES 256
#define RULES_MAX 4

struct cell {
    char *text;
    enum style style;
};

struct text_table {
    const struct text_table_column *columns;
    size_t column_count;
    struct cell *cells;
    size_t cell_count, capacity;
    size_t rules[RULES_MAX]; /* rows with a line before them */
    size_t rule_count;
};

/* How a table is laid out: 0 columns wide is left out. */
struct layout {
    size_t widths[COLUMNS_MAX];
    bool dropped[COLUMNS_MAX]; /* for want of room */
};

struct text_table *text_table_open(const struct text_table_column *columns, size_t count)
{
    assert(count > 0 && count <= COLUMNS_MAX);
    struct text_table *table = calloc(1, sizeof *table);
    assert(table != NULL);
    table->columns = columns;
    table->column_count = count;
    return table;
}

void text_table_close(struct text_table *table)
{
    if (table == NULL) {
        return;
    }
    for (size_t i = 0; i < table->cell_count; i++) {
        free(table->cells[i].text);
    }
    free(table->cells);
    free(table);
}

void text_table_text(struct text_table *table, enum style style, const char *text)
{
    if (table->cell_count == table->capacity) {
        table->capacity = table->capacity == 0 ? 64 : 2 * table->capacity;
        table->cells = realloc(table->cells, table->capacity * sizeof *table->cells);
        assert(table->cells != NULL);
    }
    table->cells[table->cell_count++] = (struct cell){text_shown(text), style};
}

void text_table_format(struct text_table *table, enum style style, const char *format, ...)
{
    char text[CELL_BYTES];
    va_list values;
    va_start(values, format);
    (void)vsnprintf(text, sizeof text, format, values);
    va_end(values);
    text_table_text(table, style, text);
}

void text_table_number(struct text_table *table, enum style style, int64_t number)
{
    char text[THOUSANDS_BYTES];
    thousands(number, text);
    text_table_text(table, style, text);
}

void text_table_rule(struct text_table *table)
{
    assert(table->rule_count < RULES_MAX && table->cell_count % table->column_count == 0);
    table->rules[table->rule_count++] = table->cell_count / table->column_count;
}

/* ---- Laying out ---- */

static size_t row_count(const struct text_table *table)
{
    return table->cell_count / table->column_count;
}

static size_t natural_width(const struct text_table *table, size_t column)
{
    size_t width = 0;
    for (size_t row = 0; row < row_count(table); row++) {
        const size_t of_cell = text_columns(table->cells[row * table->column_count + column].text);
        width = of_cell > width ? of_cell : width;
    }
    const size_t of_heading = text_columns(table->columns[column].heading);
    return width > 0 && width < of_heading ? of_heading : width;
}

/* The columns of a line; `cut`: with every text that may be cut as narrow as it may be. */
static size_t line_width(const struct text_table *table, const struct layout *layout, bool cut)
{
    size_t width = 0;
    for (size_t i = 0; i < table->column_count; i++) {
        const size_t least = table->columns[i].least;
        const size_t own =
            cut && least > 0 && least < layout->widths[i] ? least : layout->widths[i];
        width += own == 0 ? 0 : own + (width > 0 ? GAP : 0);
    }
    return width;
}

/* Leaves out the column that goes first among those that are there; false when all must stay. */
static bool drop_one(const struct text_table *table, struct layout *layout, bool ornament)
{
    size_t first = table->column_count;
    for (size_t i = 0; i < table->column_count; i++) {
        const struct text_table_column *column = &table->columns[i];
        if (layout->widths[i] > 0 && column->drop > 0 && (!ornament || column->ornament) &&
            (first == table->column_count || column->drop > table->columns[first].drop)) {
            first = i;
        }
    }
    if (first == table->column_count) {
        return false;
    }
    layout->widths[first] = 0;
    layout->dropped[first] = true;
    return true;
}

/* What stands last is cut first: it says least. */
static void cut_texts(const struct text_table *table, struct layout *layout, size_t width)
{
    for (size_t i = table->column_count; i-- > 0;) {
        const size_t now = line_width(table, layout, false);
        const size_t least = table->columns[i].least;
        if (now > width && least > 0 && least < layout->widths[i]) {
            const size_t room = layout->widths[i] - least;
            layout->widths[i] -= now - width < room ? now - width : room;
        }
    }
}

static void lay_out(const struct text_table *table, size_t width, struct layout *layout)
{
    memset(layout, 0, sizeof *layout);
    for (size_t i = 0; i < table->column_count; i++) {
        layout->widths[i] = natural_width(table, i);
    }
    if (width == 0) {
        return;
    }
    while (line_width(table, layout, false) > width && drop_one(table, layout, true)) {
    }
    while (line_width(table, layout, true) > width && drop_one(table, layout, false)) {
    }
    cut_texts(table, layout, width);
}

/* ---- Printing ---- */

static void pad(FILE *out, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        fputc(' ', out);
    }
}

/* Blanks are owed until something follows them, so that no line ends in any. */
static void print_cell(FILE *out, const struct terminal *terminal, const struct cell *cell,
                       enum text_table_align align, size_t width, size_t *owed)
{
    const size_t columns = text_columns(cell->text);
    const bool is_cut = columns > width;
    const size_t bytes = is_cut ? text_cut(cell->text, width - 1) : strlen(cell->text);
    const size_t blank = is_cut ? 0 : width - columns;
    if (columns > 0) {
        pad(out, *owed + (align == ALIGN_RIGHT ? blank : 0));
        style_begin(terminal, out, cell->style);
        (void)fprintf(out, "%.*s%s", (int)bytes, cell->text,
                      !is_cut          ? ""
                      : terminal->utf8 ? "\xE2\x80\xA6"
                                       : "~");
        style_end(terminal, out, cell->style);
        *owed = align == ALIGN_RIGHT ? 0 : blank;
    } else {
        *owed += width;
    }
    *owed += GAP;
}

static void print_heading(const struct text_table *table, const struct layout *layout, FILE *out,
                          const struct terminal *terminal)
{
    size_t owed = 0;
    for (size_t i = 0; i < table->column_count; i++) {
        if (layout->widths[i] > 0) {
            char heading[CELL_BYTES];
            (void)snprintf(heading, sizeof heading, "%s", table->columns[i].heading);
            const struct cell cell = {heading, STYLE_HEADING};
            print_cell(out, terminal, &cell, table->columns[i].align, layout->widths[i], &owed);
        }
    }
    fputc('\n', out);
}

static void print_row(const struct text_table *table, const struct layout *layout, size_t row,
                      FILE *out, const struct terminal *terminal)
{
    size_t owed = 0;
    for (size_t i = 0; i < table->column_count; i++) {
        if (layout->widths[i] > 0) {
            print_cell(out, terminal, &table->cells[row * table->column_count + i],
                       table->columns[i].align, layout->widths[i], &owed);
        }
    }
    fputc('\n', out);
}

static void print_rule(const struct text_table *table, const struct layout *layout, FILE *out,
                       const struct terminal *terminal)
{
    const size_t width = line_width(table, layout, false);
    style_begin(terminal, out, STYLE_DIM);
    for (size_t i = 0; i < width; i++) {
        fputc('-', out);
    }
    style_end(terminal, out, STYLE_DIM);
    fputc('\n', out);
}

static void say_dropped(const struct text_table *table, const struct layout *layout, FILE *out,
                        const struct terminal *terminal)
{
    char names[CELL_BYTES] = "";
    size_t length = 0;
    for (size_t i = 0; i < table->column_count; i++) {
        if (layout->dropped[i] && !table->columns[i].ornament) {
            const int wrote = snprintf(names + length, sizeof names - length, "%s%s",
                                       length > 0 ? ", " : "", table->columns[i].heading);
            assert(wrote > 0 && length + (size_t)wrote < sizeof names);
            length += (size_t)wrote;
        }
    }
    if (length > 0) {
        terminal_say(terminal, out, STYLE_DIM, "Left out, the terminal is too narrow: %s", names);
    }
}

static bool has_rule(const struct text_table *table, size_t row)
{
    for (size_t i = 0; i < table->rule_count; i++) {
        if (table->rules[i] == row) {
            return true;
        }
    }
    return false;
}

void text_table_print(const struct text_table *table, FILE *out, const struct terminal *terminal)
{
    assert(table->cell_count % table->column_count == 0);
    if (table->cell_count == 0) {
        return;
    }
    struct layout layout;
    lay_out(table, terminal->width, &layout);
    print_heading(table, &layout, out, terminal);
    for (size_t row = 0; row < row_count(table); row++) {
        if (row > 0 && has_rule(table, row)) {
            print_rule(table, &layout, out, terminal);
        }
        print_row(table, &layout, row, out, terminal);
    }
    say_dropped(table, &layout, out, terminal);
}
