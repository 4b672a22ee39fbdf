/* Everything a lane derives from its journal: participants, counters, tallies, deadlines, clock and
   state digest. Applying is the same for the live lane, redo, audit and `jaga try`. One thread owns
   it. */
#ifndef JAGA_LANE_STATE_H
#define JAGA_LANE_STATE_H

#include "core/transition.h"
#include "lane/batch.h"
#include "lane/counters.h"
#include "lane/employers.h"
#include "lane/tallies.h"
#include "lane/timers.h"

struct state;

/* The lane and number of lanes decide which partition a key belongs to; lanes 0: neither key nor
   partition nor Kafka timestamp is tested (`jaga try`). */
struct state *state_open(int32_t lane, int32_t lanes);
void state_close(struct state *state); /* accepts NULL */

/* The law from the next event on (borrowed). Counters are recomputed when the bundle is another. */
void state_set_rules(struct state *state, const struct rules *rules);
const struct rules *state_rules(const struct state *state);

/* Loading a copy: participants in order of their numbers (false: not in order, doubled or not
   canonical bytes), tallies, then the clock. Counters are recomputed when the rules are set
   afterwards. */
bool state_load_participant(struct state *state, uint64_t number, struct text id,
                            struct text bytes);
void state_load_tally(struct state *state, struct text name, int64_t value);
void state_loaded(struct state *state, int64_t now);

/* The clock. Moving it back is ignored: the clock never goes back. */
int64_t state_now(const struct state *state);
void state_move_clock(struct state *state, int64_t now);

/* Fires due timers until none is left (true), the batch has no room, or `most` have fired (false
   when some are still due). */
bool state_fire_due(struct state *state, struct batch *batch, uint32_t most);

/* Applies one record at the present clock. `topic` is the name its outputs carry. */
void state_apply(struct state *state, const struct input_record *record, struct text topic,
                 struct batch *batch);

/* What state_apply makes of a record, for who applies the events of one participant alone: what the
   core is told of it besides the event, and the exception of one that cannot be read. */
struct delivery delivery_of(const struct input_record *record, int32_t lane, int32_t lanes);
void refuse_unreadable(const struct input_record *record, struct outputs *outputs);

/* Brings the digest of the tallies up to date and returns the state digest. Call at the end of a
 * batch. */
const uint8_t *state_digest(struct state *state);

struct table *state_table(struct state *state);
struct counters *state_counters(struct state *state);
struct employers *state_employers(struct state *state);
struct tallies *state_tallies(struct state *state);

#endif
