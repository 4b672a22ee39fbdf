#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>

#include "rules_fixture.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define NO_ROW (-1)

/* Every lookup must find the same with and without the index. */
static const struct rules *both[2];

static void prepare(void)
{
    static struct rules plain;
    rules_fixture_copy(&plain);
    both[0] = &plain;
    both[1] = rules_fixture();
}

TestSuite(rules, .init = prepare);

Test(rules, fixture_comes_with_and_without_index)
{
    cr_assert(!both[0]->indexed);
    cr_assert(both[1]->indexed);
}

Test(rules, tariff)
{
    const struct {
        enum programme programme;
        enum segment segment;
        int64_t risk_group;
        day_t day;
        int base; /* or NO_ROW */
        int64_t value;
    } rows[] = {
        {JKK, PU, 1, date(2024, 2, 1), TARIFF_WAGE_PPM, 2400},
        {JKK, PU, 5, date(2024, 2, 1), TARIFF_WAGE_PPM, 17400},
        {JKK, PU_STATE, 3, date(2024, 2, 1), TARIFF_WAGE_PPM, 8900},
        {JKK, BPU, 1, date(2024, 2, 1), TARIFF_WAGE_PPM, 10000},
        {JKK, JAKON, 4, date(2024, 2, 1), TARIFF_ANY_AMOUNT, 0},
        {JKM, PU, 2, date(2024, 2, 1), TARIFF_WAGE_PPM, 3000},
        {JKM, BPU, 1, date(2024, 2, 1), TARIFF_FIXED_IDR, 6800},
        {JHT, PU, 1, date(2024, 2, 1), TARIFF_WAGE_PPM, 57000},
        {JHT, BPU, 1, date(2024, 2, 1), TARIFF_WAGE_PPM, 20000},
        {JP, PU, 1, date(2024, 2, 1), TARIFF_CAPPED_WAGE_PPM, 30000},
        {JP, BPU, 1, date(2024, 2, 1), NO_ROW, 0},
        {JHT, JAKON, 1, date(2024, 2, 1), NO_ROW, 0},
        {JKP, PMI, 1, date(2024, 2, 1), NO_ROW, 0},
        {JKK, PU, 1, date(2015, 7, 1), TARIFF_WAGE_PPM, 2400},
        {JKK, PU, 1, date(2015, 6, 30), NO_ROW, 0},
        {JKK, PU, 6, date(2024, 2, 1), NO_ROW, 0},
    };
    for (size_t i = 0; i < COUNT_OF(rows) * 2; i++) {
        const size_t r = i / 2;
        const struct tariff_row *found = rules_tariff(
            both[i % 2], rows[r].programme, rows[r].segment, rows[r].risk_group, rows[r].day);
        if (rows[r].base == NO_ROW) {
            cr_expect_null(found, "row %zu", r);
            continue;
        }
        cr_assert_not_null(found, "row %zu", r);
        cr_expect_eq(found->base, rows[r].base, "row %zu", r);
        cr_expect_eq(found->value, rows[r].value, "row %zu", r);
    }
}

Test(rules, parameter)
{
    const struct {
        enum parameter parameter;
        uint8_t segment;
        day_t day;
        int64_t value;
    } rows[] = {
        {PARAMETER_BACKDATING_DAYS, PU, date(2024, 1, 1), 30},
        {PARAMETER_BACKDATING_DAYS, BPU, date(2024, 1, 1), 0},
        {PARAMETER_GRACE_MONTHS, BPU, date(2024, 1, 1), 3},
        {PARAMETER_WAIT_DAYS, ANY, DAY_FIRST, 14},
        {PARAMETER_WAIT_DAYS, ANY, DAY_LAST, 14},
        {PARAMETER_EXPIRY_MONTHS, ANY, date(2019, 12, 1), 24},
        {PARAMETER_EXPIRY_MONTHS, ANY, date(2019, 12, 2), 60},
        {PARAMETER_WAITING_TENURE_DAYS, BPU, date(2021, 3, 31), 0},
        {PARAMETER_WAITING_TENURE_DAYS, BPU, date(2021, 4, 1), 90},
        {PARAMETER_WAITING_TENURE_DAYS, PU, date(2021, 4, 1), 0},
        {PARAMETER_DUE_DAYS_JKM, ANY, date(2024, 1, 1), 3},
        {PARAMETER_DUE_DAYS_OTHER, ANY, date(2024, 1, 1), 7},
        {PARAMETER_LATE_COST_PPM, ANY, date(2024, 1, 1), 10000},
    };
    for (size_t i = 0; i < COUNT_OF(rows) * 2; i++) {
        const size_t r = i / 2;
        cr_expect_eq(rules_parameter(both[i % 2], rows[r].parameter, rows[r].segment, rows[r].day),
                     rows[r].value, "row %zu", r);
    }
}

