#include <assert.h>
#include <inttypes.h>

#include "consumers/explanation.h"
#include "consumers/step_lines.h"
#include "wire/json_print.h"
#include "wire/record.h"

static char scratch[LINE_PART_BYTES];

static void put_memory(FILE *out, const struct memory_text *text)
{
    (void)fwrite(text->at, 1, text->length, out);
}

static const char *how_recomputed(const struct recorded *recorded)
{
    if (!recorded->is_recomputed) {
        return "the events come to no such record";
    }
    return recorded->is_same ? "recomputed: the same" : "recomputed: differs";
}

/* ---- JSON ---- */

static void put_head(FILE *out, struct buffer *buffer, const struct explanation *explanation)
{
    const struct decision *last = &explanation->last->decision;
    struct json_object json;
    json_object_open(&json, buffer, NULLS_PRINTED);
    json_put_text(&json, "kind", TEXT("explanation"));
    json_put_text(&json, "participant_id", last->participant_id);
    json_put_text(&json, "claim_id", last->claim_id);
    json_put_text(&json, "claim_type", term_text(&claim_type_names, last->claim_type));
    json_put_text(&json, "programme", term_text(&programme_names, last->programme));
    json_put_text_or_null(&json, "membership_id", last->membership_id);
    json_put_day(&json, "event_on", last->event_on);
    json_put_number(&json, "lane", explanation->owner.lane);
    json_put_number(&json, "revision", last->revision);
    json_put_text(&json, "verdict", term_text(&verdict_names, last->verdict));
    json_put_text(&json, "reason", term_text(&reason_names, last->reason));
    json_put_number(&json, "total_idr", last->total_idr);
    json_put_day(&json, "due_on", last->due_on);
    json_put_bool(&json, "agrees", explanation->difference[0] == '\0');
    json_put_text_or_null(&json, "difference",
                          explanation->difference[0] == '\0'
                              ? (struct text){0}
                              : text_of_string(explanation->difference));
    json_put_text_or_null(&json, "closed_by",
                          explanation->closed_by[0] == '\0'
                              ? (struct text){0}
                              : text_of_string(explanation->closed_by));
    put_buffer(out, buffer);
}

/* The record as on its topic, with its place and whether the events come to the same. */
static void put_recorded(FILE *out, struct buffer *buffer, const struct explanation *explanation,
                         enum topic topic, const struct recorded *recorded)
{
    const struct fields *fields = topic == TOPIC_DECISION ? &decision_fields : &payment_fields;
    struct json_object json;
    json_object_open(&json, buffer, NULLS_PRINTED);
    json_put_text(&json, "topic", text_of_string(log_source_topic(explanation->source, topic)));
    json_put_number(&json, "partition", explanation->owner.lane);
    json_put_number(&json, "offset", recorded->offset);
    json_put_bool(&json, "recomputed", recorded->is_recomputed && recorded->is_same);
    json_put_name(&json, "record");
    record_to_json(buffer, fields, &recorded->decision, NULL);
    put_buffer(out, buffer);
}

static void put_decisions(FILE *out, struct buffer *buffer, const struct explanation *explanation)
{
    (void)fputs(",\"decisions\":[", out);
    for (uint32_t i = 0; i < explanation->records.decision_count; i++) {
        (void)fputs(i > 0 ? "," : "", out);
        put_recorded(out, buffer, explanation, TOPIC_DECISION, &explanation->records.decisions[i]);
        (void)fputc('}', out);
    }
    (void)fputc(']', out);
}

static void put_payments(FILE *out, struct buffer *buffer, const struct explanation *explanation)
{
    (void)fputs(",\"payments\":[", out);
    for (uint32_t i = 0; i < explanation->records.payment_count; i++) {
        (void)fputs(i > 0 ? "," : "", out);
        put_recorded(out, buffer, explanation, TOPIC_PAYMENT, &explanation->records.payments[i]);
        (void)fputs(",\"states\":[", out);
        if (i < PAYEES_MAX) {
            put_memory(out, &explanation->states[i]);
        }
        (void)fputs("]}", out);
    }
    (void)fputc(']', out);
}

