/* One lane applied again from its log, journal record after journal record, with nothing but the
   topics (or an archive): for the audit, for figures as known at some time, for filling a Redis.
   One thread owns it. */
#ifndef JAGA_REPLAY_REPLAY_H
#define JAGA_REPLAY_REPLAY_H

#include "kafka/lane_transaction.h"
#include "lane/state.h"
#include "replay/difference.h"
#include "replay/log_source.h"
#include "store/lane_store.h"

struct replay;

struct replay_options { /* borrowed until replay_close */
    const struct log_source *source;
    int32_t lane;
    uint32_t input_bytes_max;
    int64_t until_sequence; /* the last journal record to apply; INT64_MAX: all there are */
    int64_t until_time;     /* records whose `now` is later are left out; INT64_MAX: none is */
    bool within_batch;      /* with the events' clock: of the record left out first, the events
                               that came until then are applied too, uncompared */
    const struct rules *rules_instead; /* another law than the log's, from the beginning; what comes
                                          of it is another story than the journal's: nothing may be
                                          compared. NULL: the log's own */
};

/* Opens at the beginning of the journal, with the end it has now (no transaction open on it). FATAL
   "semantics_newer" and "semantics_older" come from replay_next. */
MUST_USE struct error replay_open(const struct replay_options *options, struct replay **out);
void replay_close(struct replay *replay); /* accepts NULL */

/* Reads the next journal record, checks that it continues the log (bytes, chain, sequence, ranges,
   law) and applies its batch. `*at_end`: there is no further one (or it lies past `until`). What
   does not agree goes to `difference`; then nothing more can be applied. */
MUST_USE struct error replay_next(struct replay *replay, struct difference *difference,
                                  bool *at_end);

/* What the batch puts out: decisions, payments, exceptions in order, then the journal record. Good
   until the next replay_next. */
const struct outgoing *replay_outgoing(struct replay *replay, size_t *count);

/* Compares what the journal record says with what was read and computed: first the inputs, and
   then, once the outputs themselves were looked at, everything else. */
void replay_compare_inputs(struct replay *replay, struct difference *difference);
void replay_compare(struct replay *replay, struct difference *difference);

/* Applies all there is, comparing everything but the outputs on the topics: FATAL
   "replay_disagrees" names the first place, RETRY "interrupted" when the process is to end
   (support/shutdown.h). */
MUST_USE struct error replay_all(struct replay *replay);

/* The record applied last, as it is on the topic. */
const struct journal_record *replay_record(const struct replay *replay);
/* After it: sequence, chain, journal offset, `next` of each topic, now. Sequence 0 at first. */
const struct position *replay_position(const struct replay *replay);
struct state *replay_state(struct replay *replay);
struct batch *replay_batch(struct replay *replay);
const struct schemas *replay_schemas(const struct replay *replay);

/* Input records of all topics: applied so far, and in offsets from here to the end of the inputs as
   it was at the opening (for progress: control records count in the second). */
uint64_t replay_applied(const struct replay *replay);
int64_t replay_offsets_left(const struct replay *replay);

#endif