Test(rules, refuses_a_parameter_without_a_row, .signal = SIGABRT)
{
    static struct rules rules;
    (void)rules_parameter(&rules, PARAMETER_WAIT_DAYS, ANY, 0);
}

Test(rules, wage_cap)
{
    const struct {
        enum programme programme;
        day_t day;
        int64_t cap_idr;
    } rows[] = {
        {JP, date(2026, 2, 28), 10547400},  {JP, date(2026, 3, 1), 11086300},
        {JP, DAY_LAST, 11086300},           {JP, date(2015, 6, 30), INT64_MAX},
        {JHT, date(2026, 3, 1), INT64_MAX},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        cr_expect_eq(rules_wage_cap(both[1], rows[i].programme, rows[i].day), rows[i].cap_idr,
                     "row %zu", i);
    }
}

Test(rules, benefit)
{
    const struct {
        enum benefit benefit;
        day_t day;
        const char *ids; /* in order */
    } rows[] = {
        {BENEFIT_JKM, date(2019, 12, 1), "jkm-lump-2015 jkm-periodic-2015 jkm-burial-2015 "},
        {BENEFIT_JKM, date(2019, 12, 2), "jkm-lump-2019 jkm-periodic-2019 jkm-burial-2019 "},
        {BENEFIT_JKM, date(2015, 6, 30), ""},
        {BENEFIT_JKM_WAITING, date(2021, 3, 31), ""},
        {BENEFIT_JKM_WAITING, date(2021, 4, 1), "jkm-waiting-burial-2021 "},
        {BENEFIT_JKK_DEATH, date(2024, 2, 14), "jkk-death-2019 jkk-periodic-2019 jkk-burial-2019 "},
    };
    for (size_t i = 0; i < COUNT_OF(rows) * 2; i++) {
        const size_t r = i / 2;
        const struct benefit_row *found[LINES_OUT_MAX];
        const uint32_t count = rules_benefit(both[i % 2], rows[r].benefit, rows[r].day, found);
        char ids[LINES_OUT_MAX * (RULE_ID_BYTES_MAX + 2)] = "";
        for (uint32_t line = 0; line < count; line++) {
            strncat(ids, found[line]->row.id, sizeof ids - strlen(ids) - 1);
            strncat(ids, " ", sizeof ids - strlen(ids) - 1);
        }
        cr_expect_str_eq(ids, rows[r].ids, "row %zu", r);
    }
}

Test(rules, channel)
{
    const struct {
        int64_t amount_idr;
        const char *channel;
    } rows[] = {{1, "BI_FAST"}, {250000000, "BI_FAST"}, {250000001, "RTGS"}, {INT64_MAX, "RTGS"}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct text found = rules_channel(both[1], rows[i].amount_idr, date(2024, 2, 20));
        cr_expect(text_equal(found, text_of_string(rows[i].channel)), "row %zu", i);
    }
}

Test(rules, refuses_a_day_without_a_channel, .signal = SIGABRT)
{
    static struct rules rules;
    (void)rules_channel(&rules, 1, 0);
}

Test(rules, category)
{
    const struct {
        const char *code;
        uint32_t length;
        int number;
    } rows[] = {
        {"KPPS", 4, 1},   {"PPS", 3, 2},
        {"OTHER", 5, 38}, {"KPP", 3, -1},
        {"KPPSX", 5, -1}, {"kpps", 4, -1},
        {"", 0, -1},      {"KPPS\0", 5, -1},
        {"\0", 1, -1},    {"THIS_CODE_IS_LONGER_THAN_ALL_OF_THEM", 36, -1},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        cr_expect_eq(rules_category(both[1], text_of(rows[i].code, rows[i].length)), rows[i].number,
                     "row %zu", i);
    }
}

