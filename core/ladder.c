/* The ladders of tests claims are judged by, and their trace. The order is the law's. */
#include "core/judgement.h"

#include <assert.h>

static bool always(const struct judgement *judgement);
static bool membership_unknown(const struct judgement *judgement);
static bool membership_void(const struct judgement *judgement);
static bool death_already_approved(const struct judgement *judgement);
static bool accident_already_approved(const struct judgement *judgement);
static bool cause_unknown(const struct judgement *judgement);
static bool cause_is_not_work(const struct judgement *judgement);
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
static bool parent_unknown(const struct judgement *judgement);
static bool parent_open(const struct judgement *judgement);
static bool parent_not_approved(const struct judgement *judgement);
static bool year_already_approved(const struct judgement *judgement);
static bool too_few_months_for_child(const struct judgement *judgement);
static bool child_too_old(const struct judgement *judgement);
static bool years_used_up(const struct judgement *judgement);
static bool one_child_too_many(const struct judgement *judgement);
static bool no_segment_of_job_loss(const struct judgement *judgement);
static bool not_dismissed(const struct judgement *judgement);
static bool before_job_loss_law(const struct judgement *judgement);
static bool filed_too_late(const struct judgement *judgement);
static bool month_already_approved(const struct judgement *judgement);
static bool too_few_months_for_job_loss(const struct judgement *judgement);
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
static void tell_parent(const struct judgement *judgement, struct ladder_step *step);
static void tell_approved_year(const struct judgement *judgement, struct ladder_step *step);
static void tell_months_for_child(const struct judgement *judgement, struct ladder_step *step);
static void tell_child_age(const struct judgement *judgement, struct ladder_step *step);
static void tell_years(const struct judgement *judgement, struct ladder_step *step);
static void tell_children(const struct judgement *judgement, struct ladder_step *step);
static void tell_segment(const struct judgement *judgement, struct ladder_step *step);
static void tell_dismissal(const struct judgement *judgement, struct ladder_step *step);
static void tell_job_loss_law(const struct judgement *judgement, struct ladder_step *step);
static void tell_filing(const struct judgement *judgement, struct ladder_step *step);
static void tell_approved_month(const struct judgement *judgement, struct ladder_step *step);
static void tell_months_for_job_loss(const struct judgement *judgement, struct ladder_step *step);

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

static const struct test injury_tests[] = {
    TEST(membership_unknown, WAITING, REASON_MEMBERSHIP_UNKNOWN, tell_membership),       /* 1 */
    TEST(membership_void, REJECTED, REASON_VOIDED, tell_membership),                     /* 2 */
    TEST(accident_already_approved, HELD, REASON_SAME_ACCIDENT, tell_approved_accident), /* 4 */
    TEST(cause_unknown, HELD, REASON_CAUSE_UNKNOWN, tell_cause),                         /* 5 */
    TEST(cause_is_not_work, REJECTED, REASON_NOT_WORK_RELATED, tell_cause),              /* 5 */
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
    TEST(documents_missing, WAITING, REASON_DOCUMENTS_MISSING, tell_documents),          /* 18 */
    TEST(worth_unknown, HELD, REASON_NOT_AUTOMATED, tell_event_on), /* no row of law for that day */
    TEST(above_auto_limit, HELD, REASON_ABOVE_AUTO_LIMIT, tell_limit), /* 19 */
    TEST(always, APPROVED, REASON_OK, NULL),                           /* 20 */
};

/* From the third test on there is a parent that was approved, and so its membership. */
static const struct test scholarship_tests[] = {
    TEST(parent_unknown, WAITING, REASON_PARENT_UNKNOWN, tell_parent),
    TEST(parent_open, WAITING, REASON_PARENT_OPEN, tell_parent),
    TEST(parent_not_approved, REJECTED, REASON_PARENT_NOT_APPROVED, tell_parent),
    TEST(membership_void, REJECTED, REASON_VOIDED, tell_membership),
    TEST(year_already_approved, REJECTED, REASON_ALREADY_PAID, tell_approved_year),
    TEST(too_few_months_for_child, REJECTED, REASON_TOO_FEW_MONTHS, tell_months_for_child),
    TEST(child_too_old, REJECTED, REASON_CHILD_TOO_OLD, tell_child_age),
    TEST(years_used_up, REJECTED, REASON_SCHOLARSHIP_LIMIT, tell_years),
    TEST(one_child_too_many, REJECTED, REASON_SCHOLARSHIP_LIMIT, tell_children),
    TEST(documents_missing, WAITING, REASON_DOCUMENTS_MISSING, tell_documents),
    TEST(worth_unknown, HELD, REASON_NOT_AUTOMATED, tell_event_on),
    TEST(always, APPROVED, REASON_OK, NULL),
};

