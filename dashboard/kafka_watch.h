/* Looks at Kafka every few seconds from a thread of its own, so that no request waits for it. */
#ifndef JAGA_DASHBOARD_KAFKA_WATCH_H
#define JAGA_DASHBOARD_KAFKA_WATCH_H

#include "kafka/lane_ends.h"
#include "support/settings.h"

struct kafka_watch;

/* Never fails on a Kafka that is away: that is what it tells. FATAL "no_thread". */
MUST_USE struct error kafka_watch_open(const struct settings *settings, struct kafka_watch **out);
void kafka_watch_close(struct kafka_watch *watch); /* accepts NULL; waits for a look in hand */

struct kafka_seen {
    bool is_up;      /* the last look came to its end */
    int64_t seen_at; /* the last one that did, wall clock in microseconds; 0: none */
    size_t lane_count;
    struct lane_ends *lanes; /* as of seen_at; the caller frees them */
};
/* A copy of what was seen last. */
void kafka_watch_seen(struct kafka_watch *watch, struct kafka_seen *out);
/* A lane as it was seen; NULL when the last look failed or did not see it. */
const struct lane_ends *lane_ends_seen(const struct kafka_seen *seen, size_t lane);

#endif
