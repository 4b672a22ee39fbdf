/* What the blocks of the page reckon: how a lane does, the election bodies, what is past its day.
 */
#include <criterion/criterion.h>

#include "dashboard/claim_ages.h"
#include "dashboard/election.h"
#include "dashboard/flows.h"
#include "dashboard/lane_state.h"
#include "dashboard/names.h"
#include "dashboard/payment_states.h"

#define STAND(view, sequence)                                                                      \
    (struct lane_stand)                                                                            \
    {                                                                                              \
        .has_view = (view), .view_sequence = (sequence)                                            \
    }

static const struct lane_row {
    bool has_view;
    int64_t view_sequence, shown;
    bool has_kafka, is_owned;
    int64_t next, low, end; /* of each topic */
    enum lane_state state;
} lane_rows[] = {
    {true, 7, 7, true, true, 50, 0, 50, LANE_UP_TO_DATE},
    {true, 7, 7, true, true, 49, 0, 50, LANE_UP_TO_DATE}, /* a marker */
    {true, 7, 7, true, true, 48, 0, 50, LANE_BEHIND},
    {true, 7, 7, true, false, 50, 0, 50, LANE_IDLE},
    {true, 7, 7, true, false, 49, 0, 50, LANE_IDLE},
    {true, 7, 7, true, false, 48, 0, 50, LANE_UNOWNED},
    {true, 8, 7, true, true, 48, 0, 50, LANE_BEHIND},
    {true, 8, 7, true, true, 50, 0, 50, LANE_NOT_SHOWN},
    {true, 8, 7, true, false, 50, 0, 50, LANE_NOT_SHOWN},
    {false, 0, 0, true, true, 50, 0, 50, LANE_EMPTY},
    {false, 0, 0, true, false, -1, 0, 50, LANE_UNOWNED}, /* nothing was committed yet */
    {false, 0, 0, true, true, -1, 50, 50, LANE_EMPTY},   /* all that was there is gone */
    {true, 7, 7, false, false, 0, 0, 0, LANE_AS_SHOWN},
    {true, 8, 7, false, false, 0, 0, 0, LANE_NOT_SHOWN},
    {false, 0, 0, false, false, 0, 0, 0, LANE_EMPTY},
    {true, 7, 8, false, false, 0, 0, 0,
     LANE_AS_SHOWN}, /* the figures were written a moment later */
};

Test(blocks, judges_lanes)
{
    for (size_t i = 0; i < sizeof lane_rows / sizeof *lane_rows; i++) {
        const struct lane_row *row = &lane_rows[i];
        const struct lane_stand stand = STAND(row->has_view, row->view_sequence);
        struct lane_ends ends = {.owner = {row->is_owned ? 'a' : '\0'}};
        for (unsigned topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
            ends.low[topic] = row->low;
            ends.next[topic] = row->next;
            ends.end[topic] = row->end;
        }
        const enum lane_state state =
            lane_state_of(&stand, row->shown, row->has_kafka ? &ends : NULL);
        cr_expect_eq(state, row->state, "row %zu: %s", i, lane_state_name(state));
    }
}

Test(blocks, names_every_state)
{
    for (unsigned language = 0; language < LANGUAGE_COUNT; language++) {
        for (unsigned state = 0; state < LANE_STATE_COUNT; state++) {
            const char *name = lane_state_name((enum lane_state)state);
            cr_expect_not_null(name_of((enum language)language, "lane", name), "%s", name);
        }
        for (unsigned topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
            cr_expect_not_null(name_of((enum language)language, "topic", lane_topic_name(topic)));
        }
        for (size_t i = 0; i < payment_state_count; i++) {
            cr_expect_not_null(name_of((enum language)language, "status", payment_states[i].code));
        }
    }
}

Test(blocks, tells_trouble)
{
    cr_expect(lane_state_is_trouble(LANE_UNOWNED));
    cr_expect(lane_state_is_trouble(LANE_NOT_SHOWN));
    cr_expect(lane_state_is_trouble(LANE_EMPTY));
    cr_expect_not(lane_state_is_trouble(LANE_BEHIND));
    cr_expect_not(lane_state_is_trouble(LANE_IDLE));
    cr_expect_not(lane_state_is_trouble(LANE_UP_TO_DATE));
}

Test(blocks, sums_the_election_bodies)
{
    static struct rules rules;
    struct figure figures[] = {
        {"category:KPPS", 3},
        {"begun:category:KPPS", 5},
        {"deaths:JKK:category:KPPS", 1},
        {"deaths:JKM:category:PPS", 2},
        {"paid_idr:category:PPS", 84},
        {"payments:category:PPS", 2},
        {"category:PETANI", 70},
        {"deaths:JKM:category:PETANI", 7},
    };
    const struct region_figures region = {.figures = figures,
                                          .count = sizeof figures / sizeof *figures};
    rules.categories[1] = (struct category){"KPPS", true};
    rules.categories[2] = (struct category){"PPS", true};
    rules.categories[3] = (struct category){"PPK", true};
    rules.categories[9] = (struct category){"PETANI", false};
    struct election_body bodies[CATEGORIES_MAX];
    struct election_body all;
    cr_assert_eq(election_of(&rules, &region, bodies, &all), 2);
    cr_expect_str_eq(bodies[0].category, "KPPS");
    cr_expect_eq(bodies[0].registered, 5);
    cr_expect_eq(bodies[0].covered, 3);
    cr_expect_eq(bodies[0].deaths_jkk, 1);
    cr_expect_str_eq(bodies[1].category, "PPS");
    cr_expect_eq(bodies[1].deaths_jkm, 2);
    cr_expect_eq(all.registered, 5);
    cr_expect_eq(all.deaths_jkm, 2);
    cr_expect_eq(all.payments, 2);
    cr_expect_eq(all.paid_idr, 84);
    cr_expect_eq(election_of(&rules, &(struct region_figures){.count = 0}, bodies, &all), 0);
    cr_expect_eq(all.paid_idr, 0);
}

Test(blocks, lists_what_is_past_its_day)
{
    struct figure figures[] = {
        {"open_past_due:JKM", 3},
        {"overdue:programme:JKK", 2},
        {"overdue_idr:programme:JKK", 900},
        {"late_cost_to_date_idr:programme:JKP", 9},
        {"open:JHT:HELD", 4},
    };
    const struct region_figures region = {.figures = figures,
                                          .count = sizeof figures / sizeof *figures};
    struct past_due rows[PROGRAMME_COUNT];
    cr_assert_eq(past_due_of(&region, rows), 3);
    cr_expect_str_eq(rows[0].programme, "JKK");
    cr_expect_eq(rows[0].payments, 2);
    cr_expect_eq(rows[0].overdue_idr, 900);
    cr_expect_str_eq(rows[1].programme, "JKM");
    cr_expect_eq(rows[1].claims, 3);
    cr_expect_eq(rows[2].late_cost_idr, 9);
}

Test(blocks, knows_calendar_months)
{
    day_t day = DAY_NONE;
    day_t last = DAY_NONE;
    cr_assert(day_parse("2024-01-31", 10, &day) && day_parse("2024-02-29", 10, &last));
    const struct calendar_month next = calendar_month_of(day, 1);
    cr_expect_eq(next.first, day + 1);
    cr_expect_eq(next.last, last);
}
