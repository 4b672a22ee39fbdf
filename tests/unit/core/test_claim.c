/* The events of jaga.claim: what is refused, what is a repeat, what is stored, and reviews. */
#include <criterion/criterion.h>
#include <signal.h>

#include "claim_fixture.h"

static void check_refused(struct scene *scene, enum exception_code code, const char *name)
{
    static struct participant before;
    before = scene->participant;
    cr_expect_eq(scene_apply(scene), OUTCOME_REJECTED, "%s", name);
    cr_assert_eq(scene->outputs.count, 1, "%s", name);
    const struct exception *exception = scene_exception(scene, 0);
    cr_assert_not_null(exception, "%s", name);
    cr_expect_eq(exception->code, code, "%s: %s", name,
                 term_name(&exception_code_names, exception->code));
    cr_expect_eq(exception->severity, SEVERITY_REJECTED, "%s", name);
    cr_expect(text_equal(exception->id, scene->event.id), "%s", name);
    cr_expect_eq(scene->outputs.tally_count, 0, "%s", name);
    cr_expect(memcmp(&before, &scene->participant, sizeof before) == 0, "%s left a trace", name);
}

/* Programmes of claims. */

struct programme_row {
    enum claim_type type;
    uint8_t cause;
    enum programme programme;
};

static const struct programme_row programme_rows[] = {
    {CLAIM_DEATH, CAUSE_ILLNESS, JKM},
    {CLAIM_DEATH, CAUSE_NON_WORK_ACCIDENT, JKM},
    {CLAIM_DEATH, CAUSE_WORK_ACCIDENT, JKK},
    {CLAIM_DEATH, CAUSE_COMMUTE_ACCIDENT, JKK},
    {CLAIM_DEATH, CAUSE_DUTY_TRAVEL, JKK},
    {CLAIM_DEATH, CAUSE_OCCUPATIONAL_DISEASE, JKK},
    {CLAIM_DEATH, CAUSE_SUDDEN_DEATH_AT_WORK, JKK},
    {CLAIM_DEATH, CAUSE_UNKNOWN, JKM},
    {CLAIM_INJURY, CAUSE_WORK_ACCIDENT, JKK},
    {CLAIM_INJURY, CAUSE_UNKNOWN, JKM},
    {CLAIM_INJURY, CAUSE_ILLNESS, JKM},
    {CLAIM_JOB_LOSS, TERM_NONE, JKP},
};

Test(claim, programme_by_type_and_cause)
{
    for (size_t i = 0; i < sizeof programme_rows / sizeof *programme_rows; i++) {
        const struct programme_row *row = &programme_rows[i];
        const struct claim claim = {.type = (uint8_t)row->type, .cause = row->cause};
        cr_expect_eq(claim_programme(&claim), row->programme, "row %zu", i);
    }
}

/* Filing. */

Test(claim, a_death_claim_is_stored)
{
    struct scene *scene = scene_new();
    struct death_claim *death = &scene->event.death;
    death->accident_on = date(2024, 2, 13);
    death->burial_payee_ref = TEXT("UNCLE");
    death->heir.rank = HEIR_CHILD;
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    const struct claim *claim = scene_claim(scene, "C1");
    cr_expect_eq(claim->type, CLAIM_DEATH);
    cr_expect(text_equal(text_of(claim->membership_id, claim->membership_id_length), TEXT("M1")));
    cr_expect(text_equal(text_of(claim->payee, claim->payee_length), TEXT("HEIR")));
    cr_expect(text_equal(text_of(claim->burial_payee, claim->burial_payee_length), TEXT("UNCLE")));
    cr_expect_eq(claim->body_hash, body_hash(&scene->event));
    cr_expect_eq(claim->waits_until, scene->now);
    cr_expect_eq(claim->recorded, scene->recorded);
    cr_expect_eq(claim->died_on, date(2024, 2, 14));
    cr_expect_eq(claim->accident_on, date(2024, 2, 13));
    cr_expect_eq(claim->event_on, date(2024, 2, 13), "JKK: the accident");
    cr_expect_eq(claim->heir_rank, HEIR_CHILD);
    cr_expect_eq(claim->document_count, 1);
    cr_expect_eq(claim->documents[0], date(2024, 2, 15));
    cr_expect_eq(claim->revision, 1);
    cr_expect_eq(claim->approval, 1);
    cr_expect_eq(claim->line_count, 3);
    cr_expect_eq(scene->participant.died_on, date(2024, 2, 14));
}

Test(claim, the_date_of_a_jkm_event_is_the_death)
{
    struct scene *scene = scene_new();
    scene->event.death.cause = CAUSE_NON_WORK_ACCIDENT;
    scene->event.death.accident_on = date(2024, 2, 13);
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    cr_expect_eq(scene_claim(scene, "C1")->event_on, date(2024, 2, 14));
}

