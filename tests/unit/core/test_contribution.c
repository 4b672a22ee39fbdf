/* Contributions (rules.md): what a month costs, the order of refusals, paid months and their refs.
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "core/cover.h"
#include "stage.h"

#define MILLION INT64_C(1000000)
#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

/* What a month costs. */

#define ALL (WORK | 1U << JHT | 1U << JP | 1U << JKP)
#define AS_DUE EXCEPTION_PARKED /* in a row: neither under nor over */

struct bill_row {
    const char *name;
    enum segment segment;
    int64_t risk_group;
    uint32_t programmes;
    int64_t wage_idr;
    int year, month;
    int64_t months;
    int64_t paid_idr[PROGRAMME_COUNT]; /* JKK, JKM, JHT, JP, JKP; -1: no line */
    enum exception_code found;
    const char *detail;
};

#define NO_LINE (-1)
#define DETAIL(month_, months_, programme_, expected_, paid_)                                      \
    "membership_id=M1 month=" month_ " months=" months_ " programme=" programme_                   \
    " expected=" expected_ " paid=" paid_

static const struct bill_row bill_rows[] = {
    {"KPPS 5,940", PU_STATE, 1, WORK, 1100000, 2024, 2, 1, {2640, 3300, -1, -1, -1}, AS_DUE, NULL},
    {"tolerated below",
     PU_STATE,
     1,
     WORK,
     1100000,
     2024,
     2,
     1,
     {2639, 3299, -1, -1, -1},
     AS_DUE,
     NULL},
    {"tolerated above",
     PU_STATE,
     1,
     WORK,
     1100000,
     2024,
     2,
     1,
     {2641, 3301, -1, -1, -1},
     AS_DUE,
     NULL},
    {"JKK 2 short",
     PU_STATE,
     1,
     WORK,
     1100000,
     2024,
     2,
     1,
     {2638, 3300, -1, -1, -1},
     EXCEPTION_UNDERPAID,
     DETAIL("2024-02", "1", "JKK", "2640", "2638")},
    {"JKM 2 short",
     PU_STATE,
     1,
     WORK,
     1100000,
     2024,
     2,
     1,
     {2640, 3298, -1, -1, -1},
     EXCEPTION_UNDERPAID,
     DETAIL("2024-02", "1", "JKM", "3300", "3298")},
    {"JKK 2 over",
     PU_STATE,
     1,
     WORK,
     1100000,
     2024,
     2,
     1,
     {2642, 3300, -1, -1, -1},
     EXCEPTION_OVERPAID,
     DETAIL("2024-02", "1", "JKK", "2640", "2642")},
    {"each programme alone",
     PU_STATE,
     1,
     WORK,
     1100000,
     2024,
     2,
     1,
     {5940, 0, -1, -1, -1},
     EXCEPTION_UNDERPAID,
     DETAIL("2024-02", "1", "JKM", "3300", "0")},
    {"under before over",
     PU_STATE,
     1,
     WORK,
     1100000,
     2024,
     2,
     1,
     {9999, 3298, -1, -1, -1},
     EXCEPTION_UNDERPAID,
     DETAIL("2024-02", "1", "JKM", "3300", "3298")},
    {"a missing line is 0",
     PU_STATE,
     1,
     WORK,
     1100000,
     2024,
     2,
     1,
     {2640, -1, -1, -1, -1},
     EXCEPTION_UNDERPAID,
     DETAIL("2024-02", "1", "JKM", "3300", "0")},
    {"no lines at all",
     PU_STATE,
     1,
     WORK,
     1100000,
     2024,
     2,
     1,
     {-1, -1, -1, -1, -1},
     EXCEPTION_UNDERPAID,
     DETAIL("2024-02", "1", "JKK", "2640", "0")},
    {"not in force is 0",
     PU_STATE,
     1,
     WORK,
     1100000,
     2024,
     2,
     1,
     {2640, 3300, 2, -1, -1},
     EXCEPTION_OVERPAID,
     DETAIL("2024-02", "1", "JHT", "0", "2")},
    {"not in force, tolerated",
     PU_STATE,
     1,
     WORK,
     1100000,
     2024,
     2,
     1,
     {2640, 3300, 1, -1, -1},
     AS_DUE,
     NULL},
    {"risk group 2", PU, 2, WORK, MILLION, 2024, 2, 1, {5400, 3000, -1, -1, -1}, AS_DUE, NULL},
    {"risk group 3", PU, 3, WORK, MILLION, 2024, 2, 1, {8900, 3000, -1, -1, -1}, AS_DUE, NULL},
    {"risk group 4", PU, 4, WORK, MILLION, 2024, 2, 1, {12700, 3000, -1, -1, -1}, AS_DUE, NULL},
    {"risk group 5", PU, 5, WORK, MILLION, 2024, 2, 1, {17400, 3000, -1, -1, -1}, AS_DUE, NULL},
    {"risk group 5 as 4",
     PU,
     5,
     WORK,
     MILLION,
     2024,
     2,
     1,
     {12700, 3000, -1, -1, -1},
     EXCEPTION_UNDERPAID,
     DETAIL("2024-02", "1", "JKK", "17400", "12700")},
    {"PU, all five", PU, 1, ALL, MILLION, 2024, 2, 1, {2400, 3000, 57000, 30000, 0}, AS_DUE, NULL},
    {"JKP is not collected",
     PU,
     1,
     ALL,
     MILLION,
     2024,
     2,
     1,
     {2400, 3000, 57000, 30000, 2},
     EXCEPTION_OVERPAID,
     DETAIL("2024-02", "1", "JKP", "0", "2")},
    {"JP under its cap",
     PU,
     1,
     1U << JP,
     10547400,
     2026,
     2,
     1,
     {-1, -1, -1, 316422, -1},
     AS_DUE,
     NULL},
    {"JP on 20 m in February 2026",
     PU,
     1,
     1U << JP,
     20 * MILLION,
     2026,
     2,
     1,
     {-1, -1, -1, 316422, -1},
     AS_DUE,
     NULL},
    {"JP on 20 m in March 2026",
     PU,
     1,
     1U << JP,
     20 * MILLION,
     2026,
     3,
     1,
     {-1, -1, -1, 332589, -1},
     AS_DUE,
     NULL},
    {"JP in March by the cap of February",
     PU,
     1,
     1U << JP,
     20 * MILLION,
     2026,
     3,
     1,
     {-1, -1, -1, 316422, -1},
     EXCEPTION_UNDERPAID,
     DETAIL("2026-03", "1", "JP", "332589", "316422")},
    {"JP in February by the cap of March",
     PU,
     1,
     1U << JP,
     20 * MILLION,
     2026,
     2,
     1,
     {-1, -1, -1, 332589, -1},
     EXCEPTION_OVERPAID,
     DETAIL("2026-02", "1", "JP", "316422", "332589")},
    {"JP over both caps",
     PU_STATE,
     1,
     1U << JP,
     20 * MILLION,
     2026,
     2,
     2,
     {-1, -1, -1, 649011, -1},
     AS_DUE,
     NULL},
    {"BPU 16,800", BPU, 1, WORK, MILLION, 2024, 2, 1, {10000, 6800, -1, -1, -1}, AS_DUE, NULL},
    {"BPU with JHT",
     BPU,
     1,
     WORK | 1U << JHT,
     MILLION,
     2024,
     2,
     1,
     {10000, 6800, 20000, -1, -1},
     AS_DUE,
     NULL},
    {"BPU, JKM is a fixed sum",
     BPU,
     1,
     WORK,
     5 * MILLION,
     2024,
     2,
     1,
     {50000, 6800, -1, -1, -1},
     AS_DUE,
     NULL},
    {"12 months at once",
     BPU,
     1,
     WORK,
     MILLION,
     2024,
     1,
     12,
     {120000, 81600, -1, -1, -1},
     AS_DUE,
     NULL},
    {"12 rupiah short in 12 months",
     BPU,
     1,
     WORK,
     MILLION,
     2024,
     1,
     12,
     {119988, 81588, -1, -1, -1},
     AS_DUE,
     NULL},
    {"13 rupiah short in 12 months",
     BPU,
     1,
     WORK,
     MILLION,
     2024,
     1,
     12,
     {119987, 81600, -1, -1, -1},
     EXCEPTION_UNDERPAID,
     DETAIL("2024-01", "12", "JKK", "120000", "119987")},
    {"13 rupiah over in 12 months",
     BPU,
     1,
     WORK,
     MILLION,
     2024,
     1,
     12,
     {120000, 81613, -1, -1, -1},
     EXCEPTION_OVERPAID,
     DETAIL("2024-01", "12", "JKM", "81600", "81613")},
    /* 0.24 % of 1,000,625 is 2,401.5, of 1,000,624 it is 2,401.4976. */
    {"half up",
     PU,
     1,
     1U << JKK,
     1000625,
     2024,
     2,
     1,
     {2400, -1, -1, -1, -1},
     EXCEPTION_UNDERPAID,
     DETAIL("2024-02", "1", "JKK", "2402", "2400")},
    {"below half down",
     PU,
     1,
     1U << JKK,
     1000624,
     2024,
     2,
     1,
     {2403, -1, -1, -1, -1},
     EXCEPTION_OVERPAID,
     DETAIL("2024-02", "1", "JKK", "2401", "2403")},
    {"rounded each month",
     PU,
     1,
     1U << JKK,
     1000625,
     2024,
     1,
     12,
     {28811, -1, -1, -1, -1},
     EXCEPTION_UNDERPAID,
     DETAIL("2024-01", "12", "JKK", "28824", "28811")},
    {"the largest wage",
     PU,
     5,
     ALL,
     1000 * MILLION,
     2026,
     3,
     1,
     {17400000, 3 * MILLION, 57 * MILLION, 332589, 0},
     AS_DUE,
     NULL},
    {"before the tariff of 2015",
     PU,
     1,
     WORK,
     MILLION,
     2015,
     6,
     1,
     {-1, -1, -1, -1, -1},
     AS_DUE,
     NULL},
    {"24 months", PU, 1, WORK, MILLION, 2024, 1, 24, {57600, 72000, -1, -1, -1}, AS_DUE, NULL},
};

