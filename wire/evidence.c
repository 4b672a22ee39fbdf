#include "wire/evidence.h"

#include <assert.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>

#include "wire/record.h"

static const enum record_kind record_kinds[OUTPUT_KIND_COUNT] = {
    [OUTPUT_DECISION] = RECORD_DECISION,
    [OUTPUT_PAYMENT] = RECORD_PAYMENT,
    [OUTPUT_EXCEPTION] = RECORD_EXCEPTION,
};

const char *evidence_kind_name(enum output_kind kind)
{
    return record_topic(record_kinds[kind]);
}

const struct fields *evidence_kind_fields(enum output_kind kind)
{
    return record_fields(record_kinds[kind]);
}

struct evidence_file *evidence_open(void)
{
    struct evidence_file *evidence = calloc(1, sizeof *evidence);
    assert(evidence != NULL);
    return evidence;
}

void evidence_close(struct evidence_file *evidence)
{
    free(evidence);
}

/* ---- Where an output stands ---- */

static int64_t output_total(const struct journal_body *journal)
{
    return journal->decisions + journal->payments + journal->exceptions;
}

static enum output_kind kind_at(const struct journal_body *journal, int64_t index)
{
    if (index < journal->decisions) {
        return OUTPUT_DECISION;
    }
    return index < journal->decisions + journal->payments ? OUTPUT_PAYMENT : OUTPUT_EXCEPTION;
}

/* ---- Making ---- */

static struct error unfit(const char *what)
{
    return error_make(ERROR_FATAL, "evidence_unfit", "no evidence can be made: %s", what);
}

static struct error check_source(const struct evidence_source *source)
{
    const struct checkpoint_body *checkpoint = &source->checkpoint->body;
    const struct journal_body *journal = source->journal;
    if (memcmp(checkpoint->log_id, journal->log_id, JOURNAL_LOG_ID_BYTES) != 0 ||
        checkpoint->lane != journal->lane) {
        return unfit("the checkpoint is of another log or lane than the journal record");
    }
    if (journal->sequence > checkpoint->records) {
        return error_make(ERROR_USAGE, "checkpoint_too_early",
                          "the checkpoint of lane %" PRId64 " covers journal records 1 to %" PRId64
                          " and the batch is in record %" PRId64 ": run `jaga checkpoint` first",
                          journal->lane, checkpoint->records, journal->sequence);
    }
    if (output_total(journal) != (int64_t)source->output_count) {
        return unfit("these are not all outputs of the batch");
    }
    return no_error();
}

static struct error fill_records(const struct evidence_source *source, const uint8_t *leaves,
                                 struct evidence_file *out)
{
    for (size_t i = 0; i < source->output_count; i++) {
        if (!source->outputs[i].wanted) {
            continue;
        }
        if (out->count == EVIDENCE_RECORDS_MAX) {
            return unfit("more records are wanted than one file holds");
        }
        struct evidence_record *record = &out->records[out->count++];
        record->kind = kind_at(source->journal, (int64_t)i);
        record->index = (int64_t)i;
        record->key = source->outputs[i].key;
        record->value = source->outputs[i].value;
        merkle_path_of(leaves, source->output_count, i, &record->path);
    }
    return no_error();
}

static struct error add_records(const struct evidence_source *source, struct evidence_file *out)
{
    uint8_t *leaves = malloc((source->output_count + 1) * DIGEST_BYTES);
    assert(leaves != NULL);
    for (size_t i = 0; i < source->output_count; i++) {
        merkle_output_leaf(source->outputs[i].key, source->outputs[i].value,
                           leaves + i * DIGEST_BYTES);
    }
    const struct error error = fill_records(source, leaves, out);
    free(leaves);
    return error;
}

static struct error verify_own(const struct evidence_file *evidence)
{
    struct output *outputs = calloc(EVIDENCE_RECORDS_MAX, sizeof *outputs);
    assert(outputs != NULL);
    const struct error error = evidence_verify(evidence, NULL, outputs);
    free(outputs);
    return error;
}

struct error evidence_build(const struct evidence_source *source, struct evidence_file *out)
{
    TRY(check_source(source));
    out->checkpoint = *source->checkpoint;
    out->journal = *source->journal;
    out->journal.range_count = INPUT_TOPIC_COUNT;
    out->count = 0;
    merkle_path_of(source->journal_leaves, (uint64_t)source->checkpoint->body.records,
                   (uint64_t)source->journal->sequence - 1, &out->path);
    TRY(add_records(source, out));
    return verify_own(out);
}

/* ---- Verifying ---- */

static struct error not_proven(const char *what)
{
    return error_make(ERROR_FATAL, "not_proven", "not proven: %s", what);
}

static struct error verify_signer(const struct checkpoint_record *checkpoint,
                                  const uint8_t *public_key)
{
    if (!checkpoint_record_verify(checkpoint)) {
        return not_proven("the checkpoint's signature does not hold");
    }
    if (public_key != NULL && memcmp(checkpoint->public_key, public_key, PUBLIC_KEY_BYTES) != 0) {
        char hex[KEY_TEXT_BYTES];
        public_key_print(checkpoint->public_key, hex);
        return error_make(ERROR_FATAL, "not_proven",
                          "not proven: the checkpoint is signed with another key, %s", hex);
    }
    return no_error();
}

