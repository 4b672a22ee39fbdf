/* Random streams of events for one participant, from seeds that a failure prints. Whatever comes,
   the outputs and the state agree with each other; and the order of topics does not change the end.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/projection.h"
#include "stage.h"

#define MILLION INT64_C(1000000)
#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define FIRST date(2023, 12, 1)
#define SPAN 400 /* days */

static uint32_t dice;

static uint32_t draw(uint32_t below)
{
    dice = dice * 1664525U + 1013904223U;
    return (uint32_t)((uint64_t)(dice >> 4) * below >> 28);
}

static bool chance(uint32_t percent)
{
    return draw(100) < percent;
}

static day_t any_day(void)
{
    return FIRST + (day_t)draw(SPAN);
}

/* Any event at all, of few ids and days so that they meet. */

static const char *const memberships[] = {"M1", "M2", "M3"};
static const char *const claims[] = {"C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8"};
static const char *const children[] = {"ADI", "BUNGA", "CITRA"};
static const char *const refs[] = {"R1", "R2", "R3", "R4", "R5"};
static const char *const reviewers[] = {"anna", "budi", "citra"};
static const char *const regions[] = {"36.71", "36.74", "51.71", "91.71"};

#define ANY_OF(list) (list)[draw(COUNT_OF(list))]

static void any_enrolled(struct stage *stage)
{
    static const enum segment segments[] = {PU, PU, PU, PU_STATE, BPU, BPU, BPU, JAKON, PMI};
    static const int64_t wages[] = {400000, MILLION, 1100000, 6 * MILLION};
    stage_enrolled(stage, ANY_OF(memberships), ANY_OF(segments), ANY_OF(wages),
                   FIRST + (day_t)draw(chance(70) ? 50 : 120));
    struct enrolled *enrolled = &stage->event.enrolled;
    enrolled->region_home = text_of_string(ANY_OF(regions));
    enrolled->programmes = 1 + draw(31);
    if (chance(80)) {
        enrolled->programmes = WORK | (enrolled->segment == PU ? 1U << JKP : 0);
    }
    if (chance(30)) {
        enrolled->cover_to = any_day();
    }
}

static void any_change(struct stage *stage, enum event_type type)
{
    static const char *const categories[] = {"KPPS", "OJOL", "OTHER", "NOBODY"};
    stage_event(stage, type, FIRST);
    stage->event.change = (struct change){.membership_id = text_of_string(ANY_OF(memberships)),
                                          .wage_idr = 1 + draw(8 * MILLION),
                                          .category = text_of_string(ANY_OF(categories)),
                                          .programmes = 1 + draw(7),
                                          .sponsor = {.kind = (uint8_t)draw(SPONSOR_KIND_COUNT)},
                                          .region_home = text_of_string(ANY_OF(regions)),
                                          .effective_from = any_day()};
}

static void any_contribution(struct stage *stage)
{
    const month_t month = day_month(FIRST) + (month_t)draw(12);
    const int64_t months = 1 + draw(chance(20) ? 12 : 2);
    if (chance(20)) {
        stage_reversed(stage, ANY_OF(memberships), month, months, ANY_OF(refs));
        return;
    }
    stage_paid(stage, ANY_OF(memberships), month, months, ANY_OF(refs));
    const int64_t amount_idr = chance(80) ? 1000 * MILLION : draw(30000);
    stage_line(stage, JKK, amount_idr);
    stage_line(stage, JKM, amount_idr);
}

static void any_claim(struct stage *stage)
{
    static const char *const payees[] = {"HEIR", "UNCLE"};
    stage_death_claim(stage, ANY_OF(claims), ANY_OF(memberships),
                      FIRST + 60 + (day_t)draw(chance(70) ? 1 : 3));
    struct death_claim *death = &stage->event.death;
    death->cause = chance(50) ? CAUSE_ILLNESS : (uint8_t)draw(CAUSE_COUNT);
    death->heir.rank = chance(80) ? HEIR_SPOUSE : HEIR_NONE;
    death->heir.payee_ref = text_of_string(ANY_OF(payees));
    death->burial_payee_ref = chance(40) ? text_of_string(ANY_OF(payees)) : (struct text){0};
    death->documents_complete_on = chance(60) ? death->died_on + (day_t)draw(3) : DAY_NONE;
    death->accident_on = chance(30) ? death->died_on - (day_t)draw(3) : DAY_NONE;
}

