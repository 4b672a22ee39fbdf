#include "lane/lane.h"

#include <assert.h>
#include <stdlib.h>

#include "lane/lane_parts.h"
#include "support/clock.h"
#include "support/log.h"

#define BACK_OFF_FIRST_MS 100
#define BACK_OFF_FENCED_MS 500
#define BACK_OFF_MOST_MS 10000
#define FENCES_MAX 3
#define FENCES_WITHIN_US (60 * MICROSECONDS_A_SECOND)
#define IDLE_WAIT_MS 50
#define PAUSED_LOOK_MS 5
#define STALL_SAID_AFTER_US (2 * MICROSECONDS_A_SECOND)

struct stall {     /* of the input */
    int64_t since; /* steady clock: when it last flowed */
    bool said;
};

/* How often this lane was fenced lately, and how long to wait before it is opened again. */
struct troubles {
    int64_t fenced_at[FENCES_MAX]; /* steady clock, oldest first */
    uint32_t fenced_count;
    uint32_t back_off_ms;
};

static void set_phase(struct lane *lane, enum lane_phase phase, const struct error *error)
{
    pthread_mutex_lock(&lane->report_mutex);
    lane->report.phase = phase;
    if (error != NULL) {
        lane->report.error = *error;
    }
    pthread_mutex_unlock(&lane->report_mutex);
    gauge_set(&lane->options->metrics->phase, phase);
}

/* Whoever looks on sees a lane that hangs by this. */
static void note_turn(const struct lane *lane, int64_t steady)
{
    gauge_set(&lane->options->metrics->turned_at, steady);
}

static bool wants_to_stop(const struct lane *lane)
{
    return lane->stop || lane->stop_at_once;
}

/* Nothing is due before the next view, copy or timer; a record wakes the input's queue at once. */
static void sleep_idle(struct lane *lane)
{
    lane_input_sleep(lane->input, IDLE_WAIT_MS);
}

/* What was done since the lane was ready; all of it is committed and shown. */
static void tell_drained(const struct lane *lane)
{
    const int64_t took_us = clock_steady_us() - lane->ready_at + 1;
    const uint64_t events = lane->report.applied - lane->ready_applied;
    log_at(LOG_INFO, "lane_drained", LOG_NUMBER("lane", lane->options->lane),
           LOG_NUMBER("sequence", lane->position.sequence), LOG_NUMBER("events", events),
           LOG_NUMBER("took_ms", took_us / 1000),
           LOG_NUMBER("events_per_second", (int64_t)events * MICROSECONDS_A_SECOND / took_us));
}

static struct error drain_to_the_end(struct lane *lane)
{
    if (lane->options->until != TIME_NONE) {
        TRY(lane_reach(lane, lane->options->until));
    }
    TRY(lane_show(lane, true, true));
    tell_drained(lane);
    set_phase(lane, LANE_DRAINED, NULL);
    lane->stop = true;
    return no_error();
}

/* Keeps everything as it is until the group has decided. */
static void wait_paused(struct lane *lane)
{
    set_phase(lane, LANE_PAUSED, NULL);
    while (lane->pause && !wants_to_stop(lane)) {
        clock_sleep_ms(PAUSED_LOOK_MS);
        note_turn(lane, clock_steady_us());
    }
}

static struct error pause_lane(struct lane *lane)
{
    TRY(lane_show(lane, true, true));
    wait_paused(lane);
    if (wants_to_stop(lane)) {
        return no_error();
    }
    TRY(lane_check_end(lane));
    set_phase(lane, LANE_RUNNING, NULL);
    return no_error();
}

/* Says once that a topic has given nothing for a while although it is not at its end, and once that
   it does again. A moment of that is usual: a leader answers when it has something or
   `fetch.wait.max.ms` is over. */
static void tell_stall(const struct lane *lane, struct stall *stall)
{
    const char *what = lane_input_stalled(lane->input);
    const int64_t steady = clock_steady_us();
    if (what == NULL) {
        if (stall->said) {
            log_at(LOG_INFO, "input_flows", LOG_NUMBER("lane", lane->options->lane));
            gauge_set(&lane->options->metrics->input_stalls, 0);
        }
        *stall = (struct stall){.since = steady};
    } else if (!stall->said && steady - stall->since > STALL_SAID_AFTER_US) {
        log_at(LOG_WARN, "input_stalled", LOG_NUMBER("lane", lane->options->lane),
               LOG_TEXT("detail", what));
        gauge_set(&lane->options->metrics->input_stalls, 1);
        stall->said = true;
    }
}

static struct error run(struct lane *lane)
{
    struct lane_metrics *metrics = lane->options->metrics;
    struct stall stall = {.since = clock_steady_us()};
    gauge_set(&metrics->input_stalls, 0);
    while (!wants_to_stop(lane)) {
        bool idle;
        if (lane->pause) {
            TRY(pause_lane(lane));
            continue;
        }
        TRY(lane_step(lane, &idle));
        if (idle && lane->options->drain) {
            return drain_to_the_end(lane);
        }
        int64_t steady = clock_steady_us();
        TRY(lane_show(lane, idle, false));
        lane_metrics_part(metrics, PART_SHOW, &steady);
        tell_stall(lane, &stall);
        if (idle) {
            sleep_idle(lane);
            lane_metrics_part(metrics, PART_IDLE, &steady);
        }
        note_turn(lane, steady);
    }
    return lane->stop_at_once ? no_error() : lane_show(lane, true, true);
}

