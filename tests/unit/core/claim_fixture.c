#include "claim_fixture.h"

#include <assert.h>
#include <criterion/criterion.h>

static struct scene the_scene;

void timeline_add(struct timeline *timeline, day_t from, day_t recorded, int64_t value)
{
    assert(timeline->count < TIMELINE_MAX);
    timeline->entries[timeline->count++] =
        (struct entry){.from = from, .recorded = recorded, .value = value};
}

void membership_pay(struct membership *membership, month_t first, int count)
{
    membership->run_count = 0;
    membership->first_paid_day = DAY_NONE;
    if (count > 0) {
        membership->run_count = 1;
        membership->runs[0] = (struct run){.first = first, .count = count};
        membership->first_paid_day = membership->cover_from;
    }
}

static void timeline_restart(struct timeline *timeline, day_t from, int64_t value)
{
    timeline->count = 0;
    timeline_add(timeline, from, from, value);
}

void membership_make(struct membership *membership, enum segment segment, day_t from,
                     int64_t wage_idr, month_t paid_through_)
{
    membership->segment = (uint8_t)segment;
    membership->risk_group = 1;
    membership->cover_from = from;
    membership->cover_to = DAY_NEVER;
    membership->recorded = from;
    timeline_restart(&membership->wages, from, wage_idr);
    timeline_restart(&membership->categories, from, 0);
    timeline_restart(&membership->programmes, from, 1 << JKK | 1 << JKM);
    timeline_restart(&membership->sponsors, from, SPONSOR_NPHD);
    const month_t first = day_month(from);
    membership_pay(membership, first, paid_through_ == MONTH_NONE ? 0 : paid_through_ - first + 1);
}

void membership_record(struct membership *membership, day_t recorded)
{
    membership->recorded = recorded;
    membership->wages.entries[0].recorded = recorded;
    membership->categories.entries[0].recorded = recorded;
    membership->programmes.entries[0].recorded = recorded;
    membership->sponsors.entries[0].recorded = recorded;
}

void membership_end_add(struct membership *membership, day_t last_day, day_t recorded)
{
    assert(membership->end_count < ENDS_MAX);
    membership->ends[membership->end_count++] =
        (struct end){.last_day = last_day, .recorded = recorded, .reason = END_DUTY_ENDED};
}

struct membership *scene_add_membership(struct scene *scene, const char *id)
{
    struct participant *participant = &scene->participant;
    assert(participant->membership_count < MEMBERSHIPS_MAX);
    struct membership *membership = &participant->memberships[participant->membership_count++];
    *membership = (struct membership){.id_length = (uint8_t)strlen(id)};
    memcpy(membership->id, id, strlen(id));
    membership_make(membership, PU_STATE, date(2024, 1, 25), KPPS_WAGE_IDR, month_of(2024, 2));
    membership->cover_to = date(2024, 2, 25);
    return membership;
}

struct membership *scene_membership(struct scene *scene, const char *id)
{
    struct membership *membership = participant_membership(&scene->participant, text_of_string(id));
    assert(membership != NULL);
    return membership;
}

void scene_event(struct scene *scene, enum event_type type)
{
    memset(&scene->event, 0, sizeof scene->event);
    event_init(&scene->event, type);
    scene->event.id = TEXT("E1");
    scene->event.source = TEXT("/kpu/36.71");
    scene->event.participant_id = TEXT("P1");
}

void scene_death_claim(struct scene *scene, const char *id, const char *membership)
{
    scene_event(scene, EVENT_DEATH_CLAIM_FILED);
    struct death_claim *death = &scene->event.death;
    death->claim_id = text_of_string(id);
    death->membership_id = text_of_string(membership);
    death->died_on = date(2024, 2, 14);
    death->cause = CAUSE_SUDDEN_DEATH_AT_WORK;
    death->heir.rank = HEIR_SPOUSE;
    death->heir.payee_ref = TEXT("HEIR");
    death->documents_complete_on = date(2024, 2, 15);
}

void scene_injury_claim(struct scene *scene, const char *id, const char *membership)
{
    scene_event(scene, EVENT_INJURY_CLAIM_FILED);
    struct injury_claim *injury = &scene->event.injury;
    injury->claim_id = text_of_string(id);
    injury->membership_id = text_of_string(membership);
    injury->accident_on = date(2024, 2, 14);
    injury->cause = CAUSE_COMMUTE_ACCIDENT;
    injury->payee_ref = TEXT("WORKER");
    injury->days_unable = 45;
    injury->disability.kind = DISABILITY_NONE;
    injury->documents_complete_on = date(2024, 2, 15);
}

