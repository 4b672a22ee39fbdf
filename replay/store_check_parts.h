/* What the files of the check of Redis share. */
#ifndef JAGA_REPLAY_STORE_CHECK_PARTS_H
#define JAGA_REPLAY_STORE_CHECK_PARTS_H

#include <pthread.h>

#include "replay/store_check.h"
#include "store/lane_found.h"
#include "store/public_known.h"

struct lane_check { /* of one lane; its thread's alone */
    struct lane_found found;
    size_t pieces_compared; /* of the copy */
    bool copy_compared, view_compared;
    const struct rules *view_rules; /* the bundle the view was counted under, once compared */
    int64_t public_sequence;        /* what the public keys took of it; −1: they do not say */
    bool public_noted;
    int64_t public_now; /* its clock there */
};

struct store_check {
    struct log_identity identity;
    const struct rules_log *bundles;
    struct lane_check *lanes;
    struct picture public; /* as found; without any field: there are no public keys */

    /* What the public keys are to be made of; of all lanes. */
    pthread_mutex_t mutex;
    struct public_known known;
    size_t bundles_needed; /* the public rules are the bundle of this number or a later one */
};

/* Where a bundle stands among all; their number when it is none of them. */
size_t bundle_number(const struct store_check *check, const struct rules *rules);

/* store_check_copy.c, store_check_view.c: compare a part that stands at the position. */
void store_check_copy(struct lane_check *lane_check, int32_t lane, const struct position *position,
                      struct state *state, struct difference *difference);
void store_check_view(struct store_check *check, int32_t lane, const struct position *position,
                      struct state *state, struct difference *difference);
/* Compares a stand of meta: `prefix` "copy" or "view". */
void store_check_stand(int32_t lane, const char *prefix, const struct position *expected,
                       const struct position *found, struct difference *difference);

/* store_check_public.c: adds the lane as it stands. */
void store_check_note_public(struct store_check *check, int32_t lane,
                             const struct position *position, struct state *state);

#endif
