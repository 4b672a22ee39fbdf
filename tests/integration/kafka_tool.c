/* What the tests do to topics behind jaga's back: one JSON object a line on standard input says
   what to do, one line on standard output answers it. Bytes are hex.

       {"do":"produce","topic":T,"partition":P,"records":[RECORD, …]}
           a RECORD is {"key":HEX|null,"value":HEX|null,"timestamp":MS}
       {"do":"begin","id":TRANSACTIONAL_ID} {"do":"commit"} {"do":"abort"}
           what is produced in between is in the transaction
       {"do":"read","topic":T,"partition":P,"from":OFFSET,"uncommitted":BOOL}
           to the end, with headers
       {"do":"create_topic","topic":T,"partitions":N,"settings":{NAME:VALUE}}
       {"do":"delete_topics","topics":[T]}
       {"do":"delete_records","topic":T,"partition":P,"before":OFFSET}
       {"do":"create_partitions","topic":T,"total":N}
       {"do":"alter_topic","topic":T,"settings":{NAME:VALUE}}
           all other settings go back to their default

   An answer is {"ok":true, …} or {"ok":false,"why":TEXT}. It ends with its standard input; a
   transaction still open then stays open until the broker's time-out. */
#include <jansson.h>
#include <librdkafka/rdkafka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WAIT_MS 30000
#define WHY_BYTES 512

struct tool {
    const char *brokers;
    rd_kafka_t *plain;         /* a producer outside transactions; serves admin requests too */
    rd_kafka_t *transactional; /* NULL: no transaction is open */
    size_t failed;             /* delivery reports that failed */
    char why[WHY_BYTES];
};

static bool fails(struct tool *tool, const char *why)
{
    (void)snprintf(tool->why, sizeof tool->why, "%s", why);
    return false;
}

static const char *text_in(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text == NULL ? "" : text;
}

static json_int_t number_in(const json_t *object, const char *name, json_int_t absent)
{
    const json_t *number = json_object_get(object, name);
    return json_is_integer(number) ? json_integer_value(number) : absent;
}

/* ---- Hex ---- */

static int digit_of(char hex)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = hex == '\0' ? NULL : strchr(digits, hex);
    return at == NULL ? 0 : (int)(at - digits);
}

/* NULL for null; else the caller's to free. */
static unsigned char *bytes_of(const json_t *hex, size_t *length)
{
    *length = json_string_length(hex) / 2;
    if (!json_is_string(hex)) {
        return NULL;
    }
    const char *text = json_string_value(hex);
    unsigned char *bytes = malloc(*length + 1);
    for (size_t i = 0; bytes != NULL && i < *length; i++) {
        bytes[i] = (unsigned char)(digit_of(text[2 * i]) << 4 | digit_of(text[2 * i + 1]));
    }
    return bytes;
}

static json_t *hex_of(const void *bytes, size_t length)
{
    static const char digits[] = "0123456789abcdef";
    if (bytes == NULL) {
        return json_null();
    }
    char *text = malloc(2 * length + 1);
    for (size_t i = 0; text != NULL && i < length; i++) {
        const unsigned char byte = ((const unsigned char *)bytes)[i];
        text[2 * i] = digits[byte >> 4];
        text[2 * i + 1] = digits[byte & 15];
    }
    json_t *hex = json_stringn(text, 2 * length);
    free(text);
    return hex;
}

/* ---- Handles ---- */

static void on_delivery(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque)
{
    struct tool *tool = opaque;
    (void)rk;
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        tool->failed++;
        (void)fails(tool, rd_kafka_err2str(message->err));
    }
}

static rd_kafka_t *open_handle(struct tool *tool, rd_kafka_type_t type, const char *const *options)
{
    char why[WHY_BYTES];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    (void)rd_kafka_conf_set(conf, "bootstrap.servers", tool->brokers, NULL, 0);
    for (; options[0] != NULL; options += 2) {
        if (rd_kafka_conf_set(conf, options[0], options[1], why, sizeof why) != RD_KAFKA_CONF_OK) {
            (void)fails(tool, why);
            rd_kafka_conf_destroy(conf);
            return NULL;
        }
    }
    if (type == RD_KAFKA_PRODUCER) {
        rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    }
    rd_kafka_conf_set_opaque(conf, tool);
    rd_kafka_t *rk = rd_kafka_new(type, conf, why, sizeof why);
    if (rk == NULL) {
        rd_kafka_conf_destroy(conf);
        (void)fails(tool, why);
    }
    return rk;
}

