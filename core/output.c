#include "core/output.h"

#include <assert.h>

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define IN(type, member) .offset = offsetof(struct type, member)
#define TEXT_FIELD(type, member)                                                                   \
    {                                                                                              \
        .name = #member, .kind = FIELD_TEXT, IN(type, member)                                      \
    }
#define TEXT_OR_NULL(type, member)                                                                 \
    {                                                                                              \
        .name = #member, .kind = FIELD_TEXT, .nullable = true, IN(type, member)                    \
    }
#define NAMED_FIELD(type, member, names_)                                                          \
    {                                                                                              \
        .name = #member, .kind = FIELD_NAMED, IN(type, member), .names = &(names_)                 \
    }
#define TERM_FIELD(type, member, names_)                                                           \
    {                                                                                              \
        .name = #member, .kind = FIELD_TERM, IN(type, member), .names = &(names_)                  \
    }
#define LONG_FIELD(type, member)                                                                   \
    {                                                                                              \
        .name = #member, .kind = FIELD_LONG, IN(type, member)                                      \
    }

static const struct field place_fields[] = {
    {.name = "topic", .kind = FIELD_TEXT, IN(place, topic)},
    {.name = "partition", .kind = FIELD_INT, IN(place, partition)},
    {.name = "offset", .kind = FIELD_LONG, IN(place, offset)},
};
static const struct fields place_record = {"Place", place_fields, COUNT_OF(place_fields),
                                           sizeof(struct place)};

#define HEAD_FIELDS(type)                                                                          \
    {.name = "lane", .kind = FIELD_INT, IN(type, head.lane)},                                      \
        {.name = "sequence", .kind = FIELD_LONG, IN(type, head.sequence)},                         \
        {.name = "now", .kind = FIELD_TIME, IN(type, head.now)},                                   \
    {                                                                                              \
        .name = "input", .kind = FIELD_RECORD, .nullable = true, IN(type, head.input),             \
        .present = offsetof(struct type, head.input_present), .record = &place_record              \
    }

static const struct field line_fields[] = {
    {.name = "component",
     .kind = FIELD_NAMED,
     IN(benefit_line, component),
     .names = &component_names},
    {.name = "amount_idr", .kind = FIELD_LONG, IN(benefit_line, amount_idr)},
    {.name = "rule", .kind = FIELD_TEXT, IN(benefit_line, rule)},
};
static const struct fields line_record = {"BenefitLine", line_fields, COUNT_OF(line_fields),
                                          sizeof(struct benefit_line)};
#define LINES_FIELD(type)                                                                          \
    {                                                                                              \
        .name = "lines", .kind = FIELD_ARRAY, IN(type, lines),                                     \
        .size = sizeof(struct benefit_line), .count = offsetof(struct type, line_count),           \
        .capacity = LINES_OUT_MAX, .record = &line_record                                          \
    }

static const struct field facts_inner[] = {
    {.name = "wage_idr", .kind = FIELD_LONG, .nullable = true, IN(facts, wage_idr)},
    {.name = "cover_from", .kind = FIELD_DAY, .nullable = true, IN(facts, cover_from)},
    {.name = "cover_to", .kind = FIELD_DAY, .nullable = true, IN(facts, cover_to)},
    {.name = "tenure_days", .kind = FIELD_INT, .nullable = true, IN(facts, tenure_days)},
    {.name = "months_paid", .kind = FIELD_INT, IN(facts, months_paid)},
    {.name = "paid_through", .kind = FIELD_MONTH, .nullable = true, IN(facts, paid_through)},
};
static const struct fields facts_record = {"Facts", facts_inner, COUNT_OF(facts_inner),
                                           sizeof(struct facts)};

