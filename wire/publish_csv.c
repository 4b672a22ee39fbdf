/* A row of CSV as the JSON object it stands for. The header names the fields as they nest in JSON:
   "sponsor.kind", "lines.0.amount_idr". */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "wire/csv_row.h"
#include "wire/publish_parts.h"
#include "wire/utf8.h"

#define ELEMENTS_MAX 64

struct csv_column {
    char *path;    /* as the header has it, for messages */
    char *outer;   /* the part before the first dot, or NULL */
    char *name;    /* the last part */
    int64_t index; /* the part between, −1: none */
};

struct csv_table {
    struct csv_column columns[CSV_CELLS_MAX];
    uint32_t count;
    uint32_t type; /* index of its column */
    struct csv_row row;
};

void publish_csv_close(struct csv_table *table)
{
    if (table == NULL) {
        return;
    }
    for (uint32_t i = 0; i < table->count; i++) {
        free(table->columns[i].path);
        free(table->columns[i].outer);
    }
    free(table);
}

static bool is_whole(struct text text)
{
    const uint32_t sign = text.length > 0 && text.at[0] == '-' ? 1 : 0;
    if (text.length == sign || (text.at[sign] == '0' && text.length > 1)) {
        return false;
    }
    for (uint32_t i = sign; i < text.length; i++) {
        if (text.at[i] < '0' || text.at[i] > '9') {
            return false;
        }
    }
    return true;
}

/* One or two digits between dots; −1 when the part is none. */
static int64_t index_of_part(const char *part)
{
    const size_t length = strlen(part);
    if (length > 2 || part[0] == '-' || !is_whole(text_of(part, length))) {
        return -1;
    }
    const int64_t index = length == 1 ? part[0] - '0' : (part[0] - '0') * 10 + (part[1] - '0');
    return index < ELEMENTS_MAX ? index : -1;
}

static void split_path(struct csv_column *column, struct text path)
{
    column->path = strndup(path.at, path.length);
    column->outer = strndup(path.at, path.length);
    assert(column->path != NULL && column->outer != NULL);
    column->index = -1;
    column->name = column->path;
    char *dot = strchr(column->outer, '.');
    if (dot == NULL) {
        free(column->outer);
        column->outer = NULL;
        return;
    }
    *dot = '\0';
    column->name = dot + 1;
    dot = strchr(column->name, '.');
    if (dot != NULL) {
        *dot = '\0';
        column->index = index_of_part(column->name);
        column->name = dot + 1;
    }
}

static const struct field *find_field(const struct fields *fields, const char *name)
{
    for (uint16_t i = 0; i < fields->count; i++) {
        if (strcmp(fields->fields[i].name, name) == 0) {
            return &fields->fields[i];
        }
    }
    return NULL;
}

/* The field a column stands for in events of a type, or NULL. */
static const struct field *field_of(const struct csv_column *column, enum event_type type)
{
    const char *first = column->outer != NULL ? column->outer : column->name;
    const struct fields *envelope =
        event_topic(type) == EVENT_TOPIC_REFERENCE ? &event_envelope_reference : &event_envelope;
    const struct field *field = find_field(event_body(type), first);
    if (field == NULL) {
        field = find_field(envelope, first);
    }
    if (field == NULL || (column->outer == NULL) != (field->record == NULL)) {
        return NULL;
    }
    if (column->outer == NULL) {
        return field;
    }
    const bool is_element = column->index >= 0 && strchr(column->name, '.') == NULL;
    const bool is_between = strlen(column->outer) + 1 + strlen(column->name) < strlen(column->path);
    if (field->kind == FIELD_ARRAY ? !is_element : is_between) {
        return NULL;
    }
    return find_field(field->record, column->name);
}

static bool is_of_some_event(const struct csv_column *column)
{
    for (unsigned type = 0; type < EVENT_TYPE_COUNT; type++) {
        if (field_of(column, (enum event_type)type) != NULL) {
            return true;
        }
    }
    return false;
}

