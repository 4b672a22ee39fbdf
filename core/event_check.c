#include "core/event_check.h"

#include <assert.h>

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define MONTHS_A_YEAR 12

/* Texts that are no ids because they are too long are left out: an exception stays small. */
static struct text within(struct text text, uint32_t most)
{
    return text.length <= most ? text : (struct text){0};
}

static struct exception *event_exception(const struct event *event, enum exception_code code,
                                         struct outputs *outputs)
{
    struct exception *exception = outputs_exception(outputs, code);
    exception->source = within(event->source, TEXT_BYTES_MAX);
    exception->id = within(event->id, TEXT_BYTES_MAX);
    exception->participant_id = within(event->participant_id, PARTICIPANT_ID_BYTES_MAX);
    exception->type = term_text(&event_type_names, event->type);
    return exception;
}

struct exception *event_refuse(const struct event *event, enum exception_code code,
                               struct outputs *outputs)
{
    assert((unsigned)code >= EXCEPTION_FINDING_COUNT);
    return event_exception(event, code, outputs);
}

struct exception *event_finding(const struct event *event, enum exception_code code,
                                struct outputs *outputs)
{
    assert((unsigned)code < EXCEPTION_FINDING_COUNT);
    return event_exception(event, code, outputs);
}

struct check {
    const struct event *event;
    const struct rules *rules;
    struct outputs *outputs;
};

/* Where a field lies within the event: records and arrays have parents. */
struct path {
    const struct path *parent; /* NULL: a field of the envelope or of the body */
    const struct field *field;
    int64_t element; /* of the parent, when that is an array */
};

#define PATH_BYTES_MAX 64

struct path_text {
    char bytes[PATH_BYTES_MAX];
    uint32_t length;
};

static void put(struct path_text *out, char byte)
{
    assert(out->length < sizeof out->bytes);
    out->bytes[out->length++] = byte;
}

/* "sponsor.ref", "lines.1.amount_idr". Arrays keep fewer than ten elements. */
static void print_path(const struct path *path, struct path_text *out)
{
    if (path->parent != NULL) {
        print_path(path->parent, out);
        put(out, '.');
        if (path->parent->field->kind == FIELD_ARRAY) {
            assert(path->element < 10);
            put(out, (char)('0' + path->element));
            put(out, '.');
        }
    }
    for (const char *at = path->field->name; *at != '\0'; at++) {
        put(out, *at);
    }
}

static struct exception *refuse_path(const struct check *check, enum exception_code code,
                                     const struct path *path)
{
    struct path_text text = {.length = 0};
    print_path(path, &text);
    struct exception *exception = event_refuse(check->event, code, check->outputs);
    detail_text(exception, "field", text_of(text.bytes, text.length));
    return exception;
}

static bool refuse_number(const struct check *check, const struct path *path, int64_t value,
                          int64_t least, int64_t most)
{
    struct exception *exception = refuse_path(check, EXCEPTION_INVALID_FIELD, path);
    detail_number(exception, "value", value);
    detail_number(exception, "least", least);
    detail_number(exception, "most", most);
    return false;
}

static bool refuse_text(const struct check *check, enum exception_code code,
                        const struct path *path, struct text value)
{
    struct exception *exception = refuse_path(check, code, path);
    detail_text(exception, "value", value);
    return false;
}

/* What is null where nothing may be, or a symbol we do not know: there is no value to show. */
static bool refuse_empty(const struct check *check, const struct path *path)
{
    (void)refuse_path(check, EXCEPTION_INVALID_FIELD, path);
    return false;
}

static bool is_letter_or_digit(char byte)
{
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
           (byte >= '0' && byte <= '9');
}

static bool fits_charset(struct text text, enum charset charset)
{
    for (uint32_t i = 0; charset != CHARSET_ANY && i < text.length; i++) {
        const char byte = text.at[i];
        const bool mark = charset == CHARSET_ID && (byte == '_' || byte == '-');
        if (!mark && !is_letter_or_digit(byte)) {
            return false;
        }
    }
    return true;
}

