#include <criterion/criterion.h>

#include "core/day.h"
#include "core/text.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static int length_of_month(int year, int month)
{
    switch (month) {
    case 2: return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28;
    case 4:
    case 6:
    case 9:
    case 11: return 30;
    default: return 31;
    }
}

/* A calendar that only counts: every date there is, one after the other. */
Test(day, counts_every_date_of_the_calendar)
{
    day_t day = DAY_FIRST;
    int weekday = 0; /* 0001-01-01 was a Monday */
    for (int year = 1; year <= 9999; year++) {
        for (int month = 1; month <= 12; month++) {
            cr_assert_eq(month_first_day((month_t)(year * 12 + month - 1)), day);
            for (int d = 1; d <= length_of_month(year, month); d++, day++) {
                day_t made = 0;
                int y, m, of_month;
                day_to_civil(day, &y, &m, &of_month);
                cr_assert(day_from_civil(year, month, d, &made));
                cr_assert(made == day && y == year && m == month && of_month == d);
                cr_assert(day_weekday(day) == weekday && day_month(day) == year * 12 + month - 1);
                weekday = (weekday + 1) % 7;
            }
            cr_assert_eq(month_last_day((month_t)(year * 12 + month - 1)), day - 1);
        }
    }
    cr_assert_eq(day, DAY_LAST + 1);
}

Test(day, knows_the_epoch)
{
    day_t day;
    cr_assert(day_from_civil(1970, 1, 1, &day));
    cr_assert_eq(day, 0);
    cr_assert_eq(day_weekday(0), 3);
}

Test(day, refuses_dates_that_are_not)
{
    static const int rows[][3] = {{0, 1, 1},     {10000, 1, 1}, {2024, 0, 1},  {2024, 13, 1},
                                  {2024, 2, 30}, {2023, 2, 29}, {1900, 2, 29}, {2024, 4, 31},
                                  {2024, 1, 0},  {2024, 1, 32}, {-1, 1, 1}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        day_t day;
        cr_assert_not(day_from_civil(rows[i][0], rows[i][1], rows[i][2], &day), "row %zu", i);
    }
}

static day_t parsed(const char *text)
{
    day_t day = DAY_NONE;
    cr_assert(day_parse(text, (uint32_t)strlen(text), &day), "%s", text);
    return day;
}

