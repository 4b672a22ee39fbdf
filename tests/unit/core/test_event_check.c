/* Tests that need nothing but the event (events.md): limits of each field, fields together, the
   first bad one in the order of the tables. The limits are written out here, not read from the
   tables of fields. */
#include <criterion/criterion.h>

#include "core/event_check.h"
#include "rules_fixture.h"

#define MILLION INT64_C(1000000)
#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define DAY date(2024, 2, 14)

static struct event event;
static struct outputs outputs;
static char bytes[600];

/* An event of the type that passes. */
static void make_event(enum event_type type)
{
    memset(&event, 0, sizeof event);
    event_init(&event, type);
    event.time = (int64_t)DAY * MICROSECONDS_A_DAY;
    event.id = TEXT("E1");
    event.source = TEXT("/test");
    event.participant_id = TEXT("P1");
}

static void make_enrolled(void)
{
    make_event(EVENT_ENROLLED);
    event.enrolled = (struct enrolled){.membership_id = TEXT("M1"),
                                       .segment = PU,
                                       .category = TEXT("KARYAWAN"),
                                       .programmes = 1U << JKK,
                                       .region_home = TEXT("36.71"),
                                       .risk_group = 1,
                                       .wage_idr = MILLION,
                                       .cover_from = DAY,
                                       .cover_to = DAY_NONE,
                                       .birth_date = DAY_NONE};
}

static void make_change(enum event_type type)
{
    make_event(type);
    event.change = (struct change){.membership_id = TEXT("M1"),
                                   .wage_idr = MILLION,
                                   .category = TEXT("OJOL"),
                                   .programmes = 1U << JKK,
                                   .region_home = TEXT("36.71"),
                                   .effective_from = DAY};
}

static void make_contribution(enum event_type type)
{
    make_event(type);
    struct contribution *body = &event.contribution;
    body->membership_id = TEXT("M1");
    body->month = day_month(DAY);
    body->months = 1;
    body->line_count = 2;
    body->lines[0] = (struct contribution_line){JKK, 1};
    body->lines[1] = (struct contribution_line){JKM, 2};
    body->paid_at = event.time;
    body->payer = (struct party){SPONSOR_SELF, {0}};
    body->payment_ref = TEXT("R1");
    body->reason = TEXT("");
}

static void make_death(void)
{
    make_event(EVENT_DEATH_CLAIM_FILED);
    event.death.claim_id = TEXT("C1");
    event.death.membership_id = TEXT("M1");
    event.death.died_on = DAY;
    event.death.cause = CAUSE_ILLNESS;
    event.death.heir.rank = HEIR_SPOUSE;
    event.death.heir.payee_ref = TEXT("HEIR");
}

static void make_injury(void)
{
    make_event(EVENT_INJURY_CLAIM_FILED);
    event.injury.claim_id = TEXT("C1");
    event.injury.membership_id = TEXT("M1");
    event.injury.accident_on = DAY;
    event.injury.cause = CAUSE_WORK_ACCIDENT;
    event.injury.payee_ref = TEXT("W");
    event.injury.disability.kind = DISABILITY_NONE;
    event.injury.transport_count = 1;
    event.injury.transport[0] = (struct transport){TRANSPORT_LAND, 1};
    event.injury.treatment_present = true;
    event.injury.treatment.payee_ref = TEXT("H");
}

static void make_scholarship(void)
{
    make_event(EVENT_SCHOLARSHIP_CLAIMED);
    event.scholarship = (struct scholarship_claim){.claim_id = TEXT("C1"),
                                                   .parent_claim_id = TEXT("C0"),
                                                   .child_ref = TEXT("K"),
                                                   .child_birth_date = DAY,
                                                   .level = LEVEL_SMP,
                                                   .school_year = 2024,
                                                   .payee_ref = TEXT("G"),
                                                   .documents_complete_on = DAY_NONE};
}

static void make_job_loss(void)
{
    make_event(EVENT_JOB_LOSS_CLAIMED);
    event.job_loss = (struct job_loss_claim){.claim_id = TEXT("C1"),
                                             .membership_id = TEXT("M1"),
                                             .dismissed_on = DAY,
                                             .filed_on = DAY,
                                             .month_number = 1,
                                             .payee_ref = TEXT("W"),
                                             .documents_complete_on = DAY_NONE};
}

