#include "consumers/step_lines.h"

#include <assert.h>
#include <inttypes.h>

#include "wire/json_print.h"
#include "wire/record.h"

static char scratch[LINE_PART_BYTES];

void put_buffer(FILE *out, struct buffer *buffer)
{
    assert(!buffer->overflow);
    (void)fwrite(buffer->at, 1, buffer->length, out);
    buffer_reset(buffer);
}

/* An event that was refused may carry ids of any length: its beginning tells which it is. */
struct text short_text(struct text text)
{
    if (text.length > TEXT_BYTES_MAX) {
        text.length = TEXT_BYTES_MAX;
        while (text.length > 0 && ((uint8_t)text.at[text.length] & 0xC0) == 0x80) {
            text.length--; /* not within a character */
        }
    }
    return text;
}

void put_text(FILE *out, struct text text)
{
    const struct text shown = short_text(text);
    for (uint32_t i = 0; i < shown.length; i++) {
        const uint8_t byte = (uint8_t)shown.at[i];
        (void)fputc(byte < 0x20 || byte == 0x7F ? '?' : byte, out);
    }
}

void put_time(FILE *out, int64_t time)
{
    char text[TIME_TEXT_BYTES];
    if (time < TIME_FIRST || time > TIME_LAST) {
        (void)fprintf(out, "%" PRId64, time);
        return;
    }
    time_print(time, text);
    (void)fputs(text, out);
}

/* ---- What an event is of ---- */

struct text event_membership_id(const struct event *event)
{
    switch (event->type) {
    case EVENT_ENROLLED: return event->enrolled.membership_id;
    case EVENT_WAGE_CHANGED:
    case EVENT_CATEGORY_CHANGED:
    case EVENT_PROGRAMMES_CHANGED:
    case EVENT_SPONSOR_CHANGED: return event->change.membership_id;
    case EVENT_MEMBERSHIP_ENDED: return event->ended.membership_id;
    case EVENT_ENROLLMENT_VOIDED: return event->voided.membership_id;
    case EVENT_CONTRIBUTION_PAID:
    case EVENT_CONTRIBUTION_REVERSED: return event->contribution.membership_id;
    case EVENT_DEATH_CLAIM_FILED: return event->death.membership_id;
    case EVENT_INJURY_CLAIM_FILED: return event->injury.membership_id;
    case EVENT_JOB_LOSS_CLAIMED: return event->job_loss.membership_id;
    case EVENT_MOVED:
    case EVENT_PARTICIPANT_DIED:
    case EVENT_SCHOLARSHIP_CLAIMED:
    case EVENT_DOCUMENTS_COMPLETED:
    case EVENT_CLAIM_REVIEWED:
    case EVENT_CLAIM_CANCELLED:
    case EVENT_EXTERNAL_BENEFIT_RECORDED:
    case EVENT_PAYMENT_STATUS_REPORTED:
    case EVENT_BASE_PUBLISHED:
    case EVENT_BATCH_DECLARED: break;
    }
    return (struct text){0};
}

struct text event_claim_id(const struct event *event)
{
    switch (event->type) {
    case EVENT_DEATH_CLAIM_FILED: return event->death.claim_id;
    case EVENT_INJURY_CLAIM_FILED: return event->injury.claim_id;
    case EVENT_SCHOLARSHIP_CLAIMED: return event->scholarship.claim_id;
    case EVENT_JOB_LOSS_CLAIMED: return event->job_loss.claim_id;
    case EVENT_DOCUMENTS_COMPLETED: return event->documents.claim_id;
    case EVENT_CLAIM_REVIEWED: return event->reviewed.claim_id;
    case EVENT_CLAIM_CANCELLED: return event->cancelled.claim_id;
    case EVENT_ENROLLED:
    case EVENT_WAGE_CHANGED:
    case EVENT_CATEGORY_CHANGED:
    case EVENT_PROGRAMMES_CHANGED:
    case EVENT_SPONSOR_CHANGED:
    case EVENT_MOVED:
    case EVENT_MEMBERSHIP_ENDED:
    case EVENT_ENROLLMENT_VOIDED:
    case EVENT_PARTICIPANT_DIED:
    case EVENT_CONTRIBUTION_PAID:
    case EVENT_CONTRIBUTION_REVERSED:
    case EVENT_EXTERNAL_BENEFIT_RECORDED:
    case EVENT_PAYMENT_STATUS_REPORTED:
    case EVENT_BASE_PUBLISHED:
    case EVENT_BATCH_DECLARED: break;
    }
    return (struct text){0};
}

struct text event_payment_id(const struct event *event)
{
    return event->type == EVENT_PAYMENT_STATUS_REPORTED ? event->status.payment_id
                                                        : (struct text){0};
}

static month_t event_month(const struct event *event)
{
    const bool is_contribution =
        event->type == EVENT_CONTRIBUTION_PAID || event->type == EVENT_CONTRIBUTION_REVERSED;
    const month_t month = is_contribution ? event->contribution.month : MONTH_NONE;
    return month >= MONTH_FIRST && month <= MONTH_LAST ? month : MONTH_NONE;
}

static int64_t event_months(const struct event *event)
{
    return event_month(event) == MONTH_NONE ? NUMBER_NONE : event->contribution.months;
}

/* ---- JSON ---- */

static const struct event *event_of(const struct participant_step *step)
{
    const bool readable = step->record != NULL && step->record->reading == EVENT_READ;
    return readable ? &step->record->event : NULL;
}

