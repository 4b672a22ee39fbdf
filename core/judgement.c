/* The ladder of tests a claim is judged by (rules.md, Claims): the first test that holds decides.
 */
#include <assert.h>

#include "core/benefit.h"
#include "core/internal.h"

/* A claim with all that its tests look at. */
struct judgement {
    const struct participant *participant;
    const struct membership *membership; /* NULL: unknown */
    const struct claim *claim;
    const struct rules *rules;
    bool again;         /* an approved claim, to see whether it has been contradicted */
    struct cover cover; /* for claims; unset while the membership is unknown */
    struct worth whole, payable;
};

struct test {
    bool (*holds)(const struct judgement *judgement);
    enum verdict verdict;
    enum reason reason;
};

struct ladder {
    const struct test *tests;
    uint32_t count;
};

static bool always(const struct judgement *judgement);
static bool membership_unknown(const struct judgement *judgement);
static bool membership_void(const struct judgement *judgement);
static bool death_already_approved(const struct judgement *judgement);
static bool accident_already_approved(const struct judgement *judgement);
static bool cause_unknown(const struct judgement *judgement);
static bool other_death_date(const struct judgement *judgement);
static bool recorded_too_late(const struct judgement *judgement);
static bool before_cover(const struct judgement *judgement);
static bool enrolled_after_event(const struct judgement *judgement);
static bool after_grace(const struct judgement *judgement);
static bool after_cover(const struct judgement *judgement);
static bool programme_not_held(const struct judgement *judgement);
static bool facts_after_event(const struct judgement *judgement);
static bool no_month_paid(const struct judgement *judgement);
static bool in_grace(const struct judgement *judgement);
static bool employer_pays_first(const struct judgement *judgement);
static bool mixed_programmes(const struct judgement *judgement);
static bool heir_unknown(const struct judgement *judgement);
static bool documents_missing(const struct judgement *judgement);
static bool worth_unknown(const struct judgement *judgement);
static bool above_auto_limit(const struct judgement *judgement);

static const struct test death_tests[] = {
    {membership_unknown, WAITING, REASON_MEMBERSHIP_UNKNOWN},  /* 1 */
    {membership_void, REJECTED, REASON_VOIDED},                /* 2 */
    {death_already_approved, REJECTED, REASON_ALREADY_PAID},   /* 3 */
    {accident_already_approved, HELD, REASON_SAME_ACCIDENT},   /* 4 */
    {cause_unknown, HELD, REASON_CAUSE_UNKNOWN},               /* 5 */
    {other_death_date, HELD, REASON_DEATH_DATE_CONFLICT},      /* 6 */
    {recorded_too_late, REJECTED, REASON_EXPIRED},             /* 7 */
    {before_cover, REJECTED, REASON_BEFORE_COVER},             /* 8 */
    {enrolled_after_event, HELD, REASON_RECORDED_AFTER_EVENT}, /* 9 */
    {after_grace, REJECTED, REASON_LAPSED},                    /* 10 */
    {after_cover, REJECTED, REASON_COVER_ENDED},               /* 10 */
    {programme_not_held, REJECTED, REASON_PROGRAMME_NOT_HELD}, /* 11 */
    {facts_after_event, HELD, REASON_RECORDED_AFTER_EVENT},    /* 12 */
    {no_month_paid, HELD, REASON_NO_CONTRIBUTION},             /* 13 */
    {in_grace, HELD, REASON_IN_GRACE},                         /* 14 */
    {employer_pays_first, HELD, REASON_EMPLOYER_PAYS_FIRST},   /* 15 */
    {mixed_programmes, HELD, REASON_MIXED_PROGRAMMES},         /* 16 */
    {heir_unknown, HELD, REASON_HEIR_UNKNOWN},                 /* 17 */
    {documents_missing, WAITING, REASON_DOCUMENTS_MISSING},    /* 18 */
    {worth_unknown, HELD, REASON_NOT_AUTOMATED},               /* no row of law for that day */
    {above_auto_limit, HELD, REASON_ABOVE_AUTO_LIMIT},         /* 19 */
    {always, APPROVED, REASON_OK},                             /* 20 */
};

