#include "kafka/lane_transaction.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "kafka/journal_end.h"
#include "kafka/kafka_error.h"
#include "kafka/log_reader.h"
#include "support/clock.h"
#include "support/fault.h"

#define ATTEMPTS_MAX 4
#define BACKOFF_FIRST_MS 20U /* doubled with each attempt */
#define FLUSH_STEP_MS 2      /* each call wakes the broker threads up, which linger otherwise */
#define QUEUE_FULL_STEP_MS 10
#define TRANSACTIONAL_ID_BYTES 512

struct delivery { /* of one attempt */
    size_t reported, succeeded;
    rd_kafka_resp_err_t first_failure;
    int64_t journal_offset; /* −1: not reported */
};

struct lane_transaction {
    struct client producer; /* its rk is NULL after an error nothing can be concluded from */
    rd_kafka_topic_t *topics[TOPIC_COUNT];
    struct delivery delivery;
    int32_t lane;
    uint32_t commit_deadline_ms;
    uint64_t aborts;
    char journal[TOPIC_NAME_BYTES];
    char id[TRANSACTIONAL_ID_BYTES];
};

static const enum topic outputs[] = {TOPIC_DECISION, TOPIC_PAYMENT, TOPIC_EXCEPTION, TOPIC_JOURNAL};
#define OUTPUT_TOPICS (sizeof outputs / sizeof *outputs)

/* What becomes of an attempt: done, abort and send again, or stop with the error. */
enum outcome { DONE, AGAIN, STOP };

/* The batch while it is on its way. */
struct sending {
    const struct outgoing *records;
    size_t count;
    int64_t expected; /* offset the journal record must get */
    int64_t until_us;
    struct error error; /* why AGAIN or STOP */
};

static void on_delivery(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque)
{
    struct lane_transaction *transaction = ((struct client *)opaque)->owner;
    struct delivery *delivery = &transaction->delivery;
    (void)rk;
    delivery->reported++;
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        if (delivery->first_failure == RD_KAFKA_RESP_ERR_NO_ERROR) {
            delivery->first_failure = message->err;
        }
        return;
    }
    delivery->succeeded++;
    if (message->_private != NULL) { /* the journal's is marked */
        delivery->journal_offset = message->offset;
    }
}

static void set_callbacks(rd_kafka_conf_t *conf)
{
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
}

static struct error open_producer(struct lane_transaction *transaction,
                                  const struct kafka_settings *settings)
{
    const struct kafka_option options[] = {
        {"transactional.id", transaction->id},
        {"retry.backoff.ms", "1"},
        {"linger.ms", "0"},
        {"queue.buffering.max.messages", "2000000"},
        {"message.max.bytes", "4194304"},
        {"compression.codec", "lz4"},
        {"partitioner", "murmur2_random"},
        {NULL, NULL},
    };
    return client_open(&transaction->producer, settings,
                       &(struct client_options){.type = RD_KAFKA_PRODUCER,
                                                .options = options,
                                                .prepare = set_callbacks,
                                                .owner = transaction});
}

/* After this nothing of an earlier owner can land any more. */
static struct error fence(struct lane_transaction *transaction)
{
    const int64_t until_us =
        clock_steady_us() + (int64_t)transaction->producer.settings->timeout_ms * 1000;
    for (;;) {
        const int64_t left_ms = (until_us - clock_steady_us()) / 1000;
        rd_kafka_error_t *error =
            rd_kafka_init_transactions(transaction->producer.rk, left_ms > 1 ? (int)left_ms : 1);
        client_serve(&transaction->producer);
        if (error == NULL) {
            return no_error();
        }
        if (!rd_kafka_error_is_retriable(error) || left_ms <= 1) {
            return kafka_error_take(&transaction->producer, error, "fencing lane %d",
                                    (int)transaction->lane);
        }
        rd_kafka_error_destroy(error);
    }
}

/* Asked for each output topic: the first record for a topic whose metadata is unknown waits a
   second, and one for a partition that is not there must never be handed over. */
