/* What the trace of a ladder tells besides the verdict: facts, rows of law, reviews. That it comes
   to the decision's own verdict is tested with each row of test_judgement.c. */
#include <criterion/criterion.h>
#include <string.h>

#include "claim_fixture.h"

static struct ladder_trace trace;

static const struct ladder_trace *trace_of(struct scene *scene)
{
    const struct participant *participant = &scene->participant;
    ladder_trace(participant, &participant->claims[participant->claim_count - 1], &scene->rules,
                 &trace);
    return &trace;
}

static const struct ladder_step *step_of(const char *test)
{
    for (uint32_t i = 0; i < trace.step_count; i++) {
        if (strcmp(trace.steps[i].test, test) == 0) {
            return &trace.steps[i];
        }
    }
    cr_assert_fail("no test %s", test);
    return NULL;
}

static const struct ladder_fact *fact_of(const char *test, const char *name)
{
    const struct ladder_step *step = step_of(test);
    for (uint32_t i = 0; i < step->fact_count; i++) {
        if (strcmp(step->facts[i].name, name) == 0) {
            return &step->facts[i];
        }
    }
    cr_assert_fail("%s: no fact %s", test, name);
    return NULL;
}

static void expect_number(const char *test, const char *name, enum fact_kind kind, int64_t number)
{
    const struct ladder_fact *fact = fact_of(test, name);
    cr_expect_eq(fact->kind, kind, "%s %s", test, name);
    cr_expect_eq(fact->number, number, "%s %s: %lld", test, name, (long long)fact->number);
}

static void expect_text(const char *test, const char *name, const char *text)
{
    const struct text found = fact_of(test, name)->text;
    cr_expect(text == NULL ? text_is_absent(found) : text_equal(found, text_of_string(text)),
              "%s %s: %.*s", test, name, (int)found.length, found.at);
}

Test(ladder, an_approval_passes_every_test)
{
    struct scene *scene = scene_new();
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    trace_of(scene);
    cr_expect_eq(trace.step_count, 22);
    cr_expect_str_eq(trace.steps[0].test, "membership_unknown");
    cr_expect_str_eq(trace.steps[trace.step_count - 1].test, "always");
    cr_expect_eq(trace.payable.total_idr, 74800000);
    cr_expect_eq(trace.payable.line_count, scene_decision(scene, 0)->line_count);
    for (uint32_t i = 0; i < trace.payable.line_count; i++) {
        cr_expect(text_equal(trace.payable.lines[i].rule, scene_decision(scene, 0)->lines[i].rule));
    }
    expect_text("membership_unknown", "membership_id", "M1");
    expect_text("death_already_approved", "other_claim", NULL);
    expect_text("cause_unknown", "cause", "SUDDEN_DEATH_AT_WORK");
    expect_number("before_cover", "cover_start", FACT_DAY, date(2024, 1, 25));
    expect_number("before_cover", "event_on", FACT_DAY, date(2024, 2, 14));
    expect_number("other_death_date", "died_on_record", FACT_DAY, date(2024, 2, 14));
    expect_number("above_auto_limit", "total_idr", FACT_NUMBER, 74800000);
    cr_expect(step_of("above_auto_limit")->rule.length > 0);
    cr_expect(text_is_absent(step_of("cause_unknown")->rule));
    cr_expect(trace.due_rule.length > 0);
    cr_expect_gt(trace.due_days, 0);
}

Test(ladder, it_ends_with_the_test_that_decides)
{
    struct scene *scene = scene_new();
    scene->event.death.membership_id = TEXT("M9");
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    trace_of(scene);
    cr_expect_eq(trace.step_count, 1);
    cr_expect(trace.steps[0].holds);
    cr_expect_eq(trace.steps[0].verdict, WAITING);
    cr_expect(!trace.payable.is_known);
    expect_text("membership_unknown", "membership_id", "M9");
}

Test(ladder, the_claim_that_stands_in_the_way_is_named)
{
    struct scene *scene = scene_new();
    (void)scene_add_approved(scene, "C0", CLAIM_DEATH, "M1", COMPONENT_DEATH);
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    trace_of(scene);
    cr_expect_eq(trace.step_count, 3);
    expect_text("death_already_approved", "other_claim", "C0");
}