static void injury_event(struct scene *scene, const char *id, enum cause cause)
{
    scene_event(scene, EVENT_INJURY_CLAIM_FILED);
    struct injury_claim *injury = &scene->event.injury;
    injury->claim_id = text_of_string(id);
    injury->membership_id = TEXT("M1");
    injury->accident_on = date(2024, 2, 10);
    injury->cause = (uint8_t)cause;
    injury->payee_ref = TEXT("WORKER");
    injury->disability.kind = DISABILITY_NONE;
}

static void scholarship_event(struct scene *scene, const char *id, const char *parent)
{
    scene_event(scene, EVENT_SCHOLARSHIP_CLAIMED);
    struct scholarship_claim *scholarship = &scene->event.scholarship;
    scholarship->claim_id = text_of_string(id);
    scholarship->parent_claim_id = text_of_string(parent);
    scholarship->child_ref = TEXT("CHILD");
    scholarship->child_birth_date = date(2010, 1, 1);
    scholarship->level = LEVEL_SMP;
    scholarship->school_year = 2024;
    scholarship->payee_ref = TEXT("GUARDIAN");
}

static void job_loss_event(struct scene *scene, const char *id)
{
    scene_event(scene, EVENT_JOB_LOSS_CLAIMED);
    struct job_loss_claim *job_loss = &scene->event.job_loss;
    job_loss->claim_id = text_of_string(id);
    job_loss->membership_id = TEXT("M1");
    job_loss->dismissed_on = date(2024, 2, 5);
    job_loss->filed_on = date(2024, 2, 6);
    job_loss->month_number = 1;
    job_loss->payee_ref = TEXT("WORKER");
}

static void check_decided(struct scene *scene, enum claim_type type, enum programme programme,
                          day_t event_on, const char *membership, enum reason reason)
{
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    const struct decision *decision = scene_decision(scene, 0);
    cr_expect_eq(decision->claim_type, type);
    cr_expect_eq(decision->programme, programme);
    cr_expect_eq(decision->event_on, event_on);
    cr_expect_eq(decision->reason, reason, "%s", term_name(&reason_names, decision->reason));
    if (membership == NULL) {
        cr_expect(text_is_absent(decision->membership_id));
        cr_expect_not(decision->facts_present);
        return;
    }
    cr_expect(text_equal(decision->membership_id, text_of_string(membership)));
    cr_expect(decision->facts_present);
}

Test(claim, an_injury_claim_is_of_its_accident)
{
    struct scene *scene = scene_new();
    injury_event(scene, "C2", CAUSE_UNKNOWN);
    check_decided(scene, CLAIM_INJURY, JKM, date(2024, 2, 10), "M1", REASON_CAUSE_UNKNOWN);
    injury_event(scene, "C3", CAUSE_ILLNESS);
    check_decided(scene, CLAIM_INJURY, JKM, date(2024, 2, 10), "M1", REASON_NOT_WORK_RELATED);
}

Test(claim, a_job_loss_claim_is_of_its_dismissal)
{
    struct scene *scene = scene_new();
    job_loss_event(scene, "C2");
    check_decided(scene, CLAIM_JOB_LOSS, JKP, date(2024, 2, 5), "M1", REASON_PROGRAMME_NOT_HELD);
}

Test(claim, a_scholarship_has_what_its_parent_has)
{
    struct scene *scene = scene_new();
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    scholarship_event(scene, "S1", "C1");
    check_decided(scene, CLAIM_SCHOLARSHIP, JKK, date(2024, 2, 14), "M1", REASON_DOCUMENTS_MISSING);
    injury_event(scene, "C2", CAUSE_UNKNOWN);
    (void)scene_apply(scene);
    scholarship_event(scene, "S2", "C2");
    check_decided(scene, CLAIM_SCHOLARSHIP, JKM, date(2024, 2, 10), "M1", REASON_PARENT_OPEN);
    injury_event(scene, "C3", CAUSE_ILLNESS);
    (void)scene_apply(scene);
    scholarship_event(scene, "S3", "C3");
    check_decided(scene, CLAIM_SCHOLARSHIP, JKM, date(2024, 2, 10), "M1",
                  REASON_PARENT_NOT_APPROVED);
    job_loss_event(scene, "C4");
    (void)scene_apply(scene);
    scholarship_event(scene, "S4", "C4");
    check_decided(scene, CLAIM_SCHOLARSHIP, JKP, date(2024, 2, 5), "M1",
                  REASON_PARENT_NOT_APPROVED);
}

