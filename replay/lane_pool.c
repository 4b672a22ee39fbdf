#include "replay/lane_pool.h"

#include <unistd.h>

long lane_pool_threads(void)
{
    const long processors = sysconf(_SC_NPROCESSORS_ONLN);
    return processors < 1 ? 1 : processors;
}

static void *work(void *context)
{
    struct lane_pool *pool = context;
    for (;;) {
        const int32_t lane = atomic_fetch_add(&pool->next_lane, 1);
        if (lane >= pool->lanes) {
            return NULL;
        }
        pool->look(pool->context, lane);
    }
}

struct error lane_pool_start(struct lane_pool *pool, int32_t lanes, long threads,
                             void (*look)(void *context, int32_t lane), void *context)
{
    long wanted = threads < lanes ? threads : lanes;
    wanted = wanted < LANE_POOL_THREADS_MAX ? wanted : LANE_POOL_THREADS_MAX;
    pool->look = look;
    pool->context = context;
    pool->lanes = lanes;
    pool->started = 0;
    atomic_init(&pool->next_lane, 0);
    while (pool->started < wanted &&
           pthread_create(&pool->threads[pool->started], NULL, work, pool) == 0) {
        pool->started++;
    }
    return pool->started > 0
               ? no_error()
               : error_make(ERROR_FATAL, "threads_refused", "the system gives no thread");
}

void lane_pool_join(struct lane_pool *pool)
{
    for (long i = 0; i < pool->started; i++) {
        (void)pthread_join(pool->threads[i], NULL);
    }
}