/* ---- Producing ---- */

static bool produce_one(struct tool *tool, rd_kafka_t *rk, const json_t *request,
                        const json_t *record)
{
    size_t key_length;
    size_t value_length;
    unsigned char *key = bytes_of(json_object_get(record, "key"), &key_length);
    unsigned char *value = bytes_of(json_object_get(record, "value"), &value_length);
    rd_kafka_resp_err_t code;
    do {
        code = rd_kafka_producev(
            rk, RD_KAFKA_V_TOPIC(text_in(request, "topic")),
            RD_KAFKA_V_PARTITION((int32_t)number_in(request, "partition", 0)),
            RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_KEY(key, key_length),
            RD_KAFKA_V_VALUE(value, value_length),
            RD_KAFKA_V_TIMESTAMP(number_in(record, "timestamp", 0)), RD_KAFKA_V_END);
    } while (code == RD_KAFKA_RESP_ERR__QUEUE_FULL && rd_kafka_poll(rk, 100) >= 0);
    free(key);
    free(value);
    return code == RD_KAFKA_RESP_ERR_NO_ERROR || fails(tool, rd_kafka_err2str(code));
}

/* The first record for a topic of which nothing is known waits a second. */
static void find_topic(rd_kafka_t *rk, const char *name)
{
    const struct rd_kafka_metadata *metadata = NULL;
    rd_kafka_topic_t *topic = rd_kafka_topic_new(rk, name, NULL);
    if (rd_kafka_metadata(rk, 0, topic, &metadata, WAIT_MS) == RD_KAFKA_RESP_ERR_NO_ERROR) {
        rd_kafka_metadata_destroy(metadata);
    }
    rd_kafka_topic_destroy(topic);
}

static bool produce(struct tool *tool, const json_t *request, json_t *answer)
{
    (void)answer;
    rd_kafka_t *rk = tool->transactional != NULL ? tool->transactional : tool->plain;
    size_t index;
    json_t *record;
    tool->failed = 0;
    find_topic(rk, text_in(request, "topic"));
    json_array_foreach(json_object_get(request, "records"), index, record)
    {
        if (!produce_one(tool, rk, request, record)) {
            return false;
        }
    }
    if (rd_kafka_flush(rk, WAIT_MS) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return fails(tool, "not everything was delivered");
    }
    return tool->failed == 0;
}

/* ---- Transactions ---- */

static bool judge(struct tool *tool, rd_kafka_error_t *error)
{
    if (error == NULL) {
        return true;
    }
    (void)fails(tool, rd_kafka_error_string(error));
    rd_kafka_error_destroy(error);
    return false;
}

static bool begin(struct tool *tool, const json_t *request, json_t *answer)
{
    (void)answer;
    const char *const options[] = {
        "transactional.id", text_in(request, "id"), "transaction.timeout.ms", "600000", NULL,
    };
    if (tool->transactional != NULL) {
        return fails(tool, "a transaction is open");
    }
    tool->transactional = open_handle(tool, RD_KAFKA_PRODUCER, options);
    return tool->transactional != NULL &&
           judge(tool, rd_kafka_init_transactions(tool->transactional, WAIT_MS)) &&
           judge(tool, rd_kafka_begin_transaction(tool->transactional));
}

static bool end_with(struct tool *tool, rd_kafka_error_t *(*ending)(rd_kafka_t *rk, int timeout_ms))
{
    if (tool->transactional == NULL) {
        return fails(tool, "no transaction is open");
    }
    const bool done = judge(tool, ending(tool->transactional, WAIT_MS));
    rd_kafka_destroy(tool->transactional);
    tool->transactional = NULL;
    return done;
}

