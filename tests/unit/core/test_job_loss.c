/* Job-loss claims: their ladder, each test just true and just false, and both regimes. */
#include <criterion/criterion.h>

#include "claim_fixture.h"

#define MILLION INT64_C(1000000)

static struct job_loss_claim *loss(struct scene *scene)
{
    return &scene->event.job_loss;
}

static struct membership *m1(struct scene *scene)
{
    return scene_membership(scene, "M1");
}

static void dismissed(struct scene *scene, day_t day)
{
    m1(scene)->end_count = 0;
    membership_end_add(m1(scene), day, day);
    m1(scene)->ends[0].reason = END_DISMISSED;
    loss(scene)->dismissed_on = day;
    loss(scene)->filed_on = day + 1;
    loss(scene)->documents_complete_on = day + 1;
    scene->recorded = day + 1;
}

/* Employed since 2020 at 4 million, everything paid, dismissed on 14 February 2024. */
static void base(struct scene *scene)
{
    membership_make(m1(scene), PU, date(2020, 1, 1), 4 * MILLION, month_of(2025, 12));
    m1(scene)->programmes.entries[0].value = 0x1F;
    scene_job_loss_claim(scene, "C1", "M1");
    dismissed(scene, date(2024, 2, 14));
}

static void nothing_more(struct scene *scene)
{
    (void)scene;
}
static void membership_is_another(struct scene *scene)
{
    loss(scene)->membership_id = TEXT("M9");
}
static void of_a_state_employer(struct scene *scene)
{
    m1(scene)->segment = PU_STATE;
}
static void self_employed(struct scene *scene)
{
    m1(scene)->segment = BPU;
}
static void membership_is_void(struct scene *scene)
{
    m1(scene)->is_void = true;
}
static void not_ended(struct scene *scene)
{
    m1(scene)->end_count = 0;
}
static void resigned(struct scene *scene)
{
    m1(scene)->ends[0].reason = END_RESIGNED;
}
static void ended_on_another_day(struct scene *scene)
{
    m1(scene)->ends[0].last_day = date(2024, 2, 13);
}
static void taken_back(struct scene *scene)
{
    membership_end_add(m1(scene), date(2024, 12, 31), date(2024, 2, 15)); /* DUTY_ENDED */
}
static void dismissed_once_more_with_the_same_day(struct scene *scene)
{
    ended_on_another_day(scene);
    membership_end_add(m1(scene), date(2024, 2, 14), date(2024, 2, 15));
    m1(scene)->ends[1].reason = END_DISMISSED;
}
static void on_the_day_before_the_law(struct scene *scene)
{
    dismissed(scene, date(2022, 1, 31));
}
static void on_the_first_day_of_the_law(struct scene *scene)
{
    dismissed(scene, date(2022, 2, 1));
}
static void filed(struct scene *scene, day_t day)
{
    loss(scene)->filed_on = day;
    scene->recorded = day;
}
static void filed_after_six_months(struct scene *scene)
{
    filed(scene, date(2024, 8, 14));
}
static void filed_a_day_later(struct scene *scene)
{
    filed(scene, date(2024, 8, 15));
}
static void filed_on_the_last_of_february(struct scene *scene)
{
    dismissed(scene, date(2023, 8, 31));
    filed(scene, date(2024, 2, 29));
}
static void filed_on_the_first_of_march(struct scene *scene)
{
    dismissed(scene, date(2023, 8, 31));
    filed(scene, date(2024, 3, 1));
}
static void filed_in_time_recorded_late(struct scene *scene)
{
    filed(scene, date(2024, 8, 14));
    scene->recorded = date(2025, 1, 1);
}
static struct claim *month_approved(struct scene *scene, day_t dismissed_on, int64_t month)
{
    struct claim *claim = scene_add_approved(scene, "C0", CLAIM_JOB_LOSS, "M1", COMPONENT_CASH);
    claim->cause = TERM_NONE;
    claim->accident_on = DAY_NONE;
    claim->event_on = dismissed_on;
    claim->job_loss = (struct job_loss_facts){dismissed_on + 1, month};
    return claim;
}
static void month_is_approved(struct scene *scene)
{
    (void)month_approved(scene, date(2024, 2, 14), 1);
}
static void month_2_is_approved(struct scene *scene)
{
    (void)month_approved(scene, date(2024, 2, 14), 2);
}
static void month_of_another_dismissal(struct scene *scene)
{
    (void)month_approved(scene, date(2023, 2, 14), 1);
}
static void month_of_another_membership(struct scene *scene)
{
    month_approved(scene, date(2024, 2, 14), 1)->membership_id[1] = '2';
}
static void programme_is_not_held(struct scene *scene)
{
    m1(scene)->programmes.entries[0].value = 0x0F;
}
static void programme_recorded_later(struct scene *scene)
{
    programme_is_not_held(scene);
    timeline_add(&m1(scene)->programmes, date(2024, 1, 1), date(2024, 2, 15), 0x1F);
}
static void paid(struct scene *scene, month_t first, int months)
{
    membership_pay(m1(scene), first, months);
}
static void paid_12_of_24(struct scene *scene)
{
    paid(scene, month_of(2022, 2), 12); /* February 2022 is the first of the 24 */
}
static void paid_11_of_24(struct scene *scene)
{
    paid(scene, month_of(2022, 1), 12);
}
static void paid_12_up_to_the_month_before(struct scene *scene)
{
    paid(scene, month_of(2023, 2), 12);
}
static void paid_12_with_the_month_itself(struct scene *scene)
{
    paid(scene, month_of(2023, 3), 12);
}
static void paid_here_and_there(struct scene *scene)
{
    paid(scene, month_of(2022, 2), 6);
    m1(scene)->run_count = 2;
    m1(scene)->runs[1] = (struct run){.first = month_of(2023, 1), .count = 6};
}
static void documents_are_missing(struct scene *scene)
{
    loss(scene)->documents_complete_on = DAY_NONE;
}
static void no_law(struct scene *scene)
{
    for (uint32_t i = 0; i < scene->rules.benefit_count; i++) {
        if (scene->rules.benefits[i].benefit == BENEFIT_JKP) {
            scene->rules.benefits[i].row.valid_to = date(2024, 1, 1);
        }
    }
}
static void no_law_at_all(struct scene *scene)
{
    scene->rules.benefit_count = 0;
    scene->rules.indexed = false;
}

