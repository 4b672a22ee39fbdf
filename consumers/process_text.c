#include "consumers/process_text.h"

#include <stdio.h>

#include "http/prometheus.h"
#include "support/clock.h"

#define NUMBER_BYTES 16

static const char *const phases[] = {
    [LANE_OPENING] = "opening", [LANE_RUNNING] = "running", [LANE_PAUSED] = "paused",
    [LANE_DRAINED] = "drained", [LANE_ENDED] = "ended",     [LANE_FAILED] = "failed",
};
#define PHASE_COUNT (sizeof phases / sizeof *phases)

static const char *const topics[INPUT_TOPIC_COUNT] = {"enrollment", "contribution", "claim",
                                                      "payment-status"};
static const char *const outcomes[EVENT_OUTCOME_COUNT] = {
    [EVENT_APPLIED] = "applied",
    [EVENT_DUPLICATE] = "duplicate",
    [EVENT_REJECTED] = "rejected",
    [EVENT_PARKED] = "parked",
};

const char *lane_phase_name(enum lane_phase phase)
{
    return phases[phase];
}

int32_t process_seen_lanes(const struct process_seen *seen)
{
    return atomic_load_explicit(&seen->lane_count, memory_order_acquire);
}

bool process_seen_owns(const struct process_seen *seen, int32_t lane)
{
    return gauge_read(&seen->owned[lane]) == OWNED_NOW;
}

/* Of each lane. */

/* One metric of a lane: the samples that it has. */
typedef void (*lane_samples)(struct buffer *out, const struct metric *metric,
                             const struct lane_metrics *lane, const char *number);

struct lane_row {
    struct metric metric;
    bool is_standing; /* told of lanes that are ours now; a counter of those that ever were */
    lane_samples put;
};

static void put_of_lane(struct buffer *out, const struct metric *metric, const char *number,
                        int64_t value)
{
    const char *labels[] = {"lane", number, NULL};
    metric_number(out, metric, labels, value);
}

/* Since a time of the steady clock; 0: not at all. */
static void put_since(struct buffer *out, const struct metric *metric, const char *number,
                      int64_t since)
{
    const char *labels[] = {"lane", number, NULL};
    metric_seconds(out, metric, labels, since == 0 ? 0 : clock_steady_us() - since);
}

static void put_state(struct buffer *out, const struct metric *metric,
                      const struct lane_metrics *lane, const char *number)
{
    const int64_t now = gauge_read(&lane->phase);
    for (size_t phase = 0; phase < PHASE_COUNT; phase++) {
        const char *labels[] = {"lane", number, "state", phases[phase], NULL};
        metric_number(out, metric, labels, now == (int64_t)phase);
    }
}

static void put_events(struct buffer *out, const struct metric *metric,
                       const struct lane_metrics *lane, const char *number)
{
    for (unsigned topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        for (unsigned outcome = 0; outcome < EVENT_OUTCOME_COUNT; outcome++) {
            const char *labels[] = {
                "lane", number, "topic", topics[topic], "outcome", outcomes[outcome], NULL};
            metric_number(out, metric, labels,
                          (int64_t)counter_read(&lane->events[topic][outcome]));
        }
    }
}

static void put_settled(struct buffer *out, const struct metric *metric,
                        const struct lane_metrics *lane, const char *number)
{
    for (unsigned outcome = 0; outcome < EVENT_PARKED; outcome++) {
        const char *labels[] = {"lane", number, "outcome", outcomes[outcome], NULL};
        metric_number(out, metric, labels, (int64_t)counter_read(&lane->settled[outcome]));
    }
}

static void put_lag(struct buffer *out, const struct metric *metric,
                    const struct lane_metrics *lane, const char *number)
{
    for (unsigned topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        const char *labels[] = {"lane", number, "topic", topics[topic], NULL};
        metric_number(out, metric, labels, gauge_read(&lane->lag[topic]));
    }
}

