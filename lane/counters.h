/* The counters of a lane, kept in memory by difference: totals of a region, and the change of a day
   measure on a day (the difference array). Shown by the view; recomputed from all participants
   whenever a lane is opened. */
#ifndef JAGA_LANE_COUNTERS_H
#define JAGA_LANE_COUNTERS_H

#include "core/projection.h"

struct counters;

struct counters *counters_open(void);
void counters_close(struct counters *counters); /* accepts NULL */

/* Adds (sign 1) or takes away (sign −1) one participant's projection. */
void counters_apply(struct counters *counters, const struct projection *projection, int sign);
/* Adds to a region's total (money received, external benefits). */
void counters_add_total(struct counters *counters, uint16_t region, unsigned total, int64_t amount);

struct counter {
    bool is_total;
    uint16_t region;
    uint16_t measure; /* a day measure, or a total */
    day_t day;
    int64_t value;
};

uint32_t counters_count(const struct counters *counters);
struct counter counters_at(const struct counters *counters, uint32_t index);

/* Indexes of counters changed since they were last cleared, each once. */
uint32_t counters_changed_count(const struct counters *counters);
uint32_t counters_changed(const struct counters *counters, uint32_t index);
void counters_clear_changed(struct counters *counters);

#endif