static void enrol_for(struct stage *stage, const struct bill_row *row)
{
    const day_t from = month_first_day(month_of(row->year, row->month));
    stage_enrolled(stage, "M1", row->segment, row->wage_idr, from);
    stage->event.enrolled.risk_group = row->risk_group;
    stage->event.enrolled.programmes = row->programmes;
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED, "%s", row->name);
}

static void pay_for(struct stage *stage, const struct bill_row *row)
{
    stage_paid(stage, "M1", month_of(row->year, row->month), row->months, "R1");
    for (unsigned i = 0; i < PROGRAMME_COUNT; i++) {
        if (row->paid_idr[i] != NO_LINE) {
            stage_line(stage, (enum programme)i, row->paid_idr[i]);
        }
    }
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED, "%s", row->name);
}

static void check_bill(const struct bill_row *row)
{
    struct stage *stage = stage_new();
    enrol_for(stage, row);
    pay_for(stage, row);
    if (row->found == AS_DUE) {
        cr_expect_eq(stage->outputs.count, 0, "%s", row->name);
    } else {
        stage_expect_exception(stage, row->found, row->detail, row->name);
    }
    const bool paid = row->found != EXCEPTION_UNDERPAID;
    cr_expect_eq(months_paid(stage_membership(stage, "M1")), paid ? row->months : 0, "%s",
                 row->name);
}

Test(contribution, a_month_costs_what_the_tariffs_say)
{
    for (size_t i = 0; i < COUNT_OF(bill_rows); i++) {
        check_bill(&bill_rows[i]);
    }
}

Test(contribution, any_amount_pays_construction_and_migrants)
{
    static const struct bill_row rows[] = {
        {"nothing", JAKON, 1, WORK, MILLION, 2024, 2, 1, {-1, -1, -1, -1, -1}, AS_DUE, NULL},
        {"much", JAKON, 1, WORK, MILLION, 2024, 2, 3, {MILLION, 5, 7, 9, 11}, AS_DUE, NULL},
        {"migrant",
         PMI,
         1,
         WORK | 1U << JHT,
         MILLION,
         2024,
         2,
         24,
         {0, 1, 2, -1, -1},
         AS_DUE,
         NULL},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        check_bill(&rows[i]);
    }
}

/* Programmes and wage are those of the month's first day, or of the first day of cover. */

struct day_row {
    const char *name;
    day_t from; /* of the change */
    int month;  /* of 2024 */
    int64_t jkk_idr;
};

static enum outcome pay_jkk(struct stage *stage, month_t month, int64_t months, int64_t amount_idr,
                            const char *ref)
{
    stage_paid(stage, "M1", month, months, ref);
    stage_line(stage, JKK, amount_idr);
    return stage_apply(stage);
}

static void enrol_with(struct stage *stage, enum segment segment, uint32_t programmes, day_t from)
{
    stage_enrolled(stage, "M1", segment, MILLION, from);
    stage->event.enrolled.programmes = programmes;
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
}

static void change_wage(struct stage *stage, int64_t wage_idr, day_t from)
{
    stage_event(stage, EVENT_WAGE_CHANGED, from);
    stage->event.change.membership_id = TEXT("M1");
    stage->event.change.wage_idr = wage_idr;
    stage->event.change.effective_from = from;
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
}

Test(contribution, wage_is_that_of_the_first_day)
{
    const struct day_row rows[] = {
        {"from the first on", date(2024, 2, 1), 2, 4800},
        {"from the second on", date(2024, 2, 2), 2, 2400},
        {"the month after", date(2024, 2, 2), 3, 4800},
        {"on the first day of cover", date(2024, 1, 15), 1, 4800},
        {"the day after it", date(2024, 1, 16), 1, 2400},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stage *stage = stage_new();
        enrol_with(stage, PU, 1U << JKK, date(2024, 1, 15));
        change_wage(stage, 2 * MILLION, rows[i].from);
        cr_expect_eq(pay_jkk(stage, month_of(2024, rows[i].month), 1, rows[i].jkk_idr, "R1"),
                     OUTCOME_APPLIED);
        cr_expect_eq(stage->outputs.count, 0, "%s", rows[i].name);
    }
}

