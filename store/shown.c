#include "store/shown.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/terms.h"
#include "store/encode.h"

static const char *const always_shown[] = {"registered", "active", "memberships"};
#define ALWAYS_SHOWN_COUNT (sizeof always_shown / sizeof *always_shown)

static bool is_always_shown(const char *name)
{
    for (size_t i = 0; i < ALWAYS_SHOWN_COUNT; i++) {
        if (strcmp(name, always_shown[i]) == 0) {
            return true;
        }
    }
    return false;
}

static void show_measure(void *context, uint16_t measure, bool is_total, int64_t value)
{
    (void)is_total;
    struct shown *shown = context;
    const char *name = measures_name(shown->measures, measure);
    if (value != 0 && !is_always_shown(name)) {
        shown->figures[shown->count++] = (struct measure_value){name, value};
    }
}

struct wanted_value {
    const struct measures *measures;
    const char *name;
    int64_t value;
};

static void pick_measure(void *context, uint16_t measure, bool is_total, int64_t value)
{
    (void)is_total;
    struct wanted_value *wanted = context;
    if (strcmp(measures_name(wanted->measures, measure), wanted->name) == 0) {
        wanted->value = value;
    }
}

static int64_t value_on(const struct public_known *known, const struct node *node, const char *name,
                        day_t day)
{
    struct wanted_value wanted = {known->measures, name, 0};
    sums_on_day(&node->sums, day, pick_measure, &wanted);
    return wanted.value;
}

static void show_flows(const struct public_known *known, const struct node *node, day_t day,
                       struct shown *out)
{
    for (size_t i = 0; i < FLOW_COUNT; i++) {
        uint16_t measure = 0;
        const bool met = measures_find(known->measures, text_of_string(flows[i].of), &measure);
        const int64_t value =
            met ? sums_between(&node->sums, measure, day + flows[i].after, day + flows[i].until)
                : 0;
        if (value != 0) {
            out->figures[out->count++] = (struct measure_value){flows[i].name, value};
        }
    }
}

/* "KIND:YEAR:VALUE" of each quarantined base, as many as fit. */
static void list_quarantined(const struct node *node, char out[QUARANTINED_BYTES])
{
    size_t length = 0;
    out[0] = '\0';
    for (size_t i = 0; i < node->fact_count; i++) {
        const struct base_fact *fact = &node->facts[i];
        if (!base_is_quarantined(node->facts, node->fact_count, fact)) {
            continue;
        }
        char entry[64];
        const int wrote = snprintf(entry, sizeof entry, "%s%s:%lld:%lld", length > 0 ? "," : "",
                                   term_name(&base_kind_names, fact->kind), (long long)fact->year,
                                   (long long)fact->value);
        if (wrote > 0 && length + (size_t)wrote < QUARANTINED_BYTES) {
            memcpy(out + length, entry, (size_t)wrote + 1);
            length += (size_t)wrote;
        }
    }
}

static int year_of(day_t day)
{
    int year = 0;
    int month = 0;
    int day_of_month = 0;
    day_to_civil(day, &year, &month, &day_of_month);
    return year;
}

void shown_node(const struct public_known *known, const struct node *node, day_t day,
                struct shown *out)
{
    out->count = 0;
    out->measures = known->measures;
    for (size_t i = 0; i < ALWAYS_SHOWN_COUNT; i++) {
        const int64_t value = value_on(known, node, always_shown[i], day);
        out->figures[out->count++] = (struct measure_value){always_shown[i], value};
    }
    sums_on_day(&node->sums, day, show_measure, out);
    show_flows(known, node, day, out);
    out->base = base_choose(node->facts, node->fact_count, year_of(day));
    out->coverage_bp =
        out->base == NULL
            ? NUMBER_NONE
            : coverage_basis_points(value_on(known, node, "active", day), out->base->value);
    list_quarantined(node, out->quarantined);
}

static struct text code_of(const struct node *node)
{
    return text_of_string(node->code);
}

static void begin(struct picture *picture, struct key key)
{
    picture_key(picture, key_text(&key));
}

static void add_number(struct picture *picture, const char *field, int64_t value)
{
    picture_number(picture, text_of_string(field), value);
}

static void add_text(struct picture *picture, const char *field, const char *value)
{
    picture_text(picture, text_of_string(field), text_of_string(value));
}

/* A node's keys. */

struct key shown_region_key(const struct node *node)
{
    return strcmp(node->code, "ID") == 0 ? public_key("kpi")
                                         : public_key_of("region", code_of(node));
}

void shown_region(const struct node *node, const struct shown *shown, struct picture *picture)
{
    begin(picture, shown_region_key(node));
    for (size_t i = 0; i < shown->count; i++) {
        add_number(picture, shown->figures[i].name, shown->figures[i].value);
    }
    if (shown->base != NULL) {
        add_number(picture, "base", shown->base->value);
        add_text(picture, "base_kind", term_name(&base_kind_names, shown->base->kind));
        add_number(picture, "base_year", shown->base->year);
        add_text(picture, "base_source", shown->base->source);
        add_number(picture, "coverage_bp", shown->coverage_bp);
    }
    if (shown->quarantined[0] != '\0') {
        add_text(picture, "base_quarantined", shown->quarantined);
    }
}

