/* Scholarships: their ladder, each test just true and just false, their limits, and their parent.
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "claim_fixture.h"
#include "core/transition.h"

#define MILLION INT64_C(1000000)

static struct scholarship_claim *scholarship(struct scene *scene)
{
    return &scene->event.scholarship;
}

static struct claim *parent_add(struct scene *scene, const char *id, enum cause cause)
{
    struct claim *claim = scene_add_approved(scene, id, CLAIM_DEATH, "M1", COMPONENT_LUMP);
    claim->cause = (uint8_t)cause;
    claim->accident_on = DAY_NONE;
    return claim;
}

/* C1 is an approved death at work on 14 February 2024; S1 a scholarship for it. */
static void base(struct scene *scene)
{
    (void)parent_add(scene, "C1", CAUSE_WORK_ACCIDENT);
    scene_scholarship_claim(scene, "S1", "C1");
}

static struct claim *parent(struct scene *scene)
{
    return &scene->participant.claims[0];
}

static struct membership *m1(struct scene *scene)
{
    return scene_membership(scene, "M1");
}

static void nothing_more(struct scene *scene)
{
    (void)scene;
}

/* Another scholarship, approved before. */
static struct claim *approved_before(struct scene *scene, const char *child,
                                     enum school_level level, int64_t year)
{
    struct participant *participant = &scene->participant;
    char id[16];
    (void)snprintf(id, sizeof id, "A%u", participant->claim_count);
    struct claim *claim =
        scene_add_approved(scene, id, CLAIM_SCHOLARSHIP, "M1", COMPONENT_SCHOLARSHIP);
    claim->cause = TERM_NONE;
    claim->accident_on = DAY_NONE;
    claim->event_on = parent(scene)->event_on;
    claim->scholarship = (struct scholarship_facts){.programme = JKK,
                                                    .child_hash = text_hash(text_of_string(child)),
                                                    .level = (uint8_t)level,
                                                    .school_year = year};
    return claim;
}

/* The parent. */
static void parent_is_another(struct scene *scene)
{
    scholarship(scene)->parent_claim_id = TEXT("C9");
}
static void parent_waits(struct scene *scene)
{
    parent(scene)->verdict = WAITING;
    parent(scene)->reason = REASON_DOCUMENTS_MISSING;
    parent(scene)->approval = 0;
    parent(scene)->document_count = 0;
}
static void parent_is_held(struct scene *scene)
{
    parent_waits(scene);
    parent(scene)->verdict = HELD;
    parent(scene)->reason = REASON_CAUSE_UNKNOWN;
    parent(scene)->cause = CAUSE_UNKNOWN;
}
static void parent_was_rejected(struct scene *scene)
{
    parent_waits(scene);
    parent(scene)->verdict = REJECTED;
    parent(scene)->reason = REASON_VOIDED;
}
static void parent_is_an_injury(struct scene *scene, enum disability_kind kind)
{
    struct claim *claim = parent(scene);
    claim->type = CLAIM_INJURY;
    claim->died_on = DAY_NONE;
    claim->accident_on = claim->event_on;
    claim->injury.disability = (uint8_t)kind;
}
static void parent_is_total(struct scene *scene)
{
    parent_is_an_injury(scene, DISABILITY_TOTAL);
}
static void parent_is_partial(struct scene *scene)
{
    parent_is_an_injury(scene, DISABILITY_PARTIAL_ANATOMICAL);
}
static void parent_is_a_scholarship(struct scene *scene)
{
    (void)approved_before(scene, "OTHER", LEVEL_SMP, 2023);
    scholarship(scene)->parent_claim_id = TEXT("A1");
}
static void parent_is_a_job_loss(struct scene *scene)
{
    parent(scene)->type = CLAIM_JOB_LOSS;
    parent(scene)->cause = TERM_NONE;
}
static void parent_is_itself(struct scene *scene)
{
    scholarship(scene)->parent_claim_id = TEXT("S1");
}
static void membership_is_void(struct scene *scene)
{
    m1(scene)->is_void = true;
}

