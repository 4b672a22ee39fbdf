/* `jaga status`: lanes, lag, freshness, exceptions. */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "kafka/group.h"
#include "kafka/law_topics.h"
#include "kafka/log_reader.h"
#include "lane/connect.h"
#include "store/figures.h"
#include "support/clock.h"
#include "support/command.h"

const struct flag status_flags[] = {
    {"json", NULL, "One JSON object a line: lanes, public figures, exceptions."},
    {NULL, NULL, NULL},
};

#define LOOK_AGAIN_MS 3000

struct lane_lag {
    int64_t next[INPUT_TOPIC_COUNT], end[INPUT_TOPIC_COUNT];
    int64_t lag;
    int64_t journal_end;
};

/* Behind the last record there may be markers of a publisher's transactions: nobody waits for
 * those. */
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

static struct error read_lane(const struct kafka_settings *kafka, int32_t lane,
                              struct lane_lag *out)
{
    int64_t low;
    out->lag = 0;
    TRY(group_positions(kafka, lane, out->next));
    for (unsigned topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        TRY(log_bounds(kafka, (enum topic)topic, lane, &low, &out->end[topic]));
        const int64_t next = out->next[topic] < low ? low : out->next[topic];
        int64_t lag;
        TRY(topic_lag(kafka, (enum topic)topic, lane, next, out->end[topic], &lag));
        out->lag += lag;
    }
    return log_bounds(kafka, TOPIC_JOURNAL, lane, &low, &out->journal_end);
}

static void print_lane(int32_t lane, const struct lane_lag *lag, bool json)
{
    if (json) {
        printf("{\"kind\":\"lane\",\"lane\":%d,\"lag\":%" PRId64 ",\"journal_end\":%" PRId64, lane,
               lag->lag, lag->journal_end);
        static const char *const names[] = {"enrollment", "contribution", "claim",
                                            "payment-status"};
        for (unsigned topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
            printf(",\"%s\":{\"next\":%" PRId64 ",\"end\":%" PRId64 "}", names[topic],
                   lag->next[topic], lag->end[topic]);
        }
        printf("}\n");
        return;
    }
    printf("lane %-3d  lag %10" PRId64 "  journal end %10" PRId64 "\n", lane, lag->lag,
           lag->journal_end);
}

static struct error show_lanes(const struct kafka_settings *kafka, int32_t lanes,
                               struct lane_lag *lags, bool json)
{
    for (int32_t lane = 0; lane < lanes; lane++) {
        TRY(read_lane(kafka, lane, &lags[lane]));
        print_lane(lane, &lags[lane], json);
    }
    return no_error();
}

/* A lane that lags and does not move: nobody processes it, it stopped, or it waits for a topic, an
   open transaction or a schema. The log of `jaga process` says which. */
static void say_still(int32_t lane, const struct lane_lag *lag)
{
    (void)fprintf(stderr,
                  "jaga status: lane %d stands still with %" PRId64
                  " events to go. Is jaga process "
                  "running? Its log names what the lane waits for\n",
                  lane, lag->lag);
}

/* Positions come once a second; only what lags is looked at a second time. */
static struct error look_again(const struct kafka_settings *kafka, int32_t lanes,
                               const struct lane_lag *lags, bool *stands_still)
{
    bool any = false;
    for (int32_t lane = 0; lane < lanes; lane++) {
        any = any || lags[lane].lag > 0;
    }
    if (any) {
        clock_sleep_ms(LOOK_AGAIN_MS);
    }
    for (int32_t lane = 0; lane < lanes; lane++) {
        struct lane_lag now;
        if (lags[lane].lag == 0) {
            continue;
        }
        TRY(read_lane(kafka, lane, &now));
        if (memcmp(now.next, lags[lane].next, sizeof now.next) == 0) {
            say_still(lane, &lags[lane]);
            *stands_still = true;
        }
    }
    return no_error();
}

static void print_freshness(const struct public_meta *meta, bool json)
{
    char as_of[TIME_TEXT_BYTES];
    time_print(meta->as_of, as_of);
    const int64_t age_ms = (clock_wall_us() - meta->updated_at) / 1000;
    if (json) {
        printf("{\"kind\":\"public\",\"as_of\":\"%s\",\"updated_ms_ago\":%" PRId64
               ",\"rules\":\"%s\",\"build\":\"%s\",\"log_id\":\"%s\"}\n",
               as_of, age_ms, meta->rules, meta->build, meta->log_id);
        return;
    }
    printf("public figures  as of %s, written %" PRId64 " ms ago\nrules %s, build %s, log %s\n",
           as_of, age_ms, meta->rules, meta->build, meta->log_id);
}

static struct error show_exceptions(struct redis *redis, bool json)
{
    struct exception_figures figures;
    TRY(figures_exceptions(redis, &figures));
    for (size_t i = 0; i < figures.count; i++) {
        printf(json ? "{\"kind\":\"exceptions\",\"code\":\"%s\",\"count\":%" PRId64 "}\n"
                    : "exceptions  %-32s %12" PRId64 "\n",
               figures.codes[i].code, figures.codes[i].value);
    }
    exception_figures_close(&figures);
    return no_error();
}

static struct error show_figures(struct redis *redis, bool json)
{
    struct public_meta meta;
    TRY(figures_meta(redis, &meta));
    print_freshness(&meta, json);
    return show_exceptions(redis, json);
}

static struct error status(const struct settings *settings, bool json, bool *stands_still)
{
    struct connections connections;
    connections_of(settings, &connections);
    struct log_identity identity;
    static struct lane_lag lags[LANES_MAX];
    TRY(log_identity_read(&connections.kafka, &identity));
    if (identity.lanes > LANES_MAX) {
        return error_make(ERROR_FATAL, "lanes_unfit", "the log has %d lanes, jaga knows %d at most",
                          (int)identity.lanes, LANES_MAX);
    }
    TRY(show_lanes(&connections.kafka, identity.lanes, lags, json));
    struct redis *redis = NULL;
    TRY(redis_open(&connections.redis, -1, &redis));
    const struct error error = show_figures(redis, json);
    redis_close(redis);
    TRY(error);
    return look_again(&connections.kafka, identity.lanes, lags, stands_still);
}

int command_status(const struct settings *settings, const struct arguments *arguments)
{
    bool stands_still = false;
    const struct error error = status(settings, argument_given(arguments, "json"), &stands_still);
    const int code = command_report("status", &error);
    return code == EXIT_SUCCESS && stands_still ? EXIT_ANSWER_NO : code;
}
