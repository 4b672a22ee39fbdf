/* What is common to all events (events.md): the order of tests, the 8 ids, parked events, timers,
   judging, counts and tallies. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>

#include "core/cover.h"
#include "stage.h"

#define MILLION INT64_C(1000000)
#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define FROM date(2024, 1, 10)
#define WAIT (14 * MICROSECONDS_A_DAY)

static struct stage *stage_enrolled_on(enum segment segment)
{
    struct stage *stage = stage_new();
    stage_enrolled(stage, "M1", segment, MILLION, FROM);
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    return stage;
}

/* The order of tests: an event that fails all of them, mended one after the other. */

typedef void mend(struct stage *stage);

static void mend_key(struct stage *stage)
{
    stage->delivery.key_matches = true;
}
static void mend_partition(struct stage *stage)
{
    stage->delivery.partition_matches = true;
}
static void mend_envelope(struct stage *stage)
{
    stage->event.source = TEXT("/test");
}
static void mend_field(struct stage *stage)
{
    stage->event.contribution.months = 1;
}
static void mend_together(struct stage *stage)
{
    stage->event.contribution.line_count = 1;
}
static void mend_time(struct stage *stage)
{
    stage->delivery.kafka_time_us = stage->event.time - MICROSECONDS_A_DAY;
}
static void mend_id(struct stage *stage)
{
    stage->event.id = TEXT("another");
}
static void mend_date(struct stage *stage)
{
    stage->event.contribution.paid_at = stage->event.time;
}
static void mend_membership(struct stage *stage)
{
    stage->event.contribution.membership_id = TEXT("M1");
}
static void mend_month(struct stage *stage)
{
    stage->event.contribution.month = day_month(FROM);
}

struct mend_row {
    const char *name;
    enum exception_code code;
    mend *mend;
    const char *detail;
};

static const struct mend_row mend_rows[] = {
    {"key", EXCEPTION_KEY_MISMATCH, mend_key, ""},
    {"partition", EXCEPTION_PARTITION_MISMATCH, mend_partition, ""},
    {"a field of the envelope", EXCEPTION_INVALID_FIELD, mend_envelope,
     "field=source value= bytes=0 least=1 most=64"},
    {"a field of the body", EXCEPTION_INVALID_FIELD, mend_field,
     "field=months value=25 least=1 most=24"},
    {"fields together", EXCEPTION_INVALID_FIELD, mend_together, "field=lines twice=JKK"},
    {"time", EXCEPTION_INVALID_FIELD, mend_time,
     "field=time value=2024-01-10T05:00:00Z most=2024-01-10T04:59:59.999999Z"},
    {"the 8 ids", EXCEPTION_EVENT_CONFLICT, mend_id, ""},
    {"dates against the date of recording", EXCEPTION_INVALID_FIELD, mend_date,
     "field=paid_at value=2024-01-11 recorded=2024-01-10"},
    {"void membership", EXCEPTION_MEMBERSHIP_UNKNOWN, mend_membership,
     "field=membership_id value=M2"},
    {"what rules.md says", EXCEPTION_INTERVAL_INVALID, mend_month, NULL},
};

static void make_bad_event(struct stage *stage)
{
    stage_paid(stage, "M2", day_month(FROM) - 1, 25, "R1");
    stage->event.time =
        (int64_t)FROM * MICROSECONDS_A_DAY + INT64_C(5) * 3600 * MICROSECONDS_A_SECOND;
    stage->event.contribution.paid_at = stage->event.time + MICROSECONDS_A_DAY;
    stage_line(stage, JKK, 999 * MILLION);
    stage_line(stage, JKK, 999 * MILLION);
    stage->event.id = TEXT("E1"); /* that of the enrolment */
    stage->event.source = TEXT("");
    stage->delivery =
        (struct delivery){.key_matches = false,
                          .partition_matches = false,
                          .kafka_time_us = stage->event.time - MICROSECONDS_A_DAY - 1};
}

Test(transition, tests_come_in_order)
{
    struct stage *stage = stage_enrolled_on(JAKON);
    stage_enrolled(stage, "M2", JAKON, MILLION, FROM);
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    stage_voided(stage, "M2", FROM);
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    make_bad_event(stage);
    for (size_t i = 0; i < COUNT_OF(mend_rows); i++) {
        const struct mend_row *row = &mend_rows[i];
        cr_assert_eq(stage_apply(stage), OUTCOME_REJECTED, "%s", row->name);
        stage_expect_exception(stage, row->code, row->detail, row->name);
        cr_expect(stage_exception(stage, 0)->original_wanted, "%s", row->name);
        row->mend(stage);
    }
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    cr_expect_eq(stage->outputs.count, 0);
}

