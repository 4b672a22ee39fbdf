/* The ladders of tests claims are judged by, and their trace. The order is the law's. */
#include "core/judgement.h"

#include <assert.h>

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
static void tell_membership(const struct judgement *judgement, struct ladder_step *step);
static void tell_approved_death(const struct judgement *judgement, struct ladder_step *step);
static void tell_approved_accident(const struct judgement *judgement, struct ladder_step *step);
static void tell_cause(const struct judgement *judgement, struct ladder_step *step);
static void tell_death_dates(const struct judgement *judgement, struct ladder_step *step);
static void tell_expiry(const struct judgement *judgement, struct ladder_step *step);
static void tell_cover_start(const struct judgement *judgement, struct ladder_step *step);
static void tell_enrolment(const struct judgement *judgement, struct ladder_step *step);
static void tell_grace(const struct judgement *judgement, struct ladder_step *step);
static void tell_cover_end(const struct judgement *judgement, struct ladder_step *step);
static void tell_programme(const struct judgement *judgement, struct ladder_step *step);
static void tell_facts_known(const struct judgement *judgement, struct ladder_step *step);
static void tell_months_paid(const struct judgement *judgement, struct ladder_step *step);
static void tell_paid_through(const struct judgement *judgement, struct ladder_step *step);
static void tell_unpaid(const struct judgement *judgement, struct ladder_step *step);
static void tell_other_programme(const struct judgement *judgement, struct ladder_step *step);
static void tell_heir(const struct judgement *judgement, struct ladder_step *step);
static void tell_documents(const struct judgement *judgement, struct ladder_step *step);
static void tell_event_on(const struct judgement *judgement, struct ladder_step *step);
static void tell_limit(const struct judgement *judgement, struct ladder_step *step);

#define TEST(name_, verdict_, reason_, tell_)                                                      \
    {                                                                                              \
        .name = #name_, .holds = (name_), .verdict = (verdict_), .reason = (reason_),              \
        .tell = (tell_)                                                                            \
    }

static const struct test death_tests[] = {
    TEST(membership_unknown, WAITING, REASON_MEMBERSHIP_UNKNOWN, tell_membership),       /* 1 */
    TEST(membership_void, REJECTED, REASON_VOIDED, tell_membership),                     /* 2 */
    TEST(death_already_approved, REJECTED, REASON_ALREADY_PAID, tell_approved_death),    /* 3 */
    TEST(accident_already_approved, HELD, REASON_SAME_ACCIDENT, tell_approved_accident), /* 4 */
    TEST(cause_unknown, HELD, REASON_CAUSE_UNKNOWN, tell_cause),                         /* 5 */
    TEST(other_death_date, HELD, REASON_DEATH_DATE_CONFLICT, tell_death_dates),          /* 6 */
    TEST(recorded_too_late, REJECTED, REASON_EXPIRED, tell_expiry),                      /* 7 */
    TEST(before_cover, REJECTED, REASON_BEFORE_COVER, tell_cover_start),                 /* 8 */
    TEST(enrolled_after_event, HELD, REASON_RECORDED_AFTER_EVENT, tell_enrolment),       /* 9 */
    TEST(after_grace, REJECTED, REASON_LAPSED, tell_grace),                              /* 10 */
    TEST(after_cover, REJECTED, REASON_COVER_ENDED, tell_cover_end),                     /* 10 */
    TEST(programme_not_held, REJECTED, REASON_PROGRAMME_NOT_HELD, tell_programme),       /* 11 */
    TEST(facts_after_event, HELD, REASON_RECORDED_AFTER_EVENT, tell_facts_known),        /* 12 */
    TEST(no_month_paid, HELD, REASON_NO_CONTRIBUTION, tell_months_paid),                 /* 13 */
    TEST(in_grace, HELD, REASON_IN_GRACE, tell_paid_through),                            /* 14 */
    TEST(employer_pays_first, HELD, REASON_EMPLOYER_PAYS_FIRST, tell_unpaid),            /* 15 */
    TEST(mixed_programmes, HELD, REASON_MIXED_PROGRAMMES, tell_other_programme),         /* 16 */
    TEST(heir_unknown, HELD, REASON_HEIR_UNKNOWN, tell_heir),                            /* 17 */
    TEST(documents_missing, WAITING, REASON_DOCUMENTS_MISSING, tell_documents),          /* 18 */
    TEST(worth_unknown, HELD, REASON_NOT_AUTOMATED, tell_event_on), /* no row of law for that day */
    TEST(above_auto_limit, HELD, REASON_ABOVE_AUTO_LIMIT, tell_limit), /* 19 */
    TEST(always, APPROVED, REASON_OK, NULL),                           /* 20 */
};

