/* One participant out of a whole log: its events found, put in the order the journal says, with the
   clock of each, and applied again (replay/participant_replay.h).

   How they are found: the journal of its lane is read whole. In an archive the index beside each
   file names the participant's records, and only journal records that took one of them, or in whose
   time a deadline of the participant falls, are merged again. Everywhere else (topics, archive
   files without an index) every record of the lane's four input partitions is read. */
#ifndef JAGA_REPLAY_PARTICIPANT_LOG_H
#define JAGA_REPLAY_PARTICIPANT_LOG_H

#include "replay/log_source.h"
#include "replay/participant_replay.h"

struct participant_log_options { /* borrowed for the call */
    const struct log_source *source;
    struct text participant; /* 1 to PARTICIPANT_ID_BYTES_MAX bytes */
    uint32_t input_bytes_max;
    int64_t until_sequence; /* the last journal record that counts; INT64_MAX: all there are */
    int64_t until_time;     /* records whose `now` is later are left out; INT64_MAX: none is */
    participant_step_seen seen;
    void *context;
};

struct participant_log_result {
    int32_t lane;
    int64_t sequence, now;     /* of the last journal record that counted; 0 and TIME_NONE: none */
    int64_t records, merged;   /* journal records, and those whose inputs were read */
    uint64_t inputs;           /* input records read for it */
    uint64_t indexed;          /* records that indexes named */
    const struct rules *rules; /* in force after it; NULL: no journal record */
    const struct participant *participant; /* as it stands then */
};

/* Everything that `*result` points to lives until participant_log_close. FATAL "log_differs" when
   the journal does not hold together or an input it took is missing (`jaga audit` says more). */
struct participant_log;
MUST_USE struct error participant_log_replay(const struct participant_log_options *options,
                                             struct participant_log **out,
                                             struct participant_log_result *result);
void participant_log_close(struct participant_log *log); /* accepts NULL */

#endif