static void make_status(void)
{
    make_event(EVENT_PAYMENT_STATUS_REPORTED);
    event.status = (struct payment_status_report){
        .payment_id = TEXT("X"), .attempt = 1, .status = STATUS_SETTLED, .at = event.time};
}

static void make_rest(enum event_type type)
{
    make_event(type);
    if (type == EVENT_MEMBERSHIP_ENDED) {
        event.ended = (struct membership_ended){TEXT("M1"), DAY, END_OTHER};
    } else if (type == EVENT_ENROLLMENT_VOIDED) {
        event.voided = (struct enrollment_voided){TEXT("M1"), TEXT("")};
    } else if (type == EVENT_PARTICIPANT_DIED) {
        event.died = (struct participant_died){DAY, EVIDENCE_FAMILY};
    } else if (type == EVENT_DOCUMENTS_COMPLETED) {
        event.documents = (struct documents_completed){TEXT("C1"), DAY};
    } else if (type == EVENT_CLAIM_REVIEWED) {
        event.reviewed =
            (struct claim_reviewed){TEXT("C1"), 1, TEXT("r"), REVIEW_APPROVE, TEXT("")};
    } else if (type == EVENT_CLAIM_CANCELLED) {
        event.cancelled = (struct claim_cancelled){TEXT("C1"), TEXT("")};
    } else if (type == EVENT_BASE_PUBLISHED) {
        event.base = (struct base_published){TEXT("36"), BASE_WORKERS, 2024, 1, TEXT("BPS")};
    } else if (type == EVENT_BATCH_DECLARED) {
        event.batch = (struct batch_declared){TEXT("B1"), TEXT("/test"), 0, 0};
        event.batch_id = TEXT("B1");
    } else {
        event.external = (struct external_benefit){TEXT("KPU"), 1, DAY, TEXT("k")};
    }
}

static void make(enum event_type type)
{
    switch (type) {
    case EVENT_ENROLLED: make_enrolled(); break;
    case EVENT_WAGE_CHANGED:
    case EVENT_CATEGORY_CHANGED:
    case EVENT_PROGRAMMES_CHANGED:
    case EVENT_SPONSOR_CHANGED:
    case EVENT_MOVED: make_change(type); break;
    case EVENT_CONTRIBUTION_PAID:
    case EVENT_CONTRIBUTION_REVERSED: make_contribution(type); break;
    case EVENT_DEATH_CLAIM_FILED: make_death(); break;
    case EVENT_INJURY_CLAIM_FILED: make_injury(); break;
    case EVENT_SCHOLARSHIP_CLAIMED: make_scholarship(); break;
    case EVENT_JOB_LOSS_CLAIMED: make_job_loss(); break;
    case EVENT_PAYMENT_STATUS_REPORTED: make_status(); break;
    default: make_rest(type); break;
    }
}

static bool check(void)
{
    outputs_reset(&outputs, 0, NULL);
    return event_check(&event, rules_fixture(), &outputs);
}

static void expect_passes(const char *name)
{
    const bool passes = check();
    const struct exception *exception = &outputs.items[0].exception;
    cr_expect(passes, "%s: %.*s", name, passes ? 0 : (int)exception->detail.length,
              passes ? "" : exception->detail.at);
    cr_expect_eq(outputs.count, 0, "%s", name);
}

/* Refused with this code, its detail beginning with `field=…`. */
static void expect_refused(enum exception_code code, const char *field, const char *name)
{
    cr_assert_not(check(), "%s %s", field, name);
    cr_assert_eq(outputs.count, 1, "%s %s", field, name);
    const struct exception *exception = &outputs.items[0].exception;
    cr_expect_eq(exception->code, code, "%s %s: %s", field, name,
                 term_name(&exception_code_names, exception->code));
    const size_t length = strlen(field);
    cr_expect_eq(memcmp(exception->detail.at, "field=", 6), 0);
    cr_expect_eq(memcmp(exception->detail.at + 6, field, length), 0, "%s %s: %.*s", field, name,
                 (int)exception->detail.length, exception->detail.at);
    cr_expect(exception->detail.length == 6 + length || exception->detail.at[6 + length] == ' ',
              "%s %s: %.*s", field, name, (int)exception->detail.length, exception->detail.at);
}

