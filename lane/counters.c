#include "lane/counters.h"

#include <assert.h>
#include <stdlib.h>

static_assert(TOTAL_COUNT <= UINT16_MAX && DAY_MEASURE_COUNT <= UINT16_MAX,
              "a measure fits two bytes of the key");
static_assert(REGION_CODES <= INT16_MAX, "a region fits beside the bit of totals");

struct cell {
    uint64_t key;
    int64_t value;
    bool changed;
};

struct counters {
    struct cell *cells; /* in order of first use */
    uint32_t count, capacity;
    uint32_t *index; /* cell + 1 by hash of the key; 0: free */
    uint32_t index_capacity;
    uint32_t *changed;
    uint32_t changed_count;
};

static uint64_t key_of(bool is_total, uint16_t region, unsigned measure, day_t day)
{
    return (uint64_t)is_total << 63 | (uint64_t)region << 48 | (uint64_t)measure << 32 |
           (uint32_t)day;
}

static uint32_t hash_key(uint64_t key)
{
    key ^= key >> 31;
    key *= UINT64_C(0x9E3779B97F4A7C15);
    return (uint32_t)(key >> 32);
}

static void *allocated(void *memory, size_t size)
{
    void *larger = realloc(memory, size);
    assert(larger != NULL);
    return larger;
}

static void index_fill(struct counters *counters, uint32_t capacity)
{
    counters->index_capacity = capacity;
    counters->index = allocated(counters->index, capacity * sizeof *counters->index);
    memset(counters->index, 0, capacity * sizeof *counters->index);
    for (uint32_t i = 0; i < counters->count; i++) {
        uint32_t at = hash_key(counters->cells[i].key) & (capacity - 1);
        while (counters->index[at] != 0) {
            at = (at + 1) & (capacity - 1);
        }
        counters->index[at] = i + 1;
    }
}

static void cells_grow(struct counters *counters)
{
    counters->capacity = counters->capacity == 0 ? 1024 : 2 * counters->capacity;
    counters->cells = allocated(counters->cells, counters->capacity * sizeof *counters->cells);
    counters->changed =
        allocated(counters->changed, counters->capacity * sizeof *counters->changed);
    index_fill(counters, 2 * counters->capacity);
}

struct counters *counters_open(void)
{
    struct counters *counters = calloc(1, sizeof *counters);
    assert(counters != NULL);
    cells_grow(counters);
    return counters;
}

void counters_close(struct counters *counters)
{
    if (counters == NULL) {
        return;
    }
    free(counters->cells);
    free(counters->index);
    free(counters->changed);
    free(counters);
}

static uint32_t cell_of(struct counters *counters, uint64_t key)
{
    uint32_t at = hash_key(key) & (counters->index_capacity - 1);
    while (counters->index[at] != 0) {
        if (counters->cells[counters->index[at] - 1].key == key) {
            return counters->index[at] - 1;
        }
        at = (at + 1) & (counters->index_capacity - 1);
    }
    if (counters->count == counters->capacity) {
        cells_grow(counters);
        return cell_of(counters, key);
    }
    counters->cells[counters->count] = (struct cell){.key = key};
    counters->index[at] = counters->count + 1;
    return counters->count++;
}

static void add(struct counters *counters, uint64_t key, int64_t amount)
{
    if (amount == 0) {
        return;
    }
    const uint32_t at = cell_of(counters, key);
    struct cell *cell = &counters->cells[at];
    cell->value += amount;
    if (!cell->changed) {
        cell->changed = true;
        counters->changed[counters->changed_count++] = at;
    }
}

static void add_day(struct counters *counters, uint16_t region, unsigned measure, day_t day,
                    int64_t amount)
{
    add(counters, key_of(false, region, measure, day), amount);
}

/* What stops counting on span->from (of `before`) and what begins (of `after`), region by region.
 */