static struct error take_column(struct publish_file *file, struct text path)
{
    struct csv_table *table = file->table;
    if (!utf8_is_valid((const uint8_t *)path.at, path.length) ||
        memchr(path.at, '\0', path.length) != NULL) {
        return publish_form_error(file, "the name of column %u is no text", table->count + 1);
    }
    struct csv_column *column = &table->columns[table->count++];
    split_path(column, path);
    for (uint32_t i = 0; i + 1 < table->count; i++) {
        if (strcmp(table->columns[i].path, column->path) == 0) {
            return publish_form_error(file, "the header names column %.64s twice", column->path);
        }
    }
    if (strcmp(column->path, "type") == 0) {
        table->type = table->count - 1;
        return no_error();
    }
    return is_of_some_event(column)
               ? no_error()
               : publish_form_error(file, "no event has a field for column %u, \"%.64s\"",
                                    table->count, column->path);
}

static struct error take_header(struct publish_file *file)
{
    struct csv_table *table = file->table;
    const struct csv_row *row = &table->row;
    table->type = CSV_CELLS_MAX;
    if (row->count > CSV_CELLS_MAX) {
        return publish_form_error(file, "the header has %u columns, %d are allowed", row->count,
                                  CSV_CELLS_MAX);
    }
    if (row->wrong != NULL) {
        return publish_form_error(file, "the header cannot be read: %s in column %u", row->wrong,
                                  row->wrong_cell + 1);
    }
    for (uint32_t i = 0; i < row->count; i++) {
        TRY(take_column(file, row->cells[i]));
    }
    return table->type < CSV_CELLS_MAX
               ? no_error()
               : publish_form_error(file, "the header has no column \"type\"; columns are "
                                          "separated by commas");
}

static enum csv_reading read_row(struct publish_file *file)
{
    struct csv_row *row = &file->table->row;
    row->bytes = file->record;
    row->capacity = RECORD_BYTES_MAX;
    file->line = file->lines_read + 1;
    const enum csv_reading reading = csv_row_read(row, file->stream);
    file->lines_read += row->line_ends;
    return reading;
}

struct error publish_csv_begin(struct publish_file *file)
{
    publish_csv_close(file->table);
    file->table = calloc(1, sizeof *file->table);
    assert(file->table != NULL);
    enum csv_reading reading;
    do {
        reading = read_row(file);
    } while (reading == CSV_EMPTY_LINE);
    switch (reading) {
    case CSV_ROW: return take_header(file);
    case CSV_FAILED: return publish_failed(file);
    case CSV_TOO_LONG:
        return publish_form_error(file, "the header is longer than %d bytes", RECORD_BYTES_MAX);
    case CSV_EMPTY_LINE:
    case CSV_END: break;
    }
    return publish_form_error(file, "there is no header that names the columns");
}

/* `JKK|JKM`, as the tables of rules/ write sets. */
static json_t *set_of(struct text cell)
{
    json_t *set = json_array();
    const char *at = cell.at, *end = cell.at + cell.length;
    for (;;) {
        const char *bar = memchr(at, '|', (size_t)(end - at));
        const char *to = bar == NULL ? end : bar;
        json_array_append_new(set, json_stringn(at, (size_t)(to - at)));
        if (bar == NULL) {
            return set;
        }
        at = bar + 1;
    }
}

/* A cell has no type of its own: the field says what is expected of it. What is no whole number
   stays a text, which a number's field refuses. */
static json_t *value_of(struct text cell, const struct field *field)
{
    struct event_problem unused;
    if (field != NULL && field->kind == FIELD_SET) {
        return set_of(cell);
    }
    if (field != NULL && (field->kind == FIELD_INT || field->kind == FIELD_LONG) &&
        is_whole(cell)) {
        return json_parse_strictly(cell.at, cell.length, &unused);
    }
    return json_stringn(cell.at, cell.length);
}

static json_t *child_of(json_t *object, const char *name, bool is_list)
{
    json_t *child = json_object_get(object, name);
    if (child == NULL) {
        child = is_list ? json_array() : json_object();
        const int set = json_object_set_new(object, name, child);
        assert(set == 0);
    }
    return child;
}

/* Elements before one that is given are objects too, so that a gap is told as what it lacks. */
static json_t *element_of(json_t *list, int64_t index)
{
    while ((int64_t)json_array_size(list) <= index) {
        json_array_append_new(list, json_object());
    }
    return json_array_get(list, (size_t)index);
}