static void add_day(struct picture *picture, const struct public_known *known,
                    const struct sum_item *item, int64_t value)
{
    char day[DAY_TEXT_BYTES];
    char field[MEASURE_NAME_BYTES + DAY_TEXT_BYTES + 1];
    day_print(item->day, day);
    (void)snprintf(field, sizeof field, "%s:%s", measures_name(known->measures, item->measure),
                   day);
    add_number(picture, field, value);
}

void shown_days(const struct public_known *known, const struct node *node, const struct sums *items,
                bool gone, struct picture *picture)
{
    begin(picture, public_key_of("days", code_of(node)));
    for (size_t i = 0; i < items->count; i++) {
        const struct sum_item *item = &items->items[i];
        if (item->day == DAY_NONE) {
            continue;
        }
        const int64_t value = sums_value(&node->sums, item->measure, item->day);
        if ((value == 0) == gone) {
            add_day(picture, known, item, value);
        }
    }
}

void shown_bases(const struct node *node, struct picture *picture)
{
    begin(picture, public_key("bases"));
    for (size_t i = 0; i < node->fact_count; i++) {
        const struct base_fact *fact = &node->facts[i];
        char field[64];
        char value[NUMBER_TEXT_BYTES + BASE_TEXT_BYTES + 1];
        (void)snprintf(field, sizeof field, "%s:%s:%lld", node->code,
                       term_name(&base_kind_names, fact->kind), (long long)fact->year);
        (void)snprintf(value, sizeof value, "%lld %s", (long long)fact->value, fact->source);
        add_text(picture, field, value);
    }
}

const char *shown_rank(const struct node *node)
{
    if (strcmp(node->code, "ID") == 0) {
        return NULL;
    }
    return code_of(node).length == 2 ? "rank:coverage:province" : "rank:coverage:regency";
}

/* Counts. */

void shown_exceptions(const struct public_counts *counts, struct picture *picture)
{
    begin(picture, public_key("exceptions"));
    for (uint32_t i = 0; i < counts->exception_count; i++) {
        const struct exception_count *exception = &counts->exceptions[i];
        picture_number(picture, text_of(exception->code, exception->length), exception->value);
    }
}

void shown_sources(const struct public_counts *counts, bool all, struct picture *picture)
{
    begin(picture, public_key("exceptions_by_source"));
    for (uint32_t i = 0; i < counts->source_count; i++) {
        const struct source_count *source = &counts->sources[i];
        if (all || source->is_changed) {
            picture_number(picture, text_of(source->name, source->length), source->now);
        }
    }
}

void shown_batch_other(const struct batch_count *other, struct picture *picture)
{
    begin(picture, public_key("batch_other"));
    if (other->applied != 0 || other->refused != 0 || other->total_idr != 0) {
        add_number(picture, "counted", other->applied);
        add_number(picture, "counted_total_idr", other->total_idr);
        add_number(picture, "refused", other->refused);
    }
}

static struct text batch_id(const struct batch *batch)
{
    return text_of(batch->id, batch->id_length);
}

void shown_batch(const struct batch *batch, struct picture *picture)
{
    begin(picture, public_key_of("batch", batch_id(batch)));
    add_number(picture, "counted", batch->now.applied);
    add_number(picture, "counted_total_idr", batch->now.total_idr);
    add_number(picture, "refused", batch->now.refused);
    add_text(picture, "state", batch_state(batch));
    if (batch->is_declared) {
        add_number(picture, "declared", batch->declared);
        add_number(picture, "declared_total_idr", batch->declared_total_idr);
        picture_text(picture, TEXT("source"), text_of(batch->source, batch->source_length));
    }
}

/* The whole. */

static void show_node(const struct public_known *known, const struct node *node, day_t day,
                      struct shown *shown, struct picture *picture)
{
    shown_node(known, node, day, shown);
    shown_region(node, shown, picture);
    shown_days(known, node, &node->sums, false, picture);
    shown_bases(node, picture);
    begin(picture, public_key("regions"));
    picture_text(picture, code_of(node), TEXT(""));
    if (shown_rank(node) != NULL && shown->base != NULL) {
        begin(picture, public_key(shown_rank(node)));
        picture_number(picture, code_of(node), shown->coverage_bp);
    }
}

static void show_batches(const struct public_counts *counts, struct picture *picture)
{
    for (uint32_t i = 0; i < counts->batch_count; i++) {
        shown_batch(&counts->batches[i], picture);
        begin(picture, public_key("batches"));
        picture_text(picture, batch_id(&counts->batches[i]), TEXT(""));
    }
}

void shown_all(const struct public_known *known, day_t day, struct picture *picture)
{
    struct shown *shown = malloc(sizeof *shown);
    assert(shown != NULL);
    for (uint32_t i = 0; i < NODE_COUNT; i++) {
        if (known->nodes[i] != NULL && node_has_content(known->nodes[i])) {
            show_node(known, known->nodes[i], day, shown, picture);
        }
    }
    free(shown);
    shown_exceptions(&known->counts, picture);
    shown_sources(&known->counts, true, picture);
    shown_batch_other(&known->counts.other, picture);
    show_batches(&known->counts, picture);
}
