/* All that Redis holds of a lane, read without owning it and without a write: copy and view, each
   at one position. */
#ifndef JAGA_STORE_LANE_FOUND_H
#define JAGA_STORE_LANE_FOUND_H

#include "store/lane_meta.h"
#include "store/picture.h"

/* The copy moves on while it is read, so it is read in pieces, each at one position: some buckets
   after the other, and the tallies with the first. */
struct found_piece {
    struct position position;
    uint64_t participants;          /* what meta says there */
    uint64_t first_bucket, buckets; /* those with a participant at that position */
};
struct found_field { /* of a bucket; offsets into `bytes`, the value follows the field */
    size_t at;
    uint32_t field_length, value_length;
};

struct lane_found {
    struct lane_meta meta; /* as it was when the view was read */
    struct picture stands; /* its fields as they are */

    struct found_piece *pieces; /* in order of position; none: there is no copy */
    size_t piece_count, piece_capacity;
    struct picture tallies; /* at the position of the piece with bucket 0 */
    size_t *bucket_fields;  /* number of the first field of each bucket, and of the next */
    uint64_t bucket_count;
    size_t bucket_capacity;
    struct found_field *fields;
    size_t field_count, field_capacity;
    char *bytes;
    size_t length, bytes_capacity;

    /* The view: regions, days, counts; and with field "" every key that has no business there. */
    struct picture view;
};

/* A lane that is being filled, and so has the copy alone, is looked at again for a while. Redis
   away: RETRY "redis_away". Meta of another log: FATAL "store_of_another_log". No meta: nothing is
   read. */
MUST_USE struct error lane_found_read(const struct redis_settings *settings,
                                      const struct lane_store_options *options,
                                      struct lane_found *out);
void lane_found_close(struct lane_found *found); /* also what was read in part */
/* Frees what is no longer needed once that part was compared. */
void lane_found_drop_copy(struct lane_found *found);
void lane_found_drop_view(struct lane_found *found);

/* The fields of a bucket as they are. */
size_t lane_found_fields(const struct lane_found *found, uint64_t bucket);
struct text lane_found_field(const struct lane_found *found, uint64_t bucket, size_t index);
struct text lane_found_value(const struct lane_found *found, uint64_t bucket, size_t index);
/* A participant as its bucket is to tell it. */
void picture_participant(struct picture *picture, const struct participant_item *item);

#endif
