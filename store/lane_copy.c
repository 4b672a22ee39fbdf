/* The copy: every participant of a lane with the tallies, for a restart. */
#include "store/lane_internal.h"

#include <assert.h>
#include <stdlib.h>

#include "store/encode.h"
#include "support/fault.h"

#define FILL_CHUNK 2000 /* participants; more in one MULTI would hold up Redis's other clients */
#define LOADS_IN_FLIGHT 200 /* buckets asked for ahead of the one being read */

/* Loading. */

struct bucket {
    bool is_there[PARTICIPANTS_PER_BUCKET];
    struct text id[PARTICIPANTS_PER_BUCKET], bytes[PARTICIPANTS_PER_BUCKET];
};

/* False unless the reply holds exactly the `wanted` first numbers of the bucket. */
static bool bucket_parse(const struct reply *reply, uint64_t number, uint64_t wanted,
                         struct bucket *out)
{
    memset(out->is_there, 0, sizeof out->is_there);
    if (reply_count(reply) != 2 * wanted) {
        return false;
    }
    for (size_t i = 0; i < wanted; i++) {
        uint64_t at = 0;
        struct text bytes = reply_text(reply_at(reply, 2 * i + 1));
        if (!varint_take(&bytes, &at) || at / PARTICIPANTS_PER_BUCKET != number) {
            return false;
        }
        const size_t slot = at % PARTICIPANTS_PER_BUCKET;
        if (slot >= wanted || out->is_there[slot]) {
            return false;
        }
        out->is_there[slot] = true;
        out->id[slot] = reply_text(reply_at(reply, 2 * i));
        out->bytes[slot] = bytes;
    }
    return true;
}

static void append_load(struct lane_store *store, uint64_t bucket)
{
    const struct key key = lane_bucket_key(store->options.lane, bucket);
    command_begin(store->redis, 2);
    command_string(store->redis, "HGETALL");
    command_text(store->redis, key_text(&key));
}

struct loading {
    uint64_t participants, buckets, asked;
    participant_loaded loaded;
    void *context;
};

static bool give_bucket(const struct loading *loading, const struct reply *reply, uint64_t number)
{
    struct bucket bucket;
    const uint64_t first = number * PARTICIPANTS_PER_BUCKET;
    const uint64_t left = loading->participants - first;
    const uint64_t wanted = left < PARTICIPANTS_PER_BUCKET ? left : PARTICIPANTS_PER_BUCKET;
    if (!bucket_parse(reply, number, wanted, &bucket)) {
        return false;
    }
    for (uint64_t i = 0; i < wanted; i++) {
        loading->loaded(loading->context, first + i, bucket.id[i], bucket.bytes[i]);
    }
    return true;
}

/* Keeps the pipeline between half full and full, so that requests leave in few writes. */
static void ask_ahead(struct lane_store *store, struct loading *loading, uint64_t got)
{
    if (loading->asked - got > LOADS_IN_FLIGHT / 2) {
        return;
    }
    while (loading->asked < loading->buckets && loading->asked - got < LOADS_IN_FLIGHT) {
        append_load(store, loading->asked++);
    }
}

/* A key of another type is a torn copy; any other refusal says nothing about the copy. */
static struct error refused_read(const struct lane_store *store, const struct reply *reply)
{
    const struct error error = reply_check(store->redis, reply);
    return failed(&error) && strcmp(error.code, "store_changed") != 0 ? error : no_error();
}

static struct error load_buckets(struct lane_store *store, struct loading *loading, bool *torn)
{
    for (uint64_t number = 0; number < loading->buckets; number++) {
        struct reply *reply = NULL;
        ask_ahead(store, loading, number);
        TRY(connection_next(store->redis, &reply));
        const struct error error = refused_read(store, reply);
        *torn = !failed(&error) && !give_bucket(loading, reply, number);
        reply_free(reply);
        if (failed(&error) || *torn) {
            connection_drop(store->redis); /* replies are still under way */
            return error;
        }
    }
    return no_error();
}

/* Meta must still say what it said of the copy when it was read. The view may have gone on. */
static struct error check_unchanged(struct lane_store *store)
{
    const struct expected before = store->expected;
    struct position copy;
    uint64_t participants = 0;
    enum store_state state;
    char what[160];
    TRY(lane_store_meta(store, &state, &copy, &participants, what));
    if (!stand_equal(&before.copy, &store->expected.copy) || before.participants != participants ||
        state != STORE_FILLED) {
        return store_changed(store, "meta changed while the copy was loaded");
    }
    return no_error();
}

struct error lane_store_load(struct lane_store *store, uint64_t participants,
                             participant_loaded loaded, void *context, bool *torn)
{
    struct loading loading = {.participants = participants, .loaded = loaded, .context = context};
    loading.buckets = (participants + PARTICIPANTS_PER_BUCKET - 1) / PARTICIPANTS_PER_BUCKET;
    *torn = false;
    assert(store->is_known);
    TRY(load_buckets(store, &loading, torn));
    return check_unchanged(store);
}

