#include "kafka/client.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "kafka/kafka_error.h"
#include "support/clock.h"
#include "support/counter.h"
#include "support/log.h"

#define LEADER_WAIT_MS 50
#define MICROSECONDS_A_MILLISECOND INT64_C(1000)
#define MAIN_QUEUE_READS_MAX 64

/* What every handle needs. The broker list, reading and writing add theirs. */
static const struct kafka_option common[] = {
    {"client.id", "jaga"},
    {"log.connection.close", "false"},
    {"socket.nagle.disable", "true"},
    {"reconnect.backoff.max.ms", "1000"},
    {NULL, NULL},
};

/* Reading in order and in large steps, never past a gap, an open transaction or a damaged batch.
   The sizes are those of docs/measurements: a queue that fills up pauses librdkafka for a second.
 */
static const struct kafka_option reading[] = {
    {"enable.auto.commit", "false"},
    {"enable.auto.offset.store", "false"},
    {"auto.offset.reset", "error"},
    {"enable.partition.eof", "true"},
    {"check.crcs", "true"},
    {"fetch.wait.max.ms", "50"},
    {"fetch.error.backoff.ms", "100"},
    {"fetch.message.max.bytes", "1048576"},
    {"queued.max.messages.kbytes", "16384"},
    {"queued.min.messages", "1000000"},
    {NULL, NULL},
};

/* Options on which a guarantee rests, or that have a name of their own among our settings. */
static const char *const fixed[] = {
    "bootstrap.servers",
    "metadata.broker.list",
    "group.id",
    "group.instance.id",
    "transactional.id",
    "enable.idempotence",
    "isolation.level",
    "auto.offset.reset",
    "enable.auto.commit",
    "enable.partition.eof",
    "enable.auto.offset.store",
    "partitioner",
    "check.crcs",
    "partition.assignment.strategy",
    "max.poll.interval.ms",
    "acks",
    "request.required.acks",
};

static counter_t errors;

uint64_t kafka_errors_told(void)
{
    return counter_read(&errors);
}

static void on_error(rd_kafka_t *rk, int code, const char *reason, void *opaque)
{
    struct client *client = opaque;
    (void)rk;
    counter_add(&errors, 1);
    if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN && client->reason[0] != '\0') {
        return; /* the complaint before it says why */
    }
    (void)snprintf(client->reason, sizeof client->reason, "%s", reason);
    client->refused = code == RD_KAFKA_RESP_ERR__AUTHENTICATION || code == RD_KAFKA_RESP_ERR__SSL;
}

static void on_log(const rd_kafka_t *rk, int severity, const char *facility, const char *message)
{
    (void)rk;
    const bool about_settings = strcmp(facility, "CONFWARN") == 0;
    log_library("librdkafka", about_settings ? 7 : severity, facility, message);
}

static struct error set_own(rd_kafka_conf_t *conf, const char *name, const char *value)
{
    char why[200];
    if (rd_kafka_conf_set(conf, name, value, why, sizeof why) != RD_KAFKA_CONF_OK) {
        return error_make(ERROR_USAGE, "kafka_option", "Kafka setting %s = %s: %s", name, value,
                          why);
    }
    return no_error();
}

static struct error set_list(rd_kafka_conf_t *conf, const struct kafka_option *options)
{
    for (; options != NULL && options->name != NULL; options++) {
        TRY(set_own(conf, options->name, options->value));
    }
    return no_error();
}

static struct error set_user(rd_kafka_conf_t *conf, const struct kafka_option *option)
{
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) {
        if (strcmp(option->name, fixed[i]) == 0) {
            return error_make(ERROR_USAGE, "kafka_option",
                              "option %s in kafka { } is not for the user: what jaga promises "
                              "rests on it, or it has a setting of its own",
                              option->name);
        }
    }
    return set_own(conf, option->name, option->value);
}

static struct error set_all(rd_kafka_conf_t *conf, const struct kafka_settings *settings,
                            const struct client_options *options)
{
    TRY(set_own(conf, "bootstrap.servers", settings->brokers));
    TRY(set_list(conf, common));
    TRY(set_list(conf, options->options));
    for (size_t i = 0; i < settings->option_count; i++) {
        TRY(set_user(conf, &settings->options[i]));
    }
    return no_error();
}

