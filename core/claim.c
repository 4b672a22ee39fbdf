/* The events of jaga.claim: a claim is filed, its documents completed, reviewed, cancelled. */
#include <assert.h>

#include "core/internal.h"

static enum outcome file_claim(struct application *application, struct text id);
static enum outcome complete_documents(struct application *application);
static enum outcome review_claim(struct application *application);
static enum outcome cancel_claim(struct application *application);
static enum outcome tally_external(struct application *application);

enum outcome apply_claim(struct application *application)
{
    const struct event *event = application->event;
    assert(event_topic(event->type) == INPUT_CLAIM);
    switch (event->type) {
    case EVENT_DEATH_CLAIM_FILED: return file_claim(application, event->death.claim_id);
    case EVENT_INJURY_CLAIM_FILED: return file_claim(application, event->injury.claim_id);
    case EVENT_SCHOLARSHIP_CLAIMED: return file_claim(application, event->scholarship.claim_id);
    case EVENT_JOB_LOSS_CLAIMED: return file_claim(application, event->job_loss.claim_id);
    case EVENT_DOCUMENTS_COMPLETED: return complete_documents(application);
    case EVENT_CLAIM_REVIEWED: return review_claim(application);
    case EVENT_CLAIM_CANCELLED: return cancel_claim(application);
    case EVENT_EXTERNAL_BENEFIT_RECORDED: return tally_external(application);
    case EVENT_ENROLLED:
    case EVENT_WAGE_CHANGED:
    case EVENT_CATEGORY_CHANGED:
    case EVENT_PROGRAMMES_CHANGED:
    case EVENT_SPONSOR_CHANGED:
    case EVENT_MOVED:
    case EVENT_MEMBERSHIP_ENDED:
    case EVENT_ENROLLMENT_VOIDED:
    case EVENT_PARTICIPANT_DIED:
    case EVENT_CONTRIBUTION_PAID:
    case EVENT_CONTRIBUTION_REVERSED:
    case EVENT_PAYMENT_STATUS_REPORTED:
    case EVENT_BASE_PUBLISHED:
    case EVENT_BATCH_DECLARED: break;
    }
    assert(false && "only events of jaga.claim come here");
    return OUTCOME_REJECTED;
}

static bool is_work_cause(uint8_t cause)
{
    return cause == CAUSE_WORK_ACCIDENT || cause == CAUSE_COMMUTE_ACCIDENT ||
           cause == CAUSE_DUTY_TRAVEL || cause == CAUSE_OCCUPATIONAL_DISEASE ||
           cause == CAUSE_SUDDEN_DEATH_AT_WORK;
}

enum programme claim_programme(const struct claim *claim)
{
    switch ((enum claim_type)claim->type) {
    case CLAIM_DEATH:
    case CLAIM_INJURY: return is_work_cause(claim->cause) ? JKK : JKM;
    case CLAIM_SCHOLARSHIP: return (enum programme)claim->scholarship.programme;
    case CLAIM_JOB_LOSS: return JKP;
    }
    assert(false && "every claim type has a programme");
    return JKM;
}

/* Refusals. */

static enum outcome refuse_day(struct application *application, const char *field, day_t day)
{
    struct exception *exception =
        event_refuse(application->event, EXCEPTION_INVALID_FIELD, application->outputs);
    detail_text(exception, "field", text_of_string(field));
    detail_day(exception, "value", day);
    detail_day(exception, "recorded", application->recorded);
    return OUTCOME_REJECTED;
}

static enum outcome refuse_claim(struct application *application, enum exception_code code,
                                 struct text id)
{
    struct exception *exception = event_refuse(application->event, code, application->outputs);
    detail_text(exception, "claim_id", id);
    return OUTCOME_REJECTED;
}

/* True, and the event refused, when a date lies after the date of recording. */
static bool day_is_refused(struct application *application, const char *field, day_t day)
{
    if (day == DAY_NONE || day <= application->recorded) {
        return false;
    }
    (void)refuse_day(application, field, day);
    return true;
}

