#include "kafka/lane_ends.h"

#include <assert.h>
#include <stdlib.h>

#include "kafka/client.h"
#include "kafka/group.h"

struct lane_ends_reader {
    struct client client;
    struct kafka_settings settings;
};

struct error lane_ends_open(const struct kafka_settings *settings, struct lane_ends_reader **out)
{
    struct lane_ends_reader *reader = calloc(1, sizeof *reader);
    assert(reader != NULL);
    reader->settings = *settings;
    const struct error error =
        client_open_reader(&reader->client, &reader->settings, READ_COMMITTED);
    if (failed(&error)) {
        lane_ends_close(reader);
        return error;
    }
    *out = reader;
    return no_error();
}

void lane_ends_close(struct lane_ends_reader *reader)
{
    if (reader != NULL) {
        client_close(&reader->client);
        free(reader);
    }
}

static struct error bounds(struct lane_ends_reader *reader, enum topic topic, int32_t lane,
                           int64_t *low, int64_t *end)
{
    char name[TOPIC_NAME_BYTES];
    topic_name(&reader->settings, topic, name);
    return client_bounds(&reader->client, name, lane, low, end);
}

struct error lane_ends_read(struct lane_ends_reader *reader, int32_t lane, struct lane_ends *out)
{
    int64_t journal_low;
    TRY(group_positions(&reader->settings, lane, out->next));
    for (unsigned topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        TRY(bounds(reader, (enum topic)topic, lane, &out->low[topic], &out->end[topic]));
    }
    return bounds(reader, TOPIC_JOURNAL, lane, &journal_low, &out->journal_end);
}

int64_t lane_ends_lag(const struct lane_ends *ends, unsigned topic)
{
    const int64_t from =
        ends->next[topic] < ends->low[topic] ? ends->low[topic] : ends->next[topic];
    return ends->end[topic] > from ? ends->end[topic] - from : 0;
}