/* Texts that stand for a row of a table. */
enum code_kind { CODE_NONE, CODE_CATEGORY, CODE_REGION, CODE_AREA };

static bool is_named(const struct field *field, struct text name)
{
    return text_equal(text_of_string(field->name), name);
}

static enum code_kind code_kind_of(const struct event *event, const struct field *field)
{
    switch (event->type) {
    case EVENT_ENROLLED:
    case EVENT_CATEGORY_CHANGED:
    case EVENT_MOVED:
        if (is_named(field, TEXT("category"))) {
            return CODE_CATEGORY;
        }
        return is_named(field, TEXT("region_home")) || is_named(field, TEXT("region_work"))
                   ? CODE_REGION
                   : CODE_NONE;
    case EVENT_BASE_PUBLISHED: return is_named(field, TEXT("region")) ? CODE_AREA : CODE_NONE;
    default: return CODE_NONE;
    }
}

/* A base is for a regency or city, a province or the whole country. */
static bool area_is_known(const struct rules *rules, struct text code)
{
    if (rules_region(rules, code) != 0 || text_equal(code, TEXT("ID"))) {
        return true;
    }
    for (uint32_t i = 0; i < rules->region_count; i++) {
        char province[REGION_TEXT_BYTES];
        region_print(rules->regions[i].code, province);
        if (rules->regions[i].code % 100 == 0 && text_equal(text_of_string(province), code)) {
            return true;
        }
    }
    return false;
}

static bool check_code(const struct check *check, const struct path *path, struct text code)
{
    switch (code_kind_of(check->event, path->field)) {
    case CODE_NONE: return true;
    case CODE_CATEGORY:
        return rules_category(check->rules, code) >= 0 ||
               refuse_text(check, EXCEPTION_UNKNOWN_CATEGORY, path, code);
    case CODE_REGION:
        return rules_region(check->rules, code) != 0 ||
               refuse_text(check, EXCEPTION_UNKNOWN_REGION, path, code);
    case CODE_AREA:
        return area_is_known(check->rules, code) ||
               refuse_text(check, EXCEPTION_UNKNOWN_REGION, path, code);
    }
    assert(false && "every kind of code is tested");
    return false;
}

static bool check_text(const struct check *check, const struct path *path, struct text text)
{
    const struct field *field = path->field;
    if (text_is_absent(text)) {
        return field->nullable || refuse_empty(check, path);
    }
    if ((int64_t)text.length < field->least || (int64_t)text.length > field->most) {
        struct exception *exception = refuse_path(check, EXCEPTION_INVALID_FIELD, path);
        detail_text(exception, "value", text);
        detail_number(exception, "bytes", text.length);
        detail_number(exception, "least", field->least);
        detail_number(exception, "most", field->most);
        return false;
    }
    if (!fits_charset(text, field->charset)) {
        return refuse_text(check, EXCEPTION_INVALID_FIELD, path, text);
    }
    return check_code(check, path, text);
}

static bool check_number(const struct check *check, const struct path *path, int64_t value)
{
    const struct field *field = path->field;
    if (field->nullable && value == NUMBER_NONE) {
        return true;
    }
    return (value >= field->least && value <= field->most) ||
           refuse_number(check, path, value, field->least, field->most);
}

/* Days, months and times lie within the years 1 to 9999. `none` is what null looks like. */
static bool check_date(const struct check *check, const struct path *path, int64_t value,
                       int64_t none, int64_t first, int64_t last)
{
    if (value == none) {
        return path->field->nullable || refuse_empty(check, path);
    }
    return (value >= first && value <= last) || refuse_number(check, path, value, first, last);
}

static bool check_term(const struct check *check, const struct path *path, uint8_t value)
{
    const struct field *field = path->field;
    return value < field->names->count || (field->nullable && value == TERM_NONE) ||
           refuse_empty(check, path);
}

/* No set may be empty; an unknown symbol or one named twice is a bit beyond the names. */
static bool check_set(const struct check *check, const struct path *path, uint32_t set)
{
    return (set != 0 && set >> path->field->names->count == 0) || refuse_empty(check, path);
}

