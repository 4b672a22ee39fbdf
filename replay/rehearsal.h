/* A lane's recorded claims decided by another bundle, from the beginning, beside what is recorded.
   Nothing is put out. One thread for each lane. */
#ifndef JAGA_REPLAY_REHEARSAL_H
#define JAGA_REPLAY_REHEARSAL_H

#include "core/participant.h"
#include "replay/log_source.h"

struct verdict_of_claim { /* its last decision */
    bool present;
    uint8_t verdict, reason, line_count;
    int64_t total_idr;
    struct paid_line lines[LINES_OUT_MAX];
};

struct rehearsed_claim {
    char participant[PARTICIPANT_ID_BYTES_MAX + 1], claim[CLAIM_ID_BYTES_MAX + 1];
    uint8_t claim_type, programme;
    day_t event_on;
    struct verdict_of_claim recorded, rehearsed;
};

struct rehearsal {
    struct rehearsed_claim *claims; /* by participant and claim, as bytes */
    size_t count;
    uint64_t events;
};

/* Replays the lane to its journal's end with `rules`, and reads its decisions. The caller frees
   with rehearsal_clear(), after an error too. Errors of a replay; FATAL "replay_disagrees" when the
   journal itself is not whole; RETRY "interrupted". */
MUST_USE struct error rehearsal_of_lane(const struct log_source *source, int32_t lane,
                                        uint32_t input_bytes_max, const struct rules *rules,
                                        struct rehearsal *out);
void rehearsal_clear(struct rehearsal *rehearsal);

/* Whether verdict, reason, total and lines are the same. */
bool rehearsed_alike(const struct rehearsed_claim *claim);

#endif
