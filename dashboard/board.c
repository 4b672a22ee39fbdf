#include "dashboard/board.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lane/connect.h"
#include "support/clock.h"
#include "support/log.h"

#define BOARDS_MAX 8 /* days kept at once */
#define DAYS_MAX 16  /* regions whose days are kept at once */
#define LOOK_US MICROSECONDS_A_SECOND
#define WAIT_SECONDS 3
#define REDIS_TIMEOUT_MS_MAX 2000

struct kept {
    bool is_used;
    day_t day; /* as asked for */
    int64_t read_at;
    uint8_t mark[DIGEST_BYTES]; /* of the public keys they were read from */
    struct board board;
};

struct kept_days {
    char code[sizeof((struct region_figures *)0)->code];
    int64_t read_at;
    uint8_t mark[DIGEST_BYTES];
    struct region_days *days; /* NULL: not used */
};

struct board_source {
    pthread_mutex_t mutex;
    struct rules *rules;
    struct connections connections;
    struct redis *redis;
    struct redis *lanes[FIGURES_LANES_MAX]; /* opened when first asked */
    int64_t looked_at;                      /* 0: never */
    uint8_t mark[DIGEST_BYTES];
    struct lane_stand *stands;
    size_t stand_count;
    struct kept kept[BOARDS_MAX];
    struct kept_days days[DAYS_MAX];
    struct error trouble; /* the last one; its kind is ERROR_NONE when all is well */
    int64_t trouble_at;
};

/* Opening. */

struct error board_source_open(const struct settings *settings, struct board_source **out)
{
    struct board_source *source = calloc(1, sizeof *source);
    assert(source != NULL);
    source->rules = calloc(1, sizeof *source->rules);
    assert(source->rules != NULL);
    source->trouble = no_error();
    const int answer = pthread_mutex_init(&source->mutex, NULL);
    assert(answer == 0);
    connections_of(settings, &source->connections);
    if (source->connections.redis.timeout_ms > REDIS_TIMEOUT_MS_MAX) {
        source->connections.redis.timeout_ms = REDIS_TIMEOUT_MS_MAX;
    }
    struct error error = rules_of_settings(settings, source->rules);
    if (!failed(&error)) {
        error = redis_open(&source->connections.redis, -1, &source->redis);
    }
    if (failed(&error)) {
        board_source_close(source);
        return error;
    }
    *out = source;
    return no_error();
}

static void board_clear(struct board *board)
{
    figures_close(&board->figures);
    free(board->batches);
    exception_figures_close(&board->exceptions);
    memset(board, 0, sizeof *board);
}

void board_source_close(struct board_source *source)
{
    if (source == NULL) {
        return;
    }
    for (size_t i = 0; i < BOARDS_MAX; i++) {
        board_clear(&source->kept[i].board);
    }
    for (size_t i = 0; i < DAYS_MAX; i++) {
        region_days_close(source->days[i].days);
    }
    free(source->stands);
    for (size_t lane = 0; lane < FIGURES_LANES_MAX; lane++) {
        redis_close(source->lanes[lane]);
    }
    redis_close(source->redis);
    (void)pthread_mutex_destroy(&source->mutex);
    free(source->rules);
    free(source);
}

const struct rules *board_rules(const struct board_source *source)
{
    return source->rules;
}

/* Reading. */

static struct error read_stands(struct board_source *source, size_t count)
{
    if (count != source->stand_count) {
        free(source->stands);
        source->stands = calloc(count, sizeof *source->stands);
        assert(source->stands != NULL);
        source->stand_count = count;
    }
    for (size_t lane = 0; lane < count; lane++) {
        struct redis **redis = &source->lanes[lane];
        if (*redis == NULL) {
            TRY(redis_open(&source->connections.redis, (int32_t)lane, redis));
        }
        TRY(lane_stand_read(*redis, (int32_t)lane, &source->stands[lane]));
    }
    return no_error();
}

/* What changes without the public keys, and whether they did. */
static struct error look(struct board_source *source)
{
    TRY(figures_mark(source->redis, source->mark));
    TRY(read_stands(source, source->stand_count));
    source->looked_at = clock_steady_us();
    return no_error();
}

static struct error read_board(struct board_source *source, day_t day, struct board *board)
{
    TRY(figures_read(source->redis, source->rules, day, &board->figures));
    TRY(figures_batches(source->redis, &board->batches, &board->batch_count));
    TRY(figures_exceptions(source->redis, &board->exceptions));
    return board->figures.lane_count == source->stand_count
               ? no_error()
               : read_stands(source, board->figures.lane_count);
}

