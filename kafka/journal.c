#include "kafka/journal.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#include "kafka/client.h"
#include "kafka/journal_end.h"
#include "kafka/kafka_error.h"
#include "kafka/log_reader.h"
#include "support/clock.h"

#define TAIL_FIRST_REACH                                                                           \
    2 /* a record and its marker; widened eightfold until a record is found                        \
       */
#define TAIL_NEXT_REACH 16
#define SETTLE_STEP_MS 5
#define READ_WAIT_MS 100

struct journal_reader {
    const struct kafka_settings *settings;
    struct log_reader *log;
    int32_t lane;
    bool from_start; /* the first record has to be sequence 1 */
    bool any;        /* `last` is filled */
    struct journal_record last;
};

static struct error invalid(const struct kafka_settings *settings, int32_t lane, int64_t offset,
                            const char *why)
{
    char topic[TOPIC_NAME_BYTES];
    topic_name(settings, TOPIC_JOURNAL, topic);
    return error_make(ERROR_FATAL, "journal_invalid", "%s [%d] at offset %" PRId64 ": %s", topic,
                      (int)lane, offset, why);
}

static struct error removed(const struct kafka_settings *settings, int32_t lane, int64_t offset,
                            const char *why)
{
    char topic[TOPIC_NAME_BYTES];
    topic_name(settings, TOPIC_JOURNAL, topic);
    return error_make(ERROR_FATAL, "journal_removed",
                      "%s [%d] at offset %" PRId64 ": %s. The journal is kept for ever; restore it "
                      "before this lane can go on",
                      topic, (int)lane, offset, why);
}

/* ---- The end ---- */

struct both_ends {
    struct client committed, uncommitted;
    char topic[TOPIC_NAME_BYTES];
};

static struct error both_open(struct both_ends *both, const struct kafka_settings *settings,
                              enum topic topic)
{
    *both = (struct both_ends){0};
    topic_name(settings, topic, both->topic);
    TRY(client_open_reader(&both->committed, settings, READ_COMMITTED));
    return client_open_reader(&both->uncommitted, settings, READ_UNCOMMITTED);
}

static void both_close(struct both_ends *both)
{
    client_close(&both->committed);
    client_close(&both->uncommitted);
}

/* A transaction that was open when its owner went stands between the two ends until it is aborted.
 */
static struct error both_settle(struct both_ends *both, int32_t partition, int64_t *low,
                                int64_t *end)
{
    const int64_t until_us =
        clock_steady_us() + (int64_t)both->committed.settings->timeout_ms * 1000;
    for (;;) {
        int64_t stable = 0;
        TRY(client_bounds(&both->committed, both->topic, partition, low, &stable));
        TRY(client_bounds(&both->uncommitted, both->topic, partition, low, end));
        if (stable == *end) {
            return no_error();
        }
        if (clock_steady_us() > until_us) {
            return kafka_error(&both->committed, RD_KAFKA_RESP_ERR__TIMED_OUT, NULL,
                               "waiting for the transactions on %s [%d]", both->topic,
                               (int)partition);
        }
        clock_sleep_ms(SETTLE_STEP_MS);
    }
}

struct error settled_bounds(const struct kafka_settings *settings, enum topic topic,
                            int32_t partition, int64_t *low, int64_t *end)
{
    struct both_ends both;
    struct error error = both_open(&both, settings, topic);
    if (!failed(&error)) {
        error = both_settle(&both, partition, low, end);
    }
    both_close(&both);
    return error;
}

struct error journal_settled_end(const struct kafka_settings *settings, int32_t lane, int64_t *end)
{
    int64_t low = 0;
    return settled_bounds(settings, TOPIC_JOURNAL, lane, &low, end);
}

/* ---- The tail ---- */

static struct error decode(const struct kafka_settings *settings, int32_t lane,
                           const struct log_record *from, struct journal_record *record)
{
    if (!journal_record_decode(from->value, record)) {
        return invalid(settings, lane, from->offset, "this is no journal record");
    }
    if (!journal_record_verify(record)) {
        return invalid(settings, lane, from->offset, "the chain does not fit the body");
    }
    if (record->body.lane != lane) {
        return invalid(settings, lane, from->offset, "the record is another lane's");
    }
    return no_error();
}