static bool commit(struct tool *tool, const json_t *request, json_t *answer)
{
    (void)request;
    (void)answer;
    return end_with(tool, rd_kafka_commit_transaction);
}

static bool abort_it(struct tool *tool, const json_t *request, json_t *answer)
{
    (void)request;
    (void)answer;
    return end_with(tool, rd_kafka_abort_transaction);
}

/* ---- Reading ---- */

static json_t *headers_of(const rd_kafka_message_t *message)
{
    json_t *object = json_object();
    rd_kafka_headers_t *headers = NULL;
    if (rd_kafka_message_headers(message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR) {
        const char *name;
        const void *value;
        size_t length;
        for (size_t i = 0; rd_kafka_header_get_all(headers, i, &name, &value, &length) ==
                           RD_KAFKA_RESP_ERR_NO_ERROR;
             i++) {
            (void)json_object_set_new(object, name, hex_of(value, length));
        }
    }
    return object;
}

static json_t *message_of(const rd_kafka_message_t *message)
{
    return json_pack("{s:I, s:I, s:o, s:o, s:o}", "offset", (json_int_t)message->offset,
                     "timestamp", (json_int_t)rd_kafka_message_timestamp(message, NULL), "key",
                     hex_of(message->key, message->key_len), "value",
                     hex_of(message->payload, message->len), "headers", headers_of(message));
}

static bool read_to_end(struct tool *tool, rd_kafka_t *rk, json_t *records)
{
    for (;;) {
        rd_kafka_message_t *message = rd_kafka_consumer_poll(rk, WAIT_MS);
        if (message == NULL) {
            return fails(tool, "neither a record nor the end");
        }
        const rd_kafka_resp_err_t code = message->err;
        if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
            (void)json_array_append_new(records, message_of(message));
        }
        rd_kafka_message_destroy(message);
        if (code == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
            return true;
        }
        if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
            return fails(tool, rd_kafka_err2str(code));
        }
    }
}

static bool read_topic(struct tool *tool, const json_t *request, json_t *answer)
{
    const bool uncommitted = json_is_true(json_object_get(request, "uncommitted"));
    const char *const options[] = {
        "group.id",
        "kafka_tool",
        "enable.auto.commit",
        "false",
        "enable.partition.eof",
        "true",
        "fetch.wait.max.ms",
        "10",
        "auto.offset.reset",
        "error",
        "isolation.level",
        uncommitted ? "read_uncommitted" : "read_committed",
        NULL,
    };
    rd_kafka_t *rk = open_handle(tool, RD_KAFKA_CONSUMER, options);
    if (rk == NULL) {
        return false;
    }
    json_t *records = json_array();
    (void)json_object_set_new(answer, "records", records);
    find_topic(rk, text_in(request, "topic"));
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, text_in(request, "topic"),
                                      (int32_t)number_in(request, "partition", 0))
        ->offset = number_in(request, "from", RD_KAFKA_OFFSET_BEGINNING);
    const rd_kafka_resp_err_t code = rd_kafka_assign(rk, list);
    rd_kafka_topic_partition_list_destroy(list);
    const bool done = code == RD_KAFKA_RESP_ERR_NO_ERROR ? read_to_end(tool, rk, records)
                                                         : fails(tool, rd_kafka_err2str(code));
    rd_kafka_destroy_flags(rk, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    return done;
}

/* ---- Topics ---- */

/* The answer to an admin request; NULL when there is none. The caller's to destroy. */
static rd_kafka_event_t *answer_of(struct tool *tool, rd_kafka_queue_t *queue)
{
    rd_kafka_event_t *event = rd_kafka_queue_poll(queue, WAIT_MS);
    rd_kafka_queue_destroy(queue);
    if (event == NULL) {
        (void)fails(tool, "the cluster gave no answer");
        return NULL;
    }
    if (rd_kafka_event_error(event) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        (void)fails(tool, rd_kafka_event_error_string(event));
        rd_kafka_event_destroy(event);
        return NULL;
    }
    return event;
}

