#include "kafka/lane_input.h"

#include <assert.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "kafka/client.h"
#include "kafka/head_merge.h"
#include "kafka/kafka_error.h"
#include "kafka/log_reader.h"
#include "support/clock.h"

#define STALL_BYTES (TOPIC_NAME_BYTES + CLIENT_REASON_BYTES + 32)

struct source { /* one of the four partitions */
    char name[TOPIC_NAME_BYTES];
    rd_kafka_queue_t *queue;
    rd_kafka_message_t *message; /* the head, or one that lies past the bound */
    struct input_record record;  /* of the head, once decoded */
    bool ended;                  /* the last thing the queue gave is the end of the partition */
    bool seen;                   /* the queue gave something */
    int64_t next;                /* last record taken + 1 */
    int64_t until;               /* INT64_MAX: no bound */
    int64_t next_before;         /* `next` before the last take */
    int64_t taken_ms;            /* Kafka's time of the last record taken; 0: none */
};

struct lane_input {
    struct client client;
    struct lane_input_options options;
    struct head_merge merge;
    struct source sources[INPUT_TOPIC_COUNT];
    int taken;                 /* topic of the record given last, −1 when there is none */
    rd_kafka_message_t *given; /* its message */
    bool bounded;              /* redo of one batch */
    int64_t waited_us;         /* in this batch, for unknown topics */
    uint64_t skipped;
    int pipe[2];
    atomic_bool woken;
    int stalled_topic;         /* the one last waited for in vain */
    char stalled[STALL_BYTES]; /* what is said of it; empty once it gave something */
};

/* ---- Opening ---- */

static struct error check_position(struct lane_input *input, int topic)
{
    struct source *source = &input->sources[topic];
    int64_t low = 0;
    int64_t end = 0;
    TRY(client_bounds(&input->client, source->name, input->options.lane, &low, &end));
    if (source->next < low || source->next > end) {
        return error_make(ERROR_FATAL, "input_replaced",
                          "%s [%d] holds offsets %" PRId64 " to %" PRId64
                          ", the lane goes on at %" PRId64 ": the topic was replaced or truncated",
                          source->name, (int)input->options.lane, low, end, source->next);
    }
    return no_error();
}

static struct error assign(struct lane_input *input)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(INPUT_TOPIC_COUNT);
    for (int topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        const struct source *source = &input->sources[topic];
        rd_kafka_topic_partition_list_add(list, source->name, input->options.lane)->offset =
            source->next;
    }
    const rd_kafka_resp_err_t code = rd_kafka_assign(input->client.rk, list);
    rd_kafka_topic_partition_list_destroy(list);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return kafka_error(&input->client, code, NULL, "assigning the inputs of lane %d",
                           (int)input->options.lane);
    }
    return no_error();
}

/* A partition's queue exists after the assignment; until forwarding is off it feeds the main queue.
 */
static struct error take_queues(struct lane_input *input)
{
    for (int topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        struct source *source = &input->sources[topic];
        source->queue =
            rd_kafka_queue_get_partition(input->client.rk, source->name, input->options.lane);
        if (source->queue == NULL) {
            return kafka_error(&input->client, RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, NULL,
                               "reading %s [%d]", source->name, (int)input->options.lane);
        }
        rd_kafka_queue_forward(source->queue, NULL);
        rd_kafka_queue_io_event_enable(source->queue, input->pipe[1], "q", 1);
    }
    return no_error();
}

/* What librdkafka has to say of the handle itself. A record here was fetched before forwarding was
   off: it is missing from its partition's queue, so that the lane has to be opened once more. */
static struct error serve_main_queue(struct lane_input *input)
{
    client_serve(&input->client);
    rd_kafka_message_t *message = NULL;
    struct error error = no_error();
    while (!failed(&error) && (message = rd_kafka_consumer_poll(input->client.rk, 0)) != NULL) {
        const bool record = message->err == RD_KAFKA_RESP_ERR_NO_ERROR ||
                            message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF;
        error = record ? error_make(ERROR_RETRY, "input_misled",
                                    "lane %d: a record came before its queue was set up",
                                    (int)input->options.lane)
                       : kafka_error(&input->client, message->err, rd_kafka_message_errstr(message),
                                     "reading the inputs of lane %d", (int)input->options.lane);
        rd_kafka_message_destroy(message);
    }
    return error;
}

