/* All public keys but batches and exceptions as they stood at one moment. The figures of any day
   and the days of any region are worked out of it without asking Redis again. */
#ifndef JAGA_STORE_PUBLISHED_H
#define JAGA_STORE_PUBLISHED_H

#include "store/region_days.h"

struct published;

/* Borrows the rules until published_close. RETRY "redis_away" or "store_changed", FATAL
   "no_figures" when there is no public meta yet. */
MUST_USE struct error published_read(struct redis *redis, const struct rules *rules,
                                     struct published **out);
void published_close(struct published *published); /* accepts NULL */

/* The figures as figures_read gives them. FATAL "no_figures" when no day is asked for and meta
   names none. */
MUST_USE struct error figures_on(const struct published *published, day_t day, struct figures *out);

/* `code` is "36.74", "36" or "ID"; of a region without figures every day is empty. Borrowed. */
const struct region_days *published_days(const struct published *published, const char *code);

#endif
