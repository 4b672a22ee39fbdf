/* Judges claims by their ladders of tests (rules.md, Claims): the first test that holds decides.
 */
#include "core/judgement.h"

#include <assert.h>

/* A pass in which no claim becomes final changes nothing for the others: the next one is still. */
#define PASSES_MAX (CLAIMS_MAX + 2)

static const struct test *judge(const struct judgement *judgement);
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

struct judgement judgement_of(const struct participant *participant, const struct claim *claim,
                              const struct rules *rules)
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

/* Each stored review of one reason and total is another reviewer's (claim.c refuses SAME_REVIEWER).
 */
bool is_overruled(const struct judgement *judgement, enum reason reason)
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
    const struct ladder *ladder = ladder_of(judgement->claim);
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

enum parameter due_parameter(const struct claim *claim)
{
    return claim_programme(claim) == JKM ? PARAMETER_DUE_DAYS_JKM : PARAMETER_DUE_DAYS_OTHER;
}

day_t claim_due_on(const struct claim *claim, const struct rules *rules)
{
    if (claim->document_count == 0) {
        return DAY_NONE;
    }
    const day_t documents = claim->documents[claim->document_count - 1];
    const int64_t working_days = rules_parameter(rules, due_parameter(claim), ANY, documents);
    const day_t due = rules_working_days_after(rules, documents, (int)working_days);
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

static void approve(struct participant *participant, struct claim *claim, const struct worth *worth,
                    day_t due)
{
    claim->approval = next_approval(participant);
    claim->due_on = due;
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
    decision->due_on = claim_due_on(claim, judgement->rules);
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
    approve(participant, claim, worth, decision->due_on);
    put_payments(claim, decision, judgement->rules, outputs);
}