static struct error find_topics(struct lane_transaction *transaction)
{
    struct client *producer = &transaction->producer;
    for (size_t i = 0; i < OUTPUT_TOPICS; i++) {
        char name[TOPIC_NAME_BYTES];
        int32_t partitions = 0;
        topic_name(producer->settings, outputs[i], name);
        rd_kafka_topic_t *topic = rd_kafka_topic_new(producer->rk, name, NULL);
        assert(topic != NULL);
        transaction->topics[outputs[i]] = topic;
        TRY(client_topic_partitions(producer, topic, &partitions));
        if (transaction->lane >= partitions) {
            return kafka_error(producer, RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, NULL,
                               "looking for %s [%d]", name, (int)transaction->lane);
        }
    }
    return no_error();
}

static struct error start(struct lane_transaction *transaction,
                          const struct kafka_settings *settings)
{
    topic_name(settings, TOPIC_JOURNAL, transaction->journal);
    const int length = snprintf(transaction->id, sizeof transaction->id, "%s/%s/%" PRId32,
                                settings->group_id, transaction->journal, transaction->lane);
    if (length < 0 || (size_t)length >= sizeof transaction->id) {
        return error_make(ERROR_USAGE, "group_id_long", "the group id has more than %d bytes",
                          TRANSACTIONAL_ID_BYTES / 2);
    }
    TRY(open_producer(transaction, settings));
    TRY(fence(transaction));
    return find_topics(transaction);
}

struct error lane_transaction_open(const struct kafka_settings *settings, int32_t lane,
                                   uint32_t commit_deadline_ms, struct lane_transaction **out)
{
    struct lane_transaction *transaction = calloc(1, sizeof *transaction);
    assert(transaction != NULL);
    transaction->lane = lane;
    transaction->commit_deadline_ms = commit_deadline_ms;
    const struct error error = start(transaction, settings);
    if (failed(&error)) {
        lane_transaction_close(transaction);
        transaction = NULL;
    }
    *out = transaction;
    return error;
}

static void destroy_producer(struct lane_transaction *transaction)
{
    for (size_t i = 0; i < TOPIC_COUNT; i++) {
        if (transaction->topics[i] != NULL) {
            rd_kafka_topic_destroy(transaction->topics[i]);
            transaction->topics[i] = NULL;
        }
    }
    client_close(&transaction->producer);
}

void lane_transaction_close(struct lane_transaction *transaction)
{
    if (transaction != NULL) {
        destroy_producer(transaction);
        free(transaction);
    }
}

/* ---- What an error of librdkafka means for the batch ---- */

static int left_ms(const struct sending *sending)
{
    const int64_t left = (sending->until_us - clock_steady_us()) / 1000;
    return left > 1 ? (int)left : 1;
}

static bool too_late(const struct sending *sending)
{
    return clock_steady_us() >= sending->until_us;
}

/* Whatever is neither a fence nor for the operator to allow is worth opening the lane anew. */
static struct error as_transaction_error(struct error error)
{
    const bool forbidden =
        strcmp(error.code, "kafka_denied") == 0 || strcmp(error.code, "kafka_refused") == 0;
    if (error.kind != ERROR_FENCED && !forbidden) {
        error.kind = ERROR_RETRY;
        error.code = "transaction_failed";
    }
    return error;
}

static enum outcome stop(struct sending *sending, struct error error)
{
    sending->error = as_transaction_error(error);
    return STOP;
}

/* The brokers took too long with the outputs: not worth a second try by this producer. */
static enum outcome timed_out(struct lane_transaction *transaction, struct sending *sending)
{
    return stop(sending, kafka_error(&transaction->producer, RD_KAFKA_RESP_ERR__TIMED_OUT, NULL,
                                     "%zu of %zu outputs of lane %d were acknowledged",
                                     transaction->delivery.succeeded, sending->count,
                                     (int)transaction->lane));
}

/* An error object of a transactional call; it is destroyed. */
static enum outcome judge(struct lane_transaction *transaction, struct sending *sending,
                          rd_kafka_error_t *error, const char *doing)
{
    const bool abortable =
        !rd_kafka_error_is_fatal(error) && rd_kafka_error_txn_requires_abort(error);
    sending->error = as_transaction_error(kafka_error_take(
        &transaction->producer, error, "%s of lane %d", doing, (int)transaction->lane));
    return abortable ? AGAIN : STOP;
}

