#include "kafka/publisher.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#include "kafka/client.h"
#include "kafka/kafka_error.h"
#include "support/clock.h"

#define SERVE_EVERY 1024 /* records between two looks at delivery reports */
#define FULL_STEP_MS 20
#define FLUSH_STEP_MS 100

struct publisher {
    struct client client;
    rd_kafka_topic_t *topics[TOPIC_COUNT]; /* opened when first sent to */
    uint64_t sent, delivered, lost;
    rd_kafka_resp_err_t first_failure;
};

static void on_delivery(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque)
{
    struct publisher *publisher = ((struct client *)opaque)->owner;
    (void)rk;
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        publisher->delivered++;
        return;
    }
    publisher->lost++;
    if (publisher->first_failure == RD_KAFKA_RESP_ERR_NO_ERROR) {
        publisher->first_failure = message->err;
    }
}

static void set_callbacks(rd_kafka_conf_t *conf)
{
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
}

struct error publisher_open(const struct kafka_settings *settings, struct publisher **out)
{
    static const struct kafka_option options[] = {
        {"enable.idempotence", "true"},
        {"partitioner", "murmur2_random"},
        {"linger.ms", "5"},
        {"queue.buffering.max.messages", "500000"},
        {"queue.buffering.max.kbytes", "262144"},
        {"message.max.bytes", "4194304"},
        {"compression.codec", "lz4"},
        {NULL, NULL},
    };
    struct publisher *publisher = calloc(1, sizeof *publisher);
    assert(publisher != NULL);
    const struct error error = client_open(&publisher->client, settings,
                                           &(struct client_options){.type = RD_KAFKA_PRODUCER,
                                                                    .options = options,
                                                                    .prepare = set_callbacks,
                                                                    .owner = publisher});
    if (failed(&error)) {
        publisher_close(publisher);
        publisher = NULL;
    }
    *out = publisher;
    return error;
}

void publisher_close(struct publisher *publisher)
{
    if (publisher == NULL) {
        return;
    }
    for (size_t i = 0; i < TOPIC_COUNT; i++) {
        if (publisher->topics[i] != NULL) {
            rd_kafka_topic_destroy(publisher->topics[i]);
        }
    }
    client_close(&publisher->client);
    free(publisher);
}

/* The topic is looked up before the first record goes there: without it or without a broker the
   caller is told now, not when the record has waited itself to death. */
static struct error open_topic(struct publisher *publisher, enum topic topic)
{
    char name[TOPIC_NAME_BYTES];
    int32_t partitions = 0;
    if (publisher->topics[topic] != NULL) {
        return no_error();
    }
    topic_name(publisher->client.settings, topic, name);
    rd_kafka_topic_t *opened = rd_kafka_topic_new(publisher->client.rk, name, NULL);
    assert(opened != NULL);
    const struct error error = client_topic_partitions(&publisher->client, opened, &partitions);
    if (failed(&error)) {
        rd_kafka_topic_destroy(opened);
        return error;
    }
    publisher->topics[topic] = opened;
    return no_error();
}

static rd_kafka_headers_t *copy_headers(const struct publisher_header *headers, size_t count)
{
    if (count == 0) {
        return NULL;
    }
    rd_kafka_headers_t *copy = rd_kafka_headers_new(count);
    for (size_t i = 0; i < count; i++) {
        (void)rd_kafka_header_add(copy, headers[i].name, -1, headers[i].value.at,
                                  (ssize_t)headers[i].value.length);
    }
    return copy;
}

struct record { /* to be sent */
    enum topic topic;
    struct text key, value;
    int64_t timestamp_ms;
    const struct publisher_header *headers;
    size_t header_count;
};

static rd_kafka_resp_err_t produce(struct publisher *publisher, const struct record *record)
{
    const struct client_record ours = {
        .topic = publisher->topics[record->topic],
        .partition = RD_KAFKA_PARTITION_UA,
        .key = record->key,
        .value = record->value,
        .timestamp_ms = record->timestamp_ms < 0 ? 0 : record->timestamp_ms,
        .headers = copy_headers(record->headers, record->header_count),
    };
    return client_produce(&publisher->client, &ours);
}

static struct error lost(const struct publisher *publisher)
{
    const uint64_t unacknowledged = publisher->sent - publisher->delivered;
    struct error error = kafka_error(&publisher->client, publisher->first_failure, NULL,
                                     "%" PRIu64 " of %" PRIu64 " records were not acknowledged",
                                     unacknowledged, publisher->sent);
    if (publisher->first_failure == RD_KAFKA_RESP_ERR__MSG_TIMED_OUT) {
        error.code = "kafka_away";
    }
    return error;
}

static struct error refused(const struct publisher *publisher, const struct record *record,
                            rd_kafka_resp_err_t code)
{
    if (code == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE) {
        return error_make(ERROR_FATAL, "record_too_large",
                          "a record of %u bytes for %s is too large", record->value.length,
                          rd_kafka_topic_name(publisher->topics[record->topic]));
    }
    return kafka_error(&publisher->client, code, NULL, "sending to %s",
                       rd_kafka_topic_name(publisher->topics[record->topic]));
}

static struct error send_record(struct publisher *publisher, const struct record *record)
{
    rd_kafka_resp_err_t code = produce(publisher, record);
    while (code == RD_KAFKA_RESP_ERR__QUEUE_FULL && publisher->lost == 0) {
        (void)rd_kafka_poll(publisher->client.rk, FULL_STEP_MS);
        code = produce(publisher, record);
    }
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return publisher->lost > 0 ? lost(publisher) : refused(publisher, record, code);
    }
    publisher->sent++;
    if (publisher->sent % SERVE_EVERY == 0) {
        client_serve(&publisher->client);
    }
    return publisher->lost > 0 ? lost(publisher) : no_error();
}

struct error publisher_send(struct publisher *publisher, enum topic topic, struct text key,
                            struct text value, int64_t timestamp_ms,
                            const struct publisher_header *headers, size_t header_count)
{
    const struct record record = {topic, key, value, timestamp_ms, headers, header_count};
    TRY(open_topic(publisher, topic));
    return send_record(publisher, &record);
}

struct error publisher_flush(struct publisher *publisher)
{
    /* Each record has its own time-out in librdkafka, so that this ends without a broker too. */
    while (rd_kafka_outq_len(publisher->client.rk) > 0 && publisher->lost == 0) {
        (void)rd_kafka_flush(publisher->client.rk, FLUSH_STEP_MS);
    }
    client_serve(&publisher->client);
    return publisher->lost > 0 ? lost(publisher) : no_error();
}

uint64_t publisher_delivered(const struct publisher *publisher)
{
    return publisher->delivered;
}
