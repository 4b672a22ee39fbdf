#include "kafka/log_reader.h"

#include <assert.h>
#include <stdlib.h>

#include "kafka/client.h"
#include "kafka/kafka_error.h"
#include "support/clock.h"

#define LOOK_MS 100

static_assert(LOG_FROM_START == RD_KAFKA_OFFSET_BEGINNING, "the start has librdkafka's number");

struct log_reader {
    struct client client;
    char topic[TOPIC_NAME_BYTES];
    int32_t partition;
    rd_kafka_message_t *message; /* behind the record given last */
    bool kept;                   /* `message` was read but lies past what was asked for */
    int64_t position;            /* everything below it was given; −1 before the first answer */
    bool ended;                  /* the last thing given was the end */
};

static struct error check_topic(struct log_reader *reader)
{
    rd_kafka_topic_t *topic = rd_kafka_topic_new(reader->client.rk, reader->topic, NULL);
    assert(topic != NULL);
    int32_t partitions = 0;
    const struct error error = client_topic_partitions(&reader->client, topic, &partitions);
    rd_kafka_topic_destroy(topic);
    if (!failed(&error) && reader->partition >= partitions) {
        return kafka_error(&reader->client, RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, NULL,
                           "looking for %s [%d]", reader->topic, (int)reader->partition);
    }
    return error;
}

static struct error assign(struct log_reader *reader, int64_t from)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, reader->topic, reader->partition)->offset = from;
    const rd_kafka_resp_err_t code = rd_kafka_assign(reader->client.rk, list);
    rd_kafka_topic_partition_list_destroy(list);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return kafka_error(&reader->client, code, NULL, "reading %s [%d]", reader->topic,
                           (int)reader->partition);
    }
    return no_error();
}

static struct error reader_start(struct log_reader *reader, const struct kafka_settings *settings,
                                 int64_t from)
{
    TRY(client_open_reader(&reader->client, settings, READ_COMMITTED));
    TRY(check_topic(reader));
    return assign(reader, from);
}

struct error log_reader_open(const struct kafka_settings *settings, enum topic topic,
                             int32_t partition, int64_t from, struct log_reader **out)
{
    assert(from >= 0 || from == LOG_FROM_START);
    struct log_reader *reader = calloc(1, sizeof *reader);
    assert(reader != NULL);
    topic_name(settings, topic, reader->topic);
    reader->partition = partition;
    reader->position = from < 0 ? -1 : from;
    const struct error error = reader_start(reader, settings, from);
    if (failed(&error)) {
        log_reader_close(reader);
        reader = NULL;
    }
    *out = reader;
    return error;
}

static void drop_message(struct log_reader *reader)
{
    if (reader->message != NULL) {
        rd_kafka_message_destroy(reader->message);
        reader->message = NULL;
    }
}

void log_reader_close(struct log_reader *reader)
{
    if (reader != NULL) {
        drop_message(reader);
        client_close(&reader->client);
        free(reader);
    }
}

static struct text bytes_of(const void *at, size_t length)
{
    return text_of(at, length);
}

static void give(struct log_reader *reader, struct log_record *record)
{
    const rd_kafka_message_t *message = reader->message;
    *record = (struct log_record){
        .offset = message->offset,
        .timestamp_ms = rd_kafka_message_timestamp(message, NULL),
        .key = bytes_of(message->key, message->key_len),
        .value = bytes_of(message->payload, message->len),
    };
    reader->position = message->offset + 1;
    reader->ended = false;
}

/* A message without a record: the end of the partition, or what librdkafka has to complain of. */
static struct error take_note(struct log_reader *reader)
{
    if (reader->message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        reader->position = reader->message->offset;
        reader->ended = true;
        return no_error();
    }
    return kafka_error(&reader->client, reader->message->err,
                       rd_kafka_message_errstr(reader->message), "reading %s [%d]", reader->topic,
                       (int)reader->partition);
}

struct error log_reader_next(struct log_reader *reader, int wait_ms, struct log_record *record,
                             bool *at_end)
{
    if (reader->kept) {
        reader->kept = false;
        give(reader, record);
        *at_end = false;
        return no_error();
    }
    drop_message(reader);
    record->offset = -1;
    client_serve(&reader->client);
    reader->message = rd_kafka_consumer_poll(reader->client.rk, wait_ms);
    if (reader->message != NULL) {
        if (reader->message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
            give(reader, record);
        } else {
            TRY(take_note(reader));
        }
    }
    *at_end = reader->ended;
    return no_error();
}

struct error log_reader_end(struct log_reader *reader, int64_t *stable_end)
{
    int64_t low = 0;
    return client_bounds_in_time(&reader->client, reader->topic, reader->partition, &low,
                                 stable_end);
}

struct error log_reader_below(struct log_reader *reader, int64_t end, struct log_record *record,
                              bool *at_end)
{
    const int64_t until_us =
        clock_steady_us() + (int64_t)reader->client.settings->timeout_ms * 1000;
    *at_end = reader->position >= end || end == 0;
    while (!*at_end) {
        bool no_more = false;
        TRY(log_reader_next(reader, LOOK_MS, record, &no_more));
        if (record->offset >= 0 && record->offset < end) {
            return no_error();
        }
        if (record->offset >= end) { /* for a later call: nothing may be lost */
            reader->kept = true;
            reader->position = record->offset;
        }
        *at_end = reader->position >= end;
        if (!*at_end && clock_steady_us() > until_us) {
            return kafka_error(&reader->client, RD_KAFKA_RESP_ERR__TIMED_OUT, NULL,
                               "reading %s [%d] at %lld", reader->topic, (int)reader->partition,
                               (long long)reader->position);
        }
    }
    record->offset = -1;
    return no_error();
}

struct error log_reader_take_all(struct log_reader *reader, log_record_taken take, void *context,
                                 int64_t *end)
{
    TRY(log_reader_end(reader, end));
    for (;;) {
        struct log_record record;
        bool at_end = false;
        TRY(log_reader_below(reader, *end, &record, &at_end));
        if (at_end) {
            return no_error();
        }
        TRY(take(context, &record));
    }
}

struct error log_bounds(const struct kafka_settings *settings, enum topic topic, int32_t partition,
                        int64_t *low, int64_t *stable_end)
{
    char name[TOPIC_NAME_BYTES];
    struct client client;
    topic_name(settings, topic, name);
    TRY(client_open_reader(&client, settings, READ_COMMITTED));
    const struct error error = client_bounds_in_time(&client, name, partition, low, stable_end);
    client_close(&client);
    return error;
}
