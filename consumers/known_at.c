#include "consumers/known_at.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#include "consumers/region_lines.h"
#include "replay/lane_pool.h"
#include "replay/reference.h"
#include "replay/replay.h"
#include "support/shutdown.h"

struct region_fact {
    char region[REGION_TEXT_BYTES];
    struct base_fact fact;
};

struct lane_replay {
    struct replay_options options;
    struct replay *replay;
    struct error error;
};

struct reading {
    const struct known_at *wish;
    struct log_source *source;
    int32_t lanes;
    struct lane_pool pool;
    struct lane_replay *replays;
    const struct rules *rules;
    struct region_fact *facts;
    size_t fact_count, fact_capacity;
};

/* ---- The lanes ---- */

static void look(void *context, int32_t lane)
{
    struct reading *reading = context;
    struct lane_replay *at = &reading->replays[lane];
    at->options = (struct replay_options){
        .source = reading->source,
        .lane = lane,
        .input_bytes_max = reading->wish->input_bytes_max,
        .until_sequence = INT64_MAX,
        .until_time = reading->wish->time,
        .within_batch = true,
    };
    at->error = replay_open(&at->options, &at->replay);
    if (!failed(&at->error)) {
        at->error = replay_all(at->replay);
    }
}

/* Numbers of categories are those of a bundle: all lanes count with the newest that any had. */
static void agree_on_rules(struct reading *reading)
{
    int64_t through = -1;
    for (int32_t lane = 0; lane < reading->lanes; lane++) {
        struct replay *replay = reading->replays[lane].replay;
        const struct rules *rules = state_rules(replay_state(replay));
        const int64_t of_lane = replay_record(replay)->body.rules_through;
        if (rules != NULL && of_lane > through) {
            through = of_lane;
            reading->rules = rules;
        }
    }
    for (int32_t lane = 0; lane < reading->lanes && reading->rules != NULL; lane++) {
        state_set_rules(replay_state(reading->replays[lane].replay), reading->rules);
    }
}

static struct error nothing_known(void)
{
    return error_make(ERROR_FATAL, "no_figures",
                      "nothing was known at that time: every journal begins later");
}

static struct error replay_lanes(struct reading *reading)
{
    reading->replays = calloc((size_t)reading->lanes, sizeof *reading->replays);
    assert(reading->replays != NULL);
    TRY(lane_pool_start(&reading->pool, reading->lanes, lane_pool_threads(), look, reading));
    lane_pool_join(&reading->pool);
    for (int32_t lane = 0; lane < reading->lanes; lane++) {
        TRY(reading->replays[lane].error);
    }
    agree_on_rules(reading);
    return reading->rules != NULL ? no_error() : nothing_known();
}

/* ---- The bases ---- */

/* The last word on a kind and a year counts. */
static void take_fact(void *context, const struct event *event, int64_t offset)
{
    (void)offset;
    struct reading *reading = context;
    if (event->type != EVENT_BASE_PUBLISHED || event->time > reading->wish->time ||
        event->base.publisher.length >= BASE_TEXT_BYTES) {
        return;
    }
    struct region_fact fact = {
        .fact = {.kind = event->base.kind, .year = event->base.year, .value = event->base.value}};
    memcpy(fact.region, event->base.region.at, event->base.region.length);
    memcpy(fact.fact.source, event->base.publisher.at, event->base.publisher.length);
    for (size_t i = 0; i < reading->fact_count; i++) {
        struct region_fact *at = &reading->facts[i];
        if (strcmp(at->region, fact.region) == 0 && at->fact.kind == fact.fact.kind &&
            at->fact.year == fact.fact.year) {
            *at = fact;
            return;
        }
    }
    if (reading->fact_count == reading->fact_capacity) {
        reading->fact_capacity = reading->fact_capacity == 0 ? 256 : 2 * reading->fact_capacity;
        reading->facts = realloc(reading->facts, reading->fact_capacity * sizeof *reading->facts);
        assert(reading->facts != NULL);
    }
    reading->facts[reading->fact_count++] = fact;
}

static int64_t active_of(const struct region_figures *region)
{
    for (size_t i = 0; i < region->count; i++) {
        if (strcmp(region->figures[i].name, "active") == 0) {
            return region->figures[i].value;
        }
    }
    return 0;
}

static void add_bases(const struct reading *reading, day_t day, struct region_figures *region)
{
    struct base_fact *facts = calloc(reading->fact_count + 1, sizeof *facts);
    assert(facts != NULL);
    size_t count = 0;
    for (size_t i = 0; i < reading->fact_count; i++) {
        if (strcmp(reading->facts[i].region, region->code) == 0) {
            facts[count++] = reading->facts[i].fact;
        }
    }
    region_figures_bases(region, facts, count, day, active_of(region));
    free(facts);
}

/* ---- All of it ---- */

static void add_up(const struct reading *reading, day_t day, struct figures *out)
{
    struct region_lines *lines = region_lines_open(reading->rules);
    out->meta.as_of = reading->wish->time;
    for (int32_t lane = 0; lane < reading->lanes; lane++) {
        struct replay *replay = reading->replays[lane].replay;
        const struct counters *counters = state_counters(replay_state(replay));
        for (uint32_t i = 0; i < counters_count(counters); i++) {
            const struct counter counter = counters_at(counters, i);
            region_lines_add(lines, &counter, day);
        }
        region_lines_employers(lines, lane, state_employers(replay_state(replay)), day);
    }
    region_lines_figures(lines, day, out);
    region_lines_close(lines);
    figures_sort(out);
    for (size_t i = 0; i < out->count; i++) {
        add_bases(reading, day, &out->regions[i]);
    }
}

static struct error read_all(const struct connections *connections, struct reading *reading,
                             day_t day, struct figures *out)
{
    const char *archive = reading->wish->archive;
    TRY(log_source_open(archive == NULL ? &connections->kafka : NULL, archive, &reading->source));
    reading->lanes = log_source_identity(reading->source)->lanes;
    TRY(replay_lanes(reading));
    TRY(reference_read(reading->source, reading->rules, INT64_MAX, take_fact, reading));
    add_up(reading, day, out);
    return out->count > 0 ? no_error() : nothing_known();
}

struct error known_at_read(const struct connections *connections, const struct known_at *wish,
                           day_t day, struct figures *out)
{
    struct reading *reading = calloc(1, sizeof *reading);
    assert(reading != NULL);
    reading->wish = wish;
    shutdown_watch();
    const struct error error = read_all(connections, reading, day, out);
    for (int32_t lane = 0; lane < reading->lanes && reading->replays != NULL; lane++) {
        replay_close(reading->replays[lane].replay);
    }
    log_source_close(reading->source);
    free(reading->replays);
    free(reading->facts);
    free(reading);
    return error;
}
