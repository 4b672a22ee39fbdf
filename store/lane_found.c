#include "store/lane_found.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/rules.h"
#include "store/keys.h"
#include "store/scan.h"
#include "store/view_read.h"
#include "support/clock.h"

#define TRIES_MAX 20
#define PAUSE_MS 100
#define RESULTS_BEFORE_REGIONS 1 /* meta */

struct looking {
    const struct redis_settings *settings;
    const struct lane_store_options *options;
    struct redis *redis;
    struct lane_store *store;
    uint16_t *codes; /* every region there can be */
    size_t code_count;
    struct picture strange; /* keys that may have no business there */
    struct lane_found *out;
};

/* Which keys a lane has. */

static bool take_prefix(struct text *text, struct text prefix)
{
    if (text->length < prefix.length || memcmp(text->at, prefix.at, prefix.length) != 0) {
        return false;
    }
    *text = text_of(text->at + prefix.length, text->length - prefix.length);
    return true;
}

static bool is_region(struct text code)
{
    uint16_t number;
    return region_parse(code, &number) && (number == 0 || number % 100 != 0);
}

static bool is_bucket(struct text number, uint64_t participants)
{
    int64_t bucket;
    return number_parse(number, &bucket) && bucket >= 0 &&
           (uint64_t)bucket <
               (participants + PARTICIPANTS_PER_BUCKET - 1) / PARTICIPANTS_PER_BUCKET;
}

static bool is_lane_key(int32_t lane, struct text key, uint64_t participants)
{
    static const char *const names[] = {"owner", "meta", "tally", "counts"};
    const struct key prefix = lane_key(lane, "");
    if (!take_prefix(&key, key_text(&prefix))) {
        return false;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (text_equal(key, text_of_string(names[i]))) {
            return true;
        }
    }
    if (take_prefix(&key, TEXT("region:")) || take_prefix(&key, TEXT("days:"))) {
        return is_region(key);
    }
    return take_prefix(&key, TEXT("p:")) && is_bucket(key, participants);
}

static void note_strange(void *context, struct text key)
{
    struct looking *looking = context;
    if (!is_lane_key(looking->options->lane, key, looking->out->meta.participants)) {
        picture_key(&looking->strange, key);
        picture_text(&looking->strange, TEXT(""), TEXT(""));
    }
}

/* The view. */

static struct error ask_view(struct looking *looking, struct reply **results)
{
    struct redis *redis = looking->redis;
    const struct key meta = lane_key(looking->options->lane, "meta");
    multi_begin(redis);
    command_begin(redis, 2);
    command_string(redis, "HGETALL");
    command_text(redis, key_text(&meta));
    view_read_append(redis, looking->options->lane, looking->codes, looking->code_count, true);
    for (size_t i = 0; i < looking->strange.count; i++) {
        command_begin(redis, 2);
        command_string(redis, "TYPE");
        command_text(redis, picture_key_at(&looking->strange, i));
    }
    return multi_read(redis, results);
}

/* A key that came to be while the others were looked through may be a bucket by now. */
static void take_strange(struct looking *looking, const struct reply *results, size_t first)
{
    struct lane_found *out = looking->out;
    for (size_t i = 0; i < looking->strange.count; i++) {
        const struct text key = picture_key_at(&looking->strange, i);
        const struct text type = reply_text(reply_at(results, first + i));
        if (!text_equal(type, TEXT("none")) &&
            !is_lane_key(looking->options->lane, key, out->meta.participants)) {
            char value[40];
            (void)snprintf(value, sizeof value, "(a %.*s)", (int)type.length, type.at);
            picture_key(&out->view, key);
            picture_text(&out->view, TEXT(""), text_of_string(value));
        }
    }
}

