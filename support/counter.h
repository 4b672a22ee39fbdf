/* Numbers that one thread counts and any thread reads, each for itself: relaxed, so that counting
   costs no more than an addition. Two of them read one after the other may be of two moments. */
#ifndef JAGA_SUPPORT_COUNTER_H
#define JAGA_SUPPORT_COUNTER_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

typedef atomic_uint_fast64_t counter_t; /* only rises */
typedef atomic_int_fast64_t gauge_t;

static inline void counter_add(counter_t *counter, uint64_t more)
{
    atomic_fetch_add_explicit(counter, more, memory_order_relaxed);
}

static inline uint64_t counter_read(const counter_t *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

static inline void gauge_set(gauge_t *gauge, int64_t value)
{
    atomic_store_explicit(gauge, value, memory_order_relaxed);
}

static inline int64_t gauge_read(const gauge_t *gauge)
{
    return atomic_load_explicit(gauge, memory_order_relaxed);
}

/* How often a value was at most so much. */
#define HISTOGRAM_BOUNDS_MAX 16

struct histogram_bounds { /* rising */
    size_t count;
    int64_t at[HISTOGRAM_BOUNDS_MAX];
};

struct histogram {
    counter_t
        counts[HISTOGRAM_BOUNDS_MAX + 1]; /* each its own; the one behind the last bound too */
    counter_t sum;
};
void histogram_observe(struct histogram *histogram, const struct histogram_bounds *bounds,
                       int64_t value); /* not negative */

struct histogram_read {
    uint64_t counts[HISTOGRAM_BOUNDS_MAX + 1];
    uint64_t sum;
};
/* Adds what a histogram holds to `out`. */
void histogram_add(const struct histogram *histogram, struct histogram_read *out);

#endif
