/* What the trace of a ladder tells besides the verdict: facts, rows of law, reviews. That it comes
   to the decision's own verdict is tested with each row of test_judgement.c. */
#include <criterion/criterion.h>
#include <string.h>

#include "claim_fixture.h"
#include "core/ladder.h"

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

Test(ladder, a_claim_of_another_type_has_its_one_test)
{
    struct scene *scene = scene_new();
    scene_event(scene, EVENT_INJURY_CLAIM_FILED);
    scene->event.injury.claim_id = TEXT("C2");
    scene->event.injury.membership_id = TEXT("M1");
    scene->event.injury.accident_on = date(2024, 2, 14);
    scene->event.injury.cause = CAUSE_WORK_ACCIDENT;
    scene->event.injury.payee_ref = TEXT("P");
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    trace_of(scene);
    cr_expect_eq(trace.step_count, 1);
    cr_expect_str_eq(trace.steps[0].test, "always");
    cr_expect_eq(trace.steps[0].reason, REASON_NOT_AUTOMATED);
    cr_expect(text_is_absent(trace.due_rule));
}
