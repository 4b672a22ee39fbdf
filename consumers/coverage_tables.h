/* Coverage as tables for people: a ranking of regions, a split of each, or one region in full. */
#ifndef JAGA_CONSUMERS_COVERAGE_TABLES_H
#define JAGA_CONSUMERS_COVERAGE_TABLES_H

#include "consumers/terminal.h"
#include "store/figures.h"

enum region_level { LEVEL_ALL, LEVEL_COUNTRY, LEVEL_PROVINCE, LEVEL_REGENCY };
enum region_level region_level_of(const char *code);

struct coverage_view {
    const struct rules *rules; /* for names */
    const char *by;            /* programme, segment, category, sponsor or late; NULL: no split */
    const char *region;        /* only this one; NULL: all */
    enum region_level level;   /* only these, and the country; LEVEL_ALL: all */
    bool is_replayed;          /* as known at an earlier time */
};

void coverage_print(const struct coverage_view *view, const struct figures *figures,
                    const struct terminal *terminal, FILE *out);

#endif