static bool judge_topics(struct tool *tool, const rd_kafka_topic_result_t **results, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (rd_kafka_topic_result_error(results[i]) != RD_KAFKA_RESP_ERR_NO_ERROR) {
            return fails(tool, rd_kafka_err2str(rd_kafka_topic_result_error(results[i])));
        }
    }
    return true;
}

static bool create_topic(struct tool *tool, const json_t *request, json_t *answer)
{
    (void)answer;
    rd_kafka_NewTopic_t *topic = rd_kafka_NewTopic_new(
        text_in(request, "topic"), (int)number_in(request, "partitions", 1), 1, NULL, 0);
    const char *name;
    json_t *value;
    json_object_foreach(json_object_get(request, "settings"), name, value)
    {
        (void)rd_kafka_NewTopic_set_config(topic, name, json_string_value(value));
    }
    rd_kafka_queue_t *queue = rd_kafka_queue_new(tool->plain);
    rd_kafka_CreateTopics(tool->plain, &topic, 1, NULL, queue);
    rd_kafka_NewTopic_destroy(topic);
    rd_kafka_event_t *event = answer_of(tool, queue);
    if (event == NULL) {
        return false;
    }
    size_t count;
    const rd_kafka_topic_result_t **results =
        rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count);
    const bool done = judge_topics(tool, results, count);
    rd_kafka_event_destroy(event);
    return done;
}

static bool delete_topics(struct tool *tool, const json_t *request, json_t *answer)
{
    (void)answer;
    const json_t *names = json_object_get(request, "topics");
    const size_t wanted = json_array_size(names);
    rd_kafka_DeleteTopic_t **topics = calloc(wanted + 1, sizeof(rd_kafka_DeleteTopic_t *));
    for (size_t i = 0; i < wanted; i++) {
        topics[i] = rd_kafka_DeleteTopic_new(json_string_value(json_array_get(names, i)));
    }
    rd_kafka_queue_t *queue = rd_kafka_queue_new(tool->plain);
    rd_kafka_DeleteTopics(tool->plain, topics, wanted, NULL, queue);
    rd_kafka_DeleteTopic_destroy_array(topics, wanted);
    free(topics);
    rd_kafka_event_t *event = answer_of(tool, queue);
    if (event == NULL) {
        return false;
    }
    size_t count;
    const rd_kafka_topic_result_t **results =
        rd_kafka_DeleteTopics_result_topics(rd_kafka_event_DeleteTopics_result(event), &count);
    const bool done = judge_topics(tool, results, count);
    rd_kafka_event_destroy(event);
    return done;
}

static bool create_partitions(struct tool *tool, const json_t *request, json_t *answer)
{
    (void)answer;
    rd_kafka_NewPartitions_t *more = rd_kafka_NewPartitions_new(
        text_in(request, "topic"), (size_t)number_in(request, "total", 1), NULL, 0);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(tool->plain);
    rd_kafka_CreatePartitions(tool->plain, &more, 1, NULL, queue);
    rd_kafka_NewPartitions_destroy(more);
    rd_kafka_event_t *event = answer_of(tool, queue);
    if (event == NULL) {
        return false;
    }
    size_t count;
    const rd_kafka_topic_result_t **results = rd_kafka_CreatePartitions_result_topics(
        rd_kafka_event_CreatePartitions_result(event), &count);
    const bool done = judge_topics(tool, results, count);
    rd_kafka_event_destroy(event);
    return done;
}

static bool delete_records(struct tool *tool, const json_t *request, json_t *answer)
{
    (void)answer;
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, text_in(request, "topic"),
                                      (int32_t)number_in(request, "partition", 0))
        ->offset = number_in(request, "before", 0);
    rd_kafka_DeleteRecords_t *records = rd_kafka_DeleteRecords_new(list);
    rd_kafka_topic_partition_list_destroy(list);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(tool->plain);
    rd_kafka_DeleteRecords(tool->plain, &records, 1, NULL, queue);
    rd_kafka_DeleteRecords_destroy(records);
    rd_kafka_event_t *event = answer_of(tool, queue);
    if (event == NULL) {
        return false;
    }
    const rd_kafka_topic_partition_list_t *offsets =
        rd_kafka_DeleteRecords_result_offsets(rd_kafka_event_DeleteRecords_result(event));
    const rd_kafka_resp_err_t code = offsets->elems[0].err;
    rd_kafka_event_destroy(event);
    return code == RD_KAFKA_RESP_ERR_NO_ERROR || fails(tool, rd_kafka_err2str(code));
}