static bool is_of_lane(const struct journal_body *journal, const struct checkpoint_body *checkpoint)
{
    return memcmp(journal->log_id, checkpoint->log_id, JOURNAL_LOG_ID_BYTES) == 0 &&
           journal->lanes == checkpoint->lanes && journal->lane == checkpoint->lane;
}

static bool is_last(const struct journal_body *journal, const struct checkpoint_body *checkpoint)
{
    uint8_t chain[DIGEST_BYTES];
    journal_chain(journal, chain);
    return memcmp(chain, checkpoint->chain, DIGEST_BYTES) == 0 && journal->now == checkpoint->time;
}

static struct error verify_journal(const struct evidence_file *evidence)
{
    const struct journal_body *journal = &evidence->journal;
    const struct checkpoint_body *checkpoint = &evidence->checkpoint.body;
    uint8_t leaf[DIGEST_BYTES];
    if (!is_of_lane(journal, checkpoint)) {
        return not_proven("the journal record is of another log or lane than the checkpoint");
    }
    if (journal->sequence < 1 || journal->sequence > checkpoint->records) {
        return not_proven("the checkpoint does not cover the journal record");
    }
    journal_leaf(journal, leaf);
    if (!merkle_path_leads(&evidence->path, leaf, (uint64_t)journal->sequence - 1,
                           (uint64_t)checkpoint->records, checkpoint->root)) {
        return not_proven("the journal record does not lead to the checkpoint's root");
    }
    if (journal->sequence == checkpoint->records && !is_last(journal, checkpoint)) {
        return not_proven("the last journal record is not the one that the checkpoint names");
    }
    if (journal->decisions < 0 || journal->payments < 0 || journal->exceptions < 0) {
        return not_proven("the journal record counts fewer outputs than none");
    }
    return no_error();
}

/* Compiled once and kept to the end of the process; threads share it since nothing is added. */
static struct schemas *own_schemas;

static void compile_own_schemas(void)
{
    own_schemas = schemas_open();
    schemas_add_own(own_schemas, 0);
}

static bool decode(const struct evidence_record *record, struct output *output)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, compile_own_schemas);
    output->kind = record->kind;
    /* `decision`, `payment` and `exception` lie at the same place in the union. */
    return record_decode(own_schemas, INT64_MAX, record_kinds[record->kind], record->value,
                         &output->decision);
}

static bool says_its_place(const struct evidence_record *record, const struct output *output,
                           const struct journal_body *journal)
{
    const struct output_head *head = NULL;
    struct text participant_id = {0};
    switch (output->kind) {
    case OUTPUT_DECISION:
        head = &output->decision.head;
        participant_id = output->decision.participant_id;
        break;
    case OUTPUT_PAYMENT:
        head = &output->payment.head;
        participant_id = output->payment.participant_id;
        break;
    case OUTPUT_EXCEPTION:
        head = &output->exception.head;
        participant_id = output->exception.participant_id;
        break;
    }
    return head != NULL && head->lane == journal->lane && head->sequence == journal->sequence &&
           text_equal(record->key, participant_id);
}

static struct error verify_record(const struct evidence_record *record,
                                  const struct journal_body *journal, struct output *output)
{
    uint8_t leaf[DIGEST_BYTES];
    if (record->index < 0 || record->index >= output_total(journal)) {
        return not_proven("the batch has no output with this index");
    }
    if (record->kind != kind_at(journal, record->index)) {
        return not_proven("the output with this index is of another kind");
    }
    merkle_output_leaf(record->key, record->value, leaf);
    if (!merkle_path_leads(&record->path, leaf, (uint64_t)record->index,
                           (uint64_t)output_total(journal), journal->outputs_root)) {
        return not_proven("it does not lead to the journal record's outputs_root");
    }
    if (!decode(record, output)) {
        return not_proven("it cannot be read with jaga's own schema");
    }
    if (!says_its_place(record, output, journal)) {
        return not_proven("its own lane, sequence or participant are not those of its place");
    }
    return no_error();
}

static struct error of_record(uint32_t number, const struct error *error)
{
    return error_make(error->kind, error->code, "%.300s (record %" PRIu32 " of the file)",
                      error->detail, number);
}

static struct error verify_records(const struct evidence_file *evidence,
                                   struct output outputs[EVIDENCE_RECORDS_MAX])
{
    if (evidence->count == 0) {
        return not_proven("there is no record to prove");
    }
    for (uint32_t i = 0; i < evidence->count; i++) {
        const struct evidence_record *record = &evidence->records[i];
        struct error error = no_error();
        if (i > 0 && record->index <= evidence->records[i - 1].index) {
            error = not_proven("it is not behind the one before");
        } else {
            error = verify_record(record, &evidence->journal, &outputs[i]);
        }
        if (failed(&error)) {
            return of_record(i + 1, &error);
        }
    }
    return no_error();
}

struct error evidence_verify(const struct evidence_file *evidence, const uint8_t *public_key,
                             struct output outputs[EVIDENCE_RECORDS_MAX])
{
    assert(evidence->count <= EVIDENCE_RECORDS_MAX);
    TRY(verify_signer(&evidence->checkpoint, public_key));
    TRY(verify_journal(evidence));
    return verify_records(evidence, outputs);
}