/* More than a day after the record's own Kafka timestamp. */
Test(transition, time_against_the_kafka_timestamp)
{
    static const struct {
        int64_t ahead_us;
        bool refused;
    } rows[] = {{0, false},
                {-INT64_C(400) * MICROSECONDS_A_DAY, false},
                {MICROSECONDS_A_DAY, false},
                {MICROSECONDS_A_DAY + 1, true}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stage *stage = stage_new();
        stage_enrolled(stage, "M1", PU, MILLION, FROM);
        stage->delivery.kafka_time_us = stage->event.time - rows[i].ahead_us;
        cr_expect_eq(event_time_is_refused(&stage->event, stage->delivery.kafka_time_us),
                     rows[i].refused);
        cr_expect_eq(stage_apply(stage), rows[i].refused ? OUTCOME_REJECTED : OUTCOME_APPLIED);
    }
    const struct event event = {.time = INT64_MAX};
    cr_expect(event_time_is_refused(&event, INT64_MIN + 1), "the difference does not overflow");
}

Test(transition, takes_any_kafka_timestamp)
{
    static const struct {
        int64_t timestamp_ms, time_us;
    } rows[] = {{1707872100123, INT64_C(1707872100123000)},
                {-1, -1000},
                {INT64_MAX / 1000, INT64_MAX / 1000 * 1000},
                {INT64_MAX / 1000 + 1, INT64_MAX},
                {INT64_MAX, INT64_MAX},
                {INT64_MIN / 1000 - 1, INT64_MIN + 1},
                {INT64_MIN, INT64_MIN + 1}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        cr_expect_eq(kafka_time(rows[i].timestamp_ms), rows[i].time_us, "row %zu", i);
        cr_expect_neq(kafka_time(rows[i].timestamp_ms), TIME_NONE);
    }
}

/* The 8 ids. */

static void another_event(struct stage *stage)
{
    stage_event(stage, EVENT_EXTERNAL_BENEFIT_RECORDED, FROM);
    stage->event.external = (struct external_benefit){
        .payer = TEXT("KPU"), .amount_idr = 1, .paid_on = FROM, .kind = TEXT("grant")};
}

Test(transition, an_id_again_is_a_duplicate_or_a_conflict)
{
    struct stage *stage = stage_new();
    another_event(stage);
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    cr_expect_eq(stage_apply(stage), OUTCOME_DUPLICATE);
    stage->event.time += MICROSECONDS_A_DAY;
    cr_expect_eq(stage_apply(stage), OUTCOME_DUPLICATE, "the first time stands");
    stage->event.batch_id = TEXT("B1");
    cr_expect_eq(stage_apply(stage), OUTCOME_DUPLICATE, "type and body are compared");
    stage->event.external.amount_idr = 2;
    cr_expect_eq(stage_apply(stage), OUTCOME_REJECTED);
    stage_expect_exception(stage, EXCEPTION_EVENT_CONFLICT, NULL, "another body");
    stage->event.source = TEXT("/other");
    cr_expect_eq(stage_apply(stage), OUTCOME_APPLIED, "an id is unique within its source");
}

Test(transition, the_same_id_of_another_type_is_a_conflict)
{
    struct stage *stage = stage_enrolled_on(PU);
    another_event(stage);
    stage->event.id = TEXT("E1");
    cr_expect_eq(stage_apply(stage), OUTCOME_REJECTED);
    stage_expect_exception(stage, EXCEPTION_EVENT_CONFLICT, NULL, "another type");
}

Test(transition, the_last_8_ids_are_remembered)
{
    struct stage *stage = stage_new();
    another_event(stage);
    const struct event first = stage->event;
    char first_id[16];
    memcpy(first_id, stage->id, sizeof first_id);
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    for (int i = 0; i < 7; i++) {
        another_event(stage);
        cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
        cr_expect_eq(stage_apply(stage), OUTCOME_DUPLICATE, "a duplicate renews no place");
    }
    stage->event = first;
    stage->event.id = text_of_string(first_id);
    cr_expect_eq(stage_apply(stage), OUTCOME_DUPLICATE, "the eighth last");
    another_event(stage);
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    stage->event = first;
    stage->event.id = text_of_string(first_id);
    cr_expect_eq(stage_apply(stage), OUTCOME_APPLIED, "the ninth last: only the ids prevent it");
}