Test(claim, a_scholarship_without_parent_is_of_jkm)
{
    struct scene *scene = scene_new();
    scholarship_event(scene, "S1", "NOSUCH");
    check_decided(scene, CLAIM_SCHOLARSHIP, JKM, scene->recorded, NULL, REASON_PARENT_UNKNOWN);
    scene->recorded = date(2024, 2, 20);
    scholarship_event(scene, "S2", "S1");
    check_decided(scene, CLAIM_SCHOLARSHIP, JKM, date(2024, 2, 20), NULL, REASON_PARENT_OPEN);
    scholarship_event(scene, "S3", "S3");
    check_decided(scene, CLAIM_SCHOLARSHIP, JKM, date(2024, 2, 20), NULL, REASON_PARENT_OPEN);
}

/* Dates against the date of recording. */

enum which_day { DIED_ON, ACCIDENT_ON, DOCUMENTS_ON, PAID_ON };

struct date_row {
    enum event_type type;
    enum which_day which;
    const char *field;
};

static const struct date_row date_rows[] = {
    {EVENT_DEATH_CLAIM_FILED, DIED_ON, "died_on"},
    {EVENT_DEATH_CLAIM_FILED, ACCIDENT_ON, "accident_on"},
    {EVENT_DEATH_CLAIM_FILED, DOCUMENTS_ON, "documents_complete_on"},
    {EVENT_INJURY_CLAIM_FILED, ACCIDENT_ON, "accident_on"},
    {EVENT_INJURY_CLAIM_FILED, DOCUMENTS_ON, "documents_complete_on"},
    {EVENT_SCHOLARSHIP_CLAIMED, DOCUMENTS_ON, "documents_complete_on"},
    {EVENT_JOB_LOSS_CLAIMED, DOCUMENTS_ON, "documents_complete_on"},
    {EVENT_DOCUMENTS_COMPLETED, DOCUMENTS_ON, "documents_complete_on"},
    {EVENT_EXTERNAL_BENEFIT_RECORDED, PAID_ON, "paid_on"},
};

static void external_event(struct scene *scene, day_t paid_on)
{
    scene_event(scene, EVENT_EXTERNAL_BENEFIT_RECORDED);
    scene->event.external = (struct external_benefit){
        .payer = TEXT("KPU"), .amount_idr = 36000000, .paid_on = paid_on, .kind = TEXT("santunan")};
}

static void make_event(struct scene *scene, enum event_type type)
{
    if (type == EVENT_DEATH_CLAIM_FILED) {
        scene_death_claim(scene, "C2", "M1");
        scene->event.death.documents_complete_on = DAY_NONE;
    } else if (type == EVENT_INJURY_CLAIM_FILED) {
        injury_event(scene, "C2", CAUSE_WORK_ACCIDENT);
    } else if (type == EVENT_SCHOLARSHIP_CLAIMED) {
        scholarship_event(scene, "C2", "C1");
    } else if (type == EVENT_JOB_LOSS_CLAIMED) {
        job_loss_event(scene, "C2");
    } else if (type == EVENT_DOCUMENTS_COMPLETED) {
        scene_event(scene, type);
        scene->event.documents.claim_id = TEXT("C1");
    } else {
        external_event(scene, date(2024, 2, 1));
    }
}

static day_t *day_in(struct event *event, enum which_day which)
{
    switch (event->type) {
    case EVENT_DEATH_CLAIM_FILED:
        return which == DIED_ON       ? &event->death.died_on
               : which == ACCIDENT_ON ? &event->death.accident_on
                                      : &event->death.documents_complete_on;
    case EVENT_INJURY_CLAIM_FILED:
        return which == ACCIDENT_ON ? &event->injury.accident_on
                                    : &event->injury.documents_complete_on;
    case EVENT_SCHOLARSHIP_CLAIMED: return &event->scholarship.documents_complete_on;
    case EVENT_JOB_LOSS_CLAIMED: return &event->job_loss.documents_complete_on;
    case EVENT_DOCUMENTS_COMPLETED: return &event->documents.documents_complete_on;
    default: return &event->external.paid_on;
    }
}

/* C1 stands open, without documents. */
static struct scene *scene_with_open_claim(void)
{
    struct scene *scene = scene_new();
    scene->event.death.documents_complete_on = DAY_NONE;
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    return scene;
}

static void check_detail_names(struct text detail, const char *field)
{
    const struct text start = TEXT("field=");
    const uint32_t length = (uint32_t)strlen(field);
    cr_assert_gt(detail.length, start.length + length, "%s", field);
    cr_expect(memcmp(detail.at, start.at, start.length) == 0, "%s", field);
    cr_expect(memcmp(detail.at + start.length, field, length) == 0, "%s", field);
    cr_expect_eq(detail.at[start.length + length], ' ', "%s", field);
}