static bool dates_are_refused(struct application *application)
{
    static const char documents[] = "documents_complete_on";
    const struct event *event = application->event;
    switch (event->type) {
    case EVENT_DEATH_CLAIM_FILED:
        return day_is_refused(application, "died_on", event->death.died_on) ||
               day_is_refused(application, "accident_on", event->death.accident_on) ||
               day_is_refused(application, documents, event->death.documents_complete_on);
    case EVENT_INJURY_CLAIM_FILED:
        return day_is_refused(application, "accident_on", event->injury.accident_on) ||
               day_is_refused(application, documents, event->injury.documents_complete_on);
    case EVENT_SCHOLARSHIP_CLAIMED:
        return day_is_refused(application, documents, event->scholarship.documents_complete_on);
    case EVENT_JOB_LOSS_CLAIMED:
        return day_is_refused(application, documents, event->job_loss.documents_complete_on);
    case EVENT_DOCUMENTS_COMPLETED:
        return day_is_refused(application, documents, event->documents.documents_complete_on);
    case EVENT_EXTERNAL_BENEFIT_RECORDED:
        return day_is_refused(application, "paid_on", event->external.paid_on);
    default: return false;
    }
}

/* Filing. */

static void set_text(char *to, uint8_t *length, size_t capacity, struct text from)
{
    assert(from.length <= capacity);
    if (from.length > 0) {
        memcpy(to, from.at, from.length);
    }
    *length = (uint8_t)from.length;
}

static void set_membership(struct claim *claim, struct text id)
{
    set_text(claim->membership_id, &claim->membership_id_length, sizeof claim->membership_id, id);
}

static void set_payee(struct claim *claim, struct text payee)
{
    set_text(claim->payee, &claim->payee_length, sizeof claim->payee, payee);
}

static void add_documents(struct claim *claim, day_t documents)
{
    if (documents != DAY_NONE) {
        assert(claim->document_count < DOCUMENT_DATES_MAX);
        claim->documents[claim->document_count++] = documents;
    }
}

static void fill_death(struct claim *claim, const struct death_claim *body)
{
    claim->type = CLAIM_DEATH;
    claim->cause = body->cause;
    claim->died_on = body->died_on;
    claim->accident_on = body->accident_on;
    claim->heir_rank = body->heir.rank;
    set_membership(claim, body->membership_id);
    set_payee(claim, body->heir.payee_ref);
    set_text(claim->burial_payee, &claim->burial_payee_length, sizeof claim->burial_payee,
             body->burial_payee_ref);
    add_documents(claim, body->documents_complete_on);
    const bool by_accident = claim_programme(claim) == JKK && body->accident_on != DAY_NONE;
    claim->event_on = by_accident ? body->accident_on : body->died_on;
}

/* Costs of one mode are one cost: its limit is for the mode. */
static void fill_injury_facts(struct injury_facts *facts, const struct injury_claim *body)
{
    facts->unable_from = body->unable_from == DAY_NONE ? body->accident_on : body->unable_from;
    facts->days_unable = body->days_unable;
    facts->disability = body->disability.kind;
    facts->table_bp = body->disability.table_bp;
    facts->loss_bp = body->disability.loss_bp;
    for (uint32_t i = 0; i < body->transport_count; i++) {
        facts->transport_idr[body->transport[i].mode] += body->transport[i].cost_idr;
    }
    if (body->treatment_present) {
        set_text(facts->treatment_payee, &facts->treatment_payee_length,
                 sizeof facts->treatment_payee, body->treatment.payee_ref);
        facts->treatment_idr = body->treatment.cost_idr;
    }
    facts->home_care_idr = body->home_care_idr;
}

static void fill_injury(struct claim *claim, const struct injury_claim *body)
{
    claim->type = CLAIM_INJURY;
    claim->cause = body->cause;
    claim->accident_on = body->accident_on;
    claim->event_on = body->accident_on;
    set_membership(claim, body->membership_id);
    set_payee(claim, body->payee_ref);
    add_documents(claim, body->documents_complete_on);
    fill_injury_facts(&claim->injury, body);
}

/* A scholarship is for the event its parent was for. A scholarship has no event of its own to hand
   on. */
static void follow_parent(struct claim *scholarship, const struct claim *parent)
{
    if (parent->type == CLAIM_SCHOLARSHIP) {
        return;
    }
    scholarship->scholarship.programme = (uint8_t)claim_programme(parent);
    scholarship->event_on = parent->event_on;
    set_membership(scholarship, text_of(parent->membership_id, parent->membership_id_length));
}

