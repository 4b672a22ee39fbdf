/* The view: the lane's counters as absolute values, for the roll-up. */
#include "store/lane_internal.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/rules.h"
#include "support/fault.h"

#define MULTI_ITEMS_MAX 20000 /* of an `all`; a change is one transaction whatever its size */
#define UNLINK_KEYS 2000

static const char *const key_names[] = {
    [VIEW_REGION] = "region",
    [VIEW_DAYS] = "days",
    [VIEW_TALLY] = "counts",
    [VIEW_EMPLOYERS] = "employers",
};
static const enum view_key region_keys[] = {VIEW_REGION, VIEW_DAYS, VIEW_EMPLOYERS};
#define REGION_KEYS (sizeof region_keys / sizeof *region_keys)

/* Items of one key stand together. */
static uint32_t group_of(const struct view_item *item)
{
    const uint32_t region = item->key == VIEW_TALLY ? 0 : item->region;
    return region << 2 | (uint32_t)item->key;
}

static int by_group(const void *a, const void *b, void *context)
{
    const struct view_item *items = context;
    const uint32_t x = group_of(&items[*(const uint32_t *)a]);
    const uint32_t y = group_of(&items[*(const uint32_t *)b]);
    return (x > y) - (x < y);
}

static const uint32_t *order_by_group(struct lane_store *store, const struct view_item *items,
                                      size_t count)
{
    uint32_t *order = order_of(store, count);
    struct view_item *context = (struct view_item *)(uintptr_t)items;
    if (count > 1) {
        qsort_r(order, count, sizeof *order, by_group, context);
    }
    return order;
}

static void check_items(const struct view_item *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const uint16_t region = items[i].region;
        assert(items[i].key == VIEW_TALLY ||
               (region < REGION_CODES && (region == 0 || region % 100 != 0)));
    }
}

struct key view_key_of(int32_t lane, enum view_key name, uint16_t region)
{
    char code[REGION_TEXT_BYTES];
    if (name == VIEW_TALLY) {
        return lane_key(lane, key_names[name]);
    }
    region_print(region, code);
    return lane_key_of(lane, key_names[name], text_of_string(code));
}

static void append_value(struct lane_store *store, const struct view_item *item)
{
    if (item->key == VIEW_EMPLOYERS) {
        command_text(store->redis, item->days);
    } else {
        command_number(store->redis, item->value);
    }
}

/* One HSET for the values of a key and one HDEL for its zeros. */
static void append_group(struct lane_store *store, const struct view_item *items,
                         const uint32_t *order, size_t count)
{
    const struct view_item *first = &items[order[0]];
    const struct key key = view_key_of(store->options.lane, first->key, first->region);
    for (int zeros = 0; zeros <= 1; zeros++) {
        size_t wanted = 0;
        for (size_t i = 0; i < count; i++) {
            wanted += view_item_is_nothing(&items[order[i]]) == zeros;
        }
        if (wanted == 0) {
            continue;
        }
        command_begin(store->redis, 2 + (zeros ? 1 : 2) * wanted);
        command_string(store->redis, zeros ? "HDEL" : "HSET");
        command_text(store->redis, key_text(&key));
        for (size_t i = 0; i < count; i++) {
            const struct view_item *item = &items[order[i]];
            if (view_item_is_nothing(item) == zeros) {
                command_text(store->redis, item->field);
                if (!zeros) {
                    append_value(store, item);
                }
            }
        }
    }
}

static void append_items(struct lane_store *store, const struct view_item *items,
                         const uint32_t *order, size_t count)
{
    size_t first = 0;
    while (first < count) {
        size_t end = first + 1;
        while (end < count && group_of(&items[order[end]]) == group_of(&items[order[first]])) {
            end++;
        }
        append_group(store, items, order + first, end - first);
        first = end;
    }
}