/* The last record in [from, end), if there is one. */
static struct error last_between(const struct kafka_settings *settings, int32_t lane,
                                 struct log_reader *log, int64_t end, struct journal_tail *out)
{
    for (;;) {
        struct log_record record;
        bool at_end = false;
        TRY(log_reader_below(log, end, &record, &at_end));
        if (at_end) {
            return no_error();
        }
        TRY(decode(settings, lane, &record, &out->record));
        out->empty = false;
        out->offset = record.offset;
    }
}

static struct error look_from(const struct kafka_settings *settings, int32_t lane, int64_t from,
                              int64_t end, struct journal_tail *out)
{
    struct log_reader *log = NULL;
    TRY(log_reader_open(settings, TOPIC_JOURNAL, lane, from, &log));
    const struct error error = last_between(settings, lane, log, end, out);
    log_reader_close(log);
    return error;
}

struct error journal_last_read(const struct kafka_settings *settings, int32_t lane, int64_t end,
                               struct journal_tail *out)
{
    int64_t reach = TAIL_FIRST_REACH;
    int64_t from = end;
    *out = (struct journal_tail){.empty = true, .end = end};
    while (out->empty && from > 0) {
        from = end > reach ? end - reach : 0;
        TRY(look_from(settings, lane, from, end, out));
        reach = reach == TAIL_FIRST_REACH ? TAIL_NEXT_REACH : reach * 8;
    }
    return no_error();
}

struct error journal_tail_read(const struct kafka_settings *settings, int32_t lane,
                               struct journal_tail *out)
{
    int64_t low = 0;
    int64_t end = 0;
    TRY(settled_bounds(settings, TOPIC_JOURNAL, lane, &low, &end));
    if (low > 0) {
        return removed(settings, lane, low, "the log begins here and not at 0");
    }
    return journal_last_read(settings, lane, end, out);
}

/* ---- The records for redo ---- */

struct error journal_reader_open(const struct kafka_settings *settings, int32_t lane,
                                 int64_t offset, struct journal_reader **out)
{
    struct journal_reader *reader = calloc(1, sizeof *reader);
    assert(reader != NULL);
    reader->settings = settings;
    reader->lane = lane;
    reader->from_start = offset == 0;
    const struct error error = log_reader_open(settings, TOPIC_JOURNAL, lane, offset, &reader->log);
    if (failed(&error)) {
        free(reader);
        reader = NULL;
    }
    *out = reader;
    return error;
}

void journal_reader_close(struct journal_reader *reader)
{
    if (reader != NULL) {
        log_reader_close(reader->log);
        free(reader);
    }
}

static struct error next_record(struct journal_reader *reader, struct log_record *record,
                                bool *at_end)
{
    const int64_t until_us = clock_steady_us() + (int64_t)reader->settings->timeout_ms * 1000;
    do {
        struct error error = log_reader_next(reader->log, READ_WAIT_MS, record, at_end);
        if (failed(&error) && strcmp(error.code, "offset_outside") == 0) {
            return removed(reader->settings, reader->lane, 0, "the offset asked for is not there");
        }
        TRY(error);
        if (record->offset >= 0 || *at_end) {
            return no_error();
        }
    } while (clock_steady_us() < until_us);
    return error_make(ERROR_RETRY, "kafka_away",
                      "the journal of lane %d gives neither a record nor its end", reader->lane);
}

/* Each record continues the one before: a sequence that jumps means that records are gone, a chain
   that does not fit that something else stands in their place. */
static struct error check_follows(const struct journal_reader *reader,
                                  const struct journal_record *record, int64_t offset)
{
    static const uint8_t zero[DIGEST_BYTES];
    if (!reader->any && !reader->from_start) {
        return no_error();
    }
    const int64_t expected = reader->any ? reader->last.body.sequence + 1 : 1;
    const uint8_t *chain = reader->any ? reader->last.chain : zero;
    if (record->body.sequence > expected) {
        return removed(reader->settings, reader->lane, offset, "records before this one are gone");
    }
    if (record->body.sequence < expected ||
        memcmp(record->body.previous, chain, DIGEST_BYTES) != 0) {
        return invalid(reader->settings, reader->lane, offset,
                       "the record does not continue the one before");
    }
    return no_error();
}

struct error journal_reader_next(struct journal_reader *reader, struct journal_record *record,
                                 int64_t *offset, bool *at_end)
{
    struct log_record raw;
    TRY(next_record(reader, &raw, at_end));
    *offset = raw.offset;
    if (raw.offset < 0) {
        return no_error();
    }
    TRY(decode(reader->settings, reader->lane, &raw, record));
    TRY(check_follows(reader, record, raw.offset));
    reader->last = *record;
    reader->any = true;
    return no_error();
}
