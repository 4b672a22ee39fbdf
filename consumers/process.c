/* `jaga process`: the processor. The main thread serves the consumer group and the public figures;
   each lane that the group gives us runs in a thread of its own. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "consumers/process_metrics.h"
#include "consumers/public_figures.h"
#include "kafka/admin.h"
#include "kafka/group.h"
#include "lane/lane.h"
#include "support/clock.h"
#include "support/command.h"
#include "support/log.h"
#include "support/shutdown.h"

#define GROUP_POLL_MS 50
#define PAUSE_LOOK_MS 2
#define LETTING_GO_COMMITS                                                                         \
    2 /* a batch that is filled when a rebalance begins, and the one in flight */
#define POSITIONS_US (1 * MICROSECONDS_A_SECOND)
#define TROUBLE_SAID_US (10 * MICROSECONDS_A_SECOND)

const struct flag process_flags[] = {
    {"drain", NULL, "End when all input that was there is applied."},
    {"until", "TIME", "With --drain: then move the clock to this time and fire what is due."},
    {NULL, NULL, NULL},
};

struct process {
    const struct settings *settings;
    struct connections connections;
    struct log_identity identity;
    struct group *group;
    struct public_figures *figures;
    struct process_metrics *metrics;
    struct lane_options options[LANES_MAX];
    struct lane *lanes[LANES_MAX];
    bool drain;
    int64_t until;
    int64_t positions_at, figures_at;
    int64_t trouble_said_at;
    bool was_assigned;
    bool drained; /* all that was there is applied by us or by another process */
    bool some_failed;
};

static struct error read_process_flags(struct process *process, const struct arguments *arguments)
{
    process->drain = argument_given(arguments, "drain");
    process->until = TIME_NONE;
    const char *until = argument(arguments, "until");
    if (until == NULL) {
        return no_error();
    }
    if (!process->drain || !time_parse(until, (uint32_t)strlen(until), &process->until)) {
        return error_make(ERROR_USAGE, "usage",
                          "--until %s: give a time such as 2024-03-01T00:00:00+07:00, and --drain",
                          until);
    }
    return no_error();
}

/* Everything that must be right before a lane may be touched. */
static struct error check_start(struct process *process)
{
    const struct connections *connections = &process->connections;
    int32_t lanes;
    TRY(topics_verify(&connections->kafka, process->settings->dev, &lanes));
    TRY(log_identity_read(&connections->kafka, &process->identity));
    if (lanes != process->identity.lanes || lanes > LANES_MAX) {
        return error_make(
            ERROR_FATAL, "lanes_changed",
            "the lane topics have %d partitions, jaga.rules says the log has %d lanes. "
            "More partitions later are a migration, not a setting: restore the topics",
            lanes, process->identity.lanes);
    }
    for (int32_t lane = 0; lane < lanes; lane++) {
        struct redis *redis = NULL;
        struct error error = redis_open(&connections->redis, lane, &redis);
        if (!failed(&error)) {
            error = redis_verify(redis);
        }
        redis_close(redis);
        TRY(error);
    }
    return no_error();
}

static struct lane_options options_of(struct process *process, int32_t lane)
{
    const struct settings *settings = process->settings;
    return (struct lane_options){
        .kafka = &process->connections.kafka,
        .redis = &process->connections.redis,
        .identity = process->identity,
        .lane = lane,
        .metrics = process_metrics_take(process->metrics, lane),
        .clock = settings->clock,
        .batch_events_max = settings->batch_events_max,
        .batch_wait_ms = settings->batch_wait_ms,
        .view_flush_ms = settings->view_flush_ms,
        .schema_wait_ms = settings->schema_wait_ms,
        .commit_deadline_ms = settings->commit_deadline_ms,
        .drain = process->drain,
        .until = process->until,
    };
}

/* The group has decided, or is about to decide anew. */
static void set_assigned(struct process *process, bool is_assigned)
{
    process->was_assigned = is_assigned;
    process_metrics_assigned(process->metrics, is_assigned);
}

static struct error start_lanes(struct process *process, const int32_t *lanes, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const int32_t lane = lanes[i];
        if (process->lanes[lane] == NULL) {
            log_at(LOG_INFO, "lane_assigned", LOG_NUMBER("lane", lane));
            process->options[lane] = options_of(process, lane);
            TRY(lane_start(&process->options[lane], &process->lanes[lane]));
        }
    }
    set_assigned(process, true);
    return no_error();
}