/* The wrong kind now and then; mostly one that can be approved. */
static void any_injury(struct stage *stage)
{
    stage_event(stage, EVENT_INJURY_CLAIM_FILED, FIRST);
    struct injury_claim *injury = &stage->event.injury;
    injury->claim_id = text_of_string(ANY_OF(claims));
    injury->membership_id = text_of_string(ANY_OF(memberships));
    injury->accident_on = FIRST + 50 + (day_t)draw(3);
    injury->cause = chance(80) ? CAUSE_WORK_ACCIDENT : (uint8_t)draw(CAUSE_COUNT);
    injury->payee_ref = TEXT("WORKER");
    injury->unable_from = chance(50) ? DAY_NONE : injury->accident_on + (day_t)draw(400);
    injury->days_unable = chance(40) ? 0 : draw(900);
    injury->disability.kind = chance(50) ? DISABILITY_NONE : (uint8_t)draw(DISABILITY_KIND_COUNT);
    injury->disability.table_bp = draw(10001);
    injury->disability.loss_bp = draw(10001);
    injury->transport_count = draw(4);
    for (uint32_t i = 0; i < injury->transport_count; i++) {
        injury->transport[i] =
            (struct transport){(uint8_t)draw(TRANSPORT_MODE_COUNT), draw(12 * MILLION)};
    }
    injury->treatment_present = chance(50);
    injury->treatment.payee_ref = chance(80) ? TEXT("HOSPITAL") : TEXT("WORKER");
    injury->treatment.cost_idr = draw(100 * MILLION);
    injury->home_care_idr = chance(70) ? 0 : draw(30 * MILLION);
    injury->documents_complete_on = chance(80) ? injury->accident_on + (day_t)draw(5) : DAY_NONE;
}

/* Mostly one that a scholarship can be for. */
static struct text any_parent(const struct stage *stage)
{
    for (uint32_t i = 0; i < stage->participant.claim_count; i++) {
        const struct claim *claim = &stage->participant.claims[i];
        if (claim->approval > 0 && claim->type == CLAIM_DEATH && chance(80)) {
            return text_of_string(claims[claim->id[1] - '1']);
        }
    }
    return text_of_string(ANY_OF(claims));
}

static void any_scholarship(struct stage *stage)
{
    stage_event(stage, EVENT_SCHOLARSHIP_CLAIMED, FIRST);
    stage->event.scholarship = (struct scholarship_claim){
        .claim_id = text_of_string(ANY_OF(claims)),
        .parent_claim_id = any_parent(stage),
        .child_ref = text_of_string(ANY_OF(children)),
        .child_birth_date = date(2001, 1, 1) + (day_t)draw(6000),
        .level = chance(60) ? LEVEL_SMP : (uint8_t)draw(SCHOOL_LEVEL_COUNT),
        .school_year = 2020 + draw(6),
        .payee_ref = TEXT("GUARDIAN"),
        .documents_complete_on = chance(80) ? FIRST + 30 : DAY_NONE};
}

/* On the day of a dismissal, where there is one. */
static void any_job_loss(struct stage *stage)
{
    const char *id = ANY_OF(memberships);
    const struct membership *membership =
        participant_membership(&stage->participant, text_of_string(id));
    const struct end *end = membership == NULL ? NULL : membership_end(membership, RECORDED_ANY);
    const day_t day = end == NULL || chance(20) ? any_day() : end->last_day;
    stage_event(stage, EVENT_JOB_LOSS_CLAIMED, FIRST);
    stage->event.job_loss =
        (struct job_loss_claim){.claim_id = text_of_string(ANY_OF(claims)),
                                .membership_id = text_of_string(id),
                                .dismissed_on = day,
                                .filed_on = day + (day_t)draw(chance(90) ? 150 : 300),
                                .month_number = 1 + draw(2),
                                .payee_ref = TEXT("WORKER"),
                                .documents_complete_on = chance(80) ? FIRST + 30 : DAY_NONE};
}

static void any_other_claim(struct stage *stage)
{
    static void (*const kinds[])(struct stage *) = {any_injury, any_scholarship, any_scholarship,
                                                    any_job_loss, any_job_loss};
    ANY_OF(kinds)(stage);
}

static void any_end(struct stage *stage)
{
    stage_ended(stage, ANY_OF(memberships), any_day());
    stage->event.ended.reason = chance(70) ? END_DISMISSED : END_RESIGNED;
}