Test(event_check, every_type_can_pass)
{
    for (unsigned type = 0; type < EVENT_TYPE_COUNT; type++) {
        make((enum event_type)type);
        expect_passes(term_name(&event_type_names, type));
    }
}

/* Each field alone. */

struct number_row {
    enum event_type type;
    const char *field;
    size_t at;
    int64_t least, most;
};

#define AT(member) offsetof(struct event, member)
#define MONEY_MOST INT64_C(1000000000000)
#define INT_MOST INT64_C(2147483647)

static const struct number_row number_rows[] = {
    {EVENT_ENROLLED, "risk_group", AT(enrolled.risk_group), 1, 5},
    {EVENT_ENROLLED, "wage_idr", AT(enrolled.wage_idr), 1, 1000 * MILLION},
    {EVENT_WAGE_CHANGED, "wage_idr", AT(change.wage_idr), 1, 1000 * MILLION},
    {EVENT_CONTRIBUTION_PAID, "months", AT(contribution.months), 1, 24},
    {EVENT_CONTRIBUTION_REVERSED, "months", AT(contribution.months), 1, 24},
    {EVENT_CONTRIBUTION_PAID, "lines.1.amount_idr", AT(contribution.lines[1].amount_idr), 0,
     MONEY_MOST},
    {EVENT_INJURY_CLAIM_FILED, "days_unable", AT(injury.days_unable), 0, 20000},
    {EVENT_INJURY_CLAIM_FILED, "disability.table_bp", AT(injury.disability.table_bp), 0, 10000},
    {EVENT_INJURY_CLAIM_FILED, "disability.loss_bp", AT(injury.disability.loss_bp), 0, 10000},
    {EVENT_INJURY_CLAIM_FILED, "transport.0.cost_idr", AT(injury.transport[0].cost_idr), 0,
     MONEY_MOST},
    {EVENT_INJURY_CLAIM_FILED, "treatment.cost_idr", AT(injury.treatment.cost_idr), 0, MONEY_MOST},
    {EVENT_INJURY_CLAIM_FILED, "home_care_idr", AT(injury.home_care_idr), 0, MONEY_MOST},
    {EVENT_JOB_LOSS_CLAIMED, "month_number", AT(job_loss.month_number), 1, 6},
    {EVENT_CLAIM_REVIEWED, "revision", AT(reviewed.revision), 1, INT_MOST},
    {EVENT_EXTERNAL_BENEFIT_RECORDED, "amount_idr", AT(external.amount_idr), 0, MONEY_MOST},
    {EVENT_PAYMENT_STATUS_REPORTED, "attempt", AT(status.attempt), 1, INT_MOST},
    {EVENT_BATCH_DECLARED, "total_idr", AT(batch.total_idr), 0, MONEY_MOST},
};

Test(event_check, numbers)
{
    for (size_t i = 0; i < COUNT_OF(number_rows); i++) {
        const struct number_row *row = &number_rows[i];
        make(row->type);
        int64_t *number = (int64_t *)(void *)((char *)&event + row->at);
        *number = row->least;
        expect_passes(row->field);
        *number = row->most;
        expect_passes(row->field);
        *number = row->least - 1;
        expect_refused(EXCEPTION_INVALID_FIELD, row->field, "too small");
        *number = row->most + 1;
        expect_refused(EXCEPTION_INVALID_FIELD, row->field, "too large");
        *number = INT64_MIN;
        expect_refused(EXCEPTION_INVALID_FIELD, row->field, "smallest");
        *number = INT64_MAX;
        expect_refused(EXCEPTION_INVALID_FIELD, row->field, "largest");
    }
}

struct text_row {
    enum event_type type;
    const char *field;
    size_t at;
    uint32_t least, most;
    bool nullable;
};

