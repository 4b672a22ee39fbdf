/* The signed checkpoints of a log against a replay of its journals. */
#ifndef JAGA_REPLAY_CHECKPOINTS_H
#define JAGA_REPLAY_CHECKPOINTS_H

#include "replay/difference.h"
#include "replay/log_source.h"
#include "wire/checkpoint_record.h"
#include "wire/merkle.h"

struct checkpoints; /* of all lanes, read once; then it never changes */

/* Anyone who may write to the topic may write anything: a record counts when its signature holds,
   it is of this log, and with `key_count` above 0 when it was signed by one of the keys, which lie
   one after the other. A log without the topic has none. */
MUST_USE struct error checkpoints_open(const struct log_source *source, const uint8_t *keys,
                                       size_t key_count, struct checkpoints **out);
void checkpoints_close(struct checkpoints *checkpoints); /* accepts NULL */
/* Records of the topic that do not count: no checkpoint of this log; by other keys. */
uint64_t checkpoints_ignored(const struct checkpoints *checkpoints);
uint64_t checkpoints_foreign(const struct checkpoints *checkpoints);

struct met_checkpoint { /* one that counts */
    struct checkpoint_record record;
    int64_t offset;
};
/* Those of a lane, by records, of equal ones by offset. */
const struct met_checkpoint *checkpoints_of_lane(const struct checkpoints *checkpoints,
                                                 int32_t lane, size_t *count);
/* The earliest that covers journal record `sequence` of a lane; false when there is none. */
bool checkpoints_first_over(const struct checkpoints *checkpoints, int32_t lane, int64_t sequence,
                            struct checkpoint_record *out);

/* One lane's, met on the way through its journal. */
struct checkpoint_walk {
    const struct checkpoints *checkpoints;
    const struct met_checkpoint *next, *end; /* of the lane, not met yet */
    uint64_t agreed;
    struct merkle merkle; /* of the bodies so far */
};
void checkpoint_walk_begin(struct checkpoint_walk *walk, const struct checkpoints *checkpoints,
                           int32_t lane);
/* The journal's next record. */
void checkpoint_walk_take(struct checkpoint_walk *walk, const struct journal_record *record,
                          struct difference *difference);
/* After the journal's end, `sequence`: what was signed must be there. */
void checkpoint_walk_end(const struct checkpoint_walk *walk, int64_t sequence,
                         struct difference *difference);

#endif
