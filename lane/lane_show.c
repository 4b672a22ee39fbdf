#include "lane/lane_parts.h"

#include <assert.h>
#include <stdlib.h>

#include "lane/fill_store.h"
#include "support/clock.h"
#include "support/fault.h"
#include "support/log.h"

/* The copy takes at most one part in so many of the lane's time; a fifth is allowed. */
#define COPY_SHARE 10
#define STORE_TRY_SHARE 5 /* of the time: what attempts at a Redis that hangs may take */
#define STORE_PAUSE_US (1 * MICROSECONDS_A_SECOND)
#define STORE_LOOK_US (1 * MICROSECONDS_A_SECOND)
#define FILL_CHUNK 2000
#define COPY_PARTICIPANTS_MAX 500000 /* about 100 MB in one MULTI */

/* `named` items have their names beside them, `others` elsewhere. */
static void reserve_view(struct lane *lane, size_t named, size_t others)
{
    if (named + others > lane->view_capacity) {
        lane->view_capacity = 2 * (named + others);
        free(lane->view_items);
        lane->view_items = calloc(lane->view_capacity, sizeof *lane->view_items);
        assert(lane->view_items != NULL);
    }
    if (named > lane->names_capacity) {
        lane->names_capacity = 2 * named;
        free(lane->view_names);
        lane->view_names = calloc(lane->names_capacity, sizeof *lane->view_names);
        assert(lane->view_names != NULL);
    }
}

static void view_counter(struct lane *lane, size_t at, uint32_t index)
{
    const struct counter counter = counters_at(state_counters(lane->state), index);
    view_item_of_counter(state_rules(lane->state), &counter, lane->view_names[at],
                         &lane->view_items[at]);
}

static void view_tally(struct lane *lane, size_t at, uint32_t index)
{
    const struct tally tally = tallies_at(state_tallies(lane->state), index);
    view_item_of_tally(&tally, &lane->view_items[at]);
}

/* Room for the texts of all first: the items are views on them. */
static void reserve_text(struct lane *lane, bool all, uint32_t count)
{
    const struct employers *employers = state_employers(lane->state);
    size_t wanted = 0;
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t at = all ? i : employers_changed(employers, i);
        wanted += view_employer_bytes(employers_at(employers, at).steps);
    }
    if (wanted > lane->view_text_capacity) {
        free(lane->view_text);
        lane->view_text = malloc(wanted);
        assert(lane->view_text != NULL);
        lane->view_text_capacity = wanted;
    }
}

static void view_employers(struct lane *lane, size_t first, bool all, uint32_t count)
{
    const struct employers *employers = state_employers(lane->state);
    char *text = lane->view_text;
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t at = all ? i : employers_changed(employers, i);
        text += view_item_of_employer(employers, at, text, &lane->view_items[first + i]);
    }
}

static size_t collect_view(struct lane *lane)
{
    struct counters *counters = state_counters(lane->state);
    struct tallies *tallies = state_tallies(lane->state);
    const bool all = !lane->view_is_whole;
    const uint32_t counter_count =
        all ? counters_count(counters) : counters_changed_count(counters);
    const uint32_t tally_count =
        all ? tallies_count(tallies) : tallies_changed_count(tallies, TALLY_FOR_VIEW);
    const struct employers *employers = state_employers(lane->state);
    const uint32_t employer_count =
        all ? employers_count(employers) : employers_changed_count(employers);
    const size_t named = (size_t)counter_count + tally_count;
    reserve_view(lane, named, employer_count);
    reserve_text(lane, all, employer_count);
    for (uint32_t i = 0; i < counter_count; i++) {
        view_counter(lane, i, all ? i : counters_changed(counters, i));
    }
    for (uint32_t i = 0; i < tally_count; i++) {
        view_tally(lane, counter_count + i, all ? i : tallies_changed(tallies, TALLY_FOR_VIEW, i));
    }
    view_employers(lane, named, all, employer_count);
    return named + employer_count;
}

void lane_release_view(struct lane *lane)
{
    free(lane->view_items);
    free(lane->view_names);
    free(lane->view_text);
    lane->view_items = NULL;
    lane->view_names = NULL;
    lane->view_text = NULL;
    lane->view_capacity = lane->names_capacity = lane->view_text_capacity = 0;
}

