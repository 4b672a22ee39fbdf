#include "replay/proof.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#include "replay/checkpoints.h"
#include "wire/record.h"

struct kept { /* an output of the batch, copied out of its stream */
    char *bytes;
    uint32_t key_length, value_length;
    bool key_present, wanted;
};

struct gathering {
    const struct log_source *source;
    const struct proof_wish *wish;
    struct schemas *schemas;
    struct checkpoint_record checkpoint;
    uint8_t *leaves;             /* of the journal records that the checkpoint covers */
    struct journal_body journal; /* of the batch */
    struct kept *kept;
    size_t count, capacity;
};

/* ---- The checkpoint ---- */

static struct error find_checkpoint(struct gathering *gathering)
{
    const struct proof_wish *wish = gathering->wish;
    struct checkpoints *checkpoints = NULL;
    TRY(checkpoints_open(gathering->source, wish->keys, wish->key_count, &checkpoints));
    const bool found =
        checkpoints_first_over(checkpoints, wish->lane, wish->sequence, &gathering->checkpoint);
    checkpoints_close(checkpoints);
    if (!found) {
        return error_make(ERROR_FATAL, "no_checkpoint",
                          "no signed checkpoint covers journal record %" PRId64 " of lane %" PRId32
                          " yet: `jaga checkpoint` makes one",
                          wish->sequence, wish->lane);
    }
    return no_error();
}

/* ---- The journal ---- */

static struct error journal_incomplete(const struct gathering *gathering, int64_t sequence)
{
    return error_make(ERROR_FATAL, "log_incomplete",
                      "the journal of lane %" PRId32 " has no whole record %" PRId64
                      ", which the checkpoint covers: `jaga audit` says more",
                      gathering->wish->lane, sequence);
}

static struct error take_journal(struct gathering *gathering, struct log_stream *stream)
{
    for (int64_t sequence = 1; sequence <= gathering->checkpoint.body.records; sequence++) {
        const struct log_record *raw;
        struct journal_record record;
        TRY(log_stream_front(stream, &raw));
        if (raw == NULL || !journal_record_decode(raw->value, &record) ||
            record.body.sequence != sequence) {
            return journal_incomplete(gathering, sequence);
        }
        journal_leaf(&record.body, gathering->leaves + (size_t)(sequence - 1) * DIGEST_BYTES);
        if (sequence == gathering->wish->sequence) {
            gathering->journal = record.body;
        }
        log_stream_take(stream);
    }
    return no_error();
}

static struct error read_journal(struct gathering *gathering)
{
    const int64_t records = gathering->checkpoint.body.records;
    struct log_stream *stream = NULL;
    int64_t low;
    int64_t end;
    TRY(log_source_bounds(gathering->source, TOPIC_JOURNAL, gathering->wish->lane, &low, &end));
    if (end - low < records) { /* a record has an offset of its own */
        return journal_incomplete(gathering, end - low + 1);
    }
    gathering->leaves = calloc((size_t)records, DIGEST_BYTES);
    assert(gathering->leaves != NULL);
    TRY(log_stream_open(gathering->source, TOPIC_JOURNAL, gathering->wish->lane, low, end,
                        &stream));
    const struct error error = take_journal(gathering, stream);
    log_stream_close(stream);
    return error;
}

/* ---- The batch's outputs ---- */

static bool is_wanted(const struct proof_wish *wish, enum topic topic, int64_t offset)
{
    for (size_t i = 0; i < wish->count; i++) {
        if (wish->outputs[i].topic == topic && wish->outputs[i].offset == offset) {
            return true;
        }
    }
    return false;
}

static void keep(struct gathering *gathering, enum topic topic, const struct log_record *record)
{
    if (gathering->count == gathering->capacity) {
        gathering->capacity = gathering->capacity == 0 ? 256 : 2 * gathering->capacity;
        gathering->kept = realloc(gathering->kept, gathering->capacity * sizeof *gathering->kept);
        assert(gathering->kept != NULL);
    }
    struct kept *kept = &gathering->kept[gathering->count++];
    const size_t size = (size_t)record->key.length + record->value.length;
    *kept = (struct kept){
        .bytes = malloc(size + 1),
        .key_length = record->key.length,
        .value_length = record->value.length,
        .key_present = !text_is_absent(record->key),
        .wanted = is_wanted(gathering->wish, topic, record->offset),
    };
    assert(kept->bytes != NULL);
    if (record->key.length > 0) {
        memcpy(kept->bytes, record->key.at, record->key.length);
    }
    if (record->value.length > 0) {
        memcpy(kept->bytes + record->key.length, record->value.at, record->value.length);
    }
}

