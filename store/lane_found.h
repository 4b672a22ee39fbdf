/* All that Redis holds of a lane, read without owning it and without a write: copy and view, each
   at one position. */
#ifndef JAGA_STORE_LANE_FOUND_H
#define JAGA_STORE_LANE_FOUND_H

#include "store/lane_meta.h"
#include "store/picture.h"

struct found_participant { /* offsets into `bytes`; the participant's bytes follow its id */
    size_t at;
    uint32_t id_length, bytes_length;
};

struct lane_found {
    struct lane_meta
        meta; /* of the copy: as it was when the copy was read; else: when the view was */
    struct picture stands; /* meta's own fields, as they are */

    /* The copy. */
    struct found_participant
        *participants; /* by number from 0, until the first that is not right */
    uint64_t count, capacity;
    char *bytes;
    size_t length, bytes_capacity;
    struct picture torn; /* the bucket that is not right, as it is; the next number is in it */
    bool is_torn;
    struct picture tallies;

    /* The view: regions, days, counts; and with field "" every key that has no business there. */
    struct picture view;
};

/* What moves meanwhile is read again, some times: then RETRY "store_changed". Redis away: RETRY
   "redis_away". Meta of another log: FATAL "store_of_another_log". No meta: nothing is read. */
MUST_USE struct error lane_found_read(const struct redis_settings *settings,
                                      const struct lane_store_options *options,
                                      struct lane_found *out);
void lane_found_close(struct lane_found *found); /* also what was read in part */
/* Frees what is no longer needed once that part was compared. */
void lane_found_drop_copy(struct lane_found *found);
void lane_found_drop_view(struct lane_found *found);

/* A participant by number, below `count`; views. */
struct participant_item lane_found_participant(const struct lane_found *found, uint64_t number);
/* One participant as its bucket tells it. */
void picture_participant(struct picture *picture, const struct participant_item *item);

#endif
