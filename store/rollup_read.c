/* Reading the lanes. Each is read in one MULTI with its meta, so at one sequence. What one lane
   changed is asked of all, and asked again when meanwhile a lane changed more than that. */
#include "store/rollup_internal.h"

#include <assert.h>
#include <stdlib.h>

#define ROUNDS_MAX 20
#define RESULTS_BEFORE_REGIONS 4 /* meta, mark, changed regions, changed employers */

void rollup_free_read(struct rollup *rollup)
{
    for (int32_t lane = 0; lane < rollup->lane_count; lane++) {
        reply_free(rollup->read[lane].results);
        rollup->read[lane].results = NULL;
    }
}

/* Asking. */

static void append_changed(struct redis *redis, int32_t lane, bool whole, int64_t after)
{
    const struct key key = changed_key(lane);
    command_begin(redis, 4);
    command_string(redis, "ZRANGEBYSCORE");
    command_text(redis, key_text(&key));
    if (whole) {
        command_string(redis, "-inf");
    } else {
        command_number(redis, after + 1);
    }
    command_string(redis, "+inf");
}

static struct error ask(struct rollup *rollup, int32_t lane)
{
    struct redis *redis = rollup->lanes[lane];
    struct lane_read *read = &rollup->read[lane];
    const struct key meta = lane_key(lane, "meta");
    const struct key mark = changed_all_key(lane);
    reply_free(read->results);
    read->results = NULL;
    multi_begin(redis);
    command_key(redis, "HGETALL", meta);
    command_key(redis, "GET", mark);
    append_changed(redis, lane, !rollup->is_loaded, rollup->seen[lane].sequence);
    rollup_ask_employers(rollup, lane);
    view_read_append(redis, lane, rollup->asked, rollup->asked_count, rollup->counts_asked);
    return multi_execute(redis, &read->results);
}

/* Understanding. */

bool rollup_is_shown_lane(const struct rollup *rollup, int32_t lane, const struct lane_meta *meta)
{
    struct lane_store_options options = {.lane = lane, .lanes = rollup->lane_count};
    memcpy(options.log_id, rollup->log_id, sizeof options.log_id);
    return meta->present && meta->view.present && lane_meta_is_of(meta, &options);
}

void rollup_take_mark(const struct reply *reply, char mark[MARK_BYTES])
{
    const struct text found = reply_text(reply);
    const size_t length = found.length < MARK_BYTES ? found.length : MARK_BYTES - 1;
    memset(mark, 0, MARK_BYTES);
    if (length > 0) {
        memcpy(mark, found.at, length);
    }
}

/* Notes what a lane says it changed. */
static void take_changed(struct rollup *rollup, const struct reply *changed)
{
    for (size_t i = 0; i < reply_count(changed); i++) {
        const struct text member = reply_text(reply_at(changed, i));
        const uint32_t number = node_number(member);
        if (text_equal(member, TEXT("counts"))) {
            rollup->counts_wanted = true;
        } else if (number < NODE_PROVINCES) {
            rollup->wanted[number] = true;
        }
    }
}

/* Makes the list to ask for; false when it holds no more than the one before. */
static bool widen(struct rollup *rollup)
{
    const size_t before = rollup->asked_count + rollup->counts_asked;
    rollup->asked_count = 0;
    for (uint16_t code = 0; code < REGION_CODES; code++) {
        if (rollup->wanted[code]) {
            rollup->asked[rollup->asked_count++] = code;
        }
    }
    rollup->counts_asked = rollup->counts_wanted;
    return rollup->asked_count + rollup->counts_asked > before;
}

bool rollup_region_is_read(const struct rules *rules, uint16_t code)
{
    return code == 0 || rules->region_known[code] == 1;
}

