#include "kafka/admin.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "kafka/client.h"
#include "kafka/group.h"
#include "kafka/kafka_error.h"
#include "support/clock.h"

#define REPLICATION 3
#define WHY_BYTES 256
#define KNOWN_STEP_MS 20

struct required { /* a topic setting start-up insists on */
    const char *name, *value;
    bool unless_dev;
};

static const struct required required[] = {
    {"cleanup.policy", "delete", false},
    {"retention.ms", "-1", false},
    {"retention.bytes", "-1", false},
    {"message.timestamp.type", "CreateTime", false},
    {"message.timestamp.after.max.ms", "9223372036854775807", false},
    {"message.timestamp.before.max.ms", "9223372036854775807", false},
    {"min.insync.replicas", "2", true},
    {"unclean.leader.election.enable", "false", true},
};
#define REQUIRED_COUNT (sizeof required / sizeof *required)

static bool is_lane_topic(enum topic topic)
{
    return topic <= TOPIC_JOURNAL && topic != TOPIC_REFERENCE;
}

/* ---- An admin request and its answer ---- */

struct admin {
    struct client client;
    rd_kafka_queue_t *queue;
    rd_kafka_AdminOptions_t *options;
};

static void admin_close(struct admin *admin)
{
    if (admin->options != NULL) {
        rd_kafka_AdminOptions_destroy(admin->options);
    }
    if (admin->queue != NULL) {
        rd_kafka_queue_destroy(admin->queue);
    }
    client_close(&admin->client);
}

static struct error admin_open(struct admin *admin, const struct kafka_settings *settings,
                               rd_kafka_admin_op_t operation)
{
    char why[WHY_BYTES];
    *admin = (struct admin){0};
    TRY(client_open(&admin->client, settings, &(struct client_options){.type = RD_KAFKA_PRODUCER}));
    admin->queue = rd_kafka_queue_new(admin->client.rk);
    admin->options = rd_kafka_AdminOptions_new(admin->client.rk, operation);
    const rd_kafka_resp_err_t code = rd_kafka_AdminOptions_set_request_timeout(
        admin->options, (int)settings->timeout_ms, why, sizeof why);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return error_make(ERROR_USAGE, "kafka_option", "the Kafka time-out does not do: %s", why);
    }
    return no_error();
}

/* Waits for the answer. `*event` is the caller's to destroy on success. */
static struct error admin_answer(struct admin *admin, const char *doing, rd_kafka_event_t **event)
{
    /* The request has a time-out of its own; this one only guards against waiting for ever. */
    const int wait_ms = (int)admin->client.settings->timeout_ms + 1000;
    rd_kafka_event_t *answer = rd_kafka_queue_poll(admin->queue, wait_ms);
    client_serve(&admin->client);
    if (answer == NULL) {
        return kafka_error(&admin->client, RD_KAFKA_RESP_ERR__TIMED_OUT, NULL, "%s", doing);
    }
    if (rd_kafka_event_error(answer) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        const struct error error = kafka_error(&admin->client, rd_kafka_event_error(answer),
                                               rd_kafka_event_error_string(answer), "%s", doing);
        rd_kafka_event_destroy(answer);
        return error;
    }
    *event = answer;
    return no_error();
}

/* ---- Creating ---- */

static struct error new_topic(const struct kafka_settings *settings, enum topic topic,
                              int32_t lanes, bool dev, rd_kafka_NewTopic_t **out)
{
    char name[TOPIC_NAME_BYTES];
    char why[WHY_BYTES];
    topic_name(settings, topic, name);
    *out = rd_kafka_NewTopic_new(name, is_lane_topic(topic) ? lanes : 1, dev ? 1 : REPLICATION, why,
                                 sizeof why);
    if (*out == NULL) {
        return error_make(ERROR_USAGE, "topic_unfit", "topic %s cannot be created: %s", name, why);
    }
    for (size_t i = 0; i < REQUIRED_COUNT; i++) {
        if (!dev || !required[i].unless_dev) {
            (void)rd_kafka_NewTopic_set_config(*out, required[i].name, required[i].value);
        }
    }
    return no_error();
}

static struct error count_created(const struct admin *admin, rd_kafka_event_t *event,
                                  unsigned *created)
{
    size_t count = 0;
    const rd_kafka_topic_result_t **results =
        rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count);
    for (size_t i = 0; i < count; i++) {
        const rd_kafka_resp_err_t code = rd_kafka_topic_result_error(results[i]);
        if (code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) {
            continue;
        }
        if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
            const char *why = rd_kafka_topic_result_error_string(results[i]);
            return kafka_error(&admin->client, code, why, "creating topic %s%s",
                               rd_kafka_topic_result_name(results[i]),
                               code == RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR
                                   ? " (one broker will do with --dev)"
                                   : "");
        }
        (*created)++;
    }
    return no_error();
}

static struct error create(struct admin *admin, rd_kafka_NewTopic_t *topics[TOPIC_COUNT],
                           unsigned *created)
{
    rd_kafka_event_t *event = NULL;
    rd_kafka_CreateTopics(admin->client.rk, topics, TOPIC_COUNT, admin->options, admin->queue);
    TRY(admin_answer(admin, "creating the topics", &event));
    const struct error error = count_created(admin, event, created);
    rd_kafka_event_destroy(event);
    return error;
}

