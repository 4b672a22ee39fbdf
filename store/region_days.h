/* The measures of a day of one region on any day (published.h). The same numbers as figures_on, for
   who asks for many days of one region. */
#ifndef JAGA_STORE_REGION_DAYS_H
#define JAGA_STORE_REGION_DAYS_H

#include "store/figures.h"

struct region_days;

/* One measure ("active", "category:KPPS") on `count` days from `from` on, one value a day. */
void region_days_series(const struct region_days *days, const char *measure, day_t from,
                        size_t count, int64_t *values);

/* One measure on one day. */
int64_t region_days_value(const struct region_days *days, const char *measure, day_t day);
/* The first day on which it is not what it was the day before: DAY_NONE when it is 0 for ever. */
day_t region_days_first(const struct region_days *days, const char *measure);

/* Every measure that is not the same on both days, in order of names: `value` is what it is on
   `to` less what it is on `from`. The caller frees `*out`. */
void region_days_change(const struct region_days *days, day_t from, day_t to, struct figure **out,
                        size_t *count);

#endif
