/* The parts of the transition, one file each, called by transition.c after the common tests. Each
   returns what became of the event. A part tests first and changes the participant only when it
   accepts. */
#ifndef JAGA_CORE_INTERNAL_H
#define JAGA_CORE_INTERNAL_H

#include "core/event_check.h"
#include "core/transition.h"

enum outcome { OUTCOME_APPLIED, OUTCOME_DUPLICATE, OUTCOME_REJECTED, OUTCOME_PARKED };

/* The event being applied, with what every part needs. */
struct application {
    struct participant *participant;
    const struct event *event;
    const struct rules *rules;
    struct outputs *outputs;
    day_t recorded;     /* local date of recording */
    uint64_t body_hash; /* body_hash(event) */
};

enum outcome apply_enrollment(struct application *application);     /* enrollment.c */
enum outcome apply_contribution(struct application *application);   /* contribution.c */
enum outcome apply_claim(struct application *application);          /* claim.c */
enum outcome apply_payment_status(struct application *application); /* payment_status.c */

/* transition.c: refusals that several parts share: too many of `what`; a membership that is
   unknown, void or there already. */
enum outcome refuse_count(struct application *application, const char *what, int64_t most);
enum outcome refuse_membership(struct application *application, enum exception_code code,
                               struct text id);

/* transition.c: until when what waits for its membership waits: `wait_days` × 24 h from the clock
 * on. */
int64_t wait_deadline(const struct rules *rules, int64_t now);

/* contribution.c: keeps the event for later; the finding PARKED, or TOO_MANY. */
enum outcome park_contribution(struct application *application);

/* judgement.c: judges all open claims in order of filing until nothing changes, appending a
   decision (and payments) for each change of (verdict, reason). */
void judge_claims(struct participant *participant, const struct rules *rules,
                  struct outputs *outputs);

/* judgement.c: APPROVED_CLAIM_CONTRADICTED for approved claims whose judgement an event of
   enrolment or contribution has turned. `event` is that event. */
void judge_approved_claims(struct participant *participant, const struct event *event,
                           const struct rules *rules, struct outputs *outputs);

/* judgement.c: the first judgement of a claim just appended to participant->claims (its revision is
 * 0). */
void judge_new_claim(struct participant *participant, struct claim *claim,
                     const struct rules *rules, struct outputs *outputs);

/* judgement.c: closes an open claim with a verdict that no test gives (a review, a cancellation, a
   timer): a decision, revision + 1. */
void close_claim(struct participant *participant, struct claim *claim, enum verdict verdict,
                 enum reason reason, const struct rules *rules, struct outputs *outputs);

/* judgement.c: what would be paid if the claim were approved now (the whole benefit, before
   HEIR_UNKNOWN cuts it); 0 when it cannot be told. A review is for this total. */
int64_t claim_total_idr(const struct participant *participant, const struct claim *claim,
                        const struct rules *rules);

/* judgement.c: the legal day of a claim (rules.md, due_on): the last on which it is to be paid;
   DAY_NONE while its documents are not complete. */
day_t claim_due_on(const struct claim *claim, const struct rules *rules);

/* claim.c: the programme of a claim. */
enum programme claim_programme(const struct claim *claim);

/* The claim a scholarship names as its parent. */
static inline struct text scholarship_parent_id(const struct claim *scholarship)
{
    return text_of(scholarship->scholarship.parent, scholarship->scholarship.parent_length);
}

/* payment.c: the payments of an approved claim, from its lines: payees in the order of their first
   line. Texts are views into the claim. Returns how many (at most PAYEES_MAX). */
struct payee_payment {
    struct text payee_ref;
    int64_t amount_idr;
    uint32_t line_count;
    uint8_t lines[LINES_OUT_MAX]; /* indexes into claim->lines */
};
uint32_t claim_payments(const struct claim *claim, struct payee_payment out[PAYEES_MAX]);

/* payment.c: events.md, Outputs: base32 of BLAKE2b-256 over the text. */
void payment_id(struct text participant_id, struct text claim_id, struct text membership_id,
                struct text payee_ref, char out[PAYMENT_ID_BYTES]);

#endif
