#include "consumers/explanation.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

#include "consumers/step_lines.h"
#include "core/ladder.h"
#include "wire/hex.h"
#include "wire/json_print.h"
#include "wire/record.h"

#define HASH_HEX_BYTES (2 * DIGEST_BYTES + 1)

static void memory_open(struct memory_text *text)
{
    text->stream = open_memstream(&text->at, &text->length);
    assert(text->stream != NULL);
}

static void memory_close(struct memory_text *text)
{
    if (text->stream != NULL) {
        const int failed = fclose(text->stream);
        assert(failed == 0);
        text->stream = NULL;
    }
}

/* ---- Comparing ---- */

static void differ(struct explanation *explanation, const char *format, ...) PRINTF_LIKE(2, 3);

static void differ(struct explanation *explanation, const char *format, ...)
{
    if (explanation->difference[0] == '\0') {
        va_list values;
        va_start(values, format);
        (void)vsnprintf(explanation->difference, sizeof explanation->difference, format, values);
        va_end(values);
    }
}

/* Names the first field in which the two differ. */
static void name_difference(struct explanation *explanation, const char *what, int64_t offset,
                            const struct fields *fields, const void *recorded, const void *computed)
{
    for (uint16_t i = 0; i < fields->count; i++) {
        char texts[2][1024];
        const void *const objects[2] = {recorded, computed};
        struct buffer buffers[2];
        for (int k = 0; k < 2; k++) {
            buffers[k] = buffer_over(texts[k], sizeof texts[k]);
            field_to_json(&buffers[k], &fields->fields[i], objects[k]);
        }
        if (!text_equal(buffer_view(&buffers[0]), buffer_view(&buffers[1]))) {
            differ(explanation, "%s at offset %" PRId64 " says %.*s, the events come to %.*s", what,
                   offset, (int)buffers[0].length, texts[0], (int)buffers[1].length, texts[1]);
            return;
        }
    }
    differ(explanation, "%s at offset %" PRId64 " is written in another way than jaga does", what,
           offset);
}

static void compare(struct explanation *explanation, struct recorded *recorded,
                    enum record_kind kind, const void *computed)
{
    static uint8_t bytes[LINE_PART_BYTES];
    struct buffer buffer = buffer_over(bytes, sizeof bytes);
    record_encode(&buffer, kind, computed);
    recorded->is_recomputed = true;
    recorded->is_same =
        text_equal(buffer_view(&buffer), text_of(recorded->value, recorded->value_length));
    if (!recorded->is_same) {
        name_difference(explanation, kind == RECORD_DECISION ? "the decision" : "the payment",
                        recorded->offset, record_fields(kind), &recorded->decision, computed);
    }
}

static void meet_decision(struct explanation *explanation, const struct decision *decision)
{
    const struct claim_records *records = &explanation->records;
    for (uint32_t i = 0; i < records->decision_count; i++) {
        struct recorded *recorded = &records->decisions[i];
        if (recorded->decision.revision == decision->revision && !recorded->is_recomputed) {
            compare(explanation, recorded, RECORD_DECISION, decision);
            return;
        }
    }
    differ(explanation, "the events come to a decision of revision %" PRId64 " that is not on %s",
           decision->revision, log_source_topic(explanation->source, TOPIC_DECISION));
}

static void meet_payment(struct explanation *explanation, const struct payment *payment)
{
    const struct claim_records *records = &explanation->records;
    for (uint32_t i = 0; i < records->payment_count; i++) {
        struct recorded *recorded = &records->payments[i];
        if (text_equal(recorded->payment.payment_id, payment->payment_id) &&
            !recorded->is_recomputed) {
            compare(explanation, recorded, RECORD_PAYMENT, payment);
            return;
        }
    }
    differ(explanation, "the events come to a payment %.*s that is not on %s",
           (int)payment->payment_id.length, payment->payment_id.at,
           log_source_topic(explanation->source, TOPIC_PAYMENT));
}

static bool is_claim(const struct explanation *explanation, struct text claim)
{
    return text_equal(claim, text_of_string(explanation->owner.claim));
}

