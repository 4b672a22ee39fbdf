/* Injury claims: their ladder, each test just true and just false, and what they are worth. */
#include <criterion/criterion.h>

#include "claim_fixture.h"

#define MILLION INT64_C(1000000)
#define DAYS_45 INT64_C(1650000) /* 45 thirtieths of 1,100,000 */

static struct membership *m1(struct scene *scene)
{
    return scene_membership(scene, "M1");
}

static struct injury_claim *injury(struct scene *scene)
{
    return &scene->event.injury;
}

static void crash(struct scene *scene)
{
    scene_injury_claim(scene, "C1", "M1");
}

static void nothing_more(struct scene *scene)
{
    (void)scene;
}

/* 1 and 2 */
static void membership_is_another(struct scene *scene)
{
    injury(scene)->membership_id = TEXT("M9");
}
static void membership_is_void(struct scene *scene)
{
    m1(scene)->is_void = true;
}

/* 4 */
static struct claim *approved_before(struct scene *scene, enum component component, day_t from,
                                     int64_t days)
{
    struct claim *claim = scene_add_approved(scene, "C0", CLAIM_INJURY, "M1", component);
    claim->injury = (struct injury_facts){.unable_from = from, .days_unable = days};
    return claim;
}
static void disability_is_approved(struct scene *scene)
{
    (void)approved_before(scene, COMPONENT_DISABILITY, date(2024, 2, 14), 0);
}
static void periodic_is_approved(struct scene *scene)
{
    (void)approved_before(scene, COMPONENT_PERIODIC, date(2024, 2, 14), 0);
}
static void treatment_is_approved(struct scene *scene)
{
    (void)approved_before(scene, COMPONENT_TREATMENT, date(2024, 2, 14), 0);
}
static void death_is_approved(struct scene *scene)
{
    (void)scene_add_approved(scene, "C0", CLAIM_DEATH, "M1", COMPONENT_DEATH);
}
static void death_of_illness_is_approved(struct scene *scene)
{
    struct claim *claim = scene_add_approved(scene, "C0", CLAIM_DEATH, "M1", COMPONENT_LUMP);
    claim->accident_on = DAY_NONE;
    claim->cause = CAUSE_ILLNESS;
}
static void days_end_before(struct scene *scene)
{
    injury(scene)->unable_from = date(2024, 3, 1);
    (void)approved_before(scene, COMPONENT_INABILITY, date(2024, 2, 20), 10); /* to 29 February */
}
static void days_end_on_the_first(struct scene *scene)
{
    injury(scene)->unable_from = date(2024, 3, 1);
    (void)approved_before(scene, COMPONENT_INABILITY, date(2024, 2, 20), 11);
}
static void days_begin_on_the_last(struct scene *scene)
{
    (void)approved_before(scene, COMPONENT_INABILITY, date(2024, 2, 14) + 44, 5);
}
static void days_begin_after(struct scene *scene)
{
    (void)approved_before(scene, COMPONENT_INABILITY, date(2024, 2, 14) + 45, 5);
}
static void no_days_claimed(struct scene *scene)
{
    injury(scene)->days_unable = 0;
    (void)approved_before(scene, COMPONENT_INABILITY, date(2024, 2, 14), 45);
}
static void days_of_another_accident(struct scene *scene)
{
    approved_before(scene, COMPONENT_INABILITY, date(2024, 2, 14), 45)->accident_on =
        date(2024, 2, 13);
}
static void days_of_another_membership(struct scene *scene)
{
    approved_before(scene, COMPONENT_INABILITY, date(2024, 2, 14), 45)->membership_id[1] = '2';
}

/* 5 */
static void cause_is_unknown(struct scene *scene)
{
    injury(scene)->cause = CAUSE_UNKNOWN;
}
static void of_illness(struct scene *scene)
{
    injury(scene)->cause = CAUSE_ILLNESS;
}
static void of_another_accident(struct scene *scene)
{
    injury(scene)->cause = CAUSE_NON_WORK_ACCIDENT;
}
static void of_duty_travel(struct scene *scene)
{
    injury(scene)->cause = CAUSE_DUTY_TRAVEL;
}

/* 6, 16 and 17 are for deaths */
static void death_on_record_later(struct scene *scene)
{
    scene->participant.died_on = date(2024, 2, 15);
}
static void death_on_record_before(struct scene *scene)
{
    scene->participant.died_on = date(2024, 2, 13);
}