static bool is_refusal(rd_kafka_resp_err_t code)
{
    return code == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE ||
           code == RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE ||
           code == RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP || code == RD_KAFKA_RESP_ERR_INVALID_RECORD;
}

/* A produce call or delivery report that failed. What stands behind it may have ended the producer.
 */
static enum outcome judge_record(struct lane_transaction *transaction, struct sending *sending,
                                 rd_kafka_resp_err_t code)
{
    const struct client *producer = &transaction->producer;
    char why[CLIENT_REASON_BYTES];
    if (rd_kafka_fatal_error(producer->rk, why, sizeof why) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return stop(sending, kafka_error(producer, RD_KAFKA_RESP_ERR__FATAL, why,
                                         "sending outputs of lane %d", (int)transaction->lane));
    }
    if (is_refusal(code)) {
        sending->error = error_make(
            ERROR_FATAL, "output_refused",
            "an output of lane %d is refused: %s. Check max.message.bytes of the output topics",
            (int)transaction->lane, rd_kafka_err2str(code));
        return STOP;
    }
    sending->error = as_transaction_error(
        kafka_error(producer, code, NULL, "sending outputs of lane %d", (int)transaction->lane));
    return AGAIN;
}

/* ---- The steps of one attempt ---- */

static void add_text(rd_kafka_headers_t *headers, const char *name, struct text value)
{
    (void)rd_kafka_header_add(headers, name, -1, value.at, (ssize_t)value.length);
}

static void add_number(rd_kafka_headers_t *headers, const char *name, int64_t value)
{
    char digits[24];
    const int length = snprintf(digits, sizeof digits, "%" PRId64, value);
    (void)rd_kafka_header_add(headers, name, -1, digits, (ssize_t)length);
}

/* As Kafka Connect writes them, so that tools for dead letters show where a record came from. */
static rd_kafka_headers_t *error_headers(const struct outgoing *record, int32_t lane)
{
    rd_kafka_headers_t *headers = rd_kafka_headers_new(7);
    if (!text_is_absent(record->error_topic)) {
        add_text(headers, "__connect.errors.topic", record->error_topic);
        add_number(headers, "__connect.errors.partition", record->error_partition);
        add_number(headers, "__connect.errors.offset", record->error_offset);
    }
    add_text(headers, "__connect.errors.connector.name", TEXT("jaga"));
    add_number(headers, "__connect.errors.task.id", lane);
    add_text(headers, "__connect.errors.exception.class.name", text_of_string(record->error_class));
    add_text(headers, "__connect.errors.exception.message", record->error_message);
    return headers;
}

static rd_kafka_resp_err_t produce(struct lane_transaction *transaction,
                                   const struct outgoing *record)
{
    if (fault_wanted("refuse")) {
        return RD_KAFKA_RESP_ERR__STATE;
    }
    const struct client_record ours = {
        .topic = transaction->topics[record->topic],
        .partition = transaction->lane,
        .key = record->key,
        .value = record->value,
        .timestamp_ms = record->timestamp_ms,
        .headers = record->error_class == NULL ? NULL : error_headers(record, transaction->lane),
        .mark = record->topic == TOPIC_JOURNAL ? transaction : NULL,
    };
    return client_produce(&transaction->producer, &ours);
}

static enum outcome produce_all(struct lane_transaction *transaction, struct sending *sending)
{
    transaction->delivery = (struct delivery){.journal_offset = -1};
    for (size_t i = 0; i < sending->count; i++) {
        rd_kafka_resp_err_t code = produce(transaction, &sending->records[i]);
        while (code == RD_KAFKA_RESP_ERR__QUEUE_FULL && !too_late(sending)) {
            (void)rd_kafka_poll(transaction->producer.rk, QUEUE_FULL_STEP_MS);
            code = produce(transaction, &sending->records[i]);
        }
        if (code == RD_KAFKA_RESP_ERR__QUEUE_FULL) {
            return timed_out(transaction, sending);
        }
        if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
            return judge_record(transaction, sending, code);
        }
    }
    return DONE;
}