static bool check_field(const struct check *check, const struct path *path, const char *base);

static bool check_fields(const struct check *check, const struct fields *fields, const char *base,
                         const struct path *parent, int64_t element)
{
    for (uint16_t i = 0; i < fields->count; i++) {
        const struct path path = {parent, &fields->fields[i], element};
        if (!check_field(check, &path, base)) {
            return false;
        }
    }
    return true;
}

static bool check_record(const struct check *check, const struct path *path, const char *base)
{
    const struct field *field = path->field;
    if (field->nullable && !*(const bool *)(base + field->present)) {
        return true;
    }
    return check_fields(check, field->record, base + field->offset, path, 0);
}

static bool check_array(const struct check *check, const struct path *path, const char *base)
{
    const struct field *field = path->field;
    const uint32_t count = *(const uint32_t *)(const void *)(base + field->count);
    if (count > field->capacity) {
        return refuse_number(check, path, count, 0, field->capacity);
    }
    for (uint32_t i = 0; i < count; i++) {
        const char *element = base + field->offset + (size_t)i * field->size;
        if (!check_fields(check, field->record, element, path, i)) {
            return false;
        }
    }
    return true;
}

static bool check_field(const struct check *check, const struct path *path, const char *base)
{
    const void *at = base + path->field->offset;
    switch (path->field->kind) {
    case FIELD_TEXT:
    case FIELD_BYTES: return check_text(check, path, *(const struct text *)at);
    case FIELD_INT:
    case FIELD_LONG: return check_number(check, path, *(const int64_t *)at);
    case FIELD_DAY:
        return check_date(check, path, *(const day_t *)at, DAY_NONE, DAY_FIRST, DAY_LAST);
    case FIELD_TIME:
        return check_date(check, path, *(const int64_t *)at, TIME_NONE, TIME_FIRST, TIME_LAST);
    case FIELD_MONTH:
        return check_date(check, path, *(const month_t *)at, MONTH_NONE, MONTH_FIRST, MONTH_LAST);
    case FIELD_TERM:
    case FIELD_NAMED: return check_term(check, path, *(const uint8_t *)at);
    case FIELD_SET: return check_set(check, path, *(const uint32_t *)at);
    case FIELD_FIXED: return true;
    case FIELD_RECORD: return check_record(check, path, base);
    case FIELD_ARRAY: return check_array(check, path, base);
    }
    assert(false && "every kind of field is tested");
    return false;
}

/* Fields together. */

static struct exception *refuse_named(const struct check *check, enum exception_code code,
                                      const char *field)
{
    struct exception *exception = event_refuse(check->event, code, check->outputs);
    detail_text(exception, "field", text_of_string(field));
    return exception;
}

static bool check_programmes(const struct check *check, const struct enrolled *enrolled)
{
    const uint32_t closed =
        enrolled->programmes & ~check->rules->programmes_of_segment[enrolled->segment];
    for (unsigned programme = 0; programme < PROGRAMME_COUNT; programme++) {
        if ((closed >> programme & 1) != 0) {
            struct exception *exception =
                refuse_named(check, EXCEPTION_INVALID_FIELD, "programmes");
            detail_text(exception, "value", term_text(&programme_names, programme));
            detail_text(exception, "segment", term_text(&segment_names, enrolled->segment));
            return false;
        }
    }
    return true;
}

static bool check_risk_group(const struct check *check, const struct enrolled *enrolled)
{
    if (enrolled->segment != BPU || enrolled->risk_group == 1) {
        return true;
    }
    struct exception *exception = refuse_named(check, EXCEPTION_INVALID_FIELD, "risk_group");
    detail_number(exception, "value", enrolled->risk_group);
    detail_text(exception, "segment", term_text(&segment_names, enrolled->segment));
    return false;
}

