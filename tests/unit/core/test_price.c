/* What a month, a project and a package cost (core/price.h), on both sides of every edge. */
#include <criterion/criterion.h>
#include <signal.h>

#include "core/price.h"
#include "rules_fixture.h"

#define MILLION INT64_C(1000000)
#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

Test(price, month)
{
    const struct {
        enum programme programme;
        enum segment segment;
        int64_t risk_group, wage_idr;
        int year, month;
        int64_t base_idr, amount_idr;
        bool has_row, has_cap;
    } rows[] = {
        {JKK, PU, 1, 20 * MILLION, 2026, 3, 20 * MILLION, 48000, true, false},
        {JKK, PU, 5, 20 * MILLION, 2026, 3, 20 * MILLION, 348000, true, false},
        {JP, PU, 1, 20 * MILLION, 2026, 2, 10547400, 316422, true, true},
        {JP, PU, 1, 20 * MILLION, 2026, 3, 11086300, 332589, true, true},
        {JP, PU, 1, 11086300, 2026, 3, 11086300, 332589, true, true},
        {JP, PU, 1, 11086299, 2026, 3, 11086299, 332589, true, true},
        {JP, PU_STATE, 1, 9 * MILLION, 2021, 2, 8939700, 268191, true, true},
        {JP, PU_STATE, 1, 9 * MILLION, 2021, 3, 8754600, 262638, true, true},
        {JP, BPU, 1, 9 * MILLION, 2021, 3, 9 * MILLION, 0, false, false},
        {JKM, BPU, 1, 9 * MILLION, 2021, 3, 9 * MILLION, 6800, true, false},
        {JKM, PU, 1, 500, 2024, 2, 500, 2, true, false}, /* 1.5, half up */
        {JKM, PU, 1, 499, 2024, 2, 499, 1, true, false},
        {JKK, JAKON, 1, 9 * MILLION, 2021, 3, 9 * MILLION, 0, true, false},
        {JKK, PU, 1, 9 * MILLION, 2015, 6, 9 * MILLION, 0, false, false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct price price;
        price_month(rules_fixture(),
                    &(struct price_case){.programme = rows[i].programme,
                                         .segment = rows[i].segment,
                                         .risk_group = rows[i].risk_group,
                                         .wage_idr = rows[i].wage_idr,
                                         .day = date(rows[i].year, rows[i].month, 1)},
                    &price);
        cr_expect_eq(price.base_idr, rows[i].base_idr, "row %zu: %lld", i,
                     (long long)price.base_idr);
        cr_expect_eq(price.amount_idr, rows[i].amount_idr, "row %zu: %lld", i,
                     (long long)price.amount_idr);
        cr_expect_eq(price.tariff != NULL, rows[i].has_row, "row %zu", i);
        cr_expect_eq(price.cap != NULL, rows[i].has_cap, "row %zu", i);
        cr_expect_eq(price.factor_ppm, PARTS_OF_ONE, "row %zu", i);
    }
}

Test(price, relief_cuts_its_programmes_only)
{
    const struct relief_row *industry = &rules_fixture()->reliefs[1];
    struct price price;
    struct price_case of = {.programme = JKK,
                            .segment = PU,
                            .risk_group = 3,
                            .wage_idr = 5000100,
                            .day = date(2025, 2, 1),
                            .relief = industry};
    price_month(rules_fixture(), &of, &price);
    cr_expect_eq(price.amount_idr, 22250); /* 22,250.445: cut once, after the relief */
    cr_expect_eq(price.factor_ppm, 500000);
    of.programme = JKM;
    price_month(rules_fixture(), &of, &price);
    cr_expect_eq(price.amount_idr, 15000);
    cr_expect_eq(price.factor_ppm, PARTS_OF_ONE);
}

Test(price, relief_fits)
{
    const struct rules *rules = rules_fixture();
    const unsigned rider = (unsigned)rules_category(rules, TEXT("OJOL"));
    const unsigned farmer = (unsigned)rules_category(rules, TEXT("PETANI"));
    const struct {
        uint32_t relief;
        enum segment segment;
        unsigned sponsor_kind, category;
        int year, month;
        bool fits;
    } rows[] = {
        {0, PU, SPONSOR_EMPLOYER, farmer, 2020, 7, false},
        {0, PU, SPONSOR_EMPLOYER, farmer, 2020, 8, true},
        {0, PU_STATE, SPONSOR_APBD_PROV, farmer, 2021, 1, true},
        {0, BPU, SPONSOR_SELF, farmer, 2021, 2, false},
        {0, JAKON, SPONSOR_EMPLOYER, farmer, 2020, 8, false},
        {1, PU, SPONSOR_EMPLOYER, farmer, 2025, 7, true},
        {1, PU_STATE, SPONSOR_EMPLOYER, farmer, 2025, 7, false},
        {2, BPU, SPONSOR_SELF, rider, 2026, 1, true},
        {2, BPU, SPONSOR_CSR, rider, 2027, 3, true},
        {2, BPU, SPONSOR_APBD_KABKOTA, rider, 2026, 1, false},
        {2, BPU, SPONSOR_SELF, farmer, 2026, 1, false},
        {3, BPU, SPONSOR_SELF, farmer, 2026, 3, false},
        {3, BPU, SPONSOR_SELF, farmer, 2026, 12, true},
        {3, BPU, SPONSOR_SELF, rider, 2026, 12, false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        cr_expect_eq(price_relief_fits(&rules->reliefs[rows[i].relief], rows[i].segment,
                                       rows[i].sponsor_kind, rows[i].category,
                                       month_of(rows[i].year, rows[i].month)),
                     rows[i].fits, "row %zu", i);
    }
}

static struct rules *rules_with_projects(void)
{
    static struct rules rules;
    static const struct {
        int64_t above, up_to, rate;
    } bands[] = {
        {0, 100 * MILLION, 2100},
        {100 * MILLION, 500 * MILLION, 1700},
        {500 * MILLION, 1000 * MILLION, 1300},
        {1000 * MILLION, 5000 * MILLION, 1100},
        {5000 * MILLION, INT64_MAX, 900},
    };
    rules_fixture_copy(&rules);
    for (size_t i = 0; i < COUNT_OF(bands); i++) {
        rules.construction[rules.construction_count++] = (struct construction_row){
            .row = {.valid_from = date(2015, 7, 1), .valid_to = DAY_NEVER},
            .programme = JKK,
            .basis = CONSTRUCTION_CONTRACT,
            .above_idr = bands[i].above,
            .up_to_idr = bands[i].up_to,
            .rate_ppm = bands[i].rate};
    }
    rules.brackets[0] =
        (struct bracket_row){.row = {.valid_from = date(2015, 7, 1), .valid_to = DAY_NEVER},
                             .income_below_idr = 1100000,
                             .base_idr = MILLION};
    rules.brackets[1] =
        (struct bracket_row){.row = {.valid_from = date(2015, 7, 1), .valid_to = DAY_NEVER},
                             .income_from_idr = 1100000,
                             .income_below_idr = INT64_MAX,
                             .base_idr = 1200000};
    rules.bracket_count = 2;
    rules.packages[0] =
        (struct package_row){.row = {.valid_from = date(2023, 2, 22), .valid_to = DAY_NEVER},
                             .package = PACKAGE_PLACEMENT,
                             .months = 12,
                             .amount_idr = 189000};
    rules.package_count = 1;
    rules.recomposition[0] =
        (struct recomposition_row){.row = {.valid_from = date(2021, 2, 1), .valid_to = DAY_NEVER},
                                   .source = RECOMPOSED_JKK,
                                   .risk_group = 2,
                                   .stays_ppm = 4000,
                                   .to_jkp_ppm = 1400};
    rules.recomposition_count = 1;
    return &rules;
}

Test(price, project)
{
    const struct {
        int64_t value_idr;
        uint32_t bands;
        int64_t amount_idr;
    } rows[] = {
        {1, 1, 0},
        {238, 1, 0},
        {239, 1, 1}, /* 0.5019: half up, once */
        {100 * MILLION, 1, 210000},
        {100 * MILLION + 294, 2, 210000},
        {100 * MILLION + 295, 2, 210001},
        {500 * MILLION, 2, 890000},
        {1000 * MILLION, 3, 1540000},
        {5000 * MILLION, 4, 5940000},
        {10000 * MILLION, 5, 10440000},
        {PRICE_PROJECT_MOST_IDR, 5, INT64_C(81001440000)},
    };
    const struct rules *rules = rules_with_projects();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct project_price price;
        price_project(rules, JKK, CONSTRUCTION_CONTRACT, rows[i].value_idr, date(2026, 1, 1),
                      &price);
        cr_expect_eq(price.count, rows[i].bands, "row %zu: %u", i, price.count);
        cr_expect_eq(price.amount_idr, rows[i].amount_idr, "row %zu: %lld", i,
                     (long long)price.amount_idr);
    }
}

Test(price, project_without_rows)
{
    const struct rules *rules = rules_with_projects();
    struct project_price price;
    price_project(rules, JKM, CONSTRUCTION_CONTRACT, MILLION, date(2026, 1, 1), &price);
    cr_expect_eq(price.count, 0);
    price_project(rules, JKK, CONSTRUCTION_WAGES, MILLION, date(2026, 1, 1), &price);
    cr_expect_eq(price.count, 0);
    price_project(rules, JKK, CONSTRUCTION_CONTRACT, MILLION, date(2015, 6, 30), &price);
    cr_expect_eq(price.count, 0);
    cr_expect_eq(price.amount_idr, 0);
}

Test(price, project_beyond_the_most, .signal = SIGABRT)
{
    struct project_price price;
    price_project(rules_with_projects(), JKK, CONSTRUCTION_CONTRACT, PRICE_PROJECT_MOST_IDR + 1,
                  date(2026, 1, 1), &price);
}

Test(price, bracket_package_and_recomposition)
{
    const struct rules *rules = rules_with_projects();
    const day_t day = date(2026, 1, 1);
    cr_expect_eq(price_bracket(rules, 0, day)->base_idr, MILLION);
    cr_expect_eq(price_bracket(rules, 1099999, day)->base_idr, MILLION);
    cr_expect_eq(price_bracket(rules, 1100000, day)->base_idr, 1200000);
    cr_expect_eq(price_bracket(rules, INT64_MAX - 1, day)->base_idr, 1200000);
    cr_expect_null(price_bracket(rules, MILLION, date(2015, 6, 30)));
    cr_expect_eq(price_package(rules, PACKAGE_PLACEMENT, 12, day)->amount_idr, 189000);
    cr_expect_null(price_package(rules, PACKAGE_PLACEMENT, 24, day));
    cr_expect_null(price_package(rules, PACKAGE_EXTRA_MONTH, 12, day));
    cr_expect_null(price_package(rules, PACKAGE_PLACEMENT, 12, date(2023, 2, 21)));
    cr_expect_eq(price_recomposition(rules, RECOMPOSED_JKK, 2, day)->to_jkp_ppm, 1400);
    cr_expect_null(price_recomposition(rules, RECOMPOSED_JKK, 1, day));
    cr_expect_null(price_recomposition(rules, RECOMPOSED_JKM, 2, day));
    cr_expect_null(price_recomposition(rules, RECOMPOSED_JKK, 2, date(2021, 1, 31)));
}
