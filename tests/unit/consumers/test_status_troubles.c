#include "consumers/status_troubles.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A log of two lanes that is well, changed by each row. */
static struct look *well(void)
{
    struct look *look = calloc(1, sizeof *look);
    cr_assert_not_null(look);
    look->lane_count = 2;
    look->has_stands = true;
    look->is_fresh = true;
    for (int lane = 0; lane < 2; lane++) {
        look->lanes[lane].sequence = 7;
        look->lanes[lane].stand.has_view = true;
        look->lanes[lane].stand.view_sequence = 7;
        (void)snprintf(look->lanes[lane].ends.owner, OWNER_BYTES, "hall-%d", lane + 1);
    }
    return look;
}

static void nothing(struct look *look)
{
    (void)look;
}

static void without_kafka(struct look *look)
{
    look->kafka = error_make(ERROR_RETRY, "kafka_away", "no broker");
    look->lane_count = 0;
}

static void with_a_wrong_setting(struct look *look)
{
    look->kafka = error_make(ERROR_USAGE, "kafka_option", "no such option");
    look->lane_count = 0;
}

static void without_redis(struct look *look)
{
    look->redis = error_make(ERROR_RETRY, "redis_away", "no Redis");
    look->has_stands = false;
    look->is_fresh = false;
}

static void still(struct look *look)
{
    look->lanes[1].lag_all = 1234;
    look->lanes[1].stands_still = true;
}

static void still_and_unowned(struct look *look)
{
    still(look);
    look->lanes[1].ends.owner[0] = '\0';
}

static void view_still(struct look *look)
{
    look->lanes[0].stand.view_sequence = 4;
    look->lanes[0].stands_still = true;
}

static void view_moves(struct look *look)
{
    look->lanes[0].stand.view_sequence = 4;
}

static void growing(struct look *look)
{
    look->lanes[0].lag_all = 9000;
    look->lanes[0].grown_by = 5000;
}

static void shrinking(struct look *look)
{
    look->lanes[0].lag_all = 9000;
    look->lanes[0].grown_by = -5000;
}

static void unowned(struct look *look)
{
    look->lanes[0].ends.owner[0] = look->lanes[1].ends.owner[0] = '\0';
}

static void old(struct look *look)
{
    look->is_fresh = false;
    look->age_us = INT64_C(300000000);
}

static void mismatch(struct look *look)
{
    static struct batch_figure batches[2] = {{.state = "MATCHED"}, {.state = "MISMATCH"}};
    look->batches = batches;
    look->batch_count = 2;
}

static const struct row {
    void (*change)(struct look *look);
    int exit_code;
    size_t count;
    const char *code, *text; /* of the first; NULL: none */
    int32_t lane;
} rows[] = {
    {nothing, 0, 0, NULL, NULL, -1},
    {view_moves, 0, 0, NULL, NULL, -1},
    {shrinking, 0, 0, NULL, NULL, -1},
    {without_kafka, 2, 1, "kafka_away", "no broker", -1},
    {with_a_wrong_setting, 64, 1, "kafka_option", "no such option", -1},
    {without_redis, 2, 1, "redis_away", "no Redis", -1},
    {still, 1, 1, "lane_still",
     "lane 1 stands still with 1,234 events to go, although hall-2 has it", 1},
    {still_and_unowned, 1, 2, "lane_still", "to go, and no process of group jaga has it", 1},
    {view_still, 1, 1, "view_still", "lane 0: Redis is 3 batches behind the journal", 0},
    {growing, 0, 1, "lag_grows", "by 5,000 events", 0},
    {unowned, 0, 1, "lane_unowned", "no process of group jaga has a lane", -1},
    {old, 0, 1, "figures_old", "5 min ago", -1},
    {mismatch, 0, 1, "batches_mismatch", "1 of 2 batches", -1},
};

Test(status_troubles, are_found_with_their_exit_codes)
{
    struct troubles *troubles = calloc(1, sizeof *troubles);
    cr_assert_not_null(troubles);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct look *look = well();
        rows[i].change(look);
        troubles_find(look, "jaga", troubles);
        const struct trouble *first = &troubles->list[0];
        cr_expect_eq(troubles->count, rows[i].count, "row %zu: %zu", i, troubles->count);
        cr_expect_eq(troubles_exit_code(troubles), rows[i].exit_code, "row %zu", i);
        if (rows[i].code != NULL && troubles->count > 0) {
            cr_expect_str_eq(first->code, rows[i].code, "row %zu", i);
            cr_expect_eq(first->lane, rows[i].lane, "row %zu", i);
            cr_expect_not_null(strstr(first->text, rows[i].text), "row %zu: %s", i, first->text);
        }
        free(look);
    }
    free(troubles);
}

Test(status_troubles, list_the_lanes_that_nobody_has)
{
    struct troubles *troubles = calloc(1, sizeof *troubles);
    struct look *look = well();
    cr_assert_not_null(troubles);
    look->lanes[1].ends.owner[0] = '\0';
    troubles_find(look, "jaga", troubles);
    cr_expect_eq(troubles->count, 1);
    cr_expect_not_null(strstr(troubles->list[0].text, "has lane 1: its events wait"));

    look->lane_count = LANES_MAX; /* of which all but the first are unowned: as many as fit */
    for (int lane = 2; lane < LANES_MAX; lane++) {
        look->lanes[lane].stand.view_sequence = look->lanes[lane].sequence;
    }
    troubles_find(look, "jaga", troubles);
    cr_expect_eq(troubles->count, 1);
    cr_expect_not_null(strstr(troubles->list[0].text, "has lane 1, 2, 3, 4, "));
    free(look);
    free(troubles);
}
