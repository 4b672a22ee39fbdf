#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/published_parts.h"

void region_days_series(const struct region_days *days, const char *measure, day_t from,
                        size_t count, int64_t *values)
{
    uint16_t number = 0;
    memset(values, 0, count * sizeof *values);
    if (!measures_find(days->measures, text_of_string(measure), &number)) {
        return;
    }
    for (size_t i = 0; i < days->sums.count; i++) {
        const struct sum_item *item = &days->sums.items[i];
        const int64_t at = item->day <= from ? 0 : (int64_t)item->day - from;
        if (item->measure == number && at < (int64_t)count) {
            values[at] += item->value;
        }
    }
    for (size_t i = 1; i < count; i++) {
        values[i] += values[i - 1];
    }
}

int64_t region_days_value(const struct region_days *days, const char *measure, day_t day)
{
    uint16_t number = 0;
    return measures_find(days->measures, text_of_string(measure), &number)
               ? sums_between(&days->sums, number, DAY_NONE, day)
               : 0;
}

/* Settled sums stand in the order of days and without changes of 0. */
day_t region_days_first(const struct region_days *days, const char *measure)
{
    uint16_t number = 0;
    if (!measures_find(days->measures, text_of_string(measure), &number)) {
        return DAY_NONE;
    }
    for (size_t i = 0; i < days->sums.count; i++) {
        if (days->sums.items[i].measure == number) {
            return days->sums.items[i].day;
        }
    }
    return DAY_NONE;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct figure *)a)->name, ((const struct figure *)b)->name);
}

void region_days_change(const struct region_days *days, day_t from, day_t to, struct figure **out,
                        size_t *count)
{
    struct figure *changes = calloc(measures_count(days->measures) + 1U, sizeof *changes);
    assert(changes != NULL);
    *count = 0;
    for (size_t i = 0; i < days->sums.count;) {
        const uint16_t measure = days->sums.items[i].measure;
        int64_t value = 0;
        for (; i < days->sums.count && days->sums.items[i].measure == measure; i++) {
            const struct sum_item *item = &days->sums.items[i];
            value += item->day > from && item->day <= to ? item->value : 0;
        }
        if (value != 0) {
            struct figure *change = &changes[(*count)++];
            (void)snprintf(change->name, sizeof change->name, "%s",
                           measures_name(days->measures, measure));
            change->value = value;
        }
    }
    qsort(changes, *count, sizeof *changes, by_name);
    *out = changes;
}
