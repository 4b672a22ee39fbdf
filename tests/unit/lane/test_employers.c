#include <criterion/criterion.h>

#include "lane/employers.h"
#include "lane/view_items.h"
#include "store/employer_days.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static struct employers *employers;
static struct employments none, one, other;

static void set_up(void)
{
    employers = employers_open();
}

static void tear_down(void)
{
    employers_close(employers);
}

TestSuite(employers, .init = set_up, .fini = tear_down);

static struct employments *with(struct employments *all, day_t from, day_t until)
{
    all->items[all->count++] = (struct employment){7, 3671, from, until};
    return all;
}

static struct employments *only(struct employments *all, day_t from, day_t until)
{
    all->count = 0;
    return with(all, from, until);
}

/* Shown as the view does, and whether it was told to be changed. */
static void expect(const char *days, bool changed)
{
    char text[400];
    struct view_item item;
    cr_assert_eq(employers_count(employers), 1);
    cr_assert_lt(view_employer_bytes(employers_at(employers, 0).steps), sizeof text);
    const size_t length = view_item_of_employer(employers, 0, text, &item);
    cr_expect_leq(length, view_employer_bytes(employers_at(employers, 0).steps));
    cr_expect(text_equal(item.field, TEXT("0000000000000007")));
    cr_expect_eq(item.region, 3671);
    cr_expect_str_eq(item.days.at, days);
    cr_expect_eq(item.days.length, strlen(days));
    cr_expect_eq(view_item_is_nothing(&item), days[0] == '\0');
    cr_expect_eq(employers_changed_count(employers), changed ? 1 : 0, "%s", days);
    employers_clear_changed(employers);
}

/* Day 19723 is 2024-01-01. */
Test(employers, are_shown_by_the_days_on_which_anybody_is_in_cover)
{
    employers_replace(employers, &none, only(&one, 19723, 19733));
    expect("2024-01-01/2024-01-10", true);
    employers_replace(employers, &none, only(&other, 19743, DAY_NEVER));
    expect("2024-01-01/2024-01-10 2024-01-21/", true);
    employers_replace(employers, &none, only(&other, 19733, 19743)); /* fills the gap */
    expect("2024-01-01/", true);
    employers_replace(employers, only(&other, 19733, 19743), &none);
    expect("2024-01-01/2024-01-10 2024-01-21/", true);
    employers_replace(employers, only(&other, 19743, DAY_NEVER), &none);
    expect("2024-01-01/2024-01-10", true);
    employers_replace(employers, &one, &none);
    expect("", true);
}

Test(employers, are_not_changed_by_a_further_worker)
{
    static const struct {
        day_t from, until;
        bool changed;
        const char *days;
    } rows[] = {
        {19723, DAY_NEVER, false, "2024-01-01/"}, {19724, 19725, false, "2024-01-01/"},
        {19800, DAY_NEVER, false, "2024-01-01/"}, {19723, 19724, false, "2024-01-01/"},
        {19722, 19723, true, "2023-12-31/"},      {19721, 19800, true, "2023-12-30/"},
    };
    employers_replace(employers, &none, only(&one, 19723, DAY_NEVER));
    employers_clear_changed(employers);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        only(&other, rows[i].from, rows[i].until);
        employers_replace(employers, &none, &other);
        expect(rows[i].days, rows[i].changed);
        employers_replace(employers, &other, &none);
        expect("2024-01-01/", rows[i].changed);
    }
}

Test(employers, are_not_changed_by_what_stays_as_it_was)
{
    employers_replace(employers, &none, only(&one, 19723, 19733));
    employers_clear_changed(employers);
    employers_replace(employers, &one, &one);
    expect("2024-01-01/2024-01-10", false);
    /* Two covers where one was, and the same days: nothing is left uncovered in between. */
    with(only(&other, 19723, 19728), 19726, 19733);
    employers_replace(employers, &one, &other);
    expect("2024-01-01/2024-01-10", false);
    employers_replace(employers, &other, only(&one, 19724, 19733));
    expect("2024-01-02/2024-01-10", true);
}

