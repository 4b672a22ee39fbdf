#include "replay/outputs_check.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "wire/record.h"

#define LAST_BYTES_MAX 4096

static const enum topic output_topics[OUTPUT_KIND_COUNT] = {
    [OUTPUT_DECISION] = TOPIC_DECISION,
    [OUTPUT_PAYMENT] = TOPIC_PAYMENT,
    [OUTPUT_EXCEPTION] = TOPIC_EXCEPTION,
};

struct output_topic {
    struct log_stream *stream;
    uint64_t count;
    uint32_t last_length; /* of the last value that agreed: one that comes again was doubled */
    char last[LAST_BYTES_MAX];
};

struct outputs_check {
    const struct log_source *source;
    int32_t lane;
    const struct schemas *schemas;
    struct output_ends ends;
    struct output_topic topics[OUTPUT_KIND_COUNT];
};

union output_record {
    struct decision decision;
    struct payment payment;
    struct exception exception;
};

struct error output_ends_read(const struct log_source *source, int32_t lane,
                              struct output_ends *out)
{
    *out = (struct output_ends){0};
    if (!log_source_has_topics(source)) {
        return no_error();
    }
    for (int kind = 0; kind < OUTPUT_KIND_COUNT; kind++) {
        int64_t low;
        TRY(log_source_bounds(source, output_topics[kind], lane, &low, &out->end[kind]));
    }
    return no_error();
}

struct error outputs_check_open(const struct log_source *source, int32_t lane,
                                const struct schemas *schemas, const struct output_ends *ends,
                                struct outputs_check **out)
{
    struct outputs_check *check = calloc(1, sizeof *check);
    assert(check != NULL);
    check->source = source;
    check->lane = lane;
    check->schemas = schemas;
    check->ends = *ends;
    struct error error = no_error();
    for (int kind = 0; kind < OUTPUT_KIND_COUNT && !failed(&error); kind++) {
        int64_t low = 0;
        int64_t end = 0;
        error = log_source_settled_bounds(source, output_topics[kind], lane, &low, &end);
        if (!failed(&error)) {
            error = log_stream_open(source, output_topics[kind], lane, low, end,
                                    &check->topics[kind].stream);
        }
    }
    if (failed(&error)) {
        outputs_check_close(check);
        check = NULL;
    }
    *out = check;
    return error;
}

void outputs_check_close(struct outputs_check *check)
{
    if (check != NULL) {
        for (int kind = 0; kind < OUTPUT_KIND_COUNT; kind++) {
            log_stream_close(check->topics[kind].stream);
        }
        free(check);
    }
}

/* ---- Telling what differs ---- */

static enum record_kind record_kind_of(enum output_kind kind)
{
    return (enum record_kind)(RECORD_DECISION + (int)kind);
}

static bool decode(const struct outputs_check *check, enum output_kind kind, struct text value,
                   union output_record *out)
{
    return record_decode(check->schemas, INT64_MAX, record_kind_of(kind), value, out);
}

static void print(const struct outputs_check *check, enum output_kind kind, struct text value,
                  char out[DIFFERENCE_TEXT_BYTES])
{
    union output_record record;
    struct buffer buffer = buffer_over(out, DIFFERENCE_TEXT_BYTES - 1);
    if (decode(check, kind, value, &record)) {
        record_to_json(&buffer, record_fields(record_kind_of(kind)), &record, NULL);
    } else {
        buffer_string(&buffer, "(unreadable)");
    }
    out[buffer.length] = '\0';
}

static const struct output_head *head_of(enum output_kind kind, const union output_record *record)
{
    switch (kind) {
    case OUTPUT_DECISION: return &record->decision.head;
    case OUTPUT_PAYMENT: return &record->payment.head;
    case OUTPUT_EXCEPTION: return &record->exception.head;
    }
    return NULL;
}