static struct error save_view(struct lane *lane)
{
    const size_t count = collect_view(lane);
    fault_point("view");
    TRY(lane_store_save_view(lane->store, &lane->position, !lane->view_is_whole, lane->view_items,
                             count));
    fault_point("viewed");
    counters_clear_changed(state_counters(lane->state));
    tallies_clear_changed(state_tallies(lane->state), TALLY_FOR_VIEW);
    employers_clear_changed(state_employers(lane->state));
    if (!lane->view_is_whole) {
        lane_release_view(lane);
    }
    lane->view_is_whole = true;
    lane->view_sequence = lane->position.sequence;
    return no_error();
}

static struct participant_item item_of(const struct table *table, uint32_t number)
{
    return (struct participant_item){number, table_id(table, number), table_bytes(table, number)};
}

static struct tally_item *collect_tallies(struct lane *lane, bool all, size_t *count)
{
    struct tallies *tallies = state_tallies(lane->state);
    *count = all ? tallies_count(tallies) : tallies_changed_count(tallies, TALLY_FOR_COPY);
    struct tally_item *items = calloc(*count + 1, sizeof *items);
    assert(items != NULL);
    for (uint32_t i = 0; i < *count; i++) {
        const struct tally tally =
            tallies_at(tallies, all ? i : tallies_changed(tallies, TALLY_FOR_COPY, i));
        items[i] = (struct tally_item){tally.name, tally.value};
    }
    return items;
}

static void copy_is_saved(struct lane *lane)
{
    table_clear_changed(state_table(lane->state));
    tallies_clear_changed(state_tallies(lane->state), TALLY_FOR_COPY);
    lane->copy_sequence = lane->position.sequence;
}

static int by_number(const void *a, const void *b)
{
    const uint64_t left = ((const struct participant_item *)a)->number;
    const uint64_t right = ((const struct participant_item *)b)->number;
    return (left > right) - (left < right);
}

static struct error save_copy(struct lane *lane)
{
    const struct table *table = state_table(lane->state);
    const uint32_t count = table_changed_count(table);
    struct participant_item *items = calloc((size_t)count + 1, sizeof *items);
    assert(items != NULL);
    for (uint32_t i = 0; i < count; i++) {
        items[i] = item_of(table, table_changed(table, i));
    }
    qsort(items, count, sizeof *items, by_number); /* neighbours share a bucket: one HSET */
    size_t tally_count;
    struct tally_item *tallies = collect_tallies(lane, false, &tally_count);
    fault_point("copy");
    const struct error error = lane_store_save_copy(
        lane->store, &lane->position, table_count(table), items, count, tallies, tally_count);
    fault_point("copied");
    free(items);
    free(tallies);
    if (!failed(&error)) {
        copy_is_saved(lane);
    }
    return error;
}

static struct error fill_participants(struct lane *lane)
{
    const struct table *table = state_table(lane->state);
    static _Thread_local struct participant_item items[FILL_CHUNK];
    for (uint32_t from = 0; from < table_count(table); from += FILL_CHUNK) {
        uint32_t count = 0;
        while (count < FILL_CHUNK && from + count < table_count(table)) {
            items[count] = item_of(table, from + count);
            count++;
        }
        if (lane->stop_at_once) {
            return error_make(ERROR_RETRY, "called_away", "lane %d was lost while it was filled",
                              lane->options->lane);
        }
        TRY(lane_store_fill(lane->store, items, count));
    }
    return no_error();
}

/* Without meta the store counts as empty, so a fill that breaks off leaves nothing to trust. */
struct error lane_fill(struct lane *lane)
{
    lane->fill_wanted = true;
    TRY(lane_store_drop(lane->store));
    TRY(fill_participants(lane));
    size_t tally_count;
    struct tally_item *tallies = collect_tallies(lane, true, &tally_count);
    const struct error error =
        lane_store_save_copy(lane->store, &lane->position, table_count(state_table(lane->state)),
                             NULL, 0, tallies, tally_count);
    free(tallies);
    TRY(error);
    copy_is_saved(lane);
    lane->view_is_whole = false;
    lane->fill_wanted = false;
    return save_view(lane);
}

struct error fill_store(struct lane_store *store, struct state *state,
                        const struct position *position)
{
    struct lane *lane = calloc(1, sizeof *lane);
    assert(lane != NULL);
    lane->store = store;
    lane->state = state;
    lane->position = *position;
    const struct error error = lane_fill(lane);
    lane_release_view(lane);
    free(lane);
    return error;
}

