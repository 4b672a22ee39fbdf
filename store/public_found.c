#include "store/public_found.h"

#include <assert.h>
#include <stdio.h>

#include "store/keys.h"
#include "store/public_known.h"
#include "store/scan.h"
#include "support/clock.h"

#define TRIES_MAX 50
#define PAUSE_MS 20

enum content { CONTENT_HASH, CONTENT_SET, CONTENT_RANK, CONTENT_NOT_READ, CONTENT_STRANGE };

static const struct known_name {
    const char *name;
    enum content content;
    bool has_suffix;
} names[] = {
    {"meta", CONTENT_HASH, false},
    {"kpi", CONTENT_HASH, false},
    {"exceptions", CONTENT_HASH, false},
    {"exceptions_by_source", CONTENT_HASH, false},
    {"bases", CONTENT_HASH, false},
    {"batch_other", CONTENT_HASH, false},
    {"regions", CONTENT_SET, false},
    {"batches", CONTENT_SET, false},
    {"rank:coverage:province", CONTENT_RANK, false},
    {"rank:coverage:regency", CONTENT_RANK, false},
    {"region:", CONTENT_HASH, true},
    {"days:", CONTENT_HASH, true},
    {"batch:", CONTENT_HASH, true},
    {"series:", CONTENT_NOT_READ, true},
};
#define NAME_COUNT (sizeof names / sizeof *names)

static const char *const commands[] = {
    [CONTENT_HASH] = "HGETALL",  [CONTENT_SET] = "SMEMBERS", [CONTENT_RANK] = "ZRANGE",
    [CONTENT_NOT_READ] = "TYPE", [CONTENT_STRANGE] = "TYPE",
};

static enum content content_of(struct text key)
{
    for (size_t i = 0; i < NAME_COUNT; i++) {
        const struct key name = public_key(names[i].name);
        const bool begins =
            key.length >= name.length && memcmp(key.at, name.bytes, name.length) == 0;
        if (begins &&
            (names[i].has_suffix ? key.length > name.length : key.length == name.length)) {
            return names[i].content;
        }
    }
    return CONTENT_STRANGE;
}

/* Which keys to read: those there are, and those the lists name. */

static void want(void *context, struct text key)
{
    struct picture *wanted = context;
    picture_key(wanted, key);
    picture_text(wanted, TEXT(""), TEXT(""));
}

static void want_member(struct picture *wanted, const char *name, struct text member)
{
    if (member.length < BATCH_TEXT_BYTES) {
        const struct key key = public_key_of(name, member);
        want(wanted, key_text(&key));
    }
}

/* `lists`: the members of `regions` and of `batches`. */
static void want_all(struct picture *wanted, struct reply *const lists[2])
{
    for (size_t i = 0; i < NAME_COUNT; i++) {
        if (!names[i].has_suffix) {
            const struct key key = public_key(names[i].name);
            want(wanted, key_text(&key));
        }
    }
    for (size_t i = 0; i < reply_count(lists[0]); i++) {
        want_member(wanted, "region", reply_text(reply_at(lists[0], i)));
        want_member(wanted, "days", reply_text(reply_at(lists[0], i)));
    }
    for (size_t i = 0; i < reply_count(lists[1]); i++) {
        want_member(wanted, "batch", reply_text(reply_at(lists[1], i)));
    }
    picture_unique(wanted);
}

static struct error watch_lists(struct redis *redis, struct picture *wanted)
{
    static const struct {
        const char *command, *name;
    } steps[] = {{"WATCH", "meta"}, {"SMEMBERS", "regions"}, {"SMEMBERS", "batches"}};
    struct reply *replies[3] = {NULL, NULL, NULL};
    for (size_t i = 0; i < 3; i++) {
        const struct key key = public_key(steps[i].name);
        command_begin(redis, 2);
        command_string(redis, steps[i].command);
        command_text(redis, key_text(&key));
    }
    TRY(connection_exchange(redis, replies, 3));
    const struct error error = reply_check(redis, replies[0]);
    want_all(wanted, replies + 1);
    replies_free(replies, 3);
    return error;
}

/* Reading. */

static void ask_one(struct redis *redis, struct text key)
{
    const enum content content = content_of(key);
    const bool is_rank = content == CONTENT_RANK;
    command_begin(redis, is_rank ? 5 : 2);
    command_string(redis, commands[content]);
    command_text(redis, key);
    if (is_rank) {
        command_string(redis, "0");
        command_string(redis, "-1");
        command_string(redis, "WITHSCORES");
    }
}

static void take_one(struct picture *out, struct text key, const struct reply *reply)
{
    char value[40];
    switch (content_of(key)) {
    case CONTENT_HASH:
    case CONTENT_RANK: picture_hash(out, key, reply); return;
    case CONTENT_SET: picture_set(out, key, reply); return;
    case CONTENT_NOT_READ: return;
    case CONTENT_STRANGE: break;
    }
    const struct text type = reply_text(reply);
    if (!text_equal(type, TEXT("none"))) {
        (void)snprintf(value, sizeof value, "(a %.*s)", (int)type.length, type.at);
        picture_key(out, key);
        picture_text(out, TEXT(""), text_of_string(value));
    }
}

/* `*moved`: the roll-up wrote meanwhile. */
static struct error read_once(struct redis *redis, struct picture *wanted, struct picture *out,
                              bool *moved)
{
    struct reply *results = NULL;
    TRY(watch_lists(redis, wanted));
    multi_begin(redis);
    for (size_t i = 0; i < wanted->count; i++) {
        ask_one(redis, picture_key_at(wanted, i));
    }
    TRY(multi_read(redis, &results));
    *moved = results == NULL;
    for (size_t i = 0; i < wanted->count && !*moved; i++) {
        take_one(out, picture_key_at(wanted, i), reply_at(results, i));
    }
    reply_free(results);
    return no_error();
}

static struct error read_often(struct redis *redis, struct picture *wanted, struct picture *out)
{
    const struct key all = public_key("*");
    TRY(scan_all(redis, key_text(&all), want, wanted));
    for (unsigned tries = 0; tries < TRIES_MAX; tries++) {
        bool moved;
        TRY(read_once(redis, wanted, out, &moved));
        if (!moved) {
            return no_error();
        }
        clock_sleep_ms(PAUSE_MS);
    }
    return error_make(ERROR_RETRY, "store_changed", "the public keys do not hold still");
}

struct error public_found_read(const struct redis_settings *settings, struct picture *out)
{
    struct redis *redis = NULL;
    struct picture wanted = {.bytes = NULL};
    *out = (struct picture){.bytes = NULL};
    TRY(redis_open(settings, -1, &redis));
    const struct error error = read_often(redis, &wanted, out);
    picture_close(&wanted);
    redis_close(redis);
    return error;
}