/* Every key a view can have, there or not: cheaper than looking through all buckets by SCAN. */
static void append_removal(struct lane_store *store)
{
    static_assert(REGION_KEYS * REGION_CODES % UNLINK_KEYS == 0, "the last command is full too");
    for (uint32_t i = 0; i < REGION_KEYS * REGION_CODES; i++) {
        if (i % UNLINK_KEYS == 0) {
            command_begin(store->redis, 1 + UNLINK_KEYS);
            command_string(store->redis, "UNLINK");
        }
        const struct key key = view_key_of(store->options.lane, region_keys[i % REGION_KEYS],
                                           (uint16_t)(i / REGION_KEYS));
        command_text(store->redis, key_text(&key));
    }
    const struct key counts = view_key_of(store->options.lane, VIEW_TALLY, 0);
    command_begin(store->redis, 2);
    command_string(store->redis, "UNLINK");
    command_text(store->redis, key_text(&counts));
}

/* Items of the group of `order[i]` are told by the hint of regions and counts, and this is the
   first of them. */
static bool is_hinted(const struct view_item *items, const uint32_t *order, size_t i)
{
    const struct view_item *item = &items[order[i]];
    return item->key != VIEW_EMPLOYERS &&
           (i == 0 || group_of(item) != group_of(&items[order[i - 1]]));
}

/* The hint: which regions changed with which sequence, and `counts`. */
static void append_hint(struct lane_store *store, const struct view_item *items,
                        const uint32_t *order, size_t count, int64_t sequence)
{
    const struct key key = changed_key(store->options.lane);
    size_t members = 0;
    for (size_t i = 0; i < count; i++) {
        members += is_hinted(items, order, i);
    }
    if (members == 0) {
        return;
    }
    command_begin(store->redis, 2 + 2 * members);
    command_string(store->redis, "ZADD");
    command_text(store->redis, key_text(&key));
    for (size_t i = 0; i < count; i++) {
        const struct view_item *item = &items[order[i]];
        if (!is_hinted(items, order, i)) {
            continue;
        }
        char code[REGION_TEXT_BYTES];
        region_print(item->region, code);
        command_number(store->redis, sequence);
        command_string(store->redis, item->key == VIEW_TALLY ? "counts" : code);
    }
}

/* "36.71:00c5f24a3a7bd9e1:2024-01-01/": a view on the scratch. */
static struct text change_of(struct lane_store *store, const struct view_item *item)
{
    char code[REGION_TEXT_BYTES];
    const size_t wanted = REGION_TEXT_BYTES + item->field.length + 1 + item->days.length + 1;
    if (wanted > store->changes_capacity) {
        store->changes_capacity = 2 * wanted;
        store->changes = realloc(store->changes, store->changes_capacity);
        assert(store->changes != NULL);
    }
    region_print(item->region, code);
    const int length = snprintf(store->changes, store->changes_capacity, "%s:%.*s:%.*s", code,
                                (int)item->field.length, item->field.at, (int)item->days.length,
                                item->days.length == 0 ? "" : item->days.at);
    assert(length > 0 && (size_t)length < store->changes_capacity);
    return text_of(store->changes, (size_t)length);
}

/* The hint of employers holds what the roll-up is to know, so that it reads each change and nothing
   else. */
static void append_employer_changes(struct lane_store *store, const struct view_item *items,
                                    const uint32_t *order, size_t count, int64_t sequence)
{
    const struct key key = changed_employers_key(store->options.lane);
    size_t members = 0;
    for (size_t i = 0; i < count; i++) {
        members += items[i].key == VIEW_EMPLOYERS;
    }
    if (members == 0) {
        return;
    }
    /* So many say already that some may be missing. */
    members = members < EMPLOYER_CHANGES_MAX ? members : EMPLOYER_CHANGES_MAX;
    command_begin(store->redis, 2 + 2 * members);
    command_string(store->redis, "ZADD");
    command_text(store->redis, key_text(&key));
    for (size_t i = 0; members > 0; i++) {
        const struct view_item *item = &items[order[i]];
        if (item->key == VIEW_EMPLOYERS) {
            command_number(store->redis, sequence);
            command_text(store->redis, change_of(store, item));
            members--;
        }
    }
    command_begin(store->redis, 4);
    command_string(store->redis, "ZREMRANGEBYRANK");
    command_text(store->redis, key_text(&key));
    command_string(store->redis, "0");
    command_number(store->redis, -(EMPLOYER_CHANGES_MAX + 1));
}