static struct error show_view(struct lane *lane, int64_t steady, bool all)
{
    const bool behind = lane->view_sequence != lane->position.sequence || !lane->view_is_whole;
    const int64_t flush_us = (int64_t)lane->options->view_flush_ms * 1000;
    if (!behind || (!all && steady - lane->view_at < flush_us)) {
        return no_error();
    }
    lane->view_at = steady;
    return save_view(lane);
}

/* A copy is one MULTI. What would be too large for one is filled anew in chunks: until its end
   Redis counts as empty, and a crash in between costs a redo from 0. */
static struct error copy_or_fill(struct lane *lane)
{
    return table_changed_count(state_table(lane->state)) > COPY_PARTICIPANTS_MAX ? lane_fill(lane)
                                                                                 : save_copy(lane);
}

static struct error show_copy(struct lane *lane, int64_t steady, bool idle, bool all)
{
    if (lane->copy_sequence == lane->position.sequence ||
        (!all && !idle && steady < lane->copy_not_before)) {
        return no_error();
    }
    TRY(copy_or_fill(lane));
    const int64_t after = clock_steady_us();
    lane->copy_not_before = after + (COPY_SHARE - 1) * (after - steady);
    return no_error();
}

/* Redis that is away stops nothing: what changed waits in memory. One that hangs holds the lane for
   a time-out with each attempt, so the pause after it is longer. Anything else is for the caller.
 */
static struct error bear(struct lane *lane, const struct error *error, int64_t begun)
{
    const bool away = error->kind == ERROR_RETRY && strcmp(error->code, "redis_away") == 0;
    if (!away) {
        return *error;
    }
    if (!lane->store_was_away) {
        log_at(LOG_WARN, "redis_away", LOG_NUMBER("lane", lane->options->lane),
               LOG_TEXT("detail", error->detail));
    }
    lane->store_was_away = true;
    counter_add(&lane->options->metrics->store_troubles[STORE_AWAY], 1);
    gauge_set(&lane->options->metrics->store_is_away, 1);
    const int64_t steady = clock_steady_us();
    const int64_t pause_us = (STORE_TRY_SHARE - 1) * (steady - begun);
    lane->store_not_before = steady + (pause_us > STORE_PAUSE_US ? pause_us : STORE_PAUSE_US);
    return no_error();
}

/* A lane without input writes nothing, and would not notice that Redis was emptied or restored. */
static struct error look(struct lane *lane, int64_t steady)
{
    if (steady - lane->looked_at < STORE_LOOK_US) {
        return no_error();
    }
    lane->looked_at = steady;
    return lane_store_look(lane->store);
}

static struct error show(struct lane *lane, int64_t steady, bool idle, bool all)
{
    if (lane->fill_wanted) {
        return lane_fill(lane);
    }
    TRY(show_view(lane, steady, all));
    TRY(show_copy(lane, clock_steady_us(), idle, all));
    return look(lane, steady);
}

/* Part of a transaction failed and the rest of it took effect: memory is whole, so all of Redis is
   written anew from it. */
static struct error mend(struct lane *lane, const struct error *error)
{
    log_at(LOG_WARN, "store_damaged", LOG_NUMBER("lane", lane->options->lane),
           LOG_TEXT("detail", error->detail));
    return lane_fill(lane);
}

static void note_since(gauge_t *since, bool is_behind)
{
    if (!is_behind) {
        gauge_set(since, 0);
    } else if (gauge_read(since) == 0) {
        gauge_set(since, clock_steady_us());
    }
}

void lane_note_behind(const struct lane *lane)
{
    struct lane_metrics *metrics = lane->options->metrics;
    const int64_t sequence = lane->position.sequence;
    note_since(&metrics->view_behind, lane->view_sequence != sequence || !lane->view_is_whole);
    note_since(&metrics->copy_behind, lane->copy_sequence != sequence);
}

struct error lane_show(struct lane *lane, bool idle, bool all)
{
    const int64_t steady = clock_steady_us();
    if (!all && steady < lane->store_not_before) {
        return no_error();
    }
    struct error error = show(lane, steady, idle, all);
    if (failed(&error) && strcmp(error.code, "store_damaged") == 0) {
        counter_add(&lane->options->metrics->store_troubles[STORE_DAMAGED], 1);
        error = mend(lane, &error);
    }
    lane_note_behind(lane);
    if (failed(&error)) {
        return bear(lane, &error, steady);
    }
    gauge_set(&lane->options->metrics->store_is_away, 0);
    if (lane->store_was_away) {
        log_at(LOG_INFO, "redis_back", LOG_NUMBER("lane", lane->options->lane));
        lane->store_was_away = false;
    }
    return no_error();
}