/* The one of this day, else one that is free, else the one read longest ago. */
static struct kept *place_of(struct board_source *source, day_t day)
{
    struct kept *oldest = &source->kept[0];
    for (size_t i = 0; i < BOARDS_MAX; i++) {
        struct kept *kept = &source->kept[i];
        if (kept->is_used && kept->day == day) {
            return kept;
        }
        if (!kept->is_used || (oldest->is_used && kept->read_at < oldest->read_at)) {
            oldest = kept;
        }
    }
    return oldest;
}

/* The mark was read before: figures written since then are read a second time, never missed. */
static struct error refresh(struct board_source *source, day_t day, struct kept *kept)
{
    board_clear(&kept->board);
    kept->is_used = false;
    TRY(read_board(source, day, &kept->board));
    kept->is_used = true;
    kept->day = day;
    kept->read_at = clock_steady_us();
    memcpy(kept->mark, source->mark, sizeof kept->mark);
    return no_error();
}

static struct error bring_up_to_date(struct board_source *source, day_t day, struct kept *kept)
{
    if (source->looked_at == 0 || clock_steady_us() - source->looked_at >= LOOK_US) {
        TRY(look(source));
    }
    if (kept->is_used && kept->day == day &&
        memcmp(kept->mark, source->mark, sizeof kept->mark) == 0) {
        return no_error();
    }
    const struct error error = refresh(source, day, kept);
    if (failed(&error)) {
        board_clear(&kept->board);
    }
    return error;
}

/* A trouble is logged when it comes and when it goes, not for every request. */
static void note_trouble(struct board_source *source, const struct error *error)
{
    const bool was = failed(&source->trouble);
    if (failed(error)) {
        source->trouble_at = clock_steady_us();
        if (!was || strcmp(source->trouble.code, error->code) != 0) {
            log_at(LOG_WARN, "figures_away", LOG_ERROR_FIELDS(error));
        }
    } else if (was) {
        log_at(LOG_INFO, "figures_back");
    }
    source->trouble = *error;
}

static struct error take(struct board_source *source, day_t day, struct board **out)
{
    if (failed(&source->trouble) && clock_steady_us() - source->trouble_at < LOOK_US) {
        return source->trouble;
    }
    struct kept *kept = place_of(source, day);
    const struct error error = bring_up_to_date(source, day, kept);
    note_trouble(source, &error);
    TRY(error);
    kept->board.stands = source->stands;
    kept->board.age_us = clock_wall_us() - kept->board.figures.meta.updated_at;
    kept->board.is_fresh =
        figures_are_fresh(kept->board.age_us, kept->board.stands, kept->board.figures.sequences,
                          kept->board.figures.lane_count);
    *out = &kept->board;
    return no_error();
}

struct error board_take(struct board_source *source, day_t day, struct board **out)
{
    struct timespec until;
    (void)clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += WAIT_SECONDS;
    *out = NULL;
    if (pthread_mutex_timedlock(&source->mutex, &until) != 0) {
        return error_make(ERROR_RETRY, "busy", "others are being served; try again");
    }
    const struct error error = take(source, day, out);
    if (failed(&error)) {
        (void)pthread_mutex_unlock(&source->mutex);
    }
    return error;
}

void board_release(struct board_source *source)
{
    const int answer = pthread_mutex_unlock(&source->mutex);
    assert(answer == 0);
}

/* The one of this region, else one that is free, else the one read longest ago. */
static struct kept_days *place_of_days(struct board_source *source, const char *code)
{
    struct kept_days *oldest = &source->days[0];
    for (size_t i = 0; i < DAYS_MAX; i++) {
        struct kept_days *kept = &source->days[i];
        if (kept->days != NULL && strcmp(kept->code, code) == 0) {
            return kept;
        }
        if (kept->days == NULL || (oldest->days != NULL && kept->read_at < oldest->read_at)) {
            oldest = kept;
        }
    }
    return oldest;
}

static struct error read_days(struct board_source *source, const char *code, struct kept_days *kept)
{
    region_days_close(kept->days);
    kept->days = NULL;
    TRY(region_days_read(source->redis, code, &kept->days));
    (void)snprintf(kept->code, sizeof kept->code, "%s", code);
    memcpy(kept->mark, source->mark, sizeof kept->mark);
    kept->read_at = clock_steady_us();
    return no_error();
}

struct error board_days(struct board_source *source, const char *code,
                        const struct region_days **out)
{
    struct kept_days *kept = place_of_days(source, code);
    const bool is_same = kept->days != NULL && strcmp(kept->code, code) == 0 &&
                         memcmp(kept->mark, source->mark, sizeof kept->mark) == 0;
    if (!is_same) {
        const struct error error = read_days(source, code, kept);
        if (failed(&error)) {
            note_trouble(source, &error);
            return error;
        }
    }
    *out = kept->days;
    return no_error();
}