/* An empty cell leaves its field out. Two things JSON can say otherwise need a word: a list of
   which every cell is empty is an empty list, and a text that must be there but may be empty is
   empty. */
static void set_empty(json_t *object, const struct csv_column *column, const struct field *field)
{
    if (field != NULL && column->index >= 0) {
        (void)child_of(object, column->outer, true);
    } else if (field != NULL && column->outer == NULL && field->kind == FIELD_TEXT &&
               !field->nullable && field->least == 0) {
        (void)json_object_set_new(object, column->name, json_string(""));
    }
}

static void set_value(json_t *object, const struct csv_column *column, json_t *value)
{
    if (column->outer != NULL) {
        object = child_of(object, column->outer, column->index >= 0);
    }
    if (column->index >= 0) {
        object = element_of(object, column->index);
    }
    const int set = json_object_set_new(object, column->name, value);
    assert(set == 0);
}

/* What a row stands for; every cell that is not empty has a field. */
static json_t *object_of(const struct csv_table *table, enum event_type type)
{
    json_t *object = json_object();
    assert(object != NULL);
    for (uint32_t i = 0; i < table->count; i++) {
        const struct text cell = table->row.cells[i];
        const struct csv_column *column = &table->columns[i];
        const struct field *field = i == table->type ? NULL : field_of(column, type);
        if (cell.length > 0) {
            set_value(object, column, value_of(cell, field));
        } else {
            set_empty(object, column, field);
        }
    }
    return object;
}

/* The type alone: it is missing or unknown, so nothing can be said of the other cells. */
static json_t *object_of_type(struct text type)
{
    json_t *object = json_object();
    assert(object != NULL);
    if (type.length > 0) {
        const int set = json_object_set_new(object, "type", json_stringn(type.at, type.length));
        assert(set == 0);
    }
    return object;
}

static enum publish_step refuse_cell(struct publish_file *file, uint32_t cell, const char *what)
{
    const struct csv_table *table = file->table;
    if (cell < table->count) {
        event_problem_add(&file->problem, "field", text_of_string(table->columns[cell].path));
        if (cell < table->row.count) {
            event_problem_add(&file->problem, "value", table->row.cells[cell]);
        }
    } else {
        event_problem_add_number(&file->problem, "cell", (int64_t)cell + 1);
    }
    return publish_refused(file, what);
}

static enum publish_step take_row(struct publish_file *file, struct event *event)
{
    const struct csv_table *table = file->table;
    const struct csv_row *row = &table->row;
    if (row->wrong != NULL) {
        return refuse_cell(file, row->wrong_cell, row->wrong);
    }
    if (row->count != table->count) {
        event_problem_add_number(&file->problem, "cells", row->count);
        event_problem_add_number(&file->problem, "columns", table->count);
        return publish_refused(file, "cells_do_not_match_columns");
    }
    for (uint32_t i = 0; i < row->count; i++) {
        if (!utf8_is_valid((const uint8_t *)row->cells[i].at, row->cells[i].length)) {
            return refuse_cell(file, i, "not_utf8");
        }
    }
    const uint8_t type = term_find(&event_type_names, row->cells[table->type]);
    if (type == TERM_UNKNOWN) {
        return publish_object(file, object_of_type(row->cells[table->type]), event);
    }
    for (uint32_t i = 0; i < row->count; i++) {
        if (row->cells[i].length > 0 && i != table->type &&
            field_of(&table->columns[i], (enum event_type)type) == NULL) {
            return refuse_cell(file, i, "unknown_field");
        }
    }
    return publish_object(file, object_of(table, (enum event_type)type), event);
}

enum publish_step publish_csv_next(struct publish_file *file, struct event *event)
{
    switch (read_row(file)) {
    case CSV_ROW: return take_row(file, event);
    case CSV_EMPTY_LINE: return STEP_NOTHING;
    case CSV_TOO_LONG: return publish_too_long(file);
    case CSV_FAILED: return STEP_FAILED;
    case CSV_END: break;
    }
    return STEP_END;
}
