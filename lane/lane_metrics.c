#include "lane/lane_metrics.h"

#include "support/clock.h"

const struct histogram_bounds batch_events_bounds = {9,
                                                     {1, 4, 16, 64, 256, 1024, 4096, 16384, 65536}};

const struct histogram_bounds duration_bounds = {14,
                                                 {1000, 2500, 5000, 10000, 25000, 50000, 100000,
                                                  250000, 500000, 1000000, 2500000, 5000000,
                                                  10000000, 60000000}};

void lane_metrics_begin(struct lane_metrics *metrics)
{
    gauge_t *const standing[] = {
        &metrics->phase,        &metrics->sequence,      &metrics->participants,
        &metrics->memory_bytes, &metrics->oldest_ms,     &metrics->view_behind,
        &metrics->copy_behind,  &metrics->store_is_away, &metrics->input_stalls,
    };
    for (size_t i = 0; i < sizeof standing / sizeof *standing; i++) {
        gauge_set(standing[i], 0);
    }
    for (unsigned topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        gauge_set(&metrics->lag[topic], 0);
    }
    gauge_set(&metrics->turned_at, clock_steady_us());
}

/* Most of them are 0 in any one batch. */
static void add(counter_t *counter, uint64_t more)
{
    if (more > 0) {
        counter_add(counter, more);
    }
}

static void add_events(struct lane_metrics *metrics, const struct batch_counts *counts)
{
    for (unsigned outcome = 0; outcome < EVENT_OUTCOME_COUNT; outcome++) {
        for (unsigned topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
            add(&metrics->events[topic][outcome], counts->events[topic][outcome]);
        }
        add(&metrics->settled[outcome], counts->settled[outcome]);
    }
}

static void add_outputs(struct lane_metrics *metrics, const struct batch_counts *counts)
{
    for (unsigned code = 0; code < EXCEPTION_CODE_COUNT; code++) {
        add(&metrics->exceptions[code], counts->exceptions[code]);
    }
    for (unsigned programme = 0; programme < PROGRAMME_COUNT; programme++) {
        for (unsigned verdict = 0; verdict < VERDICT_COUNT; verdict++) {
            add(&metrics->decisions[programme][verdict], counts->decisions[programme][verdict]);
        }
        add(&metrics->payments[programme], counts->payments[programme]);
        add(&metrics->paid_idr[programme], (uint64_t)counts->paid_idr[programme]);
    }
}

void lane_metrics_batch(struct lane_metrics *metrics, const struct batch *batch, int64_t took_us,
                        int64_t transaction_us)
{
    const struct batch_counts *counts = batch_counts_of(batch);
    add_events(metrics, counts);
    add_outputs(metrics, counts);
    add(&metrics->timers, batch_timers(batch));
    add(&metrics->batches, 1);
    histogram_observe(&metrics->batch_events, &batch_events_bounds, batch_records(batch));
    histogram_observe(&metrics->batch_us, &duration_bounds, took_us);
    histogram_observe(&metrics->transaction_us, &duration_bounds, transaction_us);
}

void lane_metrics_part(struct lane_metrics *metrics, enum lane_part part, int64_t *steady)
{
    const int64_t now = clock_steady_us();
    counter_add(&metrics->part_us[part], (uint64_t)(now - *steady));
    *steady = now;
}