static void compare_outputs(struct explanation *explanation, const struct outputs *outputs)
{
    for (uint32_t i = 0; i < outputs->count; i++) {
        const struct output *output = &outputs->items[i];
        if (output->kind == OUTPUT_DECISION && is_claim(explanation, output->decision.claim_id)) {
            meet_decision(explanation, &output->decision);
        }
        if (output->kind == OUTPUT_PAYMENT && is_claim(explanation, output->payment.claim_id)) {
            meet_payment(explanation, &output->payment);
        }
    }
}

static void compare_left(struct explanation *explanation, const struct recorded *records,
                         uint32_t count, const char *what)
{
    for (uint32_t i = 0; i < count; i++) {
        if (!records[i].is_recomputed) {
            differ(explanation, "%s at offset %" PRId64 " is recorded, the events come to none",
                   what, records[i].offset);
        }
    }
}

/* ---- The tests of the last decision ---- */

static void note_rule(struct explanation *explanation, struct text id)
{
    if (id.length == 0 || id.length > RULE_ID_BYTES_MAX) {
        return;
    }
    for (uint32_t i = 0; i < explanation->rule_count; i++) {
        if (text_equal(text_of_string(explanation->rules[i].id), id)) {
            return;
        }
    }
    if (explanation->rule_count < EXPLAINED_RULES_MAX) {
        struct explained_rule *rule = &explanation->rules[explanation->rule_count++];
        memcpy(rule->id, id.at, id.length);
        rule->id[id.length] = '\0';
    }
}

static void put_fact(struct json_object *json, const struct ladder_fact *fact)
{
    switch (fact->kind) {
    case FACT_NUMBER: json_put_number(json, fact->name, fact->number); break;
    case FACT_DAY: json_put_day(json, fact->name, (day_t)fact->number); break;
    case FACT_MONTH: json_put_month(json, fact->name, (month_t)fact->number); break;
    case FACT_TEXT: json_put_text_or_null(json, fact->name, fact->text); break;
    }
}

static void test_json(struct explanation *explanation, const struct ladder_step *step)
{
    char bytes[4096];
    struct buffer buffer = buffer_over(bytes, sizeof bytes);
    struct json_object json;
    struct json_object facts;
    json_object_open(&json, &buffer, NULLS_PRINTED);
    json_put_text(&json, "test", text_of_string(step->test));
    json_put_bool(&json, "holds", step->holds);
    json_put_bool(&json, "overruled", step->overruled);
    json_put_text(&json, "verdict", term_text(&verdict_names, step->verdict));
    json_put_text(&json, "reason", term_text(&reason_names, step->reason));
    json_put_text_or_null(&json, "rule", step->rule);
    json_put_name(&json, "facts");
    json_object_open(&facts, &buffer, NULLS_PRINTED);
    for (uint32_t i = 0; i < step->fact_count; i++) {
        put_fact(&facts, &step->facts[i]);
    }
    json_object_close(&facts);
    json_object_close(&json);
    (void)fputs(explanation->test_count > 0 ? "," : "", explanation->tests.stream);
    put_buffer(explanation->tests.stream, &buffer);
}

/* {"cause":"ILLNESS"} is shown as cause=ILLNESS: what JSON prints, without what it needs. */
static void print_fact(FILE *out, const struct ladder_fact *fact)
{
    char bytes[512];
    struct buffer buffer = buffer_over(bytes, sizeof bytes);
    struct json_object json = {.out = &buffer, .nulls = NULLS_PRINTED};
    put_fact(&json, fact);
    assert(!buffer.overflow);
    const size_t name = strlen(fact->name) + 3; /* its quotes and the colon */
    (void)fprintf(out, " %s=", fact->name);
    for (size_t i = name; i < buffer.length; i++) {
        if (bytes[i] != '"') {
            (void)fputc(bytes[i], out);
        }
    }
}

