/* Filling an empty Redis with a state that was computed elsewhere than in a running lane. */
#ifndef JAGA_LANE_FILL_STORE_H
#define JAGA_LANE_FILL_STORE_H

#include "lane/state.h"
#include "store/lane_store.h"

/* Copy and view at `position`, as a lane writes them that stands there; what the store holds of the
   lane is dropped first. The caller owns the lane there (lane_store_own). Errors of a write. */
MUST_USE struct error fill_store(struct lane_store *store, struct state *state,
                                 const struct position *position);

#endif