static void put_lag_seconds(struct buffer *out, const struct metric *metric,
                            const struct lane_metrics *lane, const char *number)
{
    const char *labels[] = {"lane", number, NULL};
    const int64_t oldest_ms = gauge_read(&lane->oldest_ms);
    metric_seconds(out, metric, labels, oldest_ms == 0 ? 0 : clock_wall_us() - oldest_ms * 1000);
}

static void put_parts(struct buffer *out, const struct metric *metric,
                      const struct lane_metrics *lane, const char *number)
{
    static const char *const parts[LANE_PART_COUNT] = {
        [PART_FILL] = "fill", [PART_COMMIT] = "commit", [PART_SHOW] = "show", [PART_IDLE] = "idle"};
    for (unsigned part = 0; part < LANE_PART_COUNT; part++) {
        const char *labels[] = {"lane", number, "part", parts[part], NULL};
        metric_seconds(out, metric, labels, (int64_t)counter_read(&lane->part_us[part]));
    }
}

static void put_troubles(struct buffer *out, const struct metric *metric,
                         const struct lane_metrics *lane, const char *number)
{
    static const char *const kinds[STORE_TROUBLE_COUNT] = {
        [STORE_AWAY] = "away", [STORE_DAMAGED] = "damaged"};
    for (unsigned kind = 0; kind < STORE_TROUBLE_COUNT; kind++) {
        const char *labels[] = {"lane", number, "kind", kinds[kind], NULL};
        metric_number(out, metric, labels, (int64_t)counter_read(&lane->store_troubles[kind]));
    }
}

#define COUNTED(name, field)                                                                       \
    static void name(struct buffer *out, const struct metric *metric,                              \
                     const struct lane_metrics *lane, const char *number)                          \
    {                                                                                              \
        put_of_lane(out, metric, number, (int64_t)counter_read(&lane->field));                     \
    }
#define STANDING(name, field)                                                                      \
    static void name(struct buffer *out, const struct metric *metric,                              \
                     const struct lane_metrics *lane, const char *number)                          \
    {                                                                                              \
        put_of_lane(out, metric, number, gauge_read(&lane->field));                                \
    }
#define SINCE(name, field)                                                                         \
    static void name(struct buffer *out, const struct metric *metric,                              \
                     const struct lane_metrics *lane, const char *number)                          \
    {                                                                                              \
        put_since(out, metric, number, gauge_read(&lane->field));                                  \
    }
COUNTED(put_timers, timers)
COUNTED(put_batches, batches)
COUNTED(put_redone, redone)
COUNTED(put_aborts, aborts)
COUNTED(put_reopens, reopens)
STANDING(put_sequence, sequence)
STANDING(put_participants, participants)
STANDING(put_memory, memory_bytes)
STANDING(put_stalls, input_stalls)
SINCE(put_view_lag, view_behind)
SINCE(put_copy_lag, copy_behind)
SINCE(put_turn, turned_at)

static void put_redis_up(struct buffer *out, const struct metric *metric,
                         const struct lane_metrics *lane, const char *number)
{
    put_of_lane(out, metric, number, gauge_read(&lane->store_is_away) == 0);
}