/* The same child and year. */
static void year_is_approved(struct scene *scene)
{
    (void)approved_before(scene, "CHILD", LEVEL_SMP, 2024);
}
static void year_is_approved_at_another_level(struct scene *scene)
{
    (void)approved_before(scene, "CHILD", LEVEL_TK_SD, 2024);
}
static void year_is_approved_on_another_membership(struct scene *scene)
{
    approved_before(scene, "CHILD", LEVEL_SMP, 2024)->membership_id[1] = '2';
}
static void year_before_is_approved(struct scene *scene)
{
    (void)approved_before(scene, "CHILD", LEVEL_SMP, 2023);
}
static void year_of_another_child(struct scene *scene)
{
    (void)approved_before(scene, "OTHER", LEVEL_SMP, 2024);
}
static void year_was_rejected(struct scene *scene)
{
    struct claim *claim = approved_before(scene, "CHILD", LEVEL_SMP, 2024);
    claim->verdict = REJECTED;
    claim->reason = REASON_CANCELLED;
    claim->approval = 0;
}

/* Paid months of a JKM parent. */
static void of_jkm(struct scene *scene, month_t first, int months)
{
    parent(scene)->cause = CAUSE_ILLNESS;
    membership_make(m1(scene), PU, month_first_day(first), KPPS_WAGE_IDR, MONTH_NONE);
    membership_pay(m1(scene), first, months);
}
static void paid_36_months(struct scene *scene)
{
    of_jkm(scene, month_of(2021, 3), 36); /* to February 2024, the month of death */
}
static void paid_35_months(struct scene *scene)
{
    of_jkm(scene, month_of(2021, 4), 35);
}
static void paid_beyond_the_death(struct scene *scene)
{
    of_jkm(scene, month_of(2021, 4), 36); /* 35 of them up to the month of death */
}
static void paid_on_two(struct scene *scene, month_t first, int months)
{
    paid_35_months(scene);
    struct membership *other = scene_add_membership(scene, "M2");
    membership_make(other, PU, month_first_day(first), KPPS_WAGE_IDR, MONTH_NONE);
    membership_pay(other, first, months);
}
static void the_other_membership_has_one_more(struct scene *scene)
{
    paid_on_two(scene, month_of(2021, 3), 3);
}
static void both_memberships_have_the_same(struct scene *scene)
{
    paid_on_two(scene, month_of(2021, 4), 35);
}
static void the_other_membership_is_void(struct scene *scene)
{
    the_other_membership_has_one_more(scene);
    scene_membership(scene, "M2")->is_void = true;
}
static void a_void_membership_hides_nothing(struct scene *scene)
{
    the_other_membership_is_void(scene);
    struct membership *third = scene_add_membership(scene, "M3");
    membership_make(third, PU, date(2021, 3, 1), KPPS_WAGE_IDR, MONTH_NONE);
    membership_pay(third, month_of(2021, 3), 1);
}
static void runs_with_a_hole(struct scene *scene)
{
    of_jkm(scene, month_of(2020, 1), 12);
    m1(scene)->run_count = 2;
    m1(scene)->runs[1] = (struct run){.first = month_of(2022, 3), .count = 24};
}
static void old_law(struct scene *scene)
{
    parent(scene)->event_on = date(2019, 12, 1);
    parent(scene)->died_on = date(2019, 12, 1);
}
static void old_law_60_months(struct scene *scene)
{
    of_jkm(scene, month_of(2015, 1), 60);
    old_law(scene);
}
static void old_law_59_months(struct scene *scene)
{
    of_jkm(scene, month_of(2015, 2), 59);
    old_law(scene);
}
static void new_law_36_months(struct scene *scene)
{
    of_jkm(scene, month_of(2017, 1), 36);
    parent(scene)->event_on = date(2019, 12, 2);
}

/* The 23rd birthday. */
static void born(struct scene *scene, day_t birthday)
{
    scholarship(scene)->child_birth_date = birthday;
}
static void is_23_on_the_day(struct scene *scene)
{
    born(scene, date(2001, 2, 15));
}
static void is_23_on_the_next_day(struct scene *scene)
{
    born(scene, date(2001, 2, 16));
}
static void recorded_on(struct scene *scene, day_t day)
{
    scene->recorded = day;
    scholarship(scene)->documents_complete_on = day;
}
static void born_on_a_leap_day_28(struct scene *scene)
{
    born(scene, date(2004, 2, 29));
    recorded_on(scene, date(2027, 2, 28)); /* the birthday of a year without the day */
}
static void born_on_a_leap_day_27(struct scene *scene)
{
    born(scene, date(2004, 2, 29));
    recorded_on(scene, date(2027, 2, 27));
}

