/* The public keys as they stood at one moment, shared by all who look at them until the last lets
   go; and the one who reads them. */
#ifndef JAGA_DASHBOARD_EDITION_H
#define JAGA_DASHBOARD_EDITION_H

#include "dashboard/board.h"

struct edition;

struct edition *edition_hold(struct edition *edition); /* returns it */
void edition_drop(struct edition *edition);            /* accepts NULL; by any thread */
size_t edition_lanes(const struct edition *edition);

/* The figures of a day (DAY_NONE: that of the figures), in `*out`. They are the edition's, or, when
   it keeps those of enough other days, `*own`, which is the caller's to close. FATAL "no_figures".
 */
MUST_USE struct error edition_figures(struct edition *edition, day_t day, struct figures *out,
                                      struct figures *own);
/* Everything of a board that has no day, borrowed while the edition is held. */
void edition_board(const struct edition *edition, struct board *out);

/* Owned by one thread, with its connections. Borrows the rules. */
struct edition_reader;
MUST_USE struct error edition_reader_open(const struct redis_settings *settings,
                                          const struct rules *rules, struct edition_reader **out);
void edition_reader_close(struct edition_reader *reader); /* accepts NULL */

struct look {
    struct edition *edition;   /* held for the caller; NULL: as before */
    struct lane_stand *stands; /* the caller's to free */
    size_t stand_count;
};
/* Looks at meta and lanes, and reads the rest when meta is not what it was. RETRY "redis_away" or
   "store_changed"; FATAL "no_figures". */
MUST_USE struct error edition_look(struct edition_reader *reader, struct look *out);

#endif
