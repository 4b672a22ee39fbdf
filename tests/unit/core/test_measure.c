#include <criterion/criterion.h>
#include <signal.h>

#include "core/measure.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static struct rules rules;

static void set_up(void)
{
    strncpy(rules.categories[5].code, "KPPS", CATEGORY_CODE_BYTES_MAX);
}

TestSuite(measure, .init = set_up);

Test(measure, names_the_measures_of_a_day)
{
    const struct {
        unsigned measure;
        const char *name;
    } rows[] = {
        {MEASURE_REGISTERED, "registered"},
        {MEASURE_ACTIVE, "active"},
        {MEASURE_MEMBERSHIPS, "memberships"},
        {MEASURE_PROGRAMME + JKK, "programme:JKK"},
        {MEASURE_PROGRAMME + JKP, "programme:JKP"},
        {MEASURE_SEGMENT + PU, "segment:PU"},
        {MEASURE_SEGMENT + PMI, "segment:PMI"},
        {MEASURE_SPONSOR + SPONSOR_SELF, "sponsor:SELF"},
        {MEASURE_SPONSOR + SPONSOR_KORPRI, "sponsor:KORPRI"},
        {MEASURE_CATEGORY + 5, "category:KPPS"},
        {MEASURE_CATEGORY + 63, "category:63"}, /* a number the bundle does not use */
        {MEASURE_OVERDUE_IDR + JKM, "overdue_idr:programme:JKM"},
        {MEASURE_OVERDUE + JKK, "overdue:programme:JKK"},
        {measure_of_open(JKK, HELD), "open:JKK:HELD"},
        {measure_of_open(JKP, WAITING), "open:JKP:WAITING"},
        {MEASURE_OPEN_PAST_DUE + JHT, "open_past_due:JHT"},
        {MEASURE_GRACE, "grace"},
        {MEASURE_BEGUN, "begun"},
        {MEASURE_BEGUN_SPONSOR + SPONSOR_NPHD, "begun:sponsor:NPHD"},
        {MEASURE_BEGUN_CATEGORY + 5, "begun:category:KPPS"},
        {MEASURE_ENDED, "ended"},
        {MEASURE_ENDED_SPONSOR + SPONSOR_SELF, "ended:sponsor:SELF"},
        {MEASURE_ENDED_CATEGORY + 5, "ended:category:KPPS"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char name[MEASURE_NAME_BYTES];
        day_measure_name(&rules, rows[i].measure, name);
        cr_assert_str_eq(name, rows[i].name);
    }
}

Test(measure, names_the_totals)
{
    const struct {
        unsigned total;
        const char *name;
    } rows[] = {
        {TOTAL_CLAIMS, "claims:JKK:APPROVED"},
        {TOTAL_CLAIMS + JKM * VERDICT_COUNT + WAITING, "claims:JKM:WAITING"},
        {TOTAL_PAYMENTS - 1, "claims:JKP:WAITING"},
        {TOTAL_PAYMENTS, "payments"},
        {TOTAL_PAID_IDR, "paid_idr"},
        {TOTAL_PAYMENTS_PROGRAMME + JKM, "payments:programme:JKM"},
        {TOTAL_PAID_IDR_PROGRAMME + JHT, "paid_idr:programme:JHT"},
        {TOTAL_PAYMENTS_CATEGORY + 5, "payments:category:KPPS"},
        {TOTAL_PAID_IDR_CATEGORY + 5, "paid_idr:category:KPPS"},
        {TOTAL_CONTRIBUTIONS_IDR + JKK, "contributions_idr:programme:JKK"},
        {TOTAL_EXTERNAL_IDR, "external_idr"},
        {TOTAL_PAYMENTS_STATUS + ORDERED_STATE, "payments:status:ORDERED"},
        {TOTAL_PAYMENTS_STATUS + 1 + STATUS_RECONCILED, "payments:status:RECONCILED"},
        {TOTAL_PAID_IDR_STATUS + 1 + STATUS_UNKNOWN, "paid_idr:status:UNKNOWN"},
        {total_of_death(JKK, 5), "deaths:JKK:category:KPPS"},
        {total_of_death(JKM, 5), "deaths:JKM:category:KPPS"},
        {TOTAL_LATE_COST_IDR + JKP, "late_cost_idr:programme:JKP"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char name[MEASURE_NAME_BYTES];
        total_measure_name(&rules, rows[i].total, name);
        cr_assert_str_eq(name, rows[i].name);
    }
}

Test(measure, gives_every_measure_its_own_name)
{
    static char names[DAY_MEASURE_COUNT + TOTAL_COUNT][MEASURE_NAME_BYTES];
    memset(rules.categories[7].code, 'X', CATEGORY_CODE_BYTES_MAX);
    for (unsigned i = 0; i < DAY_MEASURE_COUNT; i++) {
        day_measure_name(&rules, i, names[i]);
    }
    for (unsigned i = 0; i < TOTAL_COUNT; i++) {
        total_measure_name(&rules, i, names[DAY_MEASURE_COUNT + i]);
    }
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        for (size_t k = 0; k < i; k++) {
            cr_assert_str_neq(names[i], names[k]);
        }
    }
}

Test(measure, knows_the_names_of_days_from_those_of_totals)
{
    char name[MEASURE_NAME_BYTES];
    for (unsigned i = 0; i < DAY_MEASURE_COUNT; i++) {
        day_measure_name(&rules, i, name);
        cr_assert(name_is_of_day(name), "%s", name);
    }
    for (unsigned i = 0; i < TOTAL_COUNT; i++) {
        total_measure_name(&rules, i, name);
        cr_assert_not(name_is_of_day(name), "%s", name);
    }
    for (unsigned i = 0; i < FLOW_COUNT; i++) {
        cr_assert(name_is_of_day(flows[i].name));
    }
    cr_assert(name_is_of_day(EMPLOYERS_NAME));
    cr_assert(name_is_of_day("category:OF_ANOTHER_BUNDLE"));
    cr_assert_not(name_is_of_day("ended_never"));
    cr_assert_not(name_is_of_day(""));
}

Test(measure, names_what_a_flow_is_of)
{
    for (unsigned i = 0; i < FLOW_COUNT; i++) {
        char name[MEASURE_NAME_BYTES];
        day_measure_name(&rules, flows[i].measure, name);
        cr_assert_str_eq(name, flows[i].of);
        cr_assert_lt(flows[i].after, flows[i].until);
    }
}

Test(measure, of_an_open_claim_refuses_a_closed_one, .signal = SIGABRT)
{
    (void)measure_of_open(JKK, APPROVED);
}

Test(measure, of_a_death_refuses_another_programme, .signal = SIGABRT)
{
    (void)total_of_death(JHT, 5);
}
