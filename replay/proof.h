/* The evidence that some outputs of one batch were put out, gathered from the log. */
#ifndef JAGA_REPLAY_PROOF_H
#define JAGA_REPLAY_PROOF_H

#include "replay/log_source.h"
#include "wire/evidence.h"

struct proof_wish {
    int32_t lane;
    int64_t sequence; /* of the journal record whose outputs they are */
    /* Outputs by their offsets on jaga.decision and jaga.payment. */
    struct {
        enum topic topic;
        int64_t offset;
    } outputs[EVIDENCE_RECORDS_MAX];
    size_t count;
    const uint8_t *keys; /* signers that count, one after the other; none: everyone */
    size_t key_count;
};

/* Prints the evidence into `out`. FATAL "no_checkpoint" when none that counts covers the record yet
   (jaga checkpoint makes one); FATAL "log_incomplete" when the journal or the outputs that are
   needed are not there; errors of evidence_build. */
MUST_USE struct error proof_make(const struct log_source *source, const struct proof_wish *wish,
                                 struct buffer *out);

#endif