Test(claim, no_date_lies_after_the_date_of_recording)
{
    for (size_t i = 0; i < sizeof date_rows / sizeof *date_rows; i++) {
        const struct date_row *row = &date_rows[i];
        struct scene *scene = scene_with_open_claim();
        make_event(scene, row->type);
        *day_in(&scene->event, row->which) = scene->recorded + 1;
        check_refused(scene, EXCEPTION_INVALID_FIELD, row->field);
        check_detail_names(scene_exception(scene, 0)->detail, row->field);
        *day_in(&scene->event, row->which) = scene->recorded;
        cr_expect_eq(scene_apply(scene), OUTCOME_APPLIED, "row %zu on the day", i);
    }
}

Test(claim, the_first_bad_date_is_told)
{
    struct scene *scene = scene_new();
    scene->event.death.died_on = date(2024, 2, 16);
    scene->event.death.documents_complete_on = date(2024, 2, 17);
    check_refused(scene, EXCEPTION_INVALID_FIELD, "two dates");
    cr_expect(text_equal(scene_exception(scene, 0)->detail,
                         TEXT("field=died_on value=2024-02-16 recorded=2024-02-15")));
}

/* Repeats. */

Test(claim, sent_three_times_once_with_another_date)
{
    struct scene *scene = scene_new();
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    cr_expect_eq(scene_count(scene, OUTPUT_DECISION), 1);
    cr_expect_eq(scene_apply(scene), OUTCOME_DUPLICATE);
    cr_expect_eq(scene->outputs.count, 0);
    scene->event.death.died_on = date(2024, 2, 13);
    check_refused(scene, EXCEPTION_EVENT_CONFLICT, "another date");
    cr_expect(text_equal(scene_exception(scene, 0)->detail, TEXT("claim_id=C1")));
    cr_expect_eq(scene->participant.claim_count, 1);
}

Test(claim, the_same_id_for_another_type_is_a_conflict)
{
    struct scene *scene = scene_new();
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    injury_event(scene, "C1", CAUSE_WORK_ACCIDENT);
    check_refused(scene, EXCEPTION_EVENT_CONFLICT, "another type");
}

Test(claim, a_closed_claim_is_still_repeated)
{
    struct scene *scene = scene_with_open_claim();
    scene_event(scene, EVENT_CLAIM_CANCELLED);
    scene->event.cancelled.claim_id = TEXT("C1");
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    scene_death_claim(scene, "C1", "M1");
    scene->event.death.documents_complete_on = DAY_NONE;
    cr_expect_eq(scene_apply(scene), OUTCOME_DUPLICATE);
}

Test(claim, there_are_at_most_64)
{
    struct scene *scene = scene_new();
    char id[3] = "00";
    for (int i = 0; i < CLAIMS_MAX; i++) {
        id[0] = (char)('0' + i / 10);
        id[1] = (char)('0' + i % 10);
        job_loss_event(scene, id);
        cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED, "%s", id);
    }
    job_loss_event(scene, "64");
    check_refused(scene, EXCEPTION_TOO_MANY, "the 65th");
    job_loss_event(scene, "63");
    cr_expect_eq(scene_apply(scene), OUTCOME_DUPLICATE, "a repeat comes before the limit");
}

/* Documents. */

Test(claim, documents_completed_let_it_be_paid)
{
    struct scene *scene = scene_with_open_claim();
    cr_assert_eq(scene_documents(scene, "C1", date(2024, 2, 15)), OUTCOME_APPLIED);
    cr_assert_eq(scene_count(scene, OUTPUT_DECISION), 1);
    cr_expect_eq(scene_decision(scene, 0)->verdict, APPROVED);
    cr_expect_eq(scene_decision(scene, 0)->due_on, date(2024, 2, 26));
}

Test(claim, documents_repeated_are_duplicates_whatever_came_between)
{
    struct scene *scene = scene_new();
    scene->event.death.heir.rank = HEIR_NONE;
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    cr_expect_eq(scene_documents(scene, "C1", date(2024, 2, 15)), OUTCOME_DUPLICATE);
    cr_expect_eq(scene_documents(scene, "C1", date(2024, 2, 14)), OUTCOME_APPLIED);
    cr_expect_eq(scene->outputs.count, 0, "the reason is the same");
    cr_expect_eq(scene_documents(scene, "C1", date(2024, 2, 15)), OUTCOME_DUPLICATE);
    cr_expect_eq(scene_claim(scene, "C1")->document_count, 2);
    cr_assert_eq(scene_review(scene, "C1", 1, "anna", REVIEW_APPROVE), OUTCOME_APPLIED);
    cr_expect_eq(scene_decision(scene, 0)->due_on, date(2024, 2, 23), "by the last date applied");
}