static struct error create_all(struct admin *admin, const struct kafka_settings *settings,
                               int32_t lanes, bool dev, unsigned *created)
{
    rd_kafka_NewTopic_t *topics[TOPIC_COUNT] = {NULL};
    struct error error = no_error();
    for (int topic = 0; topic < TOPIC_COUNT && !failed(&error); topic++) {
        error = new_topic(settings, (enum topic)topic, lanes, dev, &topics[topic]);
    }
    if (!failed(&error)) {
        error = create(admin, topics, created);
    }
    for (int topic = 0; topic < TOPIC_COUNT; topic++) {
        if (topics[topic] != NULL) {
            rd_kafka_NewTopic_destroy(topics[topic]);
        }
    }
    return error;
}

static const struct rd_kafka_metadata_topic *find_topic(const struct rd_kafka_metadata *metadata,
                                                        const char *name)
{
    for (int i = 0; i < metadata->topic_cnt; i++) {
        const struct rd_kafka_metadata_topic *topic = &metadata->topics[i];
        if (strcmp(topic->topic, name) == 0 && topic->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
            return topic;
        }
    }
    return NULL;
}

static bool are_known(const struct admin *admin, const struct rd_kafka_metadata *metadata)
{
    for (int topic = 0; topic < TOPIC_COUNT; topic++) {
        char name[TOPIC_NAME_BYTES];
        topic_name(admin->client.settings, (enum topic)topic, name);
        if (find_topic(metadata, name) == NULL) {
            return false;
        }
    }
    return true;
}

/* The controller has created them; the brokers that are asked learn of it a moment later. */
static struct error wait_until_known(struct admin *admin)
{
    const int timeout_ms = (int)admin->client.settings->timeout_ms;
    const int64_t until_us = clock_steady_us() + (int64_t)timeout_ms * 1000;
    rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR__TIMED_OUT;
    do {
        const struct rd_kafka_metadata *metadata = NULL;
        code = rd_kafka_metadata(admin->client.rk, 1, NULL, &metadata, timeout_ms);
        if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
            break;
        }
        const bool known = are_known(admin, metadata);
        rd_kafka_metadata_destroy(metadata);
        if (known) {
            return no_error();
        }
        code = RD_KAFKA_RESP_ERR__TIMED_OUT;
        clock_sleep_ms(KNOWN_STEP_MS);
    } while (clock_steady_us() < until_us);
    client_serve(&admin->client);
    return kafka_error(&admin->client, code, NULL, "waiting for the new topics to be known");
}

struct error topics_create(const struct kafka_settings *settings, int32_t lanes, bool dev,
                           unsigned *created)
{
    struct admin admin;
    *created = 0;
    if (lanes < 1 || lanes > LANES_MAX) {
        return error_make(ERROR_USAGE, "lanes_unfit", "%d lanes: 1 to %d are possible", (int)lanes,
                          LANES_MAX);
    }
    struct error error = admin_open(&admin, settings, RD_KAFKA_ADMIN_OP_CREATETOPICS);
    if (!failed(&error)) {
        error = create_all(&admin, settings, lanes, dev, created);
    }
    if (!failed(&error)) {
        error = wait_until_known(&admin);
    }
    admin_close(&admin);
    return error;
}

/* ---- Verifying ---- */

struct topics {      /* a run of them */
    int first, last; /* enum topic */
};

static struct error wrong(const char *topic, const char *setting, const char *found,
                          const char *needed)
{
    return error_make(ERROR_FATAL, "topics_wrong",
                      "topic %s: %s is %s and must be %s. Change it with kafka-configs, or create "
                      "the topic anew with `jaga init`",
                      topic, setting, found == NULL ? "not known" : found, needed);
}

static struct error wrong_number(const char *topic, const char *setting, int64_t found,
                                 int64_t needed)
{
    char found_text[24];
    char needed_text[24];
    (void)snprintf(found_text, sizeof found_text, "%" PRId64, found);
    (void)snprintf(needed_text, sizeof needed_text, "%" PRId64, needed);
    return wrong(topic, setting, found_text, needed_text);
}

static struct error check_entry(const char *topic, const struct required *needed,
                                const rd_kafka_ConfigEntry_t **entries, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *value = rd_kafka_ConfigEntry_value(entries[i]);
        if (strcmp(rd_kafka_ConfigEntry_name(entries[i]), needed->name) != 0) {
            continue;
        }
        if (value == NULL || strcmp(value, needed->value) != 0) {
            return wrong(topic, needed->name, value, needed->value);
        }
        return no_error();
    }
    return wrong(topic, needed->name, NULL, needed->value);
}

