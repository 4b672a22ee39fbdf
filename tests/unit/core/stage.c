#include "stage.h"

#include <criterion/criterion.h>
#include <stdio.h>

static struct stage the_stage;
static struct participant reread;
static uint8_t bytes_before[PARTICIPANT_BYTES_MAX], bytes_after[PARTICIPANT_BYTES_MAX],
    bytes_again[PARTICIPANT_BYTES_MAX];

struct stage *stage_new(void)
{
    struct stage *stage = &the_stage;
    stage->rules = *rules_fixture();
    stage->delivery = (struct delivery){
        .key_matches = true, .partition_matches = true, .kafka_time_us = TIME_NONE};
    stage->now = INT64_MIN;
    stage->offset = 40;
    stage->events = 0;
    participant_init(&stage->participant, TEXT("P1"));
    outputs_reset(&stage->outputs, 0, NULL);
    return stage;
}

void stage_event(struct stage *stage, enum event_type type, day_t recorded)
{
    memset(&stage->event, 0xA5, sizeof stage->event); /* what an event before it may have left */
    event_init(&stage->event, type);
    (void)snprintf(stage->id, sizeof stage->id, "E%u", ++stage->events);
    stage->event.id = text_of_string(stage->id);
    stage->event.source = TEXT("/test");
    stage->event.participant_id = TEXT("P1");
    stage->event.time =
        (int64_t)recorded * MICROSECONDS_A_DAY + INT64_C(5) * 3600 * MICROSECONDS_A_SECOND;
}

/* What is kept of a participant between events is its bytes: they must give it back. */
static size_t check_bytes(struct stage *stage, uint8_t *bytes)
{
    const size_t length = participant_encode(&stage->participant, bytes, PARTICIPANT_BYTES_MAX);
    cr_assert(participant_decode(&reread, TEXT("P1"), bytes, length), "bytes are not read back");
    cr_assert_eq(participant_encode(&reread, bytes_again, sizeof bytes_again), length);
    cr_assert_eq(memcmp(bytes, bytes_again, length), 0, "bytes do not read back the same");
    return length;
}

/* As in a lane, where a participant is unpacked for each event. */
static size_t unpack(struct stage *stage)
{
    const size_t length = check_bytes(stage, bytes_before);
    cr_assert(participant_decode(&stage->participant, TEXT("P1"), bytes_before, length));
    return length;
}

static void check_outputs(const struct stage *stage)
{
    for (uint32_t i = 0; i < stage->outputs.count; i++) {
        const struct output *output = &stage->outputs.items[i];
        if (output->kind == OUTPUT_EXCEPTION) {
            const struct exception *exception = &output->exception;
            const bool finding = (unsigned)exception->code < EXCEPTION_FINDING_COUNT;
            cr_assert_eq(exception->severity, finding ? SEVERITY_FINDING : SEVERITY_REJECTED);
            cr_assert(!finding || !exception->original_wanted);
        }
        cr_assert_eq(output->decision.head.now, stage->outputs.now);
    }
}

static enum outcome outcome_of(const struct stage *stage, bool parked)
{
    const struct outputs *outputs = &stage->outputs;
    if (parked) {
        return OUTCOME_PARKED;
    }
    if (outputs->applied > 0) {
        return OUTCOME_APPLIED; /* parked events that follow an enrolment count too */
    }
    return outputs->duplicates > 0 ? OUTCOME_DUPLICATE : OUTCOME_REJECTED;
}

enum outcome stage_apply(struct stage *stage)
{
    const size_t length_before = unpack(stage);
    const unsigned parked_before = stage->participant.parked_count;
    const struct place place = {
        .topic = TEXT("jaga.test"), .partition = 3, .offset = ++stage->offset};
    stage->now = stage->event.time > stage->now ? stage->event.time : stage->now;
    outputs_reset(&stage->outputs, stage->now, &place);
    transition_event(&stage->participant, &stage->event, &stage->delivery, &stage->rules,
                     &stage->outputs);
    const size_t length_after = check_bytes(stage, bytes_after);
    check_outputs(stage);
    const struct outputs *outputs = &stage->outputs;
    cr_assert_eq(outputs->input.offset, stage->offset, "parked events give the place back");
    const uint32_t counts = outputs->applied + outputs->duplicates + outputs->rejected;
    const bool parked = stage->participant.parked_count > parked_before;
    cr_assert_eq(counts, parked ? 0 : 1 + parked_before - stage->participant.parked_count);
    const enum outcome outcome = outcome_of(stage, parked);
    if (outcome == OUTCOME_REJECTED || outcome == OUTCOME_DUPLICATE) {
        cr_assert_eq(length_before, length_after, "a refusal leaves a trace");
        cr_assert_eq(memcmp(bytes_before, bytes_after, length_after), 0,
                     "a refusal leaves a trace");
        cr_assert_eq(outputs->count, outcome == OUTCOME_REJECTED ? 1 : 0);
    }
    return outcome;
}

bool stage_fire(struct stage *stage, int64_t now)
{
    stage->now = now > stage->now ? now : stage->now;
    if (participant_deadline(&stage->participant) > stage->now) {
        return false;
    }
    (void)unpack(stage);
    outputs_reset(&stage->outputs, stage->now, NULL);
    transition_timer(&stage->participant, &stage->rules, &stage->outputs);
    (void)check_bytes(stage, bytes_after);
    check_outputs(stage);
    for (uint32_t i = 0; i < stage->outputs.count; i++) {
        cr_assert_not(stage->outputs.items[i].decision.head.input_present);
    }
    return true;
}

