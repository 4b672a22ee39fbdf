/* A lane's keys: opening, owning, meta, dropping, and the compare-and-set that every write goes
   through. The copy is in lane_copy.c, the view in lane_view.c. */
#include "store/lane_internal.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include "store/scan.h"

#define LOG_ID_TEXT_BYTES 33

struct error lane_store_open(const struct redis_settings *settings,
                             const struct lane_store_options *options, struct lane_store **out)
{
    *out = NULL;
    assert(options->lane >= 0 && options->lane < options->lanes);
    struct redis *redis = NULL;
    TRY(redis_open(settings, options->lane, &redis));
    struct lane_store *store = calloc(1, sizeof *store);
    assert(store != NULL);
    store->redis = redis;
    store->options = *options;
    *out = store;
    return no_error();
}

void lane_store_close(struct lane_store *store)
{
    if (store == NULL) {
        return;
    }
    redis_close(store->redis);
    free(store->order);
    free(store->changes);
    free(store);
}

struct error store_changed(const struct lane_store *store, const char *what)
{
    return error_make(ERROR_RETRY, "store_changed", "lane %" PRId32 ": in Redis %s",
                      store->options.lane, what);
}

struct error settle(const struct lane_store *store, struct reply *reply)
{
    const struct error error = reply_check(store->redis, reply);
    reply_free(reply);
    return error;
}

uint32_t *order_of(struct lane_store *store, size_t count)
{
    assert(count <= UINT32_MAX);
    if (count > store->order_capacity) {
        store->order = realloc(store->order, count * sizeof *store->order);
        assert(store->order != NULL);
        store->order_capacity = count;
    }
    for (uint32_t i = 0; i < count; i++) {
        store->order[i] = i;
    }
    return store->order;
}

/* Owning. */

struct error fresh_token(char out[2 * TOKEN_BYTES + 1])
{
    uint8_t bytes[TOKEN_BYTES];
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes) {
        return error_make(ERROR_RETRY, "no_randomness", "the system gives no random bytes");
    }
    hex_print(bytes, sizeof bytes, out);
    return no_error();
}

static void append_set_owner(struct lane_store *store)
{
    const struct key key = lane_key(store->options.lane, "owner");
    command_begin(store->redis, 3);
    command_string(store->redis, "SET");
    command_text(store->redis, key_text(&key));
    command_string(store->redis, store->token);
}

struct error lane_store_own(struct lane_store *store)
{
    TRY(fresh_token(store->token));
    store->is_known = false;
    store->is_unsure = false;
    struct reply *reply = NULL;
    append_set_owner(store);
    TRY(connection_exchange(store->redis, &reply, 1));
    TRY(settle(store, reply));
    store->is_owned = true;
    return no_error();
}

/* Meta. */

static void append_get_meta(struct lane_store *store)
{
    command_key(store->redis, "HGETALL", lane_key(store->options.lane, "meta"));
}

/* A meta of another type is no meta: the drop that follows removes it. */
static bool is_wrong_type(const struct reply *reply)
{
    const struct text text = reply_text(reply);
    return reply_kind(reply) == REPLY_ERROR && text.length >= 9 &&
           memcmp(text.at, "WRONGTYPE", 9) == 0;
}

static struct error read_meta(struct lane_store *store, struct lane_meta *meta)
{
    struct reply *reply = NULL;
    append_get_meta(store);
    TRY(connection_exchange(store->redis, &reply, 1));
    if (reply_kind(reply) == REPLY_ERROR && !is_wrong_type(reply)) {
        return settle(store, reply);
    }
    lane_meta_parse(reply, meta);
    reply_free(reply);
    return no_error();
}

static void describe(const struct lane_meta *meta, char what[160])
{
    char log_id[LOG_ID_TEXT_BYTES];
    hex_print(meta->log_id, sizeof meta->log_id, log_id);
    (void)snprintf(what, 160,
                   "Redis holds log %s, lane %" PRId64 " of %" PRId64 ", format %" PRId64
                   " (-1: not there)",
                   log_id, meta->lane, meta->lanes, meta->format);
}

