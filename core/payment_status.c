/* What became of a payment, as told by whoever moves the money (events.md, jaga.payment-status). */
#include <assert.h>

#include "core/internal.h"

static_assert(PAYMENT_STATUS_COUNT <= 8, "a set of statuses fits a byte");

#define SET(status) (1U << (status))

/* The attempts of the payment with this id; NULL when no approved claim has it. */
static struct attempts *find_payment(struct participant *participant, struct text id)
{
    const struct text owner = text_of(participant->id, participant->id_length);
    for (unsigned i = 0; i < participant->claim_count; i++) {
        struct claim *claim = &participant->claims[i];
        struct payee_payment payments[PAYEES_MAX];
        const uint32_t count = claim->approval > 0 ? claim_payments(claim, payments) : 0;
        for (uint32_t k = 0; k < count; k++) {
            char known[PAYMENT_ID_BYTES];
            payment_id(owner, claim_id(claim),
                       text_of(claim->membership_id, claim->membership_id_length),
                       payments[k].payee_ref, known);
            if (text_equal(text_of(known, sizeof known), id)) {
                return &claim->attempts[k];
            }
        }
    }
    return NULL;
}

/* Which statuses may follow within an attempt. Steps may be left out, none is taken back; REJECTED
   and RETURNED end the attempt; after UNKNOWN anything is news. */
static unsigned may_follow(uint8_t current)
{
    static const unsigned unsettled = SET(STATUS_REJECTED) | SET(STATUS_UNKNOWN);
    static const unsigned done = SET(STATUS_SETTLED) | SET(STATUS_RECONCILED);
    switch ((enum payment_status)current) {
    case STATUS_INSTRUCTED: return SET(STATUS_ACCEPTED) | done | unsettled;
    case STATUS_ACCEPTED: return done | unsettled;
    case STATUS_SETTLED: return SET(STATUS_RECONCILED) | SET(STATUS_RETURNED);
    case STATUS_RECONCILED: return SET(STATUS_RETURNED);
    case STATUS_REJECTED:
    case STATUS_RETURNED: return 0;
    case STATUS_UNKNOWN:
        return SET(STATUS_INSTRUCTED) | SET(STATUS_ACCEPTED) | done | SET(STATUS_REJECTED) |
               SET(STATUS_RETURNED);
    }
    assert(false && "every status has followers");
    return 0;
}

/* An attempt begins with anything but the return of money that was not settled. */
static bool may_begin(uint8_t status)
{
    return status != STATUS_RETURNED;
}

static bool may_try_again(const struct attempts *attempts)
{
    return attempts->count == 0 || may_follow(attempts->status) == 0;
}

static bool was_seen(const struct attempts *attempts, const struct payment_status_report *report)
{
    return report->attempt <= attempts->count &&
           (attempts->seen[report->attempt - 1] & SET(report->status)) != 0;
}

static bool is_in_order(const struct attempts *attempts, const struct payment_status_report *report)
{
    if (attempts->count > 0 && report->attempt == attempts->count) {
        return (may_follow(attempts->status) & SET(report->status)) != 0;
    }
    return report->attempt == attempts->count + 1 && may_try_again(attempts) &&
           may_begin(report->status);
}

/* The local day on which the attempt's money had arrived, by the first report that says so. */
static void note_settled(struct application *application, struct attempts *attempts)
{
    const struct payment_status_report *report = &application->event->status;
    if (report->status != STATUS_SETTLED && report->status != STATUS_RECONCILED) {
        attempts->settled_on = DAY_NONE;
    } else if (attempts->settled_on == DAY_NONE) {
        attempts->settled_on =
            participant_local_day(application->participant, application->rules, report->at);
    }
}

static void describe(struct exception *exception, const struct payment_status_report *report)
{
    detail_text(exception, "payment_id", report->payment_id);
    detail_number(exception, "attempt", report->attempt);
    detail_text(exception, "status", term_text(&payment_status_names, report->status));
}

static enum outcome report_out_of_order(struct application *application,
                                        const struct attempts *attempts)
{
    struct exception *finding =
        event_finding(application->event, EXCEPTION_STATUS_OUT_OF_ORDER, application->outputs);
    describe(finding, &application->event->status);
    detail_number(finding, "current_attempt", attempts->count);
    if (attempts->count > 0) {
        detail_text(finding, "current_status", term_text(&payment_status_names, attempts->status));
    }
    return OUTCOME_APPLIED;
}

static enum outcome refuse(struct application *application, enum exception_code code)
{
    struct exception *exception = event_refuse(application->event, code, application->outputs);
    describe(exception, &application->event->status);
    if (code == EXCEPTION_TOO_MANY) {
        detail_number(exception, "most", ATTEMPTS_MAX);
    }
    return OUTCOME_REJECTED;
}

enum outcome apply_payment_status(struct application *application)
{
    const struct payment_status_report *report = &application->event->status;
    assert(application->event->type == EVENT_PAYMENT_STATUS_REPORTED);
    assert(report->attempt >= 1);
    struct attempts *attempts = find_payment(application->participant, report->payment_id);
    if (attempts == NULL) {
        return refuse(application, EXCEPTION_PAYMENT_UNKNOWN);
    }
    if (was_seen(attempts, report)) {
        return OUTCOME_DUPLICATE;
    }
    if (!is_in_order(attempts, report)) {
        return report_out_of_order(application, attempts);
    }
    if (report->attempt > ATTEMPTS_MAX) {
        return refuse(application, EXCEPTION_TOO_MANY);
    }
    if (report->attempt > attempts->count) {
        attempts->seen[attempts->count++] = 0;
    }
    attempts->seen[attempts->count - 1] =
        (uint8_t)(attempts->seen[attempts->count - 1] | SET(report->status));
    attempts->status = report->status;
    note_settled(application, attempts);
    return OUTCOME_APPLIED;
}
