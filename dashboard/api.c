#include "dashboard/api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dashboard/api_parts.h"
#include "dashboard/goal.h"
#include "dashboard/parts.h"
#include "store/region_json.h"
#include "wire/json_print.h"

#define CURVE_DAYS_MAX 3700 /* ten years */

/* Parts of regions. */

static void put_base(struct json_object *object, const struct base_figure *base)
{
    json_put_number(object, "value", base->value);
    api_put_string(object, "kind", base->kind);
    json_put_number(object, "year", base->year);
    api_put_string(object, "source", base->source);
}

static void put_quarantined(struct json_object *object, const struct region_figures *region)
{
    if (!region->quarantined.present) {
        return;
    }
    struct json_object base;
    json_put_name(object, "quarantined");
    json_object_open(&base, object->out, NULLS_PRINTED);
    put_base(&base, &region->quarantined);
    api_put_string(&base, "reason", "EXCEEDS_POPULATION");
    json_object_close(&base);
    json_put_number(object, "quarantined_count", region->quarantined_count);
}

static void put_split(struct json_object *object, const struct region_figures *region,
                      const char *kind)
{
    bool any = false;
    json_put_name(object, kind);
    buffer_byte(object->out, '[');
    for (size_t i = 0; i < region->count; i++) {
        const char *part = measure_part(region->figures[i].name, kind);
        if (part != NULL) {
            struct json_object row;
            api_next(object->out, &any);
            json_object_open(&row, object->out, NULLS_PRINTED);
            api_put_string(&row, "code", part);
            json_put_number(&row, "active", region->figures[i].value);
            json_object_close(&row);
        }
    }
    buffer_byte(object->out, ']');
}

static void put_goal(struct json_object *object, const struct region_figures *region, day_t day)
{
    if (region->coverage_bp == NUMBER_NONE) {
        return;
    }
    const struct goal goal = goal_of(region_figure(region, "active"), region->base.value, day);
    struct json_object row;
    json_put_name(object, "goal");
    json_object_open(&row, object->out, NULLS_PRINTED);
    json_put_number(&row, "year", GOAL_YEAR);
    json_put_number(&row, "per_mille", GOAL_PER_MILLE);
    json_put_number(&row, "wanted", goal.wanted);
    json_put_number(&row, "missing", goal.missing);
    json_put_number(&row, "years", goal.years);
    json_put_number(&row, "per_year", goal.per_year);
    json_object_close(&row);
}

static const char *level_name(const char *code)
{
    static const char *const names[] = {
        [LEVEL_COUNTRY] = "country", [LEVEL_PROVINCE] = "province", [LEVEL_REGENCY] = "regency"};
    return names[region_level(code)];
}

/* With ?by= the measures of that kind alone, as a list; else all of them by name, as
   `jaga coverage --json` prints them. */
static void put_region(struct exchange *exchange, const struct region_figures *region)
{
    const struct request *request = exchange->request;
    struct region_figures shown = *region;
    if (request->by[0] != '\0') {
        shown.count = 0;
    }
    region_json_begin(exchange->out, exchange->board->figures.day, &shown);
    struct json_object more = {.out = exchange->out, .nulls = NULLS_PRINTED, .has_any = true};
    api_put_string(&more, "name", region_name(board_rules(exchange->source), region->code));
    api_put_string(&more, "level", level_name(region->code));
    if (request->by[0] != '\0') {
        json_put_number(&more, "active", region_figure(region, "active"));
        put_split(&more, region, request->by);
    }
    put_quarantined(&more, region);
    json_object_close(&more);
}

int api_coverage(struct exchange *exchange, struct refusal *refusal)
{
    (void)refusal;
    const struct figures *figures = &exchange->board->figures;
    const char *wanted = exchange->request->region;
    struct json_object object;
    bool any = false;
    api_begin(&object, exchange);
    json_put_name(&object, "regions");
    buffer_byte(exchange->out, '[');
    for (size_t i = 0; i < figures->count; i++) {
        if (wanted[0] == '\0' || strcmp(wanted, figures->regions[i].code) == 0) {
            api_next(exchange->out, &any);
            put_region(exchange, &figures->regions[i]);
        }
    }
    buffer_byte(exchange->out, ']');
    return api_end(&object, exchange);
}

