/* What Redis holds against what a replay computes: every lane key and every public key. Redis may
   be live, so each part of it is read once, at one position, and compared when the replay has come
   there. */
#ifndef JAGA_REPLAY_STORE_CHECK_H
#define JAGA_REPLAY_STORE_CHECK_H

#include "kafka/law_topics.h"
#include "lane/state.h"
#include "store/lane_store.h"

struct store_difference { /* the first one found */
    char key[160];        /* "jaga:{0}:region:36.74" */
    char field[120]; /* "active:2024-02-14"; empty when the key itself is missing or too much */
    char expected[200], found[200]; /* values as text, bytes in hex (cut); "(none)" */
};

struct store_check;

/* Reads the meta of all lanes, their copies (participants and tallies), their views and the public
   keys into memory, each at one position: what changes while it is read is read again. A lane that
   Redis holds nothing of is left out (store_check_lane_missing tells). FATAL "store_of_another_log"
   names lane and what is found; RETRY "redis_away". */
MUST_USE struct error store_check_open(const struct redis_settings *redis,
                                       const struct log_identity *identity,
                                       struct store_check **out);
void store_check_close(struct store_check *check); /* accepts NULL */

/* Redis holds nothing of the lane: neither wrong nor confirmed. */
bool store_check_lane_missing(const struct store_check *check, int32_t lane);

/* Called by the lane's own thread before the first journal record (sequence 0) and after each one.
   Compares copy, view, or what the public keys took of the lane when they stand at this sequence;
   false: `*difference` is filled. Lanes may call at the same time. */
bool store_check_lane(struct store_check *check, int32_t lane, const struct position *position,
                      struct state *state, struct store_difference *difference);

/* After the lane's last record: false when a part of Redis is ahead of the journal, or could not be
   compared because `until` (the last sequence replayed) was before it. `*ahead` tells which. */
bool store_check_lane_end(struct store_check *check, int32_t lane, int64_t until,
                          struct store_difference *difference, bool *ahead);

/* Facts of jaga.reference, in order of offset, up to what the public keys have seen. */
int64_t store_check_reference_through(const struct store_check *check);
void store_check_base(struct store_check *check, struct text region, uint8_t kind, int64_t year,
                      int64_t value, struct text publisher);
void store_check_batch(struct store_check *check, struct text batch_id, struct text source,
                       int64_t count, int64_t total_idr);

/* After all lanes: every public key but the series (whose old entries are of the past). False:
   `*difference` is filled. `*missing`: there are no public keys. */
bool store_check_public(struct store_check *check, const struct rules *rules,
                        struct store_difference *difference, bool *missing);

#endif
