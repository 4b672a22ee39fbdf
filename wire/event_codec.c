#include "wire/event_codec.h"

#include <assert.h>

void event_problem_clear(struct event_problem *problem)
{
    problem->pair_count = 0;
}

void event_problem_add(struct event_problem *problem, const char *field, struct text value)
{
    assert(problem->pair_count < PROBLEM_PAIRS_MAX);
    const uint32_t at = problem->pair_count++;
    const size_t length = strnlen(field, PROBLEM_FIELD_BYTES - 1);
    memcpy(problem->pairs[at].field, field, length);
    problem->pairs[at].field[length] = '\0';
    const uint32_t kept = value.length < PROBLEM_VALUE_BYTES ? value.length : PROBLEM_VALUE_BYTES;
    if (kept > 0) {
        memcpy(problem->pairs[at].value, value.at, kept);
    }
    problem->pairs[at].value_length = kept;
}

void event_problem_add_number(struct event_problem *problem, const char *field, int64_t value)
{
    char digits[20];
    struct buffer buffer = buffer_over(digits, sizeof digits);
    buffer_number(&buffer, value);
    event_problem_add(problem, field, buffer_view(&buffer));
}

void event_problem_detail(struct exception *exception, const struct event_problem *problem)
{
    for (uint32_t i = 0; i < problem->pair_count; i++) {
        detail_text(exception, problem->pairs[i].field,
                    text_of(problem->pairs[i].value, problem->pairs[i].value_length));
    }
}

static enum event_reading malformed(struct event_problem *problem, const char *what)
{
    event_problem_add(problem, "problem", text_of_string(what));
    return EVENT_MALFORMED;
}

static enum event_reading trouble_told(const struct avro_trouble *trouble,
                                       struct event_problem *problem)
{
    event_problem_clear(problem);
    if (trouble->branch != NULL) {
        event_problem_add(problem, "type", text_of_string(trouble->branch));
    } else if (trouble->field != NULL) {
        event_problem_add(problem, "field", text_of_string(trouble->field));
    }
    return malformed(problem, trouble->what);
}

/* A schema of another topic's record, or one that cannot be used. */
static enum event_reading wrong_schema(const struct schema *schema, struct event_problem *problem)
{
    event_problem_clear(problem);
    event_problem_add_number(problem, "schema", schema->id);
    return malformed(problem, schema->record < 0 ? "schema_unusable" : "schema_of_another_topic");
}

enum event_reading event_read_payload(const struct schema *schema, struct text payload,
                                      struct event *event, struct event_problem *problem)
{
    assert(schema->record >= 0 && schema->record <= RECORD_REFERENCE);
    unsigned variant;
    struct avro_trouble trouble;
    if (!avro_plan_read_variants(schema->plan, (const uint8_t *)payload.at, payload.length, event,
                                 &variant, &trouble)) {
        return trouble_told(&trouble, problem);
    }
    enum event_type first;
    unsigned count;
    event_topic_types((unsigned)schema->record, &first, &count);
    assert(variant < count);
    event->type = (enum event_type)(first + variant);
    if (schema->record == RECORD_REFERENCE) {
        event->participant_id = (struct text){0};
    }
    return EVENT_READ;
}

enum event_reading event_decode(const struct schemas *schemas, int64_t through, unsigned topic,
                                struct text value, struct event *event,
                                struct event_problem *problem)
{
    assert(topic < EVENT_TOPIC_COUNT);
    int32_t id;
    struct text payload;
    if (!framing_read(value, &id, &payload)) {
        event_problem_clear(problem);
        return malformed(problem, "not_framed");
    }
    const struct schema *schema = schemas_find(schemas, id, through);
    if (schema == NULL) {
        event_problem_clear(problem);
        event_problem_add_number(problem, "schema", id);
        return EVENT_UNKNOWN_SCHEMA;
    }
    if (schema->record != (int)topic) {
        return wrong_schema(schema, problem);
    }
    return event_read_payload(schema, payload, event, problem);
}

void event_encode(struct buffer *out, const struct event *event)
{
    const unsigned topic = event_topic(event->type);
    enum event_type first;
    unsigned count;
    event_topic_types(topic, &first, &count);
    framing_write(out, schema_own_id((enum record_kind)topic));
    avro_write_fields(
        out, topic == EVENT_TOPIC_REFERENCE ? &event_envelope_reference : &event_envelope, event);
    avro_write_long(out, (int64_t)event->type - (int64_t)first);
    avro_write_fields(out, event_body(event->type), event);
}
