/* Claims, payments, and those of the election bodies. */
#include <stdio.h>
#include <string.h>

#include "core/projection.h"
#include "dashboard/api.h"
#include "dashboard/api_parts.h"
#include "dashboard/claim_ages.h"
#include "dashboard/election.h"
#include "dashboard/parts.h"
#include "dashboard/payment_states.h"

void api_put_claims(struct json_object *object, const struct region_figures *region)
{
    bool any = false;
    json_put_name(object, "claims");
    buffer_byte(object->out, '[');
    for (size_t i = 0; region != NULL && i < region->count; i++) {
        const char *part = measure_part(region->figures[i].name, "claims");
        const char *colon = part == NULL ? NULL : strchr(part, ':');
        if (colon != NULL) {
            struct json_object row;
            api_next(object->out, &any);
            json_object_open(&row, object->out, NULLS_PRINTED);
            json_put_text(&row, "programme", text_of(part, (size_t)(colon - part)));
            api_put_string(&row, "verdict", colon + 1);
            json_put_number(&row, "count", region->figures[i].value);
            json_object_close(&row);
        }
    }
    buffer_byte(object->out, ']');
}

static void put_paid_by(struct json_object *object, const struct region_figures *region,
                        const char *kind)
{
    char payments[MEASURE_NAME_BYTES];
    char paid[MEASURE_NAME_BYTES];
    char list[MEASURE_NAME_BYTES];
    bool any = false;
    (void)snprintf(payments, sizeof payments, "payments:%s", kind);
    (void)snprintf(list, sizeof list, "by_%s", kind);
    json_put_name(object, list);
    buffer_byte(object->out, '[');
    for (size_t i = 0; region != NULL && i < region->count; i++) {
        const char *part = measure_part(region->figures[i].name, payments);
        if (part != NULL) {
            struct json_object row;
            (void)snprintf(paid, sizeof paid, "paid_idr:%s:%.40s", kind, part);
            api_next(object->out, &any);
            json_object_open(&row, object->out, NULLS_PRINTED);
            api_put_string(&row, "code", part);
            json_put_number(&row, "payments", region->figures[i].value);
            json_put_number(&row, "paid_idr", region_figure(region, paid));
            json_object_close(&row);
        }
    }
    buffer_byte(object->out, ']');
}

/* Every state, in the order of a payment's way. */
static void put_by_status(struct json_object *object, const struct region_figures *region)
{
    bool any = false;
    api_list_begin(object, "by_status");
    for (size_t i = 0; i < payment_state_count; i++) {
        const char *code = payment_states[i].code;
        char payments[MEASURE_NAME_BYTES];
        char paid[MEASURE_NAME_BYTES];
        struct json_object row;
        (void)snprintf(payments, sizeof payments, "payments:status:%s", code);
        (void)snprintf(paid, sizeof paid, "paid_idr:status:%s", code);
        api_next(object->out, &any);
        json_object_open(&row, object->out, NULLS_PRINTED);
        api_put_string(&row, "code", code);
        json_put_number(&row, "payments", region == NULL ? 0 : region_figure(region, payments));
        json_put_number(&row, "paid_idr", region == NULL ? 0 : region_figure(region, paid));
        json_object_close(&row);
    }
    api_list_end(object);
}

void api_put_payments(struct json_object *object, const struct region_figures *region)
{
    struct json_object row;
    json_put_name(object, "payments");
    json_object_open(&row, object->out, NULLS_PRINTED);
    json_put_number(&row, "count", region == NULL ? 0 : region_figure(region, "payments"));
    json_put_number(&row, "paid_idr", region == NULL ? 0 : region_figure(region, "paid_idr"));
    json_put_number(&row, "external_idr",
                    region == NULL ? 0 : region_figure(region, "external_idr"));
    put_paid_by(&row, region, "programme");
    put_paid_by(&row, region, "category");
    put_by_status(&row, region);
    json_object_close(&row);
}