static struct error check_settings(const struct admin *admin,
                                   const rd_kafka_ConfigResource_t *found, bool dev)
{
    const char *topic = rd_kafka_ConfigResource_name(found);
    size_t count = 0;
    const rd_kafka_ConfigEntry_t **entries = rd_kafka_ConfigResource_configs(found, &count);
    if (rd_kafka_ConfigResource_error(found) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return kafka_error(&admin->client, rd_kafka_ConfigResource_error(found),
                           rd_kafka_ConfigResource_error_string(found),
                           "asking for the settings of %s", topic);
    }
    for (size_t i = 0; i < REQUIRED_COUNT; i++) {
        if (!dev || !required[i].unless_dev) {
            TRY(check_entry(topic, &required[i], entries, count));
        }
    }
    return no_error();
}

static struct error check_all_settings(const struct admin *admin, rd_kafka_event_t *event, bool dev)
{
    size_t count = 0;
    const rd_kafka_ConfigResource_t **found = rd_kafka_DescribeConfigs_result_resources(
        rd_kafka_event_DescribeConfigs_result(event), &count);
    for (size_t i = 0; i < count; i++) {
        TRY(check_settings(admin, found[i], dev));
    }
    return no_error();
}

static struct error verify_settings(struct admin *admin, const struct topics *topics, bool dev)
{
    rd_kafka_ConfigResource_t *resources[TOPIC_COUNT];
    rd_kafka_event_t *event = NULL;
    size_t count = 0;
    for (int topic = topics->first; topic <= topics->last; topic++) {
        char name[TOPIC_NAME_BYTES];
        topic_name(admin->client.settings, (enum topic)topic, name);
        resources[count++] = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, name);
    }
    rd_kafka_DescribeConfigs(admin->client.rk, resources, count, admin->options, admin->queue);
    rd_kafka_ConfigResource_destroy_array(resources, count);
    TRY(admin_answer(admin, "asking for the settings of the topics", &event));
    const struct error error = check_all_settings(admin, event, dev);
    rd_kafka_event_destroy(event);
    return error;
}

/* `*lanes` is 0 until the first lane topic tells how many there are. */
static struct error check_shape(const struct rd_kafka_metadata_topic *found, enum topic topic,
                                bool dev, int32_t *lanes)
{
    if (is_lane_topic(topic) && *lanes == 0) {
        *lanes = found->partition_cnt;
    }
    const int32_t needed = is_lane_topic(topic) ? *lanes : 1;
    if (found->partition_cnt != needed) {
        return wrong_number(found->topic, "the number of partitions", found->partition_cnt, needed);
    }
    for (int i = 0; i < found->partition_cnt && !dev; i++) {
        if (found->partitions[i].replica_cnt < REPLICATION) {
            return wrong_number(found->topic, "replication", found->partitions[i].replica_cnt,
                                REPLICATION);
        }
    }
    return no_error();
}

static struct error check_shapes(const struct admin *admin, const struct topics *topics,
                                 const struct rd_kafka_metadata *metadata, bool dev, int32_t *lanes)
{
    *lanes = 0;
    for (int topic = topics->first; topic <= topics->last; topic++) {
        char name[TOPIC_NAME_BYTES];
        topic_name(admin->client.settings, (enum topic)topic, name);
        const struct rd_kafka_metadata_topic *found = find_topic(metadata, name);
        if (found == NULL) {
            return error_make(
                ERROR_FATAL, "topics_wrong",
                "topic %s does not exist at %s: run `jaga init`, or check topic.prefix", name,
                admin->client.settings->brokers);
        }
        TRY(check_shape(found, (enum topic)topic, dev, lanes));
    }
    if (*lanes > LANES_MAX) {
        return wrong_number("journal", "the number of partitions", *lanes, LANES_MAX);
    }
    return no_error();
}

static struct error verify_shapes(struct admin *admin, const struct topics *topics, bool dev,
                                  int32_t *lanes)
{
    const struct rd_kafka_metadata *metadata = NULL;
    const rd_kafka_resp_err_t code = rd_kafka_metadata(admin->client.rk, 1, NULL, &metadata,
                                                       (int)admin->client.settings->timeout_ms);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        client_serve(&admin->client);
        return kafka_error(&admin->client, code, NULL, "asking for the topics");
    }
    const struct error error = check_shapes(admin, topics, metadata, dev, lanes);
    rd_kafka_metadata_destroy(metadata);
    return error;
}

static struct error verify(const struct kafka_settings *settings, const struct topics *topics,
                           bool dev, int32_t *lanes)
{
    struct admin admin;
    struct error error = admin_open(&admin, settings, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS);
    if (!failed(&error)) {
        error = verify_shapes(&admin, topics, dev, lanes);
    }
    if (!failed(&error)) {
        error = verify_settings(&admin, topics, dev);
    }
    admin_close(&admin);
    return error;
}

struct error topics_verify(const struct kafka_settings *settings, bool dev, int32_t *lanes)
{
    static const struct topics of_lanes = {TOPIC_ENROLLMENT, TOPIC_SCHEMA};
    return verify(settings, &of_lanes, dev, lanes);
}

struct error checkpoint_topic_verify(const struct kafka_settings *settings, bool dev)
{
    static const struct topics alone = {TOPIC_CHECKPOINT, TOPIC_CHECKPOINT};
    int32_t lanes;
    return verify(settings, &alone, dev, &lanes);
}
