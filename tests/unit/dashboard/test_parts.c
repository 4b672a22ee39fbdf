/* The small matters of the pages: parts of names, months, the goal. */
#include "dashboard/parts.h"

#include <criterion/criterion.h>
#include <string.h>

#include "dashboard/goal.h"

Test(parts, finds_the_part_of_a_measure)
{
    cr_expect_str_eq(measure_part("category:KPPS", "category"), "KPPS");
    cr_expect_str_eq(measure_part("claims:JKK:HELD", "claims"), "JKK:HELD");
    cr_expect_null(measure_part("category:KPPS", "cat"));
    cr_expect_null(measure_part("category", "category"));
    cr_expect_null(measure_part("paid_idr:category:KPPS", "category"));
}

Test(parts, knows_levels)
{
    cr_expect_eq(region_level("ID"), LEVEL_COUNTRY);
    cr_expect_eq(region_level("36"), LEVEL_PROVINCE);
    cr_expect_eq(region_level("36.74"), LEVEL_REGENCY);
}

static day_t day_of(const char *text)
{
    day_t day = DAY_NONE;
    cr_assert(day_parse(text, (uint32_t)strlen(text), &day), "%s", text);
    return day;
}

Test(parts, finds_months)
{
    cr_expect_eq(month_begin(day_of("2024-01-31"), 0), day_of("2024-01-01"));
    cr_expect_eq(month_end(day_of("2024-01-31"), 1), day_of("2024-02-29"));
    cr_expect_eq(month_end(day_of("2024-01-31"), -1), day_of("2023-12-31"));
    cr_expect_eq(month_begin(day_of("2024-12-05"), 1), day_of("2025-01-01"));
    cr_expect_eq(month_end(day_of("9999-12-31"), 1), day_of("9999-12-31"));
    cr_expect_eq(month_begin(day_of("0001-01-01"), -1), day_of("0001-01-01"));
}

Test(parts, keeps_days_within)
{
    cr_expect_eq(day_within(0), 0);
    cr_expect_eq(day_within((int64_t)DAY_FIRST - 1), DAY_FIRST);
    cr_expect_eq(day_within((int64_t)DAY_LAST + 1), DAY_LAST);
    cr_expect_eq(day_within(INT64_MAX), DAY_LAST);
}

static const struct goal_row {
    int64_t active, base;
    const char *day;
    int64_t wanted, missing, years, per_year;
} goal_rows[] = {
    {311751, 754223, "2024-08-07", 750452, 438701, 21, 20891},
    {0, 1000, "2044-12-31", 995, 995, 1, 995},
    {995, 1000, "2024-01-01", 995, 0, 21, 0},
    {2000, 1000, "2024-01-01", 995, 0, 21, 0},
    {0, 1, "2045-01-01", 1, 1, 1, 1},
    {0, 1001, "2050-01-01", 996, 996, 1, 996},
    {0, INT64_C(9000000000000000000), "2024-01-01", INT64_C(8955000000000000000),
     INT64_C(8955000000000000000), 21, INT64_C(426428571428571429)},
};

Test(parts, counts_the_way_to_the_goal)
{
    for (size_t i = 0; i < sizeof goal_rows / sizeof *goal_rows; i++) {
        const struct goal_row *row = &goal_rows[i];
        const struct goal goal = goal_of(row->active, row->base, day_of(row->day));
        cr_expect_eq(goal.wanted, row->wanted, "row %zu: %lld", i, (long long)goal.wanted);
        cr_expect_eq(goal.missing, row->missing, "row %zu", i);
        cr_expect_eq(goal.years, row->years, "row %zu", i);
        cr_expect_eq(goal.per_year, row->per_year, "row %zu", i);
    }
}