/* 7 */
static void accident_recorded(struct scene *scene, day_t accident_on, day_t recorded)
{
    membership_make(m1(scene), PU, accident_on - 31, KPPS_WAGE_IDR, month_of(2024, 12));
    injury(scene)->accident_on = accident_on;
    injury(scene)->documents_complete_on = recorded;
    scene->recorded = recorded;
}
static void claimed_after_60_months(struct scene *scene)
{
    accident_recorded(scene, date(2019, 12, 2), date(2024, 12, 2));
}
static void claimed_after_60_months_and_a_day(struct scene *scene)
{
    accident_recorded(scene, date(2019, 12, 2), date(2024, 12, 3));
}
static void claimed_after_24_months(struct scene *scene)
{
    accident_recorded(scene, date(2019, 12, 1), date(2021, 12, 1));
}
static void claimed_after_24_months_and_a_day(struct scene *scene)
{
    accident_recorded(scene, date(2019, 12, 1), date(2021, 12, 2));
}
static void leap_day_claimed_on_the_last_of_february(struct scene *scene)
{
    accident_recorded(scene, date(2020, 2, 29), date(2025, 2, 28));
}
static void leap_day_claimed_in_march(struct scene *scene)
{
    accident_recorded(scene, date(2020, 2, 29), date(2025, 3, 1));
}

/* 8 to 12 */
static void accident_on(struct scene *scene, day_t day)
{
    injury(scene)->accident_on = day;
    injury(scene)->documents_complete_on = day + 1;
    scene->recorded = day + 1;
}
static void on_the_day_before_cover(struct scene *scene)
{
    accident_on(scene, date(2024, 1, 24));
}
static void on_the_first_day_of_cover(struct scene *scene)
{
    accident_on(scene, date(2024, 1, 25));
}
static void on_the_last_day_of_cover(struct scene *scene)
{
    accident_on(scene, date(2024, 2, 25));
}
static void on_the_day_after_cover(struct scene *scene)
{
    accident_on(scene, date(2024, 2, 26));
}
static void enrolment_recorded_on_the_day_after(struct scene *scene)
{
    membership_record(m1(scene), date(2024, 2, 15));
}
static void grace_ended(struct scene *scene)
{
    membership_make(m1(scene), BPU, date(2023, 6, 1), MILLION, month_of(2023, 10));
}
static void programme_is_not_held(struct scene *scene)
{
    m1(scene)->programmes.entries[0].value = 1 << JKM;
}
static void programme_recorded_on_the_day_after(struct scene *scene)
{
    programme_is_not_held(scene);
    timeline_add(&m1(scene)->programmes, date(2024, 2, 1), date(2024, 2, 15), 1 << JKK | 1 << JKM);
}

/* 13 to 15 */
static void nothing_is_paid(struct scene *scene)
{
    membership_pay(m1(scene), 0, 0);
}
static void bpu_in_grace(struct scene *scene)
{
    membership_make(m1(scene), BPU, date(2023, 6, 1), MILLION, month_of(2024, 1));
}
static void pu_4_months_unpaid(struct scene *scene)
{
    membership_make(m1(scene), PU, date(2023, 10, 20), KPPS_WAGE_IDR, MONTH_NONE);
    membership_pay(m1(scene), month_of(2024, 2), 2);
}
static void pu_3_months_unpaid(struct scene *scene)
{
    membership_make(m1(scene), PU, date(2023, 10, 20), KPPS_WAGE_IDR, MONTH_NONE);
    membership_pay(m1(scene), month_of(2024, 1), 2);
}

/* 18, no law, 19 */
static void documents_are_missing(struct scene *scene)
{
    injury(scene)->documents_complete_on = DAY_NONE;
}
static void before_all_law(struct scene *scene)
{
    for (uint32_t i = 0; i < scene->rules.parameter_count; i++) {
        if (scene->rules.parameters[i].parameter == PARAMETER_EXPIRY_MONTHS) {
            scene->rules.parameters[i].value = 600;
        }
    }
    accident_recorded(scene, date(2015, 6, 30), date(2015, 7, 30));
}
static void on_the_first_day_of_law(struct scene *scene)
{
    accident_recorded(scene, date(2015, 7, 1), date(2015, 7, 30));
}
static void treated_for(struct scene *scene, int64_t cost_idr)
{
    injury(scene)->days_unable = 0;
    injury(scene)->treatment_present = true;
    injury(scene)->treatment.payee_ref = TEXT("HOSPITAL");
    injury(scene)->treatment.cost_idr = cost_idr;
}
static void worth_the_limit(struct scene *scene)
{
    treated_for(scene, 250 * MILLION);
}
static void worth_more_than_the_limit(struct scene *scene)
{
    treated_for(scene, 250 * MILLION + 1);
}

