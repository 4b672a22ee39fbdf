#include "kafka/group_owners.h"

#include <stdio.h>
#include <string.h>

#include "kafka/client.h"
#include "kafka/kafka_error.h"

#define WHY_BYTES 256

struct asked {
    int32_t lanes;
    struct lane_owner *owners;
    char journal[TOPIC_NAME_BYTES]; /* who has its partition has the lane */
};

static void print_name(const rd_kafka_MemberDescription_t *member, struct lane_owner *out)
{
    const char *instance = rd_kafka_MemberDescription_group_instance_id(member);
    const char *host = rd_kafka_MemberDescription_host(member);
    if (instance != NULL && instance[0] != '\0') {
        (void)snprintf(out->name, sizeof out->name, "%s", instance);
    } else { /* Kafka writes "/127.0.0.1" */
        (void)snprintf(out->name, sizeof out->name, "%s", host[0] == '/' ? host + 1 : host);
    }
}

static void take_member(const rd_kafka_MemberDescription_t *member, struct asked *asked)
{
    const rd_kafka_MemberAssignment_t *assignment = rd_kafka_MemberDescription_assignment(member);
    const rd_kafka_topic_partition_list_t *partitions =
        assignment == NULL ? NULL : rd_kafka_MemberAssignment_partitions(assignment);
    for (int i = 0; partitions != NULL && i < partitions->cnt; i++) {
        const rd_kafka_topic_partition_t *partition = &partitions->elems[i];
        if (strcmp(partition->topic, asked->journal) == 0 && partition->partition >= 0 &&
            partition->partition < asked->lanes) {
            print_name(member, &asked->owners[partition->partition]);
        }
    }
}

static struct error take_group(const struct client *client,
                               const rd_kafka_ConsumerGroupDescription_t *group,
                               struct asked *asked)
{
    const rd_kafka_error_t *error = rd_kafka_ConsumerGroupDescription_error(group);
    if (error != NULL) {
        return kafka_error(client, rd_kafka_error_code(error), rd_kafka_error_string(error),
                           "describing group %s", client->settings->group_id);
    }
    const size_t count = rd_kafka_ConsumerGroupDescription_member_count(group);
    for (size_t i = 0; i < count; i++) {
        take_member(rd_kafka_ConsumerGroupDescription_member(group, i), asked);
    }
    return no_error();
}

static struct error take_answer(const struct client *client, rd_kafka_event_t *event,
                                struct asked *asked)
{
    if (event == NULL || rd_kafka_event_error(event) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return kafka_error(
            client, event == NULL ? RD_KAFKA_RESP_ERR__TIMED_OUT : rd_kafka_event_error(event),
            event == NULL ? NULL : rd_kafka_event_error_string(event), "describing group %s",
            client->settings->group_id);
    }
    size_t count = 0;
    const rd_kafka_ConsumerGroupDescription_t **groups =
        rd_kafka_DescribeConsumerGroups_result_groups(
            rd_kafka_event_DescribeConsumerGroups_result(event), &count);
    return count == 1 ? take_group(client, groups[0], asked) : no_error();
}

static struct error describe(struct client *client, rd_kafka_queue_t *queue,
                             const rd_kafka_AdminOptions_t *options, struct asked *asked)
{
    const char *groups[] = {client->settings->group_id};
    rd_kafka_DescribeConsumerGroups(client->rk, groups, 1, options, queue);
    /* The request has a time-out of its own; this one only guards against waiting for ever. */
    rd_kafka_event_t *event = rd_kafka_queue_poll(queue, (int)client->settings->timeout_ms + 1000);
    client_serve(client);
    const struct error error = take_answer(client, event, asked);
    if (event != NULL) {
        rd_kafka_event_destroy(event);
    }
    return error;
}

static struct error ask(struct client *client, struct asked *asked)
{
    char why[WHY_BYTES];
    rd_kafka_queue_t *queue = rd_kafka_queue_new(client->rk);
    rd_kafka_AdminOptions_t *options =
        rd_kafka_AdminOptions_new(client->rk, RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS);
    struct error error = no_error();
    if (rd_kafka_AdminOptions_set_request_timeout(options, (int)client->settings->timeout_ms, why,
                                                  sizeof why) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        error = error_make(ERROR_USAGE, "kafka_option", "the Kafka time-out does not do: %s", why);
    } else {
        error = describe(client, queue, options, asked);
    }
    rd_kafka_AdminOptions_destroy(options);
    rd_kafka_queue_destroy(queue);
    return error;
}

struct error group_owners(const struct kafka_settings *settings, int32_t lanes,
                          struct lane_owner *owners)
{
    struct asked asked = {.lanes = lanes, .owners = owners};
    struct client client = {0};
    topic_name(settings, TOPIC_JOURNAL, asked.journal);
    memset(owners, 0, (size_t)lanes * sizeof *owners);
    TRY(client_open(&client, settings, &(struct client_options){.type = RD_KAFKA_PRODUCER}));
    const struct error error = ask(&client, &asked);
    client_close(&client);
    return error;
}