static const struct text_row text_rows[] = {
    {EVENT_MOVED, "id", AT(id), 1, 64, false},
    {EVENT_MOVED, "source", AT(source), 1, 64, false},
    {EVENT_MOVED, "participant_id", AT(participant_id), 1, 32, false},
    {EVENT_MOVED, "batch_id", AT(batch_id), 1, 64, true},
    {EVENT_ENROLLED, "membership_id", AT(enrolled.membership_id), 1, 20, false},
    {EVENT_ENROLLED, "employer_id", AT(enrolled.employer_id), 1, 64, true},
    {EVENT_ENROLLED, "sponsor.ref", AT(enrolled.sponsor.ref), 1, 64, true},
    {EVENT_WAGE_CHANGED, "membership_id", AT(change.membership_id), 1, 20, false},
    {EVENT_SPONSOR_CHANGED, "sponsor.ref", AT(change.sponsor.ref), 1, 64, true},
    {EVENT_MEMBERSHIP_ENDED, "membership_id", AT(ended.membership_id), 1, 20, false},
    {EVENT_ENROLLMENT_VOIDED, "reason", AT(voided.reason), 0, 200, false},
    {EVENT_CONTRIBUTION_PAID, "relief", AT(contribution.relief), 1, 64, true},
    {EVENT_CONTRIBUTION_PAID, "payment_ref", AT(contribution.payment_ref), 1, 64, false},
    {EVENT_CONTRIBUTION_REVERSED, "payment_ref", AT(contribution.payment_ref), 1, 64, false},
    {EVENT_CONTRIBUTION_REVERSED, "reason", AT(contribution.reason), 0, 200, false},
    {EVENT_DEATH_CLAIM_FILED, "claim_id", AT(death.claim_id), 1, 40, false},
    {EVENT_DEATH_CLAIM_FILED, "membership_id", AT(death.membership_id), 1, 20, false},
    {EVENT_DEATH_CLAIM_FILED, "heir.payee_ref", AT(death.heir.payee_ref), 1, 64, false},
    {EVENT_DEATH_CLAIM_FILED, "burial_payee_ref", AT(death.burial_payee_ref), 1, 64, true},
    {EVENT_INJURY_CLAIM_FILED, "payee_ref", AT(injury.payee_ref), 1, 64, false},
    {EVENT_INJURY_CLAIM_FILED, "treatment.payee_ref", AT(injury.treatment.payee_ref), 1, 64, false},
    {EVENT_SCHOLARSHIP_CLAIMED, "parent_claim_id", AT(scholarship.parent_claim_id), 1, 40, false},
    {EVENT_SCHOLARSHIP_CLAIMED, "child_ref", AT(scholarship.child_ref), 1, 64, false},
    {EVENT_JOB_LOSS_CLAIMED, "payee_ref", AT(job_loss.payee_ref), 1, 64, false},
    {EVENT_DOCUMENTS_COMPLETED, "claim_id", AT(documents.claim_id), 1, 40, false},
    {EVENT_CLAIM_REVIEWED, "reviewer", AT(reviewed.reviewer), 1, 64, false},
    {EVENT_CLAIM_REVIEWED, "note", AT(reviewed.note), 0, 500, false},
    {EVENT_CLAIM_CANCELLED, "reason", AT(cancelled.reason), 0, 200, false},
    {EVENT_EXTERNAL_BENEFIT_RECORDED, "payer", AT(external.payer), 1, 64, false},
    {EVENT_EXTERNAL_BENEFIT_RECORDED, "kind", AT(external.kind), 1, 64, false},
    {EVENT_PAYMENT_STATUS_REPORTED, "payment_id", AT(status.payment_id), 1, 64, false},
    {EVENT_PAYMENT_STATUS_REPORTED, "bank_ref", AT(status.bank_ref), 1, 64, true},
    {EVENT_PAYMENT_STATUS_REPORTED, "reason", AT(status.reason), 0, 200, true},
};

Test(event_check, texts_by_their_bytes)
{
    memset(bytes, 'a', sizeof bytes);
    for (size_t i = 0; i < COUNT_OF(text_rows); i++) {
        const struct text_row *row = &text_rows[i];
        make(row->type);
        struct text *text = (struct text *)(void *)((char *)&event + row->at);
        *text = text_of(bytes, row->least);
        expect_passes(row->field);
        *text = text_of(bytes, row->most);
        expect_passes(row->field);
        *text = text_of(bytes, row->most + 1);
        expect_refused(EXCEPTION_INVALID_FIELD, row->field, "too long");
        if (row->least > 0) {
            *text = text_of(bytes, 0);
            expect_refused(EXCEPTION_INVALID_FIELD, row->field, "empty");
        }
        *text = (struct text){0};
        if (row->nullable) {
            expect_passes(row->field);
        } else {
            expect_refused(EXCEPTION_INVALID_FIELD, row->field, "null");
        }
    }
}

