#include "consumers/status_troubles.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "consumers/batches.h"
#include "support/command.h"

#define LIST_BYTES 120

static void add(struct troubles *troubles, const char *code, int32_t lane, int exit_code,
                const char *format, ...) PRINTF_LIKE(5, 6);

static void add(struct troubles *troubles, const char *code, int32_t lane, int exit_code,
                const char *format, ...)
{
    assert(troubles->count < TROUBLES_MAX);
    struct trouble *trouble = &troubles->list[troubles->count++];
    trouble->code = code;
    trouble->lane = lane;
    trouble->exit_code = exit_code;
    va_list values;
    va_start(values, format);
    (void)vsnprintf(trouble->text, sizeof trouble->text, format, values);
    va_end(values);
}

static void add_error(struct troubles *troubles, const struct error *error)
{
    if (failed(error)) {
        add(troubles, error->code, -1,
            error->kind == ERROR_USAGE ? EXIT_WRONG_USAGE : EXIT_NOT_DONE, "%s", error->detail);
    }
}

/* A lane that lags and does not move: nobody processes it, it stopped, or it waits for a topic, an
   open transaction or a schema. The log of `jaga process` says which. */
static void add_still(struct troubles *troubles, int32_t lane, const struct lane_look *seen,
                      const char *group_id)
{
    char lag[THOUSANDS_BYTES];
    thousands(seen->lag_all, lag);
    if (!lane_is_owned(&seen->ends)) {
        add(troubles, "lane_still", lane, EXIT_ANSWER_NO,
            "lane %d stands still with %s events to go, and no process of group %s has "
            "it. Is jaga process running?",
            lane, lag, group_id);
    } else {
        add(troubles, "lane_still", lane, EXIT_ANSWER_NO,
            "lane %d stands still with %s events to go, although %s has it. The log of "
            "its jaga process names what the lane waits for",
            lane, lag, seen->ends.owner);
    }
}

static void look_at_lane(struct troubles *troubles, const struct look *look, int32_t lane,
                         const char *group_id)
{
    const struct lane_look *seen = &look->lanes[lane];
    const int64_t behind = lane_view_behind(look, seen);
    char number[THOUSANDS_BYTES];
    if (seen->stands_still && seen->lag_all > 0) {
        add_still(troubles, lane, seen, group_id);
    }
    if (seen->stands_still && behind > 0) {
        thousands(behind, number);
        add(troubles, "view_still", lane, EXIT_ANSWER_NO,
            "lane %d: Redis is %s batches behind the journal and does not move. Is jaga "
            "process running? It fills Redis when it starts",
            lane, number);
    }
    if (!seen->stands_still && seen->grown_by > 0) {
        thousands(seen->grown_by, number);
        add(troubles, "lag_grows", lane, EXIT_SUCCESS,
            "lane %d: its lag grows, by %s events since the last look. They come faster "
            "than they are applied",
            lane, number);
    }
}

/* "0, 1, 5", as many as fit. */
static size_t list_unowned(const struct look *look, char out[LIST_BYTES])
{
    size_t count = 0;
    size_t length = 0;
    out[0] = '\0';
    for (int32_t lane = 0; lane < look->lane_count; lane++) {
        if (lane_is_owned(&look->lanes[lane].ends)) {
            continue;
        }
        char entry[16];
        const int wrote = snprintf(entry, sizeof entry, "%s%d", count > 0 ? ", " : "", lane);
        if (wrote > 0 && length + (size_t)wrote < LIST_BYTES) {
            memcpy(out + length, entry, (size_t)wrote + 1);
            length += (size_t)wrote;
        }
        count++;
    }
    return count;
}

static void look_at_owners(struct troubles *troubles, const struct look *look, const char *group_id)
{
    char lanes[LIST_BYTES];
    const size_t count = list_unowned(look, lanes);
    if (count > 0 && count == (size_t)look->lane_count) {
        add(troubles, "lane_unowned", -1, EXIT_SUCCESS,
            "no process of group %s has a lane: what comes now waits. Start jaga process",
            group_id);
    } else if (count > 0) {
        add(troubles, "lane_unowned", -1, EXIT_SUCCESS,
            "no process of group %s has lane %s: its events wait. Others take a lane over within "
            "some seconds",
            group_id, lanes);
    }
}

static void look_at_figures(struct troubles *troubles, const struct look *look)
{
    size_t mismatches = 0;
    if (!look->is_fresh) {
        char age[AGE_BYTES];
        age_print(look->age_us, age);
        add(troubles, "figures_old", -1, EXIT_SUCCESS,
            "the public figures were written %s ago and are not fresh. Is the jaga process of lane "
            "0 running?",
            age);
    }
    for (size_t i = 0; i < look->batch_count; i++) {
        mismatches += batch_is_mismatch(&look->batches[i]);
    }
    if (mismatches > 0) {
        add(troubles, "batches_mismatch", -1, EXIT_SUCCESS,
            "%zu of %zu batches do not match what was declared of them. Ask who sent them; jaga "
            "coverage --batches lists all",
            mismatches, look->batch_count);
    }
}

void troubles_find(const struct look *look, const char *group_id, struct troubles *out)
{
    out->count = 0;
    add_error(out, &look->kafka);
    add_error(out, &look->redis);
    for (int32_t lane = 0; lane < look->lane_count; lane++) {
        look_at_lane(out, look, lane, group_id);
    }
    look_at_owners(out, look, group_id);
    if (!failed(&look->redis)) {
        look_at_figures(out, look);
    }
}

int troubles_exit_code(const struct troubles *troubles)
{
    int code = EXIT_SUCCESS;
    for (size_t i = 0; i < troubles->count; i++) {
        code = troubles->list[i].exit_code > code ? troubles->list[i].exit_code : code;
    }
    return code;
}
