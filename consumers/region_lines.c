#include "consumers/region_lines.h"

#include <assert.h>
#include <stdlib.h>

#include "store/employer_days.h"
#include "store/region_json.h"

#define SLOT_COUNT (REGION_CODES + 1) /* by code; the last is the whole country */
#define SLOT_COUNTRY REGION_CODES
#define VALUE_COUNT (DAY_MEASURE_COUNT + TOTAL_COUNT)
/* Behind them the flows; rupiah overdue, each times its days, by programme; and employers. */
#define FLOWS_AT VALUE_COUNT
#define IDR_DAYS_AT (FLOWS_AT + FLOW_COUNT)
#define SLOT_EMPLOYERS (IDR_DAYS_AT + PROGRAMME_COUNT)
#define SLOT_VALUES (SLOT_EMPLOYERS + 1)

struct region_lines {
    const struct rules *rules;
    struct employer_days *employers;
    int64_t *slots[SLOT_COUNT]; /* SLOT_VALUES values each; NULL: nothing */
};

void region_line_print(FILE *out, day_t day, const struct region_figures *region)
{
    static _Thread_local char text[REGION_JSON_BYTES];
    struct buffer buffer = buffer_over(text, sizeof text);
    region_json_write(&buffer, day, region);
    assert(!buffer.overflow);
    fprintf(out, "%.*s\n", (int)buffer.length, text);
}

struct region_lines *region_lines_open(const struct rules *rules)
{
    struct region_lines *lines = calloc(1, sizeof *lines);
    assert(lines != NULL);
    lines->rules = rules;
    lines->employers = employer_days_open();
    return lines;
}

void region_lines_close(struct region_lines *lines)
{
    for (unsigned slot = 0; slot < SLOT_COUNT; slot++) {
        free(lines->slots[slot]);
    }
    employer_days_close(lines->employers);
    free(lines);
}

static void add(struct region_lines *lines, unsigned slot, unsigned at, int64_t value)
{
    if (lines->slots[slot] == NULL) {
        lines->slots[slot] = calloc(SLOT_VALUES, sizeof(int64_t));
        assert(lines->slots[slot] != NULL);
    }
    lines->slots[slot][at] += value;
}

static void add_everywhere(struct region_lines *lines, uint16_t region, unsigned at, int64_t value)
{
    add(lines, region, at, value);
    if (region != 0) { /* the province of 00.00 is 00: the same slot */
        add(lines, region / 100U * 100U, at, value);
    }
    add(lines, SLOT_COUNTRY, at, value);
}

static void add_flows(struct region_lines *lines, const struct counter *counter, day_t day)
{
    const int64_t days = (int64_t)counter->day - day; /* from `day` until the change */
    for (unsigned i = 0; i < FLOW_COUNT; i++) {
        const struct flow *flow = &flows[i];
        if (counter->measure == flow->measure && days > flow->after && days <= flow->until) {
            add_everywhere(lines, counter->region, FLOWS_AT + i, counter->value);
        }
    }
}

static void add_change(struct region_lines *lines, const struct counter *counter, day_t day)
{
    add_flows(lines, counter, day);
    if (counter->day > day) {
        return;
    }
    add_everywhere(lines, counter->region, counter->measure, counter->value);
    if (counter->measure >= MEASURE_OVERDUE_IDR &&
        counter->measure < MEASURE_OVERDUE_IDR + PROGRAMME_COUNT) {
        add_everywhere(lines, counter->region, IDR_DAYS_AT + counter->measure - MEASURE_OVERDUE_IDR,
                       counter->value * ((int64_t)day - counter->day + 1));
    }
}

void region_lines_add(struct region_lines *lines, const struct counter *counter, day_t day)
{
    if (counter->is_total) {
        add_everywhere(lines, counter->region, DAY_MEASURE_COUNT + (unsigned)counter->measure,
                       counter->value);
    } else {
        add_change(lines, counter, day);
    }
}

struct employers_on {
    struct region_lines *lines;
    day_t day;
};

static void add_employers(void *context, uint32_t node, day_t day, int64_t by)
{
    const struct employers_on *on = context;
    if (day > on->day || node == NODE_PROVINCES) { /* 00, which shares the slot of 00.00 */
        return;
    }
    const unsigned slot = node == NODE_COUNTRY    ? SLOT_COUNTRY
                          : node < NODE_PROVINCES ? node
                                                  : (node - NODE_PROVINCES) * 100;
    add(on->lines, slot, SLOT_EMPLOYERS, by);
}

