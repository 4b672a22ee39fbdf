/* What is shown: the public keys of Redis, read at one moment and kept. Once a second, while
   anybody asks, their meta is looked at, and how far the lanes are; the rest is read again only
   when the meta changed, so that many readers, and a page that is painted again and again, cost
   Redis next to nothing. Requests come from several threads; one at a time has the board. */
#ifndef JAGA_DASHBOARD_BOARD_H
#define JAGA_DASHBOARD_BOARD_H

#include "store/figures.h"
#include "store/lane_stands.h"
#include "store/region_days.h"
#include "support/settings.h"

struct board {
    struct figures figures;
    struct batch_figure *batches;
    size_t batch_count;
    struct exception_figures exceptions;
    const struct lane_stand *stands; /* figures.lane_count of them; borrowed */
    int64_t age_us;                  /* since the figures were written, by the wall clock */
    bool is_fresh;                   /* figures_are_fresh */
};

struct board_source;

/* Loads the tables of rules.dir, for names. Redis is not asked yet. */
MUST_USE struct error board_source_open(const struct settings *settings, struct board_source **out);
void board_source_close(struct board_source *source); /* accepts NULL */
const struct rules *board_rules(const struct board_source *source);

/* The board of a day (DAY_NONE: the day of the figures), the caller's alone until board_release.
   RETRY "redis_away" (also said at once for a second after it was found), "store_changed" or
   "busy"; FATAL "no_figures". On an error there is nothing to release. */
MUST_USE struct error board_take(struct board_source *source, day_t day, struct board **out);
void board_release(struct board_source *source);

/* One region's days, asked for while the board is taken and valid until it is released. */
MUST_USE struct error board_days(struct board_source *source, const char *code,
                                 const struct region_days **out);

#endif