/* Limits. */
static void years_approved(struct scene *scene, const char *child, enum school_level level,
                           int count)
{
    for (int i = 0; i < count; i++) {
        (void)approved_before(scene, child, level, 2000 + 10 * (int)level + i);
    }
}
static void two_of_smp(struct scene *scene)
{
    years_approved(scene, "CHILD", LEVEL_SMP, 2);
}
static void three_of_smp(struct scene *scene)
{
    years_approved(scene, "CHILD", LEVEL_SMP, 3);
}
static void three_of_smp_by_another(struct scene *scene)
{
    years_approved(scene, "OTHER", LEVEL_SMP, 3);
}
static void all_of_the_other_levels(struct scene *scene)
{
    years_approved(scene, "CHILD", LEVEL_TK_SD, 8);
    years_approved(scene, "CHILD", LEVEL_SMA, 3);
    years_approved(scene, "CHILD", LEVEL_TERTIARY, 5);
}
static void at_level(struct scene *scene, enum school_level level, int before)
{
    scholarship(scene)->level = (uint8_t)level;
    years_approved(scene, "CHILD", level, before);
}
static void tk_sd_8th(struct scene *scene)
{
    at_level(scene, LEVEL_TK_SD, 7);
}
static void tk_sd_9th(struct scene *scene)
{
    at_level(scene, LEVEL_TK_SD, 8);
}
static void sma_3rd(struct scene *scene)
{
    at_level(scene, LEVEL_SMA, 2);
}
static void sma_4th(struct scene *scene)
{
    at_level(scene, LEVEL_SMA, 3);
}
static void tertiary_5th(struct scene *scene)
{
    at_level(scene, LEVEL_TERTIARY, 4);
}
static void tertiary_6th(struct scene *scene)
{
    at_level(scene, LEVEL_TERTIARY, 5);
}
static void one_other_child(struct scene *scene)
{
    years_approved(scene, "OTHER", LEVEL_SMA, 3);
}
static void two_other_children(struct scene *scene)
{
    one_other_child(scene);
    years_approved(scene, "THIRD", LEVEL_SMP, 1);
}
static void a_known_child_of_two(struct scene *scene)
{
    one_other_child(scene);
    (void)approved_before(scene, "CHILD", LEVEL_SMP, 2020);
}
static void old_law_of_jkk(struct scene *scene)
{
    old_law(scene);
    scene->recorded = date(2019, 12, 20);
    scholarship(scene)->documents_complete_on = date(2019, 12, 20);
}
static void old_law_again_at_another_level(struct scene *scene)
{
    old_law_of_jkk(scene);
    (void)approved_before(scene, "CHILD", LEVEL_TERTIARY, 2018);
}
static void old_law_another_child(struct scene *scene)
{
    old_law_of_jkk(scene);
    (void)approved_before(scene, "OTHER", LEVEL_TERTIARY, 2018);
}
static void documents_are_missing(struct scene *scene)
{
    scholarship(scene)->documents_complete_on = DAY_NONE;
}
static void before_all_law(struct scene *scene)
{
    parent(scene)->event_on = date(2015, 6, 30);
}

