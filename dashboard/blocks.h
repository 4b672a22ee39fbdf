/* The blocks that the page of the country and that of a region are put together from. */
#ifndef JAGA_DASHBOARD_BLOCKS_H
#define JAGA_DASHBOARD_BLOCKS_H

#include "dashboard/page.h"

/* Covered, registered, coverage with its base or why there is none, the way to the goal. */
void block_figures(struct page *page, const struct region_figures *region);
/* Covers begun and ended last month, by category and sponsor. */
void block_why(struct page *page, const struct region_days *days);
/* What begins and ends around the day, and by month what ends. */
void block_flows(struct page *page, const struct region_days *days);
void block_ranking(struct page *page);
/* The curve as a picture, as a table, and in words what changed and what will. */
void block_curve(struct page *page, const struct region_days *days);
void block_splits(struct page *page, const struct region_figures *region);
/* Nothing where there is nothing of an election. */
void block_election(struct page *page, const struct region_figures *region);
void block_claims(struct page *page, const struct region_figures *region,
                  const struct region_days *days);
void block_payments(struct page *page, const struct region_figures *region);
void block_exceptions(struct page *page);
void block_batches(struct page *page);
void block_lanes(struct page *page);

#endif