static void take_view(struct looking *looking, const struct reply *results)
{
    struct lane_found *out = looking->out;
    const int32_t lane = looking->options->lane;
    const struct key meta = lane_key(lane, "meta");
    picture_reset(&out->stands);
    picture_reset(&out->view);
    lane_meta_parse(reply_at(results, 0), &out->meta);
    picture_hash(&out->stands, key_text(&meta), reply_at(results, 0));
    for (size_t i = 0; i <= looking->code_count; i++) {
        const size_t at = RESULTS_BEFORE_REGIONS + view_read_result(i);
        const bool is_counts = i == looking->code_count;
        const uint16_t code = is_counts ? 0 : looking->codes[i];
        for (size_t of_two = 0; of_two < (is_counts ? 1 : 2); of_two++) {
            const enum view_key name = is_counts     ? VIEW_TALLY
                                       : of_two == 0 ? VIEW_REGION
                                                     : VIEW_DAYS;
            const struct key key = view_key_of(lane, name, code);
            picture_hash(&out->view, key_text(&key), reply_at(results, at + of_two));
        }
    }
    take_strange(looking, results,
                 RESULTS_BEFORE_REGIONS + view_read_result(looking->code_count) + 1);
}

static struct error read_view(struct looking *looking)
{
    struct reply *results = NULL;
    const struct key pattern = lane_pattern(looking->options->lane);
    picture_reset(&looking->strange);
    TRY(scan_all(looking->redis, key_text(&pattern), note_strange, looking));
    picture_unique(&looking->strange);
    TRY(ask_view(looking, &results));
    assert(results != NULL); /* nothing is watched */
    take_view(looking, results);
    reply_free(results);
    return no_error();
}

/* The copy. */

static void load(void *context, uint64_t number, struct text id, struct text bytes)
{
    struct lane_found *found = context;
    assert(number == found->count);
    if (found->count == found->capacity) {
        found->capacity = 2 * found->capacity + 1024;
        found->participants =
            realloc(found->participants, found->capacity * sizeof *found->participants);
        assert(found->participants != NULL);
    }
    const size_t wanted = found->length + id.length + bytes.length;
    if (wanted > found->bytes_capacity) {
        found->bytes_capacity = 2 * wanted + 4096;
        found->bytes = realloc(found->bytes, found->bytes_capacity);
        assert(found->bytes != NULL);
    }
    found->participants[found->count++] =
        (struct found_participant){found->length, id.length, bytes.length};
    memcpy(found->bytes + found->length, id.at, id.length);
    memcpy(found->bytes + found->length + id.length, bytes.at, bytes.length);
    found->length = wanted;
}

static void load_tally(void *context, struct text name, int64_t value)
{
    struct lane_found *found = context;
    picture_number(&found->tallies, name, value);
}

static struct error read_torn(struct looking *looking)
{
    struct lane_found *out = looking->out;
    struct reply *reply = NULL;
    const struct key key =
        lane_bucket_key(looking->options->lane, out->count / PARTICIPANTS_PER_BUCKET);
    command_begin(looking->redis, 2);
    command_string(looking->redis, "HGETALL");
    command_text(looking->redis, key_text(&key));
    TRY(connection_exchange(looking->redis, &reply, 1));
    picture_reset(&out->torn);
    picture_hash(&out->torn, key_text(&key), reply);
    reply_free(reply);
    return no_error();
}

static struct error copy_moved(const struct looking *looking)
{
    return error_make(ERROR_RETRY, "store_changed",
                      "lane %" PRId32 ": the copy moved while it was read", looking->options->lane);
}

/* The bucket as it is, if meta still says the same of the copy. */
static struct error look_at_torn(struct looking *looking, const struct position *before)
{
    enum store_state state;
    struct position after;
    uint64_t participants;
    char what[160];
    TRY(read_torn(looking));
    TRY(lane_store_meta(looking->store, &state, &after, &participants, what));
    const struct stand x = {true, *before};
    const struct stand y = {true, after};
    return state == STORE_FILLED && stand_equal(&x, &y) ? no_error() : copy_moved(looking);
}