Test(transition, refused_events_may_be_sent_again)
{
    struct stage *stage = stage_new();
    stage_ended(stage, "M1", FROM);
    cr_assert_eq(stage_apply(stage), OUTCOME_REJECTED);
    cr_assert_eq(stage_apply(stage), OUTCOME_REJECTED);
    const struct event refused = stage->event;
    char refused_id[16];
    memcpy(refused_id, stage->id, sizeof refused_id);
    stage_enrolled(stage, "M1", PU, MILLION, FROM);
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    stage->event = refused;
    stage->event.id = text_of_string(refused_id);
    cr_expect_eq(stage_apply(stage), OUTCOME_APPLIED);
}

/* Parked events. */

Test(transition, a_contribution_without_its_enrolment_is_parked)
{
    struct stage *stage = stage_new();
    stage_paid(stage, "M1", day_month(FROM), 1, "R1");
    stage->event.batch_id = TEXT("B1");
    stage_line(stage, JKK, 10000);
    cr_assert_eq(stage_apply(stage), OUTCOME_PARKED);
    stage_expect_exception(stage, EXCEPTION_PARKED, "membership_id=M1", "parked");
    cr_expect_eq(stage->outputs.tally_count, 0, "still parked ones are no part of a batch");
    cr_expect_eq(participant_deadline(&stage->participant), stage->now + WAIT);
    cr_expect_eq(stage->participant.recent_count, 0, "parked events are not remembered");
}

/* Three for M1, one for M2 between: each gets its place, in order, behind the enrolment's own. */
static struct stage *stage_with_parked(void)
{
    static const char *const memberships[] = {"M1", "M2", "M1", "M1"};
    static const char *const refs[] = {"R1", "R1", "R3", "R4"};
    struct stage *stage = stage_new();
    for (int i = 0; i < 4; i++) {
        stage_paid(stage, memberships[i], day_month(FROM) + i, 1, refs[i]);
        stage->event.time = (int64_t)(FROM + i) * MICROSECONDS_A_DAY;
        stage->event.contribution.paid_at = stage->event.time;
        stage->event.batch_id = TEXT("B1");
        stage_line(stage, JKK, i == 2 ? 1 : 10000);
        stage_line(stage, JKM, 6800);
        cr_assert_eq(stage_apply(stage), OUTCOME_PARKED);
    }
    return stage;
}

Test(transition, parked_events_follow_the_enrolment_in_order)
{
    struct stage *stage = stage_with_parked();
    stage_enrolled(stage, "M1", BPU, MILLION, FROM);
    stage->event.time = (int64_t)(FROM + 9) * MICROSECONDS_A_DAY;
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    cr_expect_eq(stage->outputs.applied, 4);
    cr_expect_eq(stage->participant.parked_count, 1, "that of M2 stays");
    cr_assert_eq(stage->outputs.count, 2);
    const struct exception *backdated = stage_exception(stage, 0);
    cr_expect_eq(backdated->code, EXCEPTION_BACKDATED);
    cr_expect_eq(backdated->head.input.offset, 45, "the enrolment's own place");
    const struct exception *under = stage_exception(stage, 1);
    cr_expect_eq(under->code, EXCEPTION_UNDERPAID);
    cr_expect_eq(under->head.input.offset, 43, "the place of the parked event");
    cr_expect(text_equal(under->head.input.topic, TEXT("jaga.test")));
    cr_expect_eq(under->head.input.partition, 3);
    cr_expect_eq(under->head.now, stage->now);
    cr_expect(text_equal(under->id, TEXT("E3")));
    const struct membership *membership = stage_membership(stage, "M1");
    cr_expect_eq(months_paid(membership), 2);
    cr_expect(month_is_paid(membership, day_month(FROM)));
    cr_expect(month_is_paid(membership, day_month(FROM) + 3));
    cr_expect_eq(membership->first_paid_day, FROM);
    unsigned batches = 0, money = 0;
    for (uint32_t i = 0; i < stage->outputs.tally_count; i++) {
        const struct tally_change *tally = &stage->outputs.tallies[i];
        batches += tally->kind == TALLY_BATCH && tally->applied == 1;
        money += tally->kind == TALLY_CONTRIBUTIONS_IDR;
    }
    cr_expect_eq(batches, 3);
    cr_expect_eq(money, 6);
}

