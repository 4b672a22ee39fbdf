/* What a lane says of a batch on jaga.journal: the proof of what was taken, and what came of it. */
#ifndef JAGA_WIRE_JOURNAL_RECORD_H
#define JAGA_WIRE_JOURNAL_RECORD_H

#include "core/output.h"
#include "support/error.h"
#include "wire/buffer.h"

#define JOURNAL_LOG_ID_BYTES 16

struct journal_range { /* half-open; offsets inside may be missing */
    int64_t first, next, count;
    uint8_t last_digest[DIGEST_BYTES]; /* zero: none so far */
};

struct journal_body {
    uint8_t log_id[JOURNAL_LOG_ID_BYTES];
    int64_t lanes, lane, sequence;
    uint8_t previous[DIGEST_BYTES]; /* zero for the first */
    uint32_t range_count;           /* set by decoding; encoding and chain always take all four */
    struct journal_range ranges[INPUT_TOPIC_COUNT]; /* by enum input_topic */
    uint8_t inputs_digest[DIGEST_BYTES];
    int64_t applied, duplicates, rejected, timers;
    uint8_t clock; /* enum clock_mode */
    int64_t now;
    int64_t rules_through;
    uint8_t rules[DIGEST_BYTES];
    int64_t schemas_through;
    int64_t semantics;
    int64_t decisions, payments, exceptions, payments_idr;
    uint8_t outputs_root[DIGEST_BYTES];
    uint8_t state_digest[DIGEST_BYTES];
};

struct journal_record {
    struct journal_body body;
    uint8_t chain[DIGEST_BYTES];
};

extern const struct fields journal_body_fields, journal_record_fields;

/* Largest framed record. */
#define JOURNAL_RECORD_BYTES_MAX 1024

/* The Avro binary of `body` alone, and back; false when it is not exactly one body with a range for
   each topic and a clock we know. */
void journal_body_encode(struct buffer *out, const struct journal_body *body);
bool journal_body_decode(struct text bytes, struct journal_body *out);

/* BLAKE2b-256 of the Avro binary of `body`. */
void journal_chain(const struct journal_body *body, uint8_t chain[DIGEST_BYTES]);

/* The leaf of `body` in the tree of a checkpoint (wire/merkle.h): its entry is the Avro binary. */
void journal_leaf(const struct journal_body *body, uint8_t leaf[DIGEST_BYTES]);

/* Framed with jaga's own id; `chain` is written as it stands. */
void journal_record_encode(struct buffer *out, const struct journal_record *record);

/* False when the value is not framed with jaga's own id or is not exactly one journal record with a
   range for each topic and a clock we know. The chain is not tested: journal_record_verify() does.
 */
bool journal_record_decode(struct text value, struct journal_record *out);

/* FATAL "semantics_newer" or "semantics_older" when the record was written with another version of
   the semantics than this program's: before 1.0 a jaga keeps one version only. */
MUST_USE struct error journal_check_semantics(const struct journal_body *body);

/* True when `chain` is the chain of `body`. */
bool journal_record_verify(const struct journal_record *record);

#endif
