#include <criterion/criterion.h>
#include <signal.h>

#include "core/participant.h"

/* The goldens were computed apart from this code, from the layout in docs/participant-bytes.md. */

static struct event died_event(void)
{
    struct event event;
    event_init(&event, EVENT_PARTICIPANT_DIED);
    event.time = 1;
    event.id = TEXT("e-1");
    event.source = TEXT("/test");
    event.participant_id = TEXT("P1");
    event.died.died_on = 19767;
    event.died.evidence = EVIDENCE_FAMILY;
    return event;
}

static struct event paid_event(void)
{
    struct event event;
    event_init(&event, EVENT_CONTRIBUTION_PAID);
    event.contribution.membership_id = TEXT("12345678901");
    event.contribution.month = 2024 * 12 + 1;
    event.contribution.months = 2;
    event.contribution.line_count = 2;
    event.contribution.lines[0] = (struct contribution_line){JKK, 20000};
    event.contribution.lines[1] = (struct contribution_line){JKM, 13600};
    event.contribution.paid_at = INT64_C(1707929700000000);
    event.contribution.payment_ref = TEXT("TRX-1");
    return event;
}

static struct event injury_event(void)
{
    struct event event;
    event_init(&event, EVENT_INJURY_CLAIM_FILED);
    event.injury.claim_id = TEXT("C1");
    event.injury.membership_id = TEXT("M1");
    event.injury.accident_on = -1;
    event.injury.cause = CAUSE_COMMUTE_ACCIDENT;
    event.injury.payee_ref = TEXT("acc");
    event.injury.disability.kind = DISABILITY_NONE;
    event.injury.treatment_present = true;
    event.injury.treatment.payee_ref = TEXT("rs");
    event.injury.treatment.cost_idr = 5;
    return event;
}

static struct event enrolled_event(void)
{
    struct event event;
    event_init(&event, EVENT_ENROLLED);
    event.enrolled.membership_id = TEXT("M1");
    event.enrolled.segment = BPU;
    event.enrolled.category = TEXT("OJOL");
    event.enrolled.programmes = 1U << JKK | 1U << JKM;
    event.enrolled.region_home = TEXT("36.74");
    event.enrolled.sponsor.kind = SPONSOR_SELF;
    event.enrolled.risk_group = 1;
    event.enrolled.wage_idr = 1000000;
    event.enrolled.cover_from = 19000;
    return event;
}

Test(hash, takes_type_and_body_in_the_order_of_the_table)
{
    const struct event died = died_event();
    const struct event paid = paid_event();
    const struct event injury = injury_event();
    const struct event enrolled = enrolled_event();
    cr_assert_eq(body_hash(&died), UINT64_C(0x62570D6E093C2886));
    cr_assert_eq(body_hash(&paid), UINT64_C(0xF913BB8603170495));
    cr_assert_eq(body_hash(&injury), UINT64_C(0x4123360E7090BCA3));
    cr_assert_eq(body_hash(&enrolled), UINT64_C(0xCA3722A4229597A8));
}

Test(hash, leaves_the_envelope_out)
{
    const struct event before = died_event();
    struct event after = before;
    after.time = 2;
    after.id = TEXT("e-2");
    after.source = TEXT("/other");
    after.batch_id = TEXT("b");
    cr_assert_eq(body_hash(&before), body_hash(&after));
}

Test(hash, takes_null_like_empty)
{
    const struct event before = enrolled_event();
    struct event after = before;
    after.enrolled.employer_id = TEXT("");
    cr_assert_eq(body_hash(&before), body_hash(&after));
}

Test(hash, changes_with_every_field_of_a_body)
{
    const struct event before = paid_event();
    struct event rows[11];
    for (size_t i = 0; i < 11; i++) {
        rows[i] = before;
    }
    rows[0].contribution.membership_id = TEXT("12345678902");
    rows[1].contribution.month++;
    rows[2].contribution.months++;
    rows[3].contribution.line_count = 1;
    rows[4].contribution.lines[1].programme = JHT;
    rows[5].contribution.lines[1].amount_idr++;
    rows[6].contribution.relief = TEXT("PP7-2025");
    rows[7].contribution.paid_at++;
    rows[8].contribution.payer_present = true; /* null is not a payer SELF */
    rows[9].contribution.payment_ref = TEXT("TRX-2");
    event_init(&rows[10], EVENT_CONTRIBUTION_REVERSED);
    rows[10].contribution = before.contribution;
    rows[10].contribution.reason = TEXT("");
    for (size_t i = 0; i < 11; i++) {
        cr_assert_neq(body_hash(&before), body_hash(&rows[i]), "row %zu", i);
    }
}