void scene_scholarship_claim(struct scene *scene, const char *id, const char *parent)
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
    scholarship->documents_complete_on = date(2024, 2, 15);
}

void scene_job_loss_claim(struct scene *scene, const char *id, const char *membership)
{
    scene_event(scene, EVENT_JOB_LOSS_CLAIMED);
    struct job_loss_claim *job_loss = &scene->event.job_loss;
    job_loss->claim_id = text_of_string(id);
    job_loss->membership_id = text_of_string(membership);
    job_loss->dismissed_on = date(2024, 2, 14);
    job_loss->filed_on = date(2024, 2, 15);
    job_loss->month_number = 1;
    job_loss->payee_ref = TEXT("WORKER");
    job_loss->documents_complete_on = date(2024, 2, 15);
}

struct scene *scene_new(void)
{
    struct scene *scene = &the_scene;
    scene->rules = *rules_fixture();
    scene->now = (int64_t)date(2024, 2, 16) * MICROSECONDS_A_DAY;
    scene->recorded = date(2024, 2, 15);
    outputs_reset(&scene->outputs, scene->now, NULL);
    participant_init(&scene->participant, TEXT("P1"));
    (void)scene_add_membership(scene, "M1");
    scene_death_claim(scene, "C1", "M1");
    return scene;
}

struct claim *scene_add_approved(struct scene *scene, const char *id, enum claim_type type,
                                 const char *membership, enum component component)
{
    struct participant *participant = &scene->participant;
    struct claim *claim = &participant->claims[participant->claim_count++];
    *claim = (struct claim){.id_length = (uint8_t)strlen(id),
                            .type = (uint8_t)type,
                            .membership_id_length = (uint8_t)strlen(membership),
                            .recorded = scene->recorded,
                            .event_on = date(2024, 2, 14),
                            .cause = CAUSE_WORK_ACCIDENT,
                            .died_on = type == CLAIM_DEATH ? date(2024, 2, 14) : DAY_NONE,
                            .accident_on = date(2024, 2, 14),
                            .payee_length = 1,
                            .payee = "X",
                            .document_count = 1,
                            .documents = {scene->recorded},
                            .revision = 1,
                            .verdict = APPROVED,
                            .reason = REASON_OK,
                            .approval = participant->claim_count,
                            .due_on = scene->recorded,
                            .line_count = 1,
                            .lines = {{.component = (uint8_t)component, .amount_idr = 1000}}};
    memcpy(claim->id, id, strlen(id));
    memcpy(claim->membership_id, membership, strlen(membership));
    return claim;
}

enum outcome scene_apply(struct scene *scene)
{
    const struct place place = {.topic = TEXT("jaga.claim"), .partition = 0, .offset = 7};
    outputs_reset(&scene->outputs, scene->now, &place);
    struct application application = {.participant = &scene->participant,
                                      .event = &scene->event,
                                      .rules = &scene->rules,
                                      .outputs = &scene->outputs,
                                      .recorded = scene->recorded,
                                      .body_hash = body_hash(&scene->event)};
    scene->outcome = apply_claim(&application);
    if (scene->outcome == OUTCOME_APPLIED) {
        judge_claims(&scene->participant, &scene->rules, &scene->outputs);
    }
    return scene->outcome;
}

void scene_judge(struct scene *scene)
{
    outputs_reset(&scene->outputs, scene->now, NULL);
    judge_claims(&scene->participant, &scene->rules, &scene->outputs);
}

enum outcome scene_review(struct scene *scene, const char *id, int64_t revision,
                          const char *reviewer, enum review_verdict verdict)
{
    scene_event(scene, EVENT_CLAIM_REVIEWED);
    scene->event.reviewed = (struct claim_reviewed){.claim_id = text_of_string(id),
                                                    .revision = revision,
                                                    .reviewer = text_of_string(reviewer),
                                                    .verdict = (uint8_t)verdict,
                                                    .note = TEXT("")};
    return scene_apply(scene);
}

enum outcome scene_documents(struct scene *scene, const char *id, day_t documents)
{
    scene_event(scene, EVENT_DOCUMENTS_COMPLETED);
    scene->event.documents = (struct documents_completed){.claim_id = text_of_string(id),
                                                          .documents_complete_on = documents};
    return scene_apply(scene);
}