Test(claim, documents_for_no_open_claim)
{
    struct scene *scene = scene_new();
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    scene_event(scene, EVENT_DOCUMENTS_COMPLETED);
    scene->event.documents.claim_id = TEXT("C9");
    scene->event.documents.documents_complete_on = date(2024, 2, 15);
    check_refused(scene, EXCEPTION_CLAIM_UNKNOWN, "no such claim");
    scene->event.documents.claim_id = TEXT("C1");
    check_refused(scene, EXCEPTION_CLAIM_CLOSED, "approved, though the date is a repeat");
}

Test(claim, there_are_at_most_64_dates_of_documents)
{
    struct scene *scene = scene_with_open_claim();
    struct claim *claim = scene_claim(scene, "C1");
    claim->heir_rank = HEIR_NONE;
    for (int i = 0; i < DOCUMENT_DATES_MAX; i++) {
        cr_assert_eq(scene_documents(scene, "C1", date(2023, 1, 1) + i), OUTCOME_APPLIED);
    }
    scene_event(scene, EVENT_DOCUMENTS_COMPLETED);
    scene->event.documents.claim_id = TEXT("C1");
    scene->event.documents.documents_complete_on = date(2024, 2, 1);
    check_refused(scene, EXCEPTION_TOO_MANY, "the 65th");
}

/* Reviews. */

static void review_event(struct scene *scene, int64_t revision, const char *reviewer,
                         enum review_verdict verdict)
{
    scene_event(scene, EVENT_CLAIM_REVIEWED);
    scene->event.reviewed = (struct claim_reviewed){.claim_id = TEXT("C1"),
                                                    .revision = revision,
                                                    .reviewer = text_of_string(reviewer),
                                                    .verdict = (uint8_t)verdict,
                                                    .note = TEXT("seen")};
}

static void check_review_refused(struct scene *scene, int64_t revision, const char *reviewer,
                                 enum exception_code code, const char *name)
{
    review_event(scene, revision, reviewer, REVIEW_APPROVE);
    check_refused(scene, code, name);
}

/* A death claim held for its one reason. */
static struct scene *scene_held(enum reason reason)
{
    struct scene *scene = scene_new();
    struct membership *membership = scene_membership(scene, "M1");
    if (reason == REASON_NO_CONTRIBUTION) {
        membership_pay(membership, 0, 0);
    } else if (reason == REASON_HEIR_UNKNOWN) {
        scene->event.death.heir.rank = HEIR_NONE;
        scene->event.death.burial_payee_ref = TEXT("UNCLE");
    } else if (reason == REASON_ABOVE_AUTO_LIMIT) {
        membership->wages.entries[0].value = 10000000;
    } else if (reason == REASON_CAUSE_UNKNOWN) {
        scene->event.death.cause = CAUSE_UNKNOWN;
    } else if (reason == REASON_RECORDED_AFTER_EVENT) {
        membership_record(membership, date(2024, 2, 15));
    } else if (reason == REASON_DEATH_DATE_CONFLICT) {
        scene->participant.died_on = date(2024, 2, 20);
    } else if (reason == REASON_IN_GRACE) {
        membership_make(membership, BPU, date(2023, 6, 1), 1000000, month_of(2024, 1));
    } else if (reason == REASON_EMPLOYER_PAYS_FIRST) {
        membership_make(membership, PU, date(2023, 10, 1), KPPS_WAGE_IDR, MONTH_NONE);
        membership_pay(membership, month_of(2024, 2), 1);
    } else if (reason == REASON_SAME_ACCIDENT) {
        scene->event.death.accident_on = date(2024, 2, 14);
        (void)scene_add_approved(scene, "C0", CLAIM_INJURY, "M1", COMPONENT_DISABILITY);
    } else if (reason == REASON_MIXED_PROGRAMMES) {
        scene_add_approved(scene, "C0", CLAIM_DEATH, "M2", COMPONENT_LUMP)->cause = CAUSE_ILLNESS;
    }
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    cr_assert_eq(scene_claim(scene, "C1")->verdict, HELD);
    cr_assert_eq(scene_claim(scene, "C1")->reason, reason);
    return scene;
}

struct overrule_row {
    enum reason reason;
    int64_t total_idr;
};

static const struct overrule_row overrule_rows[] = {
    {REASON_SAME_ACCIDENT, 74800000},
    {REASON_DEATH_DATE_CONFLICT, 74800000},
    {REASON_RECORDED_AFTER_EVENT, 74800000},
    {REASON_NO_CONTRIBUTION, 74800000},
    {REASON_IN_GRACE, 70000000},
    {REASON_EMPLOYER_PAYS_FIRST, 74800000},
    {REASON_MIXED_PROGRAMMES, 74800000},
    {REASON_HEIR_UNKNOWN, 10000000},
};