static bool is_same_thing(enum output_kind kind, const union output_record *a,
                          const union output_record *b)
{
    switch (kind) {
    case OUTPUT_DECISION:
        return text_equal(a->decision.claim_id, b->decision.claim_id) &&
               text_equal(a->decision.participant_id, b->decision.participant_id) &&
               a->decision.revision == b->decision.revision;
    case OUTPUT_PAYMENT:
        return text_equal(a->payment.payment_id, b->payment.payment_id) ||
               (text_equal(a->payment.claim_id, b->payment.claim_id) &&
                text_equal(a->payment.payee_ref, b->payment.payee_ref));
    case OUTPUT_EXCEPTION:
        return a->exception.code == b->exception.code &&
               text_equal(a->exception.source, b->exception.source) &&
               text_equal(a->exception.id, b->exception.id);
    }
    return false;
}

/* The first field in which two records of one thing differ; NULL: only key or timestamp do. */
static const char *changed_field(enum output_kind kind, const union output_record *expected,
                                 const union output_record *seen)
{
    const struct fields *fields = record_fields(record_kind_of(kind));
    for (uint32_t i = 0; i < fields->count; i++) {
        static _Thread_local char texts[2][DIFFERENCE_TEXT_BYTES];
        struct buffer buffers[2] = {buffer_over(texts[0], sizeof texts[0]),
                                    buffer_over(texts[1], sizeof texts[1])};
        field_to_json(&buffers[0], &fields->fields[i], expected);
        field_to_json(&buffers[1], &fields->fields[i], seen);
        if (!text_equal(buffer_view(&buffers[0]), buffer_view(&buffers[1]))) {
            return fields->fields[i].name;
        }
    }
    return NULL;
}

static const char *title(enum output_kind kind)
{
    static const char *const titles[OUTPUT_KIND_COUNT] = {"decision", "payment", "exception"};
    return titles[kind];
}

static bool is_doubled(const struct output_topic *topic, struct text value)
{
    return topic->last_length > 0 && text_equal(value, text_of(topic->last, topic->last_length));
}

struct finding {
    enum output_kind kind;
    const struct outgoing *expected; /* NULL: nothing more */
    size_t left;                     /* of the batch, from `expected` on */
    const struct log_record *seen;   /* NULL: the topic ends */
    int64_t sequence;
};

/* Is what lies here one that should come after those that are left out: of this batch, or by its
   own word of a later one? */
static bool comes_later(const struct outputs_check *check, const struct finding *finding)
{
    const struct outgoing *expected = finding->expected;
    union output_record record;
    for (size_t i = 1; i < finding->left; i++) {
        if (expected[i].topic == expected[0].topic &&
            text_equal(expected[i].value, finding->seen->value)) {
            return true;
        }
    }
    return decode(check, finding->kind, finding->seen->value, &record) &&
           head_of(finding->kind, &record)->sequence > finding->sequence;
}

static void name_change(const struct outputs_check *check, const struct finding *finding,
                        struct difference *difference, const char *topic)
{
    union output_record expected;
    union output_record seen;
    const int64_t offset = finding->seen->offset;
    const bool both = decode(check, finding->kind, finding->expected->value, &expected) &&
                      decode(check, finding->kind, finding->seen->value, &seen);
    if (both && is_same_thing(finding->kind, &expected, &seen)) {
        const char *field = changed_field(finding->kind, &expected, &seen);
        difference_set(difference, topic, check->lane, offset, finding->sequence,
                       "%s was changed: %s", title(finding->kind),
                       field != NULL ? field : "key or timestamp");
    } else {
        difference_set(difference, topic, check->lane, offset, finding->sequence,
                       "%s was added, or put out of order", title(finding->kind));
    }
}

static void name_finding(const struct outputs_check *check, const struct finding *finding,
                         struct difference *difference)
{
    static _Thread_local char expected[DIFFERENCE_TEXT_BYTES];
    static _Thread_local char seen[DIFFERENCE_TEXT_BYTES];
    const char *topic = log_source_topic(check->source, output_topics[finding->kind]);
    const int64_t offset = finding->seen == NULL ? -1 : finding->seen->offset;
    if (finding->seen == NULL || (finding->expected != NULL && comes_later(check, finding))) {
        difference_set(difference, topic, check->lane, offset, finding->sequence, "%s is missing",
                       title(finding->kind));
    } else if (is_doubled(&check->topics[finding->kind], finding->seen->value)) {
        difference_set(difference, topic, check->lane, offset, finding->sequence, "%s was doubled",
                       title(finding->kind));
    } else if (finding->expected == NULL) {
        difference_set(difference, topic, check->lane, offset, finding->sequence, "%s was added",
                       title(finding->kind));
    } else {
        name_change(check, finding, difference, topic);
    }
    (void)snprintf(expected, sizeof expected, "(none)");
    (void)snprintf(seen, sizeof seen, "(none)");
    if (finding->expected != NULL) {
        print(check, finding->kind, finding->expected->value, expected);
    }
    if (finding->seen != NULL) {
        print(check, finding->kind, finding->seen->value, seen);
    }
    difference_values(difference, expected, seen);
}