/* Their own tests take the place of this row when the tables they need are confirmed: the tests of
   the table above with NOT_WORK_RELATED for an injury, **Scholarship** and **JKP** of rules.md. */
static const struct test injury_tests[] = {
    {always, HELD, REASON_NOT_AUTOMATED},
};
static const struct test scholarship_tests[] = {
    {always, HELD, REASON_NOT_AUTOMATED},
};
static const struct test job_loss_tests[] = {
    {always, HELD, REASON_NOT_AUTOMATED},
};

#define LADDER(tests_)                                                                             \
    {                                                                                              \
        .tests = (tests_), .count = sizeof(tests_) / sizeof *(tests_)                              \
    }
static const struct ladder ladders[] = {
    [CLAIM_DEATH] = LADDER(death_tests),
    [CLAIM_INJURY] = LADDER(injury_tests),
    [CLAIM_SCHOLARSHIP] = LADDER(scholarship_tests),
    [CLAIM_JOB_LOSS] = LADDER(job_loss_tests),
};
static_assert(sizeof ladders / sizeof *ladders == CLAIM_TYPE_COUNT, "every claim type is judged");

/* A pass in which no claim becomes final changes nothing for the others: the next one is still. */
#define PASSES_MAX (CLAIMS_MAX + 2)

static const struct test *judge(const struct judgement *judgement);
static struct judgement judgement_of(const struct participant *participant,
                                     const struct claim *claim, const struct rules *rules);
static void decide(struct participant *participant, struct claim *claim,
                   const struct judgement *judgement, enum verdict verdict, enum reason reason,
                   struct outputs *outputs);
static bool is_open(const struct claim *claim);
static bool judge_pass(struct participant *participant, const struct rules *rules,
                       struct outputs *outputs);
static bool still_approved(const struct participant *participant, const struct claim *claim,
                           const struct rules *rules);

void judge_new_claim(struct participant *participant, struct claim *claim,
                     const struct rules *rules, struct outputs *outputs)
{
    assert(claim->revision == 0);
    const struct judgement judgement = judgement_of(participant, claim, rules);
    const struct test *test = judge(&judgement);
    decide(participant, claim, &judgement, test->verdict, test->reason, outputs);
    assert(claim->revision == 1);
}

void judge_claims(struct participant *participant, const struct rules *rules,
                  struct outputs *outputs)
{
    uint32_t passes = 0;
    while (judge_pass(participant, rules, outputs)) {
        passes++;
        assert(passes < PASSES_MAX);
    }
}

void close_claim(struct participant *participant, struct claim *claim, enum verdict verdict,
                 enum reason reason, const struct rules *rules, struct outputs *outputs)
{
    assert(is_open(claim));
    assert(verdict == REJECTED);
    const struct judgement judgement = judgement_of(participant, claim, rules);
    decide(participant, claim, &judgement, verdict, reason, outputs);
}

void judge_approved_claims(struct participant *participant, const struct event *event,
                           const struct rules *rules, struct outputs *outputs)
{
    for (uint32_t i = 0; i < participant->claim_count; i++) {
        struct claim *claim = &participant->claims[i];
        if (claim->approval == 0 || claim->contradicted ||
            still_approved(participant, claim, rules)) {
            continue;
        }
        claim->contradicted = true;
        struct exception *finding =
            event_finding(event, EXCEPTION_APPROVED_CLAIM_CONTRADICTED, outputs);
        detail_text(finding, "claim_id", claim_id(claim));
    }
}

int64_t claim_total_idr(const struct participant *participant, const struct claim *claim,
                        const struct rules *rules)
{
    const struct judgement judgement = judgement_of(participant, claim, rules);
    return judgement.whole.is_known ? judgement.whole.total_idr : 0;
}

static bool is_open(const struct claim *claim)
{
    return claim->verdict == HELD || claim->verdict == WAITING;
}