Test(contribution, programmes_are_those_of_the_first_day)
{
    struct stage *stage = stage_new();
    enrol_with(stage, PU, 1U << JKK, date(2024, 1, 1));
    stage_event(stage, EVENT_PROGRAMMES_CHANGED, date(2024, 1, 20));
    stage->event.change.membership_id = TEXT("M1");
    stage->event.change.programmes = WORK;
    stage->event.change.effective_from = date(2024, 2, 1);
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    cr_expect_eq(pay_jkk(stage, month_of(2024, 1), 1, 2400, "R1"), OUTCOME_APPLIED);
    cr_expect_eq(stage->outputs.count, 0);
    cr_expect_eq(pay_jkk(stage, month_of(2024, 2), 1, 2400, "R2"), OUTCOME_APPLIED);
    stage_expect_exception(stage, EXCEPTION_UNDERPAID, NULL, "JKM joins in February");
}

/* Settled then: a later change does not reopen a month. */
Test(contribution, what_is_paid_stays_paid)
{
    struct stage *stage = stage_new();
    enrol_with(stage, PU, 1U << JKK, date(2024, 1, 1));
    cr_assert_eq(pay_jkk(stage, month_of(2024, 1), 3, 7200, "R1"), OUTCOME_APPLIED);
    change_wage(stage, 9 * MILLION, date(2024, 1, 1));
    cr_expect_eq(stage->outputs.count, 0);
    cr_expect_eq(months_paid(stage_membership(stage, "M1")), 3);
}

Test(contribution, are_not_added_together)
{
    struct stage *stage = stage_new();
    enrol_with(stage, PU, 1U << JKK, date(2024, 1, 1));
    cr_assert_eq(pay_jkk(stage, month_of(2024, 1), 1, 1200, "R1"), OUTCOME_APPLIED);
    stage_expect_exception(stage, EXCEPTION_UNDERPAID, NULL, "the first half");
    cr_assert_eq(pay_jkk(stage, month_of(2024, 1), 1, 1200, "R2"), OUTCOME_APPLIED);
    stage_expect_exception(stage, EXCEPTION_UNDERPAID, NULL, "the second half");
    cr_expect_eq(months_paid(stage_membership(stage, "M1")), 0);
    cr_expect_eq(stage_membership(stage, "M1")->first_paid_day, DAY_NONE);
}

/* Reliefs. */

struct relief_row_case {
    const char *name;
    enum segment segment;
    enum sponsor_kind sponsor;
    const char *category;
    const char *relief;
    int year, month;
    int64_t months;
    int64_t jkk_idr, jkm_idr; /* exact */
    bool fits;
};

static const struct relief_row_case relief_rows[] = {
    {"1 %", BPU, SPONSOR_SELF, "OTHER", "PP49-2020", 2020, 8, 6, 600, 408, true},
    {"a month early", BPU, SPONSOR_SELF, "OTHER", "PP49-2020", 2020, 7, 1, 100, 68, false},
    {"early for one month of two", BPU, SPONSOR_SELF, "OTHER", "PP49-2020", 2020, 7, 2, 0, 0,
     false},
    {"late for one month of two", BPU, SPONSOR_SELF, "OTHER", "PP49-2020", 2021, 1, 2, 0, 0, false},
    {"the last month", BPU, SPONSOR_SELF, "OTHER", "PP49-2020", 2021, 1, 1, 100, 68, true},
    {"PU", PU, SPONSOR_EMPLOYER, "OTHER", "PP49-2020", 2020, 8, 1, 24, 30, true},
    {"PU_STATE", PU_STATE, SPONSOR_APBN, "KPPS", "PP49-2020", 2020, 8, 1, 24, 30, true},
    {"JAKON has none", JAKON, SPONSOR_EMPLOYER, "OTHER", "PP49-2020", 2020, 8, 1, 0, 0, false},
    {"half of JKK", PU, SPONSOR_EMPLOYER, "OTHER", "PP7-2025", 2025, 2, 6, 7200, 18000, true},
    {"not PU_STATE", PU_STATE, SPONSOR_EMPLOYER, "OTHER", "PP7-2025", 2025, 2, 1, 1200, 3000,
     false},
    {"January", PU, SPONSOR_EMPLOYER, "OTHER", "PP7-2025", 2025, 1, 1, 1200, 3000, false},
    {"August", PU, SPONSOR_EMPLOYER, "OTHER", "PP7-2025", 2025, 8, 1, 1200, 3000, false},
    {"a rider in January", BPU, SPONSOR_SELF, "OJOL", "PP50-2025", 2026, 1, 1, 5000, 3400, true},
    {"a courier in March 2027", BPU, SPONSOR_SELF, "KURIR", "PP50-2025", 2027, 3, 1, 5000, 3400,
     true},
    {"a driver in April 2027", BPU, SPONSOR_SELF, "SOPIR", "PP50-2025", 2027, 4, 1, 0, 0, false},
    {"a driver in December 2025", BPU, SPONSOR_SELF, "SOPIR", "PP50-2025", 2025, 12, 1, 0, 0,
     false},
    {"a farmer in March", BPU, SPONSOR_SELF, "PETANI", "PP50-2025", 2026, 3, 1, 5000, 3400, false},
    {"a farmer in April", BPU, SPONSOR_SELF, "PETANI", "PP50-2025", 2026, 4, 9, 45000, 30600, true},
    {"a farmer in January 2027", BPU, SPONSOR_SELF, "PETANI", "PP50-2025", 2027, 1, 1, 0, 0, false},
    {"a city's farmer", BPU, SPONSOR_APBD_KABKOTA, "PETANI", "PP50-2025", 2026, 4, 1, 0, 0, false},
    {"a province's rider", BPU, SPONSOR_APBD_PROV, "OJOL", "PP50-2025", 2026, 4, 1, 0, 0, false},
    {"the state's rider", BPU, SPONSOR_APBN, "OJOL", "PP50-2025", 2026, 4, 1, 0, 0, false},
    {"a village's rider", BPU, SPONSOR_APBDES, "OJOL", "PP50-2025", 2026, 4, 1, 5000, 3400, true},
    {"not for PU", PU, SPONSOR_EMPLOYER, "OJOL", "PP50-2025", 2026, 4, 1, 0, 0, false},
    {"no such relief", BPU, SPONSOR_SELF, "OTHER", "PP49-202", 2020, 8, 1, 100, 68, false},
    {"a row's id is no relief", BPU, SPONSOR_SELF, "OTHER", "pp49-2020", 2020, 8, 1, 100, 68,
     false},
};

/* Pays so much beside the amount; true when the event is taken without a finding. */
static bool relief_is_taken(const struct relief_row_case *row, int64_t more_jkk, int64_t more_jkm)
{
    struct stage *stage = stage_new();
    const month_t month = month_of(row->year, row->month);
    stage_enrolled(stage, "M1", row->segment, MILLION, month_first_day(month));
    stage->event.enrolled.sponsor.kind = (uint8_t)row->sponsor;
    stage->event.enrolled.category = text_of_string(row->category);
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED, "%s", row->name);
    stage_paid(stage, "M1", month, row->months, "R1");
    stage->event.contribution.relief = text_of_string(row->relief);
    stage_line(stage, JKK, row->jkk_idr + more_jkk);
    stage_line(stage, JKM, row->jkm_idr + more_jkm);
    const enum outcome outcome = stage_apply(stage);
    cr_assert_eq(outcome, row->fits ? OUTCOME_APPLIED : OUTCOME_REJECTED, "%s", row->name);
    if (!row->fits) {
        stage_expect_exception(stage, EXCEPTION_INVALID_FIELD, NULL, row->name);
        cr_expect_eq(memcmp(stage_exception(stage, 0)->detail.at, "field=relief", 12), 0);
    }
    return stage->outputs.count == 0;
}

