#include "dashboard/board.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dashboard/edition.h"
#include "lane/connect.h"
#include "support/clock.h"
#include "support/log.h"

#define LOOK_US MICROSECONDS_A_SECOND
/* How long a request waits for a look that is due; one that is known to take longer it does not
   wait for, and shows what was read last. */
#define PATIENCE_US (20 * MICROSECONDS_A_SECOND / 1000)
/* Until when it waits for the first look, and for one after a pause in which nobody asked: what was
   read before it tells of another time. */
#define FIRST_WAIT_US (3 * MICROSECONDS_A_SECOND)
#define PAUSE_US (10 * MICROSECONDS_A_SECOND)
#define REDIS_TIMEOUT_MS_MAX 2000

struct board_source {
    struct rules *rules;
    struct connections connections;
    struct edition_reader *reader; /* the thread's own */
    pthread_t thread;
    bool thread_runs;

    pthread_mutex_t mutex; /* of all below; held for moments only */
    pthread_cond_t wake;   /* the thread: a look is wanted, or the end */
    pthread_cond_t news;   /* who waits: a look came to its end */
    bool look_wanted, ends;
    uint64_t looks;     /* that came to their end */
    int64_t look_begun; /* 0: none is under way */
    int64_t looked_at, look_took;
    struct edition *edition;   /* the last one; NULL: none yet */
    struct lane_stand *stands; /* of the last look */
    size_t stand_count;
    struct error trouble; /* of the last look; its kind is ERROR_NONE when all is well */
};

struct taken { /* what is behind a board in somebody's hand */
    struct board board;
    struct edition *edition;
    struct lane_stand *stands;
    struct figures own; /* of a day that the edition does not keep */
};

/* The thread. */

/* A trouble is logged when it comes and when it goes, not for every look. */
static void log_trouble(const struct error *before, const struct error *now)
{
    if (failed(now) && (!failed(before) || strcmp(before->code, now->code) != 0)) {
        log_at(LOG_WARN, "figures_away", LOG_ERROR_FIELDS(now));
    } else if (!failed(now) && failed(before)) {
        log_at(LOG_INFO, "figures_back");
    }
}

static void note_look(struct board_source *source, struct look *look, const struct error *error)
{
    log_trouble(&source->trouble, error);
    source->trouble = *error;
    if (!failed(error)) {
        free(source->stands);
        source->stands = look->stands;
        source->stand_count = look->stand_count;
        look->stands = NULL;
        if (look->edition != NULL) {
            edition_drop(source->edition);
            source->edition = look->edition;
            look->edition = NULL;
        }
    }
    source->looked_at = clock_steady_us();
    source->look_took = source->looked_at - source->look_begun;
    source->look_begun = 0;
    source->looks++;
}

/* With the mutex in hand, which it gives away while Redis is asked. */
static void look_once(struct board_source *source)
{
    struct look look = {.edition = NULL};
    source->look_wanted = false;
    source->look_begun = clock_steady_us();
    (void)pthread_mutex_unlock(&source->mutex);
    const struct error error = edition_look(source->reader, &look);
    (void)pthread_mutex_lock(&source->mutex);
    note_look(source, &look, &error);
    edition_drop(look.edition);
    free(look.stands);
    (void)pthread_cond_broadcast(&source->news);
}

static void *look_when_wanted(void *context)
{
    struct board_source *source = context;
    (void)pthread_mutex_lock(&source->mutex);
    while (!source->ends) {
        if (source->look_wanted) {
            look_once(source);
        } else {
            (void)pthread_cond_wait(&source->wake, &source->mutex);
        }
    }
    (void)pthread_mutex_unlock(&source->mutex);
    return NULL;
}

/* Opening. */

static void condition_init(pthread_cond_t *condition)
{
    pthread_condattr_t attributes;
    int answer = pthread_condattr_init(&attributes);
    assert(answer == 0);
    answer = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    assert(answer == 0);
    answer = pthread_cond_init(condition, &attributes);
    assert(answer == 0);
    (void)pthread_condattr_destroy(&attributes);
}

static struct error open_reader(const struct settings *settings, struct board_source *source)
{
    connections_of(settings, &source->connections);
    if (source->connections.redis.timeout_ms > REDIS_TIMEOUT_MS_MAX) {
        source->connections.redis.timeout_ms = REDIS_TIMEOUT_MS_MAX;
    }
    TRY(rules_of_settings(settings, source->rules));
    TRY(edition_reader_open(&source->connections.redis, source->rules, &source->reader));
    const int answer = pthread_create(&source->thread, NULL, look_when_wanted, source);
    if (answer != 0) {
        return error_make(ERROR_FATAL, "thread_refused", "no thread can be started: %s",
                          strerror(answer));
    }
    source->thread_runs = true;
    return no_error();
}