static const struct row test_rows[] = {
    {"base case", nothing_more, NULL, APPROVED, REASON_OK, 2 * MILLION},
    {"unknown", parent_is_another, NULL, WAITING, REASON_PARENT_UNKNOWN, 0},
    {"waits", parent_waits, NULL, WAITING, REASON_PARENT_OPEN, 0},
    {"held", parent_is_held, NULL, WAITING, REASON_PARENT_OPEN, 0},
    {"itself", parent_is_itself, NULL, WAITING, REASON_PARENT_OPEN, 0},
    {"rejected", parent_was_rejected, NULL, REJECTED, REASON_PARENT_NOT_APPROVED, 0},
    {"partial", parent_is_partial, NULL, REJECTED, REASON_PARENT_NOT_APPROVED, 0},
    {"total", parent_is_total, NULL, APPROVED, REASON_OK, 2 * MILLION},
    {"scholarship", parent_is_a_scholarship, NULL, REJECTED, REASON_PARENT_NOT_APPROVED, 0},
    {"job loss", parent_is_a_job_loss, NULL, REJECTED, REASON_PARENT_NOT_APPROVED, 0},
    {"void", membership_is_void, NULL, REJECTED, REASON_VOIDED, 0},
    {"year", year_is_approved, NULL, REJECTED, REASON_ALREADY_PAID, 0},
    {"year, level", year_is_approved_at_another_level, NULL, REJECTED, REASON_ALREADY_PAID, 0},
    {"year, other", year_is_approved_on_another_membership, NULL, REJECTED, REASON_ALREADY_PAID, 0},
    {"year before", year_before_is_approved, NULL, APPROVED, REASON_OK, 2 * MILLION},
    {"other child", year_of_another_child, NULL, APPROVED, REASON_OK, 2 * MILLION},
    {"year rejected", year_was_rejected, NULL, APPROVED, REASON_OK, 2 * MILLION},
    {"36 months", paid_36_months, NULL, APPROVED, REASON_OK, 2 * MILLION},
    {"35 months", paid_35_months, NULL, REJECTED, REASON_TOO_FEW_MONTHS, 0},
    {"after death", paid_beyond_the_death, NULL, REJECTED, REASON_TOO_FEW_MONTHS, 0},
    {"one more", the_other_membership_has_one_more, NULL, APPROVED, REASON_OK, 2 * MILLION},
    {"the same", both_memberships_have_the_same, NULL, REJECTED, REASON_TOO_FEW_MONTHS, 0},
    {"other void", the_other_membership_is_void, NULL, REJECTED, REASON_TOO_FEW_MONTHS, 0},
    {"void before", a_void_membership_hides_nothing, NULL, APPROVED, REASON_OK, 2 * MILLION},
    {"hole", runs_with_a_hole, NULL, APPROVED, REASON_OK, 2 * MILLION},
    {"60 months", old_law_60_months, NULL, APPROVED, REASON_OK, 12 * MILLION},
    {"59 months", old_law_59_months, NULL, REJECTED, REASON_TOO_FEW_MONTHS, 0},
    {"36, new law", new_law_36_months, NULL, APPROVED, REASON_OK, 2 * MILLION},
    {"23", is_23_on_the_day, NULL, REJECTED, REASON_CHILD_TOO_OLD, 0},
    {"22", is_23_on_the_next_day, NULL, APPROVED, REASON_OK, 2 * MILLION},
    {"leap day", born_on_a_leap_day_28, NULL, REJECTED, REASON_CHILD_TOO_OLD, 0},
    {"leap day before", born_on_a_leap_day_27, NULL, APPROVED, REASON_OK, 2 * MILLION},
    {"SMP 3rd", two_of_smp, NULL, APPROVED, REASON_OK, 2 * MILLION},
    {"SMP 4th", three_of_smp, NULL, REJECTED, REASON_SCHOLARSHIP_LIMIT, 0},
    {"SMP, other", three_of_smp_by_another, NULL, APPROVED, REASON_OK, 2 * MILLION},
    {"levels", all_of_the_other_levels, NULL, APPROVED, REASON_OK, 2 * MILLION},
    {"SD 8th", tk_sd_8th, NULL, APPROVED, REASON_OK, 1500000},
    {"SD 9th", tk_sd_9th, NULL, REJECTED, REASON_SCHOLARSHIP_LIMIT, 0},
    {"SMA 3rd", sma_3rd, NULL, APPROVED, REASON_OK, 3 * MILLION},
    {"SMA 4th", sma_4th, NULL, REJECTED, REASON_SCHOLARSHIP_LIMIT, 0},
    {"tertiary 5th", tertiary_5th, NULL, APPROVED, REASON_OK, 12 * MILLION},
    {"tertiary 6th", tertiary_6th, NULL, REJECTED, REASON_SCHOLARSHIP_LIMIT, 0},
    {"2nd child", one_other_child, NULL, APPROVED, REASON_OK, 2 * MILLION},
    {"3rd child", two_other_children, NULL, REJECTED, REASON_SCHOLARSHIP_LIMIT, 0},
    {"known child", a_known_child_of_two, NULL, APPROVED, REASON_OK, 2 * MILLION},
    {"old law", old_law_of_jkk, NULL, APPROVED, REASON_OK, 12 * MILLION},
    {"old, twice", old_law_again_at_another_level, NULL, REJECTED, REASON_SCHOLARSHIP_LIMIT, 0},
    {"old, 2nd child", old_law_another_child, NULL, REJECTED, REASON_SCHOLARSHIP_LIMIT, 0},
    {"documents", documents_are_missing, NULL, WAITING, REASON_DOCUMENTS_MISSING, 0},
    {"no law", before_all_law, NULL, HELD, REASON_NOT_AUTOMATED, 0},
};