Test(contribution, a_relief_applies_where_its_row_fits)
{
    for (size_t i = 0; i < COUNT_OF(relief_rows); i++) {
        const struct relief_row_case *row = &relief_rows[i];
        cr_expect_eq(relief_is_taken(row, 0, 0), row->fits, "%s", row->name);
        if (row->fits) {
            const int64_t more = row->months + 1;
            cr_expect_not(relief_is_taken(row, more, 0), "%s: JKK over", row->name);
            cr_expect_not(relief_is_taken(row, -more, 0), "%s: JKK under", row->name);
            cr_expect_not(relief_is_taken(row, 0, more), "%s: JKM over", row->name);
            cr_expect_not(relief_is_taken(row, 0, -more), "%s: JKM under", row->name);
        }
    }
}

/* 2,449.5 is 2,450 rounded, and one per cent of that 24.5; but one per cent of 2,449.5 is 24.495.
 */
Test(contribution, is_rounded_once_after_the_relief)
{
    struct stage *stage = stage_new();
    stage_enrolled(stage, "M1", PU, 1020625, date(2020, 8, 1));
    stage->event.enrolled.programmes = 1U << JKK;
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    stage_paid(stage, "M1", month_of(2020, 8), 1, "R1");
    stage->event.contribution.relief = TEXT("PP49-2020");
    stage_line(stage, JKK, 26);
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    stage_expect_exception(stage, EXCEPTION_OVERPAID, DETAIL("2020-08", "1", "JKK", "24", "26"),
                           "once");
}

Test(contribution, relief_leaves_other_programmes_alone)
{
    struct stage *stage = stage_new();
    enrol_with(stage, PU, WORK | 1U << JHT | 1U << JP, date(2020, 8, 1));
    stage_paid(stage, "M1", month_of(2020, 8), 1, "R1");
    stage->event.contribution.relief = TEXT("PP49-2020");
    stage_line(stage, JKK, 24);
    stage_line(stage, JKM, 30);
    stage_line(stage, JHT, 57000);
    stage_line(stage, JP, 300);
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    cr_expect_eq(stage->outputs.count, 0);
}

/* The sponsor is that of the month, not of today. */
Test(contribution, a_relief_looks_at_every_month)
{
    struct stage *stage = stage_new();
    enrol_with(stage, BPU, WORK, date(2026, 4, 1));
    stage_event(stage, EVENT_SPONSOR_CHANGED, date(2026, 4, 2));
    stage->event.change.membership_id = TEXT("M1");
    stage->event.change.sponsor.kind = SPONSOR_APBD_PROV;
    stage->event.change.effective_from = date(2026, 5, 2);
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    for (int months = 3; months >= 2; months--) {
        stage_paid(stage, "M1", month_of(2026, 4), months, "R1");
        stage->event.contribution.relief = TEXT("PP50-2025");
        stage_line(stage, JKK, 5000 * months);
        stage_line(stage, JKM, 3400 * months);
        cr_expect_eq(stage_apply(stage), months == 3 ? OUTCOME_REJECTED : OUTCOME_APPLIED);
    }
    cr_expect_eq(stage->outputs.count, 0);
}

/* The order of refusals. A BPU of January 2024, months 1 and 2 paid by R1, R9 reversed. */

static enum outcome pay_bpu(struct stage *stage, month_t month, int64_t months, const char *ref,
                            day_t paid_on)
{
    stage_paid(stage, "M1", month, months, ref);
    stage->event.time = (int64_t)paid_on * MICROSECONDS_A_DAY;
    stage->event.contribution.paid_at = stage->event.time;
    stage_line(stage, JKK, 10000 * months);
    stage_line(stage, JKM, 6800 * months);
    return stage_apply(stage);
}

static struct stage *stage_paid_bpu(void)
{
    struct stage *stage = stage_new();
    enrol_with(stage, BPU, WORK, date(2024, 1, 1));
    cr_assert_eq(pay_bpu(stage, month_of(2024, 1), 2, "R1", date(2024, 1, 1)), OUTCOME_APPLIED);
    cr_assert_eq(pay_bpu(stage, month_of(2024, 3), 1, "R9", date(2024, 1, 1)), OUTCOME_APPLIED);
    stage_reversed(stage, "M1", month_of(2024, 3), 1, "R9");
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    cr_assert_eq(paid_through(stage_membership(stage, "M1")), month_of(2024, 2));
    return stage;
}

struct order_row {
    const char *name;
    const char *membership, *ref, *relief;
    int year, month;
    int64_t months;
    bool is_void;
    int paid_year, paid_month, paid_day;
    int recorded_later; /* days after paid_at */
    int64_t jkk_idr;    /* a month */
    enum outcome outcome;
    enum exception_code code; /* of REJECTED */
};

#define ON_TIME 2024, 2, 20, 0
#define LATE 2024, 6, 1, 0 /* the grace ends on 31 May */
#define OK_IDR 10000

static const struct order_row order_rows[] = {
    {"paid after it was recorded, before unknown", "M2", "R1", NULL, 2024, 3, 1, false, 2024, 2, 20,
     -1, OK_IDR, OUTCOME_REJECTED, EXCEPTION_INVALID_FIELD},
    {"unknown before everything else", "M2", "R1", "NONE", 2023, 1, 1, false, LATE, OK_IDR,
     OUTCOME_PARKED, EXCEPTION_PARKED},
    {"void before the month", "M1", "R1", NULL, 2023, 12, 1, true, ON_TIME, OK_IDR,
     OUTCOME_REJECTED, EXCEPTION_MEMBERSHIP_UNKNOWN},
    {"the month before the ref", "M1", "R9", NULL, 2023, 12, 3, false, ON_TIME, OK_IDR,
     OUTCOME_REJECTED, EXCEPTION_INTERVAL_INVALID},
    {"a repeat before lapsed", "M1", "R1", NULL, 2024, 1, 2, false, LATE, OK_IDR, OUTCOME_DUPLICATE,
     0},
    {"a repeat of some months", "M1", "R1", NULL, 2024, 2, 1, false, ON_TIME, OK_IDR,
     OUTCOME_DUPLICATE, 0},
    {"a repeat of a reversed ref before lapsed", "M1", "R9", NULL, 2024, 3, 1, false, LATE, OK_IDR,
     OUTCOME_DUPLICATE, 0},
    {"a repeat of a reversed ref, whatever months", "M1", "R9", NULL, 2024, 1, 6, false, ON_TIME,
     OK_IDR, OUTCOME_DUPLICATE, 0},
    {"lapsed before already paid", "M1", "R2", NULL, 2024, 2, 1, false, LATE, OK_IDR,
     OUTCOME_REJECTED, EXCEPTION_MEMBERSHIP_LAPSED},
    {"lapsed before relief", "M1", "R2", "NONE", 2024, 3, 1, false, LATE, OK_IDR, OUTCOME_REJECTED,
     EXCEPTION_MEMBERSHIP_LAPSED},
    {"already paid before relief", "M1", "R2", "NONE", 2024, 2, 2, false, ON_TIME, OK_IDR,
     OUTCOME_REJECTED, EXCEPTION_MONTH_ALREADY_PAID},
    {"the same ref for more months", "M1", "R1", NULL, 2024, 1, 3, false, ON_TIME, OK_IDR,
     OUTCOME_REJECTED, EXCEPTION_MONTH_ALREADY_PAID},
    {"the same ref for other months", "M1", "R1", NULL, 2024, 3, 1, false, ON_TIME, OK_IDR,
     OUTCOME_APPLIED, 0},
    {"relief before amount", "M1", "R2", "NONE", 2024, 3, 1, false, ON_TIME, 1, OUTCOME_REJECTED,
     EXCEPTION_INVALID_FIELD},
    {"amount at last", "M1", "R2", NULL, 2024, 3, 1, false, ON_TIME, 1, OUTCOME_APPLIED,
     EXCEPTION_UNDERPAID},
    {"nothing wrong", "M1", "R2", NULL, 2024, 3, 1, false, ON_TIME, OK_IDR, OUTCOME_APPLIED, 0},
    {"paid on the day it was recorded", "M1", "R2", NULL, 2024, 3, 1, false, 2024, 2, 20, 0, OK_IDR,
     OUTCOME_APPLIED, 0},
};