/* By age: the buckets by the greatest age in them. */
static void put_ages(struct json_object *object, const struct region_days *days, day_t day)
{
    struct claim_ages ages[CLAIM_AGES_MAX];
    const size_t count = claim_ages_of(days, day, ages);
    bool any = false;
    api_list_begin(object, "ages");
    for (size_t i = 0; i < count; i++) {
        struct json_object row;
        api_next(object->out, &any);
        json_object_open(&row, object->out, NULLS_PRINTED);
        api_put_string(&row, "programme", ages[i].programme);
        api_put_string(&row, "verdict", ages[i].verdict);
        json_put_number(&row, "open", ages[i].open);
        for (unsigned bucket = 0; bucket < AGE_BUCKETS; bucket++) {
            char name[32] = "older";
            if (bucket < AGE_BUCKETS - 1) {
                (void)snprintf(name, sizeof name, "days_to_%d", age_bucket_last[bucket]);
            }
            json_put_number(&row, name, ages[i].counts[bucket]);
        }
        json_put_day(&row, "oldest_on", ages[i].oldest_on);
        json_put_number(&row, "oldest_days", (int64_t)day - ages[i].oldest_on);
        json_object_close(&row);
    }
    api_list_end(object);
}

static void put_past_due(struct json_object *object, const struct region_figures *region)
{
    struct past_due rows[PROGRAMME_COUNT];
    const size_t count = region == NULL ? 0 : past_due_of(region, rows);
    bool any = false;
    api_list_begin(object, "past_due");
    for (size_t i = 0; i < count; i++) {
        struct json_object row;
        api_next(object->out, &any);
        json_object_open(&row, object->out, NULLS_PRINTED);
        api_put_string(&row, "programme", rows[i].programme);
        json_put_number(&row, "claims", rows[i].claims);
        json_put_number(&row, "payments", rows[i].payments);
        json_put_number(&row, "overdue_idr", rows[i].overdue_idr);
        json_put_number(&row, "late_cost_idr", rows[i].late_cost_idr);
        json_object_close(&row);
    }
    api_list_end(object);
}

int api_claims(struct exchange *exchange, struct refusal *refusal)
{
    struct json_object object;
    const char *code = NULL;
    (void)refusal;
    const struct region_figures *region = api_region_asked(exchange, &code);
    api_begin(&object, exchange);
    api_put_string(&object, "region", code);
    api_put_claims(&object, region);
    put_ages(&object, published_days(exchange->board->published, code),
             exchange->board->figures.day);
    put_past_due(&object, region);
    return api_end(&object, exchange);
}

int api_payments(struct exchange *exchange, struct refusal *refusal)
{
    (void)refusal;
    struct json_object object;
    const char *code = NULL;
    const struct region_figures *region = api_region_asked(exchange, &code);
    api_begin(&object, exchange);
    api_put_string(&object, "region", code);
    api_put_payments(&object, region);
    return api_end(&object, exchange);
}

/* The election. */

static void put_body(struct json_object *object, const struct election_body *body)
{
    json_put_number(object, "registered", body->registered);
    json_put_number(object, "covered", body->covered);
    json_put_number(object, "deaths_jkk", body->deaths_jkk);
    json_put_number(object, "deaths_jkm", body->deaths_jkm);
    json_put_number(object, "payments", body->payments);
    json_put_number(object, "paid_idr", body->paid_idr);
}

int api_election(struct exchange *exchange, struct refusal *refusal)
{
    struct json_object object, sum;
    const char *code = NULL;
    struct election_body bodies[CATEGORIES_MAX];
    struct election_body all = {.category = NULL};
    bool any = false;
    const struct region_figures *region = api_region_asked(exchange, &code);
    const size_t count =
        region == NULL ? 0 : election_of(board_rules(exchange->source), region, bodies, &all);
    (void)refusal;
    api_begin(&object, exchange);
    api_put_string(&object, "region", code);
    api_list_begin(&object, "bodies");
    for (size_t i = 0; i < count; i++) {
        struct json_object row;
        api_next(exchange->out, &any);
        json_object_open(&row, exchange->out, NULLS_PRINTED);
        api_put_string(&row, "category", bodies[i].category);
        put_body(&row, &bodies[i]);
        json_object_close(&row);
    }
    api_list_end(&object);
    json_put_name(&object, "all");
    json_object_open(&sum, exchange->out, NULLS_PRINTED);
    put_body(&sum, &all);
    json_object_close(&sum);
    return api_end(&object, exchange);
}