static void fill_scholarship(struct claim *claim, const struct scholarship_claim *body,
                             const struct claim *parent)
{
    struct scholarship_facts *facts = &claim->scholarship;
    claim->type = CLAIM_SCHOLARSHIP;
    claim->event_on = claim->recorded;
    set_payee(claim, body->payee_ref);
    add_documents(claim, body->documents_complete_on);
    facts->programme = JKM;
    set_text(facts->parent, &facts->parent_length, sizeof facts->parent, body->parent_claim_id);
    facts->child_hash = text_hash(body->child_ref);
    facts->child_birth_date = body->child_birth_date;
    facts->level = body->level;
    facts->school_year = body->school_year;
    if (parent != NULL) {
        follow_parent(claim, parent);
    }
}

static void fill_job_loss(struct claim *claim, const struct job_loss_claim *body)
{
    claim->type = CLAIM_JOB_LOSS;
    claim->event_on = body->dismissed_on;
    set_membership(claim, body->membership_id);
    set_payee(claim, body->payee_ref);
    add_documents(claim, body->documents_complete_on);
    claim->job_loss.filed_on = body->filed_on;
    claim->job_loss.month_number = body->month_number;
}

static void fill_claim(struct claim *claim, struct application *application)
{
    const struct event *event = application->event;
    if (event->type == EVENT_DEATH_CLAIM_FILED) {
        fill_death(claim, &event->death);
    } else if (event->type == EVENT_INJURY_CLAIM_FILED) {
        fill_injury(claim, &event->injury);
    } else if (event->type == EVENT_SCHOLARSHIP_CLAIMED) {
        fill_scholarship(
            claim, &event->scholarship,
            participant_claim(application->participant, event->scholarship.parent_claim_id));
    } else {
        assert(event->type == EVENT_JOB_LOSS_CLAIMED);
        fill_job_loss(claim, &event->job_loss);
    }
}

static struct claim *add_claim(struct application *application, struct text id)
{
    struct participant *participant = application->participant;
    assert(participant->claim_count < CLAIMS_MAX);
    struct claim *claim = &participant->claims[participant->claim_count];
    *claim = (struct claim){.body_hash = application->body_hash,
                            .waits_until = application->outputs->now,
                            .recorded = application->recorded,
                            .cause = TERM_NONE,
                            .died_on = DAY_NONE,
                            .accident_on = DAY_NONE,
                            .heir_rank = TERM_NONE,
                            .due_on = DAY_NONE};
    for (uint32_t i = 0; i < PAYEES_MAX; i++) {
        claim->attempts[i].settled_on = DAY_NONE;
    }
    set_text(claim->id, &claim->id_length, sizeof claim->id, id);
    fill_claim(claim, application);
    participant->claim_count++;
    return claim;
}

/* Scholarships that came before their parent. What was decided for good stays. */
static void lead_children(struct participant *participant, const struct claim *parent)
{
    for (uint32_t i = 0; i < participant->claim_count; i++) {
        struct claim *claim = &participant->claims[i];
        const bool open = claim->verdict == HELD || claim->verdict == WAITING;
        if (claim != parent && open && claim->type == CLAIM_SCHOLARSHIP &&
            text_equal(scholarship_parent_id(claim), claim_id(parent))) {
            follow_parent(claim, parent);
        }
    }
}

static enum outcome file_claim(struct application *application, struct text id)
{
    if (dates_are_refused(application)) {
        return OUTCOME_REJECTED;
    }
    struct participant *participant = application->participant;
    const struct claim *known = participant_claim(participant, id);
    if (known != NULL && known->body_hash == application->body_hash) {
        return OUTCOME_DUPLICATE;
    }
    if (known != NULL) {
        return refuse_claim(application, EXCEPTION_EVENT_CONFLICT, id);
    }
    if (participant->claim_count == CLAIMS_MAX) {
        return refuse_claim(application, EXCEPTION_TOO_MANY, id);
    }
    struct claim *claim = add_claim(application, id);
    lead_children(participant, claim);
    judge_new_claim(participant, claim, application->rules, application->outputs);
    return OUTCOME_APPLIED;
}

/* What happens to a claim afterwards. */