static void any_review(struct stage *stage)
{
    const char *id = ANY_OF(claims);
    stage_event(stage, EVENT_CLAIM_REVIEWED, FIRST);
    const struct claim *claim = participant_claim(&stage->participant, text_of_string(id));
    const int64_t revision = claim == NULL || chance(10) ? 1 : claim->revision;
    stage->event.reviewed =
        (struct claim_reviewed){text_of_string(id), revision, text_of_string(ANY_OF(reviewers)),
                                chance(85) ? REVIEW_APPROVE : REVIEW_REJECT, TEXT("")};
}

static char known_payment[PAYMENT_ID_BYTES];
static bool payment_is_known;

static void any_status(struct stage *stage)
{
    stage_event(stage, EVENT_PAYMENT_STATUS_REPORTED, FIRST);
    stage->event.status = (struct payment_status_report){
        .payment_id = payment_is_known ? text_of(known_payment, sizeof known_payment) : TEXT("X"),
        .attempt = 1 + draw(2),
        .status = (uint8_t)draw(PAYMENT_STATUS_COUNT),
        .at = stage->event.time};
}

static void any_event_for_a_claim(struct stage *stage)
{
    if (chance(70)) {
        stage_event(stage, EVENT_DOCUMENTS_COMPLETED, FIRST);
        stage->event.documents =
            (struct documents_completed){text_of_string(ANY_OF(claims)), any_day()};
    } else {
        stage_event(stage, EVENT_CLAIM_CANCELLED, FIRST);
        stage->event.cancelled = (struct claim_cancelled){text_of_string(ANY_OF(claims)), TEXT("")};
    }
}

static void any_event(struct stage *stage)
{
    const uint32_t kind = draw(100);
    if (kind < 10) {
        any_enrolled(stage);
    } else if (kind < 24) {
        any_change(stage, (enum event_type)(EVENT_WAGE_CHANGED + draw(5)));
    } else if (kind < 29) {
        any_end(stage);
    } else if (kind == 29) {
        stage_voided(stage, ANY_OF(memberships), FIRST);
    } else if (kind == 30) {
        stage_died(stage, FIRST + 60 + (day_t)draw(3));
    } else if (kind < 56) {
        any_contribution(stage);
    } else if (kind < 64) {
        any_claim(stage);
    } else if (kind < 78) {
        any_other_claim(stage);
    } else if (kind < 84) {
        any_event_for_a_claim(stage);
    } else if (kind < 94) {
        any_review(stage);
    } else {
        any_status(stage);
    }
}

/* How often what is worth seeing was seen, over all streams. */
static unsigned approved, contradicted, given_up, reported, approved_of[CLAIM_TYPE_COUNT];

/* What the outputs say, folded; compared with the state. */

struct ledger {
    uint32_t seed;
    int64_t revision[COUNT_OF(claims)];
    uint8_t verdict[COUNT_OF(claims)], reason[COUNT_OF(claims)];
    int64_t paid_idr[COUNT_OF(claims)];
    uint32_t payments[COUNT_OF(claims)], contradicted[COUNT_OF(claims)];
    char ids[64][PAYMENT_ID_BYTES];
    uint32_t id_count;
};

static unsigned claim_number(struct text id)
{
    cr_assert_eq(id.length, 2);
    return (unsigned)(id.at[1] - '1');
}

static int64_t sum_of(const struct benefit_line *lines, uint32_t count)
{
    int64_t sum_idr = 0;
    for (uint32_t i = 0; i < count; i++) {
        cr_assert_gt(lines[i].amount_idr, 0);
        sum_idr += lines[i].amount_idr;
    }
    return sum_idr;
}

static void fold_decision(struct ledger *ledger, const struct decision *decision)
{
    const unsigned claim = claim_number(decision->claim_id);
    const bool first = ledger->revision[claim] == 0;
    cr_assert_eq(decision->revision, ledger->revision[claim] + 1, "seed %u", ledger->seed);
    if (!first) {
        cr_assert(ledger->verdict[claim] == HELD || ledger->verdict[claim] == WAITING,
                  "seed %u: a closed claim is decided again", ledger->seed);
        cr_assert(ledger->verdict[claim] != decision->verdict ||
                      ledger->reason[claim] != decision->reason,
                  "seed %u: a decision says nothing new", ledger->seed);
    }
    ledger->revision[claim]++;
    ledger->verdict[claim] = decision->verdict;
    ledger->reason[claim] = decision->reason;
    cr_assert_eq(sum_of(decision->lines, decision->line_count), decision->total_idr, "seed %u",
                 ledger->seed);
    cr_assert(decision->verdict == APPROVED || decision->total_idr == 0, "seed %u", ledger->seed);
    cr_assert_eq(ledger->paid_idr[claim], 0, "seed %u: paid before it is approved", ledger->seed);
    ledger->paid_idr[claim] = -decision->total_idr; /* its payments bring it back to 0 */
    approved_of[decision->claim_type] += decision->verdict == APPROVED && decision->total_idr > 0;
}

