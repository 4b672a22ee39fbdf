/* The events of one participant applied again, outside of a lane: the same core, the same clock,
   the same law, and after each event or timer a step that shows what came of it. */
#ifndef JAGA_REPLAY_PARTICIPANT_REPLAY_H
#define JAGA_REPLAY_PARTICIPANT_REPLAY_H

#include "core/transition.h"
#include "wire/input_record.h"

enum step_outcome { STEP_APPLIED, STEP_DUPLICATE, STEP_REJECTED, STEP_PARKED, STEP_TIMER };
#define STEP_OUTCOME_COUNT 5

struct participant_step {              /* views, good until the next step */
    const struct input_record *record; /* NULL: a timer */
    struct text topic;                 /* its name; absent for a timer */
    int32_t partition;
    int64_t sequence, now; /* journal record and clock it was applied at */
    enum step_outcome outcome;
    const struct outputs *outputs; /* heads filled as on the topics, but no original bytes */
    const struct participant *participant; /* after it */
    const struct rules *rules;
};
typedef void (*participant_step_seen)(void *context, const struct participant_step *step);

struct participant_replay;

/* `id` at most PARTICIPANT_ID_BYTES_MAX bytes; lane and lanes as for state_open(). `seen` is called
   with each step. */
struct participant_replay *participant_replay_open(struct text id, int32_t lane, int32_t lanes,
                                                   participant_step_seen seen, void *context);
void participant_replay_close(struct participant_replay *replay); /* accepts NULL */

/* The next journal record: its law, and how many timers it fired (the participant's own are among
   them, so it fires no more than that). */
void participant_replay_begin(struct participant_replay *replay, const struct rules *rules,
                              int64_t sequence, int64_t timers);
/* Moves the clock, never back, and fires what of the participant is due. */
void participant_replay_clock(struct participant_replay *replay, int64_t now);
/* Applies a record of the participant at the present clock. */
void participant_replay_apply(struct participant_replay *replay, const struct input_record *record,
                              struct text topic);

/* As it stands; an empty one before its first event. */
const struct participant *participant_replay_state(const struct participant_replay *replay);
int64_t participant_replay_now(const struct participant_replay *replay);

/* "applied", "duplicate" … */
const char *step_outcome_name(enum step_outcome outcome);

#endif