static const struct field decision_inner[] = {
    HEAD_FIELDS(decision),
    TEXT_FIELD(decision, claim_id),
    {.name = "revision", .kind = FIELD_INT, IN(decision, revision)},
    TEXT_FIELD(decision, participant_id),
    TEXT_OR_NULL(decision, membership_id),
    TERM_FIELD(decision, programme, programme_names),
    TERM_FIELD(decision, claim_type, claim_type_names),
    TERM_FIELD(decision, verdict, verdict_names),
    NAMED_FIELD(decision, reason, reason_names),
    {.name = "event_on", .kind = FIELD_DAY, IN(decision, event_on)},
    LINES_FIELD(decision),
    LONG_FIELD(decision, total_idr),
    {.name = "facts",
     .kind = FIELD_RECORD,
     .nullable = true,
     IN(decision, facts),
     .present = offsetof(struct decision, facts_present),
     .record = &facts_record},
    {.name = "due_on", .kind = FIELD_DAY, .nullable = true, IN(decision, due_on)},
    {.name = "rules", .kind = FIELD_FIXED, IN(decision, rules), .size = DIGEST_BYTES},
};
const struct fields decision_fields = {"Decision", decision_inner, COUNT_OF(decision_inner),
                                       sizeof(struct decision)};

static const struct field payment_inner[] = {
    HEAD_FIELDS(payment),
    TEXT_FIELD(payment, payment_id),
    TEXT_FIELD(payment, claim_id),
    {.name = "revision", .kind = FIELD_INT, IN(payment, revision)},
    TEXT_FIELD(payment, participant_id),
    TEXT_FIELD(payment, membership_id),
    TERM_FIELD(payment, programme, programme_names),
    TEXT_FIELD(payment, payee_ref),
    LONG_FIELD(payment, amount_idr),
    LINES_FIELD(payment),
    TEXT_FIELD(payment, channel),
    {.name = "due_on", .kind = FIELD_DAY, IN(payment, due_on)},
};
const struct fields payment_fields = {"Payment", payment_inner, COUNT_OF(payment_inner),
                                      sizeof(struct payment)};

static const struct field exception_inner[] = {
    HEAD_FIELDS(exception),
    NAMED_FIELD(exception, code, exception_code_names),
    TERM_FIELD(exception, severity, severity_names),
    TEXT_FIELD(exception, detail),
    TEXT_OR_NULL(exception, source),
    TEXT_OR_NULL(exception, id),
    TEXT_OR_NULL(exception, participant_id),
    TEXT_OR_NULL(exception, type),
    {.name = "key", .kind = FIELD_BYTES, .nullable = true, IN(exception, key)},
    {.name = "value", .kind = FIELD_BYTES, .nullable = true, IN(exception, value)},
    {.name = "value_length", .kind = FIELD_INT, .nullable = true, IN(exception, value_length)},
    {.name = "value_digest",
     .kind = FIELD_FIXED,
     .nullable = true,
     IN(exception, value_digest),
     .present = offsetof(struct exception, value_digest_present),
     .size = DIGEST_BYTES},
};
const struct fields exception_fields = {"Exception", exception_inner, COUNT_OF(exception_inner),
                                        sizeof(struct exception)};

void outputs_reset(struct outputs *outputs, int64_t now, const struct place *input)
{
    outputs->now = now;
    outputs->input_present = input != NULL;
    outputs->input = input != NULL ? *input : (struct place){0};
    outputs->count = 0;
    outputs->tally_count = 0;
    outputs->applied = 0;
    outputs->duplicates = 0;
    outputs->rejected = 0;
}

static struct output *append(struct outputs *outputs, enum output_kind kind)
{
    assert(outputs->count < EVENT_OUTPUTS_MAX);
    struct output *output = &outputs->items[outputs->count++];
    output->kind = kind;
    return output;
}

static struct output_head head_of(const struct outputs *outputs)
{
    return (struct output_head){
        .now = outputs->now, .input_present = outputs->input_present, .input = outputs->input};
}

struct decision *outputs_decision(struct outputs *outputs)
{
    struct decision *decision = &append(outputs, OUTPUT_DECISION)->decision;
    fields_clear(&decision_fields, decision);
    decision->head = head_of(outputs);
    return decision;
}