static void fold_payment(struct ledger *ledger, const struct payment *payment)
{
    const unsigned claim = claim_number(payment->claim_id);
    cr_assert_eq(ledger->verdict[claim], APPROVED, "seed %u", ledger->seed);
    cr_assert_eq(payment->revision, ledger->revision[claim]);
    cr_assert_eq(sum_of(payment->lines, payment->line_count), payment->amount_idr, "seed %u",
                 ledger->seed);
    for (uint32_t i = 0; i < ledger->id_count; i++) {
        cr_assert_neq(memcmp(ledger->ids[i], payment->payment_id_bytes, PAYMENT_ID_BYTES), 0,
                      "seed %u: paid twice", ledger->seed);
    }
    memcpy(ledger->ids[ledger->id_count++], payment->payment_id_bytes, PAYMENT_ID_BYTES);
    memcpy(known_payment, payment->payment_id_bytes, PAYMENT_ID_BYTES);
    payment_is_known = true;
    ledger->payments[claim]++;
    approved++;
    ledger->paid_idr[claim] += payment->amount_idr;
}

static void fold_outputs(struct ledger *ledger, const struct outputs *outputs)
{
    for (uint32_t i = 0; i < outputs->count; i++) {
        const struct output *output = &outputs->items[i];
        if (output->kind == OUTPUT_DECISION) {
            fold_decision(ledger, &output->decision);
        } else if (output->kind == OUTPUT_PAYMENT) {
            fold_payment(ledger, &output->payment);
        } else if (output->exception.code == EXCEPTION_APPROVED_CLAIM_CONTRADICTED) {
            const struct text detail = output->exception.detail;
            const unsigned claim = claim_number(text_of(detail.at + detail.length - 2, 2));
            cr_assert_eq(++ledger->contradicted[claim], 1, "seed %u: told twice", ledger->seed);
            cr_assert_eq(ledger->verdict[claim], APPROVED);
            contradicted++;
        }
    }
    for (size_t i = 0; i < COUNT_OF(claims); i++) {
        cr_assert_eq(ledger->paid_idr[i], 0, "seed %u: payments are not the total", ledger->seed);
    }
}

static void compare_claims(const struct ledger *ledger, const struct stage *stage,
                           const struct projection *projection)
{
    cr_assert_eq(projection->claim_count, stage->participant.claim_count);
    for (uint32_t i = 0; i < projection->claim_count; i++) {
        const struct claim *claim = &stage->participant.claims[i];
        const unsigned number = claim_number(claim_id(claim));
        cr_assert_eq(projection->claims[i].verdict, ledger->verdict[number], "seed %u",
                     ledger->seed);
        cr_assert_eq(projection->claims[i].payments, ledger->payments[number], "seed %u",
                     ledger->seed);
        cr_assert_eq(claim->reason, ledger->reason[number]);
        cr_assert_eq(claim->revision, ledger->revision[number]);
        int64_t lines_idr = 0;
        for (uint32_t k = 0; k < claim->line_count; k++) {
            lines_idr += claim->lines[k].amount_idr;
        }
        cr_assert_eq(projection->claims[i].paid_idr, lines_idr, "seed %u", ledger->seed);
    }
}

/* The spans of a projection against the covers themselves, on some days. */
static void compare_days(const struct stage *stage, const struct projection *projection,
                         uint32_t seed)
{
    for (uint32_t i = 1; i < projection->span_count; i++) {
        cr_assert_lt(projection->spans[i - 1].from, projection->spans[i].from, "seed %u", seed);
    }
    for (day_t day = FIRST - 40; day < FIRST + SPAN + 40; day += 17) {
        unsigned covers = 0;
        for (unsigned i = 0; i < stage->participant.membership_count; i++) {
            const struct cover cover =
                cover_of(&stage->participant, &stage->participant.memberships[i], &stage->rules);
            covers += cover.any && cover.start <= day && day <= cover.end;
        }
        const struct span *span = NULL;
        for (uint32_t i = 0; i < projection->span_count && projection->spans[i].from <= day; i++) {
            span = &projection->spans[i];
        }
        cr_assert_eq(span == NULL ? 0 : span->covers, covers, "seed %u, day %d", seed, day);
        cr_assert(span == NULL || span->region == participant_region(&stage->participant, day));
    }
}

