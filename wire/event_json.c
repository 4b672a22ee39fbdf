#include "wire/event_json.h"

#include <assert.h>
#include <stdlib.h>

#include "wire/json_print.h"
#include "wire/record.h"

#define ELEMENT_BYTES_MAX 64
#define SHOWN_BYTES_MAX PROBLEM_VALUE_BYTES

struct json_scratch {
    json_t **kept;
    size_t count, capacity;
};

struct json_scratch *json_scratch_open(void)
{
    struct json_scratch *scratch = calloc(1, sizeof *scratch);
    assert(scratch != NULL);
    return scratch;
}

void json_scratch_reset(struct json_scratch *scratch)
{
    for (size_t i = 0; i < scratch->count; i++) {
        json_decref(scratch->kept[i]);
    }
    scratch->count = 0;
}

void json_scratch_close(struct json_scratch *scratch)
{
    if (scratch == NULL) {
        return;
    }
    json_scratch_reset(scratch);
    free(scratch->kept);
    free(scratch);
}

void json_scratch_keep(struct json_scratch *scratch, json_t *object)
{
    if (scratch->count == scratch->capacity) {
        scratch->capacity = scratch->capacity == 0 ? 16 : scratch->capacity * 2;
        scratch->kept = realloc(scratch->kept, scratch->capacity * sizeof(json_t *));
        assert(scratch->kept != NULL);
    }
    scratch->kept[scratch->count++] = object;
}

/* What is being read: where in the line, for the problem's field. */
struct place_in_line {
    const char *outer; /* "sponsor" or "lines", NULL at the top */
    int64_t element;   /* index in a list, −1: not in one */
    const char *name;
};

static void print_place(const struct place_in_line *place, char out[PROBLEM_FIELD_BYTES])
{
    struct buffer buffer = buffer_over(out, PROBLEM_FIELD_BYTES - 1);
    if (place->outer != NULL) {
        buffer_string(&buffer, place->outer);
        if (place->element >= 0) {
            buffer_byte(&buffer, '.');
            buffer_number(&buffer, place->element);
        }
        buffer_byte(&buffer, '.');
    }
    buffer_string(&buffer, place->name);
    out[buffer.length] = '\0';
}

static int collect_shown(const char *bytes, size_t count, void *context)
{
    struct buffer *buffer = context;
    for (size_t i = 0; i < count; i++) {
        buffer_byte(buffer, (uint8_t)bytes[i]);
    }
    return buffer->overflow ? -1 : 0;
}

/* The offending value: a text as it is, anything else as JSON, both cut. */
static void add_value(struct event_problem *problem, const char *field, const json_t *value)
{
    char shown[SHOWN_BYTES_MAX];
    struct buffer buffer = buffer_over(shown, sizeof shown);
    if (json_is_string(value)) {
        event_problem_add(problem, field,
                          text_of(json_string_value(value), json_string_length(value)));
        return;
    }
    (void)json_dump_callback(value, collect_shown, &buffer, JSON_COMPACT | JSON_ENCODE_ANY);
    event_problem_add(problem, field, buffer_view(&buffer));
}

static bool refuse(struct event_problem *problem, const struct place_in_line *place,
                   const json_t *value, const char *what)
{
    char field[PROBLEM_FIELD_BYTES];
    print_place(place, field);
    event_problem_clear(problem);
    if (value == NULL) {
        event_problem_add(problem, "field", text_of_string(field));
    } else {
        add_value(problem, field, value);
    }
    event_problem_add(problem, "problem", text_of_string(what));
    return false;
}

/* Reads one value into its place; a constant word when it has the wrong type, else NULL. */
static const char *read_number(const json_t *value, int64_t *out)
{
    if (!json_is_integer(value)) {
        return "not_an_integer";
    }
    const int64_t number = json_integer_value(value);
    *out = number == NUMBER_NONE ? NUMBER_NONE + 1 : number;
    return NULL;
}

static struct text text_in(const json_t *value)
{
    return text_of(json_string_value(value), json_string_length(value));
}

static const char *read_text(const json_t *value, struct text *out)
{
    if (!json_is_string(value)) {
        return "not_a_text";
    }
    *out = text_in(value);
    return NULL;
}

static const char *read_day(const json_t *value, day_t *out)
{
    const struct text text = text_in(value);
    return json_is_string(value) && day_parse(text.at, text.length, out) ? NULL : "not_a_date";
}

static const char *read_time(const json_t *value, int64_t *out)
{
    const struct text text = text_in(value);
    return json_is_string(value) && time_parse(text.at, text.length, out) ? NULL : "not_a_time";
}