void stage_enrolled(struct stage *stage, const char *membership, enum segment segment,
                    int64_t wage_idr, day_t cover_from)
{
    stage_event(stage, EVENT_ENROLLED, cover_from);
    struct enrolled *enrolled = &stage->event.enrolled;
    enrolled->membership_id = text_of_string(membership);
    enrolled->segment = (uint8_t)segment;
    enrolled->category = segment == PU_STATE ? TEXT("KPPS") : TEXT("OTHER");
    enrolled->programmes = WORK;
    enrolled->region_home = TEXT("36.71");
    enrolled->sponsor.kind = segment == BPU ? SPONSOR_SELF : SPONSOR_EMPLOYER;
    enrolled->risk_group = 1;
    enrolled->wage_idr = wage_idr;
    enrolled->cover_from = cover_from;
}

static day_t paid_on(month_t month)
{
    return month_first_day(month) + 9;
}

void stage_paid(struct stage *stage, const char *membership, month_t month, int64_t months,
                const char *ref)
{
    stage_event(stage, EVENT_CONTRIBUTION_PAID, paid_on(month));
    struct contribution *body = &stage->event.contribution;
    body->membership_id = text_of_string(membership);
    body->month = month;
    body->months = months;
    body->paid_at = stage->event.time;
    body->payment_ref = text_of_string(ref);
}

void stage_line(struct stage *stage, enum programme programme, int64_t amount_idr)
{
    struct contribution *body = &stage->event.contribution;
    body->lines[body->line_count++] =
        (struct contribution_line){.programme = (uint8_t)programme, .amount_idr = amount_idr};
}

void stage_reversed(struct stage *stage, const char *membership, month_t month, int64_t months,
                    const char *ref)
{
    stage_event(stage, EVENT_CONTRIBUTION_REVERSED, paid_on(month));
    struct contribution *body = &stage->event.contribution;
    body->membership_id = text_of_string(membership);
    body->month = month;
    body->months = months;
    body->payment_ref = text_of_string(ref);
    body->reason = TEXT("BOUNCED");
}

void stage_death_claim(struct stage *stage, const char *claim, const char *membership,
                       day_t died_on)
{
    stage_event(stage, EVENT_DEATH_CLAIM_FILED, died_on + 1);
    struct death_claim *death = &stage->event.death;
    death->claim_id = text_of_string(claim);
    death->membership_id = text_of_string(membership);
    death->died_on = died_on;
    death->cause = CAUSE_ILLNESS;
    death->heir.rank = HEIR_SPOUSE;
    death->heir.payee_ref = TEXT("HEIR");
    death->documents_complete_on = died_on + 1;
}

void stage_died(struct stage *stage, day_t died_on)
{
    stage_event(stage, EVENT_PARTICIPANT_DIED, died_on + 1);
    stage->event.died = (struct participant_died){died_on, EVIDENCE_FAMILY};
}

void stage_ended(struct stage *stage, const char *membership, day_t last_day)
{
    stage_event(stage, EVENT_MEMBERSHIP_ENDED, last_day);
    stage->event.ended =
        (struct membership_ended){text_of_string(membership), last_day, END_RESIGNED};
}

void stage_voided(struct stage *stage, const char *membership, day_t recorded)
{
    stage_event(stage, EVENT_ENROLLMENT_VOIDED, recorded);
    stage->event.voided = (struct enrollment_voided){text_of_string(membership), TEXT("TWICE")};
}

struct membership *stage_membership(struct stage *stage, const char *id)
{
    struct membership *membership = participant_membership(&stage->participant, text_of_string(id));
    cr_assert_not_null(membership, "no membership %s", id);
    return membership;
}

struct claim *stage_claim(struct stage *stage, const char *id)
{
    struct claim *claim = participant_claim(&stage->participant, text_of_string(id));
    cr_assert_not_null(claim, "no claim %s", id);
    return claim;
}

static const struct output *nth_output(const struct stage *stage, enum output_kind kind,
                                       uint32_t nth)
{
    for (uint32_t i = 0; i < stage->outputs.count; i++) {
        if (stage->outputs.items[i].kind == kind && nth-- == 0) {
            return &stage->outputs.items[i];
        }
    }
    cr_assert_fail("there is no such output among %u", stage->outputs.count);
    return NULL;
}

const struct decision *stage_decision(const struct stage *stage, uint32_t nth)
{
    return &nth_output(stage, OUTPUT_DECISION, nth)->decision;
}

const struct payment *stage_payment(const struct stage *stage, uint32_t nth)
{
    return &nth_output(stage, OUTPUT_PAYMENT, nth)->payment;
}

const struct exception *stage_exception(const struct stage *stage, uint32_t nth)
{
    return &nth_output(stage, OUTPUT_EXCEPTION, nth)->exception;
}

uint32_t stage_count(const struct stage *stage, enum output_kind kind)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < stage->outputs.count; i++) {
        count += stage->outputs.items[i].kind == kind;
    }
    return count;
}

void stage_expect_exception(const struct stage *stage, enum exception_code code, const char *detail,
                            const char *name)
{
    cr_assert_eq(stage_count(stage, OUTPUT_EXCEPTION), 1, "%s: %u exceptions", name,
                 stage_count(stage, OUTPUT_EXCEPTION));
    const struct exception *exception = stage_exception(stage, 0);
    cr_assert_eq(exception->code, code, "%s: %s", name,
                 term_name(&exception_code_names, exception->code));
    cr_assert(detail == NULL || text_equal(exception->detail, text_of_string(detail)),
              "%s: detail is %.*s", name, (int)exception->detail.length, exception->detail.at);
}

const char *outcome_name(enum outcome outcome)
{
    static const char *const names[] = {"APPLIED", "DUPLICATE", "REJECTED", "PARKED"};
    return names[outcome];
}