static void order_event(struct stage *stage, const struct order_row *row)
{
    stage_paid(stage, row->membership, month_of(row->year, row->month), row->months, row->ref);
    const day_t paid_on = date(row->paid_year, row->paid_month, row->paid_day);
    stage->event.contribution.paid_at = (int64_t)paid_on * MICROSECONDS_A_DAY;
    stage->event.time = (int64_t)(paid_on + row->recorded_later) * MICROSECONDS_A_DAY;
    if (row->relief != NULL) {
        stage->event.contribution.relief = text_of_string(row->relief);
    }
    stage_line(stage, JKK, row->jkk_idr * row->months);
    stage_line(stage, JKM, 6800 * row->months);
}

Test(contribution, refusals_come_in_order)
{
    for (size_t i = 0; i < COUNT_OF(order_rows); i++) {
        const struct order_row *row = &order_rows[i];
        struct stage *stage = stage_paid_bpu();
        if (row->is_void) {
            stage_voided(stage, "M1", date(2024, 1, 2));
            cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
        }
        order_event(stage, row);
        const enum outcome outcome = stage_apply(stage);
        cr_expect_eq(outcome, row->outcome, "%s: %s", row->name, outcome_name(outcome));
        if (outcome == OUTCOME_REJECTED || outcome == OUTCOME_PARKED || row->code != 0) {
            stage_expect_exception(stage, row->code, NULL, row->name);
        } else {
            cr_expect_eq(stage->outputs.count, 0, "%s", row->name);
        }
        if (outcome != OUTCOME_APPLIED) {
            cr_expect_eq(stage->outputs.tally_count, 0, "%s: money of a refusal", row->name);
        }
    }
}

/* A reversal: unknown parks, void and months that this ref did not pay are refused. */

struct reversal_row {
    const char *name;
    const char *membership, *ref;
    int year, month;
    int64_t months;
    bool is_void;
    enum outcome outcome;
    enum exception_code code;
};

static const struct reversal_row reversal_rows[] = {
    {"all months", "M1", "R1", 2024, 1, 2, false, OUTCOME_APPLIED, 0},
    {"some months", "M1", "R1", 2024, 2, 1, false, OUTCOME_APPLIED, 0},
    {"more months", "M1", "R1", 2024, 1, 3, false, OUTCOME_REJECTED, EXCEPTION_MONTH_NOT_PAID},
    {"another ref", "M1", "R2", 2024, 1, 2, false, OUTCOME_REJECTED, EXCEPTION_MONTH_NOT_PAID},
    {"reversed already", "M1", "R9", 2024, 3, 1, false, OUTCOME_REJECTED, EXCEPTION_MONTH_NOT_PAID},
    {"unpaid", "M1", "R1", 2024, 5, 1, false, OUTCOME_REJECTED, EXCEPTION_MONTH_NOT_PAID},
    {"before the cover", "M1", "R1", 2023, 12, 1, false, OUTCOME_REJECTED,
     EXCEPTION_INTERVAL_INVALID},
    {"unknown", "M2", "R1", 2024, 1, 1, false, OUTCOME_PARKED, EXCEPTION_PARKED},
    {"void", "M1", "R1", 2024, 1, 2, true, OUTCOME_REJECTED, EXCEPTION_MEMBERSHIP_UNKNOWN},
};

Test(contribution, reversals)
{
    for (size_t i = 0; i < COUNT_OF(reversal_rows); i++) {
        const struct reversal_row *row = &reversal_rows[i];
        struct stage *stage = stage_paid_bpu();
        if (row->is_void) {
            stage_voided(stage, "M1", date(2024, 1, 2));
            cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
        }
        stage_reversed(stage, row->membership, month_of(row->year, row->month), row->months,
                       row->ref);
        const enum outcome outcome = stage_apply(stage);
        cr_expect_eq(outcome, row->outcome, "%s: %s", row->name, outcome_name(outcome));
        if (row->outcome == OUTCOME_APPLIED) {
            cr_expect_eq(months_paid(stage_membership(stage, "M1")), 2 - row->months, "%s",
                         row->name);
        } else {
            stage_expect_exception(stage, row->code, NULL, row->name);
        }
        cr_expect_eq(stage->outputs.tally_count, 0, "%s: money stays counted", row->name);
    }
}

/* MEMBERSHIP_LAPSED, both sides of each branch. */

struct lapse_row {
    const char *name;
    enum segment segment;
    int paid_months;      /* of January 2024 and later, before the test */
    int cover_to, end_on; /* days after 1 January 2024; 0: none */
    int month;            /* of 2024: the first month of the contribution */
    int64_t months;
    int year_on, month_on, day_on; /* paid_at */
    bool lapsed;
};

