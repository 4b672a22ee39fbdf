#include "kafka/group.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "kafka/client.h"
#include "kafka/kafka_error.h"

struct group {
    struct client client;
    char topics[INPUT_TOPIC_COUNT + 1][TOPIC_NAME_BYTES]; /* the journal is the last one */
    enum group_change change;                             /* what the callback saw, until told */
    bool release_wanted;                                  /* a rebalance waits for group_released */
    bool closing;                                         /* nobody is left to let lanes go */
    uint32_t lane_count;
    int32_t lanes[LANES_MAX];
    rd_kafka_resp_err_t failed_with; /* of the callback's own calls */
};

static const enum topic subscribed[INPUT_TOPIC_COUNT + 1] = {
    TOPIC_ENROLLMENT, TOPIC_CONTRIBUTION, TOPIC_CLAIM, TOPIC_PAYMENT_STATUS, TOPIC_JOURNAL,
};

/* A lane is ours when its journal partition is: with `range` and equal partition counts the inputs'
   partitions come with it. */
static void keep_lanes(struct group *group, const rd_kafka_topic_partition_list_t *partitions)
{
    const char *journal = group->topics[INPUT_TOPIC_COUNT];
    group->lane_count = 0;
    for (int i = 0; i < partitions->cnt && group->lane_count < LANES_MAX; i++) {
        const rd_kafka_topic_partition_t *partition = &partitions->elems[i];
        if (strcmp(partition->topic, journal) == 0) {
            group->lanes[group->lane_count++] = partition->partition;
        }
    }
}

/* Membership is all that is wanted: each lane reads through its own consumer. */
static void assign_nothing(struct group *group)
{
    rd_kafka_topic_partition_list_t *none = rd_kafka_topic_partition_list_new(0);
    group->failed_with = rd_kafka_assign(group->client.rk, none);
    rd_kafka_topic_partition_list_destroy(none);
}

static void on_rebalance(rd_kafka_t *rk, rd_kafka_resp_err_t code,
                         rd_kafka_topic_partition_list_t *partitions, void *opaque)
{
    struct group *group = ((struct client *)opaque)->owner;
    rd_kafka_yield(rk); /* group_poll is to tell at once */
    if (group->closing) {
        group->failed_with = rd_kafka_assign(rk, NULL);
        return;
    }
    if (code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
        keep_lanes(group, partitions);
        assign_nothing(group);
        group->change = GROUP_ASSIGNED;
        return;
    }
    /* The assignment the group knows was emptied by us, so that `lanes` still holds what was ours.
       Giving it back waits until the lanes are let go. */
    group->change = rd_kafka_assignment_lost(rk) ? GROUP_LOST : GROUP_REVOKED;
    group->release_wanted = true;
}

static void set_callbacks(rd_kafka_conf_t *conf)
{
    rd_kafka_conf_set_rebalance_cb(conf, on_rebalance);
}

static struct error subscribe(struct group *group)
{
    rd_kafka_topic_partition_list_t *list =
        rd_kafka_topic_partition_list_new(INPUT_TOPIC_COUNT + 1);
    for (int i = 0; i <= INPUT_TOPIC_COUNT; i++) {
        topic_name(group->client.settings, subscribed[i], group->topics[i]);
        rd_kafka_topic_partition_list_add(list, group->topics[i], RD_KAFKA_PARTITION_UA);
    }
    const rd_kafka_resp_err_t code = rd_kafka_subscribe(group->client.rk, list);
    rd_kafka_topic_partition_list_destroy(list);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return kafka_error(&group->client, code, NULL, "joining group %s",
                           group->client.settings->group_id);
    }
    return no_error();
}

/* A member that does not poll for longer loses its lanes; librdkafka's own limit is five minutes.
 */
static void print_poll_interval(uint32_t longest_ms, char out[16])
{
    const uint32_t usual_ms = 300000;
    const uint32_t margin_ms = 60000;
    const uint32_t wanted_ms = longest_ms + margin_ms;
    (void)snprintf(out, 16, "%u", wanted_ms > usual_ms ? wanted_ms : usual_ms);
}

static struct error open_member(struct client *client, const struct kafka_settings *settings,
                                uint32_t longest_ms, void (*prepare)(rd_kafka_conf_t *conf),
                                void *owner)
{
    char poll_interval[16];
    print_poll_interval(longest_ms, poll_interval);
    const bool is_static = settings->instance_id != NULL && settings->instance_id[0] != '\0';
    const struct kafka_option options[] = {
        {"group.id", settings->group_id},
        {"partition.assignment.strategy", "range"},
        {"enable.auto.commit", "false"},
        {"enable.auto.offset.store", "false"},
        {"session.timeout.ms", "6000"},
        {"heartbeat.interval.ms", "2000"},
        {"max.poll.interval.ms", poll_interval},
        {is_static ? "group.instance.id" : NULL, settings->instance_id},
        {NULL, NULL},
    };
    return client_open(
        client, settings,
        &(struct client_options){
            .type = RD_KAFKA_CONSUMER, .options = options, .prepare = prepare, .owner = owner});
}