#define NAME(name) "jaga_processor_" name
#define START "since the process started"
/* clang-format off */
static const struct lane_row lane_rows[] = {
    {{NAME("lane_state"), "gauge",
      "1 for the state the lane is in."},
     true, put_state},
    {{NAME("lane_turn_age_seconds"), "gauge",
      "Time since the lane last came round: a batch, or a look at inputs that had nothing."},
     true, put_turn},
    {{NAME("lane_sequence"), "gauge",
      "Journal sequence of the lane's last batch."},
     true, put_sequence},
    {{NAME("participants"), "gauge",
      "Participants in memory."},
     true, put_participants},
    {{NAME("table_bytes"), "gauge",
      "Memory of the table of participants."},
     true, put_memory},
    {{NAME("input_lag_offsets"), "gauge",
      "Offsets not applied as of the last fetch: records, and markers between them; 0 at the end."},
     true, put_lag},
    {{NAME("input_lag_seconds"), "gauge",
      "Age by Kafka's time of the oldest record not applied; 0 when there is none."},
     true, put_lag_seconds},
    {{NAME("input_stalled"), "gauge",
      "1 when a topic has given nothing for two seconds although it is not at its end."},
     true, put_stalls},
    {{NAME("view_lag_seconds"), "gauge",
      "Time since the counters in Redis were up to date; 0 when they are."},
     true, put_view_lag},
    {{NAME("copy_lag_seconds"), "gauge",
      "Time since the participants in Redis were up to date; 0 when they are."},
     true, put_copy_lag},
    {{NAME("redis_up"), "gauge",
      "0 when the last command of the lane found Redis away."},
     true, put_redis_up},
    {{NAME("events_total"), "counter",
      "Input records applied " START ", by what became of them when they were taken."},
     false, put_events},
    {{NAME("parked_settled_total"), "counter",
      "Parked events settled " START ", by what became of them."},
     false, put_settled},
    {{NAME("timers_fired_total"), "counter",
      "Timers fired " START "."},
     false, put_timers},
    {{NAME("batches_total"), "counter",
      "Batches committed " START "."},
     false, put_batches},
    {{NAME("redone_batches_total"), "counter",
      "Batches of the journal applied again at opening " START "; in no other counter."},
     false, put_redone},
    {{NAME("transactions_aborted_total"), "counter",
      "Kafka transactions that were begun and not committed " START "."},
     false, put_aborts},
    {{NAME("lane_reopens_total"), "counter",
      "Openings anew after a trouble " START "."},
     false, put_reopens},
    {{NAME("redis_errors_total"), "counter",
      "Attempts at Redis that failed " START ": away, or damaged and filled anew."},
     false, put_troubles},
    {{NAME("lane_seconds_total"), "counter",
      "Where the lane's time went " START ": filling batches, committing, showing, idle."},
     false, put_parts},
};
/* clang-format on */

static void put_lane_row(const struct process_seen *seen, const struct lane_row *row,
                         struct buffer *out)
{
    metric_begin(out, &row->metric);
    for (int32_t lane = 0; lane < process_seen_lanes(seen); lane++) {
        const int64_t owned = gauge_read(&seen->owned[lane]);
        if (owned == OWNED_NOW || (owned == OWNED_ONCE && !row->is_standing)) {
            char number[NUMBER_BYTES];
            (void)snprintf(number, sizeof number, "%d", (int)lane);
            row->put(out, &row->metric, seen->lanes[lane], number);
        }
    }
}

static void put_owned(const struct process_seen *seen, struct buffer *out)
{
    const struct metric metric = {NAME("lane_owned"), "gauge",
                                  "1 for a lane that the group gave to this process."};
    int64_t count = 0;
    metric_begin(out, &metric);
    for (int32_t lane = 0; lane < process_seen_lanes(seen); lane++) {
        const bool is_ours = process_seen_owns(seen, lane);
        char number[NUMBER_BYTES];
        (void)snprintf(number, sizeof number, "%d", (int)lane);
        put_of_lane(out, &metric, number, is_ours);
        count += is_ours;
    }
    metric_gauge(out, NAME("lanes_owned"), "Lanes that the group gave to this process.", count);
}

/* Of all lanes together. */

/* The sum over the lanes of the counter that lies `offset` bytes into each. */
static int64_t sum_of(const struct process_seen *seen, size_t offset)
{
    uint64_t sum = 0;
    for (int32_t lane = 0; lane < process_seen_lanes(seen); lane++) {
        const char *metrics = (const char *)seen->lanes[lane];
        sum += counter_read((const counter_t *)(const void *)(metrics + offset));
    }
    return (int64_t)sum;
}
#define AT(field) offsetof(struct lane_metrics, field)

/* A counter with one label that is a list of terms. */
static void put_terms(const struct process_seen *seen, struct buffer *out,
                      const struct metric *metric, const char *label, const struct names *names,
                      size_t offset)
{
    metric_begin(out, metric);
    for (unsigned term = 0; term < names->count; term++) {
        const char *labels[] = {label, term_name(names, term), NULL};
        metric_number(out, metric, labels, sum_of(seen, offset + term * sizeof(counter_t)));
    }
}