Test(transition, parked_events_are_tested_when_they_come_next)
{
    struct stage *stage = stage_new();
    for (int i = 0; i < 3; i++) { /* the second repeats the first, the third its ref */
        stage_paid(stage, "M1", day_month(FROM), 1, "R1");
        stage->event.time = (int64_t)FROM * MICROSECONDS_A_DAY;
        stage->event.contribution.paid_at = stage->event.time;
        if (i < 2) {
            stage->event.id = TEXT("same");
        }
        cr_assert_eq(stage_apply(stage), OUTCOME_PARKED);
    }
    stage_paid(stage, "M1", day_month(FROM) - 1, 1, "R2");
    stage->event.time = (int64_t)FROM * MICROSECONDS_A_DAY;
    stage->event.contribution.paid_at = stage->event.time;
    cr_assert_eq(stage_apply(stage), OUTCOME_PARKED);
    stage_enrolled(stage, "M1", JAKON, MILLION, FROM);
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    cr_expect_eq(stage->outputs.applied, 2);
    cr_expect_eq(stage->outputs.duplicates, 2);
    cr_expect_eq(stage->outputs.rejected, 1);
    stage_expect_exception(stage, EXCEPTION_INTERVAL_INVALID, NULL, "before the cover");
    cr_expect_not(stage_exception(stage, 0)->original_wanted, "the record is no longer at hand");
    cr_expect_eq(stage_exception(stage, 0)->head.input.offset, 44);
}

Test(transition, a_parked_reversal_finds_its_payment)
{
    struct stage *stage = stage_new();
    stage_paid(stage, "M1", day_month(FROM), 2, "R1");
    cr_assert_eq(stage_apply(stage), OUTCOME_PARKED);
    stage_reversed(stage, "M1", day_month(FROM) + 1, 1, "R1");
    cr_assert_eq(stage_apply(stage), OUTCOME_PARKED);
    stage_enrolled(stage, "M1", JAKON, MILLION, FROM);
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    cr_expect_eq(stage->outputs.applied, 3);
    cr_expect_eq(months_paid(stage_membership(stage, "M1")), 1);
}

/* The enrolment is applied and the claims judged, then each parked event. */
Test(transition, claims_are_judged_between_parked_events)
{
    struct stage *stage = stage_new();
    stage_death_claim(stage, "C1", "M1", FROM + 40);
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    cr_expect_eq(stage_claim(stage, "C1")->reason, REASON_MEMBERSHIP_UNKNOWN);
    for (int i = 0; i < 2; i++) {
        stage_paid(stage, "M1", day_month(FROM) + i, 1, i == 0 ? "R1" : "R2");
        stage->event.contribution.paid_at = stage->event.time = (int64_t)FROM * MICROSECONDS_A_DAY;
        stage_line(stage, JKK, 10000);
        stage_line(stage, JKM, 6800);
        cr_assert_eq(stage_apply(stage), OUTCOME_PARKED);
    }
    stage_enrolled(stage, "M1", BPU, MILLION, FROM);
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    static const uint8_t reasons[] = {REASON_NO_CONTRIBUTION, REASON_IN_GRACE, REASON_OK};
    static const int64_t offsets[] = {44, 42, 43};
    cr_assert_eq(stage_count(stage, OUTPUT_DECISION), 3);
    for (uint32_t i = 0; i < 3; i++) {
        const struct decision *decision = stage_decision(stage, i);
        cr_expect_eq(decision->reason, reasons[i], "%u", i);
        cr_expect_eq(decision->revision, i + 2);
        cr_expect_eq(decision->head.input.offset, offsets[i], "%u", i);
    }
    cr_expect_eq(stage_payment(stage, 0)->head.input.offset, 43);
    cr_expect_eq(stage_decision(stage, 2)->total_idr, 10 * MILLION, "40 days of cover");
}

