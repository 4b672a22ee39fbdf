/* What the files of the roll-up share. */
#ifndef JAGA_STORE_ROLLUP_INTERNAL_H
#define JAGA_STORE_ROLLUP_INTERNAL_H

#include "store/keys.h"
#include "store/lane_meta.h"
#include "store/public_known.h"
#include "store/rollup.h"
#include "store/view_read.h"

#define MARK_BYTES 40
struct lane_seen { /* what the sums hold of a lane */
    int64_t sequence;
    char mark[MARK_BYTES]; /* of its last `all`; "" for none */
    /* Employers are taken as they are read, so they may be ahead of the sums. */
    bool has_employers;
    int64_t employers_sequence;
    char employers_mark[MARK_BYTES];
};

struct lane_read { /* what a lane said just now */
    struct lane_meta meta;
    char mark[MARK_BYTES];
    struct reply *results;
};

#define META_NAME_BYTES 32
#define META_VALUE_BYTES 80
struct meta_field {
    char name[META_NAME_BYTES], value[META_VALUE_BYTES];
};

struct rollup {
    struct redis *public;
    struct redis **lanes;
    int32_t lane_count;
    uint8_t log_id[16];
    char build[64];
    struct public_known known;
    bool counts_changed;
    int64_t reference_through;
    struct lane_seen *seen;
    struct lane_read *read;

    bool is_loaded; /* sums and public keys are what was written last, as `written` says */
    struct meta_field *written;
    size_t written_count;
    day_t day;
    int64_t interval_ms; /* start of the last interval in the series; 0: none */
    char rules[2 * DIGEST_BYTES + 1];
    int64_t reference_written;

    /* While refreshing: what is asked of the lanes. */
    bool wanted[REGION_CODES];
    bool counts_wanted;
    uint16_t asked[REGION_CODES];
    size_t asked_count;
    bool counts_asked;
};

/* The moment being shown. */
struct moment {
    int64_t wall_us, as_of;
    day_t day;
    int64_t interval_ms; /* start of its interval of the series */
    bool whole;          /* every public key is written anew */
    bool of_this_log;    /* the public meta found is of this log */
    bool day_changed;
};

/* rollup_read.c: reads all lanes, each at one sequence, so that the changes of every lane lie
   within what was asked of all. `*complete` false: a lane has no view of this log, or is behind
   what was seen, or does not hold still. */
MUST_USE struct error rollup_read_lanes(struct rollup *rollup, const struct rules *rules,
                                        bool *complete);
/* Adds what was read to the sums. */
MUST_USE struct error rollup_take_lanes(struct rollup *rollup);
void rollup_free_read(struct rollup *rollup);
/* Whether the meta is of a lane of this log that shows a view. */
bool rollup_is_shown_lane(const struct rollup *rollup, int32_t lane, const struct lane_meta *meta);
void rollup_take_mark(const struct reply *reply, char mark[MARK_BYTES]);
/* A first reading asks for every region there can be, so that it does not rest on the hint. */
bool rollup_region_is_read(const struct rules *rules, uint16_t code);

/* rollup_employers.c: all employers of a lane, region by region, unless they are known; what they
   changed meanwhile and later comes with the lane's reading. */
MUST_USE struct error rollup_load_employers(struct rollup *rollup, const struct rules *rules,
                                            int32_t lane);
/* Asks for the changes after what is known, within a MULTI; takes the answer. `*taken` false: some
   may be missing, and the lane's employers are to be loaded. */
void rollup_ask_employers(struct rollup *rollup, int32_t lane);
MUST_USE struct error rollup_take_employers(struct rollup *rollup, int32_t lane,
                                            const struct reply *changes, bool *taken);
bool rollup_lanes_moved(const struct rollup *rollup);
/* Forgets the sums: everything is read and written anew. */
void rollup_forget(struct rollup *rollup);

/* rollup_write.c: whether an entry of the series is due, and the public keys in one MULTI. */
bool rollup_series_due(const struct rollup *rollup, const struct moment *moment);
MUST_USE struct error rollup_write(struct rollup *rollup, const struct rules *rules,
                                   const struct moment *moment);

#endif