static const struct row test_rows[] = {
    {"20 base case", nothing_more, NULL, APPROVED, REASON_OK, DAYS_45},
    {"1 unknown", membership_is_another, NULL, WAITING, REASON_MEMBERSHIP_UNKNOWN, 0},
    {"2 void", membership_is_void, NULL, REJECTED, REASON_VOIDED, 0},
    {"4 disability", disability_is_approved, NULL, HELD, REASON_SAME_ACCIDENT, 0},
    {"4 periodic", periodic_is_approved, NULL, HELD, REASON_SAME_ACCIDENT, 0},
    {"4 death", death_is_approved, NULL, HELD, REASON_SAME_ACCIDENT, 0},
    {"4 death, no accident", death_of_illness_is_approved, NULL, APPROVED, REASON_OK, DAYS_45},
    {"4 treatment", treatment_is_approved, NULL, APPROVED, REASON_OK, DAYS_45},
    {"4 days end before", days_end_before, NULL, APPROVED, REASON_OK, DAYS_45},
    {"4 days end on the first", days_end_on_the_first, NULL, HELD, REASON_SAME_ACCIDENT, 0},
    {"4 days begin on the last", days_begin_on_the_last, NULL, HELD, REASON_SAME_ACCIDENT, 0},
    {"4 days begin after", days_begin_after, NULL, APPROVED, REASON_OK, DAYS_45},
    {"4 no days", no_days_claimed, NULL, APPROVED, REASON_OK, 0},
    {"4 another accident", days_of_another_accident, NULL, APPROVED, REASON_OK, DAYS_45},
    {"4 another membership", days_of_another_membership, NULL, APPROVED, REASON_OK, DAYS_45},
    {"5 unknown", cause_is_unknown, NULL, HELD, REASON_CAUSE_UNKNOWN, 0},
    {"5 illness", of_illness, NULL, REJECTED, REASON_NOT_WORK_RELATED, 0},
    {"5 no work", of_another_accident, NULL, REJECTED, REASON_NOT_WORK_RELATED, 0},
    {"5 work", of_duty_travel, NULL, APPROVED, REASON_OK, DAYS_45},
    {"6 died later", death_on_record_later, NULL, APPROVED, REASON_OK, DAYS_45},
    {"10 died before", death_on_record_before, NULL, REJECTED, REASON_COVER_ENDED, 0},
    {"7 60 months", claimed_after_60_months, NULL, APPROVED, REASON_OK, DAYS_45},
    {"7 and a day", claimed_after_60_months_and_a_day, NULL, REJECTED, REASON_EXPIRED, 0},
    {"7 24 months", claimed_after_24_months, NULL, APPROVED, REASON_OK, DAYS_45},
    {"7 and a day", claimed_after_24_months_and_a_day, NULL, REJECTED, REASON_EXPIRED, 0},
    {"7 leap day", leap_day_claimed_on_the_last_of_february, NULL, APPROVED, REASON_OK, DAYS_45},
    {"7 leap day, late", leap_day_claimed_in_march, NULL, REJECTED, REASON_EXPIRED, 0},
    {"8 before", on_the_day_before_cover, NULL, REJECTED, REASON_BEFORE_COVER, 0},
    {"8 first day", on_the_first_day_of_cover, NULL, APPROVED, REASON_OK, DAYS_45},
    {"9 after", enrolment_recorded_on_the_day_after, NULL, HELD, REASON_RECORDED_AFTER_EVENT, 0},
    {"10 last day", on_the_last_day_of_cover, NULL, APPROVED, REASON_OK, DAYS_45},
    {"10 after", on_the_day_after_cover, NULL, REJECTED, REASON_COVER_ENDED, 0},
    {"10 lapsed", grace_ended, NULL, REJECTED, REASON_LAPSED, 0},
    {"11 not held", programme_is_not_held, NULL, REJECTED, REASON_PROGRAMME_NOT_HELD, 0},
    {"12 after", programme_recorded_on_the_day_after, NULL, HELD, REASON_RECORDED_AFTER_EVENT, 0},
    {"13 unpaid", nothing_is_paid, NULL, HELD, REASON_NO_CONTRIBUTION, 0},
    {"14 grace", bpu_in_grace, NULL, HELD, REASON_IN_GRACE, 0},
    {"15 4 months", pu_4_months_unpaid, NULL, HELD, REASON_EMPLOYER_PAYS_FIRST, 0},
    {"15 3 months", pu_3_months_unpaid, NULL, APPROVED, REASON_OK, DAYS_45},
    {"18 documents", documents_are_missing, NULL, WAITING, REASON_DOCUMENTS_MISSING, 0},
    {"no law", before_all_law, NULL, HELD, REASON_NOT_AUTOMATED, 0},
    {"first law", on_the_first_day_of_law, NULL, APPROVED, REASON_OK, DAYS_45},
    {"19 limit", worth_the_limit, NULL, APPROVED, REASON_OK, 250 * MILLION},
    {"19 above", worth_more_than_the_limit, NULL, HELD, REASON_ABOVE_AUTO_LIMIT, 0},
};