struct error client_open(struct client *client, const struct kafka_settings *settings,
                         const struct client_options *options)
{
    *client = (struct client){.settings = settings, .owner = options->owner};
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    struct error error = set_all(conf, settings, options);
    if (failed(&error)) {
        rd_kafka_conf_destroy(conf);
        return error;
    }
    rd_kafka_conf_set_opaque(conf, client);
    rd_kafka_conf_set_error_cb(conf, on_error);
    rd_kafka_conf_set_log_cb(conf, on_log);
    if (options->prepare != NULL) {
        options->prepare(conf);
    }
    char why[200] = "";
    client->rk = rd_kafka_new(options->type, conf, why, sizeof why);
    if (client->rk == NULL) {
        rd_kafka_conf_destroy(conf);
        return error_make(ERROR_USAGE, "kafka_option", "the Kafka settings do not fit together: %s",
                          why);
    }
    return error;
}

void client_close(struct client *client)
{
    if (client->rk != NULL) {
        rd_kafka_destroy_flags(client->rk, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
        client->rk = NULL;
    }
}

#define REQUEST_LEAST_MS 1000 /* a fetch may wait for records */
#define REQUEST_MOST_MS 60000 /* librdkafka's own */

static uint32_t request_limit_ms(const struct kafka_settings *settings)
{
    const uint32_t ms = settings->timeout_ms;
    return ms < REQUEST_LEAST_MS ? REQUEST_LEAST_MS : ms > REQUEST_MOST_MS ? REQUEST_MOST_MS : ms;
}

struct error client_open_reader(struct client *client, const struct kafka_settings *settings,
                                enum client_isolation isolation)
{
    struct kafka_option options[sizeof reading / sizeof *reading + 3];
    char request_ms[16];
    options[0] = (struct kafka_option){
        "isolation.level", isolation == READ_COMMITTED ? "read_committed" : "read_uncommitted"};
    /* Manual assignment asks for a group's name too; nothing is joined or committed under it. */
    options[1] = (struct kafka_option){"group.id", settings->group_id == NULL ? settings->prefix
                                                                              : settings->group_id};
    /* librdkafka asks for offsets until there is an answer, whatever time it is given: a broker
       that hangs is noticed by the request's own limit. */
    (void)snprintf(request_ms, sizeof request_ms, "%" PRIu32, request_limit_ms(settings));
    options[2] = (struct kafka_option){"socket.timeout.ms", request_ms};
    memcpy(options + 3, reading, sizeof reading);
    return client_open(client, settings,
                       &(struct client_options){.type = RD_KAFKA_CONSUMER, .options = options});
}

/* A leader is being chosen: just after a topic was made, or while a broker leaves. A partition of a
   broker that just went may be called unknown too; one that is missing is so still when the time is
   over. */
static bool is_without_leader(rd_kafka_resp_err_t code)
{
    return code == RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION ||
           code == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE ||
           code == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION || code == RD_KAFKA_RESP_ERR__WAIT_CACHE ||
           code == RD_KAFKA_RESP_ERR__WAIT_COORD;
}

/* Asks until the partition has a leader, at most until the time is over. */
static struct error bounds_by(rd_kafka_resp_err_t (*ask)(const struct client *, const char *,
                                                         int32_t, int64_t *, int64_t *),
                              struct client *client, const char *topic, int32_t partition,
                              int64_t *low, int64_t *end)
{
    const int64_t deadline =
        clock_steady_us() + MICROSECONDS_A_MILLISECOND * client->settings->timeout_ms;
    rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;
    do {
        if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
            clock_sleep_ms(LEADER_WAIT_MS);
        }
        code = ask(client, topic, partition, low, end);
    } while (is_without_leader(code) && clock_steady_us() < deadline);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        client_serve(client);
        return kafka_error(client, code, NULL, "asking for the ends of %s [%d]", topic,
                           (int)partition);
    }
    return no_error();
}