static struct error start(struct lane_input *input, const struct kafka_settings *settings)
{
    if (pipe2(input->pipe, O_CLOEXEC | O_NONBLOCK) != 0) {
        return error_make(ERROR_FATAL, "pipe_refused", "no pipe for lane %d: too many open files?",
                          (int)input->options.lane);
    }
    TRY(client_open_reader(&input->client, settings, READ_COMMITTED));
    for (int topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        TRY(check_position(input, topic));
    }
    TRY(assign(input));
    TRY(take_queues(input));
    return serve_main_queue(input);
}

static struct lane_input *create(const struct kafka_settings *settings,
                                 const struct lane_input_options *options)
{
    struct lane_input *input = calloc(1, sizeof *input);
    assert(input != NULL);
    input->options = *options;
    input->taken = -1;
    input->pipe[0] = input->pipe[1] = -1;
    for (int topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        struct source *source = &input->sources[topic];
        topic_name(settings, (enum topic)topic, source->name);
        source->next = options->next[topic];
        source->until = INT64_MAX;
    }
    return input;
}

struct error lane_input_open(const struct kafka_settings *settings,
                             const struct lane_input_options *options, struct lane_input **out)
{
    struct error error;
    struct lane_input *input;
    unsigned tries = 0;
    do { /* a lost race for the queues is rare and harms nobody: open again */
        input = create(settings, options);
        error = start(input, settings);
        if (failed(&error)) {
            lane_input_close(input);
            input = NULL;
        }
    } while (failed(&error) && strcmp(error.code, "input_misled") == 0 && ++tries < 5);
    *out = input;
    return error;
}

static void destroy_message(rd_kafka_message_t **message)
{
    if (*message != NULL) {
        rd_kafka_message_destroy(*message);
        *message = NULL;
    }
}

void lane_input_close(struct lane_input *input)
{
    if (input == NULL) {
        return;
    }
    destroy_message(&input->given);
    for (int topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        struct source *source = &input->sources[topic];
        destroy_message(&source->message);
        if (source->queue != NULL) {
            rd_kafka_queue_io_event_enable(source->queue, -1, NULL, 0);
            rd_kafka_queue_destroy(source->queue);
        }
    }
    client_close(&input->client);
    for (int i = 0; i < 2; i++) {
        if (input->pipe[i] >= 0) {
            (void)close(input->pipe[i]);
        }
    }
    free(input);
}

/* ---- Decoding a head ---- */

static void decode(const struct lane_input *input, struct input_record *record)
{
    input_record_decode(record, input->options.schemas, input->options.schemas_through);
}

/* The message's bytes stay where they are: the record is a view. */
static void view(const struct lane_input *input, int topic, struct input_record *record)
{
    const rd_kafka_message_t *message = input->sources[topic].message;
    const struct log_record from = {
        .offset = message->offset,
        .timestamp_ms = rd_kafka_message_timestamp(message, NULL),
        .key = text_of(message->key, message->key_len),
        .value = text_of(message->payload, message->len),
    };
    input_record_view(record, (enum input_topic)topic, &from,
                      input->client.settings->input_bytes_max);
}

static void become_head(struct lane_input *input, int topic)
{
    struct source *source = &input->sources[topic];
    const struct input_record *record = &source->record;
    const bool at_once = input_record_is_at_once(record);
    head_merge_record(&input->merge, (enum input_topic)topic, at_once ? 0 : record->event.time,
                      at_once);
}

/* ---- What a queue gives ---- */

/* The end in redo, before what the batch took was there: believed only when the cluster says so
   too, since a new leader may know of an earlier end for a moment. */
static struct error check_not_missing(struct lane_input *input, int topic, int64_t seen)
{
    const struct source *source = &input->sources[topic];
    int64_t low = 0;
    int64_t end = 0;
    if (seen < 0) {
        TRY(client_bounds(&input->client, source->name, input->options.lane, &low, &end));
        if (end >= source->until && low < source->until) {
            return no_error();
        }
    }
    return error_make(ERROR_FATAL, "input_missing",
                      "%s [%d]: the journal says that the record at offset %" PRId64
                      " was taken, and it is not there",
                      source->name, (int)input->options.lane, source->until - 1);
}