/* One time over the open claims in order of filing; true when a decision was made. */
static bool judge_pass(struct participant *participant, const struct rules *rules,
                       struct outputs *outputs)
{
    bool changed = false;
    for (uint32_t i = 0; i < participant->claim_count; i++) {
        struct claim *claim = &participant->claims[i];
        if (!is_open(claim)) {
            continue;
        }
        const struct judgement judgement = judgement_of(participant, claim, rules);
        const struct test *test = judge(&judgement);
        if (test->verdict == claim->verdict && test->reason == claim->reason) {
            continue;
        }
        decide(participant, claim, &judgement, test->verdict, test->reason, outputs);
        changed = true;
    }
    return changed;
}

static const struct membership *membership_of(const struct participant *participant,
                                              const struct claim *claim)
{
    const struct text wanted = text_of(claim->membership_id, claim->membership_id_length);
    for (uint32_t i = 0; i < participant->membership_count; i++) {
        if (text_equal(membership_id(&participant->memberships[i]), wanted)) {
            return &participant->memberships[i];
        }
    }
    return NULL;
}

static struct judgement judgement_of(const struct participant *participant,
                                     const struct claim *claim, const struct rules *rules)
{
    struct judgement judgement = {.participant = participant,
                                  .membership = membership_of(participant, claim),
                                  .claim = claim,
                                  .rules = rules};
    if (judgement.membership == NULL) {
        return judgement;
    }
    judgement.cover = cover_of_claim(participant, judgement.membership, rules);
    judgement.whole = benefit_of(judgement.membership, claim, &judgement.cover, rules);
    judgement.payable = benefit_payable(&judgement.whole, claim);
    return judgement;
}

/* Overruled: reviewed for this reason and for the total that stands now. Each stored review of one
   reason and total is another reviewer's (claim.c refuses SAME_REVIEWER). */
static bool is_overruled(const struct judgement *judgement, enum reason reason)
{
    const struct claim *claim = judgement->claim;
    const uint32_t needed = reason == REASON_ABOVE_AUTO_LIMIT ? 2 : 1;
    const int64_t total_idr = judgement->whole.is_known ? judgement->whole.total_idr : 0;
    uint32_t found = 0;
    for (uint32_t i = 0; i < claim->review_count; i++) {
        const struct review *review = &claim->reviews[i];
        found += review->reason == reason && review->total_idr == total_idr;
    }
    return found >= needed;
}

static const struct test *judge(const struct judgement *judgement)
{
    assert(judgement->claim->type < CLAIM_TYPE_COUNT);
    const struct ladder *ladder = &ladders[judgement->claim->type];
    for (uint32_t i = 0; i < ladder->count; i++) {
        const struct test *test = &ladder->tests[i];
        if (test->holds(judgement) &&
            (test->verdict != HELD || !is_overruled(judgement, test->reason))) {
            return test;
        }
    }
    assert(false && "the last test of a ladder always holds");
    return NULL;
}

static bool same_lines(const struct claim *claim, const struct worth *worth)
{
    if (claim->line_count != worth->line_count) {
        return false;
    }
    for (uint32_t i = 0; i < claim->line_count; i++) {
        if (claim->lines[i].component != worth->lines[i].component ||
            claim->lines[i].amount_idr != worth->lines[i].amount_idr) {
            return false;
        }
    }
    return true;
}

static bool still_approved(const struct participant *participant, const struct claim *claim,
                           const struct rules *rules)
{
    struct judgement judgement = judgement_of(participant, claim, rules);
    judgement.again = true;
    return judge(&judgement)->verdict == APPROVED && same_lines(claim, &judgement.payable);
}

/* The decision and, when it approves, its payments. */