static void add_step(struct counters *counters, const struct span *span, day_t day, int64_t amount)
{
    for (uint32_t rest = span->measures; rest != 0; rest &= rest - 1) {
        add_day(counters, span->region, (unsigned)__builtin_ctz(rest), day, amount);
    }
    for (uint64_t rest = span->categories; rest != 0; rest &= rest - 1) {
        const unsigned category = (unsigned)__builtin_ctzll(rest);
        add_day(counters, span->region, MEASURE_CATEGORY + category, day, amount);
    }
    add_day(counters, span->region, MEASURE_MEMBERSHIPS, day, amount * span->covers);
    add_day(counters, span->region, MEASURE_GRACE, day, amount * span->graces);
}

/* The part of `span` that `other` of the same region does not have. */
static struct span without(const struct span *span, const struct span *other)
{
    struct span rest = *span;
    if (other != NULL && other->region == span->region) {
        rest.measures &= ~other->measures;
        rest.categories &= ~other->categories;
        rest.covers = (uint8_t)(span->covers > other->covers ? span->covers - other->covers : 0);
        rest.graces = (uint8_t)(span->graces > other->graces ? span->graces - other->graces : 0);
    }
    return rest;
}

static void apply_spans(struct counters *counters, const struct projection *projection, int sign)
{
    const struct span *before = NULL;
    for (uint32_t i = 0; i < projection->span_count; i++) {
        const struct span *after = &projection->spans[i];
        const struct span begins = without(after, before);
        add_step(counters, &begins, after->from, sign);
        if (before != NULL) {
            const struct span stops = without(before, after);
            add_step(counters, &stops, after->from, -sign);
        }
        before = after;
    }
}

static void apply_turn(struct counters *counters, const struct turn *turn, unsigned measure,
                       unsigned by_sponsor, unsigned by_category, int sign)
{
    if (turn->day == DAY_NEVER) {
        return;
    }
    add_day(counters, turn->region, measure, turn->day, sign);
    if (turn->sponsor < SPONSOR_KIND_COUNT) {
        add_day(counters, turn->region, by_sponsor + turn->sponsor, turn->day, sign);
    }
    if (turn->category < CATEGORIES_MAX) {
        add_day(counters, turn->region, by_category + turn->category, turn->day, sign);
    }
}

static void apply_cover(struct counters *counters, const struct cover_projection *cover, int sign)
{
    apply_turn(counters, &cover->begins, MEASURE_BEGUN, MEASURE_BEGUN_SPONSOR,
               MEASURE_BEGUN_CATEGORY, sign);
    apply_turn(counters, &cover->ends, MEASURE_ENDED, MEASURE_ENDED_SPONSOR, MEASURE_ENDED_CATEGORY,
               sign);
}

/* What is open, and what is late: measures of days. */
static void apply_claim_days(struct counters *counters, const struct claim_projection *claim,
                             int sign)
{
    const unsigned programme = claim->programme;
    if (claim->open_from != DAY_NEVER) {
        add_day(counters, claim->region, measure_of_open(programme, claim->verdict),
                claim->open_from, sign);
    }
    if (claim->past_due_from != DAY_NEVER) {
        add_day(counters, claim->region, MEASURE_OPEN_PAST_DUE + programme, claim->past_due_from,
                sign);
    }
    for (unsigned i = 0; i < claim->overdue_count; i++) {
        const struct overdue *overdue = &claim->overdue[i];
        const int64_t idr = sign * overdue->amount_idr;
        add_day(counters, claim->region, MEASURE_OVERDUE_IDR + programme, overdue->from, idr);
        add_day(counters, claim->region, MEASURE_OVERDUE + programme, overdue->from, sign);
        if (overdue->until != DAY_NEVER) {
            add_day(counters, claim->region, MEASURE_OVERDUE_IDR + programme, overdue->until, -idr);
            add_day(counters, claim->region, MEASURE_OVERDUE + programme, overdue->until, -sign);
        }
    }
}