static rd_kafka_resp_err_t ask_bounds(const struct client *client, const char *topic,
                                      int32_t partition, int64_t *low, int64_t *end)
{
    return rd_kafka_query_watermark_offsets(client->rk, topic, partition, low, end,
                                            (int)client->settings->timeout_ms);
}

struct error client_bounds(struct client *client, const char *topic, int32_t partition,
                           int64_t *low, int64_t *end)
{
    return bounds_by(ask_bounds, client, topic, partition, low, end);
}

/* A bound as the offset of a time: the first (RD_KAFKA_OFFSET_BEGINNING) or the end
   (RD_KAFKA_OFFSET_END). */
static rd_kafka_resp_err_t ask_bound(const struct client *client, const char *topic,
                                     int32_t partition, int64_t which, int64_t *out)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, topic, partition)->offset = which;
    rd_kafka_resp_err_t code =
        rd_kafka_offsets_for_times(client->rk, list, (int)client->settings->timeout_ms);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
        code = list->elems[0].err;
        *out = list->elems[0].offset;
    }
    rd_kafka_topic_partition_list_destroy(list);
    return code;
}

static rd_kafka_resp_err_t ask_bounds_in_time(const struct client *client, const char *topic,
                                              int32_t partition, int64_t *low, int64_t *end)
{
    const rd_kafka_resp_err_t code =
        ask_bound(client, topic, partition, RD_KAFKA_OFFSET_BEGINNING, low);
    return code != RD_KAFKA_RESP_ERR_NO_ERROR
               ? code
               : ask_bound(client, topic, partition, RD_KAFKA_OFFSET_END, end);
}

struct error client_bounds_in_time(struct client *client, const char *topic, int32_t partition,
                                   int64_t *low, int64_t *end)
{
    return bounds_by(ask_bounds_in_time, client, topic, partition, low, end);
}

static struct error partitions_in(const struct client *client,
                                  const struct rd_kafka_metadata *metadata, const char *topic,
                                  int32_t *partitions)
{
    const struct rd_kafka_metadata_topic *found = metadata->topics;
    if (metadata->topic_cnt != 1) {
        return kafka_error(client, RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, NULL, "looking for %s", topic);
    }
    if (found->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return kafka_error(client, found->err, NULL, "looking for %s", topic);
    }
    *partitions = found->partition_cnt;
    return no_error();
}

struct error client_topic_partitions(struct client *client, rd_kafka_topic_t *topic,
                                     int32_t *partitions)
{
    const struct rd_kafka_metadata *metadata = NULL;
    const rd_kafka_resp_err_t code =
        rd_kafka_metadata(client->rk, 0, topic, &metadata, (int)client->settings->timeout_ms);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        client_serve(client);
        return kafka_error(client, code, NULL, "looking for %s", rd_kafka_topic_name(topic));
    }
    const struct error error =
        partitions_in(client, metadata, rd_kafka_topic_name(topic), partitions);
    rd_kafka_metadata_destroy(metadata);
    return error;
}

rd_kafka_resp_err_t client_produce(struct client *client, const struct client_record *record)
{
    const rd_kafka_resp_err_t code =
        rd_kafka_producev(client->rk, RD_KAFKA_VTYPE_RKT, record->topic, RD_KAFKA_VTYPE_PARTITION,
                          record->partition, RD_KAFKA_VTYPE_MSGFLAGS, RD_KAFKA_MSG_F_COPY,
                          RD_KAFKA_VTYPE_KEY, record->key.at, (size_t)record->key.length,
                          RD_KAFKA_VTYPE_VALUE, record->value.at, (size_t)record->value.length,
                          RD_KAFKA_VTYPE_TIMESTAMP, record->timestamp_ms, RD_KAFKA_VTYPE_HEADERS,
                          record->headers, RD_KAFKA_VTYPE_OPAQUE, record->mark, RD_KAFKA_VTYPE_END);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR && record->headers != NULL) {
        rd_kafka_headers_destroy(record->headers); /* librdkafka keeps them on success only */
    }
    return code;
}

void client_serve(struct client *client)
{
    for (int i = 0; i < MAIN_QUEUE_READS_MAX && rd_kafka_poll(client->rk, 0) > 0; i++) {
    }
}