Test(event_check, ids_have_plain_characters)
{
    static const char bad[] = " ./:\xC3\xA9\n@%";
    for (size_t i = 0; i + 1 < sizeof bad; i++) {
        make_enrolled();
        event.participant_id = text_of(&bad[i], 1);
        expect_refused(EXCEPTION_INVALID_FIELD, "participant_id", "character");
        make_enrolled();
        event.enrolled.membership_id = text_of(&bad[i], 1);
        expect_refused(EXCEPTION_INVALID_FIELD, "membership_id", "character");
    }
    make_enrolled();
    event.participant_id = TEXT("aZ09_-");
    event.enrolled.membership_id = TEXT("aZ09");
    expect_passes("plain");
    event.enrolled.membership_id = TEXT("a_");
    expect_refused(EXCEPTION_INVALID_FIELD, "membership_id", "alphanumeric only");
    make_death();
    event.death.claim_id = TEXT("any / \xC3\xA9");
    expect_passes("claim ids are any text");
}

struct code_row {
    enum event_type type;
    const char *field;
    size_t at;
    const char *code;
    enum exception_code refused; /* EXCEPTION_PARKED: passes */
};

#define PASSES EXCEPTION_PARKED

static const struct code_row code_rows[] = {
    {EVENT_ENROLLED, "category", AT(enrolled.category), "KPPS", PASSES},
    {EVENT_ENROLLED, "category", AT(enrolled.category), "kpps", EXCEPTION_UNKNOWN_CATEGORY},
    {EVENT_ENROLLED, "category", AT(enrolled.category), "KPP", EXCEPTION_UNKNOWN_CATEGORY},
    {EVENT_CATEGORY_CHANGED, "category", AT(change.category), "ASTRONAUT",
     EXCEPTION_UNKNOWN_CATEGORY},
    {EVENT_ENROLLED, "region_home", AT(enrolled.region_home), "36.74", PASSES},
    {EVENT_ENROLLED, "region_home", AT(enrolled.region_home), "36", EXCEPTION_UNKNOWN_REGION},
    {EVENT_ENROLLED, "region_home", AT(enrolled.region_home), "36.99", EXCEPTION_UNKNOWN_REGION},
    {EVENT_ENROLLED, "region_home", AT(enrolled.region_home), "00.00", EXCEPTION_UNKNOWN_REGION},
    {EVENT_ENROLLED, "region_home", AT(enrolled.region_home), "36.00", EXCEPTION_UNKNOWN_REGION},
    {EVENT_ENROLLED, "region_work", AT(enrolled.region_work), "36.71", PASSES},
    {EVENT_ENROLLED, "region_work", AT(enrolled.region_work), "99.99", EXCEPTION_UNKNOWN_REGION},
    {EVENT_MOVED, "region_home", AT(change.region_home), "ID", EXCEPTION_UNKNOWN_REGION},
    {EVENT_BASE_PUBLISHED, "region", AT(base.region), "36.71", PASSES},
    {EVENT_BASE_PUBLISHED, "region", AT(base.region), "36", PASSES},
    {EVENT_BASE_PUBLISHED, "region", AT(base.region), "ID", PASSES},
    {EVENT_BASE_PUBLISHED, "region", AT(base.region), "37", EXCEPTION_UNKNOWN_REGION},
    {EVENT_BASE_PUBLISHED, "region", AT(base.region), "36.99", EXCEPTION_UNKNOWN_REGION},
};

Test(event_check, codes_stand_in_their_tables)
{
    for (size_t i = 0; i < COUNT_OF(code_rows); i++) {
        const struct code_row *row = &code_rows[i];
        make(row->type);
        *(struct text *)(void *)((char *)&event + row->at) = text_of_string(row->code);
        if (row->refused == PASSES) {
            expect_passes(row->code);
        } else {
            expect_refused(row->refused, row->field, row->code);
        }
    }
}

struct term_row {
    enum event_type type;
    const char *field;
    size_t at;
    unsigned count;
};