static void apply_payment_states(struct counters *counters, const struct claim_projection *claim,
                                 int sign)
{
    for (unsigned i = 0; i < claim->payments; i++) {
        const unsigned state = claim->payment_states[i];
        counters_add_total(counters, claim->region, TOTAL_PAYMENTS_STATUS + state, sign);
        counters_add_total(counters, claim->region, TOTAL_PAID_IDR_STATUS + state,
                           sign * claim->amounts_idr[i]);
    }
}

static void apply_claim_category(struct counters *counters, const struct claim_projection *claim,
                                 int sign)
{
    const unsigned category = claim->category;
    if (category == CATEGORIES_MAX) {
        return;
    }
    counters_add_total(counters, claim->region, TOTAL_PAYMENTS_CATEGORY + category,
                       sign * (int64_t)claim->payments);
    counters_add_total(counters, claim->region, TOTAL_PAID_IDR_CATEGORY + category,
                       sign * claim->paid_idr);
    if (claim->is_death && claim->verdict == APPROVED) {
        counters_add_total(counters, claim->region, total_of_death(claim->programme, category),
                           sign);
    }
}

static void apply_claim(struct counters *counters, const struct claim_projection *claim, int sign)
{
    const unsigned programme = claim->programme;
    const unsigned state = programme * (unsigned)VERDICT_COUNT + claim->verdict;
    const int64_t payments = sign * (int64_t)claim->payments;
    const int64_t paid_idr = sign * claim->paid_idr;
    counters_add_total(counters, claim->region, TOTAL_CLAIMS + state, sign);
    counters_add_total(counters, claim->region, TOTAL_PAYMENTS, payments);
    counters_add_total(counters, claim->region, TOTAL_PAID_IDR, paid_idr);
    counters_add_total(counters, claim->region, TOTAL_PAYMENTS_PROGRAMME + programme, payments);
    counters_add_total(counters, claim->region, TOTAL_PAID_IDR_PROGRAMME + programme, paid_idr);
    counters_add_total(counters, claim->region, TOTAL_LATE_COST_IDR + programme,
                       sign * claim->late_cost_idr);
    apply_payment_states(counters, claim, sign);
    apply_claim_category(counters, claim, sign);
    apply_claim_days(counters, claim, sign);
}

void counters_apply(struct counters *counters, const struct projection *projection, int sign)
{
    assert(sign == 1 || sign == -1);
    apply_spans(counters, projection, sign);
    for (uint32_t i = 0; i < projection->cover_count; i++) {
        apply_cover(counters, &projection->covers[i], sign);
    }
    for (uint32_t i = 0; i < projection->claim_count; i++) {
        apply_claim(counters, &projection->claims[i], sign);
    }
}

void counters_add_total(struct counters *counters, uint16_t region, unsigned total, int64_t amount)
{
    assert(total < TOTAL_COUNT);
    add(counters, key_of(true, region, total, 0), amount);
}

uint32_t counters_count(const struct counters *counters)
{
    return counters->count;
}

struct counter counters_at(const struct counters *counters, uint32_t index)
{
    assert(index < counters->count);
    const struct cell *cell = &counters->cells[index];
    return (struct counter){
        .is_total = cell->key >> 63 != 0,
        .region = (uint16_t)(cell->key >> 48 & INT16_MAX),
        .measure = (uint16_t)(cell->key >> 32),
        .day = (day_t)(uint32_t)cell->key,
        .value = cell->value,
    };
}

uint32_t counters_changed_count(const struct counters *counters)
{
    return counters->changed_count;
}

uint32_t counters_changed(const struct counters *counters, uint32_t index)
{
    assert(index < counters->changed_count);
    return counters->changed[index];
}

void counters_clear_changed(struct counters *counters)
{
    for (uint32_t i = 0; i < counters->changed_count; i++) {
        counters->cells[counters->changed[i]].changed = false;
    }
    counters->changed_count = 0;
}
