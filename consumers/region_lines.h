/* One line of JSON a region: {"kind":"coverage","date":…,"region":…, measure: value, …}; the same
   from `jaga try --coverage` (counters in memory) and `jaga coverage --json` (public keys in
   Redis). */
#ifndef JAGA_CONSUMERS_REGION_LINES_H
#define JAGA_CONSUMERS_REGION_LINES_H

#include <stdio.h>

#include "lane/counters.h"
#include "lane/employers.h"
#include "store/figures.h"

/* Prints one region with its figures, and its base where there is one. */
void region_line_print(FILE *out, day_t day, const struct region_figures *region);

/* Adds counters up for one day: regencies and cities, their provinces, and ID. */
struct region_lines;
struct region_lines *region_lines_open(const struct rules *rules);
void region_lines_close(struct region_lines *lines);
void region_lines_add(struct region_lines *lines, const struct counter *counter, day_t day);
/* All employers of a lane. */
void region_lines_employers(struct region_lines *lines, int32_t lane,
                            const struct employers *employers, day_t day);
/* The same as figures without bases and without meta; figures_close() frees them. */
void region_lines_figures(const struct region_lines *lines, day_t day, struct figures *out);
/* Regions with anything in them, ascending by code, provinces before their parts, ID last. */
void region_lines_print(const struct region_lines *lines, day_t day, FILE *out);

#endif