/* The open claim an event is for; NULL, and the event refused, when there is none. */
static struct claim *open_claim(struct application *application, struct text id)
{
    struct claim *claim = participant_claim(application->participant, id);
    if (claim == NULL) {
        (void)refuse_claim(application, EXCEPTION_CLAIM_UNKNOWN, id);
        return NULL;
    }
    if (claim->verdict == APPROVED || claim->verdict == REJECTED) {
        (void)refuse_claim(application, EXCEPTION_CLAIM_CLOSED, id);
        return NULL;
    }
    return claim;
}

static enum outcome complete_documents(struct application *application)
{
    const struct documents_completed *body = &application->event->documents;
    if (dates_are_refused(application)) {
        return OUTCOME_REJECTED;
    }
    struct claim *claim = open_claim(application, body->claim_id);
    if (claim == NULL) {
        return OUTCOME_REJECTED;
    }
    for (uint32_t i = 0; i < claim->document_count; i++) {
        if (claim->documents[i] == body->documents_complete_on) {
            return OUTCOME_DUPLICATE;
        }
    }
    if (claim->document_count == DOCUMENT_DATES_MAX) {
        return refuse_claim(application, EXCEPTION_TOO_MANY, body->claim_id);
    }
    add_documents(claim, body->documents_complete_on);
    return OUTCOME_APPLIED;
}

static bool can_be_overruled(uint8_t reason)
{
    return reason != REASON_CAUSE_UNKNOWN && reason != REASON_NOT_AUTOMATED;
}

static bool is_reviewed_alike(const struct claim *claim, const struct review *review)
{
    for (uint32_t i = 0; i < claim->review_count; i++) {
        const struct review *stored = &claim->reviews[i];
        if (stored->reason == review->reason && stored->total_idr == review->total_idr &&
            stored->reviewer_hash == review->reviewer_hash) {
            return true;
        }
    }
    return false;
}

/* An approving review is kept; judging the claim again shows what it overrules. */
static enum outcome overrule(struct application *application, struct claim *claim)
{
    const struct claim_reviewed *body = &application->event->reviewed;
    if (!can_be_overruled(claim->reason)) {
        return refuse_claim(application, EXCEPTION_CANNOT_OVERRULE, body->claim_id);
    }
    const struct review review = {
        .reason = claim->reason,
        .total_idr = claim_total_idr(application->participant, claim, application->rules),
        .reviewer_hash = text_hash(body->reviewer),
    };
    if (is_reviewed_alike(claim, &review)) {
        return refuse_claim(application, EXCEPTION_SAME_REVIEWER, body->claim_id);
    }
    if (claim->review_count == REVIEWS_MAX) {
        return refuse_claim(application, EXCEPTION_TOO_MANY, body->claim_id);
    }
    claim->reviews[claim->review_count++] = review;
    return OUTCOME_APPLIED;
}

static enum outcome review_claim(struct application *application)
{
    const struct claim_reviewed *body = &application->event->reviewed;
    struct claim *claim = open_claim(application, body->claim_id);
    if (claim == NULL) {
        return OUTCOME_REJECTED;
    }
    if (claim->verdict == WAITING || body->revision != (int64_t)claim->revision) {
        return refuse_claim(application, EXCEPTION_REVIEW_NOT_NEEDED, body->claim_id);
    }
    if (body->verdict == REVIEW_REJECT) {
        close_claim(application->participant, claim, REJECTED, REASON_REVIEW_REJECTED,
                    application->rules, application->outputs);
        return OUTCOME_APPLIED;
    }
    return overrule(application, claim);
}

static enum outcome cancel_claim(struct application *application)
{
    struct claim *claim = open_claim(application, application->event->cancelled.claim_id);
    if (claim == NULL) {
        return OUTCOME_REJECTED;
    }
    close_claim(application->participant, claim, REJECTED, REASON_CANCELLED, application->rules,
                application->outputs);
    return OUTCOME_APPLIED;
}

/* Paid by somebody else: shown, never offset. */
static enum outcome tally_external(struct application *application)
{
    const struct external_benefit *body = &application->event->external;
    if (dates_are_refused(application)) {
        return OUTCOME_REJECTED;
    }
    struct tally_change *tally = outputs_tally(application->outputs, TALLY_EXTERNAL_IDR);
    tally->region = participant_region(application->participant, body->paid_on);
    tally->amount_idr = body->amount_idr;
    return OUTCOME_APPLIED;
}