static const char *read_month(const json_t *value, month_t *out)
{
    const struct text text = text_in(value);
    return json_is_string(value) && month_parse(text.at, text.length, out) ? NULL : "not_a_month";
}

static const char *read_term(const json_t *value, const struct names *names, uint8_t *out)
{
    struct text text;
    const char *wrong = read_text(value, &text);
    if (wrong == NULL) {
        *out = term_find(names, text);
    }
    return wrong;
}

static const char *read_set(const json_t *value, const struct names *names, uint32_t *out)
{
    if (!json_is_array(value)) {
        return "not_a_list";
    }
    uint32_t set = 0;
    for (size_t i = 0; i < json_array_size(value); i++) {
        uint8_t term;
        const char *wrong = read_term(json_array_get(value, i), names, &term);
        if (wrong != NULL) {
            return "not_a_list_of_texts";
        }
        const uint32_t bit = term == TERM_UNKNOWN ? SET_UNKNOWN_BIT : UINT32_C(1) << term;
        set |= (set & bit) != 0 && term != TERM_UNKNOWN ? SET_TWICE_BIT : bit;
    }
    *out = set;
    return NULL;
}

static bool read_object(const json_t *value, const struct fields *fields, char *record,
                        const char *outer, int64_t element, struct event_problem *problem);

/* Elements beyond the capacity are read as strictly, into a place that is thrown away. */
static bool read_array(const json_t *value, const struct field *field, char *record,
                       struct event_problem *problem)
{
    _Alignas(int64_t) char spare[ELEMENT_BYTES_MAX];
    assert(field->size <= sizeof spare);
    const size_t count = json_array_size(value);
    for (size_t i = 0; i < count; i++) {
        char *element =
            i < field->capacity ? record + field->offset + (size_t)field->size * i : spare;
        if (!read_object(json_array_get(value, i), field->record, element, field->name, (int64_t)i,
                         problem)) {
            return false;
        }
    }
    *(uint32_t *)(void *)(record + field->count) = (uint32_t)count;
    return true;
}

static const char *read_plain(const json_t *value, const struct field *field, char *record)
{
    void *at = record + field->offset;
    switch (field->kind) {
    case FIELD_TEXT: return read_text(value, at);
    case FIELD_INT:
    case FIELD_LONG: return read_number(value, at);
    case FIELD_DAY: return read_day(value, at);
    case FIELD_TIME: return read_time(value, at);
    case FIELD_MONTH: return read_month(value, at);
    case FIELD_TERM:
    case FIELD_NAMED: return read_term(value, field->names, at);
    case FIELD_SET: return read_set(value, field->names, at);
    case FIELD_RECORD: return json_is_object(value) ? NULL : "not_an_object";
    case FIELD_ARRAY: return json_is_array(value) ? NULL : "not_a_list";
    case FIELD_BYTES:
    case FIELD_FIXED: break;
    }
    assert(field->kind != FIELD_BYTES && field->kind != FIELD_FIXED); /* No event has them. */
    return NULL;
}

static bool read_inside(const json_t *value, const struct field *field, char *record,
                        struct event_problem *problem)
{
    if (field->kind == FIELD_ARRAY) {
        return read_array(value, field, record, problem);
    }
    if (field->kind != FIELD_RECORD) {
        return true;
    }
    if (field->nullable) {
        *(bool *)(record + field->present) = true;
    }
    return read_object(value, field->record, record + field->offset, field->name, -1, problem);
}

static bool read_field(const json_t *value, const struct field *field, char *record,
                       const struct place_in_line *place, struct event_problem *problem)
{
    if (value == NULL || json_is_null(value)) {
        return field->nullable || refuse(problem, place, NULL, value == NULL ? "missing" : "null");
    }
    const char *wrong = read_plain(value, field, record);
    if (wrong != NULL) {
        return refuse(problem, place, value, wrong);
    }
    return read_inside(value, field, record, problem);
}

static bool read_fields(const json_t *value, const struct fields *fields, char *record,
                        const char *outer, int64_t element, struct event_problem *problem)
{
    for (uint16_t i = 0; i < fields->count; i++) {
        const struct field *field = &fields->fields[i];
        const struct place_in_line place = {outer, element, field->name};
        if (!read_field(json_object_get(value, field->name), field, record, &place, problem)) {
            return false;
        }
    }
    return true;
}