static const struct row test_rows[] = {
    {"base case", nothing_more, NULL, APPROVED, REASON_OK, 1800000},
    {"unknown", membership_is_another, NULL, WAITING, REASON_MEMBERSHIP_UNKNOWN, 0},
    {"state", of_a_state_employer, NULL, REJECTED, REASON_PROGRAMME_NOT_HELD, 0},
    {"BPU", self_employed, NULL, REJECTED, REASON_PROGRAMME_NOT_HELD, 0},
    {"void", membership_is_void, NULL, REJECTED, REASON_VOIDED, 0},
    {"not ended", not_ended, NULL, HELD, REASON_NOT_DISMISSED, 0},
    {"resigned", resigned, NULL, HELD, REASON_NOT_DISMISSED, 0},
    {"another day", ended_on_another_day, NULL, HELD, REASON_NOT_DISMISSED, 0},
    {"taken back", taken_back, NULL, HELD, REASON_NOT_DISMISSED, 0},
    {"corrected", dismissed_once_more_with_the_same_day, NULL, APPROVED, REASON_OK, 1800000},
    {"before law", on_the_day_before_the_law, NULL, REJECTED, REASON_BEFORE_COVER, 0},
    {"first day", on_the_first_day_of_the_law, NULL, APPROVED, REASON_OK, 1800000},
    {"6 months", filed_after_six_months, NULL, APPROVED, REASON_OK, 1800000},
    {"and a day", filed_a_day_later, NULL, REJECTED, REASON_EXPIRED, 0},
    {"end of month", filed_on_the_last_of_february, NULL, APPROVED, REASON_OK, 1800000},
    {"and a day", filed_on_the_first_of_march, NULL, REJECTED, REASON_EXPIRED, 0},
    {"recorded late", filed_in_time_recorded_late, NULL, APPROVED, REASON_OK, 1800000},
    {"month", month_is_approved, NULL, REJECTED, REASON_ALREADY_PAID, 0},
    {"month 2", month_2_is_approved, NULL, APPROVED, REASON_OK, 1800000},
    {"dismissal", month_of_another_dismissal, NULL, APPROVED, REASON_OK, 1800000},
    {"membership", month_of_another_membership, NULL, APPROVED, REASON_OK, 1800000},
    {"programme", programme_is_not_held, NULL, REJECTED, REASON_PROGRAMME_NOT_HELD, 0},
    {"programme later", programme_recorded_later, NULL, APPROVED, REASON_OK, 1800000},
    {"12 of 24", paid_12_of_24, NULL, APPROVED, REASON_OK, 1800000},
    {"11 of 24", paid_11_of_24, NULL, REJECTED, REASON_TOO_FEW_MONTHS, 0},
    {"month before", paid_12_up_to_the_month_before, NULL, APPROVED, REASON_OK, 1800000},
    {"month itself", paid_12_with_the_month_itself, NULL, REJECTED, REASON_TOO_FEW_MONTHS, 0},
    {"here and there", paid_here_and_there, NULL, APPROVED, REASON_OK, 1800000},
    {"documents", documents_are_missing, NULL, WAITING, REASON_DOCUMENTS_MISSING, 0},
    {"no law", no_law, NULL, HELD, REASON_NOT_AUTOMATED, 0},
    {"no law at all", no_law_at_all, NULL, HELD, REASON_NOT_AUTOMATED, 0},
};