Test(transition, at_most_8_are_parked)
{
    struct stage *stage = stage_new();
    for (int i = 0; i <= PARKED_MAX; i++) {
        stage_paid(stage, i % 2 == 0 ? "M1" : "M2", day_month(FROM), 1, "R1");
        cr_expect_eq(stage_apply(stage), i < PARKED_MAX ? OUTCOME_PARKED : OUTCOME_REJECTED);
    }
    stage_expect_exception(stage, EXCEPTION_TOO_MANY, "field=parked most=8", "the ninth");
    stage_enrolled(stage, "M1", JAKON, MILLION, FROM);
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    cr_expect_eq(stage->participant.parked_count, 4);
    stage_paid(stage, "M3", day_month(FROM), 1, "R1");
    cr_expect_eq(stage_apply(stage), OUTCOME_PARKED, "there is room again");
}

/* Timers. */

Test(transition, a_parked_event_is_given_up_when_its_time_has_come)
{
    struct stage *stage = stage_new();
    stage_paid(stage, "M1", day_month(FROM), 1, "R1");
    stage->event.batch_id = TEXT("B1");
    cr_assert_eq(stage_apply(stage), OUTCOME_PARKED);
    const int64_t parked_at = stage->now;
    cr_expect_not(stage_fire(stage, parked_at + WAIT - 1));
    cr_assert(stage_fire(stage, parked_at + WAIT), "reached is enough");
    stage_expect_exception(stage, EXCEPTION_MEMBERSHIP_UNKNOWN,
                           "membership_id=M1 topic=jaga.test partition=3 offset=41", "given up");
    const struct exception *exception = stage_exception(stage, 0);
    cr_expect(text_equal(exception->id, TEXT("E1")));
    cr_expect(text_equal(exception->source, TEXT("/test")));
    cr_expect(text_equal(exception->participant_id, TEXT("P1")));
    cr_expect(text_equal(exception->type, TEXT("ContributionPaid")));
    cr_expect_not(exception->original_wanted);
    cr_expect_eq(stage->outputs.rejected, 1);
    cr_assert_eq(stage->outputs.tally_count, 1);
    cr_expect_eq(stage->outputs.tallies[0].refused, 1);
    cr_expect(participant_is_empty(&stage->participant));
    cr_expect_eq(participant_deadline(&stage->participant), INT64_MAX);
}

Test(transition, a_claim_waits_for_its_membership)
{
    struct stage *stage = stage_new();
    stage_death_claim(stage, "C1", "M1", FROM + 10);
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    const int64_t filed_at = stage->now;
    another_event(stage);
    stage->event.time = filed_at + WAIT / 2;
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    cr_expect_eq(stage_count(stage, OUTPUT_DECISION), 0, "nothing new");
    cr_expect_not(stage_fire(stage, filed_at + WAIT - 1), "the clock at filing counts");
    cr_assert(stage_fire(stage, filed_at + WAIT));
    const struct decision *decision = stage_decision(stage, 0);
    cr_expect_eq(decision->verdict, REJECTED);
    cr_expect_eq(decision->reason, REASON_MEMBERSHIP_UNKNOWN);
    cr_expect_eq(decision->revision, 2);
    cr_expect_not(stage_fire(stage, filed_at + 10 * WAIT), "final");
    stage_enrolled(stage, "M1", JAKON, MILLION, FROM);
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    cr_expect_eq(stage_count(stage, OUTPUT_DECISION), 0);
}

Test(transition, a_claim_that_waits_for_documents_has_no_deadline)
{
    struct stage *stage = stage_enrolled_on(JAKON);
    stage_death_claim(stage, "C1", "M1", FROM + 10);
    stage->event.death.documents_complete_on = DAY_NONE;
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    cr_assert_eq(stage_claim(stage, "C1")->reason, REASON_DOCUMENTS_MISSING);
    cr_expect_eq(participant_deadline(&stage->participant), INT64_MAX);
}

