#include "dashboard/flows.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/projection.h"
#include "dashboard/parts.h"

static int64_t grown(const struct region_days *days, const char *measure, int64_t from, int64_t to)
{
    return region_days_value(days, measure, day_within(to)) -
           region_days_value(days, measure, day_within(from));
}

struct flows flows_of(const struct region_days *days, day_t day)
{
    const int64_t on = day;
    return (struct flows){
        .new_today = grown(days, "begun", on - 1, on),
        .ended_today = grown(days, "ended", on - 1, on),
        .ending_7 = grown(days, "ended", on, on + 7),
        .ending_30 = grown(days, "ended", on, on + 30),
        .grace = region_days_value(days, "grace", day),
        .employers = region_days_value(days, "employers", day),
    };
}

struct calendar_month calendar_month_of(day_t day, int months)
{
    return (struct calendar_month){month_begin(day, months), month_end(day, months)};
}

void flow_table_close(struct flow_table *table)
{
    free(table->rows);
    *table = (struct flow_table){NULL, 0, {0}};
}

static struct flow_row *row_of(struct flow_table *table, const char *code)
{
    for (size_t i = 0; i < table->count; i++) {
        if (strcmp(table->rows[i].code, code) == 0) {
            return &table->rows[i];
        }
    }
    struct flow_row *rows = realloc(table->rows, (table->count + 1) * sizeof *rows);
    assert(rows != NULL);
    table->rows = rows;
    struct flow_row *row = &rows[table->count++];
    *row = (struct flow_row){.values = {0}};
    (void)snprintf(row->code, sizeof row->code, "%s", code);
    return row;
}

/* Adds to a column what `measure` ("ended"), and by code `measure`:`kind`, became between two
   days. */
static void add_column(struct flow_table *table, unsigned column, const struct region_days *days,
                       const char *measure, const char *kind, const struct calendar_month *between)
{
    char by_kind[MEASURE_NAME_BYTES];
    struct figure *changes = NULL;
    size_t count = 0;
    (void)snprintf(by_kind, sizeof by_kind, "%s:%s", measure, kind);
    region_days_change(days, between->first, between->last, &changes, &count);
    for (size_t i = 0; i < count; i++) {
        const char *code = measure_part(changes[i].name, by_kind);
        if (code != NULL) {
            row_of(table, code)->values[column] += changes[i].value;
        } else if (strcmp(changes[i].name, measure) == 0) {
            table->all[column] += changes[i].value;
        }
    }
    free(changes);
}

static int64_t size_of(const struct flow_row *row)
{
    int64_t size = 0;
    for (unsigned column = 0; column < FLOW_COLUMNS; column++) {
        size += llabs(row->values[column]);
    }
    return size;
}

static int by_size(const void *a, const void *b)
{
    const struct flow_row *x = a;
    const struct flow_row *y = b;
    const int64_t sizes[] = {size_of(x), size_of(y)};
    if (sizes[0] != sizes[1]) {
        return sizes[0] < sizes[1] ? 1 : -1;
    }
    return strcmp(x->code, y->code);
}

static void sort_rows(struct flow_table *table)
{
    if (table->count > 0) {
        qsort(table->rows, table->count, sizeof *table->rows, by_size);
    }
}

void ending_of(const struct region_days *days, day_t day, const char *kind, struct flow_table *out)
{
    *out = (struct flow_table){NULL, 0, {0}};
    for (unsigned months = 0; months < FLOW_COLUMNS; months++) {
        const struct calendar_month month = calendar_month_of(day, (int)months);
        /* A cover is over from the day after its last. */
        add_column(out, months, days, "ended", kind,
                   &(struct calendar_month){month.first, day_within((int64_t)month.last + 1)});
    }
    sort_rows(out);
}

void moves_of(const struct region_days *days, day_t from, day_t to, const char *kind,
              struct flow_table *out)
{
    const struct calendar_month between = {from, to};
    *out = (struct flow_table){NULL, 0, {0}};
    add_column(out, MOVED_BEGUN, days, "begun", kind, &between);
    add_column(out, MOVED_ENDED, days, "ended", kind, &between);
    for (size_t i = 0; i < out->count; i++) {
        int64_t *values = out->rows[i].values;
        values[MOVED_NET] = values[MOVED_BEGUN] - values[MOVED_ENDED];
    }
    out->all[MOVED_NET] = out->all[MOVED_BEGUN] - out->all[MOVED_ENDED];
    sort_rows(out);
}
