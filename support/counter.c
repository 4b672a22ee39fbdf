#include "support/counter.h"

void histogram_observe(struct histogram *histogram, const struct histogram_bounds *bounds,
                       int64_t value)
{
    size_t at = 0;
    while (at < bounds->count && value > bounds->at[at]) {
        at++;
    }
    counter_add(&histogram->counts[at], 1);
    counter_add(&histogram->sum, (uint64_t)value);
}

void histogram_add(const struct histogram *histogram, struct histogram_read *out)
{
    for (size_t i = 0; i <= HISTOGRAM_BOUNDS_MAX; i++) {
        out->counts[i] += counter_read(&histogram->counts[i]);
    }
    out->sum += counter_read(&histogram->sum);
}
