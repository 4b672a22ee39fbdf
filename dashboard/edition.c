#include "dashboard/edition.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "support/clock.h"

#define DAYS_KEPT_MAX 8
/* Reading takes at most one part in so many of the time: all days of all regions come in one
   transaction, and Redis answers nobody else meanwhile. */
#define READING_SHARE 10

struct edition {
    atomic_uint holders;
    struct published *published;
    struct batch_figure *batches;
    size_t batch_count;
    struct exception_figures exceptions;
    size_t lane_count;
    pthread_mutex_t mutex;                 /* of the days kept: they are added and never changed */
    struct figures figures[DAYS_KEPT_MAX]; /* the first is of the figures' own day */
    size_t day_count;
};

struct edition_reader {
    struct redis_settings settings;
    const struct rules *rules;
    struct redis *redis;
    struct redis *lanes[FIGURES_LANES_MAX]; /* opened when first asked */
    size_t lane_count;                      /* of the last edition */
    bool has_mark;
    uint8_t mark[DIGEST_BYTES]; /* of the public keys it was read from */
    int64_t not_before;         /* by the steady clock: when they may be read again */
};

/* Holding. */

struct edition *edition_hold(struct edition *edition)
{
    (void)atomic_fetch_add_explicit(&edition->holders, 1, memory_order_relaxed);
    return edition;
}

void edition_drop(struct edition *edition)
{
    if (edition == NULL ||
        atomic_fetch_sub_explicit(&edition->holders, 1, memory_order_acq_rel) > 1) {
        return;
    }
    for (size_t i = 0; i < edition->day_count; i++) {
        figures_close(&edition->figures[i]);
    }
    published_close(edition->published);
    free(edition->batches);
    exception_figures_close(&edition->exceptions);
    (void)pthread_mutex_destroy(&edition->mutex);
    free(edition);
}

size_t edition_lanes(const struct edition *edition)
{
    return edition->lane_count;
}

/* Figures. */

static bool find_day(struct edition *edition, day_t day, struct figures *out)
{
    bool found = false;
    (void)pthread_mutex_lock(&edition->mutex);
    for (size_t i = 0; i < edition->day_count && !found; i++) {
        found = edition->figures[i].day == day || (i == 0 && day == DAY_NONE);
        if (found) {
            *out = edition->figures[i];
        }
    }
    (void)pthread_mutex_unlock(&edition->mutex);
    return found;
}

static bool keep_day(struct edition *edition, const struct figures *figures)
{
    (void)pthread_mutex_lock(&edition->mutex);
    const bool has_room = edition->day_count < DAYS_KEPT_MAX;
    if (has_room) {
        edition->figures[edition->day_count++] = *figures;
    }
    (void)pthread_mutex_unlock(&edition->mutex);
    return has_room;
}

/* Two who ask for a day at once may both work it out, and both be kept: that harms nobody. */
struct error edition_figures(struct edition *edition, day_t day, struct figures *out,
                             struct figures *own)
{
    if (find_day(edition, day, out)) {
        return no_error();
    }
    TRY(figures_on(edition->published, day, out));
    if (!keep_day(edition, out)) {
        *own = *out;
    }
    return no_error();
}

void edition_board(const struct edition *edition, struct board *out)
{
    out->published = edition->published;
    out->batches = edition->batches;
    out->batch_count = edition->batch_count;
    out->exceptions = edition->exceptions;
}

/* Reading. */

struct error edition_reader_open(const struct redis_settings *settings, const struct rules *rules,
                                 struct edition_reader **out)
{
    struct edition_reader *reader = calloc(1, sizeof *reader);
    assert(reader != NULL);
    reader->settings = *settings;
    reader->rules = rules;
    const struct error error = redis_open(settings, -1, &reader->redis);
    if (failed(&error)) {
        edition_reader_close(reader);
        return error;
    }
    *out = reader;
    return no_error();
}

void edition_reader_close(struct edition_reader *reader)
{
    if (reader == NULL) {
        return;
    }
    for (size_t lane = 0; lane < FIGURES_LANES_MAX; lane++) {
        redis_close(reader->lanes[lane]);
    }
    redis_close(reader->redis);
    free(reader);
}

static struct error read_parts(struct edition_reader *reader, struct edition *edition)
{
    TRY(published_read(reader->redis, reader->rules, &edition->published));
    TRY(figures_on(edition->published, DAY_NONE, &edition->figures[0]));
    edition->day_count = 1;
    edition->lane_count = edition->figures[0].lane_count;
    TRY(figures_batches(reader->redis, &edition->batches, &edition->batch_count));
    return figures_exceptions(reader->redis, &edition->exceptions);
}

static struct error read_edition(struct edition_reader *reader, struct edition **out)
{
    struct edition *edition = calloc(1, sizeof *edition);
    assert(edition != NULL);
    atomic_init(&edition->holders, 1);
    const int answer = pthread_mutex_init(&edition->mutex, NULL);
    assert(answer == 0);
    const struct error error = read_parts(reader, edition);
    if (failed(&error)) {
        edition_drop(edition);
        return error;
    }
    *out = edition;
    return no_error();
}

static struct error read_stands(struct edition_reader *reader, struct look *out)
{
    out->stand_count = reader->lane_count;
    out->stands = calloc(out->stand_count + 1, sizeof *out->stands);
    assert(out->stands != NULL);
    for (size_t lane = 0; lane < out->stand_count; lane++) {
        struct redis **redis = &reader->lanes[lane];
        if (*redis == NULL) {
            TRY(redis_open(&reader->settings, (int32_t)lane, redis));
        }
        TRY(lane_stand_read(*redis, (int32_t)lane, &out->stands[lane]));
    }
    return no_error();
}

/* The mark is read before the rest: figures written since then are read a second time, never
   missed. The stands are read after it: a lane is never behind what is shown of it. */
struct error edition_look(struct edition_reader *reader, struct look *out)
{
    uint8_t mark[DIGEST_BYTES];
    TRY(figures_mark(reader->redis, mark));
    const int64_t begun = clock_steady_us();
    const bool changed = memcmp(mark, reader->mark, sizeof mark) != 0;
    if (!reader->has_mark || (changed && begun >= reader->not_before)) {
        reader->has_mark = false;
        TRY(read_edition(reader, &out->edition));
        reader->lane_count = edition_lanes(out->edition);
        memcpy(reader->mark, mark, sizeof mark);
        const int64_t ended = clock_steady_us();
        reader->not_before = ended + (READING_SHARE - 1) * (ended - begun);
    }
    TRY(read_stands(reader, out));
    reader->has_mark = true;
    return no_error();
}
