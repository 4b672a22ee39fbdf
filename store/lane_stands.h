/* How far the lanes are in Redis: what each wrote last, for `jaga dashboard`. */
#ifndef JAGA_STORE_LANE_STANDS_H
#define JAGA_STORE_LANE_STANDS_H

#include "store/redis.h"

struct lane_stand { /* sequences of the lane's journal; clocks in microseconds UTC */
    bool present;   /* there is a meta of that lane */
    bool clock_is_events, has_view, has_copy;
    int64_t view_sequence, view_now, copy_sequence, copy_now;
    uint64_t participants; /* in the copy */
};

/* One lane, by a connection to where it lives (redis_open with its number). RETRY "redis_away". */
MUST_USE struct error lane_stand_read(struct redis *redis, int32_t lane, struct lane_stand *out);

#endif
