/* The metrics of `jaga process` as Prometheus text. docs/metrics.md says what each means. */
#ifndef JAGA_CONSUMERS_PROCESS_TEXT_H
#define JAGA_CONSUMERS_PROCESS_TEXT_H

#include "kafka/group.h"
#include "lane/lane.h"
#include "wire/buffer.h"

enum owned { OWNED_NEVER, OWNED_NOW, OWNED_ONCE };

struct process_seen {   /* by any thread */
    int64_t started_us; /* wall clock */
    int64_t view_flush_us;
    gauge_t is_assigned;
    _Atomic int32_t lane_count; /* released after the lanes below it were made */
    struct lane_metrics *lanes[LANES_MAX];
    gauge_t owned[LANES_MAX]; /* enum owned */
};

int32_t process_seen_lanes(const struct process_seen *seen);
bool process_seen_owns(const struct process_seen *seen, int32_t lane);

void process_text(const struct process_seen *seen, struct buffer *out);

/* "opening", "running" … */
const char *lane_phase_name(enum lane_phase phase);

#endif