Test(claim, an_approving_review_overrules_the_reason)
{
    for (size_t i = 0; i < sizeof overrule_rows / sizeof *overrule_rows; i++) {
        const struct overrule_row *row = &overrule_rows[i];
        const char *name = term_name(&reason_names, row->reason);
        struct scene *scene = scene_held(row->reason);
        cr_assert_eq(scene_review(scene, "C1", 1, "anna", REVIEW_APPROVE), OUTCOME_APPLIED);
        cr_assert_eq(scene_count(scene, OUTPUT_DECISION), 1, "%s", name);
        const struct decision *decision = scene_decision(scene, 0);
        cr_expect_eq(decision->verdict, APPROVED, "%s", name);
        cr_expect_eq(decision->revision, 2, "%s", name);
        cr_expect_eq(decision->total_idr, row->total_idr, "%s", name);
        cr_expect_eq(scene_count(scene, OUTPUT_PAYMENT), 1, "%s", name);
    }
}

Test(claim, without_heir_the_burial_is_paid)
{
    struct scene *scene = scene_held(REASON_HEIR_UNKNOWN);
    cr_assert_eq(scene_review(scene, "C1", 1, "anna", REVIEW_APPROVE), OUTCOME_APPLIED);
    const struct decision *decision = scene_decision(scene, 0);
    cr_assert_eq(decision->line_count, 1);
    cr_expect_eq(decision->lines[0].component, COMPONENT_BURIAL);
    cr_expect(text_equal(scene_payment(scene, 0)->payee_ref, TEXT("UNCLE")));
    cr_expect_eq(scene_claim(scene, "C1")->reviews[0].total_idr, 74800000, "the whole was seen");
}

Test(claim, without_heir_the_limit_looks_at_the_burial)
{
    struct scene *scene = scene_new();
    scene_membership(scene, "M1")->wages.entries[0].value = 10000000;
    scene->event.death.heir.rank = HEIR_NONE;
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    cr_assert_eq(scene_review(scene, "C1", 1, "anna", REVIEW_APPROVE), OUTCOME_APPLIED);
    cr_expect_eq(scene_decision(scene, 0)->verdict, APPROVED);
    cr_expect_eq(scene_decision(scene, 0)->total_idr, 10000000);
}

Test(claim, a_late_enrolment_overruled_pays_by_its_own_wage)
{
    struct scene *scene = scene_held(REASON_RECORDED_AFTER_EVENT);
    struct membership *membership = scene_membership(scene, "M1");
    timeline_add(&membership->wages, date(2024, 2, 1), date(2024, 2, 14), 5000000);
    cr_assert_eq(scene_review(scene, "C1", 1, "anna", REVIEW_APPROVE), OUTCOME_APPLIED);
    cr_expect_eq(scene_decision(scene, 0)->total_idr, 74800000);
    cr_expect_eq(scene_decision(scene, 0)->facts.wage_idr, KPPS_WAGE_IDR);
}

Test(claim, above_the_limit_two_people_decide)
{
    struct scene *scene = scene_held(REASON_ABOVE_AUTO_LIMIT);
    cr_assert_eq(scene_review(scene, "C1", 1, "anna", REVIEW_APPROVE), OUTCOME_APPLIED);
    cr_expect_eq(scene->outputs.count, 0);
    cr_expect_eq(scene_claim(scene, "C1")->revision, 1);
    check_review_refused(scene, 1, "anna", EXCEPTION_SAME_REVIEWER, "the first again");
    cr_assert_eq(scene_review(scene, "C1", 1, "budi", REVIEW_APPROVE), OUTCOME_APPLIED);
    cr_assert_eq(scene_count(scene, OUTPUT_PAYMENT), 1, "a payment is never split");
    cr_expect_eq(scene_payment(scene, 0)->amount_idr, 502000000);
    cr_expect(text_equal(scene_payment(scene, 0)->channel, TEXT("RTGS")));
    cr_expect(text_equal(scene_payment(scene, 0)->claim_id, TEXT("C1")));
}

Test(claim, another_total_needs_its_own_reviews)
{
    struct scene *scene = scene_held(REASON_ABOVE_AUTO_LIMIT);
    cr_assert_eq(scene_review(scene, "C1", 1, "anna", REVIEW_APPROVE), OUTCOME_APPLIED);
    struct timeline *wages = &scene_membership(scene, "M1")->wages;
    wages->entries[0].value = 11000000;
    scene_judge(scene);
    cr_expect_eq(scene->outputs.count, 0);
    cr_assert_eq(scene_review(scene, "C1", 1, "anna", REVIEW_APPROVE), OUTCOME_APPLIED);
    cr_expect_eq(scene_claim(scene, "C1")->verdict, HELD);
    wages->entries[0].value = 10000000;
    cr_assert_eq(scene_review(scene, "C1", 1, "budi", REVIEW_APPROVE), OUTCOME_APPLIED);
    cr_expect_eq(scene_claim(scene, "C1")->verdict, APPROVED, "both saw the total that stands");
}