static bool same_text(const char *a, uint32_t a_length, const char *b, uint32_t b_length)
{
    return text_equal(text_of(a, a_length), text_of(b, b_length));
}

/* Of one membership: a death once, of one programme or the other; a month of a dismissal once. Of
   one child: a school year once. */
static void check_pair(const struct claim *a, const struct claim *b, uint32_t seed)
{
    const bool same_membership = same_text(a->membership_id, a->membership_id_length,
                                           b->membership_id, b->membership_id_length);
    if (a->approval == 0 || b->approval == 0 || a->type != b->type) {
        return;
    }
    if (a->type == CLAIM_DEATH) {
        cr_assert_not(same_membership, "seed %u: a death is paid twice", seed);
    } else if (a->type == CLAIM_SCHOLARSHIP) {
        cr_assert(a->scholarship.child_hash != b->scholarship.child_hash ||
                      a->scholarship.school_year != b->scholarship.school_year,
                  "seed %u: a school year is paid twice", seed);
    } else if (a->type == CLAIM_JOB_LOSS) {
        cr_assert(!same_membership || a->event_on != b->event_on ||
                      a->job_loss.month_number != b->job_loss.month_number,
                  "seed %u: a month is paid twice", seed);
    } else if (a->review_count + b->review_count == 0 && same_membership) {
        const day_t a_end = a->injury.unable_from + (day_t)a->injury.days_unable;
        const day_t b_end = b->injury.unable_from + (day_t)b->injury.days_unable;
        cr_assert(a->accident_on != b->accident_on || a->injury.days_unable == 0 ||
                      b->injury.days_unable == 0 || a->injury.unable_from >= b_end ||
                      b->injury.unable_from >= a_end,
                  "seed %u: a day is paid twice", seed);
    }
}

static void check_pairs(const struct participant *participant, uint32_t seed)
{
    for (uint32_t i = 0; i < participant->claim_count; i++) {
        for (uint32_t k = 0; k < i; k++) {
            check_pair(&participant->claims[i], &participant->claims[k], seed);
        }
    }
}

/* Years a level, two children. */
static void check_scholarships(const struct participant *participant, uint32_t seed)
{
    static const unsigned most[] = {8, 3, 3, 5};
    unsigned with_any = 0;
    for (size_t child = 0; child < COUNT_OF(children); child++) {
        const uint64_t hash = text_hash(text_of_string(children[child]));
        unsigned years[SCHOOL_LEVEL_COUNT] = {0};
        unsigned all = 0;
        for (uint32_t i = 0; i < participant->claim_count; i++) {
            const struct claim *claim = &participant->claims[i];
            const bool counts = claim->type == CLAIM_SCHOLARSHIP && claim->approval > 0 &&
                                claim->scholarship.child_hash == hash;
            all += counts;
            years[counts ? claim->scholarship.level : 0] += counts;
        }
        for (unsigned level = 0; level < SCHOOL_LEVEL_COUNT; level++) {
            cr_assert_leq(years[level], most[level], "seed %u", seed);
        }
        with_any += all > 0;
    }
    cr_assert_leq(with_any, 2, "seed %u: a third child", seed);
}

static void check_state(const struct ledger *ledger, const struct stage *stage)
{
    check_pairs(&stage->participant, ledger->seed);
    check_scholarships(&stage->participant, ledger->seed);
    static struct projection projection, again;
    projection_of(&stage->participant, &stage->rules, &projection);
    projection_of(&stage->participant, &stage->rules, &again);
    cr_assert(projection_equal(&projection, &again));
    compare_claims(ledger, stage, &projection);
    compare_days(stage, &projection, ledger->seed);
}

/* A stream is too short for the months that a scholarship of JKM and a job loss ask for. */
static void ask_for_few_months(struct stage *stage)
{
    for (uint32_t i = 0; i < stage->rules.parameter_count; i++) {
        const uint8_t parameter = stage->rules.parameters[i].parameter;
        if (parameter == PARAMETER_SCHOLARSHIP_PAID_MONTHS ||
            parameter == PARAMETER_JKP_PAID_MONTHS) {
            stage->rules.parameters[i].value = 2;
        }
    }
}