static void test_text(struct explanation *explanation, const struct ladder_step *step)
{
    FILE *out = explanation->tests.stream;
    (void)fprintf(out, "  %2" PRIu32 "  %-26s", explanation->test_count + 1, step->test);
    if (!step->holds) {
        (void)fputs("no  ", out);
    } else if (step->overruled) {
        (void)fprintf(out, "yes, %s %s, set aside by review ",
                      term_name(&verdict_names, step->verdict),
                      term_name(&reason_names, step->reason));
    } else {
        (void)fprintf(out, "yes: %s %s ", term_name(&verdict_names, step->verdict),
                      term_name(&reason_names, step->reason));
    }
    for (uint32_t i = 0; i < step->fact_count; i++) {
        print_fact(out, &step->facts[i]);
    }
    if (step->rule.length > 0) {
        (void)fprintf(out, " rule=%.*s", (int)step->rule.length, step->rule.at);
    }
    (void)fputc('\n', out);
}

static const struct claim *find_claim(const struct explanation *explanation,
                                      const struct participant *participant)
{
    for (uint32_t i = 0; i < participant->claim_count; i++) {
        if (is_claim(explanation, claim_id(&participant->claims[i]))) {
            return &participant->claims[i];
        }
    }
    return NULL;
}

static void note_channel(struct explanation *explanation, const struct rules *rules)
{
    for (uint32_t i = 0; i < explanation->records.payment_count; i++) {
        const struct payment *payment = &explanation->records.payments[i].payment;
        for (uint32_t k = 0; k < rules->channel_count; k++) {
            const struct channel_row *row = &rules->channels[k];
            if (text_equal(payment->channel, text_of_string(row->channel)) &&
                row->row.valid_from <= payment->due_on && payment->due_on <= row->row.valid_to) {
                note_rule(explanation, text_of_string(row->row.id));
            }
        }
    }
}

/* A review, a cancellation and a deadline close a claim whatever its tests say. */
static void note_closing(struct explanation *explanation, const struct participant_step *step,
                         const struct ladder_step *last)
{
    const struct decision *decision = &explanation->last->decision;
    explanation->ladder_decides = last->verdict == (enum verdict)decision->verdict &&
                                  last->reason == (enum reason)decision->reason;
    if (!explanation->ladder_decides) {
        (void)snprintf(explanation->closed_by, sizeof explanation->closed_by, "%s",
                       step->record == NULL
                           ? "deadline"
                           : term_name(&event_type_names, step->record->event.type));
    }
}

static void note_tests(struct explanation *explanation, const struct participant_step *step)
{
    static struct ladder_trace trace;
    const struct claim *claim = find_claim(explanation, step->participant);
    if (claim == NULL) {
        return;
    }
    ladder_trace(step->participant, claim, step->rules, &trace);
    const struct decision *decision = &explanation->last->decision;
    for (uint32_t i = 0; i < decision->line_count; i++) {
        note_rule(explanation, decision->lines[i].rule);
    }
    for (uint32_t i = 0; i < trace.step_count; i++) {
        if (explanation->json) {
            test_json(explanation, &trace.steps[i]);
        } else {
            test_text(explanation, &trace.steps[i]);
        }
        explanation->test_count++;
        note_rule(explanation, trace.steps[i].rule);
    }
    note_closing(explanation, step, &trace.steps[trace.step_count - 1]);
    if (decision->verdict == APPROVED) {
        note_rule(explanation, trace.due_rule);
        note_channel(explanation, step->rules);
    }
}

/* ---- The events ---- */

static bool holds_last_decision(const struct explanation *explanation,
                                const struct outputs *outputs)
{
    for (uint32_t i = 0; i < outputs->count; i++) {
        const struct output *output = &outputs->items[i];
        if (output->kind == OUTPUT_DECISION && is_claim(explanation, output->decision.claim_id) &&
            output->decision.revision == explanation->last->decision.revision) {
            return true;
        }
    }
    return false;
}

static bool is_of_claim_output(const struct explanation *explanation, const struct outputs *outputs)
{
    for (uint32_t i = 0; i < outputs->count; i++) {
        const struct output *output = &outputs->items[i];
        if (output->kind == OUTPUT_DECISION && is_claim(explanation, output->decision.claim_id)) {
            return true;
        }
    }
    return false;
}

/* Of the claim always; of its membership and of the person until the last decision; and whatever
   decided the claim. */
