/* Which base a share is taken of (events.md). */
#include "store/figures.h"

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
