/* The employers of the lanes. Unlike counters they are not read anew when a region changed: all of
   them once, and then each change, from the hint of employers. */
#include "store/rollup_internal.h"

#include <assert.h>
#include <stdlib.h>

#include "store/lane_store.h"

#define PIECE_REGIONS 32 /* in one answer */

static struct error no_days(int32_t lane)
{
    return error_make(ERROR_RETRY, "store_changed",
                      "lane %d: what jaga:{%d} says of an employer is no list of days", (int)lane,
                      (int)lane);
}

static struct error take(struct rollup *rollup, int32_t lane, uint16_t region, struct text employer,
                         struct text text)
{
    uint64_t hash = 0;
    size_t count = 0;
    struct days *days = calloc(days_most(text), sizeof *days);
    assert(days != NULL);
    const bool read = employer_parse(employer, &hash) && days_parse(text, days, &count);
    if (read) {
        public_known_employer(&rollup->known, lane, region, hash, days, count);
    }
    free(days);
    return read ? no_error() : no_days(lane);
}

/* All of a lane. */

/* Where the lane stands now; `*shown` false: it shows nothing. */
static struct error look(struct rollup *rollup, int32_t lane, bool *shown)
{
    struct redis *redis = rollup->lanes[lane];
    struct lane_seen *seen = &rollup->seen[lane];
    const struct key keys[] = {lane_key(lane, "meta"), changed_all_key(lane)};
    static const char *const commands[] = {"HGETALL", "GET"};
    struct reply *results = NULL;
    struct lane_meta meta;
    multi_begin(redis);
    for (size_t i = 0; i < 2; i++) {
        command_begin(redis, 2);
        command_string(redis, commands[i]);
        command_text(redis, key_text(&keys[i]));
    }
    TRY(multi_execute(redis, &results));
    lane_meta_parse(reply_at(results, 0), &meta);
    rollup_take_mark(reply_at(results, 1), seen->employers_mark);
    *shown = results != NULL && rollup_is_shown_lane(rollup, lane, &meta);
    seen->employers_sequence = meta.view.position.sequence;
    reply_free(results);
    return no_error();
}

static struct error take_all(struct rollup *rollup, int32_t lane, uint16_t region,
                             const struct reply *reply)
{
    TRY(reply_check(rollup->lanes[lane], reply));
    for (size_t i = 0; i + 1 < reply_count(reply); i += 2) {
        TRY(take(rollup, lane, region, reply_text(reply_at(reply, i)),
                 reply_text(reply_at(reply, i + 1))));
    }
    return no_error();
}

static struct error load_piece(struct rollup *rollup, int32_t lane, const uint16_t *codes,
                               size_t count)
{
    struct redis *redis = rollup->lanes[lane];
    struct reply *replies[PIECE_REGIONS] = {NULL};
    for (size_t i = 0; i < count; i++) {
        const struct key key = view_key_of(lane, VIEW_EMPLOYERS, codes[i]);
        command_begin(redis, 2);
        command_string(redis, "HGETALL");
        command_text(redis, key_text(&key));
    }
    TRY(connection_exchange(redis, replies, count));
    struct error error = no_error();
    for (size_t i = 0; i < count && !failed(&error); i++) {
        error = take_all(rollup, lane, codes[i], replies[i]);
    }
    replies_free(replies, count);
    return error;
}

struct error rollup_load_employers(struct rollup *rollup, const struct rules *rules, int32_t lane)
{
    uint16_t codes[PIECE_REGIONS];
    size_t count = 0;
    bool shown = false;
    if (rollup->seen[lane].has_employers) {
        return no_error();
    }
    TRY(look(rollup, lane, &shown));
    if (!shown) {
        return no_error();
    }
    public_known_forget_employers(&rollup->known, lane);
    for (uint16_t code = 0; code < REGION_CODES; code++) {
        if (rollup_region_is_read(rules, code)) {
            codes[count++] = code;
        }
        if (count == PIECE_REGIONS || (code == REGION_CODES - 1 && count > 0)) {
            TRY(load_piece(rollup, lane, codes, count));
            count = 0;
        }
    }
    rollup->seen[lane].has_employers = true;
    return no_error();
}

/* Changes. */

void rollup_ask_employers(struct rollup *rollup, int32_t lane)
{
    struct redis *redis = rollup->lanes[lane];
    const struct key key = changed_employers_key(lane);
    command_begin(redis, 4);
    command_string(redis, "ZRANGEBYSCORE");
    command_text(redis, key_text(&key));
    command_number(redis, rollup->seen[lane].employers_sequence + 1);
    command_string(redis, "+inf");
}

/* "36.71:00c5f24a3a7bd9e1:2024-01-01/" */
static struct error take_change(struct rollup *rollup, int32_t lane, struct text change)
{
    const uint32_t code = REGION_TEXT_BYTES - 1;
    const uint32_t employer = code + 1 + EMPLOYER_TEXT_BYTES - 1;
    uint16_t region = 0;
    if (change.length <= employer || change.at[code] != ':' || change.at[employer] != ':' ||
        !region_parse(text_of(change.at, code), &region)) {
        return no_days(lane);
    }
    return take(rollup, lane, region, text_of(change.at + code + 1, EMPLOYER_TEXT_BYTES - 1),
                text_of(change.at + employer + 1, change.length - employer - 1));
}

struct error rollup_take_employers(struct rollup *rollup, int32_t lane, const struct reply *changes,
                                   bool *taken)
{
    struct lane_seen *seen = &rollup->seen[lane];
    const struct lane_read *read = &rollup->read[lane];
    *taken = seen->has_employers && strcmp(seen->employers_mark, read->mark) == 0 &&
             reply_count(changes) < EMPLOYER_CHANGES_MAX;
    seen->has_employers = false; /* until all is taken */
    for (size_t i = 0; i < reply_count(changes) && *taken; i++) {
        TRY(take_change(rollup, lane, reply_text(reply_at(changes, i))));
    }
    if (*taken) {
        seen->has_employers = true;
        seen->employers_sequence = read->meta.view.position.sequence;
    }
    return no_error();
}