static bool rests_on(const struct explanation *explanation, const struct participant_step *step)
{
    if (is_of_claim_output(explanation, step->outputs)) {
        return true;
    }
    if (step->record == NULL || step->record->reading != EVENT_READ) {
        return false;
    }
    const struct event *event = &step->record->event;
    const struct text claim = event_claim_id(event);
    if (!text_is_absent(claim)) {
        return is_claim(explanation, claim);
    }
    if (explanation->is_decided || event->type == EVENT_PAYMENT_STATUS_REPORTED) {
        return false;
    }
    const struct text membership = event_membership_id(event);
    return text_is_absent(membership) ||
           text_equal(membership, explanation->last->decision.membership_id);
}

static void note_event(struct explanation *explanation, const struct participant_step *step)
{
    if (explanation->json) {
        (void)fputs(explanation->event_count > 0 ? "," : "", explanation->events.stream);
        step_json(explanation->events.stream, step);
    } else {
        (void)fputs("  ", explanation->events.stream);
        step_text(explanation->events.stream, step);
    }
    explanation->event_count++;
}

static void state_json(FILE *out, const struct participant_step *step)
{
    const struct payment_status_report *report = &step->record->event.status;
    char bytes[8192];
    struct buffer buffer = buffer_over(bytes, sizeof bytes);
    struct json_object json;
    json_object_open(&json, &buffer, NULLS_PRINTED);
    json_put_number(&json, "attempt", report->attempt);
    json_put_text(&json, "status",
                  report->status < PAYMENT_STATUS_COUNT
                      ? term_text(&payment_status_names, report->status)
                      : TEXT("?"));
    json_put_time(&json, "at", report->at);
    json_put_text_or_null(&json, "bank_ref", short_text(report->bank_ref));
    json_put_text_or_null(&json, "reason", short_text(report->reason));
    json_put_text(&json, "outcome", text_of_string(step_outcome_name(step->outcome)));
    json_put_text(&json, "topic", step->topic);
    json_put_number(&json, "partition", step->partition);
    json_put_number(&json, "offset", step->record->offset);
    json_object_close(&json);
    put_buffer(out, &buffer);
}

static void state_text(FILE *out, const struct participant_step *step)
{
    const struct payment_status_report *report = &step->record->event.status;
    (void)fprintf(out, "    attempt %" PRId64 " %-10s ", report->attempt,
                  report->status < PAYMENT_STATUS_COUNT
                      ? term_name(&payment_status_names, report->status)
                      : "?");
    put_time(out, report->at);
    if (!text_is_absent(report->bank_ref)) {
        (void)fputs("  bank_ref=", out);
        put_text(out, report->bank_ref);
    }
    if (!text_is_absent(report->reason)) {
        (void)fputs("  reason=", out);
        put_text(out, report->reason);
    }
    (void)fprintf(out, "  (%s, %.*s [%" PRId32 "] offset %" PRId64 ")\n",
                  step_outcome_name(step->outcome), (int)step->topic.length, step->topic.at,
                  step->partition, step->record->offset);
}

static void note_state(struct explanation *explanation, const struct participant_step *step)
{
    if (step->record == NULL || step->record->reading != EVENT_READ ||
        step->record->event.type != EVENT_PAYMENT_STATUS_REPORTED) {
        return;
    }
    const struct text id = step->record->event.status.payment_id;
    for (uint32_t i = 0; i < explanation->records.payment_count && i < PAYEES_MAX; i++) {
        if (text_equal(explanation->records.payments[i].payment.payment_id, id)) {
            FILE *out = explanation->states[i].stream;
            if (explanation->json) {
                (void)fputs(explanation->state_counts[i] > 0 ? "," : "", out);
                state_json(out, step);
            } else {
                state_text(out, step);
            }
            explanation->state_counts[i]++;
        }
    }
}

static void meet_step(void *context, const struct participant_step *step)
{
    struct explanation *explanation = context;
    compare_outputs(explanation, step->outputs);
    if (rests_on(explanation, step)) {
        note_event(explanation, step);
    }
    note_state(explanation, step);
    if (!explanation->is_decided && holds_last_decision(explanation, step->outputs)) {
        explanation->is_decided = true;
        note_tests(explanation, step);
    }
}

