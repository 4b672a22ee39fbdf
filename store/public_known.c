#include "store/public_known.h"

#include <assert.h>
#include <stdlib.h>

void public_known_open(struct public_known *known)
{
    *known = (struct public_known){.measures = measures_open(), .employers = employer_days_open()};
    const bool named =
        measures_number(known->measures, TEXT(EMPLOYERS_NAME), &known->employers_measure);
    assert(named);
}

static void node_free(struct node *node)
{
    if (node != NULL) {
        sums_clear(&node->sums);
        sums_clear(&node->change);
        sums_clear(&node->employers);
        free(node->facts);
        free(node);
    }
}

void public_known_close(struct public_known *known)
{
    for (uint32_t i = 0; i < NODE_COUNT; i++) {
        node_free(known->nodes[i]);
        known->nodes[i] = NULL;
    }
    counts_clear(&known->counts);
    employer_days_close(known->employers);
    known->employers = NULL;
    measures_close(known->measures);
    known->measures = NULL;
}

/* Nodes. */

static void node_print(uint32_t number, char out[NODE_TEXT_BYTES])
{
    if (number == NODE_COUNTRY) {
        memcpy(out, "ID", 3);
        return;
    }
    const uint32_t code = number < NODE_PROVINCES ? number : number - NODE_PROVINCES;
    const uint32_t province = number < NODE_PROVINCES ? code / 100 : code;
    out[0] = (char)('0' + province / 10);
    out[1] = (char)('0' + province % 10);
    out[2] = '\0';
    if (number < NODE_PROVINCES) {
        out[2] = '.';
        out[3] = (char)('0' + code % 100 / 10);
        out[4] = (char)('0' + code % 10);
        out[5] = '\0';
    }
}

uint32_t node_number(struct text code)
{
    uint16_t regency = 0;
    if (text_equal(code, TEXT("ID"))) {
        return NODE_COUNTRY;
    }
    if (region_parse(code, &regency)) {
        return regency % 100 == 0 && regency != 0 ? NODE_NONE : regency;
    }
    if (code.length != 2 || code.at[0] < '0' || code.at[0] > '9' || code.at[1] < '0' ||
        code.at[1] > '9') {
        return NODE_NONE;
    }
    return NODE_PROVINCES + (uint32_t)(code.at[0] - '0') * 10 + (uint32_t)(code.at[1] - '0');
}

struct node *node_of(struct public_known *known, uint32_t number)
{
    assert(number < NODE_COUNT);
    if (known->nodes[number] == NULL) {
        known->nodes[number] = calloc(1, sizeof(struct node));
        assert(known->nodes[number] != NULL);
        node_print(number, known->nodes[number]->code);
    }
    return known->nodes[number];
}

bool node_has_content(const struct node *node)
{
    return node->sums.count > 0 || node->fact_count > 0;
}

/* Facts of jaga.reference. */

static struct base_fact *fact_of(struct node *node, uint8_t kind, int64_t year)
{
    for (size_t i = 0; i < node->fact_count; i++) {
        if (node->facts[i].kind == kind && node->facts[i].year == year) {
            return &node->facts[i];
        }
    }
    node->facts = realloc(node->facts, (node->fact_count + 1) * sizeof *node->facts);
    assert(node->facts != NULL);
    return &node->facts[node->fact_count++];
}

void public_known_base(struct public_known *known, struct text region, uint8_t kind, int64_t year,
                       int64_t value, struct text publisher)
{
    const uint32_t number = node_number(region);
    if (number == NODE_NONE || kind >= BASE_KIND_COUNT || publisher.length >= BASE_TEXT_BYTES) {
        return;
    }
    struct node *node = node_of(known, number);
    struct base_fact *fact = fact_of(node, kind, year);
    *fact = (struct base_fact){.kind = kind, .year = year, .value = value};
    if (publisher.length > 0) {
        memcpy(fact->source, publisher.at, publisher.length);
    }
    node->bases_changed = true;
}

/* Counters. */

bool public_known_add(struct public_known *known, uint16_t region, struct text measure, day_t day,
                      int64_t value)
{
    const uint32_t numbers[] = {region, NODE_PROVINCES + region / 100u, NODE_COUNTRY};
    uint16_t at = 0;
    if (!measures_number(known->measures, measure, &at)) {
        return false;
    }
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        sums_add(&node_of(known, numbers[i])->sums, at, day, value);
    }
    return true;
}

void public_known_settle(struct public_known *known)
{
    for (uint32_t i = 0; i < NODE_COUNT; i++) {
        if (known->nodes[i] != NULL) {
            sums_settle(&known->nodes[i]->sums);
        }
    }
}

/* Employers: a set, so that nothing of it goes up from a region to its province. */

/* A first reading tells of every employer of every lane; the days they begin and end on are few. */
static void fold_employers(struct public_known *known)
{
    for (uint32_t i = 0; i < NODE_COUNT; i++) {
        if (known->nodes[i] != NULL) {
            sums_settle(&known->nodes[i]->employers);
        }
    }
    known->employers_told = 0;
}

static void add_employers(void *context, uint32_t node, day_t day, int64_t by)
{
    struct public_known *known = context;
    sums_add(&node_of(known, node)->employers, known->employers_measure, day, by);
    if (++known->employers_told == EMPLOYERS_TOLD_MAX) {
        fold_employers(known);
    }
}

void public_known_employer(struct public_known *known, int32_t lane, uint16_t region,
                           uint64_t employer, const struct days *days, size_t count)
{
    employer_days_put(known->employers, lane, region, employer, days, count, add_employers, known);
}

void public_known_forget_employers(struct public_known *known, int32_t lane)
{
    employer_days_forget(known->employers, lane, add_employers, known);
}

static void settle_employers(struct node *node)
{
    struct sums after = {NULL, 0, 0};
    sums_settle(&node->employers);
    sums_combine(&node->sums, &node->employers, 1, &after);
    sums_add_all(&node->change, &node->employers);
    sums_settle(&node->change);
    node->series_due = node->series_due || node->employers.count > 0;
    sums_clear(&node->sums);
    sums_clear(&node->employers);
    node->sums = after;
}

void public_known_settle_employers(struct public_known *known)
{
    for (uint32_t i = 0; i < NODE_COUNT; i++) {
        if (known->nodes[i] != NULL && known->nodes[i]->employers.count > 0) {
            settle_employers(known->nodes[i]);
        }
    }
    known->employers_told = 0;
}
