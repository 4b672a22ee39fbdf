/* What Redis holds against what a replay computes: every lane key and every public key. Redis may
   be live, so each part of it is read once, at one position, and compared when the replay has come
   there. Nothing is written to it. */
#ifndef JAGA_REPLAY_STORE_CHECK_H
#define JAGA_REPLAY_STORE_CHECK_H

#include "kafka/law_topics.h"
#include "lane/state.h"
#include "replay/difference.h"
#include "store/lane_store.h"

struct store_check;

/* Reads meta, copy and view of all lanes and the public keys into memory, each at one position:
   what changes while it is read is read again. Before the journals' ends are asked for, since Redis
   lags them and never leads. `bundles` is borrowed and only read. FATAL "store_of_another_log"
   names the lane and what is found; RETRY "redis_away"; RETRY "store_changed" when it does not hold
   still. */
MUST_USE struct error store_check_open(const struct redis_settings *redis,
                                       const struct log_identity *identity,
                                       const struct rules_log *bundles, struct store_check **out);
void store_check_close(struct store_check *check); /* accepts NULL */

/* Redis holds nothing of the lane (no meta): neither wrong nor confirmed. */
bool store_check_lane_missing(const struct store_check *check, int32_t lane);
/* The same of the public keys. */
bool store_check_public_missing(const struct store_check *check);

/* Called by the lane's own thread before the first journal record (sequence 0) and after each one;
   lanes may call at the same time. Compares copy and view when they stand at this sequence, and
   notes what the public keys took of the lane at theirs. A difference has the key as its topic, and
   the field. The state's rules are the same afterwards. */
void store_check_lane(struct store_check *check, int32_t lane, const struct position *position,
                      struct state *state, struct difference *difference);

/* After the lane's last record at `sequence`. `to_the_end`: it is the journal's last, so a part of
   Redis that was not met is ahead of it. */
void store_check_lane_end(struct store_check *check, int32_t lane, int64_t sequence,
                          bool to_the_end, struct difference *difference);

/* What was compared of a lane so far, and whether the public keys can be: every lane came to where
   they stand. */
bool store_check_copy_compared(const struct store_check *check, int32_t lane);
bool store_check_view_compared(const struct store_check *check, int32_t lane);
bool store_check_public_comparable(const struct store_check *check);

/* Facts of jaga.reference, in order of offset, up to what the public keys have seen (0: none). */
int64_t store_check_reference_through(struct store_check *check);
void store_check_base(struct store_check *check, struct text region, uint8_t kind, int64_t year,
                      int64_t value, struct text publisher);
void store_check_batch(struct store_check *check, struct text batch_id, struct text source,
                       int64_t count, int64_t total_idr);

/* After all lanes and facts: every public key but the series (whose old entries are of the past).
   The public keys must be comparable. */
void store_check_public(struct store_check *check, struct difference *difference);

#endif