static const struct lapse_row lapse_rows[] = {
    {"last day of grace", BPU, 2, 0, 0, 3, 1, 2024, 5, 31, false},
    {"the day after grace", BPU, 2, 0, 0, 3, 1, 2024, 6, 1, true},
    {"first month of cover unpaid, in time", BPU, 0, 0, 0, 2, 1, 2024, 5, 31, false},
    {"first month of cover unpaid, too late", BPU, 0, 0, 0, 2, 1, 2024, 6, 1, true},
    {"nothing paid: its last month counts, in time", BPU, 0, 0, 0, 2, 3, 2024, 7, 31, false},
    {"nothing paid: its last month counts, too late", BPU, 0, 0, 0, 2, 3, 2024, 8, 1, true},
    {"paid far ahead while nothing is paid", BPU, 0, 0, 0, 12, 1, 2024, 1, 2, false},
    {"paid_through + 3", BPU, 2, 0, 0, 5, 1, 2024, 2, 1, false},
    {"paid_through + 4", BPU, 2, 0, 0, 6, 1, 2024, 2, 1, true},
    {"on cover_to", BPU, 2, 60, 0, 3, 1, 2024, 3, 1, false},
    {"after cover_to", BPU, 2, 60, 0, 3, 1, 2024, 3, 2, true},
    {"on last_day", BPU, 2, 0, 60, 3, 1, 2024, 3, 1, false},
    {"after last_day", BPU, 2, 0, 60, 3, 1, 2024, 3, 2, true},
    {"nothing paid, after cover_to", BPU, 0, 60, 0, 2, 1, 2024, 3, 2, true},
    {"nothing paid, after last_day", BPU, 0, 0, 60, 2, 1, 2024, 3, 2, true},
    {"PU does not lapse", PU, 2, 60, 0, 9, 1, 2024, 10, 1, false},
    {"PU_STATE does not lapse", PU_STATE, 2, 0, 60, 9, 1, 2024, 10, 1, false},
};

static struct stage *stage_for_lapse(const struct lapse_row *row)
{
    struct stage *stage = stage_new();
    stage_enrolled(stage, "M1", row->segment, MILLION, date(2024, 1, 1));
    stage->event.enrolled.cover_to =
        row->cover_to > 0 ? date(2024, 1, 1) + row->cover_to : DAY_NONE;
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    if (row->paid_months > 0) {
        stage_paid(stage, "M1", month_of(2024, 1), row->paid_months, "R1");
        stage_line(stage, JKK, 999 * MILLION);
        stage_line(stage, JKM, 999 * MILLION);
        stage->event.contribution.paid_at = stage->event.time;
        cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    }
    if (row->end_on > 0) {
        stage_ended(stage, "M1", date(2024, 1, 1) + row->end_on);
        cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    }
    return stage;
}

Test(contribution, a_bpu_lapses)
{
    for (size_t i = 0; i < COUNT_OF(lapse_rows); i++) {
        const struct lapse_row *row = &lapse_rows[i];
        struct stage *stage = stage_for_lapse(row);
        stage_paid(stage, "M1", month_of(2024, row->month), row->months, "R2");
        stage->event.time = (int64_t)date(2025, 1, 1) * MICROSECONDS_A_DAY;
        stage->event.contribution.paid_at = wib(row->year_on, row->month_on, row->day_on, 23, 59);
        stage_line(stage, JKK, 999 * MILLION);
        stage_line(stage, JKM, 999 * MILLION);
        cr_expect_eq(stage_apply(stage), row->lapsed ? OUTCOME_REJECTED : OUTCOME_APPLIED, "%s",
                     row->name);
        if (row->lapsed) {
            stage_expect_exception(stage, EXCEPTION_MEMBERSHIP_LAPSED, NULL, row->name);
        }
    }
}

/* The date of death is left out, so that arrears can still be settled. */
Test(contribution, arrears_of_the_dead_are_taken)
{
    struct stage *stage = stage_paid_bpu();
    stage_died(stage, date(2024, 2, 5));
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    cr_expect_eq(pay_bpu(stage, month_of(2024, 3), 1, "R2", date(2024, 5, 31)), OUTCOME_APPLIED);
    cr_expect_eq(pay_bpu(stage, month_of(2024, 4), 1, "R3", date(2024, 7, 1)), OUTCOME_REJECTED);
}

/* The paid run begins with the earliest paid month: a month paid beyond a gap does not lengthen it.
 */
Test(contribution, a_gap_stops_paid_through)
{
    struct stage *stage = stage_paid_bpu();
    cr_assert_eq(pay_bpu(stage, month_of(2024, 5), 1, "R2", date(2024, 2, 1)), OUTCOME_APPLIED);
    const struct membership *membership = stage_membership(stage, "M1");
    cr_expect_eq(paid_through(membership), month_of(2024, 2));
    cr_expect_eq(pay_bpu(stage, month_of(2024, 6), 1, "R3", date(2024, 2, 1)), OUTCOME_REJECTED);
    cr_assert_eq(pay_bpu(stage, month_of(2024, 3), 2, "R4", date(2024, 5, 31)), OUTCOME_APPLIED);
    cr_expect_eq(paid_through(membership), month_of(2024, 5));
    cr_expect_eq(membership->run_count, 1);
}

/* First paid day. */

Test(contribution, the_first_paid_day_is_the_earliest_since_nothing_was_paid)
{
    struct stage *stage = stage_new();
    enrol_with(stage, BPU, WORK, date(2024, 1, 1));
    const struct membership *membership = stage_membership(stage, "M1");
    cr_expect_not(cover_of(&stage->participant, membership, &stage->rules).any);
    cr_assert_eq(pay_bpu(stage, month_of(2024, 1), 1, "R1", date(2024, 1, 20)), OUTCOME_APPLIED);
    cr_expect_eq(membership->first_paid_day, date(2024, 1, 20));
    cr_assert_eq(pay_bpu(stage, month_of(2024, 2), 1, "R2", date(2024, 1, 10)), OUTCOME_APPLIED);
    cr_expect_eq(membership->first_paid_day, date(2024, 1, 10), "an earlier payment comes later");
    stage_reversed(stage, "M1", month_of(2024, 2), 1, "R2");
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    cr_expect_eq(membership->first_paid_day, date(2024, 1, 10), "a month is still paid");
    stage_reversed(stage, "M1", month_of(2024, 1), 1, "R1");
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    cr_expect_eq(membership->first_paid_day, DAY_NONE);
    cr_expect_not(cover_of(&stage->participant, membership, &stage->rules).any);
    cr_assert_eq(pay_bpu(stage, month_of(2024, 1), 1, "R3", date(2024, 2, 15)), OUTCOME_APPLIED);
    cr_expect_eq(membership->first_paid_day, date(2024, 2, 15));
    cr_expect_eq(cover_of(&stage->participant, membership, &stage->rules).start, date(2024, 2, 15));
}

/* The local date of paid_at, in the zone of the participant's region. */
Test(contribution, paid_days_are_local)
{
    static const struct {
        const char *region;
        day_t days; /* after 20 January 2024 */
    } rows[] = {{"36.71", 0}, {"51.71", 1}, {"91.71", 1}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stage *stage = stage_new();
        stage_enrolled(stage, "M1", BPU, MILLION, date(2024, 1, 1));
        stage->event.enrolled.region_home = text_of_string(rows[i].region);
        cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
        stage_paid(stage, "M1", month_of(2024, 1), 1, "R1");
        stage->event.contribution.paid_at = wib(2024, 1, 20, 23, 30);
        stage->event.time = wib(2024, 1, 22, 0, 0);
        stage_line(stage, JKK, 10000);
        stage_line(stage, JKM, 6800);
        cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
        cr_expect_eq(stage_membership(stage, "M1")->first_paid_day,
                     date(2024, 1, 20) + rows[i].days, "%s", rows[i].region);
    }
}

/* Money received is tallied by the region on the local date of paid_at, whether or not it pays. */

static void move(struct stage *stage, const char *region, day_t from)
{
    stage_event(stage, EVENT_MOVED, from);
    stage->event.change.region_home = text_of_string(region);
    stage->event.change.effective_from = from;
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
}