static void want_first(struct rollup *rollup, const struct rules *rules)
{
    memset(rollup->wanted, 0, sizeof rollup->wanted);
    rollup->counts_wanted = !rollup->is_loaded;
    rollup->asked_count = 0;
    rollup->counts_asked = false;
    for (uint16_t code = 0; code < REGION_CODES && !rollup->is_loaded; code++) {
        rollup->wanted[code] = rollup_region_is_read(rules, code);
    }
    (void)widen(rollup);
}

enum round { ROUND_AGAIN, ROUND_FROM_START, ROUND_SETTLED, ROUND_INCOMPLETE };

static enum round judge_lane(struct rollup *rollup, int32_t lane)
{
    struct lane_read *read = &rollup->read[lane];
    const struct lane_seen *seen = &rollup->seen[lane];
    if (read->results == NULL) {
        return ROUND_INCOMPLETE;
    }
    lane_meta_parse(reply_at(read->results, 0), &read->meta);
    rollup_take_mark(reply_at(read->results, 1), read->mark);
    if (!rollup_is_shown_lane(rollup, lane, &read->meta)) {
        return ROUND_INCOMPLETE;
    }
    if (rollup->is_loaded && strcmp(read->mark, seen->mark) != 0) {
        return ROUND_FROM_START;
    }
    const int64_t sequence = read->meta.view.position.sequence;
    if (sequence < seen->sequence || (seen->has_employers && sequence < seen->employers_sequence)) {
        return ROUND_INCOMPLETE;
    }
    take_changed(rollup, reply_at(read->results, 2));
    return ROUND_SETTLED;
}

static struct error read_lane(struct rollup *rollup, const struct rules *rules, int32_t lane,
                              enum round *round)
{
    TRY(rollup_load_employers(rollup, rules, lane));
    TRY(ask(rollup, lane));
    *round = judge_lane(rollup, lane);
    if (*round == ROUND_SETTLED) {
        bool taken = false;
        TRY(rollup_take_employers(rollup, lane, reply_at(rollup->read[lane].results, 3), &taken));
        *round = taken ? ROUND_SETTLED : ROUND_AGAIN;
    }
    return no_error();
}

static struct error one_round(struct rollup *rollup, const struct rules *rules, enum round *round)
{
    *round = ROUND_SETTLED;
    for (int32_t lane = 0; lane < rollup->lane_count && *round == ROUND_SETTLED; lane++) {
        TRY(read_lane(rollup, rules, lane, round));
    }
    if (*round == ROUND_SETTLED && widen(rollup)) {
        *round = ROUND_AGAIN;
    }
    return no_error();
}

struct error rollup_read_lanes(struct rollup *rollup, const struct rules *rules, bool *complete)
{
    *complete = false;
    want_first(rollup, rules);
    for (int rounds = 0; rounds < ROUNDS_MAX; rounds++) {
        enum round round = ROUND_INCOMPLETE;
        TRY(one_round(rollup, rules, &round));
        if (round == ROUND_FROM_START) {
            rollup_forget(rollup);
            want_first(rollup, rules);
        }
        if (round == ROUND_SETTLED || round == ROUND_INCOMPLETE) {
            *complete = round == ROUND_SETTLED;
            return no_error();
        }
    }
    return no_error();
}

bool rollup_lanes_moved(const struct rollup *rollup)
{
    for (int32_t lane = 0; lane < rollup->lane_count; lane++) {
        if (rollup->read[lane].meta.view.position.sequence != rollup->seen[lane].sequence) {
            return true;
        }
    }
    return false;
}

/* Taking. */

static struct error not_a_counter(int32_t lane, const char *key, const char *code)
{
    return error_make(ERROR_RETRY, "store_changed",
                      "lane %d: a field of jaga:{%d}:%s%s%s is no counter", (int)lane, (int)lane,
                      key, code[0] == '\0' ? "" : ":", code);
}

