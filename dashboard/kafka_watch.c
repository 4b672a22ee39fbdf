#include "dashboard/kafka_watch.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "kafka/group.h"
#include "kafka/law_topics.h"
#include "lane/connect.h"
#include "support/clock.h"
#include "support/log.h"

#define EVERY_US (10 * MICROSECONDS_A_SECOND)
#define STEP_MS 100
#define TIMEOUT_MS_MAX 3000 /* of one request: the end of the program waits for it */

struct kafka_watch {
    struct connections connections;
    pthread_t thread;
    atomic_bool ends;
    struct lane_ends_reader *reader; /* the thread's alone */
    struct lane_ends *reading;
    bool was_up;

    pthread_mutex_t mutex; /* of what was seen */
    struct kafka_seen seen;
};

static struct error read_lanes(struct kafka_watch *watch, size_t *count)
{
    struct log_identity identity;
    TRY(log_identity_read(&watch->connections.kafka, &identity));
    if (identity.lanes < 1 || identity.lanes > LANES_MAX) {
        return error_make(ERROR_FATAL, "lanes_unfit", "the log has %d lanes", (int)identity.lanes);
    }
    if (watch->reader == NULL) {
        TRY(lane_ends_open(&watch->connections.kafka, &watch->reader));
    }
    for (int32_t lane = 0; lane < identity.lanes && !atomic_load(&watch->ends); lane++) {
        TRY(lane_ends_read(watch->reader, lane, &watch->reading[lane]));
    }
    *count = (size_t)identity.lanes;
    return lane_owners_read(watch->reader, identity.lanes, watch->reading);
}

static void note(struct kafka_watch *watch, const struct error *error, size_t count)
{
    const bool is_up = !failed(error);
    if (watch->was_up && !is_up) {
        log_at(LOG_WARN, "kafka_away", LOG_ERROR_FIELDS(error));
    }
    watch->was_up = is_up;
    (void)pthread_mutex_lock(&watch->mutex);
    watch->seen.is_up = is_up;
    if (is_up) {
        memcpy(watch->seen.lanes, watch->reading, count * sizeof *watch->reading);
        watch->seen.lane_count = count;
        watch->seen.seen_at = clock_wall_us();
    }
    (void)pthread_mutex_unlock(&watch->mutex);
}

static void *look(void *context)
{
    struct kafka_watch *watch = context;
    int64_t next = 0;
    while (!atomic_load(&watch->ends)) {
        if (clock_steady_us() >= next) {
            size_t count = 0;
            const struct error error = read_lanes(watch, &count);
            if (!atomic_load(&watch->ends)) {
                note(watch, &error, count);
            }
            next = clock_steady_us() + EVERY_US;
        }
        clock_sleep_ms(STEP_MS);
    }
    return NULL;
}

struct error kafka_watch_open(const struct settings *settings, struct kafka_watch **out)
{
    struct kafka_watch *watch = calloc(1, sizeof *watch);
    assert(watch != NULL);
    watch->reading = calloc(LANES_MAX, sizeof *watch->reading);
    watch->seen.lanes = calloc(LANES_MAX, sizeof *watch->seen.lanes);
    assert(watch->reading != NULL && watch->seen.lanes != NULL);
    watch->was_up = true; /* the first look that fails is said */
    connections_of(settings, &watch->connections);
    if (watch->connections.kafka.timeout_ms > TIMEOUT_MS_MAX) {
        watch->connections.kafka.timeout_ms = TIMEOUT_MS_MAX;
    }
    atomic_init(&watch->ends, false);
    int answer = pthread_mutex_init(&watch->mutex, NULL);
    assert(answer == 0);
    answer = pthread_create(&watch->thread, NULL, look, watch);
    if (answer != 0) {
        free(watch->reading);
        free(watch->seen.lanes);
        free(watch);
        return error_make(ERROR_FATAL, "no_thread", "no thread for looking at Kafka: %s",
                          strerror(answer));
    }
    *out = watch;
    return no_error();
}

void kafka_watch_close(struct kafka_watch *watch)
{
    if (watch == NULL) {
        return;
    }
    atomic_store(&watch->ends, true);
    (void)pthread_join(watch->thread, NULL);
    lane_ends_close(watch->reader);
    (void)pthread_mutex_destroy(&watch->mutex);
    free(watch->reading);
    free(watch->seen.lanes);
    free(watch);
}

void kafka_watch_seen(struct kafka_watch *watch, struct kafka_seen *out)
{
    (void)pthread_mutex_lock(&watch->mutex);
    *out = watch->seen;
    out->lanes = calloc(watch->seen.lane_count + 1, sizeof *out->lanes);
    assert(out->lanes != NULL);
    memcpy(out->lanes, watch->seen.lanes, watch->seen.lane_count * sizeof *out->lanes);
    (void)pthread_mutex_unlock(&watch->mutex);
}

const struct lane_ends *lane_ends_seen(const struct kafka_seen *seen, size_t lane)
{
    return seen->is_up && lane < seen->lane_count ? &seen->lanes[lane] : NULL;
}