/* Decides what the message at hand is for the merge. */
static struct error place_message(struct lane_input *input, int topic)
{
    struct source *source = &input->sources[topic];
    if (source->message->offset < source->next) {
        input->skipped++;
        destroy_message(&source->message);
        return no_error();
    }
    if (source->message->offset >= source->until) {
        if (source->next < source->until) {
            return check_not_missing(input, topic, source->message->offset);
        }
        head_merge_end(&input->merge, (enum input_topic)topic);
        return no_error();
    }
    view(input, topic, &source->record);
    decode(input, &source->record);
    become_head(input, topic);
    return no_error();
}

static struct error partition_error(struct lane_input *input, int topic,
                                    const rd_kafka_message_t *message)
{
    const struct source *source = &input->sources[topic];
    struct error error = kafka_error(&input->client, message->err, rd_kafka_message_errstr(message),
                                     "reading %s [%d]", source->name, (int)input->options.lane);
    if (strcmp(error.code, "offset_outside") == 0) {
        return error_make(ERROR_FATAL, "input_replaced", "%s [%d] has no offset %" PRId64 ": %s",
                          source->name, (int)input->options.lane, source->next, error.detail);
    }
    /* A topic may be unknown for a moment; opening the lane anew finds out. A damaged batch is not
       stepped over: librdkafka would go on behind it. */
    if (strcmp(error.code, "topic_missing") == 0) {
        error.kind = ERROR_RETRY;
    }
    return error;
}

static struct error partition_end(struct lane_input *input, int topic)
{
    struct source *source = &input->sources[topic];
    source->ended = true;
    if (input->bounded && source->next < source->until) {
        return check_not_missing(input, topic, -1);
    }
    head_merge_end(&input->merge, (enum input_topic)topic);
    return no_error();
}

/* Takes over what the queue gave. */
static struct error receive(struct lane_input *input, int topic, rd_kafka_message_t *message)
{
    struct source *source = &input->sources[topic];
    source->ended = false;
    if (topic == input->stalled_topic) {
        input->stalled[0] = '\0';
    }
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        source->message = message;
        return place_message(input, topic);
    }
    const struct error error = message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF
                                   ? partition_end(input, topic)
                                   : partition_error(input, topic, message);
    rd_kafka_message_destroy(message);
    return error;
}

/* An end with something behind it is old news. Were it believed, a topic that lags would give a
   batch no more than what one fetch had brought, and a lane that is once behind would stay behind.
 */
static rd_kafka_message_t *next_message(const struct source *source)
{
    rd_kafka_message_t *message = rd_kafka_consume_queue(source->queue, 0);
    while (message != NULL && message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        rd_kafka_message_t *behind = rd_kafka_consume_queue(source->queue, 0);
        if (behind == NULL) {
            break;
        }
        rd_kafka_message_destroy(message);
        message = behind;
    }
    return message;
}

/* In redo a topic is ended once the last record of the batch was taken, whatever lies behind it. */
static bool is_at_bound(const struct source *source)
{
    return source->until != INT64_MAX && source->next >= source->until;
}

/* Looks at a topic without a head: once, past records that are skipped. `*found` tells whether the
   merge learnt anything. */
static struct error look(struct lane_input *input, int topic, bool *found)
{
    struct source *source = &input->sources[topic];
    *found = true;
    if (is_at_bound(source)) {
        head_merge_end(&input->merge, (enum input_topic)topic);
        return no_error();
    }
    if (source->message != NULL) { /* it waited for this bound */
        return place_message(input, topic);
    }
    while (head_merge_wants(&input->merge, (enum input_topic)topic)) {
        rd_kafka_message_t *message = next_message(source);
        if (message == NULL) {
            *found = false;
            return no_error();
        }
        TRY(receive(input, topic, message));
        if (!source->seen) {
            source->seen = true; /* from now on nothing of it can be on the main queue */
            TRY(serve_main_queue(input));
        }
    }
    return no_error();
}

/* ---- Bounds and batches ---- */

/* Whether a message at hand is a head depends on the bound: the next begin looks at it again. */
static void rebound(struct lane_input *input, int topic, int64_t until)
{
    struct source *source = &input->sources[topic];
    struct head *head = &input->merge.heads[topic];
    source->until = until;
    *head = (struct head){.ended = source->ended && source->message == NULL};
}