static void put_decisions(const struct process_seen *seen, struct buffer *out)
{
    const struct metric metric = {NAME("decisions_total"), "counter",
                                  "Decisions put out " START ", by what they say."};
    metric_begin(out, &metric);
    for (unsigned programme = 0; programme < PROGRAMME_COUNT; programme++) {
        for (unsigned verdict = 0; verdict < VERDICT_COUNT; verdict++) {
            const char *labels[] = {"programme", term_name(&programme_names, programme), "verdict",
                                    term_name(&verdict_names, verdict), NULL};
            metric_number(out, &metric, labels, sum_of(seen, AT(decisions[programme][verdict])));
        }
    }
}

static void put_outputs(const struct process_seen *seen, struct buffer *out)
{
    const struct metric exceptions = {NAME("exceptions_total"), "counter",
                                      "Exceptions put out " START "."};
    const struct metric payments = {NAME("payments_total"), "counter",
                                    "Payments put out " START "."};
    const struct metric paid = {NAME("paid_rupiah_total"), "counter",
                                "Rupiah of the payments put out " START "."};
    put_terms(seen, out, &exceptions, "code", &exception_code_names, AT(exceptions));
    put_decisions(seen, out);
    put_terms(seen, out, &payments, "programme", &programme_names, AT(payments));
    put_terms(seen, out, &paid, "programme", &programme_names, AT(paid_idr));
}

static void put_histogram(const struct process_seen *seen, struct buffer *out,
                          const struct metric *metric, size_t offset, bool is_seconds)
{
    const struct histogram_bounds *bounds = is_seconds ? &duration_bounds : &batch_events_bounds;
    struct histogram_read read = {.sum = 0};
    for (int32_t lane = 0; lane < process_seen_lanes(seen); lane++) {
        const char *metrics = (const char *)seen->lanes[lane];
        histogram_add((const struct histogram *)(const void *)(metrics + offset), &read);
    }
    metric_histogram(out, metric, bounds, &read, is_seconds);
}

static void put_histograms(const struct process_seen *seen, struct buffer *out)
{
    const struct metric events = {NAME("batch_events"), "histogram",
                                  "Input records of a committed batch, " START "."};
    const struct metric batches = {
        NAME("batch_duration_seconds"), "histogram",
        "From the first look at the inputs until the batch was committed, " START "."};
    const struct metric transactions = {
        NAME("transaction_duration_seconds"), "histogram",
        "From handing the outputs over until Kafka had committed them, " START "."};
    put_histogram(seen, out, &events, AT(batch_events), false);
    put_histogram(seen, out, &batches, AT(batch_us), true);
    put_histogram(seen, out, &transactions, AT(transaction_us), true);
}

static void put_process(const struct process_seen *seen, struct buffer *out)
{
    const struct metric build = {"jaga_build_info", "gauge",
                                 "Which jaga the answering program is."};
    const char *labels[] = {"version", JAGA_VERSION, NULL};
    const struct metric started = {NAME("start_time_seconds"), "gauge",
                                   "When the process started."};
    const struct metric errors = {NAME("kafka_errors_total"), "counter",
                                  "Errors of the cluster that librdkafka told " START "."};
    metric_begin(out, &build);
    metric_number(out, &build, labels, 1);
    metric_begin(out, &started);
    metric_seconds(out, &started, NULL, seen->started_us);
    metric_gauge(out, NAME("assigned"), "1 when the group has decided which lanes are ours.",
                 gauge_read(&seen->is_assigned));
    metric_begin(out, &errors);
    metric_number(out, &errors, NULL, (int64_t)kafka_errors_told());
}

void process_text(const struct process_seen *seen, struct buffer *out)
{
    put_process(seen, out);
    put_owned(seen, out);
    for (size_t i = 0; i < sizeof lane_rows / sizeof *lane_rows; i++) {
        put_lane_row(seen, &lane_rows[i], out);
    }
    put_outputs(seen, out);
    put_histograms(seen, out);
}