static const struct term_row term_rows[] = {
    {EVENT_ENROLLED, "segment", AT(enrolled.segment), 5},
    {EVENT_ENROLLED, "sponsor.kind", AT(enrolled.sponsor.kind), 11},
    {EVENT_SPONSOR_CHANGED, "sponsor.kind", AT(change.sponsor.kind), 11},
    {EVENT_MEMBERSHIP_ENDED, "reason", AT(ended.reason), 7},
    {EVENT_PARTICIPANT_DIED, "evidence", AT(died.evidence), 4},
    {EVENT_CONTRIBUTION_PAID, "lines.0.programme", AT(contribution.lines[0].programme), 5},
    {EVENT_DEATH_CLAIM_FILED, "cause", AT(death.cause), 8},
    {EVENT_DEATH_CLAIM_FILED, "heir.rank", AT(death.heir.rank), 8},
    {EVENT_INJURY_CLAIM_FILED, "cause", AT(injury.cause), 8},
    {EVENT_INJURY_CLAIM_FILED, "disability.kind", AT(injury.disability.kind), 4},
    {EVENT_INJURY_CLAIM_FILED, "transport.0.mode", AT(injury.transport[0].mode), 3},
    {EVENT_SCHOLARSHIP_CLAIMED, "level", AT(scholarship.level), 4},
    {EVENT_CLAIM_REVIEWED, "verdict", AT(reviewed.verdict), 2},
    {EVENT_PAYMENT_STATUS_REPORTED, "status", AT(status.status), 7},
    {EVENT_BASE_PUBLISHED, "kind", AT(base.kind), 5},
};

Test(event_check, symbols_are_in_their_lists)
{
    for (size_t i = 0; i < COUNT_OF(term_rows); i++) {
        const struct term_row *row = &term_rows[i];
        for (unsigned value = 0; value <= row->count; value++) {
            make(row->type);
            event.contribution.line_count =
                row->type == EVENT_CONTRIBUTION_PAID ? 1 : event.contribution.line_count;
            *((uint8_t *)&event + row->at) = (uint8_t)value;
            if (value < row->count) {
                expect_passes(row->field);
            } else {
                expect_refused(EXCEPTION_INVALID_FIELD, row->field, "beyond");
            }
        }
        make(row->type);
        *((uint8_t *)&event + row->at) = TERM_UNKNOWN;
        expect_refused(EXCEPTION_INVALID_FIELD, row->field, "unknown");
        *((uint8_t *)&event + row->at) = TERM_NONE;
        expect_refused(EXCEPTION_INVALID_FIELD, row->field, "null");
    }
}

Test(event_check, a_payer_may_be_null_but_not_half)
{
    make_contribution(EVENT_CONTRIBUTION_PAID);
    event.contribution.payer.kind = TERM_UNKNOWN;
    expect_passes("no payer");
    event.contribution.payer_present = true;
    expect_refused(EXCEPTION_INVALID_FIELD, "payer.kind", "unknown");
    event.contribution.payer.kind = SPONSOR_CSR;
    expect_passes("payer");
}

Test(event_check, sets_are_not_empty_and_name_nothing_twice)
{
    static const enum event_type types[] = {EVENT_ENROLLED, EVENT_PROGRAMMES_CHANGED};
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        make(types[i]);
        uint32_t *set =
            types[i] == EVENT_ENROLLED ? &event.enrolled.programmes : &event.change.programmes;
        const uint32_t bad[] = {0, SET_TWICE_BIT | 1, SET_UNKNOWN_BIT | 1, 1U << PROGRAMME_COUNT};
        for (size_t k = 0; k < COUNT_OF(bad); k++) {
            *set = bad[k];
            expect_refused(EXCEPTION_INVALID_FIELD, "programmes", "set");
        }
    }
}

struct date_row {
    enum event_type type;
    const char *field;
    size_t at;
    bool nullable;
};