static void run_stream(uint32_t seed, unsigned length)
{
    static struct ledger ledger;
    memset(&ledger, 0, sizeof ledger);
    ledger.seed = seed;
    dice = seed;
    payment_is_known = false;
    struct stage *stage = stage_new();
    ask_for_few_months(stage);
    int64_t time = (int64_t)(FIRST + 30) * MICROSECONDS_A_DAY;
    for (unsigned i = 0; i < length; i++) {
        time += (int64_t)draw(4 * 24) * 3600 * MICROSECONDS_A_SECOND;
        while (stage_fire(stage, time)) {
            given_up++;
            fold_outputs(&ledger, &stage->outputs);
        }
        any_event(stage);
        stage->event.time = stage->event.type == EVENT_ENROLLED && chance(60)
                                ? stage->event.time + (int64_t)draw(5) * MICROSECONDS_A_DAY
                                : time - (int64_t)draw(100) * 3600 * MICROSECONDS_A_SECOND;
        if (stage->event.type == EVENT_CONTRIBUTION_PAID) {
            stage->event.contribution.paid_at = stage->event.time - (int64_t)draw(9) * 1000;
        }
        reported += stage_apply(stage) == OUTCOME_APPLIED &&
                    stage->event.type == EVENT_PAYMENT_STATUS_REPORTED;
        fold_outputs(&ledger, &stage->outputs);
        check_state(&ledger, stage);
    }
}

static uint32_t first_seed(void)
{
    const char *text = getenv("JAGA_SEED");
    return text == NULL ? 1 : (uint32_t)strtoul(text, NULL, 10);
}

Test(random, whatever_comes_outputs_and_state_agree)
{
    const uint32_t first = first_seed();
    for (uint32_t seed = first; seed < first + 300; seed++) {
        run_stream(seed, 150);
    }
    cr_assert_gt(approved, 50, "%u payments", approved);
    cr_assert_gt(contradicted, 10, "%u contradictions", contradicted);
    cr_assert_gt(given_up, 50, "%u timers", given_up);
    cr_assert_gt(reported, 50, "%u reports", reported);
    for (unsigned type = 0; type < CLAIM_TYPE_COUNT; type++) {
        cr_assert_gt(approved_of[type], 5, "%s: %u approved", term_name(&claim_type_names, type),
                     approved_of[type]);
    }
}

/* One family that claims whatever it can: the limits hold, and two children are paid. */

static void claim_for_a_child(struct stage *stage, unsigned number)
{
    static char ids[64][4];
    any_scholarship(stage);
    (void)snprintf(ids[number], sizeof ids[number], "S%u", number);
    struct scholarship_claim *claim = &stage->event.scholarship;
    claim->claim_id = text_of_string(ids[number]);
    claim->parent_claim_id = TEXT("C1");
    claim->child_birth_date = date(2012, 1, 1);
    claim->school_year = 2018 + draw(12);
    stage->event.time += 80 * MICROSECONDS_A_DAY;
    if (stage_apply(stage) == OUTCOME_APPLIED && chance(30)) {
        const char *late = ids[draw(number + 1)];
        stage_event(stage, EVENT_DOCUMENTS_COMPLETED, FIRST + 80);
        stage->event.documents = (struct documents_completed){text_of_string(late), FIRST + 70};
        (void)stage_apply(stage);
    }
}

/* What the approved claims of a child come to. */
static int64_t child_idr(const struct participant *participant, const char *child)
{
    int64_t sum_idr = 0;
    for (uint32_t i = 0; i < participant->claim_count; i++) {
        const struct claim *claim = &participant->claims[i];
        if (claim->type == CLAIM_SCHOLARSHIP && claim->approval > 0 &&
            claim->scholarship.child_hash == text_hash(text_of_string(child))) {
            cr_assert_eq(claim->line_count, 1);
            sum_idr += claim->lines[0].amount_idr;
        }
    }
    return sum_idr;
}

static void run_family(uint32_t seed)
{
    dice = seed;
    struct stage *stage = stage_new();
    stage_enrolled(stage, "M1", JAKON, MILLION, FIRST);
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    stage_death_claim(stage, "C1", "M1", FIRST + 60);
    stage->event.death.cause = CAUSE_WORK_ACCIDENT;
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    for (unsigned number = 0; number < 60; number++) {
        claim_for_a_child(stage, number);
        check_pairs(&stage->participant, seed);
        check_scholarships(&stage->participant, seed);
    }
    unsigned with_any = 0;
    for (size_t i = 0; i < COUNT_OF(children); i++) {
        const int64_t sum_idr = child_idr(&stage->participant, children[i]);
        cr_assert_leq(sum_idr, 87 * MILLION, "seed %u", seed);
        with_any += sum_idr > 0;
    }
    cr_assert_eq(with_any, 2, "seed %u: two children are paid", seed);
}