/* For lag tools only; recovery does not use them. */
static void commit_position(struct process *process, int32_t lane, const struct lane_report *report)
{
    if (report->sequence == 0) {
        return;
    }
    const struct error error = group_commit(process->group, lane, report->next);
    if (failed(&error)) {
        log_at(LOG_DEBUG, "positions_not_committed", LOG_ERROR_FIELDS(&error));
    }
}

static void stop_lanes(struct process *process, const int32_t *lanes, uint32_t count, bool at_once)
{
    for (uint32_t i = 0; i < count; i++) {
        if (process->lanes[lanes[i]] != NULL) {
            lane_ask_to_stop(process->lanes[lanes[i]], at_once);
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        if (process->lanes[lanes[i]] != NULL) {
            struct lane_report last;
            lane_join(process->lanes[lanes[i]], &last);
            process->some_failed = process->some_failed || last.phase == LANE_FAILED;
            process->lanes[lanes[i]] = NULL;
            process_metrics_release(process->metrics, lanes[i]);
            log_at(LOG_INFO, "lane_released", LOG_NUMBER("lane", lanes[i]));
            if (!at_once) {
                commit_position(process, lanes[i], &last);
            }
        }
    }
}

static enum lane_phase phase_of(struct lane *lane)
{
    struct lane_report report;
    lane_read_report(lane, &report);
    return report.phase;
}

static bool is_paused(struct lane *lane)
{
    return phase_of(lane) == LANE_PAUSED;
}

static bool has_ended(struct lane *lane)
{
    const enum lane_phase phase = phase_of(lane);
    return phase == LANE_DRAINED || phase == LANE_ENDED || phase == LANE_FAILED;
}

/* A rebalance takes lanes that it mostly gives back: they keep their memory until it has decided.
   Those whose threads have ended are let go: what is given back then begins anew. */
static void pause_lanes(struct process *process, const int32_t *lanes, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (process->lanes[lanes[i]] != NULL) {
            lane_ask_to_pause(process->lanes[lanes[i]]);
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        struct lane *lane = process->lanes[lanes[i]];
        while (lane != NULL && !is_paused(lane) && !has_ended(lane) && !shutdown_wanted()) {
            clock_sleep_ms(PAUSE_LOOK_MS);
        }
        if (lane != NULL && is_paused(lane)) {
            log_at(LOG_INFO, "lane_paused", LOG_NUMBER("lane", lanes[i]));
        } else {
            stop_lanes(process, &lanes[i], 1, false);
        }
    }
}

static bool is_among(int32_t lane, const int32_t *lanes, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (lanes[i] == lane) {
            return true;
        }
    }
    return false;
}

/* What was ours and is no longer is dropped; what is ours again goes on. */
static void settle_paused(struct process *process, const int32_t *lanes, uint32_t count)
{
    for (int32_t lane = 0; lane < process->identity.lanes; lane++) {
        if (process->lanes[lane] == NULL) {
            continue;
        }
        if (!is_among(lane, lanes, count)) {
            stop_lanes(process, &lane, 1, true);
        } else if (is_paused(process->lanes[lane])) {
            log_at(LOG_INFO, "lane_kept", LOG_NUMBER("lane", lane));
            lane_resume(process->lanes[lane]);
        }
    }
}

static uint32_t owned(const struct process *process, int32_t lanes[LANES_MAX])
{
    uint32_t count = 0;
    for (int32_t lane = 0; lane < process->identity.lanes; lane++) {
        if (process->lanes[lane] != NULL) {
            lanes[count++] = lane;
        }
    }
    return count;
}

/* What the cluster may get over is said, at most every ten seconds, and tried again. */
static struct error bear(struct process *process, const struct error *error)
{
    if (error->kind != ERROR_RETRY) {
        return *error;
    }
    const int64_t steady = clock_steady_us();
    if (steady >= process->trouble_said_at + TROUBLE_SAID_US) {
        process->trouble_said_at = steady;
        log_at(LOG_WARN, "process_waits", LOG_ERROR_FIELDS(error));
    }
    return no_error();
}

static struct error follow_group(struct process *process)
{
    enum group_change change;
    int32_t lanes[LANES_MAX];
    uint32_t count = 0;
    TRY(group_poll(process->group, GROUP_POLL_MS, &change, lanes, &count));
    switch (change) {
    case GROUP_SAME: return no_error();
    case GROUP_ASSIGNED:
        settle_paused(process, lanes, count);
        return start_lanes(process, lanes, count);
    /* An assignment follows; a process that has no lanes until then has not drained them. */
    case GROUP_REVOKED:
        set_assigned(process, false);
        pause_lanes(process, lanes, count);
        return group_released(process->group);
    case GROUP_LOST:
        set_assigned(process, false);
        stop_lanes(process, lanes, count, true);
        return group_released(process->group);
    }
    return no_error();
}