static const struct date_row date_rows[] = {
    {EVENT_ENROLLED, "cover_from", AT(enrolled.cover_from), false},
    {EVENT_ENROLLED, "cover_to", AT(enrolled.cover_to), true},
    {EVENT_ENROLLED, "birth_date", AT(enrolled.birth_date), true},
    {EVENT_MOVED, "effective_from", AT(change.effective_from), false},
    {EVENT_MEMBERSHIP_ENDED, "last_day", AT(ended.last_day), false},
    {EVENT_PARTICIPANT_DIED, "died_on", AT(died.died_on), false},
    {EVENT_DEATH_CLAIM_FILED, "died_on", AT(death.died_on), false},
    {EVENT_DEATH_CLAIM_FILED, "accident_on", AT(death.accident_on), true},
    {EVENT_DEATH_CLAIM_FILED, "documents_complete_on", AT(death.documents_complete_on), true},
    {EVENT_INJURY_CLAIM_FILED, "accident_on", AT(injury.accident_on), false},
    {EVENT_INJURY_CLAIM_FILED, "unable_from", AT(injury.unable_from), true},
    {EVENT_SCHOLARSHIP_CLAIMED, "child_birth_date", AT(scholarship.child_birth_date), false},
    {EVENT_JOB_LOSS_CLAIMED, "dismissed_on", AT(job_loss.dismissed_on), false},
    {EVENT_JOB_LOSS_CLAIMED, "filed_on", AT(job_loss.filed_on), false},
    {EVENT_DOCUMENTS_COMPLETED, "documents_complete_on", AT(documents.documents_complete_on),
     false},
    {EVENT_EXTERNAL_BENEFIT_RECORDED, "paid_on", AT(external.paid_on), false},
};

Test(event_check, dates_are_of_the_calendar)
{
    for (size_t i = 0; i < COUNT_OF(date_rows); i++) {
        const struct date_row *row = &date_rows[i];
        make(row->type);
        day_t *day = (day_t *)(void *)((char *)&event + row->at);
        const day_t bad[] = {DAY_FIRST - 1, DAY_LAST + 1, DAY_NEVER};
        for (size_t k = 0; k < COUNT_OF(bad); k++) {
            *day = bad[k];
            expect_refused(EXCEPTION_INVALID_FIELD, row->field, "beyond the calendar");
        }
        *day = DAY_NONE;
        if (row->nullable) {
            expect_passes(row->field);
        } else {
            expect_refused(EXCEPTION_INVALID_FIELD, row->field, "null");
        }
    }
    make_contribution(EVENT_CONTRIBUTION_PAID);
    event.contribution.month = MONTH_NONE;
    expect_refused(EXCEPTION_INVALID_FIELD, "month", "null");
    event.contribution.month = MONTH_FIRST - 1;
    expect_refused(EXCEPTION_INVALID_FIELD, "month", "year 0");
    make_contribution(EVENT_CONTRIBUTION_PAID);
    event.contribution.paid_at = TIME_LAST + 1;
    expect_refused(EXCEPTION_INVALID_FIELD, "paid_at", "year 10000");
    event.time = TIME_FIRST - 1;
    expect_refused(EXCEPTION_INVALID_FIELD, "time", "year 0");
}

Test(event_check, arrays_are_kept_whole)
{
    make_contribution(EVENT_CONTRIBUTION_PAID);
    event.contribution.line_count = LINES_IN_MAX + 1;
    expect_refused(EXCEPTION_INVALID_FIELD, "lines", "nine lines");
    event.contribution.line_count = 0;
    expect_passes("no line");
    make_injury();
    event.injury.transport_count = TRANSPORT_MAX + 1;
    expect_refused(EXCEPTION_INVALID_FIELD, "transport", "nine modes");
}

/* Of several bad fields the first in the order of the tables. */
Test(event_check, the_first_bad_field_is_told)
{
    make_enrolled();
    event.source = TEXT("");
    event.participant_id = TEXT("");
    event.enrolled.membership_id = TEXT("");
    event.enrolled.segment = TERM_UNKNOWN;
    event.enrolled.category = TEXT("X");
    event.enrolled.region_home = TEXT("X");
    event.enrolled.wage_idr = 0;
    static const char *const fields[] = {"source",   "participant_id", "membership_id", "segment",
                                         "category", "region_home",    "wage_idr"};
    static const enum exception_code codes[] = {
        EXCEPTION_INVALID_FIELD, EXCEPTION_INVALID_FIELD,    EXCEPTION_INVALID_FIELD,
        EXCEPTION_INVALID_FIELD, EXCEPTION_UNKNOWN_CATEGORY, EXCEPTION_UNKNOWN_REGION,
        EXCEPTION_INVALID_FIELD};
    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        expect_refused(codes[i], fields[i], "the first");
        switch (i) {
        case 0: event.source = TEXT("s"); break;
        case 1: event.participant_id = TEXT("p"); break;
        case 2: event.enrolled.membership_id = TEXT("m"); break;
        case 3: event.enrolled.segment = PU; break;
        case 4: event.enrolled.category = TEXT("PMI"); break;
        case 5: event.enrolled.region_home = TEXT("36.71"); break;
        default: event.enrolled.wage_idr = 1; break;
        }
    }
    expect_passes("all mended");
}

