/* The figures as they were known at some time: every lane replayed until then. */
#ifndef JAGA_CONSUMERS_KNOWN_AT_H
#define JAGA_CONSUMERS_KNOWN_AT_H

#include "lane/connect.h"
#include "store/figures.h"

struct known_at {
    int64_t time; /* journal records whose clock is later, and reference facts, do not count */
    const char *archive; /* read it and no topics; NULL: the topics */
    uint32_t input_bytes_max;
};

/* Figures of `day`; figures_close() frees them. Their `meta.as_of` is the clock reached: the
   smallest `now` of the lanes at that time. FATAL "replay_disagrees" when the log does not agree
   with its journal on the way, FATAL "no_figures" when nothing was known then. */
MUST_USE struct error known_at_read(const struct connections *connections,
                                    const struct known_at *wish, day_t day, struct figures *out);

#endif