static const struct row order_rows[] = {
    {"segment before void", of_a_state_employer, membership_is_void, REJECTED,
     REASON_PROGRAMME_NOT_HELD, 0},
    {"void before dismissal", membership_is_void, not_ended, REJECTED, REASON_VOIDED, 0},
    {"dismissal before law", on_the_day_before_the_law, not_ended, HELD, REASON_NOT_DISMISSED, 0},
    {"law before filing", on_the_day_before_the_law, filed_a_day_later, REJECTED,
     REASON_BEFORE_COVER, 0},
    {"filing before month", filed_a_day_later, month_is_approved, REJECTED, REASON_EXPIRED, 0},
    {"month before programme", month_is_approved, programme_is_not_held, REJECTED,
     REASON_ALREADY_PAID, 0},
    {"programme before months", programme_is_not_held, paid_11_of_24, REJECTED,
     REASON_PROGRAMME_NOT_HELD, 0},
    {"months before documents", paid_11_of_24, documents_are_missing, REJECTED,
     REASON_TOO_FEW_MONTHS, 0},
};

/* Both regimes, the cap, the cut. */
static void month(struct scene *scene, int64_t number)
{
    loss(scene)->month_number = number;
}
static void month_3(struct scene *scene)
{
    month(scene, 3);
}
static void month_4(struct scene *scene)
{
    month(scene, 4);
}
static void month_6(struct scene *scene)
{
    month(scene, 6);
}
static void last_day_of_the_old_rate(struct scene *scene)
{
    dismissed(scene, date(2025, 2, 6));
}
static void first_day_of_the_new_rate(struct scene *scene)
{
    dismissed(scene, date(2025, 2, 7));
}
static void wage_is(struct scene *scene, int64_t wage_idr)
{
    m1(scene)->wages.entries[0].value = wage_idr;
}
static void at_the_cap(struct scene *scene)
{
    wage_is(scene, 5 * MILLION);
}
static void above_the_cap(struct scene *scene)
{
    wage_is(scene, 5 * MILLION + 1000);
}
static void cut(struct scene *scene)
{
    wage_is(scene, 3333333); /* 1,499,999.85 and 833,333.25 */
}
static void wage_raised_after(struct scene *scene)
{
    timeline_add(&m1(scene)->wages, date(2024, 1, 1), date(2024, 2, 15), 5 * MILLION);
}

static const struct row worth_rows[] = {
    {"month 3", month_3, NULL, APPROVED, REASON_OK, 1800000},
    {"month 4", month_4, NULL, APPROVED, REASON_OK, 1000000},
    {"month 6", month_6, NULL, APPROVED, REASON_OK, 1000000},
    {"6 February 2025", last_day_of_the_old_rate, NULL, APPROVED, REASON_OK, 1800000},
    {"6 February 2025, 6", last_day_of_the_old_rate, month_6, APPROVED, REASON_OK, 1000000},
    {"7 February 2025", first_day_of_the_new_rate, NULL, APPROVED, REASON_OK, 2400000},
    {"7 February 2025, 6", first_day_of_the_new_rate, month_6, APPROVED, REASON_OK, 2400000},
    {"cap", first_day_of_the_new_rate, at_the_cap, APPROVED, REASON_OK, 3 * MILLION},
    {"above", first_day_of_the_new_rate, above_the_cap, APPROVED, REASON_OK, 3 * MILLION},
    {"cap, old", above_the_cap, NULL, APPROVED, REASON_OK, 2250000},
    {"cap, old, 4", above_the_cap, month_4, APPROVED, REASON_OK, 1250000},
    {"cut", cut, NULL, APPROVED, REASON_OK, 1499999},
    {"cut, 4", cut, month_4, APPROVED, REASON_OK, 833333},
    {"wage", wage_raised_after, NULL, APPROVED, REASON_OK, 1800000},
};

