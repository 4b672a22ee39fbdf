#include "dashboard/tally.h"

#include <assert.h>
#include <stdatomic.h>

const int tally_statuses[TALLY_STATUSES] = {200, 400, 404, 405, 413, 414, 500, 503};
#define INDEX_OF_500 6

static atomic_uint_fast64_t counts[TALLY_ROUTES_MAX][TALLY_STATUSES];

static unsigned index_of(int status)
{
    for (unsigned i = 0; i < TALLY_STATUSES; i++) {
        if (tally_statuses[i] == status) {
            return i;
        }
    }
    return INDEX_OF_500;
}

void tally_count(unsigned route, int status)
{
    assert(route < TALLY_ROUTES_MAX);
    atomic_fetch_add_explicit(&counts[route][index_of(status)], 1, memory_order_relaxed);
}

uint64_t tally_value(unsigned route, unsigned status_index)
{
    assert(route < TALLY_ROUTES_MAX && status_index < TALLY_STATUSES);
    return atomic_load_explicit(&counts[route][status_index], memory_order_relaxed);
}
