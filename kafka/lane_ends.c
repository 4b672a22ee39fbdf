#include "kafka/lane_ends.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kafka/client.h"
#include "kafka/group.h"
#include "kafka/kafka_error.h"

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
    return client_bounds_in_time(&reader->client, name, lane, low, end);
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

/* Who has which lane. */

static void print_name(const rd_kafka_MemberDescription_t *member, char out[OWNER_BYTES])
{
    const char *instance = rd_kafka_MemberDescription_group_instance_id(member);
    const char *host = rd_kafka_MemberDescription_host(member);
    if (instance != NULL && instance[0] != '\0') {
        (void)snprintf(out, OWNER_BYTES, "%s", instance);
    } else { /* Kafka writes "/127.0.0.1" */
        (void)snprintf(out, OWNER_BYTES, "%s", host[0] == '/' ? host + 1 : host);
    }
}

static void note_member(const rd_kafka_MemberDescription_t *member, const char *topic,
                        int32_t lanes, struct lane_ends *ends)
{
    const rd_kafka_topic_partition_list_t *list =
        rd_kafka_MemberAssignment_partitions(rd_kafka_MemberDescription_assignment(member));
    for (int i = 0; list != NULL && i < list->cnt; i++) {
        const int32_t lane = list->elems[i].partition;
        if (lane >= 0 && lane < lanes && strcmp(list->elems[i].topic, topic) == 0) {
            print_name(member, ends[lane].owner);
        }
    }
}

static struct error take_owners(struct lane_ends_reader *reader, rd_kafka_event_t *event,
                                int32_t lanes, struct lane_ends *ends)
{
    char topic[TOPIC_NAME_BYTES];
    size_t count = 0;
    const rd_kafka_ConsumerGroupDescription_t **groups =
        rd_kafka_DescribeConsumerGroups_result_groups(
            rd_kafka_event_DescribeConsumerGroups_result(event), &count);
    topic_name(&reader->settings, TOPIC_JOURNAL, topic); /* who has its partition has the lane */
    for (int32_t lane = 0; lane < lanes; lane++) {
        ends[lane].owner[0] = '\0';
    }
    for (size_t i = 0; i < count; i++) {
        const rd_kafka_error_t *trouble = rd_kafka_ConsumerGroupDescription_error(groups[i]);
        if (trouble != NULL) {
            return kafka_error(&reader->client, rd_kafka_error_code(trouble),
                               rd_kafka_error_string(trouble), "asking who has the lanes");
        }
        const size_t members = rd_kafka_ConsumerGroupDescription_member_count(groups[i]);
        for (size_t m = 0; m < members; m++) {
            note_member(rd_kafka_ConsumerGroupDescription_member(groups[i], m), topic, lanes, ends);
        }
    }
    return no_error();
}

struct error lane_owners_read(struct lane_ends_reader *reader, int32_t lanes,
                              struct lane_ends *ends)
{
    rd_kafka_t *rk = reader->client.rk;
    const char *group = reader->settings.group_id;
    const int timeout_ms = (int)reader->settings.timeout_ms;
    rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
    rd_kafka_AdminOptions_t *options =
        rd_kafka_AdminOptions_new(rk, RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS);
    (void)rd_kafka_AdminOptions_set_request_timeout(options, timeout_ms, NULL, 0);
    rd_kafka_DescribeConsumerGroups(rk, &group, 1, options, queue);
    /* The request has a time-out of its own; this one only guards against waiting for ever. */
    rd_kafka_event_t *event = rd_kafka_queue_poll(queue, timeout_ms + 1000);
    const rd_kafka_resp_err_t code =
        event == NULL ? RD_KAFKA_RESP_ERR__TIMED_OUT : rd_kafka_event_error(event);
    const struct error error =
        code != RD_KAFKA_RESP_ERR_NO_ERROR
            ? kafka_error(&reader->client, code, NULL, "asking who has the lanes")
            : take_owners(reader, event, lanes, ends);
    if (event != NULL) {
        rd_kafka_event_destroy(event);
    }
    rd_kafka_AdminOptions_destroy(options);
    rd_kafka_queue_destroy(queue);
    return error;
}

int64_t lane_ends_lag(const struct lane_ends *ends, unsigned topic)
{
    const int64_t from =
        ends->next[topic] < ends->low[topic] ? ends->low[topic] : ends->next[topic];
    return ends->end[topic] > from ? ends->end[topic] - from : 0;
}