/* Two tests hold: the earlier decides. */
static const struct row order_rows[] = {
    {"1 before 5", membership_is_another, of_illness, WAITING, REASON_MEMBERSHIP_UNKNOWN, 0},
    {"2 before 4", membership_is_void, disability_is_approved, REJECTED, REASON_VOIDED, 0},
    {"4 before 5", disability_is_approved, of_illness, HELD, REASON_SAME_ACCIDENT, 0},
    {"4 before 5, unknown", disability_is_approved, cause_is_unknown, HELD, REASON_SAME_ACCIDENT,
     0},
    {"5 before 7", claimed_after_60_months_and_a_day, of_illness, REJECTED, REASON_NOT_WORK_RELATED,
     0},
    {"5 before 10", on_the_day_after_cover, of_illness, REJECTED, REASON_NOT_WORK_RELATED, 0},
    {"8 before 11", on_the_day_before_cover, programme_is_not_held, REJECTED, REASON_BEFORE_COVER,
     0},
    {"9 before 13", enrolment_recorded_on_the_day_after, nothing_is_paid, HELD,
     REASON_RECORDED_AFTER_EVENT, 0},
    {"10 before 11", on_the_day_after_cover, programme_is_not_held, REJECTED, REASON_COVER_ENDED,
     0},
    {"13 before 18", nothing_is_paid, documents_are_missing, HELD, REASON_NO_CONTRIBUTION, 0},
    {"18 before 19", worth_more_than_the_limit, documents_are_missing, WAITING,
     REASON_DOCUMENTS_MISSING, 0},
};

/* What it is worth. */