static void put_article(struct buffer *buffer, const struct explained_rule *rule)
{
    const struct rules_article *article = &rule->article;
    struct json_object json;
    struct json_object values;
    json_object_open(&json, buffer, NULLS_PRINTED);
    json_put_text(&json, "id", text_of_string(rule->id));
    json_put_text_or_null(&json, "table", article->table);
    json_put_text_or_null(&json, "law", article->law);
    json_put_text_or_null(&json, "valid_from", article->valid_from);
    json_put_text_or_null(&json, "valid_to", article->valid_to);
    json_put_text_or_null(&json, "verified", article->verified);
    json_put_name(&json, "values");
    json_object_open(&values, buffer, NULLS_PRINTED);
    for (uint32_t i = 0; i < article->value_count; i++) {
        char column[RULE_ID_BYTES_MAX + 1];
        (void)snprintf(column, sizeof column, "%.*s", (int)article->values[i].column.length,
                       article->values[i].column.at);
        json_put_text(&values, column, article->values[i].value);
    }
    json_object_close(&values);
    json_object_close(&json);
}

static void put_rules(FILE *out, struct buffer *buffer, const struct explanation *explanation)
{
    (void)fputs(",\"rules\":[", out);
    for (uint32_t i = 0; i < explanation->rule_count; i++) {
        (void)fputs(i > 0 ? "," : "", out);
        put_article(buffer, &explanation->rules[i]);
        put_buffer(out, buffer);
    }
    (void)fputc(']', out);
}

void explanation_print_json(FILE *out, const struct explanation *explanation)
{
    struct buffer buffer = buffer_over(scratch, sizeof scratch);
    put_head(out, &buffer, explanation);
    put_decisions(out, &buffer, explanation);
    (void)fputs(",\"tests\":[", out);
    put_memory(out, &explanation->tests);
    (void)fputc(']', out);
    put_rules(out, &buffer, explanation);
    (void)fputs(",\"events\":[", out);
    put_memory(out, &explanation->events);
    (void)fputc(']', out);
    put_payments(out, &buffer, explanation);
    (void)fputc('}', out);
}

/* ---- Text ---- */

static void print_day(FILE *out, const char *before, day_t day)
{
    if (day != DAY_NONE && day != DAY_NEVER) {
        char text[DAY_TEXT_BYTES];
        day_print(day, text);
        (void)fprintf(out, "%s%s", before, text);
    }
}

static void print_text(FILE *out, const char *before, struct text text)
{
    if (!text_is_absent(text)) {
        (void)fprintf(out, "%s%.*s", before, (int)text.length, text.at);
    }
}

static void print_head(FILE *out, const struct explanation *explanation)
{
    const struct decision *last = &explanation->last->decision;
    print_text(out, "claim ", last->claim_id);
    print_text(out, " of participant ", last->participant_id);
    (void)fprintf(out, ": %s, %s", term_name(&claim_type_names, last->claim_type),
                  term_name(&programme_names, last->programme));
    print_text(out, ", membership ", last->membership_id);
    print_day(out, ", event on ", last->event_on);
    (void)fprintf(out, "\n%s %s", term_name(&verdict_names, last->verdict),
                  term_name(&reason_names, last->reason));
    if (last->verdict == APPROVED) {
        (void)fprintf(out, ", Rp %" PRId64, last->total_idr);
        print_day(out, ", to be paid by ", last->due_on);
    }
    (void)fputc('\n', out);
}

static void print_decisions(FILE *out, const struct explanation *explanation)
{
    (void)fputs("\ndecisions\n", out);
    for (uint32_t i = 0; i < explanation->records.decision_count; i++) {
        const struct recorded *recorded = &explanation->records.decisions[i];
        const struct decision *decision = &recorded->decision;
        (void)fprintf(out, "  revision %" PRId64 "  ", decision->revision);
        put_time(out, decision->head.now);
        (void)fprintf(
            out,
            "  %s %s\n      %s [%" PRId32 "] offset %" PRId64 ", journal record %" PRId64 ", %s\n",
            term_name(&verdict_names, decision->verdict),
            term_name(&reason_names, decision->reason),
            log_source_topic(explanation->source, TOPIC_DECISION), explanation->owner.lane,
            recorded->offset, decision->head.sequence, how_recomputed(recorded));
    }
}

static void print_tests(FILE *out, const struct explanation *explanation)
{
    (void)fprintf(out, "\ntests of revision %" PRId64 ", the first that holds decides\n",
                  explanation->last->decision.revision);
    put_memory(out, &explanation->tests);
    if (explanation->closed_by[0] != '\0') {
        (void)fprintf(out, "  these tests did not decide: the claim was closed by %s\n",
                      explanation->closed_by);
    }
}

