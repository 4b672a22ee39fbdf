/* What a lane counts for whoever looks on (docs/metrics.md): written by its thread once a batch,
   read by any. It outlives the lane, so that its counters go on when the lane is given back. */
#ifndef JAGA_LANE_LANE_METRICS_H
#define JAGA_LANE_LANE_METRICS_H

#include "core/event.h"
#include "lane/batch.h"
#include "support/counter.h"

/* Where a lane's time goes. */
enum lane_part { PART_FILL, PART_COMMIT, PART_SHOW, PART_IDLE };
#define LANE_PART_COUNT 4

enum store_trouble { STORE_AWAY, STORE_DAMAGED };
#define STORE_TROUBLE_COUNT 2

struct lane_metrics {
    /* Since the process began. What a redo applies again is in `redone` alone. */
    counter_t events[INPUT_TOPIC_COUNT][EVENT_OUTCOME_COUNT];
    counter_t settled[EVENT_OUTCOME_COUNT]; /* parked events, when they are no longer */
    counter_t timers, batches, redone;
    counter_t exceptions[EXCEPTION_CODE_COUNT];
    counter_t decisions[PROGRAMME_COUNT][VERDICT_COUNT];
    counter_t payments[PROGRAMME_COUNT], paid_idr[PROGRAMME_COUNT];
    counter_t aborts, reopens;
    counter_t store_troubles[STORE_TROUBLE_COUNT];
    counter_t part_us[LANE_PART_COUNT];
    struct histogram batch_events, batch_us, transaction_us;

    /* As it stands. Times are of the steady clock. */
    gauge_t phase; /* enum lane_phase */
    gauge_t sequence, participants, memory_bytes;
    gauge_t lag[INPUT_TOPIC_COUNT];   /* offsets not applied */
    gauge_t oldest_ms;                /* Kafka's time of the oldest of them; 0: nothing is left */
    gauge_t view_behind, copy_behind; /* since when; 0: it is up to date */
    gauge_t store_is_away, input_stalls; /* 0 or 1 */
    gauge_t turned_at;                   /* when the lane last came round */
};

extern const struct histogram_bounds batch_events_bounds, duration_bounds;

/* A lane that begins: what stood of an earlier one is gone, its counters go on. No thread of a lane
   may be at work. */
void lane_metrics_begin(struct lane_metrics *metrics);

/* A batch that was committed, and how long it took. */
void lane_metrics_batch(struct lane_metrics *metrics, const struct batch *batch, int64_t took_us,
                        int64_t transaction_us);

/* Adds the time since `*steady` to a part, and moves `*steady` on to now. */
void lane_metrics_part(struct lane_metrics *metrics, enum lane_part part, int64_t *steady);

#endif
