/* Reading the public keys: what `jaga coverage`, `jaga status` and pages show. */
#ifndef JAGA_STORE_FIGURES_H
#define JAGA_STORE_FIGURES_H

#include "core/rules.h"
#include "store/redis.h"
#include "wire/digest.h"

#define BASE_TEXT_BYTES 65
struct base_figure {
    bool present;
    int64_t value, year;
    char kind[16], source[BASE_TEXT_BYTES];
};

struct figure {
    char name[64];
    int64_t value;
};

/* One region on one day. `figures` are all measures that are not 0, day measures first, in the
   order of their numbers. Owned by figures_close. */
struct region_figures {
    char code[8]; /* "36.74", "36", "ID" */
    struct figure *figures;
    size_t count;
    struct base_figure base;        /* the one used for coverage_bp */
    struct base_figure quarantined; /* the first that is quarantined, shown, never used */
    uint32_t quarantined_count;     /* how many are */
    int64_t coverage_bp;            /* NUMBER_NONE: no base */
};

/* Who wrote the public keys, as of when. */
struct public_meta {
    int64_t as_of, updated_at; /* microseconds UTC; updated_at by the wall clock */
    char rules[65], build[64], log_id[33];
};

#define FIGURES_LANES_MAX 1024
struct figures {
    day_t day; /* the day shown */
    struct public_meta meta;
    int64_t *sequences; /* by lane: the journal sequence shown; NULL: not of the public keys */
    size_t lane_count;
    struct region_figures *regions;
    size_t count;
};

/* Every region, province and ID with anything in it on `day` (DAY_NONE: the day of as_of). RETRY
   "redis_away", FATAL "no_figures" when there is no public meta yet. */
MUST_USE struct error figures_read(struct redis *redis, const struct rules *rules, day_t day,
                                   struct figures *out);
void figures_close(struct figures *figures);
/* Puts the regions in the order of figures_read: ID, then by code. */
void figures_sort(struct figures *figures);

/* The figures of one region by its code, and one of its values by name (0: none). */
const struct region_figures *figures_region(const struct figures *figures, const char *code);
int64_t region_figure(const struct region_figures *region, const char *name);
/* "Kota Tangerang Selatan", "Indonesia" for ID, "(not known)". */
const char *region_name(const struct rules *rules, const char *code);

/* A digest of the public meta with all its fields: as long as it is the same, so are the public
   keys, for they are written together. RETRY "redis_away". */
MUST_USE struct error figures_mark(struct redis *redis, uint8_t out[DIGEST_BYTES]);

struct batch_figure {
    char batch_id[65], source[65], state[12]; /* source: who declared it; empty: nobody did */
    int64_t declared, declared_total_idr, counted, counted_total_idr, refused;
};
/* Of all batches, by id; 0 where nothing was declared. The caller frees the array. */
MUST_USE struct error figures_batches(struct redis *redis, struct batch_figure **out,
                                      size_t *count);

/* Exceptions counted by code, ascending by code; of each code by source, descending by count, then
   by name. The source is empty where none could be read, SOURCE_OTHER beyond what a lane counts
   apart.
   Owned by exception_figures_close. */
struct source_figure {
    char code[48], source[65];
    int64_t value;
};
struct exception_figure {
    char code[48];
    int64_t value;
    const struct source_figure *sources;
    size_t source_count;
};
struct exception_figures {
    struct exception_figure *codes;
    size_t count;
    struct source_figure *sources;
    size_t source_count;
};
MUST_USE struct error figures_exceptions(struct redis *redis, struct exception_figures *out);
void exception_figures_close(struct exception_figures *figures);

/* Which base serves a day's year for coverage_bp (events.md): ELIGIBLE, else WORKERS, else
   LABOUR_FORCE of the nearest year, of two equally near the earlier; those above the POPULATION of
   the same or nearest year are quarantined. Shared by roll-up and `jaga coverage`. */
struct base_fact {
    uint8_t kind;
    int64_t year, value;
    char source[BASE_TEXT_BYTES];
};
bool base_is_quarantined(const struct base_fact *facts, size_t count, const struct base_fact *fact);
const struct base_fact *base_choose(const struct base_fact *facts, size_t count, int year);
/* Fills `base`, `quarantined` and `coverage_bp` of a region on a day from its facts, which stand in
   the order of kind and year when the first quarantined one is to be the same everywhere. */
void region_figures_bases(struct region_figures *region, const struct base_fact *facts,
                          size_t count, day_t day, int64_t active);
/* active × 10,000 / base, cut. */
int64_t coverage_basis_points(int64_t active, int64_t base);

#endif