static void commit_positions(struct process *process)
{
    const int64_t steady = clock_steady_us();
    if (steady - process->positions_at < POSITIONS_US) {
        return;
    }
    process->positions_at = steady;
    int32_t lanes[LANES_MAX];
    const uint32_t count = owned(process, lanes);
    for (uint32_t i = 0; i < count; i++) {
        struct lane_report report;
        lane_read_report(process->lanes[lanes[i]], &report);
        if (report.phase != LANE_OPENING && report.phase != LANE_PAUSED) {
            commit_position(process, lanes[i], &report);
        }
    }
}

static struct error show_public(struct process *process)
{
    if (process->lanes[0] == NULL || is_paused(process->lanes[0])) {
        public_figures_close(process->figures);
        process->figures = NULL;
        return no_error();
    }
    const int64_t steady = clock_steady_us();
    if (steady - process->figures_at < (int64_t)process->settings->view_flush_ms * 1000) {
        return no_error();
    }
    process->figures_at = steady;
    if (process->figures == NULL) {
        const struct error error =
            public_figures_open(&process->connections, &process->identity, &process->figures);
        TRY(bear(process, &error));
    }
    if (process->figures != NULL) {
        public_figures_refresh(process->figures, false);
    }
    return no_error();
}

/* How many of our lanes are in a phase. */
static uint32_t lanes_in(const struct process *process, enum lane_phase phase)
{
    int32_t lanes[LANES_MAX];
    const uint32_t count = owned(process, lanes);
    uint32_t in = 0;
    for (uint32_t i = 0; i < count; i++) {
        in += phase_of(process->lanes[lanes[i]]) == phase;
    }
    return in;
}

/* Ends when every lane is drained or has failed; while some lane works, a failed one is only
 * reported. */
static bool is_done(struct process *process)
{
    int32_t lanes[LANES_MAX];
    const uint32_t count = owned(process, lanes);
    const uint32_t lost = lanes_in(process, LANE_FAILED);
    process->some_failed = process->some_failed || lost > 0;
    if (!process->was_assigned || (count == 0 && !process->drain)) {
        return false;
    }
    const uint32_t drained = lanes_in(process, LANE_DRAINED);
    return (process->drain || lost > 0) && lost + drained == count;
}

static struct error run(struct process *process)
{
    while (!shutdown_wanted() && !is_done(process)) {
        const struct error error = follow_group(process);
        TRY(bear(process, &error));
        commit_positions(process);
        process_metrics_tend(process->metrics);
        TRY(show_public(process));
    }
    process->drained = process->drain && !shutdown_wanted();
    return no_error();
}

/* Of several processes that drain, the last must leave all lanes in the public figures, and none
   knows whether it is the last: each adds the lanes up once more, which is the same whoever does
   it. */
static void show_public_at_end(struct process *process)
{
    if (process->figures == NULL && process->drained) {
        const struct error error =
            public_figures_open(&process->connections, &process->identity, &process->figures);
        if (failed(&error)) {
            log_at(LOG_WARN, "public_figures_wait", LOG_ERROR_FIELDS(&error));
        }
    }
    if (process->figures != NULL) {
        public_figures_refresh(process->figures, true);
    }
}

/* The lanes flush their views and tell their positions first; then the public figures follow them
   once more. */
static void end(struct process *process)
{
    int32_t lanes[LANES_MAX];
    stop_lanes(process, lanes, owned(process, lanes), false);
    show_public_at_end(process);
    public_figures_close(process->figures);
    group_close(process->group);
    process_metrics_close(process->metrics);
}

static struct error process_run(struct process *process, const struct arguments *arguments)
{
    TRY(read_process_flags(process, arguments));
    TRY(process_metrics_open(process->settings, &process->metrics));
    TRY(check_start(process));
    process_metrics_lanes(process->metrics, process->identity.lanes);
    TRY(group_open(&process->connections.kafka,
                   LETTING_GO_COMMITS * process->settings->commit_deadline_ms, &process->group));
    return run(process);
}

int command_process(const struct settings *settings, const struct arguments *arguments)
{
    struct process *process = calloc(1, sizeof *process);
    assert(process != NULL);
    process->settings = settings;
    process->trouble_said_at = -TROUBLE_SAID_US;
    connections_of(settings, &process->connections);
    shutdown_watch();
    const struct error error = process_run(process, arguments);
    end(process);
    const bool some_failed = process->some_failed;
    free(process);
    const int code = command_report("process", &error);
    return code == EXIT_SUCCESS && some_failed ? EXIT_NOT_DONE : code;
}