Test(day, adds_months_keeping_the_day_or_the_last_of_a_shorter_month)
{
    static const struct {
        const char *from;
        int months;
        const char *to;
    } rows[] = {
        {"2024-01-31", 1, "2024-02-29"},         {"2023-01-31", 1, "2023-02-28"},
        {"2024-02-29", 12, "2025-02-28"},        {"2024-02-29", 48, "2028-02-29"},
        {"2024-03-31", -1, "2024-02-29"},        {"2024-01-15", -1, "2023-12-15"},
        {"2019-12-02", 60, "2024-12-02"},        {"2024-05-31", 0, "2024-05-31"},
        {"9999-11-30", 2, "9999-12-31"},         {"0001-01-10", -1, "0001-01-01"},
        {"0001-02-10", -1, "0001-01-10"},        {"9999-12-31", 2000000000, "9999-12-31"},
        {"0001-01-01", INT32_MIN, "0001-01-01"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        cr_assert_eq(day_add_months(parsed(rows[i].from), rows[i].months), parsed(rows[i].to),
                     "row %zu", i);
    }
    cr_assert_eq(day_add_months(DAY_NEVER, 3), DAY_NEVER);
}

Test(day, does_not_overflow_at_the_ends_of_its_type)
{
    cr_assert_eq(month_last_day(INT32_MAX), DAY_NEVER);
    cr_assert_eq(month_first_day(INT32_MIN), DAY_NONE);
    cr_assert_eq(day_month(DAY_NEVER) / 12, 5881580);
    cr_assert_lt(day_month(DAY_NONE), 0);
    cr_assert_geq(day_weekday(DAY_NONE), 0);
    cr_assert_eq(day_of_time(INT64_MAX, 9), 106751991);
    cr_assert_eq(day_of_time(INT64_MIN, -9), -106751992);
}

Test(day, takes_local_dates_by_whole_hours_and_rounds_down_before_1970)
{
    static const struct {
        const char *time;
        int offset;
        const char *day;
    } rows[] = {
        {"2024-02-14T16:59:59Z", 7, "2024-02-14"}, {"2024-02-14T17:00:00Z", 7, "2024-02-15"},
        {"2024-02-14T15:00:00Z", 9, "2024-02-15"}, {"2024-02-14T14:59:59.999999Z", 9, "2024-02-14"},
        {"1969-12-31T23:59:59Z", 0, "1969-12-31"}, {"1969-12-31T16:59:59.999999Z", 7, "1969-12-31"},
        {"1969-12-31T17:00:00Z", 7, "1970-01-01"}, {"1970-01-01T00:00:00Z", -1, "1969-12-31"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int64_t time = 0;
        cr_assert(time_parse(rows[i].time, (uint32_t)strlen(rows[i].time), &time));
        cr_assert_eq(day_of_time(time, rows[i].offset), parsed(rows[i].day), "row %zu", i);
    }
}

Test(day, turns_months_into_numbers_and_back)
{
    cr_assert_eq(month_from_number(202402), 2024 * 12 + 1);
    cr_assert_eq(month_to_number(2024 * 12 + 1), 202402);
    cr_assert_eq(month_to_number(month_from_number(101)), 101);
    cr_assert_eq(month_to_number(MONTH_LAST), 999912);
    static const int64_t wrong[] = {0,       1,       100,      202400,    202413,
                                    -202402, 1000001, 20240201, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        cr_assert_eq(month_from_number(wrong[i]), MONTH_NONE, "row %zu", i);
    }
}

Test(day, prints_and_clamps_what_has_no_four_digit_year)
{
    char day[DAY_TEXT_BYTES], month[MONTH_TEXT_BYTES], time[TIME_TEXT_BYTES];
    day_print(parsed("2024-02-14"), day);
    cr_assert_str_eq(day, "2024-02-14");
    day_print(DAY_NEVER, day);
    cr_assert_str_eq(day, "9999-12-31");
    day_print(DAY_NONE, day);
    cr_assert_str_eq(day, "0001-01-01");
    month_print(2024 * 12 + 11, month);
    cr_assert_str_eq(month, "2024-12");
    month_print(MONTH_NONE, month);
    cr_assert_str_eq(month, "0001-01");
    time_print(INT64_C(1707929700000000), time);
    cr_assert_str_eq(time, "2024-02-14T16:55:00Z");
    time_print(INT64_C(1707929700000042), time);
    cr_assert_str_eq(time, "2024-02-14T16:55:00.000042Z");
    time_print(-1, time);
    cr_assert_str_eq(time, "1969-12-31T23:59:59.999999Z");
    time_print(INT64_MAX, time);
    cr_assert_str_eq(time, "9999-12-31T23:59:59.999999Z");
    time_print(TIME_NONE, time);
    cr_assert_str_eq(time, "0001-01-01T00:00:00Z");
}

Test(day, refuses_texts_that_are_no_day)
{
    static const char *const wrong[] = {
        "",           "2024-02-1",  "2024-02-014", "2024-2-14",   "24-02-14",    "2024-02-30",
        "2023-02-29", "2024/02/14", "2024-02-14 ", " 2024-02-14", "2024-02-14Z", "+024-02-14",
        "0000-01-01", "2024-00-01", "2024-01-00",  "２024-01-1"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        day_t day;
        cr_assert_not(day_parse(wrong[i], (uint32_t)strlen(wrong[i]), &day), "row %zu", i);
    }
    day_t day;
    cr_assert_not(day_parse(NULL, 0, &day));
}

Test(day, reads_months_strictly)
{
    month_t month = MONTH_NONE;
    cr_assert(month_parse("2024-02", 7, &month));
    cr_assert_eq(month, 2024 * 12 + 1);
    static const char *const wrong[] = {"",         "2024-2",   "2024-00", "2024-13", "0000-01",
                                        "2024-02-", "2024-02 ", "202402",  "2024_02", "2024-0a"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        cr_assert_not(month_parse(wrong[i], (uint32_t)strlen(wrong[i]), &month), "row %zu", i);
    }
}

Test(day, reads_times_with_an_offset)
{
    static const struct {
        const char *text;
        int64_t time;
    } rows[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"1970-01-01T07:00:00+07:00", 0},
        {"1969-12-31T23:30:00-00:30", 0},
        {"1970-01-01T00:00:00.5Z", 500000},
        {"1970-01-01T00:00:00.000001Z", 1},
        {"1969-12-31T23:59:59.999999Z", -1},
        {"2024-02-14T23:55:00+07:00", INT64_C(1707929700000000)},
        {"0001-01-01T00:00:00Z", TIME_FIRST},
        {"9999-12-31T23:59:59.999999Z", TIME_LAST},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int64_t time = TIME_NONE;
        cr_assert(time_parse(rows[i].text, (uint32_t)strlen(rows[i].text), &time), "row %zu", i);
        cr_assert_eq(time, rows[i].time, "row %zu", i);
    }
}

Test(day, refuses_texts_that_are_no_time)
{
    static const char *const wrong[] = {
        "",
        "2024-02-14",
        "2024-02-14T16:55:00",
        "2024-02-14T16:55Z",
        "2024-02-14t16:55:00Z",
        "2024-02-14T16:55:00z",
        "2024-02-14 16:55:00Z",
        "2024-02-14T24:00:00Z",
        "2024-02-14T16:60:00Z",
        "2024-02-14T16:55:60Z",
        "2024-02-14T16:55:00.Z",
        "2024-02-14T16:55:00.1234567Z",
        "2024-02-14T16:55:00,5Z",
        "2024-02-14T16:55:00+7:00",
        "2024-02-14T16:55:00+0700",
        "2024-02-14T16:55:00+07",
        "2024-02-14T16:55:00+24:00",
        "2024-02-14T16:55:00+07:60",
        "2024-02-14T16:55:00Z ",
        "2024-02-14T16:55:00ZZ",
        "2024-02-30T16:55:00Z",
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        int64_t time;
        cr_assert_not(time_parse(wrong[i], (uint32_t)strlen(wrong[i]), &time), "%s", wrong[i]);
    }
}

Test(day, reads_back_what_it_prints)
{
    for (int64_t time = TIME_FIRST; time <= TIME_LAST - 98765432109876; time += 98765432109876) {
        char text[TIME_TEXT_BYTES];
        int64_t back = 0;
        time_print(time, text);
        cr_assert(time_parse(text, (uint32_t)strlen(text), &back), "%s", text);
        cr_assert_eq(back, time, "%s", text);
    }
}