struct error lane_store_meta(struct lane_store *store, enum store_state *state,
                             struct position *copy, uint64_t *participants, char what[160])
{
    struct lane_meta meta;
    what[0] = '\0';
    memset(copy, 0, sizeof *copy);
    copy->journal_offset = -1;
    *participants = 0;
    TRY(read_meta(store, &meta));
    store->expected = (struct expected){meta.copy, meta.view, meta.participants};
    store->is_known = true;
    store->is_unsure = false;
    *state = STORE_EMPTY;
    if (meta.present && !lane_meta_is_of(&meta, &store->options)) {
        describe(&meta, what);
        *state = STORE_OF_ANOTHER_LOG;
        return no_error();
    }
    if (meta.copy.present) {
        *state = STORE_FILLED;
        *copy = meta.copy.position;
        *participants = meta.participants;
    }
    return no_error();
}

/* Compare and set. */

static struct error check_owner(const struct lane_store *store, const struct reply *owner)
{
    if (reply_kind(owner) == REPLY_NULL) {
        return store_changed(store, "the owner token is gone (emptied or restored)");
    }
    if (reply_kind(owner) == REPLY_ERROR && !is_wrong_type(owner)) {
        return reply_refusal(store->redis, owner);
    }
    if (!text_equal(reply_text(owner), text_of_string(store->token)) ||
        reply_kind(owner) != REPLY_TEXT) {
        return error_make(ERROR_FENCED, "store_taken",
                          "lane %" PRId32 ": another process owns it in Redis",
                          store->options.lane);
    }
    return no_error();
}

static bool meta_says(const struct lane_meta *meta, const struct expected *expected)
{
    return stand_equal(&meta->copy, &expected->copy) && stand_equal(&meta->view, &expected->view) &&
           (!expected->copy.present || meta->participants == expected->participants);
}

static struct error check_meta(struct lane_store *store, const struct reply *reply)
{
    struct lane_meta meta;
    if (is_wrong_type(reply)) {
        return store_changed(store, "meta is no hash");
    }
    TRY(reply_check(store->redis, reply));
    lane_meta_parse(reply, &meta);
    if (meta.present && !lane_meta_is_of(&meta, &store->options)) {
        return store_changed(store, "meta is of another log");
    }
    if (store->is_unsure && meta_says(&meta, &store->attempted)) {
        store->expected = store->attempted;
    }
    if (!meta_says(&meta, &store->expected)) {
        return store_changed(store, meta.present ? "meta is not what was written last"
                                                 : "meta is missing");
    }
    store->is_unsure = false;
    return no_error();
}

/* A watch left by an attempt that went no further must not fail this one. */
static void append_watch(struct lane_store *store, bool owner_only)
{
    const struct key owner = lane_key(store->options.lane, "owner");
    const struct key meta = lane_key(store->options.lane, "meta");
    command_begin(store->redis, 1);
    command_string(store->redis, "UNWATCH");
    command_begin(store->redis, owner_only ? 2 : 3);
    command_string(store->redis, "WATCH");
    command_text(store->redis, key_text(&owner));
    if (!owner_only) {
        command_text(store->redis, key_text(&meta));
    }
    command_begin(store->redis, 2);
    command_string(store->redis, "GET");
    command_text(store->redis, key_text(&owner));
}

struct error guarded_begin(struct lane_store *store, bool owner_only)
{
    assert(store->is_owned);
    if (!owner_only && !store->is_known) {
        return store_changed(store, "meta was not read since the lane was taken");
    }
    struct reply *replies[4] = {NULL, NULL, NULL, NULL};
    const size_t count = owner_only ? 3 : 4;
    append_watch(store, owner_only);
    if (!owner_only) {
        append_get_meta(store);
    }
    TRY(connection_exchange(store->redis, replies, count));
    struct error error = reply_check(store->redis, replies[1]);
    if (!failed(&error)) {
        error = check_owner(store, replies[2]);
    }
    if (!failed(&error) && !owner_only) {
        error = check_meta(store, replies[3]);
    }
    replies_free(replies, count);
    if (!failed(&error)) {
        multi_begin(store->redis);
    }
    return error;
}