/* One region. */

static void put_splits(struct json_object *object, const struct region_figures *region)
{
    static const char *const kinds[] = {"programme", "segment", "category", "sponsor"};
    struct json_object row;
    json_put_name(object, "split");
    json_object_open(&row, object->out, NULLS_PRINTED);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        put_split(&row, region, kinds[i]);
    }
    json_object_close(&row);
}

static int region_alone(struct exchange *exchange, const struct region_figures *region)
{
    struct json_object object;
    const struct region_days *days = published_days(exchange->board->published, region->code);
    api_begin(&object, exchange);
    json_put_name(&object, "figures");
    put_region(exchange, region);
    put_splits(&object, region);
    api_put_claims(&object, region);
    api_put_payments(&object, region);
    api_put_flows(&object, days, exchange->board->figures.day);
    put_goal(&object, region, exchange->board->figures.day);
    return api_end(&object, exchange);
}

/* From 12 months back to 12 months ahead when nothing is said. */
static int curve_days(struct exchange *exchange, day_t *from, size_t *count,
                      struct refusal *refusal)
{
    const day_t day = exchange->board->figures.day;
    const struct request *request = exchange->request;
    *from = request->from == DAY_NONE ? day_add_months(day, -12) : request->from;
    const day_t to = request->to == DAY_NONE ? day_add_months(day, 12) : request->to;
    if (to < *from) {
        return api_refuse(refusal, 400, "from is later than to");
    }
    *count = (size_t)(to - *from) + 1;
    return *count > CURVE_DAYS_MAX ? api_refuse(refusal, 400, "a curve has 3,700 days at most")
                                   : STATUS_OK;
}

static int region_curve(struct exchange *exchange, const char *code, struct refusal *refusal)
{
    static _Thread_local int64_t values[CURVE_DAYS_MAX];
    day_t from = 0;
    size_t count = 0;
    const int status = curve_days(exchange, &from, &count, refusal);
    if (status != STATUS_OK) {
        return status;
    }
    region_days_series(published_days(exchange->board->published, code), "active", from, count,
                       values);
    struct json_object object;
    api_begin(&object, exchange);
    api_put_string(&object, "region", code);
    api_put_string(&object, "measure", "active");
    json_put_day(&object, "from", from);
    json_put_day(&object, "to", from + (day_t)count - 1);
    json_put_name(&object, "values");
    for (size_t i = 0; i < count; i++) {
        buffer_byte(exchange->out, i == 0 ? '[' : ',');
        buffer_number(exchange->out, values[i]);
    }
    buffer_byte(exchange->out, ']');
    return api_end(&object, exchange);
}

int api_region(struct exchange *exchange, struct refusal *refusal)
{
    char code[WORD_BYTES];
    const size_t length = strcspn(exchange->rest, "/");
    (void)snprintf(code, sizeof code, "%.*s", (int)length, exchange->rest);
    const struct region_figures *region = figures_region(&exchange->board->figures, code);
    if (!region_code_is_formed(code) || region == NULL) {
        return api_refuse(refusal, STATUS_NOT_FOUND, "there are no figures of this region");
    }
    if (exchange->rest[length] == '\0') {
        return region_alone(exchange, region);
    }
    if (strcmp(exchange->rest + length, "/curve") == 0) {
        return region_curve(exchange, code, refusal);
    }
    return api_refuse(refusal, STATUS_NOT_FOUND, "there is no such page");
}

/* Exceptions, batches, meta. */

