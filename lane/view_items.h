/* Counters, tallies and employers as the view shows them in Redis. */
#ifndef JAGA_LANE_VIEW_ITEMS_H
#define JAGA_LANE_VIEW_ITEMS_H

#include "core/rules.h"
#include "lane/counters.h"
#include "lane/employers.h"
#include "lane/tallies.h"
#include "store/lane_store.h"

/* A measure with its day, and a zero byte. */
#define VIEW_NAME_BYTES (MEASURE_NAME_BYTES + DAY_TEXT_BYTES)

/* The item's field is a view on `name`. */
void view_item_of_counter(const struct rules *rules, const struct counter *counter,
                          char name[VIEW_NAME_BYTES], struct view_item *out);
/* The item's field is a view on the tally's name. */
void view_item_of_tally(const struct tally *tally, struct view_item *out);

/* An employer's field and days, written to `text`, which has room for view_employer_bytes() of its
   steps; returns how much of it was used. */
size_t view_employer_bytes(uint32_t steps);
size_t view_item_of_employer(const struct employers *employers, uint32_t index, char *text,
                             struct view_item *out);

#endif
