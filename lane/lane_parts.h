/* The parts of one lane, shared by the files that open it (lane_open.c), step it (lane_step.c),
   show it (lane_show.c) and run its thread (lane.c). */
#ifndef JAGA_LANE_LANE_PARTS_H
#define JAGA_LANE_LANE_PARTS_H

#include <pthread.h>
#include <stdatomic.h>

#include "kafka/journal.h"
#include "lane/lane.h"
#include "lane/state.h"
#include "lane/view_items.h"
#include "wire/schemas.h"

#define SCHEMAS_WAITED_MAX 1024

struct lane {
    const struct lane_options *options;
    pthread_t thread;
    atomic_bool stop, stop_at_once, pause;
    pthread_mutex_t report_mutex;
    struct lane_report report;
    int64_t ready_at;       /* steady clock */
    uint64_t ready_applied; /* what the report said then */

    /* All of these live from one opening to the next. */
    struct lane_store *store;
    struct lane_transaction *transaction;
    struct lane_input *input;
    struct rules_log *rules_log;
    struct schemas *schemas;
    struct state *state;
    struct batch *batch;

    char topic_names[INPUT_TOPIC_COUNT][TOPIC_NAME_BYTES];
    int64_t schema_from;     /* jaga.schema is read up to here */
    int64_t schemas_read_at; /* steady clock of the last look at jaga.schema */
    bool wants_schema;       /* before the next batch, schema_wanted is to be looked for */
    int32_t schema_wanted;
    int32_t waited_ids[SCHEMAS_WAITED_MAX]; /* ids that were waited for in vain */
    uint32_t waited_count;
    int64_t rules_through;
    int64_t rules_read_at;    /* steady clock of the last look at jaga.rules */
    struct position position; /* after the last committed batch */
    uint8_t last_digests[INPUT_TOPIC_COUNT][DIGEST_BYTES];
    int64_t journal_next; /* the offset the next journal record must get */

    /* Showing. */
    bool view_is_whole; /* false: the next view writes every counter */
    int64_t view_sequence, copy_sequence;
    int64_t view_at, copy_not_before, store_not_before; /* steady clock */
    int64_t looked_at; /* steady clock: when owner and meta in Redis were last looked at */
    bool store_was_away;
    bool fill_wanted; /* what Redis holds is damaged or was filled in part */
    struct view_item *view_items;
    char (*view_names)[VIEW_NAME_BYTES];
    size_t view_capacity, names_capacity;
    char *view_text; /* of employers */
    size_t view_text_capacity;
};

/* True when opening is to be broken off: nothing that is redone or filled so far counts. */
static inline bool lane_is_called_away(const struct lane *lane)
{
    return lane->stop || lane->stop_at_once || lane->pause;
}

/* lane_open.c: from nothing to ready. On an error everything opened so far is still to be dropped.
 */
struct error lane_open_parts(struct lane *lane);
/* After a pause: an error when the journal does not end where this lane left it. */
struct error lane_check_end(struct lane *lane);
void lane_drop_parts(struct lane *lane); /* frees what lane_open_parts made; repeatable */

/* lane_step.c: one batch. `*idle`: there was nothing to do and all inputs are ended. */
struct error lane_step(struct lane *lane, bool *idle);
/* Moves the clock to `until` and fires what is due, in batches without events. */
struct error lane_reach(struct lane *lane, int64_t until);
/* Notes what of the inputs was not applied. */
void lane_note_lag(const struct lane *lane);
/* Tells where the lane is, and that so many more events were applied. */
void lane_report_progress(struct lane *lane, uint32_t events);
/* Applies one journal record's ranges again and compares. */
struct error lane_redo(struct lane *lane, const struct journal_record *record, int64_t offset);

/* lane_schema.c: an event that is ahead of its schema. False when the framed value's schema id is
   to be looked for on jaga.schema (it was never waited for, or the last look is a while ago);
   the lane then wants that id. */
bool lane_schema_was_looked_for(struct lane *lane, struct text value);
/* Reads jaga.schema to its end; for an id that was never waited for again and again, for at most
   schema_wait_ms, until it is there. Between batches only. */
struct error lane_schema_wait(struct lane *lane);

/* lane_show.c: frees what views are put together in; what a whole one took is not needed again. */
void lane_release_view(struct lane *lane);

/* lane_show.c: writes view and copy when they are due; `all`: now. */
struct error lane_show(struct lane *lane, bool idle, bool all);
/* Notes since when view and copy are behind. */
void lane_note_behind(const struct lane *lane);
/* First fill, or a fill after a drop: participants, tallies, meta. */
struct error lane_fill(struct lane *lane);

#endif