struct payment *outputs_payment(struct outputs *outputs)
{
    struct payment *payment = &append(outputs, OUTPUT_PAYMENT)->payment;
    fields_clear(&payment_fields, payment);
    payment->head = head_of(outputs);
    return payment;
}

struct exception *outputs_exception(struct outputs *outputs, enum exception_code code)
{
    struct exception *exception = &append(outputs, OUTPUT_EXCEPTION)->exception;
    fields_clear(&exception_fields, exception);
    exception->head = head_of(outputs);
    exception->code = (uint8_t)code;
    exception->severity =
        (unsigned)code < EXCEPTION_FINDING_COUNT ? SEVERITY_FINDING : SEVERITY_REJECTED;
    exception->detail_length = 0;
    exception->detail = text_of(exception->detail_bytes, 0);
    exception->original_wanted = exception->severity == SEVERITY_REJECTED;
    return exception;
}

struct tally_change *outputs_tally(struct outputs *outputs, enum tally_kind kind)
{
    assert(outputs->tally_count < EVENT_TALLIES_MAX);
    struct tally_change *change = &outputs->tallies[outputs->tally_count++];
    *change = (struct tally_change){.kind = kind};
    return change;
}

#define PAIR_BYTES_MAX 256
#define VALUE_BYTES_MAX 64

struct pair {
    char bytes[PAIR_BYTES_MAX];
    uint32_t length;
};

static void put(struct pair *pair, char byte)
{
    assert(pair->length < PAIR_BYTES_MAX);
    pair->bytes[pair->length++] = byte;
}

static struct pair pair_open(const struct exception *exception, const char *field)
{
    struct pair pair = {.length = 0};
    if (exception->detail_length > 0) {
        put(&pair, ' ');
    }
    for (const char *at = field; *at != '\0'; at++) {
        put(&pair, *at);
    }
    put(&pair, '=');
    return pair;
}

static void pair_close(struct exception *exception, const struct pair *pair)
{
    if (exception->detail_length + pair->length > DETAIL_BYTES_MAX) {
        return;
    }
    memcpy(exception->detail_bytes + exception->detail_length, pair->bytes, pair->length);
    exception->detail_length += pair->length;
    exception->detail.length = exception->detail_length;
}

static bool is_plain(char byte)
{
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
           (byte >= '0' && byte <= '9') || (byte != '\0' && strchr("_.:/+-", byte) != NULL);
}

void detail_text(struct exception *exception, const char *field, struct text value)
{
    static const char digits[] = "0123456789ABCDEF";
    struct pair pair = pair_open(exception, field);
    const uint32_t length = value.length < VALUE_BYTES_MAX ? value.length : VALUE_BYTES_MAX;
    for (uint32_t i = 0; i < length; i++) {
        const unsigned char byte = (unsigned char)value.at[i];
        if (is_plain((char)byte)) {
            put(&pair, (char)byte);
        } else {
            put(&pair, '%');
            put(&pair, digits[byte >> 4]);
            put(&pair, digits[byte & 15]);
        }
    }
    pair_close(exception, &pair);
}

void detail_number(struct exception *exception, const char *field, int64_t value)
{
    struct pair pair = pair_open(exception, field);
    uint64_t rest = value < 0 ? UINT64_C(0) - (uint64_t)value : (uint64_t)value;
    char digits[20];
    uint32_t count = 0;
    do {
        digits[count++] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (value < 0) {
        put(&pair, '-');
    }
    while (count > 0) {
        put(&pair, digits[--count]);
    }
    pair_close(exception, &pair);
}

void detail_day(struct exception *exception, const char *field, day_t value)
{
    char text[DAY_TEXT_BYTES];
    day_print(value, text);
    detail_text(exception, field, text_of_string(text));
}

void detail_month(struct exception *exception, const char *field, month_t value)
{
    char text[MONTH_TEXT_BYTES];
    month_print(value, text);
    detail_text(exception, field, text_of_string(text));
}