void lane_input_bound(struct lane_input *input, const int64_t until[INPUT_TOPIC_COUNT],
                      int64_t schemas_through)
{
    input->bounded = until != NULL;
    input->options.schemas_through = schemas_through;
    for (int topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        rebound(input, topic, until == NULL ? INT64_MAX : until[topic]);
    }
}

void lane_input_schemas(struct lane_input *input, int64_t through)
{
    input->options.schemas_through = through;
    for (int topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        struct source *source = &input->sources[topic];
        if (input->merge.heads[topic].held && source->record.reading == EVENT_UNKNOWN_SCHEMA) {
            head_merge_take(&input->merge, (enum input_topic)topic);
            decode(input, &source->record);
            become_head(input, topic);
        }
    }
}

struct error lane_input_begin(struct lane_input *input)
{
    TRY(serve_main_queue(input));
    input->waited_us = 0;
    head_merge_begin(&input->merge);
    for (int topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        bool found = false;
        if (!head_merge_wants(&input->merge, (enum input_topic)topic)) {
            continue;
        }
        TRY(look(input, topic, &found));
        if (!found) {
            head_merge_nothing(&input->merge, (enum input_topic)topic);
        }
    }
    return no_error();
}

/* ---- Taking ---- */

static void drain_pipe(struct lane_input *input)
{
    char bytes[64];
    while (read(input->pipe[0], bytes, sizeof bytes) == (ssize_t)sizeof bytes) {
    }
}

static void wait_for_pipe(struct lane_input *input, int wait_ms)
{
    struct pollfd pollfd = {.fd = input->pipe[0], .events = POLLIN};
    (void)poll(&pollfd, 1, wait_ms);
    drain_pipe(input);
}

static void name_stalled(struct lane_input *input)
{
    for (int topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        if (head_merge_wants(&input->merge, (enum input_topic)topic)) {
            input->stalled_topic = topic;
            (void)snprintf(input->stalled, sizeof input->stalled, "%s: leader away%s%s",
                           input->sources[topic].name, input->client.reason[0] == '\0' ? "" : ", ",
                           input->client.reason);
            return;
        }
    }
}

static struct error look_at_unknown(struct lane_input *input)
{
    for (int topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        bool found = false;
        if (head_merge_wants(&input->merge, (enum input_topic)topic)) {
            TRY(look(input, topic, &found));
        }
    }
    return no_error();
}

/* Redo waits as long as for any request, since its batch has to be whole; a live batch closes
 * early. */
static int64_t longest_wait_us(const struct lane_input *input)
{
    const uint32_t ms =
        input->bounded ? input->client.settings->timeout_ms : input->options.batch_wait_ms;
    return (int64_t)ms * 1000;
}

/* Finds the topic that is next; waits for those of which nothing is known, until the batch has
   waited as long as it may. */
static struct error find_next(struct lane_input *input, int *next)
{
    const int64_t most_us = longest_wait_us(input);
    TRY(look_at_unknown(input));
    *next = head_merge_next(&input->merge);
    while (*next == HEADS_UNKNOWN && input->waited_us < most_us) {
        const int64_t begun_us = clock_steady_us();
        wait_for_pipe(input, (int)((most_us - input->waited_us) / 1000 + 1));
        TRY(serve_main_queue(input));
        TRY(look_at_unknown(input));
        input->waited_us += clock_steady_us() - begun_us;
        *next = head_merge_next(&input->merge);
    }
    if (*next != HEADS_UNKNOWN) {
        return no_error();
    }
    name_stalled(input);
    if (input->bounded) {
        return kafka_error(&input->client, RD_KAFKA_RESP_ERR__TIMED_OUT, input->stalled,
                           "redoing a batch of lane %d", (int)input->options.lane);
    }
    return no_error();
}

static void give(struct lane_input *input, int topic)
{
    struct source *source = &input->sources[topic];
    head_merge_take(&input->merge, (enum input_topic)topic);
    input->given = source->message;
    input->taken = topic;
    source->message = NULL;
    source->next_before = source->next;
    source->next = source->record.offset + 1;
    source->taken_ms = source->record.timestamp_ms;
}

struct error lane_input_take(struct lane_input *input, enum take *what,
                             const struct input_record **record)
{
    int next = HEADS_ENDED;
    destroy_message(&input->given);
    input->taken = -1;
    *record = NULL;
    TRY(find_next(input, &next));
    if (next < 0) {
        *what = next == HEADS_ENDED ? TAKE_ENDED : TAKE_WAITED;
        return no_error();
    }
    give(input, next);
    *what = TAKE_RECORD;
    *record = &input->sources[next].record;
    return no_error();
}