static void check_tally(const struct stage *stage, uint32_t at, uint16_t region,
                        enum programme programme, int64_t amount_idr)
{
    cr_assert_lt(at, stage->outputs.tally_count);
    const struct tally_change *tally = &stage->outputs.tallies[at];
    cr_expect_eq(tally->kind, TALLY_CONTRIBUTIONS_IDR);
    cr_expect_eq(tally->region, region);
    cr_expect_eq(tally->programme, programme);
    cr_expect_eq(tally->amount_idr, amount_idr);
}

Test(contribution, money_received_is_tallied)
{
    struct stage *stage = stage_new();
    enrol_with(stage, BPU, WORK, date(2024, 1, 1));
    move(stage, "36.74", date(2024, 2, 1));
    cr_assert_eq(pay_bpu(stage, month_of(2024, 1), 1, "R1", date(2024, 1, 31)), OUTCOME_APPLIED);
    cr_expect_eq(stage->outputs.tally_count, 2);
    check_tally(stage, 0, REGION_TANGERANG, JKK, 10000);
    check_tally(stage, 1, REGION_TANGERANG, JKM, 6800);
    stage_paid(stage, "M1", month_of(2024, 2), 1, "R2");
    stage_line(stage, JKM, 5);
    stage_line(stage, JKK, 0);
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    stage_expect_exception(stage, EXCEPTION_UNDERPAID, NULL, "too little");
    cr_expect_eq(stage->outputs.tally_count, 1, "a line of nothing adds nothing");
    check_tally(stage, 0, REGION_TANGSEL, JKM, 5);
    stage_reversed(stage, "M1", month_of(2024, 1), 1, "R1");
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    cr_expect_eq(stage->outputs.tally_count, 0, "gross of reversals");
}

/* An underpaid payment is taken: the same id again is a repeat, its ref pays nothing. */
Test(contribution, an_underpaid_payment_can_be_made_good)
{
    struct stage *stage = stage_new();
    enrol_with(stage, BPU, WORK, date(2024, 1, 1));
    stage_paid(stage, "M1", month_of(2024, 1), 1, "R1");
    stage_line(stage, JKK, 10000);
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    cr_assert_eq(stage_apply(stage), OUTCOME_DUPLICATE);
    cr_expect_eq(pay_bpu(stage, month_of(2024, 1), 1, "R1", date(2024, 1, 20)), OUTCOME_APPLIED);
    cr_expect_eq(stage->outputs.count, 0);
    cr_expect(month_is_paid(stage_membership(stage, "M1"), month_of(2024, 1)));
}

/* Refs. */

/* One payment for each of so many months from January 2020 on: R00, R01 … */
static struct stage *stage_of_months(int months, char refs[][4])
{
    struct stage *stage = stage_new();
    enrol_with(stage, JAKON, WORK, date(2020, 1, 1));
    for (int i = 0; i < months; i++) {
        refs[i][0] = 'R';
        refs[i][1] = (char)('0' + i / 10);
        refs[i][2] = (char)('0' + i % 10);
        refs[i][3] = '\0';
        stage_paid(stage, "M1", month_of(2020, 1) + i, 1, refs[i]);
        cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    }
    return stage;
}

Test(contribution, refs_of_the_24_latest_months_are_known)
{
    static char refs[25][4];
    struct stage *stage = stage_of_months(25, refs);
    stage_paid(stage, "M1", month_of(2020, 2), 1, refs[1]);
    cr_expect_eq(stage_apply(stage), OUTCOME_DUPLICATE, "the 24th latest");
    stage_paid(stage, "M1", month_of(2020, 1), 1, refs[0]);
    cr_expect_eq(stage_apply(stage), OUTCOME_REJECTED, "the 25th latest");
    stage_expect_exception(stage, EXCEPTION_MONTH_ALREADY_PAID, NULL, "forgotten");
    stage_reversed(stage, "M1", month_of(2020, 1), 1, refs[0]);
    cr_expect_eq(stage_apply(stage), OUTCOME_REJECTED);
    stage_expect_exception(stage, EXCEPTION_MONTH_NOT_PAID, NULL,
                           "a forgotten ref reverses nothing");
    stage_reversed(stage, "M1", month_of(2020, 2), 1, refs[1]);
    cr_expect_eq(stage_apply(stage), OUTCOME_APPLIED);
}

Test(contribution, a_forgotten_ref_stays_forgotten)
{
    static char refs[25][4];
    struct stage *stage = stage_of_months(25, refs);
    stage_reversed(stage, "M1", month_of(2022, 1), 1, refs[24]);
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED, "January 2020 is among the 24 again");
    stage_paid(stage, "M1", month_of(2020, 1), 1, refs[0]);
    cr_expect_eq(stage_apply(stage), OUTCOME_REJECTED);
    stage_reversed(stage, "M1", month_of(2020, 1), 1, refs[0]);
    cr_expect_eq(stage_apply(stage), OUTCOME_REJECTED);
}

Test(contribution, a_reversed_ref_is_a_repeat_for_8_reversals)
{
    static char refs[9][4];
    struct stage *stage = stage_of_months(9, refs);
    for (int i = 0; i < 9; i++) {
        stage_reversed(stage, "M1", month_of(2020, 1) + i, 1, refs[i]);
        cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    }
    stage_paid(stage, "M1", month_of(2020, 2), 1, refs[1]);
    cr_expect_eq(stage_apply(stage), OUTCOME_DUPLICATE, "the eighth last");
    stage_paid(stage, "M1", month_of(2020, 1), 1, refs[0]);
    cr_expect_eq(stage_apply(stage), OUTCOME_APPLIED, "the ninth last: only the 8 ids prevent it");
}

Test(contribution, some_months_of_a_payment_are_reversed)
{
    struct stage *stage = stage_new();
    enrol_with(stage, JAKON, WORK, date(2024, 1, 1));
    stage_paid(stage, "M1", month_of(2024, 1), 5, "R1");
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    stage_reversed(stage, "M1", month_of(2024, 3), 1, "R1");
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    const struct membership *membership = stage_membership(stage, "M1");
    cr_expect_eq(membership->run_count, 2);
    cr_expect_eq(paid_through(membership), month_of(2024, 2));
    cr_expect_eq(months_paid(membership), 4);
    stage_paid(stage, "M1", month_of(2024, 3), 1, "R1");
    cr_expect_eq(stage_apply(stage), OUTCOME_DUPLICATE, "pay again under a new ref");
    stage_reversed(stage, "M1", month_of(2024, 4), 2, "R1");
    cr_expect_eq(stage_apply(stage), OUTCOME_APPLIED, "the rest can be reversed too");
    stage_paid(stage, "M1", month_of(2024, 3), 3, "R2");
    cr_expect_eq(stage_apply(stage), OUTCOME_APPLIED);
    stage_reversed(stage, "M1", month_of(2024, 2), 2, "R1");
    cr_expect_eq(stage_apply(stage), OUTCOME_REJECTED, "February by R1, March by R2");
}

/* Runs of paid months: as many as there is room for. */

