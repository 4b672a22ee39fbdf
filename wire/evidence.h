/* A self-contained proof that jaga put records out: the records, their paths to the `outputs_root`
   of a journal record, that record's path to the root of a signed checkpoint, and the checkpoint.
   On paper it is one line of JSON (docs/checkpoints.md). */
#ifndef JAGA_WIRE_EVIDENCE_H
#define JAGA_WIRE_EVIDENCE_H

#include "wire/checkpoint_record.h"
#include "wire/merkle.h"

#define EVIDENCE_RECORDS_MAX 16
#define EVIDENCE_BYTES_MAX (128 * 1024) /* of the file */

struct evidence_record { /* of one batch, as it lies on its topic */
    enum output_kind kind;
    int64_t index; /* among the batch's decisions, then payments, then exceptions */
    struct text key, value;
    struct merkle_path path;
};

struct evidence_file {
    struct checkpoint_record checkpoint;
    struct journal_body journal;
    struct merkle_path path; /* of the journal body */
    uint32_t count;
    struct evidence_record records[EVIDENCE_RECORDS_MAX]; /* by index */
    uint8_t bytes[EVIDENCE_BYTES_MAX];                    /* what parsed records view */
};

struct evidence_file *evidence_open(void);
void evidence_close(struct evidence_file *evidence); /* accepts NULL */

/* ---- Making ---- */

struct evidence_output {
    struct text key, value; /* as on the topic; the key absent: null */
    bool wanted;            /* to be proven */
};

struct evidence_source {
    const struct checkpoint_record *checkpoint; /* over the batch's journal record, or later */
    /* journal_leaf() of records 1 to checkpoint->body.records, DIGEST_BYTES each */
    const uint8_t *journal_leaves;
    const struct journal_body *journal; /* of the batch */
    /* All outputs of the batch: decisions in order of offset, then payments, then exceptions. */
    const struct evidence_output *outputs;
    size_t output_count;
};

/* Fills the evidence, whose texts then view the source's outputs, and verifies it. USAGE
   "checkpoint_too_early" when the checkpoint does not cover the journal record yet; FATAL
   "evidence_unfit" when the parts are not of one log or too many are wanted; FATAL "not_proven" as
   below. */
MUST_USE struct error evidence_build(const struct evidence_source *source,
                                     struct evidence_file *out);

/* One line of JSON with its line end; sets the buffer's overflow when it does not fit. */
void evidence_print(struct buffer *out, const struct evidence_file *evidence);

/* ---- Reading ---- */

/* FATAL "evidence_unreadable" names the part that is not as evidence_print writes it (white space
   and order of members are free). What it says may still be false. */
MUST_USE struct error evidence_parse(const char *at, size_t length, struct evidence_file *out);

/* FATAL "not_proven" says what does not hold. `public_key` NULL: whoever signed it. The outputs (as
   many as the evidence has records) are decoded views on the evidence. */
MUST_USE struct error evidence_verify(const struct evidence_file *evidence,
                                      const uint8_t *public_key,
                                      struct output outputs[EVIDENCE_RECORDS_MAX]);

/* "decision", "payment", "exception" */
const char *evidence_kind_name(enum output_kind kind);
/* The field table of an output, to print it. */
const struct fields *evidence_kind_fields(enum output_kind kind);

#endif
