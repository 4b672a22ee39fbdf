/* One region's figures as an object of JSON: {"kind":"coverage","date":…,"region":…, measure:
   value, …, base}; the same from `jaga coverage --json`, `jaga try --coverage` and the dashboard.
 */
#ifndef JAGA_STORE_REGION_JSON_H
#define JAGA_STORE_REGION_JSON_H

#include "core/projection.h"
#include "store/figures.h"
#include "wire/buffer.h"

/* Enough for every measure there is, each with its name and a number. */
#define REGION_JSON_BYTES                                                                          \
    ((DAY_MEASURE_COUNT + TOTAL_COUNT + FLOW_COUNT + 32) * (MEASURE_NAME_BYTES + 24))

void region_json_write(struct buffer *out, day_t day, const struct region_figures *region);
/* The same without the closing brace, for who has more to say of it. */
void region_json_begin(struct buffer *out, day_t day, const struct region_figures *region);

#endif