void region_lines_employers(struct region_lines *lines, int32_t lane,
                            const struct employers *employers, day_t day)
{
    struct employers_on on = {lines, day};
    for (uint32_t i = 0; i < employers_count(employers); i++) {
        const struct employer employer = employers_at(employers, i);
        struct days *days = calloc(employer.steps + 1, sizeof *days);
        assert(days != NULL);
        const uint32_t count = employers_days(employers, i, days);
        employer_days_put(lines->employers, lane, employer.region, employer.hash, days, count,
                          add_employers, &on);
        free(days);
    }
}

static void collect_employers(const struct region_lines *lines, unsigned slot,
                              struct figure *figures, size_t *count)
{
    if (lines->slots[slot][SLOT_EMPLOYERS] != 0) {
        figures[*count] = (struct figure){EMPLOYERS_NAME, lines->slots[slot][SLOT_EMPLOYERS]};
        (*count)++;
    }
}

static size_t collect(const struct region_lines *lines, unsigned slot, day_t day,
                      struct figure *figures)
{
    size_t count = 0;
    for (unsigned at = 0; at < VALUE_COUNT; at++) {
        const int64_t value = lines->slots[slot][at];
        if (at == DAY_MEASURE_COUNT) {
            collect_employers(lines, slot, figures, &count);
        }
        if (value == 0) {
            continue;
        }
        if (at < DAY_MEASURE_COUNT) {
            day_measure_name(lines->rules, at, figures[count].name);
        } else {
            total_measure_name(lines->rules, at - DAY_MEASURE_COUNT, figures[count].name);
        }
        figures[count++].value = value;
    }
    for (unsigned i = 0; i < FLOW_COUNT; i++) {
        const int64_t value = lines->slots[slot][FLOWS_AT + i];
        if (value != 0) {
            (void)snprintf(figures[count].name, sizeof figures[count].name, "%s", flows[i].name);
            figures[count++].value = value;
        }
    }
    for (unsigned programme = 0; programme < PROGRAMME_COUNT; programme++) {
        const int64_t cost_idr =
            late_cost_idr(lines->rules, lines->slots[slot][IDR_DAYS_AT + programme], day);
        if (cost_idr != 0) {
            late_cost_name(programme, figures[count].name);
            figures[count++].value = cost_idr;
        }
    }
    return count;
}

static void take_slot(const struct region_lines *lines, unsigned slot, const char *code,
                      struct figures *out)
{
    static _Thread_local struct figure figures[SLOT_VALUES];
    const size_t count = collect(lines, slot, out->day, figures);
    if (count == 0) {
        return;
    }
    struct region_figures *region = &out->regions[out->count++];
    *region = (struct region_figures){.count = count, .coverage_bp = NUMBER_NONE};
    (void)snprintf(region->code, sizeof region->code, "%s", code);
    region->figures = calloc(count, sizeof *figures);
    assert(region->figures != NULL);
    memcpy(region->figures, figures, count * sizeof *figures);
}

/* 00.00 and its province 00 hold the same and share a slot. */
void region_lines_figures(const struct region_lines *lines, day_t day, struct figures *out)
{
    out->day = day;
    out->count = 0;
    out->regions = calloc(SLOT_COUNT + 1, sizeof *out->regions);
    assert(out->regions != NULL);
    if (lines->slots[0] != NULL) {
        take_slot(lines, 0, "00", out);
        take_slot(lines, 0, "00.00", out);
    }
    for (unsigned slot = 1; slot < REGION_CODES; slot++) {
        if (lines->slots[slot] != NULL) {
            char code[REGION_TEXT_BYTES];
            region_print((uint16_t)slot, code);
            take_slot(lines, slot, code, out);
        }
    }
    if (lines->slots[SLOT_COUNTRY] != NULL) {
        take_slot(lines, SLOT_COUNTRY, "ID", out);
    }
}

void region_lines_print(const struct region_lines *lines, day_t day, FILE *out)
{
    struct figures figures = {.count = 0};
    region_lines_figures(lines, day, &figures);
    for (size_t i = 0; i < figures.count; i++) {
        region_line_print(out, day, &figures.regions[i]);
    }
    figures_close(&figures);
}