static void disabled(struct scene *scene, enum disability_kind kind, int64_t table_bp,
                     int64_t loss_bp)
{
    injury(scene)->days_unable = 0;
    injury(scene)->disability.kind = (uint8_t)kind;
    injury(scene)->disability.table_bp = table_bp;
    injury(scene)->disability.loss_bp = loss_bp;
}
static void totally(struct scene *scene)
{
    disabled(scene, DISABILITY_TOTAL, 0, 0);
}
static void bpu_base_1m(struct scene *scene)
{
    membership_make(m1(scene), BPU, date(2024, 1, 1), MILLION, month_of(2024, 2));
}
static void right_thumb(struct scene *scene)
{
    disabled(scene, DISABILITY_PARTIAL_ANATOMICAL, 1500, 0);
}
static void a_hundredth_of_a_percent(struct scene *scene)
{
    disabled(scene, DISABILITY_PARTIAL_ANATOMICAL, 1, 0);
    m1(scene)->wages.entries[0].value = 999999; /* 7,999.992 */
}
static void half_of_a_thumb(struct scene *scene)
{
    disabled(scene, DISABILITY_PARTIAL_FUNCTIONAL, 1500, 5000);
}
static void a_third_of_a_finger(struct scene *scene)
{
    disabled(scene, DISABILITY_PARTIAL_FUNCTIONAL, 400, 3333); /* 1,173,216 */
}
static void nothing_of_the_table(struct scene *scene)
{
    disabled(scene, DISABILITY_PARTIAL_FUNCTIONAL, 400, 0);
}
static void of_the_largest_wage(struct scene *scene)
{
    disabled(scene, DISABILITY_PARTIAL_FUNCTIONAL, 10000, 10000);
    m1(scene)->wages.entries[0].value = 1000000000;
}
static void unable(struct scene *scene, day_t from, int64_t days)
{
    m1(scene)->cover_to = DAY_NEVER;
    injury(scene)->unable_from = from;
    injury(scene)->days_unable = days;
}
static void unable_to_the_last_full_day(struct scene *scene)
{
    unable(scene, DAY_NONE, 366); /* 14 February 2024 to 13 February 2025 */
}
static void unable_a_day_more(struct scene *scene)
{
    unable(scene, DAY_NONE, 367);
}
static void unable_after_a_year(struct scene *scene)
{
    unable(scene, date(2025, 2, 14), 2);
}
static void unable_over_the_year(struct scene *scene)
{
    unable(scene, date(2025, 2, 13), 2);
}
static void unable_a_day(struct scene *scene)
{
    unable(scene, DAY_NONE, 1); /* 36,666.67 */
}
static void unable_for_long_with_the_largest_wage(struct scene *scene)
{
    unable(scene, DAY_NONE, 20000);
    m1(scene)->wages.entries[0].value = 1000000000;
}
static void under_the_old_law(struct scene *scene)
{
    accident_recorded(scene, date(2019, 12, 1), date(2020, 1, 2));
}
static void old_law_half_a_year(struct scene *scene)
{
    under_the_old_law(scene);
    injury(scene)->days_unable = 183; /* to 31 May 2020 */
}
static void old_law_all_three(struct scene *scene)
{
    under_the_old_law(scene);
    injury(scene)->days_unable = 183 + 183 + 3; /* 6 months, 6 months, 3 days */
}
static void old_law_total(struct scene *scene)
{
    under_the_old_law(scene);
    totally(scene);
}
static void moved(struct scene *scene, enum transport_mode mode, int64_t cost_idr)
{
    injury(scene)->days_unable = 0;
    injury(scene)->transport[injury(scene)->transport_count++] =
        (struct transport){(uint8_t)mode, cost_idr};
}
static void by_land_to_the_limit(struct scene *scene)
{
    moved(scene, TRANSPORT_LAND, 5 * MILLION);
}
static void by_land_twice(struct scene *scene)
{
    moved(scene, TRANSPORT_LAND, 3 * MILLION);
    moved(scene, TRANSPORT_LAND, 3 * MILLION);
}
static void by_all_modes(struct scene *scene)
{
    moved(scene, TRANSPORT_AIR, 20 * MILLION);
    moved(scene, TRANSPORT_LAND, 400000);
    moved(scene, TRANSPORT_SEA, 2 * MILLION + 1);
}
static void old_law_by_all_modes(struct scene *scene)
{
    under_the_old_law(scene);
    by_all_modes(scene);
}
static void treated(struct scene *scene)
{
    treated_for(scene, 80 * MILLION + 7);
}
static void cared_for_at_home(struct scene *scene)
{
    injury(scene)->days_unable = 0;
    injury(scene)->home_care_idr = 20 * MILLION + 1;
}
static void old_law_cared_for_at_home(struct scene *scene)
{
    under_the_old_law(scene);
    cared_for_at_home(scene);
}
static void nothing_at_all(struct scene *scene)
{
    injury(scene)->days_unable = 0;
}

