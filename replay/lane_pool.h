/* The lanes of a log looked at side by side, each by one thread, at most so many at a time. */
#ifndef JAGA_REPLAY_LANE_POOL_H
#define JAGA_REPLAY_LANE_POOL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#include "support/error.h"

#define LANE_POOL_THREADS_MAX 256

struct lane_pool { /* must not move until it was joined */
    void (*look)(void *context, int32_t lane);
    void *context;
    int32_t lanes;
    atomic_int next_lane;
    long started;
    pthread_t threads[LANE_POOL_THREADS_MAX];
};

/* One a processor. */
long lane_pool_threads(void);

/* Starts at most `threads` threads, which call `look` once for each lane. FATAL "threads_refused"
   when there is not even one; then there is nothing to join. */
MUST_USE struct error lane_pool_start(struct lane_pool *pool, int32_t lanes, long threads,
                                      void (*look)(void *context, int32_t lane), void *context);
/* Waits until every lane was looked at. */
void lane_pool_join(struct lane_pool *pool);

#endif