static void print_facts(FILE *out, const struct decision *decision)
{
    const struct facts *facts = &decision->facts;
    if (!decision->facts_present) {
        return;
    }
    (void)fputs("\nfacts\n ", out);
    if (facts->wage_idr != NUMBER_NONE) {
        (void)fprintf(out, " wage Rp %" PRId64 ",", facts->wage_idr);
    }
    print_day(out, " cover from ", facts->cover_from);
    print_day(out, " to ", facts->cover_to);
    if (facts->tenure_days != NUMBER_NONE) {
        (void)fprintf(out, ", %" PRId64 " days before the event", facts->tenure_days);
    }
    (void)fprintf(out, "%s months paid %" PRId64, facts->cover_from == DAY_NONE ? "" : ",",
                  facts->months_paid);
    if (facts->paid_through != MONTH_NONE) {
        char month[MONTH_TEXT_BYTES];
        month_print(facts->paid_through, month);
        (void)fprintf(out, ", through %s", month);
    }
    (void)fputc('\n', out);
}

static void print_lines(FILE *out, const struct decision *decision)
{
    if (decision->line_count == 0) {
        return;
    }
    (void)fputs("\nlines\n", out);
    for (uint32_t i = 0; i < decision->line_count; i++) {
        const struct benefit_line *line = &decision->lines[i];
        (void)fprintf(
            out, "  %-12s Rp %12" PRId64 "  by %.*s\n",
            line->component < COMPONENT_COUNT ? term_name(&component_names, line->component) : "?",
            line->amount_idr, (int)line->rule.length, line->rule.at);
    }
}

static void print_article(FILE *out, const struct explained_rule *rule)
{
    const struct rules_article *article = &rule->article;
    (void)fprintf(out, "  %s", rule->id);
    if (!rule->is_found) {
        (void)fputs("  (its row is not in the bundle the decision names)\n", out);
        return;
    }
    print_text(out, "  (", article->table);
    print_text(out, ")\n      ", article->law);
    print_text(out, "\n      from ", article->valid_from);
    print_text(out, " to ", article->valid_to);
    print_text(out, ", verified: ", article->verified);
    (void)fputs("\n     ", out);
    for (uint32_t i = 0; i < article->value_count; i++) {
        print_text(out, " ", article->values[i].column);
        print_text(out, "=", article->values[i].value);
    }
    (void)fputc('\n', out);
}

static void print_payments(FILE *out, const struct explanation *explanation)
{
    if (explanation->records.payment_count > 0) {
        (void)fputs("\npayments\n", out);
    }
    for (uint32_t i = 0; i < explanation->records.payment_count; i++) {
        const struct recorded *recorded = &explanation->records.payments[i];
        const struct payment *payment = &recorded->payment;
        print_text(out, "  ", payment->payment_id);
        print_text(out, " to ", payment->payee_ref);
        (void)fprintf(out, ", Rp %" PRId64, payment->amount_idr);
        print_text(out, ", by ", payment->channel);
        print_day(out, ", due on ", payment->due_on);
        (void)fprintf(out, "\n      %s [%" PRId32 "] offset %" PRId64 ", %s\n",
                      log_source_topic(explanation->source, TOPIC_PAYMENT), explanation->owner.lane,
                      recorded->offset, how_recomputed(recorded));
        if (i >= PAYEES_MAX || explanation->state_counts[i] == 0) {
            (void)fputs("    nothing reported yet\n", out);
        } else {
            put_memory(out, &explanation->states[i]);
        }
    }
}

void explanation_print_text(FILE *out, const struct explanation *explanation)
{
    print_head(out, explanation);
    print_decisions(out, explanation);
    print_tests(out, explanation);
    print_facts(out, &explanation->last->decision);
    print_lines(out, &explanation->last->decision);
    if (explanation->rule_count > 0) {
        (void)fputs("\nrows of law\n", out);
    }
    for (uint32_t i = 0; i < explanation->rule_count; i++) {
        print_article(out, &explanation->rules[i]);
    }
    (void)fputs("\nevents it rests on\n", out);
    put_memory(out, &explanation->events);
    print_payments(out, explanation);
    (void)fprintf(
        out, "\nrecomputed from the events: %s%s\n",
        explanation->difference[0] == '\0' ? "agrees" : "differs: ", explanation->difference);
}