static enum outcome second_writer(struct lane_transaction *transaction, struct sending *sending,
                                  int64_t got)
{
    sending->error =
        error_make(ERROR_FENCED, "second_writer",
                   "%s [%d]: the record was to lie at offset %" PRId64 " and got %" PRId64
                   ": somebody else writes to this partition",
                   transaction->journal, (int)transaction->lane, sending->expected, got);
    return STOP;
}

/* A refused record does not fail a transaction by itself: every one is counted. */
static enum outcome check_delivered(struct lane_transaction *transaction, struct sending *sending)
{
    const struct delivery *delivery = &transaction->delivery;
    if (delivery->first_failure != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return judge_record(transaction, sending, delivery->first_failure);
    }
    if (delivery->succeeded != sending->count) {
        return timed_out(transaction, sending);
    }
    if (delivery->journal_offset != sending->expected) {
        return second_writer(transaction, sending, delivery->journal_offset);
    }
    if (fault_wanted("produced")) {
        return judge_record(transaction, sending, RD_KAFKA_RESP_ERR__FAIL);
    }
    return DONE;
}

static enum outcome flush_outputs(struct lane_transaction *transaction, struct sending *sending)
{
    rd_kafka_t *rk = transaction->producer.rk;
    while (rd_kafka_outq_len(rk) > 0 && !too_late(sending) &&
           transaction->delivery.first_failure == RD_KAFKA_RESP_ERR_NO_ERROR) {
        (void)rd_kafka_flush(rk, FLUSH_STEP_MS);
    }
    (void)rd_kafka_poll(rk, 0);
    return check_delivered(transaction, sending);
}

static enum outcome commit_unknown(struct lane_transaction *transaction, struct sending *sending)
{
    sending->error = error_make(ERROR_FENCED, "commit_unknown",
                                "no answer to the commit of lane %d in %u ms: it may have taken "
                                "effect or not, the journal's tail will tell",
                                (int)transaction->lane, transaction->commit_deadline_ms);
    return STOP;
}

/* A commit that timed out goes on in the background: only committing again tells how it ended. */
static enum outcome commit_outputs(struct lane_transaction *transaction, struct sending *sending)
{
    for (;;) {
        rd_kafka_error_t *error =
            rd_kafka_commit_transaction(transaction->producer.rk, left_ms(sending));
        if (error == NULL) {
            return DONE;
        }
        if (!rd_kafka_error_is_retriable(error)) {
            return judge(transaction, sending, error, "committing");
        }
        rd_kafka_error_destroy(error);
        clock_sleep_ms(1);
        if (too_late(sending)) {
            return commit_unknown(transaction, sending);
        }
    }
}

static enum outcome begin_transaction(struct lane_transaction *transaction, struct sending *sending)
{
    rd_kafka_error_t *error = rd_kafka_begin_transaction(transaction->producer.rk);
    return error == NULL ? DONE : judge(transaction, sending, error, "beginning a transaction");
}

static enum outcome attempt(struct lane_transaction *transaction, struct sending *sending)
{
    fault_point("begin");
    enum outcome outcome = begin_transaction(transaction, sending);
    if (outcome == DONE) {
        fault_point("produce");
        outcome = produce_all(transaction, sending);
    }
    if (outcome == DONE) {
        outcome = flush_outputs(transaction, sending);
    }
    if (outcome == DONE) {
        fault_point("produced");
        fault_point("commit");
        outcome = commit_outputs(transaction, sending);
    }
    if (outcome == DONE) {
        fault_point("committed");
    }
    return outcome;
}

/* ---- Between two attempts ---- */