static struct error read_copy(struct looking *looking)
{
    struct lane_found *out = looking->out;
    enum store_state state;
    char what[160];
    const struct key tally = lane_key(looking->options->lane, "tally");
    out->count = out->length = 0;
    picture_reset(&out->tallies);
    picture_key(&out->tallies, key_text(&tally));
    TRY(lane_store_meta(looking->store, &state, &out->meta.copy.position, &out->meta.participants,
                        what));
    out->meta.copy.present = state == STORE_FILLED;
    if (!out->meta.copy.present) {
        return no_error();
    }
    TRY(lane_store_load(looking->store, out->meta.participants, load, out, &out->is_torn));
    TRY(lane_store_load_tallies(looking->store, load_tally, out));
    return out->is_torn ? look_at_torn(looking, &out->meta.copy.position) : no_error();
}

/* All of it. */

static struct error of_another_log(const struct lane_store_options *options, const char *what)
{
    return error_make(ERROR_FATAL, "store_of_another_log",
                      "lane %" PRId32 ": %s. Name the Redis of this log with --redis.address, or "
                      "leave it out with --topics-only",
                      options->lane, what);
}

/* `*whole`: there is no meta, or one of both; while a lane is filled there is the copy alone. */
static struct error look(struct looking *looking, bool *whole)
{
    enum store_state state;
    char what[160];
    struct position copy;
    TRY(lane_store_meta(looking->store, &state, &copy, &looking->out->meta.participants, what));
    if (state == STORE_OF_ANOTHER_LOG) {
        return of_another_log(looking->options, what);
    }
    TRY(read_view(looking));
    *whole = true;
    if (looking->out->meta.present) {
        TRY(read_copy(looking));
        *whole = looking->out->meta.copy.present && looking->out->meta.view.present;
    }
    return no_error();
}

static struct error look_often(struct looking *looking)
{
    struct error error = no_error();
    bool whole = false;
    for (unsigned tries = 0; tries < TRIES_MAX && !whole; tries++) {
        if (tries > 0) {
            clock_sleep_ms(PAUSE_MS);
        }
        error = look(looking, &whole);
        if (failed(&error) && strcmp(error.code, "store_changed") != 0) {
            return error;
        }
    }
    return error;
}

static void every_region(struct looking *looking)
{
    looking->codes = calloc(REGION_CODES, sizeof *looking->codes);
    assert(looking->codes != NULL);
    for (uint16_t code = 0; code < REGION_CODES; code++) {
        if (code == 0 || code % 100 != 0) {
            looking->codes[looking->code_count++] = code;
        }
    }
}

struct error lane_found_read(const struct redis_settings *settings,
                             const struct lane_store_options *options, struct lane_found *out)
{
    struct looking looking = {.settings = settings, .options = options, .out = out};
    *out = (struct lane_found){.count = 0};
    every_region(&looking);
    struct error error = redis_open(settings, options->lane, &looking.redis);
    if (!failed(&error)) {
        error = lane_store_open(settings, options, &looking.store);
    }
    if (!failed(&error)) {
        error = look_often(&looking);
    }
    redis_close(looking.redis);
    lane_store_close(looking.store);
    picture_close(&looking.strange);
    free(looking.codes);
    return error;
}

void lane_found_drop_copy(struct lane_found *found)
{
    free(found->participants);
    free(found->bytes);
    found->participants = NULL;
    found->bytes = NULL;
    picture_close(&found->torn);
    picture_close(&found->tallies);
}

void lane_found_drop_view(struct lane_found *found)
{
    picture_close(&found->view);
}

void lane_found_close(struct lane_found *found)
{
    lane_found_drop_copy(found);
    lane_found_drop_view(found);
    picture_close(&found->stands);
}

struct participant_item lane_found_participant(const struct lane_found *found, uint64_t number)
{
    assert(number < found->count);
    const struct found_participant *at = &found->participants[number];
    const char *id = found->bytes + at->at;
    return (struct participant_item){number, text_of(id, at->id_length),
                                     text_of(id + at->id_length, at->bytes_length)};
}

void picture_participant(struct picture *picture, const struct participant_item *item)
{
    char number[VARINT_BYTES_MAX];
    const size_t length = varint_print(item->number, number);
    picture_parts(picture, item->id, text_of(number, length), item->bytes);
}
