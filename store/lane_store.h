/* A lane's part of Redis: owner token, meta, the copy of the participants and the view of the
   counters (docs/architecture.md, Redis keys). Every write is compare-and-set: WATCH owner and
   meta, check token and sequence, MULTI, absolute values, position, EXEC, every reply inspected.
   One thread owns it. */
#ifndef JAGA_STORE_LANE_STORE_H
#define JAGA_STORE_LANE_STORE_H

#include "core/place.h"
#include "store/keys.h"
#include "store/redis.h"

#define CHAIN_BYTES 32
#define STORE_FORMAT 1

struct position {     /* where a copy or a view stands */
    int64_t sequence; /* 0: before the first journal record */
    uint8_t chain[CHAIN_BYTES];
    int64_t journal_offset; /* of that record; −1 for sequence 0 */
    int64_t next[INPUT_TOPIC_COUNT];
    int64_t now;
};

struct lane_store;

struct lane_store_options {
    int32_t lane, lanes;
    uint8_t log_id[16];
    bool clock_is_events; /* for the roll-up's as_of */
};

struct error lane_store_open(const struct redis_settings *settings,
                             const struct lane_store_options *options, struct lane_store **out);
void lane_store_close(struct lane_store *store);

/* Writes a fresh random token as owner: from here on earlier owners' writes are refused. */
struct error lane_store_own(struct lane_store *store);
/* Whether the token there is still ours: FENCED "store_taken" when another process wrote its own.
 */
struct error lane_store_still_owned(struct lane_store *store);

enum store_state { STORE_EMPTY, STORE_FILLED, STORE_OF_ANOTHER_LOG };

/* Reads meta. STORE_EMPTY: no meta (whatever else is there does not count). ANOTHER_LOG: other log
   id, lanes or format; the detail of what is found goes to `what`. */
struct error lane_store_meta(struct lane_store *store, enum store_state *state,
                             struct position *copy, uint64_t *participants, char what[160]);

/* Loads every participant of the copy by number (1 … participants … as saved, 0-based), in order of
   number. What meta says of the copy must be unchanged when read again, else RETRY. FATAL never:
   what is torn gives `*torn` true and the copy must be dropped. Texts are views for the call only.
 */
typedef void (*participant_loaded)(void *context, uint64_t number, struct text id,
                                   struct text bytes);
struct error lane_store_load(struct lane_store *store, uint64_t participants,
                             participant_loaded loaded, void *context, bool *torn);
/* Loads the tallies saved with the copy. */
typedef void (*tally_loaded)(void *context, struct text name, int64_t value);
struct error lane_store_load_tallies(struct lane_store *store, tally_loaded loaded, void *context);

struct participant_item {
    uint64_t number;
    struct text id, bytes;
};
struct tally_item {
    struct text name;
    int64_t value;
};

/* Removes meta, then unlinks every key of the lane except owner (and the hint `jaga:changed:{n}`).
 */
struct error lane_store_drop(struct lane_store *store);

/* First fill after a drop: items in chunks without meta, each guarded by the owner token. The fill
   ends with lane_store_save_copy (the last items, all tallies, the position), then
   lane_store_save_view with `all`. Refused (RETRY "store_changed") while a copy is there. */
struct error lane_store_fill(struct lane_store *store, const struct participant_item *items,
                             size_t count);

/* Saves changed participants and changed tallies with the copy's position in one MULTI. */
struct error lane_store_save_copy(struct lane_store *store, const struct position *position,
                                  uint64_t participants, const struct participant_item *items,
                                  size_t item_count, const struct tally_item *tallies,
                                  size_t tally_count);

/* A counter of the view: a region's total (money received and external benefits among them), the
   change of a day measure on a day, or a tally that has no region (exceptions, batches). Value 0
   removes it. Or an employer in a region, whose value is a text: its days, empty to remove it. */
enum view_key { VIEW_REGION, VIEW_DAYS, VIEW_TALLY, VIEW_EMPLOYERS };
/* "jaga:{3}:region:36.74", "jaga:{3}:days:36.74", "jaga:{3}:employers:36.74", "jaga:{3}:counts"
   (whatever the region). */
struct key view_key_of(int32_t lane, enum view_key key, uint16_t region);
struct view_item {
    enum view_key key;
    uint16_t region;   /* code of a regency or city as number, 0 for 00.00; VIEW_TALLY: not read */
    struct text field; /* "claims:JKM:APPROVED", "active:2024-02-14", "exceptions:MALFORMED" or
                          "00c5f24a3a7bd9e1" */
    int64_t value;
    struct text days; /* VIEW_EMPLOYERS */
};
static inline bool view_item_is_nothing(const struct view_item *item)
{
    return item->key == VIEW_EMPLOYERS ? item->days.length == 0 : item->value == 0;
}

/* As many changes of employers as the hint `jaga:changed:{n}:employers` keeps, newest by score.
   Who finds that many after a sequence may have missed some and reads all employers. */
#define EMPLOYER_CHANGES_MAX 100000

/* Saves changed counters with the view's position in one MULTI, and notes the changed regions with
   the sequence in the hint `jaga:changed:{n}` for the roll-up; employers, with their days, in
   `jaga:changed:{n}:employers`. `all` true: every counter is among
   the items and the lane's old region, days, employers and counts keys are removed first (chunked
   when large: view position last). Needed for the first view, after any failed `all`, and when
   counters were recomputed without a new sequence. */
struct error lane_store_save_view(struct lane_store *store, const struct position *position,
                                  bool all, const struct view_item *items, size_t item_count);

/* Looks whether owner and meta are still what we wrote: what was emptied or restored shows without
   a write. Errors as of a write. */
struct error lane_store_look(struct lane_store *store);

/* Errors of every write: RETRY "redis_away"; FENCED "store_taken" (owner token is another's);
   RETRY "store_changed" (meta is not what we wrote last, or is missing: the lane is to be opened
   anew); RETRY "store_damaged" (a reply inside EXEC was an error and the rest took effect: the
   store is to be dropped and filled again). */

#endif