static bool alter_topic(struct tool *tool, const json_t *request, json_t *answer)
{
    (void)answer;
    rd_kafka_ConfigResource_t *topic =
        rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, text_in(request, "topic"));
    const char *name;
    json_t *value;
    json_object_foreach(json_object_get(request, "settings"), name, value)
    {
        (void)rd_kafka_ConfigResource_set_config(topic, name, json_string_value(value));
    }
    rd_kafka_queue_t *queue = rd_kafka_queue_new(tool->plain);
    rd_kafka_AlterConfigs(tool->plain, &topic, 1, NULL, queue);
    rd_kafka_ConfigResource_destroy(topic);
    rd_kafka_event_t *event = answer_of(tool, queue);
    if (event == NULL) {
        return false;
    }
    size_t count;
    const rd_kafka_ConfigResource_t **altered =
        rd_kafka_AlterConfigs_result_resources(rd_kafka_event_AlterConfigs_result(event), &count);
    const rd_kafka_resp_err_t code = rd_kafka_ConfigResource_error(altered[0]);
    rd_kafka_event_destroy(event);
    return code == RD_KAFKA_RESP_ERR_NO_ERROR || fails(tool, rd_kafka_err2str(code));
}

/* ---- The loop ---- */

static const struct {
    const char *name;
    bool (*run)(struct tool *tool, const json_t *request, json_t *answer);
} commands[] = {
    {"produce", produce},
    {"begin", begin},
    {"commit", commit},
    {"abort", abort_it},
    {"read", read_topic},
    {"create_topic", create_topic},
    {"delete_topics", delete_topics},
    {"create_partitions", create_partitions},
    {"delete_records", delete_records},
    {"alter_topic", alter_topic},
};

static bool run(struct tool *tool, const json_t *request, json_t *answer)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(commands[i].name, text_in(request, "do")) == 0) {
            return commands[i].run(tool, request, answer);
        }
    }
    return fails(tool, "no such command");
}

static void answer_line(struct tool *tool, const char *line, size_t length)
{
    json_t *answer = json_object();
    json_t *request = json_loadb(line, length, 0, NULL);
    const bool done = request != NULL ? run(tool, request, answer) : fails(tool, "this is no JSON");
    (void)json_object_set_new(answer, "ok", json_boolean(done));
    if (!done) {
        (void)json_object_set_new(answer, "why", json_string(tool->why));
    }
    (void)json_dumpf(answer, stdout, JSON_COMPACT);
    (void)putchar('\n');
    (void)fflush(stdout);
    json_decref(answer);
    json_decref(request);
}

int main(int argc, char **argv)
{
    static const char *const options[] = {"retry.backoff.ms",  "10",       "linger.ms", "1",
                                          "message.max.bytes", "16777216", NULL};
    struct tool tool = {.brokers = argc == 2 ? argv[1] : "127.0.0.1:19092"};
    tool.plain = open_handle(&tool, RD_KAFKA_PRODUCER, options);
    if (tool.plain == NULL) {
        (void)fprintf(stderr, "kafka_tool: %s\n", tool.why);
        return EXIT_FAILURE;
    }
    char *line = NULL;
    size_t capacity = 0;
    ssize_t length;
    while ((length = getline(&line, &capacity, stdin)) >= 0) {
        answer_line(&tool, line, (size_t)length);
    }
    free(line);
    if (tool.transactional != NULL) {
        rd_kafka_destroy(tool.transactional);
    }
    rd_kafka_destroy(tool.plain);
    return EXIT_SUCCESS;
}
