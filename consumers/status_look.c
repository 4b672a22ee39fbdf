#include "consumers/status_look.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "kafka/journal.h"
#include "kafka/law_topics.h"
#include "kafka/log_reader.h"
#include "support/clock.h"
#include "wire/hex.h"

struct past { /* of a lane */
    bool is_known;
    int64_t next[INPUT_TOPIC_COUNT], view_sequence;
    int64_t moved_at; /* steady clock */
    int64_t lag, lag_at;
    int64_t journal_end; /* where `sequence`, `now` and `clock_is_events` were read */
    int64_t sequence, now;
    bool clock_is_events;
};

struct looker {
    const struct connections *connections;
    struct lane_ends_reader *ends;
    struct redis *public;
    struct redis *of_lane[LANES_MAX];
    struct past past[LANES_MAX];
    struct look look;
};

struct error looker_open(const struct connections *connections, struct looker **out)
{
    struct redis *public = NULL;
    *out = NULL;
    TRY(redis_open(&connections->redis, -1, &public));
    *out = calloc(1, sizeof **out);
    assert(*out != NULL);
    (*out)->connections = connections;
    (*out)->public = public;
    return no_error();
}

static void clear(struct look *look)
{
    country_close(&look->country);
    exception_figures_close(&look->exceptions);
    free(look->batches);
    memset(look, 0, sizeof *look);
}

void looker_close(struct looker *looker)
{
    if (looker == NULL) {
        return;
    }
    clear(&looker->look);
    lane_ends_close(looker->ends);
    redis_close(looker->public);
    for (size_t lane = 0; lane < LANES_MAX; lane++) {
        redis_close(looker->of_lane[lane]);
    }
    free(looker);
}

/* ---- Kafka ---- */

/* Behind the last record there may be markers of a publisher's transactions: nobody waits for
   those. */
static struct error topic_lag(const struct kafka_settings *kafka, enum topic topic, int32_t lane,
                              int64_t next, int64_t end, int64_t *lag)
{
    struct log_reader *log = NULL;
    struct log_record record;
    bool at_end = false;
    *lag = 0;
    if (next >= end) {
        return no_error();
    }
    TRY(log_reader_open(kafka, topic, lane, next, &log));
    const struct error error = log_reader_below(log, end, &record, &at_end);
    log_reader_close(log);
    if (!failed(&error) && !at_end) {
        *lag = end - next;
    }
    return error;
}

/* The last record lies where it lay as long as the journal's end has not moved. */
static struct error read_journal(struct looker *looker, int32_t lane, struct lane_look *out)
{
    struct past *past = &looker->past[lane];
    if (past->journal_end != out->ends.journal_end) {
        struct journal_tail tail;
        TRY(journal_last_read(&looker->connections->kafka, lane, out->ends.journal_end, &tail));
        past->journal_end = out->ends.journal_end;
        past->sequence = tail.empty ? 0 : tail.record.body.sequence;
        past->now = tail.empty ? 0 : tail.record.body.now;
        past->clock_is_events = !tail.empty && tail.record.body.clock == CLOCK_EVENTS;
    }
    out->sequence = past->sequence;
    out->now = past->now;
    out->clock_is_events = past->clock_is_events;
    return no_error();
}

static struct error read_lane(struct looker *looker, int32_t lane, struct lane_look *out)
{
    TRY(lane_ends_read(looker->ends, lane, &out->ends));
    for (unsigned topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        const int64_t low = out->ends.low[topic];
        const int64_t next = out->ends.next[topic] < low ? low : out->ends.next[topic];
        TRY(topic_lag(&looker->connections->kafka, (enum topic)topic, lane, next,
                      out->ends.end[topic], &out->lag[topic]));
        out->lag_all += out->lag[topic];
    }
    return read_journal(looker, lane, out);
}

static struct error read_owners(struct looker *looker, int32_t lanes)
{
    struct lane_ends *ends = calloc(LANES_MAX, sizeof *ends);
    assert(ends != NULL);
    const struct error error = lane_owners_read(looker->ends, lanes, ends);
    for (int32_t lane = 0; lane < lanes; lane++) {
        memcpy(looker->look.lanes[lane].ends.owner, ends[lane].owner, OWNER_BYTES);
    }
    free(ends);
    return error;
}