void lane_input_untake(struct lane_input *input)
{
    assert(input->taken >= 0);
    struct source *source = &input->sources[input->taken];
    assert(source->message == NULL);
    head_merge_untake(&input->merge, (enum input_topic)input->taken);
    source->message = input->given;
    source->next = source->next_before;
    input->given = NULL;
    input->taken = -1;
}

/* ---- Sleeping ---- */

static bool has_something(const struct lane_input *input)
{
    for (int topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        const struct source *source = &input->sources[topic];
        if (source->message != NULL || rd_kafka_queue_length(source->queue) > 0) {
            return true;
        }
    }
    return false;
}

void lane_input_sleep(struct lane_input *input, int wait_ms)
{
    if (!atomic_exchange(&input->woken, false) && !has_something(input)) {
        wait_for_pipe(input, wait_ms);
        atomic_store(&input->woken, false);
    }
}

void lane_input_wake(struct lane_input *input)
{
    atomic_store(&input->woken, true);
    if (write(input->pipe[1], "w", 1) < 0) {
        return; /* the pipe is full: whoever reads it wakes up anyway */
    }
}

/* ---- What it tells ---- */

void lane_input_next(const struct lane_input *input, int64_t next[INPUT_TOPIC_COUNT])
{
    for (int topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        next[topic] = input->sources[topic].next;
    }
}

uint64_t lane_input_skipped(const struct lane_input *input)
{
    return input->skipped;
}

static int64_t lag_of(const struct lane_input *input, const struct source *source)
{
    int64_t low = 0;
    int64_t end = 0;
    if (source->message == NULL && source->ended) {
        return 0; /* behind the last record there may be markers of transactions */
    }
    const rd_kafka_resp_err_t code = rd_kafka_get_watermark_offsets(
        input->client.rk, source->name, input->options.lane, &low, &end);
    const int64_t least = source->message != NULL ? 1 : 0;
    return code == RD_KAFKA_RESP_ERR_NO_ERROR && end - source->next > least ? end - source->next
                                                                            : least;
}

void lane_input_lag(const struct lane_input *input, struct input_lag *out)
{
    out->oldest_ms = 0;
    for (int topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        const struct source *source = &input->sources[topic];
        out->records[topic] = lag_of(input, source);
        const int64_t at_ms =
            source->message == NULL ? source->taken_ms : source->record.timestamp_ms;
        if (out->records[topic] > 0 && at_ms > 0 &&
            (out->oldest_ms == 0 || at_ms < out->oldest_ms)) {
            out->oldest_ms = at_ms;
        }
    }
}

const char *lane_input_stalled(const struct lane_input *input)
{
    return input->stalled[0] == '\0' ? NULL : input->stalled;
}

/* ---- One record ---- */

static struct error peek(const struct kafka_settings *settings, int32_t lane,
                         enum input_topic topic, struct log_reader *log, int64_t offset,
                         struct log_record *record)
{
    bool at_end = false;
    struct error error = log_reader_below(log, offset + 1, record, &at_end);
    const bool outside = failed(&error) && strcmp(error.code, "offset_outside") == 0;
    if (outside || (!failed(&error) && at_end)) {
        char name[TOPIC_NAME_BYTES];
        topic_name(settings, (enum topic)topic, name);
        return error_make(ERROR_FATAL, "input_replaced",
                          "input log was replaced or truncated: %s [%d] has no record at offset "
                          "%" PRId64 " any more. Restore the topic",
                          name, (int)lane, offset);
    }
    return error;
}

struct error lane_input_peek(const struct kafka_settings *settings, int32_t lane,
                             enum input_topic topic, int64_t offset,
                             void (*look_at)(void *context, int64_t offset, int64_t timestamp_ms,
                                             struct text key, struct text value),
                             void *context)
{
    struct log_reader *log = NULL;
    struct log_record record;
    TRY(log_reader_open(settings, (enum topic)topic, lane, offset, &log));
    const struct error error = peek(settings, lane, topic, log, offset, &record);
    if (!failed(&error)) {
        look_at(context, record.offset, record.timestamp_ms, record.key, record.value);
    }
    log_reader_close(log);
    return error;
}