static struct error add_up(struct rollup *rollup, size_t index, struct sums *after)
{
    char code[REGION_TEXT_BYTES];
    region_print(rollup->asked[index], code);
    for (int32_t lane = 0; lane < rollup->lane_count; lane++) {
        const struct reply *results = rollup->read[lane].results;
        const size_t at = RESULTS_BEFORE_REGIONS + view_read_result(index);
        if (!sums_take_totals(after, rollup->known.measures, reply_at(results, at))) {
            return not_a_counter(lane, "region", code);
        }
        if (!sums_take_days(after, rollup->known.measures, reply_at(results, at + 1))) {
            return not_a_counter(lane, "days", code);
        }
    }
    sums_settle(after);
    return no_error();
}

static void swap(struct sums *a, struct sums *b)
{
    const struct sums kept = *a;
    *a = *b;
    *b = kept;
}

/* They are no sum of what lanes count, so they are not among what was read. */
static void keep_employers(const struct rollup *rollup, uint16_t code, struct sums *after)
{
    const struct node *node = rollup->known.nodes[code];
    for (size_t i = 0; node != NULL && i < node->sums.count; i++) {
        const struct sum_item *item = &node->sums.items[i];
        if (item->measure == rollup->known.employers_measure) {
            sums_add(after, item->measure, item->day, item->value);
        }
    }
}

/* The region takes its new sums; its change goes up to the province and the country. */
static struct error take_region(struct rollup *rollup, size_t index)
{
    struct sums after = {NULL, 0, 0};
    struct sums change = {NULL, 0, 0};
    const uint16_t code = rollup->asked[index];
    keep_employers(rollup, code, &after);
    const struct error error = add_up(rollup, index, &after);
    if (!failed(&error) && (after.count > 0 || rollup->known.nodes[code] != NULL)) {
        struct node *node = node_of(&rollup->known, code);
        sums_combine(&after, &node->sums, -1, &change);
        swap(&node->sums, &after);
        sums_add_all(&node->change, &change);
        sums_add_all(&node_of(&rollup->known, NODE_PROVINCES + code / 100u)->change, &change);
        sums_add_all(&node_of(&rollup->known, NODE_COUNTRY)->change, &change);
    }
    sums_clear(&after);
    sums_clear(&change);
    return error;
}

static void settle_changes(struct rollup *rollup)
{
    for (uint32_t i = 0; i < NODE_COUNT; i++) {
        struct node *node = rollup->known.nodes[i];
        if (node == NULL || node->change.count == 0) {
            continue;
        }
        sums_settle(&node->change);
        if (i >= NODE_PROVINCES) {
            struct sums after = {NULL, 0, 0};
            sums_combine(&node->sums, &node->change, 1, &after);
            swap(&node->sums, &after);
            sums_clear(&after);
        }
        node->series_due = node->series_due || node->change.count > 0;
    }
}

static struct error take_counts(struct rollup *rollup)
{
    rollup->counts_changed = rollup->counts_asked;
    if (!rollup->counts_asked) {
        return no_error();
    }
    counts_begin(&rollup->known.counts);
    for (int32_t lane = 0; lane < rollup->lane_count; lane++) {
        const size_t at = RESULTS_BEFORE_REGIONS + view_read_result(rollup->asked_count);
        if (!counts_take(&rollup->known.counts, reply_at(rollup->read[lane].results, at))) {
            return not_a_counter(lane, "counts", "");
        }
    }
    counts_end(&rollup->known.counts);
    return no_error();
}

struct error rollup_take_lanes(struct rollup *rollup)
{
    for (size_t i = 0; i < rollup->asked_count; i++) {
        TRY(take_region(rollup, i));
    }
    settle_changes(rollup);
    public_known_settle_employers(&rollup->known);
    TRY(take_counts(rollup));
    for (int32_t lane = 0; lane < rollup->lane_count; lane++) {
        rollup->seen[lane].sequence = rollup->read[lane].meta.view.position.sequence;
        memcpy(rollup->seen[lane].mark, rollup->read[lane].mark, MARK_BYTES);
    }
    return no_error();
}