static struct error open_and_run(struct lane *lane, struct troubles *troubles)
{
    set_phase(lane, LANE_OPENING, NULL);
    note_turn(lane, clock_steady_us());
    TRY(lane_open_parts(lane));
    lane->ready_at = clock_steady_us();
    lane->ready_applied = lane->report.applied;
    lane_report_progress(lane, 0);
    set_phase(lane, LANE_RUNNING, NULL);
    troubles->back_off_ms = BACK_OFF_FIRST_MS;
    return run(lane);
}

/* Three fences within a minute mean that two live processes fight over the lane. */
static bool is_fought_over(struct troubles *troubles)
{
    const int64_t now = clock_steady_us();
    if (troubles->fenced_count == FENCES_MAX) {
        memmove(troubles->fenced_at, troubles->fenced_at + 1,
                (FENCES_MAX - 1) * sizeof *troubles->fenced_at);
        troubles->fenced_count--;
    }
    troubles->fenced_at[troubles->fenced_count++] = now;
    return troubles->fenced_count == FENCES_MAX && now - troubles->fenced_at[0] < FENCES_WITHIN_US;
}

static void pause_before_opening(struct lane *lane, struct troubles *troubles)
{
    const int64_t until = clock_steady_us() + (int64_t)troubles->back_off_ms * 1000;
    while (!wants_to_stop(lane) && !lane->pause && clock_steady_us() < until) {
        clock_sleep_ms(20);
    }
    troubles->back_off_ms =
        2 * troubles->back_off_ms > BACK_OFF_MOST_MS ? BACK_OFF_MOST_MS : 2 * troubles->back_off_ms;
}

/* The error to stop with, or none when the lane is to be opened again. */
static struct error judge_trouble(struct lane *lane, struct troubles *troubles,
                                  const struct error *error)
{
    if (error->kind == ERROR_FENCED && is_fought_over(troubles)) {
        return error_make(ERROR_FATAL, "fenced_repeatedly",
                          "lane %d was fenced %d times within a minute: another process uses this "
                          "transactional id (last: %s). Give each deployment its own --group.id or "
                          "stop the other one",
                          lane->options->lane, FENCES_MAX, error->detail);
    }
    if (error->kind == ERROR_FATAL) {
        return *error;
    }
    /* Most often the lane was given to somebody else, which the group tells a moment later: to open
       it before would fence the new owner in turn. */
    if (error->kind == ERROR_FENCED && troubles->back_off_ms < BACK_OFF_FENCED_MS) {
        troubles->back_off_ms = BACK_OFF_FENCED_MS;
    }
    struct lane_metrics *metrics = lane->options->metrics;
    counter_add(&metrics->reopens, 1);
    if (strcmp(error->code, "redis_away") == 0) { /* met while opening; a lane at work bears it */
        counter_add(&metrics->store_troubles[STORE_AWAY], 1);
        gauge_set(&metrics->store_is_away, 1);
    }
    log_at(LOG_WARN, "lane_reopens", LOG_NUMBER("lane", lane->options->lane),
           LOG_ERROR_FIELDS(error), LOG_NUMBER("wait_ms", troubles->back_off_ms));
    return no_error();
}

static void *lane_main(void *argument)
{
    struct lane *lane = argument;
    struct troubles troubles = {.back_off_ms = BACK_OFF_FIRST_MS};
    while (!wants_to_stop(lane)) {
        if (lane->pause) { /* a rebalance does not wait for an opening */
            wait_paused(lane);
            continue;
        }
        const struct error error = open_and_run(lane, &troubles);
        lane_drop_parts(lane);
        if (!failed(&error) || wants_to_stop(lane)) {
            break;
        }
        if (lane->pause) {
            continue;
        }
        const struct error final = judge_trouble(lane, &troubles, &error);
        if (failed(&final)) {
            log_at(LOG_ERROR, "lane_stopped", LOG_NUMBER("lane", lane->options->lane),
                   LOG_ERROR_FIELDS(&final));
            set_phase(lane, LANE_FAILED, &final);
            return NULL;
        }
        pause_before_opening(lane, &troubles);
    }
    struct lane_report report;
    lane_read_report(lane, &report);
    if (report.phase != LANE_DRAINED) {
        set_phase(lane, LANE_ENDED, NULL);
    }
    return NULL;
}

struct error lane_start(const struct lane_options *options, struct lane **out)
{
    struct lane *lane = calloc(1, sizeof *lane);
    assert(lane != NULL);
    lane->options = options;
    pthread_mutex_init(&lane->report_mutex, NULL);
    for (unsigned topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        topic_name(options->kafka, (enum topic)topic, lane->topic_names[topic]);
    }
    if (pthread_create(&lane->thread, NULL, lane_main, lane) != 0) {
        pthread_mutex_destroy(&lane->report_mutex);
        free(lane);
        return error_make(ERROR_FATAL, "no_thread",
                          "no thread could be made for lane %d: raise the limit of processes",
                          options->lane);
    }
    *out = lane;
    return no_error();
}

void lane_ask_to_stop(struct lane *lane, bool at_once)
{
    if (at_once) {
        lane->stop_at_once = true;
    }
    lane->stop = true;
}

void lane_ask_to_pause(struct lane *lane)
{
    lane->pause = true;
}

void lane_resume(struct lane *lane)
{
    lane->pause = false;
}

void lane_join(struct lane *lane, struct lane_report *last)
{
    pthread_join(lane->thread, NULL);
    *last = lane->report;
    pthread_mutex_destroy(&lane->report_mutex);
    free(lane);
}

void lane_read_report(struct lane *lane, struct lane_report *out)
{
    pthread_mutex_lock(&lane->report_mutex);
    *out = lane->report;
    pthread_mutex_unlock(&lane->report_mutex);
}
