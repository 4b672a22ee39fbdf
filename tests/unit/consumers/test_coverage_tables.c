#include "consumers/coverage_tables.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/field.h"

static struct figure hall[] = {
    {"registered", 20},
    {"active", 12},
    {"memberships", 13},
    {"employers", 1234},
    {"grace", 3},
    {"new_today", 2},
    {"ended_today", 0},
    {"ending_7", 4},
    {"ending_30", 5},
    {"payments:status:SETTLED", 6},
    {"paid_idr:status:SETTLED", 7000000},
    {"open:JKM:HELD", 8},
};
static struct figure few[] = {{"registered", 9}, {"active", 9}};

static struct region_figures regions[] = {
    {.code = "ID", .figures = few, .count = 2, .coverage_bp = NUMBER_NONE},
    {.code = "36",
     .figures = few,
     .count = 2,
     .coverage_bp = 4133,
     .base = {.present = true, .value = 21, .year = 2022, .kind = "WORKERS", .source = "BPS"}},
    {.code = "36.71",
     .figures = few,
     .count = 2,
     .coverage_bp = NUMBER_NONE,
     .quarantined =
         {.present = true, .value = 8, .year = 2023, .kind = "ELIGIBLE", .source = "hall"},
     .quarantined_count = 3},
    {.code = "36.74",
     .figures = hall,
     .count = sizeof hall / sizeof *hall,
     .coverage_bp = 123456,
     .base = {.present = true, .value = 1, .year = 2022, .kind = "WORKERS", .source = "BPS"}},
};
static int64_t sequences[] = {17, 3, 2000, 4, 5};

/* The caller frees it. */
static char *printed(const struct coverage_view *view, size_t lanes, unsigned width)
{
    static const struct rules rules;
    const struct figures figures = {.day = 0,
                                    .sequences = sequences,
                                    .lane_count = lanes,
                                    .regions = regions,
                                    .count = sizeof regions / sizeof *regions};
    const struct terminal terminal = {.is_terminal = width > 0, .width = width};
    struct coverage_view of_rules = *view;
    of_rules.rules = &rules;
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    coverage_print(&of_rules, &figures, &terminal, out);
    cr_assert_eq(fclose(out), 0);
    return text;
}

static void expect(const struct coverage_view *view, size_t lanes, unsigned width, bool wanted,
                   const char *part)
{
    char *text = printed(view, lanes, width);
    cr_expect_eq(strstr(text, part) != NULL, wanted, "%s in:\n%s", part, text);
    free(text);
}

Test(coverage_tables, show_first_what_a_city_hall_asks_for)
{
    const struct coverage_view view = {.region = "36.74"};
    expect(&view, 1, 0, true,
           "figure       value  what it is\n"
           "active          12  people covered on this day\n"
           "registered      20  people ever enrolled\n"
           "memberships     13  covers in force on this day\n"
           "new_today        2  covers that begin on this day\n"
           "ended_today      0  covers that are over from this day on\n"
           "ending_7         4  covers whose last day is among the 7 days from this day on\n"
           "ending_30        5  covers whose last day is among the 30 days from this day on\n"
           "grace            3  covers on a day of grace\n"
           "employers    1,234  employers with a cover on this day\n");
    expect(&view, 1, 0, true, "coverage 1,234.56 % of 1 WORKERS 2022 (BPS)\n");
    expect(&view, 1, 0, true, "payments now  count         Rp\nSETTLED           6  7,000,000\n");
    expect(&view, 1, 0, true, "other figures  value\nopen:JKM:HELD      8\n");
    const struct coverage_view other = {.region = "36.71"};
    expect(&other, 1, 0, false, "new_today");
    expect(&other, 1, 0, true,
           "ELIGIBLE 2023 (8, hall) quarantined: it exceeds the population, and 2 more\n");
}

Test(coverage_tables, rank_and_draw)
{
    const struct coverage_view view = {.level = LEVEL_ALL};
    expect(&view, 2, 0, true, "from the journals' sequences 17, 3 of lanes 0 to 1;");
    expect(&view, 5, 0, true, "from the journals' sequences 3 to 2000 of lanes 0 to 4;");
    expect(&view, 0, 0, false, "written to Redis");
    expect(&view, 1, 150, true,
           "   1  36     (not known)           9       9     41.33 %  "
           "########............    21  WORKERS  2022  BPS\n");
    expect(&view, 1, 150, true,
           "   1  36.74  (not known)          20      12  1,234.56 %  "
           "###################>     1  WORKERS  2022  BPS\n");
    expect(&view, 1, 0, false, "####");
    expect(&view, 1, 0, true, "\n      36.71  (not known)           9       9           -     -\n");
    const struct coverage_view provinces = {.level = LEVEL_PROVINCE};
    expect(&provinces, 1, 0, false, "36.7");
}