static void put_sources(struct json_object *object, const struct exception_figure *exception)
{
    bool any = false;
    json_put_name(object, "sources");
    buffer_byte(object->out, '[');
    for (size_t i = 0; i < exception->source_count; i++) {
        struct json_object row;
        api_next(object->out, &any);
        json_object_open(&row, object->out, NULLS_PRINTED);
        api_put_string(&row, "source", exception->sources[i].source);
        json_put_number(&row, "count", exception->sources[i].value);
        json_object_close(&row);
    }
    buffer_byte(object->out, ']');
}

int api_exceptions(struct exchange *exchange, struct refusal *refusal)
{
    (void)refusal;
    struct json_object object;
    bool any = false;
    api_begin(&object, exchange);
    json_put_name(&object, "exceptions");
    buffer_byte(exchange->out, '[');
    for (size_t i = 0; i < exchange->board->exceptions.count; i++) {
        const struct exception_figure *exception = &exchange->board->exceptions.codes[i];
        char command[128];
        struct json_object row;
        (void)snprintf(command, sizeof command, "jaga read exception --where code=%s",
                       exception->code);
        api_next(exchange->out, &any);
        json_object_open(&row, exchange->out, NULLS_PRINTED);
        api_put_string(&row, "code", exception->code);
        json_put_number(&row, "count", exception->value);
        put_sources(&row, exception);
        api_put_string(&row, "command", command);
        json_object_close(&row);
    }
    buffer_byte(exchange->out, ']');
    return api_end(&object, exchange);
}

int api_batches(struct exchange *exchange, struct refusal *refusal)
{
    (void)refusal;
    struct json_object object;
    bool any = false;
    api_begin(&object, exchange);
    json_put_name(&object, "batches");
    buffer_byte(exchange->out, '[');
    for (size_t i = 0; i < exchange->board->batch_count; i++) {
        const struct batch_figure *batch = &exchange->board->batches[i];
        struct json_object row;
        api_next(exchange->out, &any);
        json_object_open(&row, exchange->out, NULLS_PRINTED);
        api_put_string(&row, "batch_id", batch->batch_id);
        api_put_string(&row, "source", batch->source);
        api_put_string(&row, "state", batch->state);
        json_put_number(&row, "declared", batch->declared);
        json_put_number(&row, "counted", batch->counted);
        json_put_number(&row, "refused", batch->refused);
        json_put_number(&row, "declared_total_idr", batch->declared_total_idr);
        json_put_number(&row, "counted_total_idr", batch->counted_total_idr);
        json_object_close(&row);
    }
    buffer_byte(exchange->out, ']');
    return api_end(&object, exchange);
}

static void put_lane(struct buffer *out, const struct board *board, size_t lane)
{
    const struct lane_stand *stand = &board->stands[lane];
    struct json_object row;
    json_object_open(&row, out, NULLS_PRINTED);
    json_put_number(&row, "lane", (int64_t)lane);
    json_put_number(&row, "sequence", board->figures.sequences[lane]);
    json_put_number(&row, "view_sequence", stand->has_view ? stand->view_sequence : NUMBER_NONE);
    json_put_time(&row, "view_now", stand->has_view ? stand->view_now : TIME_NONE);
    json_put_number(&row, "copy_sequence", stand->has_copy ? stand->copy_sequence : NUMBER_NONE);
    json_object_close(&row);
}

int api_meta(struct exchange *exchange, struct refusal *refusal)
{
    (void)refusal;
    const struct board *board = exchange->board;
    struct json_object object;
    api_begin(&object, exchange);
    json_put_number(&object, "age_ms", board->age_us / 1000);
    api_put_string(&object, "rules", board->figures.meta.rules);
    api_put_string(&object, "build", board->figures.meta.build);
    api_put_string(&object, "log_id", board->figures.meta.log_id);
    json_put_name(&object, "lanes");
    buffer_byte(exchange->out, '[');
    for (size_t lane = 0; lane < board->figures.lane_count; lane++) {
        if (lane > 0) {
            buffer_byte(exchange->out, ',');
        }
        put_lane(exchange->out, board, lane);
    }
    buffer_byte(exchange->out, ']');
    return api_end(&object, exchange);
}
