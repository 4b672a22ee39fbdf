#include "dashboard/metrics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dashboard/kafka_watch.h"
#include "dashboard/parts.h"
#include "dashboard/routes.h"
#include "dashboard/tally.h"
#include "http/prometheus.h"
#include "support/clock.h"

/* From Redis. */

static void put_figures(struct buffer *out, const struct board *board)
{
    const struct metric age = {"jaga_figures_age_seconds", "gauge",
                               "Time since the public figures were written to Redis."};
    const struct metric as_of = {"jaga_figures_as_of_timestamp_seconds", "gauge",
                                 "The figures are complete up to this time of the processor."};
    metric_begin(out, &age);
    metric_seconds(out, &age, NULL, board->age_us);
    metric_begin(out, &as_of);
    metric_seconds(out, &as_of, NULL, board->figures.meta.as_of);
    metric_gauge(out, "jaga_figures_fresh", "1 when the figures are fresh, as /readyz judges.",
                 board->is_fresh);
}

/* One metric of every lane that has it. */
enum lane_metric { LANE_SHOWN, LANE_VIEW, LANE_COPY, LANE_VIEW_NOW, LANE_COPY_NOW, LANE_PEOPLE };
static const struct metric lane_metrics[] = {
    [LANE_SHOWN] = {"jaga_lane_shown_sequence", "gauge",
                    "Journal sequence of the lane that the public figures show."},
    [LANE_VIEW] = {"jaga_lane_view_sequence", "gauge",
                   "Journal sequence of the lane's counters in Redis."},
    [LANE_COPY] = {"jaga_lane_copy_sequence", "gauge",
                   "Journal sequence of the lane's participants in Redis."},
    [LANE_VIEW_NOW] = {"jaga_lane_view_timestamp_seconds", "gauge",
                       "The lane's clock at the position of its counters in Redis."},
    [LANE_COPY_NOW] = {"jaga_lane_copy_timestamp_seconds", "gauge",
                       "The lane's clock at the position of its participants in Redis."},
    [LANE_PEOPLE] = {"jaga_lane_participants", "gauge",
                     "Participants of the lane in its copy in Redis."},
};

static void put_lane(struct buffer *out, const struct board *board, size_t lane,
                     enum lane_metric which)
{
    const struct lane_stand *stand = &board->stands[lane];
    const struct metric *metric = &lane_metrics[which];
    char number[24];
    const char *labels[] = {"lane", number, NULL};
    (void)snprintf(number, sizeof number, "%zu", lane);
    const bool of_view = which == LANE_VIEW || which == LANE_VIEW_NOW;
    if (which != LANE_SHOWN && !(of_view ? stand->has_view : stand->has_copy)) {
        return;
    }
    switch (which) {
    case LANE_SHOWN: metric_number(out, metric, labels, board->figures.sequences[lane]); return;
    case LANE_VIEW: metric_number(out, metric, labels, stand->view_sequence); return;
    case LANE_COPY: metric_number(out, metric, labels, stand->copy_sequence); return;
    case LANE_VIEW_NOW: metric_seconds(out, metric, labels, stand->view_now); return;
    case LANE_COPY_NOW: metric_seconds(out, metric, labels, stand->copy_now); return;
    case LANE_PEOPLE: metric_number(out, metric, labels, (int64_t)stand->participants); return;
    }
}

static void put_lanes(struct buffer *out, const struct board *board)
{
    for (size_t which = 0; which < sizeof lane_metrics / sizeof *lane_metrics; which++) {
        metric_begin(out, &lane_metrics[which]);
        for (size_t lane = 0; lane < board->figures.lane_count; lane++) {
            put_lane(out, board, lane, (enum lane_metric)which);
        }
    }
}

static void put_claims(struct buffer *out, const struct region_figures *country)
{
    const struct metric metric = {"jaga_claims", "gauge",
                                  "Claims of the country by programme and present state."};
    metric_begin(out, &metric);
    for (size_t i = 0; i < country->count; i++) {
        const char *part = measure_part(country->figures[i].name, "claims");
        const char *colon = part == NULL ? NULL : strchr(part, ':');
        if (colon != NULL) {
            char programme[16];
            const char *labels[] = {"programme", programme, "verdict", colon + 1, NULL};
            (void)snprintf(programme, sizeof programme, "%.*s", (int)(colon - part), part);
            metric_number(out, &metric, labels, country->figures[i].value);
        }
    }
}

static void put_overdue(struct buffer *out, const struct region_figures *country)
{
    const struct metric metric = {"jaga_overdue_rupiah", "gauge",
                                  "Payments authorised, due before the day of the figures and not "
                                  "arrived; a programme without any is left out."};
    metric_begin(out, &metric);
    for (size_t i = 0; i < country->count; i++) {
        const char *programme = measure_part(country->figures[i].name, "overdue_idr:programme");
        if (programme != NULL) {
            const char *labels[] = {"programme", programme, NULL};
            metric_number(out, &metric, labels, country->figures[i].value);
        }
    }
}

static void put_country(struct buffer *out, const struct board *board)
{
    const struct region_figures *country = figures_region(&board->figures, "ID");
    if (country == NULL) {
        return;
    }
    const struct metric payments = {"jaga_payments_total", "counter", "Payments ordered."};
    const struct metric paid = {"jaga_paid_rupiah_total", "counter", "Rupiah ordered to be paid."};
    metric_gauge(out, "jaga_covered_people",
                 "People of the country covered on the day of the figures.",
                 region_figure(country, "active"));
    metric_gauge(out, "jaga_registered_people",
                 "People of the country ever enrolled and not voided.",
                 region_figure(country, "registered"));
    put_claims(out, country);
    metric_begin(out, &payments);
    metric_number(out, &payments, NULL, region_figure(country, "payments"));
    metric_begin(out, &paid);
    metric_number(out, &paid, NULL, region_figure(country, "paid_idr"));
    put_overdue(out, country);
}