/* By deadline, then parked events in order, then claims in order of filing. */
Test(transition, timers_fire_in_order)
{
    struct stage *stage = stage_new();
    static const char *const order[] = {"C0", "E2", "E4", "C1", "C2", "E6"};
    for (int i = 0; i < 6; i++) {
        static const int at[] = {0, 1, 1, 1, 1, 2}; /* days */
        static const int apply[] = {0, 3, 1, 4, 2, 5};
        const int which = apply[i];
        const bool is_claim = order[which][0] == 'C';
        if (is_claim) {
            stage_death_claim(stage, order[which], "M1", FROM - 10);
        } else {
            stage_paid(stage, "M1", day_month(FROM) + which, 1, "R1");
        }
        stage->event.id = text_of_string(order[which]);
        stage->event.time = (int64_t)(FROM + at[which]) * MICROSECONDS_A_DAY;
        if (!is_claim) {
            stage->event.contribution.paid_at = stage->event.time;
        }
        cr_assert_eq(stage_apply(stage), is_claim ? OUTCOME_APPLIED : OUTCOME_PARKED);
    }
    for (size_t i = 0; i < COUNT_OF(order); i++) {
        cr_assert(stage_fire(stage, stage->now + 10 * WAIT), "%s", order[i]);
        cr_assert_eq(stage->outputs.count, 1);
        const struct text fired =
            order[i][0] == 'C' ? stage_decision(stage, 0)->claim_id : stage_exception(stage, 0)->id;
        cr_expect(text_equal(fired, text_of_string(order[i])), "%s, not %.*s", order[i],
                  (int)fired.length, fired.at);
    }
    cr_expect_not(stage_fire(stage, INT64_MAX - 1));
}

/* A claim of the other programme that is given up frees the one that it held. */
Test(transition, a_timer_lets_the_others_be_judged)
{
    struct stage *stage = stage_enrolled_on(JAKON);
    stage_death_claim(stage, "C1", "M9", FROM + 10);
    stage->event.death.cause = CAUSE_WORK_ACCIDENT;
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    stage_death_claim(stage, "C2", "M1", FROM + 10);
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    cr_assert_eq(stage_claim(stage, "C2")->reason, REASON_MIXED_PROGRAMMES);
    cr_assert(stage_fire(stage, stage->now + WAIT));
    cr_assert_eq(stage_count(stage, OUTPUT_DECISION), 2);
    cr_expect_eq(stage_decision(stage, 1)->verdict, APPROVED);
    cr_expect_eq(stage_count(stage, OUTPUT_PAYMENT), 1);
}

Test(transition, no_timer_fires_before_its_time, .signal = SIGABRT)
{
    struct stage *stage = stage_new();
    outputs_reset(&stage->outputs, stage->now, NULL);
    transition_timer(&stage->participant, &stage->rules, &stage->outputs);
}

/* Judging. */

Test(transition, later_facts_judge_open_claims_again)
{
    struct stage *stage = stage_enrolled_on(BPU);
    stage_death_claim(stage, "C1", "M1", FROM + 10);
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    cr_assert_eq(stage_claim(stage, "C1")->reason, REASON_NO_CONTRIBUTION);
    stage_paid(stage, "M1", day_month(FROM), 1, "R1");
    stage->event.contribution.paid_at = (int64_t)FROM * MICROSECONDS_A_DAY;
    stage_line(stage, JKK, 10000);
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    cr_expect_eq(stage_count(stage, OUTPUT_DECISION), 0, "underpaid: nothing changed");
    stage_line(stage, JKM, 6800);
    stage->event.id = TEXT("again");
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    cr_expect_eq(stage_decision(stage, 0)->verdict, APPROVED);
    cr_expect_eq(stage_count(stage, OUTPUT_PAYMENT), 1);
}

/* APPROVED_CLAIM_CONTRADICTED: by events of two topics only, once. */

static void approve_claim(struct stage *stage)
{
    stage_paid(stage, "M1", day_month(FROM), 2, "R1");
    stage->event.time = stage->event.contribution.paid_at = (int64_t)FROM * MICROSECONDS_A_DAY;
    stage_line(stage, JKK, 20000);
    stage_line(stage, JKM, 13600);
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    stage_death_claim(stage, "C1", "M1", FROM + 10);
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    cr_assert_eq(stage_claim(stage, "C1")->verdict, APPROVED);
}

static void contradict_by_end(struct stage *stage)
{
    stage_ended(stage, "M1", FROM + 9);
}
static void contradict_by_void(struct stage *stage)
{
    stage_voided(stage, "M1", FROM + 20);
}
static void contradict_by_reversal(struct stage *stage)
{
    stage_reversed(stage, "M1", day_month(FROM), 2, "R1");
}
static void contradict_by_programmes(struct stage *stage)
{
    stage_event(stage, EVENT_PROGRAMMES_CHANGED, FROM + 20);
    stage->event.change = (struct change){
        .membership_id = TEXT("M1"), .programmes = 1U << JKK, .effective_from = FROM + 10};
}

