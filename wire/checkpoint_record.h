/* A signed statement of how far a lane's journal had come and what was in it (jaga.checkpoint). */
#ifndef JAGA_WIRE_CHECKPOINT_RECORD_H
#define JAGA_WIRE_CHECKPOINT_RECORD_H

#include "wire/journal_record.h"
#include "wire/signature.h"

struct checkpoint_body {
    uint8_t log_id[JOURNAL_LOG_ID_BYTES];
    int64_t lanes, lane;
    int64_t records;             /* journal records covered: sequence 1 to this one */
    uint8_t root[DIGEST_BYTES];  /* of the Merkle tree over their bodies (wire/merkle.h) */
    uint8_t chain[DIGEST_BYTES]; /* of the last one */
    int64_t time;                /* its `now` */
};

struct checkpoint_record {
    struct checkpoint_body body;
    uint8_t public_key[PUBLIC_KEY_BYTES];
    uint8_t signature[SIGNATURE_BYTES];
};

extern const struct fields checkpoint_body_fields, checkpoint_record_fields;

/* Largest framed record. */
#define CHECKPOINT_RECORD_BYTES_MAX 256

/* Fills public key and signature: over "jaga.checkpoint.v1\n" and the Avro binary of `body`. */
void checkpoint_record_sign(struct checkpoint_record *record, const struct signing_key *key);
/* True when the signature is that of the record's own public key: whose key it is, is another
   question. */
bool checkpoint_record_verify(const struct checkpoint_record *record);

/* Framed with jaga's own id, as on the topic. */
void checkpoint_record_encode(struct buffer *out, const struct checkpoint_record *record);
/* False when the value is not framed with jaga's own id, is not exactly one checkpoint, or says
   what no checkpoint can (no records, a lane that the log has not). The signature is not tested. */
bool checkpoint_record_decode(struct text value, struct checkpoint_record *out);

#endif
