/* A batch of the journal applied again: the same for a lane that is opened and for everyone who
   replays the log. */
#ifndef JAGA_LANE_REDO_H
#define JAGA_LANE_REDO_H

#include "kafka/kafka.h"
#include "lane/state.h"

/* The clock that a record brings in a lane or a replay with this clock (docs/architecture.md, Clock
   and timers). */
void redo_move_clock(struct state *state, enum clock_mode mode, const struct input_record *record);

/* The next record of the batch in the order it was applied; NULL when all were given. */
typedef struct error (*redo_take)(void *context, const struct input_record **record);

struct redo {
    struct state *state;
    struct batch *batch;                         /* begun for the record's sequence */
    const char (*topic_names)[TOPIC_NAME_BYTES]; /* of the input topics, by number */
    redo_take take;
    void *context;
};

/* Applies what `body` says was applied, with as many timers as it fired. `*too_many_due`: more are
   due than it fired before an event, so that this is not what the journal saw; nothing behind it
   was applied. Errors are those of `take`. */
MUST_USE struct error redo_events(const struct redo *redo, const struct journal_body *body,
                                  bool *too_many_due);

/* The record as it would be written now: everything that follows from state and batch in place of
   what `record` says. The chain is that of the new body. */
void redo_seal(const struct redo *redo, const struct journal_record *record,
               struct journal_record *again);

#endif