/* ---- Comparing ---- */

static bool agrees(const struct outgoing *expected, const struct log_record *seen)
{
    return text_equal(expected->value, seen->value) && text_equal(expected->key, seen->key) &&
           text_is_absent(expected->key) == text_is_absent(seen->key) &&
           expected->timestamp_ms == seen->timestamp_ms;
}

static void keep_last(struct output_topic *topic, struct text value)
{
    topic->last_length = value.length <= LAST_BYTES_MAX ? value.length : 0;
    memcpy(topic->last, value.at, topic->last_length);
}

static enum output_kind kind_of(enum topic topic)
{
    return (enum output_kind)((int)topic - (int)TOPIC_DECISION);
}

struct error outputs_check_batch(struct outputs_check *check, const struct outgoing *outgoing,
                                 size_t count, int64_t sequence, struct difference *difference)
{
    for (size_t i = 0; i < count && outgoing[i].topic != TOPIC_JOURNAL; i++) {
        const enum output_kind kind = kind_of(outgoing[i].topic);
        struct output_topic *topic = &check->topics[kind];
        const struct log_record *seen;
        TRY(log_stream_front(topic->stream, &seen));
        if (seen == NULL || !agrees(&outgoing[i], seen)) {
            const struct finding finding = {kind, &outgoing[i], count - i, seen, sequence};
            name_finding(check, &finding, difference);
            return no_error();
        }
        keep_last(topic, outgoing[i].value);
        topic->count++;
        log_stream_take(topic->stream);
    }
    return no_error();
}

/* Later journal records may have put it out meanwhile, but not below the end that was there before
   the journal's. */
static bool may_be_later(const struct outputs_check *check, enum output_kind kind,
                         const struct log_record *seen, int64_t sequence)
{
    union output_record record;
    return seen->offset >= check->ends.end[kind] && decode(check, kind, seen->value, &record) &&
           head_of(kind, &record)->sequence > sequence;
}

static struct error check_next(struct outputs_check *check, enum output_kind kind, int64_t sequence,
                               struct difference *difference, bool *is_later)
{
    const struct log_record *seen;
    TRY(log_stream_front(check->topics[kind].stream, &seen));
    *is_later = seen != NULL && may_be_later(check, kind, seen, sequence);
    if (seen != NULL && !*is_later) {
        const struct finding finding = {kind, NULL, 0, seen, sequence};
        name_finding(check, &finding, difference);
    }
    return no_error();
}

struct error outputs_check_end(struct outputs_check *check, int64_t sequence,
                               struct difference *difference)
{
    for (int kind = 0; kind < OUTPUT_KIND_COUNT && !difference->found; kind++) {
        bool is_later;
        TRY(check_next(check, (enum output_kind)kind, sequence, difference, &is_later));
    }
    return no_error();
}

struct error outputs_check_behind(struct outputs_check *check, int64_t sequence,
                                  struct difference *difference, uint64_t *count)
{
    *count = 0;
    for (int kind = 0; kind < OUTPUT_KIND_COUNT && !difference->found; kind++) {
        bool is_later;
        TRY(check_next(check, (enum output_kind)kind, sequence, difference, &is_later));
        while (is_later) {
            (*count)++;
            log_stream_take(check->topics[kind].stream);
            TRY(check_next(check, (enum output_kind)kind, sequence, difference, &is_later));
        }
    }
    return no_error();
}

uint64_t outputs_check_count(const struct outputs_check *check, enum output_kind kind)
{
    return check->topics[kind].count;
}