/* After an `all` the hint begins anew under a fresh mark, so that the roll-up takes nothing as
 * known. */
static void append_all_mark(struct lane_store *store, const char mark[2 * TOKEN_BYTES + 1])
{
    const struct key changed = changed_key(store->options.lane);
    const struct key all = changed_all_key(store->options.lane);
    const struct key employers = changed_employers_key(store->options.lane);
    command_begin(store->redis, 3);
    command_string(store->redis, "DEL");
    command_text(store->redis, key_text(&changed));
    command_text(store->redis, key_text(&employers));
    command_begin(store->redis, 3);
    command_string(store->redis, "SET");
    command_text(store->redis, key_text(&all));
    command_string(store->redis, mark);
}

static struct error remove_view(struct lane_store *store)
{
    TRY(guarded_begin(store, false));
    struct expected after = store->expected;
    after.view.present = false;
    append_removal(store);
    lane_meta_append_no_view(store->redis, &store->options);
    return guarded_end(store, &after);
}

static struct error save_chunk(struct lane_store *store, const struct view_item *items,
                               const uint32_t *order, size_t count)
{
    TRY(guarded_begin(store, false));
    append_items(store, items, order, count);
    return guarded_end(store, NULL);
}

/* What does not fit one transaction goes first, with no view position in meta; `done` items then
   are written. */
static struct error save_large(struct lane_store *store, const struct view_item *items,
                               const uint32_t *order, size_t count, size_t *done)
{
    *done = 0;
    if (count <= MULTI_ITEMS_MAX) {
        return no_error();
    }
    TRY(remove_view(store));
    while (count - *done > MULTI_ITEMS_MAX) {
        TRY(save_chunk(store, items, order + *done, MULTI_ITEMS_MAX));
        *done += MULTI_ITEMS_MAX;
    }
    return no_error();
}

static struct error save_all(struct lane_store *store, const struct position *position,
                             const struct view_item *items, const uint32_t *order, size_t count)
{
    size_t done = 0;
    char mark[2 * TOKEN_BYTES + 1];
    TRY(fresh_token(mark));
    TRY(save_large(store, items, order, count, &done));
    TRY(guarded_begin(store, false));
    struct expected after = store->expected;
    after.view = (struct stand){.present = true, .position = *position};
    if (done == 0) {
        append_removal(store);
    }
    append_items(store, items, order + done, count - done);
    append_all_mark(store, mark);
    append_hint(store, items, order, count, position->sequence);
    lane_meta_append_view(store->redis, &store->options, position);
    GUARDED_END_AT(store, &after, "view_exec", "view_done");
    return no_error();
}

static struct error save_changes(struct lane_store *store, const struct position *position,
                                 const struct view_item *items, const uint32_t *order, size_t count)
{
    TRY(guarded_begin(store, false));
    if (!store->expected.view.present) {
        connection_drop(store->redis); /* the transaction just begun */
        return store_changed(store, "there is no view to change: write all of it");
    }
    struct expected after = store->expected;
    after.view = (struct stand){.present = true, .position = *position};
    append_items(store, items, order, count);
    append_hint(store, items, order, count, position->sequence);
    append_employer_changes(store, items, order, count, position->sequence);
    lane_meta_append_view(store->redis, &store->options, position);
    GUARDED_END_AT(store, &after, "view_exec", "view_done");
    return no_error();
}

struct error lane_store_save_view(struct lane_store *store, const struct position *position,
                                  bool all, const struct view_item *items, size_t item_count)
{
    check_items(items, item_count);
    const uint32_t *order = order_by_group(store, items, item_count);
    if (all) {
        return save_all(store, position, items, order, item_count);
    }
    return save_changes(store, position, items, order, item_count);
}