static struct facts facts_of(const struct judgement *judgement)
{
    const struct membership *membership = judgement->membership;
    const struct claim *claim = judgement->claim;
    const struct cover cover = cover_of(judgement->participant, membership, judgement->rules);
    return (struct facts){
        .wage_idr = benefit_wage_idr(membership, claim),
        .cover_from = cover.any ? cover.start : DAY_NONE,
        .cover_to = cover.any && cover.end != DAY_NEVER ? cover.end : DAY_NONE,
        .tenure_days = cover.any ? (int64_t)claim->event_on - cover.start : NUMBER_NONE,
        .months_paid = months_paid(membership),
        .paid_through = paid_through(membership),
    };
}

static day_t due_on(const struct judgement *judgement)
{
    const struct claim *claim = judgement->claim;
    if (claim->document_count == 0) {
        return DAY_NONE;
    }
    const day_t documents = claim->documents[claim->document_count - 1];
    const enum parameter days =
        claim_programme(claim) == JKM ? PARAMETER_DUE_DAYS_JKM : PARAMETER_DUE_DAYS_OTHER;
    const int64_t working_days = rules_parameter(judgement->rules, days, ANY, documents);
    const day_t due = rules_working_days_after(judgement->rules, documents, (int)working_days);
    return due < DAY_LAST ? due : DAY_LAST;
}

static uint8_t next_approval(const struct participant *participant)
{
    uint8_t approved = 0;
    for (uint32_t i = 0; i < participant->claim_count; i++) {
        approved = (uint8_t)(approved + (participant->claims[i].approval > 0));
    }
    return (uint8_t)(approved + 1);
}

static void approve(struct participant *participant, struct claim *claim, const struct worth *worth)
{
    claim->approval = next_approval(participant);
    claim->line_count = (uint8_t)worth->line_count;
    for (uint32_t i = 0; i < worth->line_count; i++) {
        claim->lines[i] = (struct paid_line){.component = worth->lines[i].component,
                                             .amount_idr = worth->lines[i].amount_idr};
    }
    if (claim->type == CLAIM_DEATH && participant->died_on == DAY_NONE) {
        participant->died_on = claim->died_on;
    }
}

static struct decision *put_decision(const struct judgement *judgement, struct outputs *outputs)
{
    const struct claim *claim = judgement->claim;
    struct decision *decision = outputs_decision(outputs);
    decision->claim_id = claim_id(claim);
    decision->revision = claim->revision;
    decision->participant_id =
        text_of(judgement->participant->id, judgement->participant->id_length);
    if (claim->membership_id_length > 0) {
        decision->membership_id = text_of(claim->membership_id, claim->membership_id_length);
    }
    decision->programme = (uint8_t)claim_programme(claim);
    decision->claim_type = claim->type;
    decision->verdict = claim->verdict;
    decision->reason = claim->reason;
    decision->event_on = claim->event_on;
    decision->facts_present = judgement->membership != NULL;
    if (decision->facts_present) {
        decision->facts = facts_of(judgement);
    }
    decision->due_on = due_on(judgement);
    memcpy(decision->rules, judgement->rules->hash, sizeof decision->rules);
    return decision;
}

static void put_payment(const struct decision *decision, const struct payee_payment *part,
                        const struct rules *rules, struct outputs *outputs)
{
    struct payment *payment = outputs_payment(outputs);
    payment_id(decision->participant_id, decision->claim_id, decision->membership_id,
               part->payee_ref, payment->payment_id_bytes);
    payment->payment_id = text_of(payment->payment_id_bytes, PAYMENT_ID_BYTES);
    payment->claim_id = decision->claim_id;
    payment->revision = decision->revision;
    payment->participant_id = decision->participant_id;
    payment->membership_id = decision->membership_id;
    payment->programme = decision->programme;
    payment->payee_ref = part->payee_ref;
    payment->amount_idr = part->amount_idr;
    payment->line_count = part->line_count;
    for (uint32_t i = 0; i < part->line_count; i++) {
        payment->lines[i] = decision->lines[part->lines[i]];
    }
    payment->channel = rules_channel(rules, part->amount_idr, decision->due_on);
    payment->due_on = decision->due_on;
}

