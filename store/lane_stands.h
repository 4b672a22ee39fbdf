/* How far the lanes are in Redis: what each wrote last, for `jaga dashboard` and `jaga status`. */
#ifndef JAGA_STORE_LANE_STANDS_H
#define JAGA_STORE_LANE_STANDS_H

#include "core/day.h"
#include "store/redis.h"

struct lane_stand { /* sequences of the lane's journal; clocks in microseconds UTC */
    bool present;   /* there is a meta of that lane */
    bool clock_is_events, has_view, has_copy;
    int64_t view_sequence, view_now, copy_sequence, copy_now;
    uint64_t participants; /* in the copy */
};

/* One lane, by a connection to where it lives (redis_open with its number). RETRY "redis_away". */
MUST_USE struct error lane_stand_read(struct redis *redis, int32_t lane, struct lane_stand *out);

/* Figures are fresh when they were written less than two minutes ago: a processor at work writes
   them once a minute at least. With the events' clock it writes only when something happens; then
   they are fresh when they show all that the lanes show. `shown`: the sequence shown, by lane. */
#define FRESH_US (120 * MICROSECONDS_A_SECOND)
bool figures_are_fresh(int64_t age_us, const struct lane_stand *stands, const int64_t *shown,
                       size_t lanes);

#endif
