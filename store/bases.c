/* Which base a share is taken of (events.md). */
#include "store/figures.h"

#include <stdio.h>

#include "core/terms.h"

static int64_t distance(int64_t a, int64_t b)
{
    return a > b ? a - b : b - a;
}

/* The fact of a kind nearest to a year, of two equally near the earlier; `accept` may leave some
 * out. */
typedef bool (*accepts)(const struct base_fact *facts, size_t count, const struct base_fact *fact);

static const struct base_fact *nearest(const struct base_fact *facts, size_t count, uint8_t kind,
                                       int64_t year, accepts accept)
{
    const struct base_fact *best = NULL;
    for (size_t i = 0; i < count; i++) {
        const struct base_fact *fact = &facts[i];
        if (fact->kind != kind || !accept(facts, count, fact)) {
            continue;
        }
        const int64_t near = distance(fact->year, year);
        const int64_t nearest_so_far = best == NULL ? INT64_MAX : distance(best->year, year);
        if (near < nearest_so_far || (near == nearest_so_far && fact->year < best->year)) {
            best = fact;
        }
    }
    return best;
}

static bool any(const struct base_fact *facts, size_t count, const struct base_fact *fact)
{
    (void)facts;
    (void)count;
    (void)fact;
    return true;
}

bool base_is_quarantined(const struct base_fact *facts, size_t count, const struct base_fact *fact)
{
    const struct base_fact *population = nearest(facts, count, BASE_POPULATION, fact->year, any);
    return fact->kind != BASE_POPULATION && population != NULL && fact->value > population->value;
}

static bool is_usable(const struct base_fact *facts, size_t count, const struct base_fact *fact)
{
    return fact->value > 0 && !base_is_quarantined(facts, count, fact);
}

const struct base_fact *base_choose(const struct base_fact *facts, size_t count, int year)
{
    static const uint8_t kinds[] = {BASE_ELIGIBLE, BASE_WORKERS, BASE_LABOUR_FORCE};
    for (size_t i = 0; i < sizeof kinds; i++) {
        const struct base_fact *found = nearest(facts, count, kinds[i], year, is_usable);
        if (found != NULL) {
            return found;
        }
    }
    return NULL;
}

int64_t coverage_basis_points(int64_t active, int64_t base)
{
    return base <= 0 ? NUMBER_NONE : active * 10000 / base;
}

static struct base_figure base_figure(const struct base_fact *fact)
{
    struct base_figure figure = {.present = fact != NULL};
    if (fact != NULL) {
        figure.value = fact->value;
        figure.year = fact->year;
        (void)snprintf(figure.kind, sizeof figure.kind, "%s",
                       term_name(&base_kind_names, fact->kind));
        memcpy(figure.source, fact->source, sizeof figure.source);
    }
    return figure;
}

void region_figures_bases(struct region_figures *region, const struct base_fact *facts,
                          size_t count, day_t day, int64_t active)
{
    int year = 0;
    int month = 0;
    int day_of_month = 0;
    day_to_civil(day, &year, &month, &day_of_month);
    const struct base_fact *quarantined = NULL;
    region->quarantined_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (base_is_quarantined(facts, count, &facts[i])) {
            quarantined = quarantined == NULL ? &facts[i] : quarantined;
            region->quarantined_count++;
        }
    }
    const struct base_fact *base = base_choose(facts, count, year);
    region->base = base_figure(base);
    region->quarantined = base_figure(quarantined);
    region->coverage_bp = base == NULL ? NUMBER_NONE : coverage_basis_points(active, base->value);
}