/* Fields together. */

static void born(int year, int month, int day)
{
    make_enrolled();
    event.enrolled.segment = BPU;
    event.enrolled.birth_date = date(year, month, day);
}

Test(event_check, a_bpu_of_65_is_too_old)
{
    born(1959, 2, 14);
    expect_refused(EXCEPTION_AGE_LIMIT, "birth_date", "on the birthday");
    born(1959, 2, 15);
    expect_passes("the day before it");
    born(1900, 1, 1);
    event.enrolled.segment = PU;
    expect_passes("only BPU");
    born(1960, 2, 29);
    event.enrolled.cover_from = date(2025, 2, 28);
    expect_refused(EXCEPTION_AGE_LIMIT, "birth_date", "a leap day's birthday");
    event.enrolled.cover_from = date(2025, 2, 27);
    expect_passes("the day before it");
}

Test(event_check, a_cover_does_not_end_before_it_begins)
{
    make_enrolled();
    event.enrolled.cover_to = DAY - 1;
    expect_refused(EXCEPTION_INTERVAL_INVALID, "cover_to", "the day before");
    event.enrolled.cover_to = DAY;
    expect_passes("one day");
}

Test(event_check, a_bpu_has_risk_group_1)
{
    for (int64_t group = 1; group <= 5; group++) {
        make_enrolled();
        event.enrolled.segment = BPU;
        event.enrolled.risk_group = group;
        if (group == 1) {
            expect_passes("1");
        } else {
            expect_refused(EXCEPTION_INVALID_FIELD, "risk_group", "BPU");
        }
        event.enrolled.segment = PMI;
        expect_passes("not for PMI");
    }
}

/* INVALID_FIELD, INTERVAL_INVALID, AGE_LIMIT. */
Test(event_check, fields_together_come_in_order)
{
    born(1900, 1, 1);
    event.enrolled.programmes = 1U << JP;
    event.enrolled.risk_group = 2;
    event.enrolled.cover_to = DAY - 1;
    expect_refused(EXCEPTION_INVALID_FIELD, "programmes", "first");
    event.enrolled.programmes = 1U << JKK;
    expect_refused(EXCEPTION_INVALID_FIELD, "risk_group", "second");
    event.enrolled.risk_group = 1;
    expect_refused(EXCEPTION_INTERVAL_INVALID, "cover_to", "third");
    event.enrolled.cover_to = DAY_NONE;
    expect_refused(EXCEPTION_AGE_LIMIT, "birth_date", "fourth");
}

Test(event_check, dates_of_a_claim_agree)
{
    make_death();
    event.death.accident_on = DAY + 1;
    expect_refused(EXCEPTION_INVALID_FIELD, "accident_on", "after death");
    event.death.accident_on = DAY;
    expect_passes("on the day of death");
    make_injury();
    event.injury.unable_from = DAY - 1;
    expect_refused(EXCEPTION_INVALID_FIELD, "unable_from", "before the accident");
    event.injury.unable_from = DAY;
    expect_passes("on its day");
}

Test(event_check, lines_name_a_programme_once)
{
    make_contribution(EVENT_CONTRIBUTION_PAID);
    event.contribution.lines[1].programme = JKK;
    expect_refused(EXCEPTION_INVALID_FIELD, "lines", "twice");
}

Test(event_check, months_end_with_the_calendar)
{
    make_contribution(EVENT_CONTRIBUTION_PAID);
    event.contribution.month = MONTH_LAST;
    expect_passes("the last");
    event.contribution.months = 2;
    expect_refused(EXCEPTION_INVALID_FIELD, "months", "one more");
}