Test(claim, a_total_that_changes_takes_the_overrule_away)
{
    struct scene *scene = scene_held(REASON_NO_CONTRIBUTION);
    scene_claim(scene, "C1")->document_count = 0;
    cr_assert_eq(scene_review(scene, "C1", 1, "anna", REVIEW_APPROVE), OUTCOME_APPLIED);
    cr_assert_eq(scene_claim(scene, "C1")->reason, REASON_DOCUMENTS_MISSING);
    scene_membership(scene, "M1")->wages.entries[0].value = 2000000;
    scene_judge(scene);
    cr_assert_eq(scene_count(scene, OUTPUT_DECISION), 1);
    cr_expect_eq(scene_decision(scene, 0)->reason, REASON_NO_CONTRIBUTION);
    cr_expect_eq(scene_decision(scene, 0)->revision, 3);
}

Test(claim, a_later_reason_needs_its_own_review)
{
    struct scene *scene = scene_new();
    membership_pay(scene_membership(scene, "M1"), 0, 0);
    scene->event.death.heir.rank = HEIR_NONE;
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    cr_assert_eq(scene_review(scene, "C1", 1, "anna", REVIEW_APPROVE), OUTCOME_APPLIED);
    cr_expect_eq(scene_decision(scene, 0)->reason, REASON_HEIR_UNKNOWN);
    check_review_refused(scene, 1, "anna", EXCEPTION_REVIEW_NOT_NEEDED, "the old revision");
    cr_assert_eq(scene_review(scene, "C1", 2, "anna", REVIEW_APPROVE), OUTCOME_APPLIED);
    cr_expect_eq(scene_decision(scene, 0)->verdict, APPROVED);
    cr_expect_eq(scene_decision(scene, 0)->revision, 3);
}

Test(claim, an_earlier_reason_that_comes_up_again_stays_overruled)
{
    struct scene *scene = scene_held(REASON_NO_CONTRIBUTION);
    scene_claim(scene, "C1")->document_count = 0;
    cr_assert_eq(scene_review(scene, "C1", 1, "anna", REVIEW_APPROVE), OUTCOME_APPLIED);
    membership_pay(scene_membership(scene, "M1"), month_of(2024, 1), 2);
    scene_judge(scene);
    membership_pay(scene_membership(scene, "M1"), 0, 0);
    scene_judge(scene);
    cr_expect_eq(scene->outputs.count, 0);
    cr_expect_eq(scene_claim(scene, "C1")->reason, REASON_DOCUMENTS_MISSING);
}

Test(claim, a_bpu_with_nothing_paid_and_overruled_is_not_in_grace)
{
    struct scene *scene = scene_new();
    membership_make(scene_membership(scene, "M1"), BPU, date(2024, 1, 1), 1000000, MONTH_NONE);
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    cr_assert_eq(scene_claim(scene, "C1")->reason, REASON_NO_CONTRIBUTION);
    cr_assert_eq(scene_review(scene, "C1", 1, "anna", REVIEW_APPROVE), OUTCOME_APPLIED);
    cr_expect_eq(scene_decision(scene, 0)->verdict, APPROVED);
    cr_expect_eq(scene_decision(scene, 0)->total_idr, 70000000);
}

Test(claim, some_reasons_cannot_be_overruled)
{
    struct scene *scene = scene_held(REASON_CAUSE_UNKNOWN);
    check_review_refused(scene, 1, "anna", EXCEPTION_CANNOT_OVERRULE, "cause");
    cr_assert_eq(scene_review(scene, "C1", 1, "anna", REVIEW_REJECT), OUTCOME_APPLIED);
    cr_expect_eq(scene_decision(scene, 0)->reason, REASON_REVIEW_REJECTED);

    scene = scene_new();
    scene->rules.benefit_count = 0;
    scene->rules.indexed = false;
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    cr_assert_eq(scene_claim(scene, "C1")->reason, REASON_NOT_AUTOMATED);
    check_review_refused(scene, 1, "anna", EXCEPTION_CANNOT_OVERRULE, "not automated");
    cr_assert_eq(scene_review(scene, "C1", 1, "anna", REVIEW_REJECT), OUTCOME_APPLIED);
    cr_expect_eq(scene_decision(scene, 0)->verdict, REJECTED);
}