static void put_payments(const struct claim *claim, const struct decision *decision,
                         const struct rules *rules, struct outputs *outputs)
{
    struct payee_payment parts[PAYEES_MAX];
    const uint32_t count = claim_payments(claim, parts);
    for (uint32_t i = 0; i < count; i++) {
        put_payment(decision, &parts[i], rules, outputs);
    }
}

static void decide(struct participant *participant, struct claim *claim,
                   const struct judgement *judgement, enum verdict verdict, enum reason reason,
                   struct outputs *outputs)
{
    assert(claim->approval == 0);
    claim->verdict = (uint8_t)verdict;
    claim->reason = (uint8_t)reason;
    claim->revision++;
    struct decision *decision = put_decision(judgement, outputs);
    if (verdict != APPROVED) {
        return;
    }
    const struct worth *worth = &judgement->payable;
    assert(worth->is_known);
    assert(decision->due_on != DAY_NONE);
    decision->line_count = worth->line_count;
    memcpy(decision->lines, worth->lines, sizeof worth->lines);
    decision->total_idr = worth->total_idr;
    approve(participant, claim, worth);
    put_payments(claim, decision, judgement->rules, outputs);
}

/* The tests, in the order of the table. */

static bool always(const struct judgement *judgement)
{
    (void)judgement;
    return true;
}

static bool membership_unknown(const struct judgement *judgement)
{
    return judgement->membership == NULL;
}

static bool membership_void(const struct judgement *judgement)
{
    return judgement->membership->is_void;
}

static bool same_membership(const struct claim *a, const struct claim *b)
{
    return text_equal(text_of(a->membership_id, a->membership_id_length),
                      text_of(b->membership_id, b->membership_id_length));
}

/* An approved claim of the same membership; when judged again, one that was approved earlier. */
static bool is_approved_before(const struct judgement *judgement, const struct claim *other)
{
    const struct claim *claim = judgement->claim;
    if (other == claim || other->approval == 0 || !same_membership(other, claim)) {
        return false;
    }
    return !judgement->again || other->approval < claim->approval;
}

static bool death_already_approved(const struct judgement *judgement)
{
    const struct participant *participant = judgement->participant;
    for (uint32_t i = 0; i < participant->claim_count; i++) {
        const struct claim *other = &participant->claims[i];
        if (other->type == CLAIM_DEATH && is_approved_before(judgement, other)) {
            return true;
        }
    }
    return false;
}

/* What is paid once for an accident. */
static bool excludes_another(const struct claim *approved)
{
    for (uint32_t i = 0; i < approved->line_count; i++) {
        const uint8_t component = approved->lines[i].component;
        if (component == COMPONENT_DISABILITY || component == COMPONENT_PERIODIC ||
            component == COMPONENT_DEATH) {
            return true;
        }
    }
    return false;
}

/* A death claim has no days of inability that could overlap. */
static bool accident_already_approved(const struct judgement *judgement)
{
    const struct participant *participant = judgement->participant;
    const day_t accident_on = judgement->claim->accident_on;
    if (accident_on == DAY_NONE) {
        return false;
    }
    for (uint32_t i = 0; i < participant->claim_count; i++) {
        const struct claim *other = &participant->claims[i];
        if (other->accident_on == accident_on && is_approved_before(judgement, other) &&
            excludes_another(other)) {
            return true;
        }
    }
    return false;
}

static bool cause_unknown(const struct judgement *judgement)
{
    return judgement->claim->cause == CAUSE_UNKNOWN;
}

static bool other_death_date(const struct judgement *judgement)
{
    const day_t on_record = judgement->participant->died_on;
    return on_record != DAY_NONE && on_record != judgement->claim->died_on;
}

static bool recorded_too_late(const struct judgement *judgement)
{
    const struct claim *claim = judgement->claim;
    if (claim_programme(claim) != JKK) {
        return false;
    }
    const int64_t months =
        rules_parameter(judgement->rules, PARAMETER_EXPIRY_MONTHS, ANY, claim->event_on);
    return claim->recorded > day_add_months(claim->event_on, (int)months);
}