Test(random, scholarships_stay_within_their_limits)
{
    const uint32_t first = first_seed();
    for (uint32_t seed = first; seed < first + 60; seed++) {
        run_family(seed);
    }
}

/* The order of topics: each topic in its own order, merged in any way, ends the same. */

#define STORY_MOST 12
#define STORY_CLAIMS                                                                               \
    4 /* a death for each membership, an injury, a scholarship for the first death */

struct story {
    uint32_t seed;
    unsigned counts[3]; /* enrolments, contributions, claims */
};

struct ending {
    uint32_t count;
    struct {
        uint8_t verdict, reason;
        int64_t total_idr, months;
        uint32_t payments;
    } of[STORY_CLAIMS];
};

static bool story_is_bpu(const struct story *story, unsigned membership)
{
    return ((story->seed >> membership) & 1) != 0;
}

/* The same draws for the same event, whenever it comes. */
static uint32_t fixed(const struct story *story, unsigned topic, unsigned at, uint32_t below)
{
    dice = story->seed * 2654435761U + topic * 1000 + at;
    (void)draw(2);
    return draw(below);
}

static void tell_enrolment(struct stage *stage, const struct story *story, unsigned at)
{
    stage_enrolled(stage, memberships[at], story_is_bpu(story, at) ? BPU : PU, MILLION,
                   FIRST + (day_t)fixed(story, 0, at, 20));
    stage->event.time += (int64_t)fixed(story, 0, at + 8, 40) * MICROSECONDS_A_DAY;
    if (fixed(story, 0, at + 16, 3) == 0) {
        stage->event.enrolled.cover_to = FIRST + 45 + (day_t)fixed(story, 0, at + 24, 30);
    }
}

/* A BPU pays once: a part of its payments could let it lapse before the rest has come. */
static void tell_contribution(struct stage *stage, const struct story *story, unsigned at)
{
    const unsigned membership = at % 2;
    const bool bpu = story_is_bpu(story, membership);
    const unsigned nth = at / 2;
    const int64_t months = bpu ? 1 + fixed(story, 1, at, 4) : 1;
    stage_paid(stage, memberships[membership], day_month(FIRST) + (month_t)(bpu ? 0 : nth), months,
               refs[at % COUNT_OF(refs)]);
    stage->event.time =
        (int64_t)(FIRST + 20 + (day_t)fixed(story, 1, at + 8, 30)) * MICROSECONDS_A_DAY;
    stage->event.contribution.paid_at = stage->event.time;
    stage_line(stage, JKK, bpu ? 10000 * months : 2400);
    stage_line(stage, JKM, bpu ? 6800 * months : 3000);
}

/* The claims that are no deaths. */
static void tell_other_claim(struct stage *stage, const struct story *story, unsigned at,
                             day_t died_on)
{
    dice = story->seed + at;
    if (at == 2) {
        any_injury(stage);
        struct injury_claim *injury = &stage->event.injury;
        injury->claim_id = text_of_string(claims[at]);
        injury->membership_id = text_of_string(memberships[story->seed % 2]);
        injury->accident_on = died_on - 2;
        injury->unable_from = DAY_NONE;
        injury->documents_complete_on = died_on;
    } else {
        stage_event(stage, EVENT_SCHOLARSHIP_CLAIMED, died_on);
        stage->event.scholarship =
            (struct scholarship_claim){.claim_id = text_of_string(claims[at]),
                                       .parent_claim_id = text_of_string(claims[0]),
                                       .child_ref = TEXT("ADI"),
                                       .child_birth_date = date(2001, 1, 1) + (day_t)draw(6000),
                                       .level = (uint8_t)draw(SCHOOL_LEVEL_COUNT),
                                       .school_year = 2024,
                                       .payee_ref = TEXT("GUARDIAN"),
                                       .documents_complete_on = died_on};
    }
    stage->event.time = (int64_t)(died_on + 2) * MICROSECONDS_A_DAY;
}

