/* `jaga rebuild`: fills an empty Redis from the topics or an archive, so that `jaga process` goes
   on from there. It needs no processor and disturbs none: a second Redis may be filled beside the
   one that is in use. */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "consumers/public_figures.h"
#include "kafka/group.h"
#include "lane/fill_store.h"
#include "replay/lane_pool.h"
#include "replay/replay.h"
#include "support/clock.h"
#include "support/command.h"
#include "support/shutdown.h"

const struct flag rebuild_flags[] = {
    {"archive", "DIR", "Read what this archive holds from it, and only the rest from the topics."},
    {"json", NULL, "One JSON object a lane."},
    {NULL, NULL, NULL},
};

struct lane_result {
    int64_t sequence;
    uint64_t events;
    uint32_t participants;
    struct error error;
};

struct rebuild {
    struct connections connections;
    struct log_source *source;
    uint32_t input_bytes_max;
    int32_t lanes;
    struct lane_pool pool;
    struct lane_result *results;
};

/* ---- One lane ---- */

static struct error must_be_empty(struct lane_store *store, int32_t lane)
{
    enum store_state state;
    struct position copy;
    uint64_t participants;
    char what[160];
    TRY(lane_store_meta(store, &state, &copy, &participants, what));
    if (state == STORE_EMPTY) {
        return no_error();
    }
    return error_make(ERROR_FATAL, "redis_not_empty",
                      "Redis holds lane %" PRId32
                      " already (%s). Nothing was changed: name another "
                      "Redis with --redis.address, or empty this one",
                      lane, state == STORE_OF_ANOTHER_LOG ? what : "of this log");
}

static struct error open_store(const struct rebuild *rebuild, int32_t lane, bool clock_is_events,
                               struct lane_store **out)
{
    const struct log_identity *identity = log_source_identity(rebuild->source);
    struct lane_store_options options = {
        .lane = lane, .lanes = identity->lanes, .clock_is_events = clock_is_events};
    memcpy(options.log_id, identity->log_id, LOG_ID_BYTES);
    return lane_store_open(&rebuild->connections.redis, &options, out);
}

static struct error look_first(const struct rebuild *rebuild, int32_t lane)
{
    struct lane_store *store = NULL;
    TRY(open_store(rebuild, lane, false, &store));
    const struct error error = must_be_empty(store, lane);
    lane_store_close(store);
    return error;
}

static struct error write_lane(const struct rebuild *rebuild, int32_t lane, struct replay *replay)
{
    struct lane_store *store = NULL;
    const bool by_events = replay_record(replay)->body.clock == CLOCK_EVENTS;
    if (replay_position(replay)->sequence == 0) {
        return no_error(); /* nothing was ever applied */
    }
    TRY(open_store(rebuild, lane, by_events, &store));
    struct error error = must_be_empty(store, lane);
    if (!failed(&error)) {
        error = lane_store_own(store);
    }
    if (!failed(&error)) {
        error = fill_store(store, replay_state(replay), replay_position(replay));
    }
    lane_store_close(store);
    return error;
}

static struct error fill_lane(const struct rebuild *rebuild, int32_t lane,
                              struct lane_result *result)
{
    const struct replay_options options = {
        .source = rebuild->source,
        .lane = lane,
        .input_bytes_max = rebuild->input_bytes_max,
        .until_sequence = INT64_MAX,
        .until_time = INT64_MAX,
    };
    struct replay *replay = NULL;
    TRY(replay_open(&options, &replay));
    struct error error = replay_all(replay);
    if (!failed(&error)) {
        error = write_lane(rebuild, lane, replay);
    }
    result->sequence = replay_position(replay)->sequence;
    result->events = replay_applied(replay);
    result->participants = table_count(state_table(replay_state(replay)));
    replay_close(replay);
    return error;
}

static void look(void *context, int32_t lane)
{
    struct rebuild *rebuild = context;
    struct lane_result *result = &rebuild->results[lane];
    result->error = fill_lane(rebuild, lane, result);
}

/* ---- All of them ---- */

static struct error run_lanes(struct rebuild *rebuild)
{
    TRY(lane_pool_start(&rebuild->pool, rebuild->lanes, lane_pool_threads(), look, rebuild));
    lane_pool_join(&rebuild->pool);
    for (int32_t lane = 0; lane < rebuild->lanes; lane++) {
        TRY(rebuild->results[lane].error);
    }
    return no_error();
}

/* Once all lanes are there; `jaga process` writes them anew when it takes over. */
static struct error write_public(const struct rebuild *rebuild)
{
    struct public_figures *figures = NULL;
    TRY(public_figures_open(&rebuild->connections, log_source_identity(rebuild->source), &figures));
    public_figures_refresh(figures, true);
    public_figures_close(figures);
    return no_error();
}

static void tell(const struct rebuild *rebuild, bool json)
{
    for (int32_t lane = 0; lane < rebuild->lanes; lane++) {
        const struct lane_result *result = &rebuild->results[lane];
        printf(json ? "{\"kind\":\"rebuild\",\"lane\":%" PRId32 ",\"sequence\":%" PRId64
                      ",\"events\":%" PRIu64 ",\"participants\":%" PRIu32 "}\n"
                    : "lane %-3" PRId32 "  journal record %9" PRId64 "  events %12" PRIu64
                      "  participants %10" PRIu32 "\n",
               lane, result->sequence, result->events, result->participants);
    }
}

static struct error run(const struct settings *settings, const struct arguments *arguments,
                        struct rebuild *rebuild)
{
    if (arguments->operand_count > 0) {
        return error_make(ERROR_USAGE, "usage", "%s: it takes flags only", arguments->operands[0]);
    }
    connections_of(settings, &rebuild->connections);
    rebuild->input_bytes_max = settings->input_bytes_max;
    shutdown_watch();
    TRY(log_source_open(&rebuild->connections.kafka, argument(arguments, "archive"),
                        &rebuild->source));
    rebuild->lanes = log_source_identity(rebuild->source)->lanes;
    rebuild->results = calloc((size_t)rebuild->lanes, sizeof *rebuild->results);
    assert(rebuild->results != NULL);
    for (int32_t lane = 0; lane < rebuild->lanes; lane++) {
        TRY(look_first(rebuild, lane));
    }
    TRY(run_lanes(rebuild));
    TRY(write_public(rebuild));
    tell(rebuild, argument_given(arguments, "json"));
    return no_error();
}

int command_rebuild(const struct settings *settings, const struct arguments *arguments)
{
    struct rebuild *rebuild = calloc(1, sizeof *rebuild);
    assert(rebuild != NULL);
    const struct error error = run(settings, arguments, rebuild);
    log_source_close(rebuild->source);
    free(rebuild->results);
    free(rebuild);
    return command_report("rebuild", &error);
}