Test(transition, an_approved_claim_is_contradicted_once)
{
    static mend *const by[] = {contradict_by_end, contradict_by_void, contradict_by_reversal,
                               contradict_by_programmes};
    for (size_t i = 0; i < COUNT_OF(by); i++) {
        struct stage *stage = stage_enrolled_on(BPU);
        approve_claim(stage);
        by[i](stage);
        cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED, "%zu", i);
        stage_expect_exception(stage, EXCEPTION_APPROVED_CLAIM_CONTRADICTED, "claim_id=C1", "once");
        cr_expect_eq(stage_count(stage, OUTPUT_DECISION), 0, "nothing is taken back");
        by[(i + 2) % COUNT_OF(by)](stage);
        (void)stage_apply(stage);
        cr_expect(stage->outputs.count == 0 ||
                  stage_exception(stage, 0)->code != EXCEPTION_APPROVED_CLAIM_CONTRADICTED);
    }
}

Test(transition, what_changes_no_line_contradicts_nothing)
{
    struct stage *stage = stage_enrolled_on(BPU);
    approve_claim(stage);
    stage_ended(stage, "M1", FROM + 10);
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    cr_expect_eq(stage->outputs.count, 0, "the day of death is covered");
    stage_event(stage, EVENT_WAGE_CHANGED, FROM + 20);
    stage->event.change = (struct change){
        .membership_id = TEXT("M1"), .wage_idr = 2 * MILLION, .effective_from = FROM};
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    cr_expect_eq(stage->outputs.count, 0, "JKM is a fixed sum");
}

/* Batches. */

Test(transition, a_batch_counts_what_was_applied)
{
    struct stage *stage = stage_new();
    stage_enrolled(stage, "M1", BPU, MILLION, FROM);
    stage->event.batch_id = TEXT("B1");
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    cr_assert_eq(stage->outputs.tally_count, 1);
    cr_expect_eq(stage->outputs.tallies[0].kind, TALLY_BATCH);
    cr_expect(text_equal(stage->outputs.tallies[0].batch_id, TEXT("B1")));
    cr_expect_eq(stage->outputs.tallies[0].applied, 1);
    cr_expect_eq(stage->outputs.tallies[0].amount_idr, 0);
    cr_assert_eq(stage_apply(stage), OUTCOME_DUPLICATE);
    cr_expect_eq(stage->outputs.tally_count, 0, "a duplicate is no part of it");
    stage_paid(stage, "M1", day_month(FROM), 1, "R1");
    stage->event.batch_id = TEXT("B1");
    stage_line(stage, JKK, 7);
    stage_line(stage, JKM, 5);
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED, "underpaid, and applied");
    const struct tally_change *tally = &stage->outputs.tallies[stage->outputs.tally_count - 1];
    cr_expect_eq(tally->kind, TALLY_BATCH);
    cr_expect_eq(tally->amount_idr, 12);
    stage->event.id = TEXT("E9");
    stage->event.contribution.months = 99;
    cr_assert_eq(stage_apply(stage), OUTCOME_REJECTED);
    cr_assert_eq(stage->outputs.tally_count, 1);
    cr_expect_eq(stage->outputs.tallies[0].refused, 1);
    cr_expect_eq(stage->outputs.tallies[0].applied, 0);
    cr_expect_eq(stage->outputs.tallies[0].amount_idr, 0);
}

Test(transition, a_batch_id_that_is_none_names_no_batch)
{
    static char longer[66];
    memset(longer, 'b', sizeof longer - 1);
    struct stage *stage = stage_new();
    stage_enrolled(stage, "M1", BPU, MILLION, FROM);
    stage->event.batch_id = text_of(longer, 65);
    cr_assert_eq(stage_apply(stage), OUTCOME_REJECTED);
    cr_expect_eq(stage->outputs.tally_count, 0);
    stage->event.batch_id = text_of(longer, 64);
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    cr_expect_eq(stage->outputs.tally_count, 1);
}

Test(transition, events_of_reference_do_not_come_here, .signal = SIGABRT)
{
    struct stage *stage = stage_new();
    stage_event(stage, EVENT_BASE_PUBLISHED, FROM);
    (void)stage_apply(stage);
}
