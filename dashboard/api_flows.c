/* What begins and ends in a region, as JSON. */
#include <stdio.h>

#include "dashboard/api_parts.h"
#include "dashboard/flows.h"

static void put_flows(struct json_object *object, const struct region_days *days, day_t day)
{
    const struct flows flows = flows_of(days, day);
    struct json_object row;
    json_put_name(object, "flows");
    json_object_open(&row, object->out, NULLS_PRINTED);
    json_put_number(&row, "new_today", flows.new_today);
    json_put_number(&row, "ended_today", flows.ended_today);
    json_put_number(&row, "ending_7", flows.ending_7);
    json_put_number(&row, "ending_30", flows.ending_30);
    json_put_number(&row, "grace", flows.grace);
    json_put_number(&row, "employers", flows.employers);
    json_object_close(&row);
}

/* The rows of one column in which it is not 0. */
static void put_column(struct json_object *object, const char *kind, const struct flow_table *table,
                       unsigned column)
{
    bool any = false;
    api_list_begin(object, kind);
    for (size_t i = 0; i < table->count; i++) {
        struct json_object row;
        if (table->rows[i].values[column] == 0) {
            continue;
        }
        api_next(object->out, &any);
        json_object_open(&row, object->out, NULLS_PRINTED);
        api_put_string(&row, "code", table->rows[i].code);
        json_put_number(&row, "count", table->rows[i].values[column]);
        json_object_close(&row);
    }
    api_list_end(object);
}

static void put_ending(struct json_object *object, const struct region_days *days, day_t day)
{
    struct flow_table category, sponsor;
    bool any = false;
    ending_of(days, day, "category", &category);
    ending_of(days, day, "sponsor", &sponsor);
    api_list_begin(object, "ending");
    for (unsigned months = 0; months < FLOW_COLUMNS; months++) {
        const struct calendar_month month = calendar_month_of(day, (int)months);
        struct json_object row;
        api_next(object->out, &any);
        json_object_open(&row, object->out, NULLS_PRINTED);
        json_put_day(&row, "from", month.first);
        json_put_day(&row, "to", month.last);
        json_put_number(&row, "count", category.all[months]);
        put_column(&row, "category", &category, months);
        put_column(&row, "sponsor", &sponsor, months);
        json_object_close(&row);
    }
    api_list_end(object);
    flow_table_close(&category);
    flow_table_close(&sponsor);
}

static void put_moves(struct json_object *object, const char *kind, const struct flow_table *table)
{
    bool any = false;
    api_list_begin(object, kind);
    for (size_t i = 0; i < table->count; i++) {
        struct json_object row;
        api_next(object->out, &any);
        json_object_open(&row, object->out, NULLS_PRINTED);
        api_put_string(&row, "code", table->rows[i].code);
        json_put_number(&row, "begun", table->rows[i].values[MOVED_BEGUN]);
        json_put_number(&row, "ended", table->rows[i].values[MOVED_ENDED]);
        json_object_close(&row);
    }
    api_list_end(object);
}

static void put_last_month(struct json_object *object, const struct region_days *days, day_t day)
{
    struct json_object row;
    struct flow_table category, sponsor;
    const day_t from = calendar_month_of(day, -2).last;
    const day_t to = calendar_month_of(day, -1).last;
    moves_of(days, from, to, "category", &category);
    moves_of(days, from, to, "sponsor", &sponsor);
    json_put_name(object, "last_month");
    json_object_open(&row, object->out, NULLS_PRINTED);
    json_put_day(&row, "from", from);
    json_put_day(&row, "to", to);
    json_put_number(&row, "active_from", region_days_value(days, "active", from));
    json_put_number(&row, "active_to", region_days_value(days, "active", to));
    json_put_number(&row, "begun", category.all[MOVED_BEGUN]);
    json_put_number(&row, "ended", category.all[MOVED_ENDED]);
    put_moves(&row, "category", &category);
    put_moves(&row, "sponsor", &sponsor);
    json_object_close(&row);
    flow_table_close(&category);
    flow_table_close(&sponsor);
}

void api_put_flows(struct json_object *object, const struct region_days *days, day_t day)
{
    put_flows(object, days, day);
    put_ending(object, days, day);
    put_last_month(object, days, day);
}