static bool has_field(const struct fields *fields, const char *name)
{
    for (uint16_t i = 0; i < fields->count; i++) {
        if (strcmp(fields->fields[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

/* A name that is not in our tables is shown as a value, since it may be anything. */
static bool refuse_name(struct event_problem *problem, const char *outer, const char *name,
                        const char *what)
{
    event_problem_clear(problem);
    if (outer != NULL) {
        event_problem_add(problem, "within", text_of_string(outer));
    }
    event_problem_add(problem, "field", text_of_string(name));
    event_problem_add(problem, "problem", text_of_string(what));
    return false;
}

static bool read_object(const json_t *value, const struct fields *fields, char *record,
                        const char *outer, int64_t element, struct event_problem *problem)
{
    if (!json_is_object(value)) {
        return refuse(problem, &(struct place_in_line){NULL, -1, outer}, value, "not_an_object");
    }
    fields_clear(fields, record);
    if (!read_fields(value, fields, record, outer, element, problem)) {
        return false;
    }
    for (void *at = json_object_iter((json_t *)(uintptr_t)value); at != NULL;
         at = json_object_iter_next((json_t *)(uintptr_t)value, at)) {
        if (!has_field(fields, json_object_iter_key(at))) {
            return refuse_name(problem, outer, json_object_iter_key(at), "unknown_field");
        }
    }
    return true;
}

int event_type_of_object(const json_t *object, struct event_problem *problem)
{
    const struct place_in_line place = {NULL, -1, "type"};
    if (!json_is_object(object)) {
        event_problem_clear(problem);
        event_problem_add(problem, "problem", TEXT("not_an_object"));
        return -1;
    }
    const json_t *value = json_object_get(object, "type");
    if (value == NULL) {
        refuse(problem, &place, NULL, "missing");
        return -1;
    }
    if (!json_is_string(value)) {
        refuse(problem, &place, value, "not_a_text");
        return -1;
    }
    const uint8_t type = term_find(&event_type_names, text_in(value));
    if (type == TERM_UNKNOWN) {
        refuse(problem, &place, value, "unknown_type");
        return -1;
    }
    return type;
}

static bool refuse_unknown(const json_t *object, const struct fields *envelope,
                           const struct fields *body, struct event_problem *problem)
{
    for (void *at = json_object_iter((json_t *)(uintptr_t)object); at != NULL;
         at = json_object_iter_next((json_t *)(uintptr_t)object, at)) {
        const char *name = json_object_iter_key(at);
        if (strcmp(name, "type") != 0 && !has_field(envelope, name) && !has_field(body, name)) {
            return refuse_name(problem, NULL, name, "unknown_field");
        }
    }
    return true;
}

static const struct fields *envelope_of(enum event_type type)
{
    return event_topic(type) == EVENT_TOPIC_REFERENCE ? &event_envelope_reference : &event_envelope;
}

enum event_reading event_from_object(const json_t *object, struct event *event,
                                     struct event_problem *problem)
{
    const int type = event_type_of_object(object, problem);
    if (type < 0) {
        return EVENT_MALFORMED;
    }
    const struct fields *envelope = envelope_of((enum event_type)type);
    const struct fields *body = event_body((enum event_type)type);
    event_init(event, (enum event_type)type);
    const bool read = read_fields(object, envelope, (char *)event, NULL, -1, problem) &&
                      read_fields(object, body, (char *)event, NULL, -1, problem) &&
                      refuse_unknown(object, envelope, body, problem);
    return read ? EVENT_READ : EVENT_MALFORMED;
}

enum event_reading event_from_json(struct json_scratch *scratch, const char *line, size_t length,
                                   struct event *event, struct event_problem *problem)
{
    json_t *object = json_parse_strictly(line, length, problem);
    if (object == NULL) {
        return EVENT_MALFORMED;
    }
    json_scratch_keep(scratch, object);
    return event_from_object(object, event, problem);
}

bool clock_from_json(const char *line, size_t length, int64_t *time_us)
{
    struct event_problem problem;
    json_t *object = json_parse_strictly(line, length, &problem);
    const json_t *value = json_object_get(object, "clock");
    const bool is_clock =
        value != NULL && json_object_size(object) == 1 && read_time(value, time_us) == NULL;
    json_decref(object);
    return is_clock;
}

void event_to_json(struct buffer *out, const struct event *event)
{
    const struct fields *envelope = envelope_of(event->type), *body = event_body(event->type);
    struct json_object json;
    json_object_open(&json, out, NULLS_LEFT_OUT);
    for (uint16_t i = 0; i < envelope->count; i++) {
        /* BatchDeclared has batch and source in both: the body's are the ones that count. */
        if (!has_field(body, envelope->fields[i].name)) {
            json_put_field(&json, &envelope->fields[i], event);
        }
    }
    json_put_text(&json, "type", term_text(&event_type_names, event->type));
    json_put_fields(&json, body, event);
    json_object_close(&json);
}