/* True when the transaction is surely undone. */
static bool undo(struct lane_transaction *transaction, struct sending *sending)
{
    const int64_t until_us =
        clock_steady_us() + (int64_t)transaction->producer.settings->timeout_ms * 1000;
    for (;;) {
        const int64_t left = (until_us - clock_steady_us()) / 1000;
        rd_kafka_error_t *error =
            rd_kafka_abort_transaction(transaction->producer.rk, left > 1 ? (int)left : 1);
        if (error == NULL) {
            return true;
        }
        if (!rd_kafka_error_is_retriable(error) || left <= 1) {
            (void)judge(transaction, sending, error, "aborting");
            return false;
        }
        rd_kafka_error_destroy(error);
    }
}

/* A record that reads as committed where ours was to lie: either somebody else's, or ours after
   all, since a commit may report a failure although it took effect. The tail of the journal will
   tell. */
static struct error expect_nothing(struct lane_transaction *transaction, int64_t from, int64_t end)
{
    struct log_reader *reader = NULL;
    struct log_record record;
    bool at_end = false;
    TRY(log_reader_open(transaction->producer.settings, TOPIC_JOURNAL, transaction->lane, from,
                        &reader));
    struct error error = log_reader_below(reader, end, &record, &at_end);
    if (!failed(&error) && !at_end) {
        error = error_make(ERROR_FENCED, "second_writer",
                           "%s [%d]: after an abort there is a committed record at offset %" PRId64,
                           transaction->journal, (int)transaction->lane, record.offset);
    }
    log_reader_close(reader);
    return error;
}

/* The abort left a marker, and perhaps records, behind: where the journal goes on is asked again.
 */
static enum outcome ask_end(struct lane_transaction *transaction, struct sending *sending)
{
    int64_t end = 0;
    struct error error =
        journal_settled_end(transaction->producer.settings, transaction->lane, &end);
    if (!failed(&error) && end > sending->expected) {
        error = expect_nothing(transaction, sending->expected, end);
    }
    if (failed(&error)) {
        return stop(sending, error);
    }
    sending->expected = end;
    return AGAIN;
}

static enum outcome abort_attempt(struct lane_transaction *transaction, struct sending *sending)
{
    if (!undo(transaction, sending)) {
        return STOP;
    }
    return ask_end(transaction, sending);
}

/* What stopped for the batch's own sake is undone, so that nothing of it waits for a time-out. */
static void give_up(struct lane_transaction *transaction, struct sending *sending)
{
    const struct error why = sending->error;
    const bool undoable =
        strcmp(why.code, "output_refused") == 0 || strcmp(why.code, "second_writer") == 0;
    if (undoable && rd_kafka_fatal_error(transaction->producer.rk, NULL, 0) == 0) {
        (void)undo(transaction, sending);
    }
    destroy_producer(transaction);
    sending->error = why;
}

static struct error send_batch(struct lane_transaction *transaction, struct sending *sending)
{
    for (uint32_t tries = 0; tries < ATTEMPTS_MAX; tries++) {
        if (tries > 0) {
            clock_sleep_ms(BACKOFF_FIRST_MS << tries);
        }
        sending->until_us = clock_steady_us() + (int64_t)transaction->commit_deadline_ms * 1000;
        enum outcome outcome = attempt(transaction, sending);
        transaction->aborts += outcome != DONE;
        if (outcome == AGAIN) {
            outcome = abort_attempt(transaction, sending);
        }
        if (outcome == DONE) {
            return no_error();
        }
        if (outcome == STOP) {
            break;
        }
    }
    give_up(transaction, sending);
    return sending->error;
}

struct error lane_transaction_commit(struct lane_transaction *transaction,
                                     const struct outgoing *records, size_t count,
                                     int64_t *journal_offset)
{
    assert(count > 0);
    assert(records[count - 1].topic == TOPIC_JOURNAL);
    if (transaction->producer.rk == NULL) {
        return error_make(ERROR_RETRY, "transaction_failed",
                          "lane %d: this producer was given up, open the lane anew",
                          (int)transaction->lane);
    }
    struct sending sending = {
        .records = records, .count = count, .expected = *journal_offset, .error = no_error()};
    TRY(send_batch(transaction, &sending));
    *journal_offset = sending.expected + 2; /* the record and its commit marker */
    return no_error();
}

uint64_t lane_transaction_aborts(const struct lane_transaction *transaction)
{
    return transaction->aborts;
}