#define CHECK_ROWS(rows) check_rows(rows, sizeof(rows) / sizeof *(rows), base);

Test(job_loss, each_test_just_true_and_just_false){CHECK_ROWS(test_rows)}

Test(job_loss, the_earlier_test_decides){CHECK_ROWS(order_rows)}

Test(job_loss, what_it_is_worth){CHECK_ROWS(worth_rows)}

/* The six months of a dismissal: 10.5 million before 7 February 2025, 18 million since. */
Test(job_loss, six_months_come_to_the_published_sums)
{
    static const struct {
        int year, month, day;
        int64_t total_idr;
    } rows[] = {{2024, 2, 14, 10500000}, {2025, 2, 7, 18000000}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct scene *scene = scene_new();
        int64_t total_idr = 0;
        for (int64_t number = 1; number <= 6; number++) {
            char id[3] = {'C', (char)('0' + number), '\0'};
            base(scene);
            above_the_cap(scene);
            dismissed(scene, date(rows[i].year, rows[i].month, rows[i].day));
            loss(scene)->claim_id = text_of_string(id);
            loss(scene)->month_number = number;
            cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
            cr_assert_eq(scene_decision(scene, 0)->verdict, APPROVED, "month %d", (int)number);
            total_idr += scene_decision(scene, 0)->total_idr;
        }
        cr_expect_eq(total_idr, rows[i].total_idr, "row %zu", i);
    }
}

Test(job_loss, a_dismissal_that_arrives_decides)
{
    struct scene *scene = scene_new();
    base(scene);
    not_ended(scene);
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    cr_assert_eq(scene_claim(scene, "C1")->reason, REASON_NOT_DISMISSED);
    membership_end_add(m1(scene), date(2024, 2, 14), date(2024, 2, 20));
    m1(scene)->ends[0].reason = END_DISMISSED;
    scene_judge(scene);
    cr_assert_eq(scene_count(scene, OUTPUT_DECISION), 1);
    const struct decision *decision = scene_decision(scene, 0);
    cr_expect_eq(decision->verdict, APPROVED);
    cr_expect_eq(decision->programme, JKP);
    cr_assert_eq(decision->line_count, 1);
    cr_expect_eq(decision->lines[0].component, COMPONENT_CASH);
    cr_expect(text_equal(decision->lines[0].rule, TEXT("jkp-2022")));
    cr_expect(text_equal(scene_payment(scene, 0)->payee_ref, TEXT("WORKER")));
    cr_expect_eq(decision->due_on, date(2024, 2, 26), "seven working days");
}

Test(job_loss, a_review_overrules_the_missing_dismissal)
{
    struct scene *scene = scene_new();
    base(scene);
    not_ended(scene);
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    cr_assert_eq(scene_review(scene, "C1", 1, "anna", REVIEW_APPROVE), OUTCOME_APPLIED);
    cr_expect_eq(scene_decision(scene, 0)->verdict, APPROVED);
    cr_expect_eq(scene_decision(scene, 0)->total_idr, 1800000);
}

static uint32_t contradictions(struct scene *scene)
{
    scene_event(scene, EVENT_WAGE_CHANGED);
    outputs_reset(&scene->outputs, scene->now, NULL);
    judge_approved_claims(&scene->participant, &scene->event, &scene->rules, &scene->outputs);
    return scene_count(scene, OUTPUT_EXCEPTION);
}

Test(job_loss, later_facts_contradict_once)
{
    static arrange *const against[] = {membership_is_void, taken_back, paid_11_of_24,
                                       programme_is_not_held, cut};
    for (size_t i = 0; i < sizeof against / sizeof *against; i++) {
        struct scene *scene = scene_new();
        base(scene);
        cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
        cr_expect_eq(contradictions(scene), 0, "row %zu agrees with itself", i);
        against[i](scene);
        cr_expect_eq(contradictions(scene), 1, "row %zu", i);
        cr_expect_eq(contradictions(scene), 0, "row %zu again", i);
    }
}