static bool before_cover(const struct judgement *judgement)
{
    return judgement->claim->event_on < judgement->cover.start;
}

static bool enrolled_after_event(const struct judgement *judgement)
{
    return judgement->membership->recorded > judgement->claim->event_on;
}

static bool after_cover(const struct judgement *judgement)
{
    return judgement->claim->event_on > judgement->cover.end;
}

static bool after_grace(const struct judgement *judgement)
{
    return after_cover(judgement) && judgement->cover.by_grace;
}

static bool holds_programme(const struct judgement *judgement, day_t recorded_by)
{
    const struct claim *claim = judgement->claim;
    int64_t programmes = 0;
    const bool any = timeline_value(&judgement->membership->programmes, claim->event_on,
                                    recorded_by, &programmes);
    return any && (programmes >> claim_programme(claim) & 1) != 0;
}

static bool programme_not_held(const struct judgement *judgement)
{
    return !holds_programme(judgement, RECORDED_ANY);
}

/* Facts recorded after the event may have been made up for it. */
static bool facts_after_event(const struct judgement *judgement)
{
    const struct membership *membership = judgement->membership;
    const day_t event_on = judgement->claim->event_on;
    const struct end *end = membership_end(membership, event_on);
    return event_on > membership->cover_to || (end != NULL && event_on > end->last_day) ||
           !holds_programme(judgement, event_on);
}

static bool any_amount_pays(const struct membership *membership)
{
    return membership->segment == JAKON || membership->segment == PMI;
}

static bool no_month_paid(const struct judgement *judgement)
{
    return !any_amount_pays(judgement->membership) && months_paid(judgement->membership) == 0;
}

static bool in_grace(const struct judgement *judgement)
{
    const struct membership *membership = judgement->membership;
    if (membership->segment != BPU || months_paid(membership) == 0) {
        return false; /* with nothing paid there is no grace: NO_CONTRIBUTION was reviewed */
    }
    return day_month(judgement->claim->event_on) > paid_through(membership);
}

static bool employer_pays_first(const struct judgement *judgement)
{
    const struct membership *membership = judgement->membership;
    if (membership->segment != PU && membership->segment != PU_STATE) {
        return false;
    }
    const day_t event_on = judgement->claim->event_on;
    const month_t first = day_month(judgement->cover.start);
    const month_t last = day_month(event_on) - 1;
    if (last < first) {
        return false;
    }
    const int64_t unpaid = last - first + 1 - months_paid_between(membership, first, last);
    return unpaid > rules_parameter(judgement->rules, PARAMETER_EMPLOYER_MONTHS,
                                    membership->segment, event_on);
}

/* One death is either at work or not: the two programmes cannot both pay it. */
static bool mixed_programmes(const struct judgement *judgement)
{
    if (judgement->again) {
        return false; /* both may have been approved by review */
    }
    const struct participant *participant = judgement->participant;
    const struct claim *claim = judgement->claim;
    for (uint32_t i = 0; i < participant->claim_count; i++) {
        const struct claim *other = &participant->claims[i];
        if (other->type == CLAIM_DEATH && !same_membership(other, claim) &&
            other->cause != CAUSE_UNKNOWN && other->verdict != REJECTED &&
            claim_programme(other) != claim_programme(claim)) {
            return true;
        }
    }
    return false;
}

static bool heir_unknown(const struct judgement *judgement)
{
    return judgement->claim->heir_rank == HEIR_NONE;
}

static bool documents_missing(const struct judgement *judgement)
{
    return judgement->claim->document_count == 0;
}

static bool worth_unknown(const struct judgement *judgement)
{
    return !judgement->payable.is_known;
}

static bool above_auto_limit(const struct judgement *judgement)
{
    if (judgement->again) {
        return false; /* the approved amount itself is compared */
    }
    const int64_t limit_idr = rules_parameter(judgement->rules, PARAMETER_AUTO_APPROVE_MAX_IDR, ANY,
                                              judgement->claim->event_on);
    return judgement->payable.total_idr > limit_idr;
}
