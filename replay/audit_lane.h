/* The audit of one lane: its log applied again, and everything on the way compared. */
#ifndef JAGA_REPLAY_AUDIT_LANE_H
#define JAGA_REPLAY_AUDIT_LANE_H

#include <stdatomic.h>

#include "replay/checkpoints.h"
#include "replay/replay.h"
#include "replay/store_check.h"

struct audit_options { /* borrowed while the audit runs; shared by all lanes */
    const struct log_source *source;
    const struct checkpoints *checkpoints;
    struct store_check *store; /* NULL: Redis is left out */
    uint32_t input_bytes_max;
    int64_t until_sequence, until_time; /* INT64_MAX: to the journal's end */
};

struct audit_result { /* of one lane */
    int64_t sequence; /* journal records that agree: 1 … this one */
    int64_t now;      /* the clock there; 0 before the first */
    uint64_t events, outputs[OUTPUT_KIND_COUNT];
    int64_t payments_idr;
    uint32_t participants;
    uint64_t checkpoints; /* that agree */
    uint64_t behind;      /* outputs of later batches, whose journal records are not there yet */
    uint8_t chain[DIGEST_BYTES], state_digest[DIGEST_BYTES];
    struct difference difference;
    struct error error; /* it could not be looked at to the end */
};

struct audit_progress { /* written by the lane's thread, read by any */
    _Atomic uint64_t events;
    _Atomic int64_t offsets_left; /* −1 until it is open */
    atomic_bool is_over;
};

/* Looks at the lane until its end, its first difference, or `stop`. */
void audit_lane(const struct audit_options *options, int32_t lane, const atomic_bool *stop,
                struct audit_progress *progress, struct audit_result *result);

#endif
