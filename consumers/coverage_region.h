/* All figures of one region, as tables; and what is said of a region's share everywhere. */
#ifndef JAGA_CONSUMERS_COVERAGE_REGION_H
#define JAGA_CONSUMERS_COVERAGE_REGION_H

#include "consumers/terminal.h"
#include "store/figures.h"

void region_print_all(const struct rules *rules, const struct region_figures *region,
                      const struct terminal *terminal, FILE *out);

#define SHARE_BYTES 40
/* "41.33 %" */
void share_print(int64_t basis_points, char out[SHARE_BYTES]);
#define REMARK_BYTES 200
/* Which base is quarantined and why, or that there is none; else empty. */
void remark_print(const struct region_figures *region, char out[REMARK_BYTES]);
/* The name of a measure "<by>:<rest>" from `rest` on; NULL when it is of another kind. */
const char *figure_part(const char *name, const char *by);

#endif