/* What is no number, or no hash at all, counts as not there: the state digest then tells. */
struct error lane_store_load_tallies(struct lane_store *store, tally_loaded loaded, void *context)
{
    struct reply *reply = NULL;
    const struct key key = lane_key(store->options.lane, "tally");
    command_begin(store->redis, 2);
    command_string(store->redis, "HGETALL");
    command_text(store->redis, key_text(&key));
    TRY(connection_exchange(store->redis, &reply, 1));
    const struct error error = refused_read(store, reply);
    for (size_t i = 0; i + 1 < reply_count(reply); i += 2) {
        int64_t value = 0;
        if (number_parse(reply_text(reply_at(reply, i + 1)), &value)) {
            loaded(context, reply_text(reply_at(reply, i)), value);
        }
    }
    reply_free(reply);
    return failed(&error) ? error : check_unchanged(store);
}

/* Saving. */

static int by_number(const void *a, const void *b, void *context)
{
    const struct participant_item *items = context;
    const uint64_t x = items[*(const uint32_t *)a].number;
    const uint64_t y = items[*(const uint32_t *)b].number;
    return (x > y) - (x < y);
}

static bool is_ascending(const struct participant_item *items, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (items[i].number < items[i - 1].number) {
            return false;
        }
    }
    return true;
}

/* The order of numbers, so that one HSET takes all that changed in a bucket. */
static const uint32_t *order_by_number(struct lane_store *store,
                                       const struct participant_item *items, size_t count)
{
    uint32_t *order = order_of(store, count);
    if (!is_ascending(items, count)) {
        struct participant_item *context = (struct participant_item *)(uintptr_t)items;
        qsort_r(order, count, sizeof *order, by_number, context);
    }
    return order;
}

static uint64_t bucket_of(const struct participant_item *item)
{
    return item->number / PARTICIPANTS_PER_BUCKET;
}

static void append_bucket(struct lane_store *store, const struct participant_item *items,
                          const uint32_t *order, size_t count)
{
    const struct key key = lane_bucket_key(store->options.lane, bucket_of(&items[order[0]]));
    command_begin(store->redis, 2 + 2 * count);
    command_string(store->redis, "HSET");
    command_text(store->redis, key_text(&key));
    for (size_t i = 0; i < count; i++) {
        const struct participant_item *item = &items[order[i]];
        char number[VARINT_BYTES_MAX];
        const size_t length = varint_print(item->number, number);
        command_text(store->redis, item->id);
        command_parts(store->redis, text_of(number, length), item->bytes);
    }
}

static void append_participants(struct lane_store *store, const struct participant_item *items,
                                const uint32_t *order, size_t count)
{
    size_t first = 0;
    while (first < count) {
        size_t end = first + 1;
        while (end < count && bucket_of(&items[order[end]]) == bucket_of(&items[order[first]])) {
            end++;
        }
        append_bucket(store, items, order + first, end - first);
        first = end;
    }
}

struct error lane_store_fill(struct lane_store *store, const struct participant_item *items,
                             size_t count)
{
    if (store->is_known && store->expected.copy.present) {
        return store_changed(store, "a copy is there: drop it before filling");
    }
    const uint32_t *order = order_by_number(store, items, count);
    for (size_t done = 0; done < count;) {
        const size_t left = count - done;
        const size_t chunk = left < FILL_CHUNK ? left : FILL_CHUNK;
        TRY(guarded_begin(store, false));
        append_participants(store, items, order + done, chunk);
        GUARDED_END_AT(store, NULL, "fill", "filled");
        done += chunk;
    }
    return no_error();
}

static void append_tallies(struct lane_store *store, const struct tally_item *tallies, size_t count)
{
    const struct key key = lane_key(store->options.lane, "tally");
    if (count == 0) {
        return;
    }
    command_begin(store->redis, 2 + 2 * count);
    command_string(store->redis, "HSET");
    command_text(store->redis, key_text(&key));
    for (size_t i = 0; i < count; i++) {
        command_text(store->redis, tallies[i].name);
        command_number(store->redis, tallies[i].value);
    }
}

struct error lane_store_save_copy(struct lane_store *store, const struct position *position,
                                  uint64_t participants, const struct participant_item *items,
                                  size_t item_count, const struct tally_item *tallies,
                                  size_t tally_count)
{
    TRY(guarded_begin(store, false));
    struct expected after = store->expected; /* settled now, should an answer have been lost */
    after.copy = (struct stand){.present = true, .position = *position};
    after.participants = participants;
    append_participants(store, items, order_by_number(store, items, item_count), item_count);
    append_tallies(store, tallies, tally_count);
    lane_meta_append_copy(store->redis, &store->options, position, participants);
    GUARDED_END_AT(store, &after, "copy_exec", "copy_done");
    return no_error();
}
