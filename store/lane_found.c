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
#define RESULTS_BEFORE_BUCKETS 2 /* meta, tallies */
#define PIECE_BUCKETS 200        /* in one MULTI: about a megabyte */

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

static uint64_t buckets_of(uint64_t participants)
{
    return (participants + PARTICIPANTS_PER_BUCKET - 1) / PARTICIPANTS_PER_BUCKET;
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
    if (take_prefix(&key, TEXT("region:")) || take_prefix(&key, TEXT("days:")) ||
        take_prefix(&key, TEXT("employers:"))) {
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

static void ask_get(struct redis *redis, struct key key)
{
    command_begin(redis, 2);
    command_string(redis, "HGETALL");
    command_text(redis, key_text(&key));
}

static struct error ask_view(struct looking *looking, struct reply **results)
{
    struct redis *redis = looking->redis;
    multi_begin(redis);
    ask_get(redis, lane_key(looking->options->lane, "meta"));
    view_read_append(redis, looking->options->lane, looking->codes, looking->code_count, true);
    for (size_t i = 0; i < looking->code_count; i++) {
        ask_get(redis, view_key_of(looking->options->lane, VIEW_EMPLOYERS, looking->codes[i]));
    }
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
    const size_t employers = RESULTS_BEFORE_REGIONS + view_read_result(looking->code_count) + 1;
    for (size_t i = 0; i < looking->code_count; i++) {
        const struct key key = view_key_of(lane, VIEW_EMPLOYERS, looking->codes[i]);
        picture_hash(&out->view, key_text(&key), reply_at(results, employers + i));
    }
    take_strange(looking, results, employers + looking->code_count);
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

static void *room(void *memory, size_t *capacity, size_t wanted, size_t size)
{
    if (wanted <= *capacity) {
        return memory;
    }
    *capacity = 2 * wanted + 256;
    memory = realloc(memory, *capacity * size);
    assert(memory != NULL);
    return memory;
}

static void keep_field(struct lane_found *found, struct text field, struct text value)
{
    const size_t wanted = found->length + field.length + value.length;
    found->bytes = room(found->bytes, &found->bytes_capacity, wanted, 1);
    found->fields =
        room(found->fields, &found->field_capacity, found->field_count + 1, sizeof *found->fields);
    found->fields[found->field_count++] =
        (struct found_field){found->length, field.length, value.length};
    if (field.length > 0) {
        memcpy(found->bytes + found->length, field.at, field.length);
    }
    if (value.length > 0) {
        memcpy(found->bytes + found->length + field.length, value.at, value.length);
    }
    found->length = wanted;
}

/* A key of another type has one field "". */
static void keep_bucket(struct lane_found *found, const struct reply *reply)
{
    if (reply_kind(reply) != REPLY_LIST) {
        keep_field(found, TEXT(""), TEXT("(a key of another type)"));
    }
    for (size_t i = 0; i + 1 < reply_count(reply); i += 2) {
        keep_field(found, reply_text(reply_at(reply, i)), reply_text(reply_at(reply, i + 1)));
    }
    found->bucket_fields = room(found->bucket_fields, &found->bucket_capacity,
                                found->bucket_count + 2, sizeof *found->bucket_fields);
    found->bucket_fields[0] = 0;
    found->bucket_fields[++found->bucket_count] = found->field_count;
}

static struct error ask_piece(struct looking *looking, struct reply **results)
{
    struct redis *redis = looking->redis;
    const int32_t lane = looking->options->lane;
    const uint64_t first = looking->out->bucket_count;
    multi_begin(redis);
    ask_get(redis, lane_key(lane, "meta"));
    ask_get(redis, lane_key(lane, "tally"));
    for (uint64_t i = 0; i < PIECE_BUCKETS; i++) {
        ask_get(redis, lane_bucket_key(lane, first + i));
    }
    return multi_read(redis, results);
}

static void take_piece(struct lane_found *out, const struct lane_meta *meta,
                       const struct reply *results)
{
    const uint64_t first = out->bucket_count;
    const uint64_t all = buckets_of(meta->participants);
    const uint64_t left = all > first ? all - first : 0;
    out->pieces =
        room(out->pieces, &out->piece_capacity, out->piece_count + 1, sizeof *out->pieces);
    struct found_piece *piece = &out->pieces[out->piece_count++];
    *piece = (struct found_piece){
        .position = meta->copy.position,
        .participants = meta->participants,
        .first_bucket = first,
        .buckets = left < PIECE_BUCKETS ? left : PIECE_BUCKETS,
    };
    for (uint64_t i = 0; i < piece->buckets; i++) {
        keep_bucket(out, reply_at(results, RESULTS_BEFORE_BUCKETS + i));
    }
}

/* Else meta says more participants than there are. */
static bool last_is_there(const struct lane_found *found)
{
    return found->bucket_count > 0 && lane_found_fields(found, found->bucket_count - 1) > 0;
}

/* `*more`: there are further buckets; `*whole` false: there is no copy (any more). */
static struct error read_piece(struct looking *looking, bool *whole, bool *more)
{
    struct lane_found *out = looking->out;
    struct reply *results = NULL;
    struct lane_meta meta;
    TRY(ask_piece(looking, &results));
    assert(results != NULL); /* nothing is watched */
    lane_meta_parse(reply_at(results, 0), &meta);
    *whole = meta.copy.present && lane_meta_is_of(&meta, looking->options);
    *more = false;
    if (*whole) {
        if (out->piece_count == 0) {
            const struct key tally = lane_key(looking->options->lane, "tally");
            picture_hash(&out->tallies, key_text(&tally), reply_at(results, 1));
        }
        take_piece(out, &meta, results);
        *more = out->bucket_count < buckets_of(meta.participants) && last_is_there(out);
    }
    reply_free(results);
    return no_error();
}

static int by_position(const void *a, const void *b)
{
    const struct found_piece *x = a;
    const struct found_piece *y = b;
    return (x->position.sequence > y->position.sequence) -
           (x->position.sequence < y->position.sequence);
}

static struct error read_copy(struct looking *looking, bool *whole)
{
    struct lane_found *out = looking->out;
    bool more = true;
    out->piece_count = out->field_count = out->length = 0;
    out->bucket_count = 0;
    picture_reset(&out->tallies);
    while (more) {
        TRY(read_piece(looking, whole, &more));
    }
    if (!*whole) {
        out->piece_count = 0;
    } else {
        qsort(out->pieces, out->piece_count, sizeof *out->pieces, by_position);
    }
    return no_error();
}

/* All of it. */

static struct error of_another_log(const struct lane_store_options *options, const char *what)
{
    return error_make(ERROR_FATAL, "store_of_another_log",
                      "lane %" PRId32 ": %s. Name the Redis of this log with --redis.address, or "
                      "leave it out with --topics-only",
                      options->lane, what);
}

/* `*whole`: there is no meta, or copy and view; while a lane is filled there is the copy alone. */
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
        TRY(read_copy(looking, whole));
        *whole = *whole && looking->out->meta.view.present;
    }
    return no_error();
}

static struct error look_often(struct looking *looking)
{
    bool whole = false;
    for (unsigned tries = 0; tries < TRIES_MAX && !whole; tries++) {
        if (tries > 0) {
            clock_sleep_ms(PAUSE_MS);
        }
        TRY(look(looking, &whole));
    }
    return no_error();
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
    *out = (struct lane_found){.pieces = NULL};
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
    free(found->pieces);
    free(found->bucket_fields);
    free(found->fields);
    free(found->bytes);
    found->pieces = NULL;
    found->bucket_fields = NULL;
    found->fields = NULL;
    found->bytes = NULL;
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

size_t lane_found_fields(const struct lane_found *found, uint64_t bucket)
{
    assert(bucket < found->bucket_count);
    return found->bucket_fields[bucket + 1] - found->bucket_fields[bucket];
}

static const struct found_field *field_of_bucket(const struct lane_found *found, uint64_t bucket,
                                                 size_t index)
{
    assert(index < lane_found_fields(found, bucket));
    return &found->fields[found->bucket_fields[bucket] + index];
}

struct text lane_found_field(const struct lane_found *found, uint64_t bucket, size_t index)
{
    const struct found_field *field = field_of_bucket(found, bucket, index);
    return text_of(found->bytes + field->at, field->field_length);
}

struct text lane_found_value(const struct lane_found *found, uint64_t bucket, size_t index)
{
    const struct found_field *field = field_of_bucket(found, bucket, index);
    return text_of(found->bytes + field->at + field->field_length, field->value_length);
}

void picture_participant(struct picture *picture, const struct participant_item *item)
{
    char number[VARINT_BYTES_MAX];
    const size_t length = varint_print(item->number, number);
    picture_parts(picture, item->id, text_of(number, length), item->bytes);
}
