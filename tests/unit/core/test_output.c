/* The details of an exception, and what an empty output is. */
#include <criterion/criterion.h>
#include <signal.h>

#include "core/event_check.h"
#include "rules_fixture.h"

static struct outputs outputs;

static struct exception *fresh(void)
{
    outputs_reset(&outputs, 7, NULL);
    return outputs_exception(&outputs, EXCEPTION_INVALID_FIELD);
}

static void expect_detail(const struct exception *exception, const char *wanted)
{
    cr_expect(text_equal(exception->detail, text_of_string(wanted)), "%.*s",
              (int)exception->detail.length, exception->detail.at);
}

Test(output, a_detail_is_pairs)
{
    struct exception *exception = fresh();
    expect_detail(exception, "");
    detail_text(exception, "field", TEXT("sponsor.ref"));
    detail_number(exception, "value", INT64_MIN);
    detail_number(exception, "least", 0);
    detail_day(exception, "day", date(2024, 2, 29));
    detail_month(exception, "month", month_of(2024, 2));
    expect_detail(exception, "field=sponsor.ref value=-9223372036854775808 least=0 day=2024-02-29 "
                             "month=2024-02");
}

Test(output, a_detail_is_plain_whatever_the_value)
{
    struct exception *exception = fresh();
    detail_text(exception, "value", text_of("a b=\n\0\xC3\xA9%Z_.:/+-", 16));
    expect_detail(exception, "value=a%20b%3D%0A%00%C3%A9%25Z_.:/+-");
}

Test(output, a_text_is_cut_after_64_bytes_and_a_detail_at_a_pair)
{
    static char long_text[200];
    memset(long_text, ' ', sizeof long_text);
    struct exception *exception = fresh();
    detail_text(exception, "a", text_of(long_text, sizeof long_text));
    cr_expect_eq(exception->detail_length, 2 + 3 * 64);
    detail_text(exception, "b", text_of(long_text, 40));
    cr_expect_eq(exception->detail_length, 194 + 3 + 120);
    detail_number(exception, "c", 10);
    cr_expect_eq(exception->detail_length, 317, "what does not fit is left out whole");
    detail_number(exception, "", 1);
    cr_expect_eq(exception->detail_length, DETAIL_BYTES_MAX,
                 "a shorter pair fits to the last byte");
}

Test(output, findings_and_refusals)
{
    for (unsigned code = 0; code < EXCEPTION_CODE_COUNT; code++) {
        outputs_reset(&outputs, 7, NULL);
        const struct exception *exception = outputs_exception(&outputs, (enum exception_code)code);
        const bool finding = code == EXCEPTION_PARKED || code == EXCEPTION_UNDERPAID ||
                             code == EXCEPTION_OVERPAID || code == EXCEPTION_BACKDATED ||
                             code == EXCEPTION_STATUS_OUT_OF_ORDER ||
                             code == EXCEPTION_APPROVED_CLAIM_CONTRADICTED;
        cr_expect_eq(exception->severity, finding ? SEVERITY_FINDING : SEVERITY_REJECTED);
        cr_expect_eq(exception->original_wanted, !finding);
    }
}

Test(output, begins_with_the_clock_and_the_place)
{
    const struct place place = {.topic = TEXT("jaga.claim"), .partition = 2, .offset = 9};
    outputs_reset(&outputs, 7, &place);
    const struct decision *decision = outputs_decision(&outputs);
    const struct payment *payment = outputs_payment(&outputs);
    const struct exception *exception = outputs_exception(&outputs, EXCEPTION_PARKED);
    const struct output_head *heads[] = {&decision->head, &payment->head, &exception->head};
    for (size_t i = 0; i < 3; i++) {
        cr_expect_eq(heads[i]->now, 7);
        cr_expect(heads[i]->input_present);
        cr_expect_eq(heads[i]->input.offset, 9);
        cr_expect_eq(heads[i]->input.partition, 2);
    }
    cr_expect_eq(outputs.count, 3);
    outputs_reset(&outputs, 8, NULL);
    cr_expect_eq(outputs.count, 0);
    cr_expect_not(outputs_decision(&outputs)->head.input_present);
}

/* Texts that are no ids because they are too long are left out: an exception stays small. */
Test(output, an_exception_names_its_event)
{
    static char long_text[100];
    memset(long_text, 'x', sizeof long_text);
    struct event event;
    event_init(&event, EVENT_MOVED);
    event.id = text_of(long_text, 64);
    event.source = text_of(long_text, 65);
    event.participant_id = text_of(long_text, 33);
    outputs_reset(&outputs, 7, NULL);
    const struct exception *exception = event_refuse(&event, EXCEPTION_KEY_MISMATCH, &outputs);
    cr_expect_eq(exception->id.length, 64);
    cr_expect(text_is_absent(exception->source));
    cr_expect(text_is_absent(exception->participant_id));
    cr_expect(text_equal(exception->type, TEXT("Moved")));
}

Test(output, a_finding_is_no_refusal, .signal = SIGABRT)
{
    struct event event;
    event_init(&event, EVENT_MOVED);
    outputs_reset(&outputs, 7, NULL);
    (void)event_refuse(&event, EXCEPTION_PARKED, &outputs);
}

Test(output, there_is_room_for_so_many, .signal = SIGABRT)
{
    outputs_reset(&outputs, 7, NULL);
    for (unsigned i = 0; i <= EVENT_OUTPUTS_MAX; i++) {
        (void)outputs_decision(&outputs);
    }
}