static struct stage *stage_of_runs(enum segment segment)
{
    struct stage *stage = stage_new();
    enrol_with(stage, segment, 1U << JKK, date(2024, 1, 1));
    for (int i = 0; i < RUNS_MAX; i++) {
        stage_paid(stage, "M1", month_of(2024, 1) + 3 * i, 1, "R1");
        stage_line(stage, JKK, 2400);
        cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED, "run %d", i);
    }
    cr_assert_eq(stage_membership(stage, "M1")->run_count, RUNS_MAX);
    return stage;
}

Test(contribution, there_are_at_most_64_runs)
{
    struct stage *stage = stage_of_runs(PU);
    const month_t beyond = month_of(2024, 1) + 3 * RUNS_MAX;
    cr_expect_eq(pay_jkk(stage, beyond, 1, 2400, "R2"), OUTCOME_REJECTED);
    stage_expect_exception(stage, EXCEPTION_TOO_MANY, "field=month most=64", "another run");
    cr_expect_eq(pay_jkk(stage, beyond, 1, 1, "R2"), OUTCOME_APPLIED);
    stage_expect_exception(stage, EXCEPTION_UNDERPAID, NULL,
                           "the amount is tested before the room");
    cr_expect_eq(pay_jkk(stage, month_of(2024, 2), 1, 2400, "R2"), OUTCOME_APPLIED);
    cr_expect_eq(pay_jkk(stage, month_of(2024, 3), 1, 2400, "R3"), OUTCOME_APPLIED);
    cr_expect_eq(stage_membership(stage, "M1")->run_count, RUNS_MAX - 1, "three runs joined");
    cr_expect_eq(pay_jkk(stage, beyond, 1, 2400, "R4"), OUTCOME_APPLIED);
}

Test(contribution, a_reversal_that_splits_the_64th_run_is_refused)
{
    struct stage *stage = stage_of_runs(PU);
    const month_t last = month_of(2024, 1) + 3 * (RUNS_MAX - 1);
    cr_assert_eq(pay_jkk(stage, last + 1, 2, 4800, "R1"), OUTCOME_APPLIED);
    stage_reversed(stage, "M1", last + 1, 1, "R1");
    cr_expect_eq(stage_apply(stage), OUTCOME_REJECTED);
    stage_expect_exception(stage, EXCEPTION_TOO_MANY, NULL, "a split");
    stage_reversed(stage, "M1", last + 2, 1, "R1");
    cr_expect_eq(stage_apply(stage), OUTCOME_APPLIED, "from its end");
}

/* Months and refs against a model that remembers everything, in another way. */

#define MODEL_MONTHS 60
#define MODEL_REFS 12

struct model {
    int ref[MODEL_MONTHS]; /* 0: unpaid */
    bool forgotten[MODEL_MONTHS];
    int reversed[4096];
    unsigned reversed_count;
};

static uint32_t draw(uint32_t *state, uint32_t below)
{
    *state = *state * 1664525U + 1013904223U;
    return (*state >> 8) % below;
}

static bool model_all_by(const struct model *model, unsigned first, unsigned count, int ref)
{
    for (unsigned i = first; i < first + count; i++) {
        if (model->ref[i] != ref || model->forgotten[i]) {
            return false;
        }
    }
    return true;
}

static void model_forget(struct model *model)
{
    unsigned latest = 0;
    for (unsigned i = MODEL_MONTHS; i-- > 0;) {
        if (model->ref[i] != 0 && ++latest > REFS_MAX) {
            model->forgotten[i] = true;
        }
    }
}

static enum outcome model_pay(struct model *model, unsigned first, unsigned count, int ref)
{
    for (unsigned i = 0; i < REVERSED_REFS_MAX && i < model->reversed_count; i++) {
        if (model->reversed[model->reversed_count - 1 - i] == ref) {
            return OUTCOME_DUPLICATE;
        }
    }
    if (model_all_by(model, first, count, ref)) {
        return OUTCOME_DUPLICATE;
    }
    for (unsigned i = first; i < first + count; i++) {
        if (model->ref[i] != 0) {
            return OUTCOME_REJECTED;
        }
    }
    for (unsigned i = first; i < first + count; i++) {
        model->ref[i] = ref;
        model->forgotten[i] = false;
    }
    model_forget(model);
    return OUTCOME_APPLIED;
}

static enum outcome model_reverse(struct model *model, unsigned first, unsigned count, int ref)
{
    if (!model_all_by(model, first, count, ref)) {
        return OUTCOME_REJECTED;
    }
    for (unsigned i = first; i < first + count; i++) {
        model->ref[i] = 0;
    }
    model->reversed[model->reversed_count++] = ref;
    return OUTCOME_APPLIED;
}

static void compare_months(const struct stage *stage, const struct model *model, uint32_t seed)
{
    const struct membership *membership = &stage->participant.memberships[0];
    month_t through = MONTH_NONE;
    int64_t paid = 0;
    bool unbroken = true;
    for (unsigned i = 0; i < MODEL_MONTHS; i++) {
        const bool is_paid = model->ref[i] != 0;
        const month_t month = month_of(2020, 1) + (month_t)i;
        cr_assert_eq(month_is_paid(membership, month), is_paid, "seed %u, month %u", seed, i);
        paid += is_paid;
        unbroken = unbroken && (is_paid || through == MONTH_NONE);
        through = is_paid && unbroken ? month : through;
    }
    cr_assert_eq(months_paid(membership), paid, "seed %u", seed);
    cr_assert_eq(paid_through(membership), through, "seed %u", seed);
    cr_assert_eq(membership->first_paid_day == DAY_NONE, paid == 0, "seed %u", seed);
}

static void compare_step(struct stage *stage, struct model *model, uint32_t *state, uint32_t seed)
{
    static char ref_text[MODEL_REFS + 1][4];
    const int ref = 1 + (int)draw(state, MODEL_REFS);
    (void)snprintf(ref_text[ref], sizeof ref_text[ref], "R%d", ref);
    const unsigned count = 1 + draw(state, draw(state, 4) == 0 ? 24 : 3);
    const unsigned first = draw(state, MODEL_MONTHS - count + 1);
    const month_t month = month_of(2020, 1) + (month_t)first;
    enum outcome expected;
    if (draw(state, 5) < 3) {
        expected = model_pay(model, first, count, ref);
        stage_paid(stage, "M1", month, count, ref_text[ref]);
    } else {
        expected = model_reverse(model, first, count, ref);
        stage_reversed(stage, "M1", month, count, ref_text[ref]);
    }
    const enum outcome outcome = stage_apply(stage);
    cr_assert_eq(outcome, expected, "seed %u, %s %u months from %u by %s: %s", seed,
                 term_name(&event_type_names, stage->event.type), count, first, ref_text[ref],
                 outcome_name(outcome));
}

Test(contribution, months_and_refs_are_those_of_the_model)
{
    static struct model model;
    for (uint32_t seed = 1; seed <= 40; seed++) {
        struct stage *stage = stage_new();
        enrol_with(stage, JAKON, WORK, date(2020, 1, 1));
        memset(&model, 0, sizeof model);
        uint32_t state = seed;
        for (int step = 0; step < 250; step++) {
            compare_step(stage, &model, &state, seed);
            compare_months(stage, &model, seed);
        }
    }
}