/* ---- The law ---- */

static struct error take_bundle(struct explanation *explanation, struct log_stream *stream)
{
    char hash[HASH_HEX_BYTES];
    hex_print(explanation->last->decision.rules, DIGEST_BYTES, hash);
    for (;;) {
        const struct log_record *record;
        TRY(log_stream_front(stream, &record));
        if (record == NULL) {
            return no_error();
        }
        if (text_equal(record->key, text_of_string(hash)) && record->value.length > 0) {
            explanation->bundle = malloc(record->value.length);
            assert(explanation->bundle != NULL);
            memcpy(explanation->bundle, record->value.at, record->value.length);
            explanation->bundle_length = record->value.length;
            return no_error();
        }
        log_stream_take(stream);
    }
}

static struct error find_law(struct explanation *explanation)
{
    int64_t low;
    int64_t end;
    struct log_stream *stream;
    TRY(log_source_bounds(explanation->source, TOPIC_RULES, 0, &low, &end));
    TRY(log_stream_open(explanation->source, TOPIC_RULES, 0, low, end, &stream));
    const struct error error = take_bundle(explanation, stream);
    log_stream_close(stream);
    for (uint32_t i = 0; i < explanation->rule_count && explanation->bundle != NULL; i++) {
        struct explained_rule *rule = &explanation->rules[i];
        rule->is_found =
            rules_article_find(text_of(explanation->bundle, explanation->bundle_length),
                               text_of_string(rule->id), &rule->article);
    }
    return error;
}

/* ---- All of it ---- */

static void find_last(struct explanation *explanation)
{
    const struct claim_records *records = &explanation->records;
    for (uint32_t i = 0; i < records->decision_count; i++) {
        if (explanation->last == NULL ||
            records->decisions[i].decision.revision > explanation->last->decision.revision) {
            explanation->last = &records->decisions[i];
        }
    }
}

static void open_texts(struct explanation *explanation)
{
    memory_open(&explanation->tests);
    memory_open(&explanation->events);
    for (uint32_t i = 0; i < PAYEES_MAX; i++) {
        memory_open(&explanation->states[i]);
    }
}

static void close_texts(struct explanation *explanation)
{
    memory_close(&explanation->tests);
    memory_close(&explanation->events);
    for (uint32_t i = 0; i < PAYEES_MAX; i++) {
        memory_close(&explanation->states[i]);
    }
}

static struct error replay(struct explanation *explanation, uint32_t input_bytes_max)
{
    const struct participant_log_options options = {
        .source = explanation->source,
        .participant = text_of_string(explanation->owner.participant),
        .input_bytes_max = input_bytes_max,
        .until_sequence = INT64_MAX,
        .until_time = INT64_MAX,
        .seen = meet_step,
        .context = explanation,
    };
    struct participant_log *log = NULL;
    const struct error error = participant_log_replay(&options, &log, &explanation->result);
    participant_log_close(log);
    explanation->result.participant = NULL; /* went with the log */
    explanation->result.rules = NULL;
    return error;
}

struct error explanation_make(struct explanation *explanation, const struct schemas *schemas,
                              uint32_t input_bytes_max)
{
    TRY(claim_records_read(explanation->source, schemas, &explanation->owner,
                           &explanation->records));
    find_last(explanation);
    if (explanation->last == NULL) {
        return error_make(ERROR_FATAL, "log_differs",
                          "claim %s has a payment and no decision; `jaga audit` says more",
                          explanation->owner.claim);
    }
    open_texts(explanation);
    TRY(replay(explanation, input_bytes_max));
    close_texts(explanation);
    compare_left(explanation, explanation->records.decisions, explanation->records.decision_count,
                 "the decision");
    compare_left(explanation, explanation->records.payments, explanation->records.payment_count,
                 "the payment");
    return find_law(explanation);
}

void explanation_clear(struct explanation *explanation)
{
    close_texts(explanation);
    free(explanation->tests.at);
    free(explanation->events.at);
    for (uint32_t i = 0; i < PAYEES_MAX; i++) {
        free(explanation->states[i].at);
    }
    claim_records_clear(&explanation->records);
    free(explanation->bundle);
}