static struct error look_at_kafka(struct looker *looker)
{
    struct log_identity identity;
    TRY(log_identity_read(&looker->connections->kafka, &identity));
    if (identity.lanes < 1 || identity.lanes > LANES_MAX) {
        return error_make(ERROR_FATAL, "lanes_unfit", "the log has %d lanes, jaga knows %d at most",
                          (int)identity.lanes, LANES_MAX);
    }
    hex_print(identity.log_id, LOG_ID_BYTES, looker->look.log_id);
    if (looker->ends == NULL) {
        TRY(lane_ends_open(&looker->connections->kafka, &looker->ends));
    }
    for (int32_t lane = 0; lane < identity.lanes; lane++) {
        TRY(read_lane(looker, lane, &looker->look.lanes[lane]));
    }
    TRY(read_owners(looker, identity.lanes));
    looker->look.lane_count = identity.lanes;
    return no_error();
}

/* ---- Redis ---- */

static struct error read_stands(struct looker *looker)
{
    const struct redis_settings *settings = &looker->connections->redis;
    for (int32_t lane = 0; lane < looker->look.lane_count; lane++) {
        if (looker->of_lane[lane] == NULL) {
            TRY(redis_open(settings, lane, &looker->of_lane[lane]));
        }
        TRY(lane_stand_read(looker->of_lane[lane], lane, &looker->look.lanes[lane].stand));
    }
    looker->look.has_stands = true;
    return no_error();
}

static struct error look_at_redis(struct looker *looker)
{
    struct look *look = &looker->look;
    TRY(read_stands(looker));
    TRY(country_read(looker->public, &look->country));
    TRY(figures_exceptions(looker->public, &look->exceptions));
    return figures_batches(looker->public, &look->batches, &look->batch_count);
}

static void tell_freshness(struct look *look)
{
    struct lane_stand stands[LANES_MAX];
    const size_t lanes = (size_t)look->lane_count < look->country.lane_count
                             ? (size_t)look->lane_count
                             : look->country.lane_count;
    for (size_t lane = 0; lane < lanes; lane++) {
        stands[lane] = look->lanes[lane].stand;
    }
    look->age_us = clock_wall_us() - look->country.meta.updated_at;
    look->is_fresh = lanes == 0
                         ? look->age_us < FRESH_US
                         : figures_are_fresh(look->age_us, stands, look->country.sequences, lanes);
}

/* ---- What became of a lane ---- */

int64_t lane_view_behind(const struct look *look, const struct lane_look *lane)
{
    const int64_t shown = lane->stand.has_view ? lane->stand.view_sequence : 0;
    return look->has_stands && lane->sequence > shown ? lane->sequence - shown : 0;
}

int64_t lane_copy_behind(const struct look *look, const struct lane_look *lane)
{
    const int64_t held = lane->stand.has_copy ? lane->stand.copy_sequence : 0;
    return look->has_stands && lane->sequence > held ? lane->sequence - held : 0;
}

static bool has_work(const struct look *look, const struct lane_look *lane)
{
    return lane->lag_all > 0 || lane_view_behind(look, lane) > 0;
}

static void compare(const struct look *look, struct lane_look *lane, struct past *past)
{
    const int64_t steady = clock_steady_us();
    const bool moved = !past->is_known || !has_work(look, lane) ||
                       memcmp(past->next, lane->ends.next, sizeof past->next) != 0 ||
                       (look->has_stands && past->view_sequence != lane->stand.view_sequence);
    if (moved) {
        past->moved_at = steady;
    }
    lane->stands_still = steady - past->moved_at >= LOOK_AGAIN_MS * INT64_C(1000);
    if (!past->is_known || steady - past->lag_at >= LOOK_AGAIN_MS * INT64_C(1000)) {
        lane->grown_by = past->is_known && past->lag > 0 ? lane->lag_all - past->lag : 0;
        past->lag = lane->lag_all;
        past->lag_at = steady;
    }
    memcpy(past->next, lane->ends.next, sizeof past->next);
    past->view_sequence = look->has_stands ? lane->stand.view_sequence : past->view_sequence;
    past->is_known = true;
}

const struct look *looker_look(struct looker *looker)
{
    struct look *look = &looker->look;
    clear(look);
    look->kafka = look_at_kafka(looker);
    if (failed(&look->kafka)) {
        lane_ends_close(looker->ends);
        looker->ends = NULL;
    }
    look->redis = look_at_redis(looker);
    if (!failed(&look->redis)) {
        tell_freshness(look);
    }
    for (int32_t lane = 0; lane < look->lane_count; lane++) {
        compare(look, &look->lanes[lane], &looker->past[lane]);
    }
    return look;
}

bool look_has_work(const struct look *look)
{
    for (int32_t lane = 0; lane < look->lane_count; lane++) {
        if (has_work(look, &look->lanes[lane])) {
            return true;
        }
    }
    return false;
}