Test(hash, does_not_move_a_border_between_two_texts)
{
    struct event a = injury_event();
    struct event b = injury_event();
    a.injury.claim_id = TEXT("C12");
    a.injury.membership_id = TEXT("3");
    b.injury.claim_id = TEXT("C1");
    b.injury.membership_id = TEXT("23");
    cr_assert_neq(body_hash(&a), body_hash(&b));
}

Test(hash, holds_the_longest_body_that_passes_the_checks)
{
    static char note[NOTE_BYTES_MAX];
    memset(note, 'x', sizeof note);
    struct event event = injury_event();
    event.injury.claim_id = text_of(note, CLAIM_ID_BYTES_MAX);
    event.injury.membership_id = text_of(note, MEMBERSHIP_ID_BYTES_MAX);
    event.injury.payee_ref = text_of(note, TEXT_BYTES_MAX);
    event.injury.treatment.payee_ref = text_of(note, TEXT_BYTES_MAX);
    event.injury.transport_count = TRANSPORT_MAX;
    for (unsigned i = 0; i < TRANSPORT_MAX; i++) {
        event.injury.transport[i] = (struct transport){TRANSPORT_LAND, 1};
    }
    cr_assert_neq(body_hash(&event), 0);
    event_init(&event, EVENT_CLAIM_REVIEWED);
    event.reviewed.claim_id = text_of(note, CLAIM_ID_BYTES_MAX);
    event.reviewed.reviewer = text_of(note, TEXT_BYTES_MAX);
    event.reviewed.verdict = REVIEW_APPROVE;
    event.reviewed.note = text_of(note, sizeof note);
    cr_assert_neq(body_hash(&event), 0);
}

Test(hash, joins_id_and_body_in_a_recent_id)
{
    const struct event event = died_event();
    const uint64_t body = body_hash(&event);
    const uint64_t recent = recent_hash(&event, body);
    cr_assert_eq(recent & RECENT_ID_MASK, UINT64_C(0xE2F27E75B4D2));
    cr_assert_eq(recent >> 48, body & 0xFFFF);
    struct event other = event;
    other.id = TEXT("e-2");
    cr_assert_neq(recent_hash(&other, body) & RECENT_ID_MASK, recent & RECENT_ID_MASK);
    other = event;
    other.source = TEXT("/teste");
    other.id = TEXT("-1");
    cr_assert_neq(recent_hash(&other, body) & RECENT_ID_MASK, recent & RECENT_ID_MASK);
    cr_assert_eq(recent_hash(&event, body + 1) & RECENT_ID_MASK, recent & RECENT_ID_MASK);
    cr_assert_neq(recent_hash(&event, body + 1), recent);
}

Test(hash, of_a_text_and_of_a_payment_ref)
{
    cr_assert_eq(text_hash(TEXT("TRX-1")), UINT64_C(0xC6873760D51937DC));
    cr_assert_eq(ref_hash(TEXT("TRX-1")), UINT32_C(0xD51937DC));
    cr_assert_eq(text_hash((struct text){0}), text_hash(TEXT("")));
    cr_assert_neq(ref_hash(TEXT("TRX-1")), ref_hash(TEXT("TRX-2")));
}

Test(hash, keeps_a_sponsors_kind_readable)
{
    cr_assert_eq(sponsor_value(SPONSOR_NPHD, (struct text){0}), SPONSOR_NPHD);
    cr_assert_eq(sponsor_value(SPONSOR_NPHD, TEXT("")), SPONSOR_NPHD);
    const int64_t value = sponsor_value(SPONSOR_APBD_PROV, TEXT("16"));
    cr_assert_eq(sponsor_kind_of(value), SPONSOR_APBD_PROV);
    cr_assert_neq(value >> 8, 0);
    cr_assert_neq(value, sponsor_value(SPONSOR_APBD_PROV, TEXT("36")));
    cr_assert_eq(value >> 8, sponsor_value(SPONSOR_CSR, TEXT("16")) >> 8);
}

Test(hash, has_no_sponsor_kind_outside_the_list, .signal = SIGABRT)
{
    (void)sponsor_value(SPONSOR_KIND_COUNT, TEXT("x"));
}