Test(ladder, a_review_sets_a_test_aside)
{
    struct scene *scene = scene_new();
    membership_record(scene_membership(scene, "M1"), date(2024, 2, 15));
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    trace_of(scene);
    cr_expect(!step_of("enrolled_after_event")->overruled);
    cr_expect_str_eq(trace.steps[trace.step_count - 1].test, "enrolled_after_event");

    cr_assert_eq(scene_review(scene, "C1", 1, "r1", REVIEW_APPROVE), OUTCOME_APPLIED);
    trace_of(scene);
    cr_expect(step_of("enrolled_after_event")->holds);
    cr_expect(step_of("enrolled_after_event")->overruled);
    cr_expect_str_eq(trace.steps[trace.step_count - 1].test, "always");
}

Test(ladder, an_injury_has_its_own_tests)
{
    struct scene *scene = scene_new();
    scene_injury_claim(scene, "C2", "M1");
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    trace_of(scene);
    cr_expect_eq(trace.step_count, 19);
    expect_text("cause_is_not_work", "cause", "COMMUTE_ACCIDENT");
    expect_text("accident_already_approved", "other_claim", NULL);
    cr_expect_eq(trace.payable.total_idr, 1650000);
    cr_expect_eq(trace.due_days, 7);
}

Test(ladder, a_scholarship_names_parent_months_age_and_limits)
{
    struct scene *scene = scene_new();
    scene->event.death.cause = CAUSE_ILLNESS;
    membership_make(scene_membership(scene, "M1"), PU, date(2021, 1, 1), KPPS_WAGE_IDR,
                    month_of(2024, 2));
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    scene_scholarship_claim(scene, "S1", "C1");
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    trace_of(scene);
    cr_expect_eq(trace.step_count, 12);
    expect_text("parent_open", "parent_claim_id", "C1");
    expect_text("parent_not_approved", "parent_type", "DEATH");
    expect_text("parent_not_approved", "parent_verdict", "APPROVED");
    expect_number("year_already_approved", "school_year", FACT_NUMBER, 2024);
    expect_number("too_few_months_for_child", "months_paid", FACT_NUMBER, 38);
    expect_number("too_few_months_for_child", "least", FACT_NUMBER, 36);
    expect_number("child_too_old", "birthday", FACT_DAY, date(2033, 1, 1));
    expect_number("years_used_up", "most", FACT_NUMBER, 3);
    expect_number("one_child_too_many", "most_children", FACT_NUMBER, 2);
    cr_expect(text_equal(step_of("years_used_up")->rule, TEXT("scholarship-2019")));
    cr_expect(step_of("one_child_too_many")->rule.length > 0);
}

Test(ladder, a_job_loss_names_dismissal_filing_and_months)
{
    struct scene *scene = scene_new();
    struct membership *membership = scene_membership(scene, "M1");
    membership_make(membership, PU, date(2022, 1, 1), KPPS_WAGE_IDR, month_of(2022, 3));
    membership_end_add(membership, date(2024, 2, 14), date(2024, 2, 14));
    membership->ends[0].reason = END_DISMISSED;
    membership->programmes.entries[0].value = 1 << JKP;
    scene_job_loss_claim(scene, "C2", "M1");
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    trace_of(scene);
    cr_expect_str_eq(trace.steps[trace.step_count - 1].test, "too_few_months_for_job_loss");
    expect_text("no_segment_of_job_loss", "segment", "PU");
    expect_text("not_dismissed", "end_reason", "DISMISSED");
    expect_number("before_job_loss_law", "insured_from", FACT_DAY, date(2022, 2, 1));
    expect_number("filed_too_late", "last_day_to_file", FACT_DAY, date(2024, 8, 14));
    expect_number("month_already_approved", "month_number", FACT_NUMBER, 1);
    expect_number("too_few_months_for_job_loss", "months_paid", FACT_NUMBER, 2);
    expect_number("too_few_months_for_job_loss", "window_months", FACT_NUMBER, 24);
}