static bool check_age(const struct check *check, const struct enrolled *enrolled)
{
    if (enrolled->segment != BPU || enrolled->birth_date == DAY_NONE) {
        return true;
    }
    const int64_t years = rules_parameter(check->rules, PARAMETER_AGE_LIMIT_YEARS,
                                          enrolled->segment, enrolled->cover_from);
    const day_t too_old_on = day_add_months(enrolled->birth_date, (int)(years * MONTHS_A_YEAR));
    if (enrolled->cover_from < too_old_on) {
        return true;
    }
    struct exception *exception = refuse_named(check, EXCEPTION_AGE_LIMIT, "birth_date");
    detail_day(exception, "value", enrolled->birth_date);
    detail_day(exception, "cover_from", enrolled->cover_from);
    detail_number(exception, "years", years);
    return false;
}

static bool check_interval(const struct check *check, const struct enrolled *enrolled)
{
    if (enrolled->cover_to == DAY_NONE || enrolled->cover_to >= enrolled->cover_from) {
        return true;
    }
    struct exception *exception = refuse_named(check, EXCEPTION_INTERVAL_INVALID, "cover_to");
    detail_day(exception, "value", enrolled->cover_to);
    detail_day(exception, "cover_from", enrolled->cover_from);
    return false;
}

static bool check_enrolled(const struct check *check, const struct enrolled *enrolled)
{
    return check_programmes(check, enrolled) && check_risk_group(check, enrolled) &&
           check_interval(check, enrolled) && check_age(check, enrolled);
}

static bool check_months(const struct check *check, const struct contribution *contribution)
{
    const int64_t most = (int64_t)MONTH_LAST - contribution->month + 1;
    if (contribution->months <= most) {
        return true;
    }
    struct exception *exception = refuse_named(check, EXCEPTION_INVALID_FIELD, "months");
    detail_number(exception, "value", contribution->months);
    detail_number(exception, "most", most);
    return false;
}

static bool check_lines(const struct check *check, const struct contribution *contribution)
{
    uint32_t seen = 0;
    for (uint32_t i = 0; i < contribution->line_count; i++) {
        const uint8_t programme = contribution->lines[i].programme;
        if ((seen >> programme & 1) != 0) {
            struct exception *exception = refuse_named(check, EXCEPTION_INVALID_FIELD, "lines");
            detail_text(exception, "twice", term_text(&programme_names, programme));
            return false;
        }
        seen |= UINT32_C(1) << programme;
    }
    return true;
}

/* `day` may not be before (`sign` 1) or after (−1) `limit`; a null is no date. */
static bool check_order(const struct check *check, const char *field, day_t day,
                        const char *limit_name, day_t limit, int sign)
{
    if (day == DAY_NONE || (sign > 0 ? day >= limit : day <= limit)) {
        return true;
    }
    struct exception *exception = refuse_named(check, EXCEPTION_INVALID_FIELD, field);
    detail_day(exception, "value", day);
    detail_day(exception, limit_name, limit);
    return false;
}

static bool check_together(const struct check *check)
{
    const struct event *event = check->event;
    switch (event->type) {
    case EVENT_ENROLLED: return check_enrolled(check, &event->enrolled);
    case EVENT_CONTRIBUTION_PAID:
        return check_months(check, &event->contribution) &&
               check_lines(check, &event->contribution);
    case EVENT_CONTRIBUTION_REVERSED: return check_months(check, &event->contribution);
    case EVENT_DEATH_CLAIM_FILED:
        return check_order(check, "accident_on", event->death.accident_on, "died_on",
                           event->death.died_on, -1);
    case EVENT_INJURY_CLAIM_FILED:
        return check_order(check, "unable_from", event->injury.unable_from, "accident_on",
                           event->injury.accident_on, 1);
    default: return true;
    }
}

bool event_check(const struct event *event, const struct rules *rules, struct outputs *outputs)
{
    const struct check check = {event, rules, outputs};
    const bool reference = event_topic(event->type) == EVENT_TOPIC_REFERENCE;
    const struct fields *envelope = reference ? &event_envelope_reference : &event_envelope;
    const char *base = (const char *)event;
    return check_fields(&check, envelope, base, NULL, 0) &&
           check_fields(&check, event_body(event->type), base, NULL, 0) && check_together(&check);
}