struct error lane_store_look(struct lane_store *store)
{
    if (!store->is_known) {
        return store_changed(store, "meta was not read since the lane was taken");
    }
    struct reply *replies[2] = {NULL, NULL};
    const struct key owner = lane_key(store->options.lane, "owner");
    command_begin(store->redis, 2);
    command_string(store->redis, "GET");
    command_text(store->redis, key_text(&owner));
    append_get_meta(store);
    TRY(connection_exchange(store->redis, replies, 2));
    struct error error = check_owner(store, replies[0]);
    if (!failed(&error)) {
        error = check_meta(store, replies[1]);
    }
    replies_free(replies, 2);
    return error;
}

struct error lane_store_still_owned(struct lane_store *store)
{
    struct reply *reply = NULL;
    const struct key key = lane_key(store->options.lane, "owner");
    command_begin(store->redis, 2);
    command_string(store->redis, "GET");
    command_text(store->redis, key_text(&key));
    TRY(connection_exchange(store->redis, &reply, 1));
    const struct error error = check_owner(store, reply);
    reply_free(reply);
    return error;
}

/* EXEC did nothing because owner or meta changed: which? */
static struct error what_changed(struct lane_store *store)
{
    TRY(lane_store_still_owned(store));
    return store_changed(store, "meta changed while writing");
}

struct error guarded_end(struct lane_store *store, const struct expected *after)
{
    struct reply *results = NULL;
    if (after != NULL) {
        store->attempted = *after;
        store->is_unsure = true;
    }
    TRY(multi_execute(store->redis, &results));
    store->is_unsure = false;
    if (results == NULL) {
        return what_changed(store);
    }
    reply_free(results);
    if (after != NULL) {
        store->expected = *after;
    }
    return no_error();
}

/* Dropping. */

static bool is_owner_key(const struct lane_store *store, struct text key)
{
    const struct key owner = lane_key(store->options.lane, "owner");
    return text_equal(key, key_text(&owner));
}

/* The keys SCAN gave, but the owner's. */
static struct error unlink_page(struct lane_store *store, const struct reply *keys)
{
    size_t wanted = 0;
    for (size_t i = 0; i < reply_count(keys); i++) {
        wanted += !is_owner_key(store, reply_text(reply_at(keys, i)));
    }
    if (wanted == 0) {
        return no_error();
    }
    TRY(guarded_begin(store, true));
    command_begin(store->redis, 1 + wanted);
    command_string(store->redis, "UNLINK");
    for (size_t i = 0; i < reply_count(keys); i++) {
        const struct text key = reply_text(reply_at(keys, i));
        if (!is_owner_key(store, key)) {
            command_text(store->redis, key);
        }
    }
    return guarded_end(store, NULL);
}

static struct error drop_page(struct lane_store *store, char cursor[NUMBER_TEXT_BYTES])
{
    struct reply *page = NULL;
    const struct key pattern = lane_pattern(store->options.lane);
    TRY(scan_page(store->redis, key_text(&pattern), cursor, &page));
    const struct error error = unlink_page(store, reply_at(page, 1));
    reply_free(page);
    return error;
}

/* Meta goes first and alone: from there on the store counts as empty, whatever happens. The owner's
   token is written again so that a transaction of ours that was given up but still lies in the
   server's socket finds a watched key touched. */
static struct error drop_meta(struct lane_store *store)
{
    const struct key keys[] = {
        lane_key(store->options.lane, "meta"), changed_key(store->options.lane),
        changed_all_key(store->options.lane), changed_employers_key(store->options.lane)};
    const size_t count = sizeof keys / sizeof *keys;
    TRY(guarded_begin(store, true));
    command_begin(store->redis, 1 + count);
    command_string(store->redis, "DEL");
    for (size_t i = 0; i < count; i++) {
        command_text(store->redis, key_text(&keys[i]));
    }
    append_set_owner(store);
    return guarded_end(store, NULL);
}

struct error lane_store_drop(struct lane_store *store)
{
    store->is_known = false;
    TRY(drop_meta(store));
    char cursor[NUMBER_TEXT_BYTES] = "0";
    do {
        TRY(drop_page(store, cursor));
    } while (strcmp(cursor, "0") != 0);
    memset(&store->expected, 0, sizeof store->expected);
    store->is_known = true;
    store->is_unsure = false;
    return no_error();
}
