/* Counters, gauges and histograms: what is observed is what is read. */
#include "support/counter.h"

#include <criterion/criterion.h>

Test(counter, counts_and_stands)
{
    counter_t counter = 0;
    gauge_t gauge = 0;
    counter_add(&counter, 3);
    counter_add(&counter, UINT64_C(1) << 40);
    gauge_set(&gauge, -7);
    cr_expect_eq(counter_read(&counter), (UINT64_C(1) << 40) + 3);
    cr_expect_eq(gauge_read(&gauge), -7);
}

Test(counter, a_bound_belongs_to_its_own_bucket)
{
    static const struct histogram_bounds bounds = {2, {10, 20}};
    static struct histogram histogram;
    static const struct {
        int64_t value;
        size_t bucket;
    } rows[] = {{0, 0}, {10, 0}, {11, 1}, {20, 1}, {21, 2}, {INT64_MAX, 2}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct histogram_read before = {.sum = 0};
        struct histogram_read after = {.sum = 0};
        histogram_add(&histogram, &before);
        histogram_observe(&histogram, &bounds, rows[i].value);
        histogram_add(&histogram, &after);
        cr_expect_eq(after.counts[rows[i].bucket], before.counts[rows[i].bucket] + 1, "row %zu", i);
        cr_expect_eq(after.sum, before.sum + (uint64_t)rows[i].value, "row %zu", i);
    }
}

Test(counter, a_full_set_of_bounds_has_one_bucket_more)
{
    struct histogram_bounds bounds = {.count = HISTOGRAM_BOUNDS_MAX};
    static struct histogram histogram;
    struct histogram_read read = {.sum = 0};
    for (int64_t i = 0; i < HISTOGRAM_BOUNDS_MAX; i++) {
        bounds.at[i] = i;
    }
    histogram_observe(&histogram, &bounds, HISTOGRAM_BOUNDS_MAX);
    histogram_add(&histogram, &read);
    cr_expect_eq(read.counts[HISTOGRAM_BOUNDS_MAX], 1);
}