static void tell_claim(struct stage *stage, const struct story *story, unsigned at)
{
    const day_t died_on = FIRST + 30 + (day_t)fixed(story, 2, 99, 60);
    if (at >= STORY_CLAIMS) {
        stage_event(stage, EVENT_DOCUMENTS_COMPLETED, died_on + 3);
        stage->event.documents = (struct documents_completed){
            text_of_string(claims[at - STORY_CLAIMS]), died_on + (day_t)fixed(story, 2, at, 3)};
        return;
    }
    if (at >= 2) {
        tell_other_claim(stage, story, at, died_on);
        return;
    }
    stage_death_claim(stage, claims[at], memberships[at], died_on);
    stage->event.death.cause = fixed(story, 2, 98, 2) == 0 ? CAUSE_ILLNESS : CAUSE_WORK_ACCIDENT;
    if (fixed(story, 2, at + 16, 2) == 0) {
        stage->event.death.documents_complete_on = DAY_NONE;
    }
}

static void tell(struct stage *stage, const struct story *story, unsigned topic, unsigned at)
{
    static char ids[3][STORY_MOST][16];
    static void (*const tellers[])(struct stage *, const struct story *,
                                   unsigned) = {tell_enrolment, tell_contribution, tell_claim};
    tellers[topic](stage, story, at);
    (void)snprintf(ids[topic][at], sizeof ids[topic][at], "T%u-%u", topic, at);
    stage->event.id = text_of_string(ids[topic][at]);
    (void)stage_apply(stage);
}

static struct ending end_of(struct stage *stage)
{
    struct ending ending;
    memset(&ending, 0, sizeof ending);
    ending.count = stage->participant.claim_count;
    for (uint32_t i = 0; i < ending.count; i++) {
        const struct claim *claim = stage_claim(stage, claims[i]);
        struct payee_payment payments[PAYEES_MAX];
        ending.of[i].verdict = claim->verdict;
        ending.of[i].reason = claim->reason;
        ending.of[i].payments = claim_payments(claim, payments);
        for (uint32_t k = 0; k < claim->line_count; k++) {
            ending.of[i].total_idr += claim->lines[k].amount_idr;
        }
        ending.of[i].months = i < 2 ? months_paid(stage_membership(stage, memberships[i])) : 0;
    }
    return ending;
}

static struct ending play(const struct story *story, uint32_t merge)
{
    struct stage *stage = stage_new();
    unsigned next[3] = {0, 0, 0};
    uint32_t order = merge;
    while (next[0] + next[1] + next[2] < story->counts[0] + story->counts[1] + story->counts[2]) {
        order = order * 1664525U + 1013904223U;
        unsigned topic = merge == 0 ? 0 : (order >> 20) % 3;
        while (next[topic] == story->counts[topic]) {
            topic = (topic + 1) % 3;
        }
        tell(stage, story, topic, next[topic]);
        next[topic]++;
    }
    cr_assert_eq(stage->participant.parked_count, 0, "seed %u", story->seed);
    return end_of(stage);
}

Test(random, the_order_of_topics_does_not_change_the_end)
{
    const uint32_t first = first_seed();
    unsigned verdicts[VERDICT_COUNT] = {0};
    unsigned injuries = 0;
    unsigned scholarships = 0;
    for (uint32_t seed = first; seed < first + 300; seed++) {
        struct story told = {.seed = seed, .counts = {2, 7, 2 * STORY_CLAIMS}};
        if (story_is_bpu(&told, 0) || story_is_bpu(&told, 1)) {
            told.counts[1] = 2;
        }
        const struct ending wanted = play(&told, 0);
        verdicts[wanted.of[0].verdict]++;
        injuries += wanted.of[2].total_idr > 0;
        scholarships += wanted.of[3].total_idr > 0;
        for (uint32_t merge = 1; merge <= 12; merge++) {
            const struct ending ending = play(&told, merge * 7919U);
            cr_assert_eq(memcmp(&ending, &wanted, sizeof ending), 0,
                         "seed %u, merge %u: %s %s, not %s %s", seed, merge,
                         term_name(&verdict_names, ending.of[0].verdict),
                         term_name(&reason_names, ending.of[0].reason),
                         term_name(&verdict_names, wanted.of[0].verdict),
                         term_name(&reason_names, wanted.of[0].reason));
        }
    }
    cr_assert_gt(verdicts[APPROVED], 30, "the stories are worth telling");
    cr_assert_gt(injuries, 20, "%u injuries paid", injuries);
    cr_assert_gt(scholarships, 10, "%u scholarships paid", scholarships);
    cr_assert_gt(verdicts[REJECTED] + verdicts[HELD], 30, "and do not all end well");
}