Test(rules, region)
{
    const struct {
        const char *code;
        uint16_t region;
    } rows[] = {
        {"36.74", REGION_TANGSEL},
        {"36.71", REGION_TANGERANG},
        {"51.71", REGION_DENPASAR},
        {"36.99", 0}, /* no such city */
        {"36", 0},    /* a province is nobody's home */
        {"36.00", 0},
        {"00.00", 0},
        {"3674", 0},
        {"36-74", 0},
        {"36.7", 0},
        {"36.740", 0},
        {" 6.74", 0},
        {"36.7x", 0},
        {"", 0},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        cr_expect_eq(rules_region(both[1], text_of_string(rows[i].code)), rows[i].region, "row %zu",
                     i);
    }
}

Test(rules, region_is_printed)
{
    const struct {
        uint16_t region;
        const char *text;
    } rows[] = {{0, "00.00"},    {3674, "36.74"}, {3600, "36"},
                {1101, "11.01"}, {9999, "99.99"}, {100, "01"}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char text[REGION_TEXT_BYTES];
        region_print(rows[i].region, text);
        cr_expect_str_eq(text, rows[i].text, "row %zu", i);
    }
}

Test(rules, utc_offset)
{
    const struct {
        uint16_t region;
        int hours;
    } rows[] = {
        {0, 7},   {REGION_TANGSEL, 7}, {REGION_DENPASAR, 8}, {REGION_JAYAPURA, 9}, {5100, 8},
        {1101, 7}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        cr_expect_eq(rules_utc_offset(both[1], rows[i].region), rows[i].hours, "row %zu", i);
    }
}

/* 2024: 14 February (Wednesday), 11 and 12 March (Monday, Tuesday) and 29 March (Friday) are
 * holidays. */
Test(rules, working_days)
{
    const struct {
        day_t from;
        int days;
        day_t until;
    } rows[] = {
        {date(2024, 2, 19), 0, date(2024, 2, 19)},
        {date(2024, 2, 19), 3, date(2024, 2, 22)},
        {date(2024, 2, 16), 1, date(2024, 2, 19)}, /* Friday to Monday */
        {date(2024, 2, 17), 1, date(2024, 2, 19)}, /* from a Saturday */
        {date(2024, 2, 13), 1, date(2024, 2, 15)}, /* over a holiday */
        {date(2024, 2, 14), 1, date(2024, 2, 15)}, /* from a holiday */
        {date(2024, 3, 8), 3, date(2024, 3, 15)},  /* weekend and two holidays */
        {date(2024, 2, 7), 7, date(2024, 2, 21)},
        {date(2024, 3, 28), 1, date(2024, 4, 1)}, /* past the last of the table */
        {date(2023, 6, 1), 3, date(2023, 6, 6)},  /* before the first */
        {date(1969, 12, 31), 1, date(1970, 1, 1)},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        cr_expect_eq(rules_working_days_after(both[1], rows[i].from, rows[i].days), rows[i].until,
                     "row %zu", i);
    }
}

Test(rules, index_refuses_rows_out_of_order, .signal = SIGABRT)
{
    static struct rules rules;
    rules_fixture_copy(&rules);
    const struct tariff_row first = rules.tariffs[0];
    rules.tariffs[0] = rules.tariffs[rules.tariff_count - 1];
    rules.tariffs[rules.tariff_count - 1] = first;
    rules_index(&rules);
}

Test(rules, index_of_empty_tables_finds_nothing)
{
    static struct rules rules;
    rules_index(&rules);
    const struct benefit_row *found[LINES_OUT_MAX];
    cr_expect_null(rules_tariff(&rules, JKP, PMI, 1, 0));
    cr_expect_eq(rules_benefit(&rules, BENEFIT_JKK_DEATH, 0, found), 0);
}