struct error group_open(const struct kafka_settings *settings, uint32_t longest_ms,
                        struct group **out)
{
    struct group *group = calloc(1, sizeof *group);
    assert(group != NULL);
    struct error error = open_member(&group->client, settings, longest_ms, set_callbacks, group);
    if (!failed(&error)) {
        error = subscribe(group);
    }
    if (failed(&error)) {
        client_close(&group->client);
        free(group);
        group = NULL;
    }
    *out = group;
    return error;
}

void group_close(struct group *group)
{
    if (group == NULL) {
        return;
    }
    /* The callback of the last revoke comes out of close itself; it must not wait for anybody. */
    if (group->release_wanted) {
        (void)group_released(group);
    }
    group->closing = true;
    (void)rd_kafka_consumer_close(group->client.rk);
    client_close(&group->client);
    free(group);
}

static struct error poll_once(struct group *group, int wait_ms)
{
    client_serve(&group->client);
    rd_kafka_message_t *message = rd_kafka_consumer_poll(group->client.rk, wait_ms);
    struct error error = no_error();
    if (message != NULL) {
        error = kafka_error(&group->client, message->err, rd_kafka_message_errstr(message),
                            "group %s", group->client.settings->group_id);
        rd_kafka_message_destroy(message);
    }
    if (group->failed_with != RD_KAFKA_RESP_ERR_NO_ERROR) {
        error = kafka_error(&group->client, group->failed_with, NULL, "assignment in group %s",
                            group->client.settings->group_id);
        group->failed_with = RD_KAFKA_RESP_ERR_NO_ERROR;
    }
    return error;
}

struct error group_poll(struct group *group, int wait_ms, enum group_change *change,
                        int32_t lanes[LANES_MAX], uint32_t *lane_count)
{
    const struct error error = poll_once(group, wait_ms);
    *change = group->change;
    *lane_count = group->change == GROUP_SAME ? 0 : group->lane_count;
    memcpy(lanes, group->lanes, *lane_count * sizeof *lanes);
    group->change = GROUP_SAME;
    return error;
}

struct error group_released(struct group *group)
{
    group->lane_count = 0;
    if (!group->release_wanted) {
        return no_error();
    }
    group->release_wanted = false;
    const rd_kafka_resp_err_t code = rd_kafka_assign(group->client.rk, NULL);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return kafka_error(&group->client, code, NULL, "leaving lanes of group %s",
                           group->client.settings->group_id);
    }
    return no_error();
}

static rd_kafka_topic_partition_list_t *inputs_of(const struct kafka_settings *settings,
                                                  int32_t lane)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(INPUT_TOPIC_COUNT);
    for (int topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        char name[TOPIC_NAME_BYTES];
        topic_name(settings, (enum topic)topic, name);
        rd_kafka_topic_partition_list_add(list, name, lane);
    }
    return list;
}

struct error group_commit(struct group *group, int32_t lane, const int64_t next[INPUT_TOPIC_COUNT])
{
    rd_kafka_topic_partition_list_t *list = inputs_of(group->client.settings, lane);
    for (int topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        list->elems[topic].offset = next[topic];
    }
    const rd_kafka_resp_err_t code = rd_kafka_commit(group->client.rk, list, 1);
    rd_kafka_topic_partition_list_destroy(list);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return kafka_error(&group->client, code, NULL, "committing positions of lane %d",
                           (int)lane);
    }
    return no_error();
}

static struct error read_positions(struct client *client, rd_kafka_topic_partition_list_t *list,
                                   int64_t next[INPUT_TOPIC_COUNT])
{
    const rd_kafka_resp_err_t code =
        rd_kafka_committed(client->rk, list, (int)client->settings->timeout_ms);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        client_serve(client);
        return kafka_error(client, code, NULL, "reading positions of group %s",
                           client->settings->group_id);
    }
    for (int topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        next[topic] = list->elems[topic].offset < 0 ? -1 : list->elems[topic].offset;
    }
    return no_error();
}

struct error group_positions(const struct kafka_settings *settings, int32_t lane,
                             int64_t next[INPUT_TOPIC_COUNT])
{
    struct kafka_settings unnamed = *settings;
    unnamed.instance_id = NULL;
    struct client client;
    TRY(open_member(&client, &unnamed, 0, NULL, NULL));
    rd_kafka_topic_partition_list_t *list = inputs_of(settings, lane);
    const struct error error = read_positions(&client, list, next);
    rd_kafka_topic_partition_list_destroy(list);
    client_close(&client);
    return error;
}
