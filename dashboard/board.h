/* What is shown: the public keys of Redis as they stood at one moment. A thread of its own reads
   them, so that nobody who looks waits for Redis while a processor keeps it busy. Once a second,
   while anybody asks, it looks at their meta and at how far the lanes are, and reads the rest again
   when the meta changed: many readers, and a page that is painted again and again, cost Redis next
   to nothing. Boards may be taken by several threads at once. */
#ifndef JAGA_DASHBOARD_BOARD_H
#define JAGA_DASHBOARD_BOARD_H

#include "store/figures.h"
#include "store/lane_stands.h"
#include "store/published.h"
#include "support/settings.h"

struct board { /* everything is borrowed until board_release */
    struct figures figures;
    const struct batch_figure *batches;
    size_t batch_count;
    struct exception_figures exceptions;
    const struct lane_stand *stands; /* figures.lane_count of them */
    int64_t age_us;                  /* since the figures were written, by the wall clock */
    bool is_fresh;                   /* figures_are_fresh */
    const struct published *published;
};

struct board_source;

/* Loads the tables of rules.dir, for names. Redis is not asked yet. */
MUST_USE struct error board_source_open(const struct settings *settings, struct board_source **out);
void board_source_close(struct board_source *source); /* accepts NULL; no board is taken */
const struct rules *board_rules(const struct board_source *source);

/* The board of a day (DAY_NONE: the day of the figures), until board_release. RETRY "redis_away"
   (also said at once for a second after it was found), "store_changed", or "busy" when the first
   board takes too long; FATAL "no_figures". On an error there is nothing to release. */
MUST_USE struct error board_take(struct board_source *source, day_t day, struct board **out);
void board_release(struct board_source *source, struct board *board);

#endif