Test(claim, a_rejecting_review_closes)
{
    struct scene *scene = scene_held(REASON_NO_CONTRIBUTION);
    cr_assert_eq(scene_review(scene, "C1", 1, "anna", REVIEW_REJECT), OUTCOME_APPLIED);
    cr_assert_eq(scene->outputs.count, 1);
    const struct decision *decision = scene_decision(scene, 0);
    cr_expect_eq(decision->verdict, REJECTED);
    cr_expect_eq(decision->reason, REASON_REVIEW_REJECTED);
    cr_expect_eq(decision->revision, 2);
    cr_expect_eq(decision->line_count, 0);
    cr_expect_eq(scene_claim(scene, "C1")->approval, 0);
    cr_expect_eq(scene->participant.died_on, DAY_NONE);
    check_review_refused(scene, 2, "budi", EXCEPTION_CLAIM_CLOSED, "afterwards");
}

Test(claim, reviews_that_nobody_needs)
{
    struct scene *scene = scene_with_open_claim();
    check_review_refused(scene, 1, "anna", EXCEPTION_REVIEW_NOT_NEEDED, "waiting");
    review_event(scene, 1, "anna", REVIEW_REJECT);
    check_refused(scene, EXCEPTION_REVIEW_NOT_NEEDED, "waiting, rejected");
    scene = scene_held(REASON_NO_CONTRIBUTION);
    check_review_refused(scene, 2, "anna", EXCEPTION_REVIEW_NOT_NEEDED, "a revision to come");
    review_event(scene, 1, "anna", REVIEW_APPROVE);
    scene->event.reviewed.claim_id = TEXT("C9");
    check_refused(scene, EXCEPTION_CLAIM_UNKNOWN, "no such claim");
}

Test(claim, there_are_at_most_64_reviews)
{
    struct scene *scene = scene_held(REASON_ABOVE_AUTO_LIMIT);
    struct claim *claim = scene_claim(scene, "C1");
    for (int i = 0; i < REVIEWS_MAX; i++) {
        claim->reviews[claim->review_count++] =
            (struct review){.reason = REASON_ABOVE_AUTO_LIMIT, .total_idr = i};
    }
    check_review_refused(scene, 1, "anna", EXCEPTION_TOO_MANY, "the 65th");
}

/* Cancelling. */

Test(claim, cancelling_closes_an_open_claim)
{
    struct scene *scene = scene_with_open_claim();
    scene_event(scene, EVENT_CLAIM_CANCELLED);
    scene->event.cancelled = (struct claim_cancelled){.claim_id = TEXT("C1"), .reason = TEXT("")};
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    cr_assert_eq(scene->outputs.count, 1);
    cr_expect_eq(scene_decision(scene, 0)->verdict, REJECTED);
    cr_expect_eq(scene_decision(scene, 0)->reason, REASON_CANCELLED);
    cr_expect_eq(scene_decision(scene, 0)->revision, 2);
    check_refused(scene, EXCEPTION_CLAIM_CLOSED, "again");
    scene->event.cancelled.claim_id = TEXT("C9");
    check_refused(scene, EXCEPTION_CLAIM_UNKNOWN, "no such claim");
}

/* Paid by others. */

Test(claim, an_external_benefit_is_tallied_by_the_region_of_its_day)
{
    struct scene *scene = scene_new();
    struct timeline *regions = &scene->participant.regions;
    timeline_add(regions, date(2024, 1, 25), date(2024, 1, 25), region_value(REGION_TANGERANG, 0));
    timeline_add(regions, date(2024, 2, 10), date(2024, 2, 10), region_value(REGION_TANGSEL, -1));
    external_event(scene, date(2024, 2, 9));
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    cr_assert_eq(scene->outputs.tally_count, 1);
    cr_expect_eq(scene->outputs.tallies[0].kind, TALLY_EXTERNAL_IDR);
    cr_expect_eq(scene->outputs.tallies[0].region, REGION_TANGERANG);
    cr_expect_eq(scene->outputs.tallies[0].amount_idr, 36000000);
    cr_expect_eq(scene->outputs.count, 0, "never paid by us, never offset");
    external_event(scene, date(2024, 2, 10));
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    cr_expect_eq(scene->outputs.tallies[0].region, REGION_TANGSEL);
}

Test(claim, an_external_benefit_of_a_stranger_has_no_region)
{
    struct scene *scene = scene_new();
    participant_init(&scene->participant, TEXT("P1"));
    external_event(scene, date(2024, 2, 9));
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    cr_expect_eq(scene->outputs.tallies[0].region, 0);
}

Test(claim, only_events_of_its_topic_come_here, .signal = SIGABRT)
{
    struct scene *scene = scene_new();
    scene_event(scene, EVENT_PARTICIPANT_DIED);
    (void)scene_apply(scene);
}