static const struct test job_loss_tests[] = {
    TEST(membership_unknown, WAITING, REASON_MEMBERSHIP_UNKNOWN, tell_membership),
    TEST(no_segment_of_job_loss, REJECTED, REASON_PROGRAMME_NOT_HELD, tell_segment),
    TEST(membership_void, REJECTED, REASON_VOIDED, tell_membership),
    TEST(not_dismissed, HELD, REASON_NOT_DISMISSED, tell_dismissal),
    TEST(before_job_loss_law, REJECTED, REASON_BEFORE_COVER, tell_job_loss_law),
    TEST(filed_too_late, REJECTED, REASON_EXPIRED, tell_filing),
    TEST(month_already_approved, REJECTED, REASON_ALREADY_PAID, tell_approved_month),
    TEST(programme_not_held, REJECTED, REASON_PROGRAMME_NOT_HELD, tell_programme),
    TEST(too_few_months_for_job_loss, REJECTED, REASON_TOO_FEW_MONTHS, tell_months_for_job_loss),
    TEST(documents_missing, WAITING, REASON_DOCUMENTS_MISSING, tell_documents),
    TEST(worth_unknown, HELD, REASON_NOT_AUTOMATED, tell_event_on),
    TEST(always, APPROVED, REASON_OK, NULL),
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

/* An approved claim; when judged again, one that was approved earlier. */
static bool is_approved_earlier(const struct judgement *judgement, const struct claim *other)
{
    const struct claim *claim = judgement->claim;
    if (other == claim || other->approval == 0) {
        return false;
    }
    return !judgement->again || other->approval < claim->approval;
}

/* The same, of the same membership. */
static bool is_approved_before(const struct judgement *judgement, const struct claim *other)
{
    return same_membership(other, judgement->claim) && is_approved_earlier(judgement, other);
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

/* Days of inability are paid once. A death claim has none. */
static bool days_overlap(const struct claim *a, const struct claim *b)
{
    if (a->type != CLAIM_INJURY || b->type != CLAIM_INJURY) {
        return false;
    }
    const int64_t a_end = a->injury.unable_from + a->injury.days_unable; /* the day after */
    const int64_t b_end = b->injury.unable_from + b->injury.days_unable;
    return a->injury.days_unable > 0 && b->injury.days_unable > 0 &&
           a->injury.unable_from < b_end && b->injury.unable_from < a_end;
}

static const struct claim *approved_accident(const struct judgement *judgement)
{
    const struct participant *participant = judgement->participant;
    const struct claim *claim = judgement->claim;
    if (claim->accident_on == DAY_NONE) {
        return NULL;
    }
    for (uint32_t i = 0; i < participant->claim_count; i++) {
        const struct claim *other = &participant->claims[i];
        if (other->accident_on == claim->accident_on && is_approved_before(judgement, other) &&
            (excludes_another(other) || days_overlap(other, claim))) {
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

/* Of an injury: JKM insures deaths only. */
static bool cause_is_not_work(const struct judgement *judgement)
{
    return claim_programme(judgement->claim) != JKK;
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

/* Scholarships. */

static const struct claim *parent_of(const struct judgement *judgement)
{
    const struct participant *participant = judgement->participant;
    const struct text wanted = scholarship_parent_id(judgement->claim);
    for (uint32_t i = 0; i < participant->claim_count; i++) {
        if (text_equal(claim_id(&participant->claims[i]), wanted)) {
            return &participant->claims[i];
        }
    }
    return NULL;
}

static bool parent_unknown(const struct judgement *judgement)
{
    return parent_of(judgement) == NULL;
}

static bool parent_open(const struct judgement *judgement)
{
    const struct claim *parent = parent_of(judgement);
    const bool undecided = parent->revision == 0; /* it names itself */
    return undecided || parent->verdict == HELD || parent->verdict == WAITING;
}

static bool parent_not_approved(const struct judgement *judgement)
{
    const struct claim *parent = parent_of(judgement);
    const bool total_disability =
        parent->type == CLAIM_INJURY && parent->injury.disability == DISABILITY_TOTAL;
    return parent->approval == 0 || (parent->type != CLAIM_DEATH && !total_disability);
}

static void tell_parent(const struct judgement *judgement, struct ladder_step *step)
{
    const struct claim *parent = parent_of(judgement);
    tell_text(step, "parent_claim_id", scholarship_parent_id(judgement->claim));
    if (parent != NULL) {
        tell_term(step, "parent_type", &claim_type_names, parent->type);
        tell_term(step, "parent_verdict", &verdict_names, parent->verdict);
    }
}

/* The nth approved scholarship before this one, of whatever child; NULL: no more. */
static const struct claim *approved_scholarship(const struct judgement *judgement, uint32_t *next)
{
    const struct participant *participant = judgement->participant;
    while (*next < participant->claim_count) {
        const struct claim *other = &participant->claims[(*next)++];
        if (other->type == CLAIM_SCHOLARSHIP && is_approved_earlier(judgement, other)) {
            return other;
        }
    }
    return NULL;
}

static bool same_child(const struct claim *a, const struct claim *b)
{
    return a->scholarship.child_hash == b->scholarship.child_hash;
}

static const struct claim *approved_year(const struct judgement *judgement)
{
    const struct claim *claim = judgement->claim;
    uint32_t next = 0;
    const struct claim *other = approved_scholarship(judgement, &next);
    while (other != NULL && !(same_child(other, claim) &&
                              other->scholarship.school_year == claim->scholarship.school_year)) {
        other = approved_scholarship(judgement, &next);
    }
    return other;
}

static bool year_already_approved(const struct judgement *judgement)
{
    return approved_year(judgement) != NULL;
}

static void tell_approved_year(const struct judgement *judgement, struct ladder_step *step)
{
    tell_number(step, "school_year", judgement->claim->scholarship.school_year);
    tell_other_claim(step, approved_year(judgement));
}

static const struct parameter_row *scholarship_row(const struct judgement *judgement,
                                                   enum parameter parameter)
{
    return rules_parameter_row(judgement->rules, parameter, ANY, judgement->claim->event_on);
}

static bool is_paid_anywhere(const struct participant *participant, month_t month,
                             unsigned memberships)
{
    for (unsigned i = 0; i < memberships; i++) {
        const struct membership *membership = &participant->memberships[i];
        if (!membership->is_void && month_is_paid(membership, month)) {
            return true;
        }
    }
    return false;
}

/* Months of a run that no membership before has paid. */
static int64_t new_months(const struct participant *participant, unsigned membership,
                          const struct run *run, month_t last)
{
    int64_t count = 0;
    for (month_t month = run->first; month < run->first + run->count && month <= last; month++) {
        count += !is_paid_anywhere(participant, month, membership);
    }
    return count;
}

static int64_t distinct_months_paid(const struct judgement *judgement)
{
    const struct participant *participant = judgement->participant;
    const month_t last = day_month(judgement->claim->event_on);
    int64_t count = 0;
    for (unsigned i = 0; i < participant->membership_count; i++) {
        const struct membership *membership = &participant->memberships[i];
        for (unsigned k = 0; k < membership->run_count && !membership->is_void; k++) {
            count += new_months(participant, i, &membership->runs[k], last);
        }
    }
    return count;
}

/* A work accident asks for no years. */
static bool too_few_months_for_child(const struct judgement *judgement)
{
    return claim_programme(judgement->claim) == JKM &&
           distinct_months_paid(judgement) <
               scholarship_row(judgement, PARAMETER_SCHOLARSHIP_PAID_MONTHS)->value;
}

static void tell_months_for_child(const struct judgement *judgement, struct ladder_step *step)
{
    tell_term(step, "programme", &programme_names, (uint8_t)claim_programme(judgement->claim));
    if (claim_programme(judgement->claim) == JKM) {
        const struct parameter_row *row =
            scholarship_row(judgement, PARAMETER_SCHOLARSHIP_PAID_MONTHS);
        tell_number(step, "months_paid", distinct_months_paid(judgement));
        tell_number(step, "least", row->value);
        step->rule = text_of_string(row->row.id);
    }
}

static day_t last_birthday(const struct judgement *judgement)
{
    const int64_t years = scholarship_row(judgement, PARAMETER_SCHOLARSHIP_AGE_YEARS)->value;
    return day_add_months(judgement->claim->scholarship.child_birth_date, (int)years * 12);
}

static bool child_too_old(const struct judgement *judgement)
{
    return judgement->claim->recorded >= last_birthday(judgement);
}

static void tell_child_age(const struct judgement *judgement, struct ladder_step *step)
{
    tell_day(step, "recorded", judgement->claim->recorded);
    tell_day(step, "birthday", last_birthday(judgement));
    step->rule =
        text_of_string(scholarship_row(judgement, PARAMETER_SCHOLARSHIP_AGE_YEARS)->row.id);
}

/* How often the law gives what is claimed; NULL: it does not say. */
static const struct benefit_part *level_part(const struct judgement *judgement)
{
    const struct benefit_row *row = benefit_scholarship_row(judgement->claim, judgement->rules);
    return row == NULL ? NULL : benefit_part(row, judgement->claim->scholarship.level);
}

/* Of the same child, within the levels that share a limit. */
static int64_t years_approved(const struct judgement *judgement, const struct benefit_part *part)
{
    int64_t count = 0;
    uint32_t next = 0;
    for (const struct claim *other = approved_scholarship(judgement, &next); other != NULL;
         other = approved_scholarship(judgement, &next)) {
        const uint8_t level = other->scholarship.level;
        count += same_child(other, judgement->claim) && part->first <= level && level <= part->last;
    }
    return count;
}

static bool years_used_up(const struct judgement *judgement)
{
    const struct benefit_part *part = level_part(judgement);
    return part != NULL && part->times > 0 && years_approved(judgement, part) >= part->times;
}

static void tell_years(const struct judgement *judgement, struct ladder_step *step)
{
    const struct benefit_part *part = level_part(judgement);
    tell_term(step, "level", &school_level_names, judgement->claim->scholarship.level);
    if (part != NULL) {
        tell_number(step, "years_approved", years_approved(judgement, part));
        tell_number(step, "most", part->times);
        step->rule =
            text_of_string(benefit_scholarship_row(judgement->claim, judgement->rules)->row.id);
    }
}

/* Whether a child was counted among the approved scholarships before the one at `until`. */
static bool child_was_counted(const struct judgement *judgement, const struct claim *until)
{
    uint32_t next = 0;
    const struct claim *other = approved_scholarship(judgement, &next);
    while (other != until && !same_child(other, until)) {
        other = approved_scholarship(judgement, &next);
    }
    return other != until;
}

/* Other children of the participant with a scholarship. */
static int64_t children_approved(const struct judgement *judgement)
{
    int64_t count = 0;
    uint32_t next = 0;
    for (const struct claim *other = approved_scholarship(judgement, &next); other != NULL;
         other = approved_scholarship(judgement, &next)) {
        count += !same_child(other, judgement->claim) && !child_was_counted(judgement, other);
    }
    return count;
}

static bool one_child_too_many(const struct judgement *judgement)
{
    return children_approved(judgement) >=
           scholarship_row(judgement, PARAMETER_SCHOLARSHIP_CHILDREN)->value;
}

static void tell_children(const struct judgement *judgement, struct ladder_step *step)
{
    const struct parameter_row *row = scholarship_row(judgement, PARAMETER_SCHOLARSHIP_CHILDREN);
    tell_number(step, "other_children", children_approved(judgement));
    tell_number(step, "most_children", row->value);
    step->rule = text_of_string(row->row.id);
}

/* Job loss. Its event's date is the dismissal. */

static bool no_segment_of_job_loss(const struct judgement *judgement)
{
    return judgement->membership->segment != PU;
}

static void tell_segment(const struct judgement *judgement, struct ladder_step *step)
{
    tell_term(step, "segment", &segment_names, judgement->membership->segment);
}

static bool not_dismissed(const struct judgement *judgement)
{
    const struct end *end = membership_end(judgement->membership, RECORDED_ANY);
    return end == NULL || end->reason != END_DISMISSED ||
           end->last_day != judgement->claim->event_on;
}

static void tell_dismissal(const struct judgement *judgement, struct ladder_step *step)
{
    const struct end *end = membership_end(judgement->membership, RECORDED_ANY);
    tell_day(step, "dismissed_on", judgement->claim->event_on);
    tell_day(step, "last_day", end == NULL ? DAY_NONE : end->last_day);
    tell_term(step, "end_reason", &end_reason_names, end == NULL ? TERM_NONE : end->reason);
}

static bool before_job_loss_law(const struct judgement *judgement)
{
    const day_t begins = rules_benefit_begins(judgement->rules, BENEFIT_JKP);
    return begins != DAY_NEVER && judgement->claim->event_on < begins;
}

static void tell_job_loss_law(const struct judgement *judgement, struct ladder_step *step)
{
    tell_day(step, "dismissed_on", judgement->claim->event_on);
    tell_day(step, "insured_from", rules_benefit_begins(judgement->rules, BENEFIT_JKP));
}

static const struct parameter_row *job_loss_row(const struct judgement *judgement,
                                                enum parameter parameter)
{
    return rules_parameter_row(judgement->rules, parameter, ANY, judgement->claim->event_on);
}

static day_t last_filing(const struct judgement *judgement)
{
    const int64_t months = job_loss_row(judgement, PARAMETER_JKP_FILING_MONTHS)->value;
    return day_add_months(judgement->claim->event_on, (int)months);
}

static bool filed_too_late(const struct judgement *judgement)
{
    return judgement->claim->job_loss.filed_on > last_filing(judgement);
}

static void tell_filing(const struct judgement *judgement, struct ladder_step *step)
{
    tell_day(step, "filed_on", judgement->claim->job_loss.filed_on);
    tell_day(step, "last_day_to_file", last_filing(judgement));
    step->rule = text_of_string(job_loss_row(judgement, PARAMETER_JKP_FILING_MONTHS)->row.id);
}

static const struct claim *approved_month(const struct judgement *judgement)
{
    const struct participant *participant = judgement->participant;
    const struct claim *claim = judgement->claim;
    for (uint32_t i = 0; i < participant->claim_count; i++) {
        const struct claim *other = &participant->claims[i];
        if (other->type == CLAIM_JOB_LOSS && is_approved_before(judgement, other) &&
            other->event_on == claim->event_on &&
            other->job_loss.month_number == claim->job_loss.month_number) {
            return other;
        }
    }
    return NULL;
}

static bool month_already_approved(const struct judgement *judgement)
{
    return approved_month(judgement) != NULL;
}

static void tell_approved_month(const struct judgement *judgement, struct ladder_step *step)
{
    tell_number(step, "month_number", judgement->claim->job_loss.month_number);
    tell_other_claim(step, approved_month(judgement));
}

/* Of the months before that of the dismissal. */
static int64_t window_months_paid(const struct judgement *judgement)
{
    const int64_t window = job_loss_row(judgement, PARAMETER_JKP_WINDOW_MONTHS)->value;
    const month_t last = day_month(judgement->claim->event_on) - 1;
    return months_paid_between(judgement->membership, last - (month_t)window + 1, last);
}

static bool too_few_months_for_job_loss(const struct judgement *judgement)
{
    return window_months_paid(judgement) <
           job_loss_row(judgement, PARAMETER_JKP_PAID_MONTHS)->value;
}

static void tell_months_for_job_loss(const struct judgement *judgement, struct ladder_step *step)
{
    const struct parameter_row *row = job_loss_row(judgement, PARAMETER_JKP_PAID_MONTHS);
    tell_number(step, "window_months", job_loss_row(judgement, PARAMETER_JKP_WINDOW_MONTHS)->value);
    tell_number(step, "months_paid", window_months_paid(judgement));
    tell_number(step, "least", row->value);
    step->rule = text_of_string(row->row.id);
}