struct error board_source_open(const struct settings *settings, struct board_source **out)
{
    struct board_source *source = calloc(1, sizeof *source);
    assert(source != NULL);
    source->rules = calloc(1, sizeof *source->rules);
    assert(source->rules != NULL);
    source->trouble = no_error();
    const int answer = pthread_mutex_init(&source->mutex, NULL);
    assert(answer == 0);
    condition_init(&source->wake);
    condition_init(&source->news);
    const struct error error = open_reader(settings, source);
    if (failed(&error)) {
        board_source_close(source);
        return error;
    }
    *out = source;
    return no_error();
}

static void end_thread(struct board_source *source)
{
    (void)pthread_mutex_lock(&source->mutex);
    source->ends = true;
    (void)pthread_cond_signal(&source->wake);
    (void)pthread_mutex_unlock(&source->mutex);
    (void)pthread_join(source->thread, NULL);
}

void board_source_close(struct board_source *source)
{
    if (source == NULL) {
        return;
    }
    if (source->thread_runs) {
        end_thread(source);
    }
    edition_drop(source->edition);
    free(source->stands);
    edition_reader_close(source->reader);
    (void)pthread_cond_destroy(&source->news);
    (void)pthread_cond_destroy(&source->wake);
    (void)pthread_mutex_destroy(&source->mutex);
    free(source->rules);
    free(source);
}

const struct rules *board_rules(const struct board_source *source)
{
    return source->rules;
}

/* Taking. All with the mutex in hand. */

/* Until another look came to its end, at most until then. */
static void wait_for_news(struct board_source *source, int64_t until)
{
    const uint64_t before = source->looks;
    const struct timespec end = {.tv_sec = until / MICROSECONDS_A_SECOND,
                                 .tv_nsec = until % MICROSECONDS_A_SECOND * 1000};
    int answer = 0;
    while (source->looks == before && answer == 0) {
        answer = pthread_cond_timedwait(&source->news, &source->mutex, &end);
    }
}

static int64_t wait_until(const struct board_source *source, int64_t now)
{
    if (source->edition == NULL || failed(&source->trouble) || now - source->looked_at > PAUSE_US) {
        return now + FIRST_WAIT_US;
    }
    const int64_t begun = source->look_begun == 0 ? now : source->look_begun;
    return source->look_took > PATIENCE_US ? now : begun + PATIENCE_US;
}

static void look_when_due(struct board_source *source)
{
    const int64_t now = clock_steady_us();
    if (source->looks > 0 && now - source->looked_at < LOOK_US) {
        return;
    }
    if (source->look_begun == 0) {
        source->look_wanted = true;
        (void)pthread_cond_signal(&source->wake);
    }
    const int64_t until = wait_until(source, now);
    if (until > now) {
        wait_for_news(source, until);
    }
}

/* The stands are copied: they change with every look, and the edition does not. */
static void take_stands(const struct board_source *source, size_t lanes, struct taken *taken)
{
    const size_t known = lanes < source->stand_count ? lanes : source->stand_count;
    taken->stands = calloc(lanes + 1, sizeof *taken->stands);
    assert(taken->stands != NULL);
    if (known > 0) {
        memcpy(taken->stands, source->stands, known * sizeof *taken->stands);
    }
}

static struct error take(struct board_source *source, struct taken *taken)
{
    look_when_due(source);
    TRY(source->trouble);
    if (source->edition == NULL) {
        return error_make(ERROR_RETRY, "busy", "the figures are being read; try again");
    }
    taken->edition = edition_hold(source->edition);
    take_stands(source, edition_lanes(taken->edition), taken);
    return no_error();
}

/* Without the mutex: nothing is waited for. */
static struct error fill(struct taken *taken, day_t day)
{
    struct board *board = &taken->board;
    TRY(edition_figures(taken->edition, day, &board->figures, &taken->own));
    edition_board(taken->edition, board);
    board->stands = taken->stands;
    board->age_us = clock_wall_us() - board->figures.meta.updated_at;
    board->is_fresh = figures_are_fresh(board->age_us, board->stands, board->figures.sequences,
                                        board->figures.lane_count);
    return no_error();
}

static void give_back(struct taken *taken)
{
    figures_close(&taken->own);
    edition_drop(taken->edition);
    free(taken->stands);
    free(taken);
}

struct error board_take(struct board_source *source, day_t day, struct board **out)
{
    struct taken *taken = calloc(1, sizeof *taken);
    assert(taken != NULL);
    *out = NULL;
    (void)pthread_mutex_lock(&source->mutex);
    struct error error = take(source, taken);
    (void)pthread_mutex_unlock(&source->mutex);
    if (!failed(&error)) {
        error = fill(taken, day);
    }
    if (failed(&error)) {
        give_back(taken);
        return error;
    }
    *out = &taken->board;
    return no_error();
}

void board_release(struct board_source *source, struct board *board)
{
    (void)source;
    give_back((struct taken *)board); /* its first member */
}