static const struct row worth_rows[] = {
    {"total", totally, NULL, APPROVED, REASON_OK, 73600000},
    {"BPU total", bpu_base_1m, totally, APPROVED, REASON_OK, 68 * MILLION},
    {"total, old", old_law_total, NULL, APPROVED, REASON_OK, 66400000},
    {"thumb", right_thumb, NULL, APPROVED, REASON_OK, 13200000},
    {"cut", a_hundredth_of_a_percent, NULL, APPROVED, REASON_OK, 7999},
    {"half", half_of_a_thumb, NULL, APPROVED, REASON_OK, 6600000},
    {"third", a_third_of_a_finger, NULL, APPROVED, REASON_OK, 1173216},
    {"no loss", nothing_of_the_table, NULL, APPROVED, REASON_OK, 0},
    {"largest", of_the_largest_wage, NULL, HELD, REASON_ABOVE_AUTO_LIMIT, 0},
    {"a year", unable_to_the_last_full_day, NULL, APPROVED, REASON_OK, 13420000},
    {"a day more", unable_a_day_more, NULL, APPROVED, REASON_OK, 13438333},
    {"second year", unable_after_a_year, NULL, APPROVED, REASON_OK, 36666},
    {"over the year", unable_over_the_year, NULL, APPROVED, REASON_OK, 55000},
    {"a day", unable_a_day, NULL, APPROVED, REASON_OK, 36666},
    {"20,000 days", unable_for_long_with_the_largest_wage, NULL, HELD, REASON_ABOVE_AUTO_LIMIT, 0},
    {"old, half", old_law_half_a_year, NULL, APPROVED, REASON_OK, 6710000},
    {"old, all", old_law_all_three, NULL, APPROVED, REASON_OK, 6710000 + 5032500 + 55000},
    {"land", by_land_to_the_limit, NULL, APPROVED, REASON_OK, 5 * MILLION},
    {"land twice", by_land_twice, NULL, APPROVED, REASON_OK, 5 * MILLION},
    {"all modes", by_all_modes, NULL, APPROVED, REASON_OK, 12400000},
    {"all modes, old", old_law_by_all_modes, NULL, APPROVED, REASON_OK, 4400000},
    {"treated", treated, NULL, APPROVED, REASON_OK, 80000007},
    {"home", cared_for_at_home, NULL, APPROVED, REASON_OK, 20 * MILLION},
    {"home, old", old_law_cared_for_at_home, NULL, APPROVED, REASON_OK, 0},
    {"nothing", nothing_at_all, NULL, APPROVED, REASON_OK, 0},
};

#define CHECK_ROWS(rows) check_rows(rows, sizeof(rows) / sizeof *(rows), crash);

Test(injury, each_test_just_true_and_just_false){CHECK_ROWS(test_rows)}

Test(injury, the_earlier_test_decides){CHECK_ROWS(order_rows)}

Test(injury, what_it_is_worth)
{
    CHECK_ROWS(worth_rows)
}

static void expect_line(const struct decision *decision, uint32_t nth, enum component component,
                        int64_t amount_idr)
{
    cr_assert_lt(nth, decision->line_count);
    cr_expect_eq(decision->lines[nth].component, component, "line %u", nth);
    cr_expect_eq(decision->lines[nth].amount_idr, amount_idr, "line %u: %lld", nth,
                 (long long)decision->lines[nth].amount_idr);
    cr_expect_gt(decision->lines[nth].rule.length, 0, "line %u", nth);
}

/* Everything at once: six lines in their order, the treatment to the facility. */
Test(injury, lines_and_payments)
{
    struct scene *scene = scene_new();
    crash(scene);
    by_all_modes(scene);
    treated(scene);
    totally(scene);
    injury(scene)->days_unable = 45;
    injury(scene)->home_care_idr = MILLION;
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    const struct decision *decision = scene_decision(scene, 0);
    cr_assert_eq(decision->line_count, 6);
    expect_line(decision, 0, COMPONENT_DISABILITY, 61600000);
    expect_line(decision, 1, COMPONENT_PERIODIC, 12 * MILLION);
    expect_line(decision, 2, COMPONENT_INABILITY, DAYS_45);
    expect_line(decision, 3, COMPONENT_TRANSPORT, 12400000);
    expect_line(decision, 4, COMPONENT_TREATMENT, 80000007);
    expect_line(decision, 5, COMPONENT_HOME_CARE, MILLION);
    cr_expect_eq(decision->due_on, date(2024, 2, 26), "seven working days");
    cr_expect_eq(decision->programme, JKK);
    cr_assert_eq(scene_count(scene, OUTPUT_PAYMENT), 2);
    const struct payment *worker = scene_payment(scene, 0);
    const struct payment *hospital = scene_payment(scene, 1);
    cr_expect(text_equal(worker->payee_ref, TEXT("WORKER")));
    cr_expect_eq(worker->amount_idr, decision->total_idr - 80000007);
    cr_expect_eq(worker->line_count, 5);
    cr_expect(text_equal(hospital->payee_ref, TEXT("HOSPITAL")));
    cr_expect_eq(hospital->amount_idr, 80000007);
    cr_expect_eq(scene_claim(scene, "C1")->due_on, date(2024, 2, 26));
}

