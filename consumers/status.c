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

struct lane_lag {
    int64_t next[INPUT_TOPIC_COUNT], end[INPUT_TOPIC_COUNT];
    int64_t lag;
    int64_t journal_end;
};

static struct error read_lane(const struct kafka_settings *kafka, int32_t lane,
                              struct lane_lag *out)
{
    int64_t low, end;
    out->lag = 0;
    TRY(group_positions(kafka, lane, out->next));
    for (unsigned topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        TRY(log_bounds(kafka, (enum topic)topic, lane, &low, &out->end[topic], &end));
        const int64_t next = out->next[topic] < low ? low : out->next[topic];
        out->lag += out->end[topic] > next ? out->end[topic] - next : 0;
    }
    return log_bounds(kafka, TOPIC_JOURNAL, lane, &low, &out->journal_end, &end);
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

static struct error show_lanes(const struct kafka_settings *kafka, bool json)
{
    struct log_identity identity;
    TRY(log_identity_read(kafka, &identity));
    for (int32_t lane = 0; lane < identity.lanes; lane++) {
        struct lane_lag lag;
        TRY(read_lane(kafka, lane, &lag));
        print_lane(lane, &lag, json);
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
    struct figure *figures = NULL;
    size_t count = 0;
    TRY(figures_exceptions(redis, &figures, &count));
    for (size_t i = 0; i < count; i++) {
        printf(json ? "{\"kind\":\"exceptions\",\"code\":\"%s\",\"count\":%" PRId64 "}\n"
                    : "exceptions  %-32s %12" PRId64 "\n",
               figures[i].name, figures[i].value);
    }
    free(figures);
    return no_error();
}

static struct error show_figures(struct redis *redis, bool json)
{
    struct public_meta meta;
    TRY(figures_meta(redis, &meta));
    print_freshness(&meta, json);
    return show_exceptions(redis, json);
}

static struct error status(const struct settings *settings, bool json)
{
    struct connections connections;
    connections_of(settings, &connections);
    TRY(show_lanes(&connections.kafka, json));
    struct redis *redis = NULL;
    TRY(redis_open(&connections.redis, -1, &redis));
    const struct error error = show_figures(redis, json);
    redis_close(redis);
    return error;
}

int command_status(const struct settings *settings, const struct arguments *arguments)
{
    const struct error error = status(settings, argument_given(arguments, "json"));
    return command_report("status", &error);
}