static void put_event(struct json_object *json, const struct event *event)
{
    json_put_time(json, "time", event->time);
    json_put_text(json, "source", short_text(event->source));
    json_put_text(json, "id", short_text(event->id));
    json_put_text(json, "type", term_text(&event_type_names, event->type));
    json_put_text_or_null(json, "membership_id", short_text(event_membership_id(event)));
    json_put_text_or_null(json, "claim_id", short_text(event_claim_id(event)));
    json_put_text_or_null(json, "payment_id", short_text(event_payment_id(event)));
    json_put_month(json, "month", event_month(event));
    json_put_number(json, "months", event_months(event));
}

static void put_step(struct json_object *json, const struct participant_step *step)
{
    json_put_text(json, "kind", step->record == NULL ? TEXT("timer") : TEXT("event"));
    json_put_number(json, "sequence", step->sequence);
    json_put_time(json, "now", step->now);
    json_put_text(json, "outcome", text_of_string(step_outcome_name(step->outcome)));
    if (step->record != NULL) {
        json_put_text(json, "topic", step->topic);
        json_put_number(json, "partition", step->partition);
        json_put_number(json, "offset", step->record->offset);
        json_put_time(json, "timestamp", step->record->timestamp_ms * 1000);
    }
    if (event_of(step) != NULL) {
        put_event(json, event_of(step));
    }
}

/* Decisions and payments whole, as on their topics; of an exception what is not the event's own
   bytes. */
static void put_output(struct buffer *buffer, const struct output *output)
{
    struct json_object json;
    switch (output->kind) {
    case OUTPUT_DECISION:
        record_to_json(buffer, &decision_fields, &output->decision, "decision");
        break;
    case OUTPUT_PAYMENT:
        record_to_json(buffer, &payment_fields, &output->payment, "payment");
        break;
    case OUTPUT_EXCEPTION:
        json_object_open(&json, buffer, NULLS_PRINTED);
        json_put_text(&json, "kind", TEXT("exception"));
        json_put_text(&json, "code", term_text(&exception_code_names, output->exception.code));
        json_put_text(&json, "severity", term_text(&severity_names, output->exception.severity));
        json_put_text(&json, "detail", output->exception.detail);
        json_object_close(&json);
        break;
    }
}

void step_json(FILE *out, const struct participant_step *step)
{
    struct buffer buffer = buffer_over(scratch, sizeof scratch);
    struct json_object json;
    json_object_open(&json, &buffer, NULLS_PRINTED);
    put_step(&json, step);
    json_put_name(&json, "outputs");
    put_buffer(out, &buffer);
    (void)fputc('[', out);
    for (uint32_t i = 0; i < step->outputs->count; i++) {
        (void)fputs(i > 0 ? "," : "", out);
        put_output(&buffer, &step->outputs->items[i]);
        put_buffer(out, &buffer);
    }
    (void)fputs("]}", out);
}

/* ---- Text ---- */

static void print_id(FILE *out, const char *name, struct text id)
{
    if (!text_is_absent(id)) {
        (void)fprintf(out, "  %s=", name);
        put_text(out, id);
    }
}

static void print_event(FILE *out, const struct event *event)
{
    put_time(out, event->time);
    (void)fprintf(out, "  %s  ", term_name(&event_type_names, event->type));
    put_text(out, event->source);
    (void)fputc(' ', out);
    put_text(out, event->id);
    print_id(out, "membership", event_membership_id(event));
    print_id(out, "claim", event_claim_id(event));
    print_id(out, "payment", event_payment_id(event));
    if (event_month(event) != MONTH_NONE) {
        char month[MONTH_TEXT_BYTES];
        month_print(event_month(event), month);
        (void)fprintf(out, "  month=%s months=%" PRId64, month, event_months(event));
    }
}

static void print_output(FILE *out, const struct output *output)
{
    const struct decision *decision = &output->decision;
    const struct payment *payment = &output->payment;
    const struct exception *exception = &output->exception;
    switch (output->kind) {
    case OUTPUT_DECISION:
        (void)fprintf(out, "      decision  %.*s revision %" PRId64 ": %s %s",
                      (int)decision->claim_id.length, decision->claim_id.at, decision->revision,
                      term_name(&verdict_names, decision->verdict),
                      term_name(&reason_names, decision->reason));
        if (decision->verdict == APPROVED) {
            (void)fprintf(out, ", Rp %" PRId64, decision->total_idr);
        }
        break;
    case OUTPUT_PAYMENT:
        (void)fprintf(out, "      payment   %.*s of Rp %" PRId64 " to %.*s",
                      (int)payment->payment_id.length, payment->payment_id.at, payment->amount_idr,
                      (int)payment->payee_ref.length, payment->payee_ref.at);
        break;
    case OUTPUT_EXCEPTION:
        (void)fprintf(out, "      %-9s %s %.*s",
                      exception->severity == SEVERITY_REJECTED ? "refused" : "finding",
                      term_name(&exception_code_names, exception->code),
                      (int)exception->detail.length, exception->detail.at);
        break;
    }
    (void)fputc('\n', out);
}

static void print_place(FILE *out, const struct participant_step *step)
{
    (void)fprintf(out, "\n      ");
    if (step->record != NULL) {
        (void)fprintf(out, "%.*s [%" PRId32 "] offset %" PRId64 ", ", (int)step->topic.length,
                      step->topic.at, step->partition, step->record->offset);
    }
    (void)fprintf(out, "journal record %" PRId64 ", clock ", step->sequence);
    put_time(out, step->now);
    (void)fputc('\n', out);
}

void step_text(FILE *out, const struct participant_step *step)
{
    (void)fprintf(out, "%-9s  ", step_outcome_name(step->outcome));
    if (event_of(step) != NULL) {
        print_event(out, event_of(step));
    } else {
        (void)fputs(step->record == NULL ? "a deadline passed" : "a record that cannot be read",
                    out);
    }
    print_place(out, step);
    for (uint32_t i = 0; i < step->outputs->count; i++) {
        print_output(out, &step->outputs->items[i]);
    }
}
