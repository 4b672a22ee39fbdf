/* The employers of a lane, kept in memory by difference: for each region and employer the days on
   which somebody is in cover there. Shown by the view as the union of these days, so that a further
   worker of a running employer changes nothing; recomputed with the counters. */
#ifndef JAGA_LANE_EMPLOYERS_H
#define JAGA_LANE_EMPLOYERS_H

#include "core/employment.h"

struct employers;

struct employers *employers_open(void);
void employers_close(struct employers *employers); /* accepts NULL */

/* Adds one participant's employments (`after`) and takes away what was added before (`before`;
   NULL: nothing). */
void employers_replace(struct employers *employers, const struct employments *before,
                       const struct employments *after);

struct employer { /* in one region */
    uint16_t region;
    uint64_t hash;
    uint32_t steps; /* at most this many intervals */
};
uint32_t employers_count(const struct employers *employers);
struct employer employers_at(const struct employers *employers, uint32_t index);

/* The days on which somebody is in cover, as intervals that neither overlap nor touch, ascending.
   `out` has room for as many as the employer has steps. Returns how many; 0: none is left. */
uint32_t employers_days(const struct employers *employers, uint32_t index, struct days *out);

/* Indexes of those whose days changed since they were last cleared, each once. */
uint32_t employers_changed_count(const struct employers *employers);
uint32_t employers_changed(const struct employers *employers, uint32_t index);
void employers_clear_changed(struct employers *employers);

#endif