/* The journal record that put an output out; −1 when the output cannot be read. */
static int64_t sequence_of(const struct gathering *gathering, enum topic topic, struct text value)
{
    union {
        struct decision decision;
        struct payment payment;
        struct exception exception;
    } record;
    const enum record_kind kind =
        (enum record_kind)(RECORD_DECISION + (int)topic - (int)TOPIC_DECISION);
    if (!record_decode(gathering->schemas, INT64_MAX, kind, value, &record)) {
        return -1;
    }
    return topic == TOPIC_DECISION  ? record.decision.head.sequence
           : topic == TOPIC_PAYMENT ? record.payment.head.sequence
                                    : record.exception.head.sequence;
}

static struct error take_outputs(struct gathering *gathering, enum topic topic,
                                 struct log_stream *stream)
{
    const int64_t wanted = gathering->wish->sequence;
    for (;;) {
        const struct log_record *record;
        TRY(log_stream_front(stream, &record));
        const int64_t sequence =
            record == NULL ? INT64_MAX : sequence_of(gathering, topic, record->value);
        if (sequence > wanted) {
            return no_error();
        }
        if (sequence == wanted) {
            keep(gathering, topic, record);
        }
        log_stream_take(stream);
    }
}

/* From a known output of the batch as far back as the batch can reach, else from the beginning. */
static int64_t begin_of(const struct gathering *gathering, enum topic topic, int64_t low)
{
    const int64_t counts[] = {gathering->journal.decisions, gathering->journal.payments,
                              gathering->journal.exceptions};
    const struct proof_wish *wish = gathering->wish;
    int64_t from = low;
    for (size_t i = 0; i < wish->count; i++) {
        const int64_t reach = wish->outputs[i].offset - counts[topic - TOPIC_DECISION];
        if (wish->outputs[i].topic == topic && reach > from) {
            from = reach;
        }
    }
    return from;
}

static struct error read_outputs(struct gathering *gathering, enum topic topic, int64_t count)
{
    struct log_stream *stream = NULL;
    int64_t low;
    int64_t end;
    if (count == 0) {
        return no_error();
    }
    TRY(log_source_bounds(gathering->source, topic, gathering->wish->lane, &low, &end));
    TRY(log_stream_open(gathering->source, topic, gathering->wish->lane,
                        begin_of(gathering, topic, low), end, &stream));
    const struct error error = take_outputs(gathering, topic, stream);
    log_stream_close(stream);
    return error;
}

static struct error read_all_outputs(struct gathering *gathering)
{
    const struct journal_body *body = &gathering->journal;
    TRY(read_outputs(gathering, TOPIC_DECISION, body->decisions));
    TRY(read_outputs(gathering, TOPIC_PAYMENT, body->payments));
    TRY(read_outputs(gathering, TOPIC_EXCEPTION, body->exceptions));
    const int64_t wanted = body->decisions + body->payments + body->exceptions;
    if ((int64_t)gathering->count != wanted) {
        return error_make(ERROR_FATAL, "log_incomplete",
                          "journal record %" PRId64 " of lane %" PRId32 " put out %" PRId64
                          " records, the topics hold %zu of it: `jaga audit` says more",
                          gathering->wish->sequence, gathering->wish->lane, wanted,
                          gathering->count);
    }
    return no_error();
}

/* ---- The whole ---- */

static struct error build(const struct gathering *gathering, struct buffer *out)
{
    struct evidence_output *outputs = calloc(gathering->count + 1, sizeof *outputs);
    assert(outputs != NULL);
    for (size_t i = 0; i < gathering->count; i++) {
        const struct kept *kept = &gathering->kept[i];
        outputs[i].wanted = kept->wanted;
        outputs[i].key =
            kept->key_present ? text_of(kept->bytes, kept->key_length) : (struct text){0};
        outputs[i].value = text_of(kept->bytes + kept->key_length, kept->value_length);
    }
    const struct evidence_source source = {
        .checkpoint = &gathering->checkpoint,
        .journal_leaves = gathering->leaves,
        .journal = &gathering->journal,
        .outputs = outputs,
        .output_count = gathering->count,
    };
    struct evidence_file *evidence = evidence_open();
    const struct error error = evidence_build(&source, evidence);
    if (!failed(&error)) {
        evidence_print(out, evidence);
    }
    evidence_close(evidence);
    free(outputs);
    return error;
}

static struct error gather(struct gathering *gathering, struct buffer *out)
{
    TRY(log_source_schemas(gathering->source, gathering->schemas));
    TRY(find_checkpoint(gathering));
    TRY(read_journal(gathering));
    TRY(read_all_outputs(gathering));
    return build(gathering, out);
}

struct error proof_make(const struct log_source *source, const struct proof_wish *wish,
                        struct buffer *out)
{
    struct gathering *gathering = calloc(1, sizeof *gathering);
    assert(gathering != NULL);
    gathering->source = source;
    gathering->wish = wish;
    gathering->schemas = schemas_open();
    const struct error error = gather(gathering, out);
    for (size_t i = 0; i < gathering->count; i++) {
        free(gathering->kept[i].bytes);
    }
    free(gathering->kept);
    free(gathering->leaves);
    schemas_close(gathering->schemas);
    free(gathering);
    return error;
}
