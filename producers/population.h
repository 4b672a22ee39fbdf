/* Synthetic populations for `jaga generate`: made of ordinary events only, the same for the same
   seed and scale. A population is a list of waves: runs of like events, each in order of time, one
   after the other. */
#ifndef JAGA_PRODUCERS_POPULATION_H
#define JAGA_PRODUCERS_POPULATION_H

#include "core/event.h"

#define SCALE_ONE_PPM 1000000
#define SCALE_LEAST_PPM 100 /* below it there is nobody in the batch of 2019 */

struct population_wish {
    uint64_t seed;
    int64_t scale_ppm;    /* reported-2024: share of the reported counts, in millionths */
    int64_t participants; /* bench */
    int64_t months;       /* bench: monthly contributions of each */
};

/* Receives each event in order of time; false ends the generation. The texts are good for the call
 * only. */
typedef bool (*event_made)(void *context, const struct event *event);

struct preset {
    const char *name, *summary;
    bool (*make)(const struct population_wish *wish, event_made made, void *context);
};
extern const struct preset presets[];
extern const size_t preset_count;

/* count × scale, rounded half up. */
int64_t scaled(int64_t count, int64_t scale_ppm);

#endif