/* Their own tests take the place of this row when the tables they need are confirmed: the tests of
   the table above with NOT_WORK_RELATED for an injury, **Scholarship** and **JKP** of rules.md. */
static const struct test injury_tests[] = {
    TEST(always, HELD, REASON_NOT_AUTOMATED, NULL),
};
static const struct test scholarship_tests[] = {
    TEST(always, HELD, REASON_NOT_AUTOMATED, NULL),
};
static const struct test job_loss_tests[] = {
    TEST(always, HELD, REASON_NOT_AUTOMATED, NULL),
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
static_assert(sizeof death_tests / sizeof *death_tests <= LADDER_STEPS_MAX,
              "a trace has room for the longest ladder");

const struct ladder *ladder_of(const struct claim *claim)
{
    assert(claim->type < CLAIM_TYPE_COUNT);
    return &ladders[claim->type];
}

/* By when an approved claim is to be paid. */
static void tell_due(const struct judgement *judgement, struct ladder_trace *out)
{
    const struct claim *claim = judgement->claim;
    if (claim->document_count > 0) {
        const struct parameter_row *row =
            rules_parameter_row(judgement->rules, due_parameter(claim), ANY,
                                claim->documents[claim->document_count - 1]);
        out->due_rule = text_of_string(row->row.id);
        out->due_days = row->value;
    }
}

static bool ask(const struct judgement *judgement, const struct test *test,
                struct ladder_step *step)
{
    step->test = test->name;
    step->verdict = test->verdict;
    step->reason = test->reason;
    step->holds = test->holds(judgement);
    step->overruled = step->holds && test->verdict == HELD && is_overruled(judgement, test->reason);
    if (test->tell != NULL) {
        test->tell(judgement, step);
    }
    return step->holds && !step->overruled;
}

void ladder_trace(const struct participant *participant, const struct claim *claim,
                  const struct rules *rules, struct ladder_trace *out)
{
    const struct ladder *ladder = ladder_of(claim);
    const struct judgement judgement = judgement_of(participant, claim, rules);
    *out = (struct ladder_trace){.whole = judgement.whole, .payable = judgement.payable};
    bool decided = false;
    for (uint32_t i = 0; i < ladder->count && !decided; i++) {
        decided = ask(&judgement, &ladder->tests[i], &out->steps[out->step_count++]);
    }
    assert(decided);
    tell_due(&judgement, out);
}

/* What tests looked at. */

static struct ladder_fact *add_fact(struct ladder_step *step, const char *name, enum fact_kind kind)
{
    assert(step->fact_count < LADDER_FACTS_MAX);
    struct ladder_fact *fact = &step->facts[step->fact_count++];
    *fact = (struct ladder_fact){.name = name, .kind = kind};
    return fact;
}

static void tell_number(struct ladder_step *step, const char *name, int64_t number)
{
    add_fact(step, name, FACT_NUMBER)->number = number;
}

static void tell_day(struct ladder_step *step, const char *name, day_t day)
{
    add_fact(step, name, FACT_DAY)->number = day;
}

static void tell_month(struct ladder_step *step, const char *name, month_t month)
{
    add_fact(step, name, FACT_MONTH)->number = month;
}

static void tell_text(struct ladder_step *step, const char *name, struct text text)
{
    add_fact(step, name, FACT_TEXT)->text = text;
}

static void tell_term(struct ladder_step *step, const char *name, const struct names *names,
                      uint8_t value)
{
    tell_text(step, name, value < names->count ? term_text(names, value) : (struct text){0});
}

static void tell_other_claim(struct ladder_step *step, const struct claim *other)
{
    tell_text(step, "other_claim", other == NULL ? (struct text){0} : claim_id(other));
}

static void tell_event_on(const struct judgement *judgement, struct ladder_step *step)
{
    tell_day(step, "event_on", judgement->claim->event_on);
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

static void tell_membership(const struct judgement *judgement, struct ladder_step *step)
{
    const struct claim *claim = judgement->claim;
    tell_text(step, "membership_id", text_of(claim->membership_id, claim->membership_id_length));
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

static const struct claim *approved_death(const struct judgement *judgement)
{
    const struct participant *participant = judgement->participant;
    for (uint32_t i = 0; i < participant->claim_count; i++) {
        const struct claim *other = &participant->claims[i];
        if (other->type == CLAIM_DEATH && is_approved_before(judgement, other)) {
            return other;
        }
    }
    return NULL;
}

static bool death_already_approved(const struct judgement *judgement)
{
    return approved_death(judgement) != NULL;
}

static void tell_approved_death(const struct judgement *judgement, struct ladder_step *step)
{
    tell_other_claim(step, approved_death(judgement));
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
static const struct claim *approved_accident(const struct judgement *judgement)
{
    const struct participant *participant = judgement->participant;
    const day_t accident_on = judgement->claim->accident_on;
    if (accident_on == DAY_NONE) {
        return NULL;
    }
    for (uint32_t i = 0; i < participant->claim_count; i++) {
        const struct claim *other = &participant->claims[i];
        if (other->accident_on == accident_on && is_approved_before(judgement, other) &&
            excludes_another(other)) {
            return other;
        }
    }
    return NULL;
}

static bool accident_already_approved(const struct judgement *judgement)
{
    return approved_accident(judgement) != NULL;
}

static void tell_approved_accident(const struct judgement *judgement, struct ladder_step *step)
{
    tell_day(step, "accident_on", judgement->claim->accident_on);
    tell_other_claim(step, approved_accident(judgement));
}

static bool cause_unknown(const struct judgement *judgement)
{
    return judgement->claim->cause == CAUSE_UNKNOWN;
}

static void tell_cause(const struct judgement *judgement, struct ladder_step *step)
{
    tell_term(step, "cause", &cause_names, judgement->claim->cause);
}

static bool other_death_date(const struct judgement *judgement)
{
    const day_t on_record = judgement->participant->died_on;
    return on_record != DAY_NONE && on_record != judgement->claim->died_on;
}

static void tell_death_dates(const struct judgement *judgement, struct ladder_step *step)
{
    tell_day(step, "died_on", judgement->claim->died_on);
    tell_day(step, "died_on_record", judgement->participant->died_on);
}

static const struct parameter_row *expiry_row(const struct judgement *judgement)
{
    return rules_parameter_row(judgement->rules, PARAMETER_EXPIRY_MONTHS, ANY,
                               judgement->claim->event_on);
}

static bool recorded_too_late(const struct judgement *judgement)
{
    const struct claim *claim = judgement->claim;
    if (claim_programme(claim) != JKK) {
        return false;
    }
    const int64_t months = expiry_row(judgement)->value;
    return claim->recorded > day_add_months(claim->event_on, (int)months);
}

static void tell_expiry(const struct judgement *judgement, struct ladder_step *step)
{
    const struct claim *claim = judgement->claim;
    tell_term(step, "programme", &programme_names, (uint8_t)claim_programme(claim));
    tell_day(step, "event_on", claim->event_on);
    tell_day(step, "recorded", claim->recorded);
    if (claim_programme(claim) == JKK) {
        tell_number(step, "months", expiry_row(judgement)->value);
        step->rule = text_of_string(expiry_row(judgement)->row.id);
    }
}

static bool before_cover(const struct judgement *judgement)
{
    return judgement->claim->event_on < judgement->cover.start;
}

static void tell_cover_start(const struct judgement *judgement, struct ladder_step *step)
{
    tell_event_on(judgement, step);
    tell_day(step, "cover_start", judgement->cover.start);
}

static bool enrolled_after_event(const struct judgement *judgement)
{
    return judgement->membership->recorded > judgement->claim->event_on;
}

static void tell_enrolment(const struct judgement *judgement, struct ladder_step *step)
{
    tell_event_on(judgement, step);
    tell_day(step, "enrolment_recorded", judgement->membership->recorded);
}

static bool after_cover(const struct judgement *judgement)
{
    return judgement->claim->event_on > judgement->cover.end;
}

static void tell_cover_end(const struct judgement *judgement, struct ladder_step *step)
{
    tell_event_on(judgement, step);
    tell_day(step, "cover_end", judgement->cover.end);
}

static bool after_grace(const struct judgement *judgement)
{
    return after_cover(judgement) && judgement->cover.by_grace;
}

static void tell_grace(const struct judgement *judgement, struct ladder_step *step)
{
    tell_cover_end(judgement, step);
    tell_day(step, "grace_end", judgement->cover.grace_end);
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

static void tell_programme(const struct judgement *judgement, struct ladder_step *step)
{
    tell_event_on(judgement, step);
    tell_term(step, "programme", &programme_names, (uint8_t)claim_programme(judgement->claim));
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

static void tell_facts_known(const struct judgement *judgement, struct ladder_step *step)
{
    const struct end *end = membership_end(judgement->membership, judgement->claim->event_on);
    tell_event_on(judgement, step);
    tell_day(step, "cover_to", judgement->membership->cover_to);
    tell_day(step, "last_day_known_then", end == NULL ? DAY_NONE : end->last_day);
    tell_text(step, "programme_held_as_known_then",
              holds_programme(judgement, judgement->claim->event_on) ? TEXT("yes") : TEXT("no"));
}

static bool any_amount_pays(const struct membership *membership)
{
    return membership->segment == JAKON || membership->segment == PMI;
}

static bool no_month_paid(const struct judgement *judgement)
{
    return !any_amount_pays(judgement->membership) && months_paid(judgement->membership) == 0;
}

static void tell_months_paid(const struct judgement *judgement, struct ladder_step *step)
{
    tell_term(step, "segment", &segment_names, judgement->membership->segment);
    tell_number(step, "months_paid", months_paid(judgement->membership));
}

static bool in_grace(const struct judgement *judgement)
{
    const struct membership *membership = judgement->membership;
    if (membership->segment != BPU || months_paid(membership) == 0) {
        return false; /* with nothing paid there is no grace: NO_CONTRIBUTION was reviewed */
    }
    return day_month(judgement->claim->event_on) > paid_through(membership);
}

static void tell_paid_through(const struct judgement *judgement, struct ladder_step *step)
{
    tell_term(step, "segment", &segment_names, judgement->membership->segment);
    tell_month(step, "event_month", day_month(judgement->claim->event_on));
    tell_month(step, "paid_through", paid_through(judgement->membership));
}

static bool has_employer(const struct membership *membership)
{
    return membership->segment == PU || membership->segment == PU_STATE;
}

/* Months from the cover's first to the one before the event that nobody paid. */
static int64_t unpaid_months(const struct judgement *judgement)
{
    const month_t first = day_month(judgement->cover.start);
    const month_t last = day_month(judgement->claim->event_on) - 1;
    if (last < first) {
        return 0;
    }
    return last - first + 1 - months_paid_between(judgement->membership, first, last);
}

static const struct parameter_row *employer_row(const struct judgement *judgement)
{
    return rules_parameter_row(judgement->rules, PARAMETER_EMPLOYER_MONTHS,
                               judgement->membership->segment, judgement->claim->event_on);
}

static bool employer_pays_first(const struct judgement *judgement)
{
    return has_employer(judgement->membership) &&
           unpaid_months(judgement) > employer_row(judgement)->value;
}

static void tell_unpaid(const struct judgement *judgement, struct ladder_step *step)
{
    tell_term(step, "segment", &segment_names, judgement->membership->segment);
    if (has_employer(judgement->membership)) {
        tell_number(step, "unpaid_months", unpaid_months(judgement));
        tell_number(step, "most", employer_row(judgement)->value);
        step->rule = text_of_string(employer_row(judgement)->row.id);
    }
}

/* One death is either at work or not: the two programmes cannot both pay it. */
static const struct claim *claim_of_other_programme(const struct judgement *judgement)
{
    const struct participant *participant = judgement->participant;
    const struct claim *claim = judgement->claim;
    for (uint32_t i = 0; i < participant->claim_count; i++) {
        const struct claim *other = &participant->claims[i];
        if (other->type == CLAIM_DEATH && !same_membership(other, claim) &&
            other->cause != CAUSE_UNKNOWN && other->verdict != REJECTED &&
            claim_programme(other) != claim_programme(claim)) {
            return other;
        }
    }
    return NULL;
}

static bool mixed_programmes(const struct judgement *judgement)
{
    /* Judged again, both may have been approved by review. */
    return !judgement->again && claim_of_other_programme(judgement) != NULL;
}

static void tell_other_programme(const struct judgement *judgement, struct ladder_step *step)
{
    tell_term(step, "programme", &programme_names, (uint8_t)claim_programme(judgement->claim));
    tell_other_claim(step, claim_of_other_programme(judgement));
}

static bool heir_unknown(const struct judgement *judgement)
{
    return judgement->claim->heir_rank == HEIR_NONE;
}

static void tell_heir(const struct judgement *judgement, struct ladder_step *step)
{
    tell_term(step, "heir_rank", &heir_rank_names, judgement->claim->heir_rank);
}

static bool documents_missing(const struct judgement *judgement)
{
    return judgement->claim->document_count == 0;
}

static void tell_documents(const struct judgement *judgement, struct ladder_step *step)
{
    const struct claim *claim = judgement->claim;
    tell_day(step, "documents_complete_on",
             claim->document_count == 0 ? DAY_NONE : claim->documents[claim->document_count - 1]);
}

static bool worth_unknown(const struct judgement *judgement)
{
    return !judgement->payable.is_known;
}

static const struct parameter_row *limit_row(const struct judgement *judgement)
{
    return rules_parameter_row(judgement->rules, PARAMETER_AUTO_APPROVE_MAX_IDR, ANY,
                               judgement->claim->event_on);
}

static bool above_auto_limit(const struct judgement *judgement)
{
    /* Judged again, the approved amount itself is compared. */
    return !judgement->again && judgement->payable.total_idr > limit_row(judgement)->value;
}

static void tell_limit(const struct judgement *judgement, struct ladder_step *step)
{
    tell_number(step, "total_idr", judgement->payable.total_idr);
    tell_number(step, "limit_idr", limit_row(judgement)->value);
    step->rule = text_of_string(limit_row(judgement)->row.id);
}