struct claim *scene_claim(struct scene *scene, const char *id)
{
    struct claim *claim = participant_claim(&scene->participant, text_of_string(id));
    assert(claim != NULL);
    return claim;
}

static const struct output *nth_output(const struct scene *scene, enum output_kind kind,
                                       uint32_t nth)
{
    for (uint32_t i = 0; i < scene->outputs.count; i++) {
        const struct output *output = &scene->outputs.items[i];
        if (output->kind == kind && nth-- == 0) {
            return output;
        }
    }
    return NULL;
}

const struct decision *scene_decision(const struct scene *scene, uint32_t nth)
{
    const struct output *output = nth_output(scene, OUTPUT_DECISION, nth);
    return output == NULL ? NULL : &output->decision;
}

const struct payment *scene_payment(const struct scene *scene, uint32_t nth)
{
    const struct output *output = nth_output(scene, OUTPUT_PAYMENT, nth);
    return output == NULL ? NULL : &output->payment;
}

const struct exception *scene_exception(const struct scene *scene, uint32_t nth)
{
    const struct output *output = nth_output(scene, OUTPUT_EXCEPTION, nth);
    return output == NULL ? NULL : &output->exception;
}

uint32_t scene_count(const struct scene *scene, enum output_kind kind)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < scene->outputs.count; i++) {
        count += scene->outputs.items[i].kind == kind;
    }
    return count;
}

/* The trace comes to the same answer: no test before the last decides, and the last one does. */
static void check_trace(const struct scene *scene, const struct row *row, const struct claim *claim)
{
    struct ladder_trace trace;
    ladder_trace(&scene->participant, claim, &scene->rules, &trace);
    for (uint32_t i = 0; i + 1 < trace.step_count; i++) {
        cr_expect(!trace.steps[i].holds || trace.steps[i].overruled, "%s: %s", row->name,
                  trace.steps[i].test);
    }
    const struct ladder_step *last = &trace.steps[trace.step_count - 1];
    cr_expect(last->holds && !last->overruled, "%s: %s", row->name, last->test);
    cr_expect_eq(last->verdict, row->verdict, "%s: %s", row->name, last->test);
    cr_expect_eq(last->reason, row->reason, "%s: %s", row->name, last->test);
    cr_expect(row->verdict != APPROVED || trace.payable.total_idr == row->total_idr, "%s",
              row->name);
}

static void check_payments(const struct scene *scene, const struct row *row,
                           const struct claim *claim)
{
    struct payee_payment payments[PAYEES_MAX];
    const uint32_t count = claim_payments(claim, payments);
    int64_t paid_idr = 0;
    cr_expect_eq(scene_count(scene, OUTPUT_PAYMENT), count, "%s", row->name);
    for (uint32_t i = 0; i < scene_count(scene, OUTPUT_PAYMENT); i++) {
        paid_idr += scene_payment(scene, i)->amount_idr;
    }
    cr_expect_eq(paid_idr, row->total_idr, "%s", row->name);
}

static void check_row(const struct row *row, arrange *base)
{
    struct scene *scene = scene_new();
    if (base != NULL) {
        base(scene);
    }
    row->first(scene);
    if (row->second != NULL) {
        row->second(scene);
    }
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED, "%s", row->name);
    const struct decision *decision = scene_decision(scene, 0);
    cr_assert_not_null(decision, "%s", row->name);
    cr_expect_eq(decision->verdict, row->verdict, "%s: %s", row->name,
                 term_name(&verdict_names, decision->verdict));
    cr_expect_eq(decision->reason, row->reason, "%s: %s", row->name,
                 term_name(&reason_names, decision->reason));
    cr_expect_eq(decision->total_idr, row->total_idr, "%s: %lld", row->name,
                 (long long)decision->total_idr);
    cr_expect_eq(scene_count(scene, OUTPUT_DECISION), 1, "%s", row->name);
    const struct participant *participant = &scene->participant;
    const struct claim *claim = &participant->claims[participant->claim_count - 1];
    check_payments(scene, row, claim);
    check_trace(scene, row, claim);
}

void check_rows(const struct row *rows, size_t count, arrange *base)
{
    for (size_t i = 0; i < count; i++) {
        check_row(&rows[i], base);
    }
}
