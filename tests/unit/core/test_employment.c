#include <criterion/criterion.h>

#include "core/projection.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define START 19723 /* 2024-01-01 */
#define ALPHA UINT64_C(0xA1A1A1A1A1A1A1A1)
#define BETA UINT64_C(0xB2)

static struct rules rules;
static struct participant participant;
static struct employments employments, others;

static struct membership *add_membership(enum segment segment)
{
    const int index = participant.membership_count++;
    struct membership *membership = &participant.memberships[index];
    *membership = (struct membership){.segment = (uint8_t)segment,
                                      .cover_from = START,
                                      .cover_to = DAY_NEVER,
                                      .recorded = START,
                                      .has_employer = true,
                                      .employer_hash = ALPHA,
                                      .first_paid_day = DAY_NONE};
    participant.regions.entries[participant.regions.count++] =
        (struct entry){START, START, region_value(3671, index)};
    return membership;
}

static void move(day_t from, uint16_t region)
{
    participant.regions.entries[participant.regions.count++] =
        (struct entry){from, from, region_value(region, -1)};
}

static void set_up(void)
{
    rules.parameter_count = 2;
    rules.parameters[0] = (struct parameter_row){
        {.valid_from = DAY_NONE, .valid_to = DAY_NEVER}, PARAMETER_GRACE_MONTHS, ANY, 3};
    rules.parameters[1] = (struct parameter_row){
        {.valid_from = DAY_NONE, .valid_to = DAY_NEVER}, PARAMETER_BACKDATING_DAYS, ANY, 30};
    participant_init(&participant, TEXT("P1"));
}

TestSuite(employment, .init = set_up);

static void project(struct employments *out)
{
    struct cover covers[MEMBERSHIPS_MAX];
    for (unsigned i = 0; i < participant.membership_count; i++) {
        covers[i] = cover_of(&participant, &participant.memberships[i], &rules);
    }
    employments_of(&participant, covers, out);
}

static void expect(const struct employment *rows, size_t count)
{
    project(&employments);
    cr_assert_eq(employments.count, count, "%u", employments.count);
    for (size_t i = 0; i < count; i++) {
        const struct employment *found = &employments.items[i];
        cr_expect_eq(found->employer, rows[i].employer, "row %zu: employer", i);
        cr_expect_eq(found->region, rows[i].region, "row %zu: region %u", i, found->region);
        cr_expect_eq(found->from, rows[i].from, "row %zu: from %d", i, found->from);
        cr_expect_eq(found->until, rows[i].until, "row %zu: until %d", i, found->until);
    }
}

#define EXPECT(...)                                                                                \
    do {                                                                                           \
        static const struct employment rows[] = {__VA_ARGS__};                                     \
        expect(rows, COUNT_OF(rows));                                                              \
    } while (0)

Test(employment, is_in_the_home_region_from_the_first_day_of_cover)
{
    (void)add_membership(PU);
    EXPECT({ALPHA, 3671, START, DAY_NEVER});
}

Test(employment, is_where_the_work_is_wherever_the_worker_moves)
{
    add_membership(PU)->region_work = 3101;
    move(START + 10, 1671);
    EXPECT({ALPHA, 3101, START, DAY_NEVER});
}

Test(employment, follows_the_worker_where_no_place_of_work_is_given)
{
    add_membership(PU)->cover_to = START + 99;
    move(START - 5, 3674);  /* before the cover: the enrolment's own region is later */
    move(START + 20, 3674); /* applied in any order */
    move(START + 10, 3671); /* no move at all */
    move(START + 50, 1671);
    move(START + 100, 9171); /* the cover is over */
    EXPECT({ALPHA, 3671, START, START + 20}, {ALPHA, 3674, START + 20, START + 50},
           {ALPHA, 1671, START + 50, START + 100});
}

Test(employment, is_nowhere_known_when_no_region_is)
{
    (void)add_membership(PU);
    participant.regions.count = 0;
    EXPECT({ALPHA, 0, START, DAY_NEVER});
}

Test(employment, ends_the_day_after_the_last_day_of_cover)
{
    struct membership *membership = add_membership(PU);
    membership->cover_to = START + 30;
    EXPECT({ALPHA, 3671, START, START + 31});
    membership->end_count = 1;
    membership->ends[0] = (struct end){START + 20, START + 5, END_OTHER};
    EXPECT({ALPHA, 3671, START, START + 21});
    participant.died_on = START + 3;
    EXPECT({ALPHA, 3671, START, START + 4});
    participant.died_on = START - 1; /* before the first day: no cover */
    expect(NULL, 0);
}

Test(employment, of_an_independent_worker_lasts_as_long_as_the_grace)
{
    struct membership *membership = add_membership(BPU);
    expect(NULL, 0); /* nothing paid */
    membership->run_count = 1;
    membership->runs[0] = (struct run){2024 * 12, 1};
    membership->first_paid_day = START + 2;
    EXPECT({ALPHA, 3671, START + 2, 19844}); /* 2024-05-01 */
}

Test(employment, of_a_void_membership_or_one_without_an_employer_is_none)
{
    struct membership *membership = add_membership(PU);
    membership->is_void = true;
    expect(NULL, 0);
    membership->is_void = false;
    membership->has_employer = false;
    expect(NULL, 0);
}

Test(employment, without_an_end_that_a_date_can_name_is_open)
{
    struct membership *membership = add_membership(PU);
    membership->cover_to = DAY_LAST;
    EXPECT({ALPHA, 3671, START, DAY_NEVER});
    membership->cover_to = DAY_LAST - 1;
    EXPECT({ALPHA, 3671, START, DAY_LAST});
}

Test(employment, is_told_for_each_cover)
{
    add_membership(PU)->cover_to = START + 9;
    struct membership *second = add_membership(PU_STATE);
    second->cover_from = START + 5;
    struct membership *third = add_membership(PU);
    third->employer_hash = BETA;
    third->region_work = 3674;
    EXPECT({ALPHA, 3671, START, START + 10}, {ALPHA, 3671, START + 5, DAY_NEVER},
           {BETA, 3674, START, DAY_NEVER});
}

Test(employment, of_the_fullest_participant_has_room)
{
    for (int i = 0; i < MEMBERSHIPS_MAX; i++) {
        (void)add_membership(PU);
    }
    participant.regions.count = 0;
    for (int i = 0; i < TIMELINE_MAX; i++) {
        move(START + 1 + i, (uint16_t)(3601 + i));
    }
    project(&employments);
    cr_assert_eq(employments.count, MEMBERSHIPS_MAX * TIMELINE_MAX);
}

Test(employment, is_equal_only_in_all_its_parts)
{
    (void)add_membership(PU);
    project(&employments);
    for (unsigned i = 0; i < 6; i++) {
        project(&others);
        cr_assert(employments_equal(&employments, &others));
        switch (i) {
        case 0: others.count++; break;
        case 1: others.items[0].employer++; break;
        case 2: others.items[0].region++; break;
        case 3: others.items[0].from++; break;
        case 4: others.items[0].until--; break;
        default: others.count = 0; break;
        }
        cr_assert_not(employments_equal(&employments, &others), "row %u", i);
    }
}

static struct projection before, after;

Test(employment, is_part_of_what_makes_two_projections_equal)
{
    struct membership *membership = add_membership(PU);
    projection_of(&participant, &rules, &before);
    membership->employer_hash = BETA;
    projection_of(&participant, &rules, &after);
    cr_assert_not(projection_equal(&before, &after));
    membership->employer_hash = ALPHA;
    projection_of(&participant, &rules, &after);
    cr_assert(projection_equal(&before, &after));
}