static const struct row order_rows[] = {
    {"parent before year", parent_waits, year_is_approved, WAITING, REASON_PARENT_OPEN, 0},
    {"void before year", membership_is_void, year_is_approved, REJECTED, REASON_VOIDED, 0},
    {"year before months", year_is_approved, paid_35_months, REJECTED, REASON_ALREADY_PAID, 0},
    {"months before age", paid_35_months, is_23_on_the_day, REJECTED, REASON_TOO_FEW_MONTHS, 0},
    {"age before limit", is_23_on_the_day, three_of_smp, REJECTED, REASON_CHILD_TOO_OLD, 0},
    {"limit before documents", three_of_smp, documents_are_missing, REJECTED,
     REASON_SCHOLARSHIP_LIMIT, 0},
};

#define CHECK_ROWS(rows) check_rows(rows, sizeof(rows) / sizeof *(rows), base);

Test(scholarship, each_test_just_true_and_just_false){CHECK_ROWS(test_rows)}

Test(scholarship, the_earlier_test_decides){CHECK_ROWS(order_rows)}

/* The parent comes later: the scholarship takes its programme, membership and date. */
Test(scholarship, a_parent_that_arrives_decides)
{
    struct scene *scene = scene_new();
    scene_scholarship_claim(scene, "S1", "C1");
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    cr_expect(text_is_absent(scene_decision(scene, 0)->membership_id));
    cr_expect_eq(scene_decision(scene, 0)->programme, JKM);
    cr_expect_eq(scene_decision(scene, 0)->event_on, scene->recorded);
    scene_death_claim(scene, "C1", "M1");
    scene->event.death.documents_complete_on = DAY_NONE;
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    cr_assert_eq(scene_count(scene, OUTPUT_DECISION), 2);
    cr_expect_eq(scene_decision(scene, 1)->reason, REASON_PARENT_OPEN);
    cr_expect_eq(scene_decision(scene, 1)->programme, JKK);
    cr_assert_eq(scene_documents(scene, "C1", date(2024, 2, 15)), OUTCOME_APPLIED);
    cr_assert_eq(scene_count(scene, OUTPUT_DECISION), 2);
    const struct decision *decision = scene_decision(scene, 1);
    cr_expect(text_equal(decision->claim_id, TEXT("S1")));
    cr_expect_eq(decision->verdict, APPROVED);
    cr_expect_eq(decision->event_on, date(2024, 2, 14));
    cr_expect(text_equal(decision->membership_id, TEXT("M1")));
    cr_assert_eq(decision->line_count, 1);
    cr_expect(text_equal(decision->lines[0].rule, TEXT("scholarship-2019")));
    cr_expect(text_equal(scene_payment(scene, 1)->payee_ref, TEXT("GUARDIAN")));
    cr_expect_eq(decision->due_on, date(2024, 2, 26), "JKK: seven working days");
}

Test(scholarship, of_jkm_is_due_in_three_working_days)
{
    struct scene *scene = scene_new();
    base(scene);
    paid_36_months(scene);
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    cr_expect_eq(scene_decision(scene, 0)->programme, JKM);
    cr_expect_eq(scene_decision(scene, 0)->due_on, date(2024, 2, 20));
}

/* Filed before it, and decided for good: the parent changes nothing. */
Test(scholarship, a_closed_one_does_not_follow)
{
    struct scene *scene = scene_new();
    scene_scholarship_claim(scene, "S1", "C1");
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    scene_event(scene, EVENT_CLAIM_CANCELLED);
    scene->event.cancelled = (struct claim_cancelled){TEXT("S1"), TEXT("")};
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    scene_death_claim(scene, "C1", "M1");
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    cr_expect_eq(scene_count(scene, OUTPUT_DECISION), 1);
    cr_expect_eq(scene_claim(scene, "S1")->membership_id_length, 0);
}