static void put_exceptions(struct buffer *out, const struct board *board)
{
    const struct metric metric = {"jaga_exceptions_total", "counter", "Exceptions by code."};
    metric_begin(out, &metric);
    for (size_t i = 0; i < board->exceptions.count; i++) {
        const char *labels[] = {"code", board->exceptions.codes[i].code, NULL};
        metric_number(out, &metric, labels, board->exceptions.codes[i].value);
    }
}

static void put_batches(struct buffer *out, const struct board *board)
{
    static const char *const states[] = {"MATCHED", "MISMATCH", "OPEN"};
    const struct metric metric = {"jaga_batches", "gauge", "Declared batches by state."};
    metric_begin(out, &metric);
    for (size_t state = 0; state < sizeof states / sizeof *states; state++) {
        const char *labels[] = {"state", states[state], NULL};
        int64_t count = 0;
        for (size_t i = 0; i < board->batch_count; i++) {
            count += strcmp(board->batches[i].state, states[state]) == 0;
        }
        metric_number(out, &metric, labels, count);
    }
}

static void put_redis(struct exchange *exchange)
{
    struct board *board = NULL;
    const struct error error = board_take(exchange->source, DAY_NONE, &board);
    metric_gauge(exchange->out, "jaga_redis_up", "1 when Redis answers.",
                 !failed(&error) || strcmp(error.code, "redis_away") != 0);
    if (failed(&error)) {
        return;
    }
    put_figures(exchange->out, board);
    put_lanes(exchange->out, board);
    put_country(exchange->out, board);
    put_exceptions(exchange->out, board);
    put_batches(exchange->out, board);
    board_release(exchange->source, board);
}

/* From Kafka. */

static void put_topics(struct buffer *out, const struct kafka_seen *seen,
                       const struct metric *metric, bool is_lag)
{
    static const char *const topics[INPUT_TOPIC_COUNT] = {"enrollment", "contribution", "claim",
                                                          "payment-status"};
    metric_begin(out, metric);
    for (size_t lane = 0; lane < seen->lane_count; lane++) {
        char number[24];
        (void)snprintf(number, sizeof number, "%zu", lane);
        for (unsigned topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
            const char *labels[] = {"lane", number, "topic", topics[topic], NULL};
            metric_number(out, metric, labels,
                          is_lag ? lane_ends_lag(&seen->lanes[lane], topic)
                                 : seen->lanes[lane].end[topic]);
        }
    }
}

static void put_kafka_lanes(struct buffer *out, const struct kafka_seen *seen)
{
    const struct metric end = {"jaga_input_end_offset", "gauge",
                               "Stable end of an input topic by lane."};
    const struct metric lag = {
        "jaga_input_lag_offsets", "gauge",
        "Offsets of an input topic not yet committed: records, and markers of transactions."};
    const struct metric journal = {"jaga_journal_end_offset", "gauge",
                                   "Stable end of the journal by lane."};
    put_topics(out, seen, &end, false);
    put_topics(out, seen, &lag, true);
    metric_begin(out, &journal);
    for (size_t lane = 0; lane < seen->lane_count; lane++) {
        char number[24];
        const char *labels[] = {"lane", number, NULL};
        (void)snprintf(number, sizeof number, "%zu", lane);
        metric_number(out, &journal, labels, seen->lanes[lane].journal_end);
    }
}

static void put_kafka(struct exchange *exchange)
{
    const struct metric age = {"jaga_kafka_age_seconds", "gauge",
                               "Time since Kafka was looked at last with success."};
    struct kafka_seen seen;
    kafka_watch_seen(exchange->watch, &seen);
    metric_gauge(exchange->out, "jaga_kafka_up", "1 when the last look at Kafka came to its end.",
                 seen.is_up);
    if (seen.seen_at != 0) {
        metric_begin(exchange->out, &age);
        metric_seconds(exchange->out, &age, NULL, clock_wall_us() - seen.seen_at);
    }
    if (seen.is_up) {
        put_kafka_lanes(exchange->out, &seen);
    }
    free(seen.lanes);
}

/* Of this program. */

static void put_requests(struct buffer *out)
{
    const struct metric metric = {"jaga_dashboard_requests_total", "counter",
                                  "Requests answered, by route and status."};
    metric_begin(out, &metric);
    for (unsigned route = 0; route < route_count(); route++) {
        for (unsigned status = 0; status < TALLY_STATUSES; status++) {
            const uint64_t count = tally_value(route, status);
            char number[8];
            const char *labels[] = {"path", route_name(route), "status", number, NULL};
            (void)snprintf(number, sizeof number, "%d", tally_statuses[status]);
            if (count > 0) {
                metric_number(out, &metric, labels, (int64_t)count);
            }
        }
    }
}

int metrics_answer(struct exchange *exchange, struct refusal *refusal)
{
    const struct metric build = {"jaga_build_info", "gauge",
                                 "Which jaga the answering program is."};
    const char *labels[] = {"version", JAGA_VERSION, NULL};
    (void)refusal;
    metric_begin(exchange->out, &build);
    metric_number(exchange->out, &build, labels, 1);
    put_redis(exchange);
    put_kafka(exchange);
    put_requests(exchange->out);
    return STATUS_OK;
}