Test(employers, are_told_apart_by_region_and_hash)
{
    one.count = 3;
    one.items[0] = (struct employment){7, 3671, 1, 5};
    one.items[1] = (struct employment){7, 3674, 2, 5};
    one.items[2] = (struct employment){8, 3671, 3, 5};
    employers_replace(employers, NULL, &one);
    cr_assert_eq(employers_count(employers), 3);
    for (uint32_t i = 0; i < 3; i++) {
        struct days days[2];
        cr_expect_eq(employers_at(employers, i).region, one.items[i].region);
        cr_expect_eq(employers_at(employers, i).hash, one.items[i].employer);
        cr_assert_eq(employers_days(employers, i, days), 1);
        cr_expect_eq(days[0].from, one.items[i].from);
        cr_expect_eq(employers_changed(employers, i), i);
    }
}

/* The model: how many covers there are on each day, counted one by one. */

#define MODEL_DAYS 64
#define MODEL_COVERS 40

Test(employers, hold_the_union_of_any_covers)
{
    uint64_t seed = UINT64_C(0x9E3779B97F4A7C15);
    struct employment covers[MODEL_COVERS];
    int count = 0;
    for (unsigned round = 0; round < 4000; round++) {
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        const bool adds = count == 0 || (count < MODEL_COVERS && (seed >> 33) % 2 == 0);
        const int at = adds ? count++ : (int)((seed >> 40) % (unsigned)count);
        if (adds) {
            const day_t from = (day_t)((seed >> 34) % MODEL_DAYS);
            const day_t until = from + 1 + (day_t)((seed >> 45) % 9);
            covers[at] = (struct employment){7, 3671, from, (seed >> 60) == 0 ? DAY_NEVER : until};
        }
        only(&one, covers[at].from, covers[at].until);
        employers_replace(employers, adds ? &none : &one, adds ? &one : &none);
        if (!adds) {
            covers[at] = covers[--count];
        }
        struct days days[2 * MODEL_COVERS];
        cr_assert_leq(employers_at(employers, 0).steps, COUNT_OF(days));
        const uint32_t found = employers_days(employers, 0, days);
        for (day_t day = 0; day < MODEL_DAYS + 10; day++) {
            bool expected = false;
            bool shown = false;
            for (int i = 0; i < count; i++) {
                expected = expected || (covers[i].from <= day && day < covers[i].until);
            }
            for (uint32_t i = 0; i < found; i++) {
                shown = shown || (days[i].from <= day && day < days[i].until);
                cr_assert(i == 0 || days[i - 1].until < days[i].from);
            }
            cr_assert_eq(shown, expected, "round %u, day %d", round, day);
        }
    }
}

/* Whether each change that is told is one, and each that is one is told. */
Test(employers, tell_a_change_exactly_when_their_days_change)
{
    uint64_t seed = 12345;
    struct employment covers[8] = {{7, 3671, 0, 1}};
    char before[400] = "";
    char after[400];
    struct view_item item;
    int count = 0;
    for (unsigned round = 0; round < 3000; round++) {
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        const bool adds = count == 0 || (count < 8 && (seed >> 33) % 2 == 0);
        const int at = adds ? count++ : (int)((seed >> 40) % (unsigned)count);
        if (adds) {
            const day_t from = 19723 + (day_t)((seed >> 34) % 8);
            covers[at] = (struct employment){7, 3671, from, from + 1 + (day_t)((seed >> 45) % 4)};
        }
        only(&one, covers[at].from, covers[at].until);
        employers_replace(employers, adds ? &none : &one, adds ? &one : &none);
        if (!adds) {
            covers[at] = covers[--count];
        }
        (void)view_item_of_employer(employers, 0, after, &item);
        cr_assert_eq(employers_changed_count(employers) == 1,
                     strcmp(before, after + EMPLOYER_TEXT_BYTES) != 0, "round %u", round);
        memcpy(before, after + EMPLOYER_TEXT_BYTES, sizeof before - EMPLOYER_TEXT_BYTES);
        employers_clear_changed(employers);
    }
}

Test(employers, are_many)
{
    one.count = 1;
    for (uint32_t i = 0; i < 20000; i++) {
        one.items[0] = (struct employment){i * UINT64_C(0x9E3779B97F4A7C15), 3671, 1, 5};
        employers_replace(employers, NULL, &one);
    }
    cr_assert_eq(employers_count(employers), 20000);
    for (uint32_t i = 0; i < 20000; i++) {
        one.items[0] = (struct employment){i * UINT64_C(0x9E3779B97F4A7C15), 3671, 2, 4};
        employers_replace(employers, NULL, &one);
    }
    cr_assert_eq(employers_count(employers), 20000);
    cr_assert_eq(employers_changed_count(employers), 20000);
}