Test(scholarship, one_for_two_claims_of_a_year)
{
    struct scene *scene = scene_new();
    base(scene);
    documents_are_missing(scene);
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    scene_scholarship_claim(scene, "S2", "C1");
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    cr_assert_eq(scene_count(scene, OUTPUT_DECISION), 2);
    cr_expect_eq(scene_decision(scene, 0)->verdict, APPROVED);
    cr_expect_eq(scene_claim(scene, "S1")->reason, REASON_ALREADY_PAID);
    cr_expect_eq(scene_claim(scene, "S1")->verdict, REJECTED);
}

Test(scholarship, a_parent_that_never_comes_is_given_up)
{
    struct scene *scene = scene_new();
    scene_scholarship_claim(scene, "S1", "C9");
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    const int64_t deadline = scene->now + 14 * MICROSECONDS_A_DAY;
    scene_claim(scene, "S1")->waits_until = deadline;
    cr_assert_eq(participant_deadline(&scene->participant), deadline);
    outputs_reset(&scene->outputs, deadline, NULL);
    transition_timer(&scene->participant, &scene->rules, &scene->outputs);
    cr_expect_eq(scene_decision(scene, 0)->verdict, REJECTED);
    cr_expect_eq(scene_decision(scene, 0)->reason, REASON_PARENT_UNKNOWN);
    cr_expect_eq(participant_deadline(&scene->participant), INT64_MAX);
}

static uint32_t contradictions(struct scene *scene)
{
    scene_event(scene, EVENT_WAGE_CHANGED);
    outputs_reset(&scene->outputs, scene->now, NULL);
    judge_approved_claims(&scene->participant, &scene->event, &scene->rules, &scene->outputs);
    return scene_count(scene, OUTPUT_EXCEPTION);
}

Test(scholarship, later_facts_contradict_once)
{
    static arrange *const against[] = {membership_is_void, paid_35_months};
    for (size_t i = 0; i < sizeof against / sizeof *against; i++) {
        struct scene *scene = scene_new();
        base(scene);
        paid_36_months(scene);
        parent(scene)->contradicted = true;
        cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
        cr_expect_eq(contradictions(scene), 0, "row %zu agrees with itself", i);
        against[i](scene);
        cr_expect_eq(contradictions(scene), 1, "row %zu", i);
        cr_expect_eq(contradictions(scene), 0, "row %zu again", i);
    }
}

Test(scholarship, later_approvals_do_not_contradict)
{
    struct scene *scene = scene_new();
    base(scene);
    parent(scene)->contradicted = true;
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    approved_before(scene, "CHILD", LEVEL_SMP, 2024)->contradicted = true;
    three_of_smp(scene);
    two_other_children(scene);
    for (uint32_t i = 2; i < scene->participant.claim_count; i++) {
        scene->participant.claims[i].contradicted = true;
    }
    cr_expect_eq(contradictions(scene), 0);
}

/* A family that claims everything there is gets 174 million and not a rupiah more. */
Test(scholarship, two_children_get_174_million)
{
    static const char *const children[] = {"CHILD", "OTHER", "THIRD"};
    struct scene *scene = scene_new();
    (void)parent_add(scene, "C1", CAUSE_WORK_ACCIDENT);
    int64_t paid_idr[3] = {0, 0, 0};
    char id[16];
    for (int i = 0; i < 3 * 20; i++) {
        const int year = i / 3;
        (void)snprintf(id, sizeof id, "S%d", i);
        scene_scholarship_claim(scene, id, "C1");
        scholarship(scene)->child_ref = text_of_string(children[i % 3]);
        scholarship(scene)->school_year = 2000 + year;
        scholarship(scene)->level = year < 9    ? LEVEL_TK_SD
                                    : year < 13 ? LEVEL_SMP
                                    : year < 16 ? LEVEL_SMA
                                                : LEVEL_TERTIARY;
        if (year >= 19) {
            scholarship(scene)->level = LEVEL_SMA;
        }
        cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED, "%d", i);
        paid_idr[i % 3] += scene_decision(scene, 0)->total_idr;
    }
    cr_expect_eq(paid_idr[0], 12 * MILLION + 6 * MILLION + 9 * MILLION + 36 * MILLION);
    cr_expect_eq(paid_idr[1], paid_idr[0]);
    cr_expect_eq(paid_idr[2], 0);
}