Test(injury, a_facility_that_is_the_payee_is_paid_once)
{
    struct scene *scene = scene_new();
    crash(scene);
    treated(scene);
    injury(scene)->days_unable = 45;
    injury(scene)->treatment.payee_ref = TEXT("WORKER");
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    cr_assert_eq(scene_count(scene, OUTPUT_PAYMENT), 1);
    cr_expect_eq(scene_payment(scene, 0)->amount_idr, 80000007 + DAYS_45);
}

Test(injury, a_later_death_of_the_same_accident_is_held)
{
    struct scene *scene = scene_new();
    crash(scene);
    totally(scene);
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    cr_assert_eq(scene_claim(scene, "C1")->verdict, APPROVED);
    scene_death_claim(scene, "C2", "M1");
    scene->event.death.accident_on = date(2024, 2, 14);
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    cr_expect_eq(scene_claim(scene, "C2")->reason, REASON_SAME_ACCIDENT);
    cr_assert_eq(scene_review(scene, "C2", 1, "anna", REVIEW_APPROVE), OUTCOME_APPLIED);
    cr_expect_eq(scene_claim(scene, "C2")->verdict, APPROVED);
}

Test(injury, an_approval_holds_the_other_of_the_same_days)
{
    struct scene *scene = scene_new();
    crash(scene);
    documents_are_missing(scene);
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    scene_injury_claim(scene, "C2", "M1");
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    cr_expect_eq(scene_claim(scene, "C2")->verdict, APPROVED);
    cr_expect_eq(scene_claim(scene, "C1")->reason, REASON_SAME_ACCIDENT);
}

static uint32_t contradictions(struct scene *scene)
{
    scene_event(scene, EVENT_WAGE_CHANGED);
    outputs_reset(&scene->outputs, scene->now, NULL);
    judge_approved_claims(&scene->participant, &scene->event, &scene->rules, &scene->outputs);
    return scene_count(scene, OUTPUT_EXCEPTION);
}

Test(injury, later_facts_contradict_once)
{
    static arrange *const against[] = {membership_is_void, nothing_is_paid, programme_is_not_held,
                                       bpu_base_1m};
    for (size_t i = 0; i < sizeof against / sizeof *against; i++) {
        struct scene *scene = scene_new();
        crash(scene);
        cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
        cr_expect_eq(contradictions(scene), 0, "row %zu agrees with itself", i);
        against[i](scene);
        cr_expect_eq(contradictions(scene), 1, "row %zu", i);
        cr_expect_eq(contradictions(scene), 0, "row %zu again", i);
    }
}

Test(injury, what_is_approved_later_does_not_contradict)
{
    struct scene *scene = scene_new();
    crash(scene);
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    scene_add_approved(scene, "C2", CLAIM_INJURY, "M1", COMPONENT_DISABILITY)->contradicted = true;
    cr_expect_eq(contradictions(scene), 0);
}

/* What a claim keeps of its filing. */
Test(injury, facts_are_kept)
{
    struct scene *scene = scene_new();
    crash(scene);
    by_land_twice(scene);
    treated(scene);
    injury(scene)->days_unable = 45;
    disabled(scene, DISABILITY_PARTIAL_FUNCTIONAL, 400, 3333);
    injury(scene)->home_care_idr = 12;
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    const struct injury_facts *facts = &scene_claim(scene, "C1")->injury;
    cr_expect_eq(facts->unable_from, date(2024, 2, 14), "the accident's day");
    cr_expect_eq(facts->transport_idr[TRANSPORT_LAND], 6 * MILLION);
    cr_expect_eq(facts->transport_idr[TRANSPORT_AIR], 0);
    cr_expect_eq(facts->disability, DISABILITY_PARTIAL_FUNCTIONAL);
    cr_expect_eq(facts->table_bp, 400);
    cr_expect_eq(facts->loss_bp, 3333);
    cr_expect_eq(facts->treatment_idr, 80000007);
    cr_expect_eq(facts->treatment_payee_length, 8);
    cr_expect_eq(facts->home_care_idr, 12);
}
