#include "consumers/claim_records.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#include "wire/record.h"

union output_object {
    struct decision decision;
    struct payment payment;
};

/* A record that holds the id somewhere in its bytes, decoded. */
typedef struct error (*output_met)(void *context, int32_t lane, const struct log_record *record,
                                   const union output_object *object);

struct walk {
    const struct log_source *source;
    const struct schemas *schemas;
    enum topic topic; /* TOPIC_DECISION or TOPIC_PAYMENT */
    struct text id;   /* what a record must hold to be looked at */
    uint64_t read;
    output_met met;
    void *context;
};

static bool holds(const struct log_record *record, struct text id)
{
    return !text_is_absent(record->value) &&
           memmem(record->value.at, record->value.length, id.at, id.length) != NULL;
}

static struct error look(struct walk *walk, int32_t lane, const struct log_record *record)
{
    static union output_object object;
    const enum record_kind kind = walk->topic == TOPIC_DECISION ? RECORD_DECISION : RECORD_PAYMENT;
    walk->read++;
    if (!holds(record, walk->id)) {
        return no_error();
    }
    if (!record_decode(walk->schemas, INT64_MAX, kind, record->value, &object)) {
        return error_make(ERROR_FATAL, "log_differs",
                          "%s [%" PRId32 "], offset %" PRId64
                          " cannot be read; `jaga audit` says more",
                          log_source_topic(walk->source, walk->topic), lane, record->offset);
    }
    return walk->met(walk->context, lane, record, &object);
}

static struct error walk_stream(struct walk *walk, int32_t lane, struct log_stream *stream)
{
    for (;;) {
        const struct log_record *record;
        TRY(log_stream_front(stream, &record));
        if (record == NULL) {
            return no_error();
        }
        TRY(look(walk, lane, record));
        log_stream_take(stream);
    }
}

static struct error walk_lane(struct walk *walk, int32_t lane)
{
    int64_t low;
    int64_t end;
    struct log_stream *stream;
    TRY(log_source_bounds(walk->source, walk->topic, lane, &low, &end));
    TRY(log_stream_open(walk->source, walk->topic, lane, low, end, &stream));
    const struct error error = walk_stream(walk, lane, stream);
    log_stream_close(stream);
    return error;
}

/* ---- Whose it is ---- */

struct searching {
    struct text id, participant;
    enum topic topic;
    struct claim_search *search;
};

static void copy_id(char *to, size_t capacity, struct text text)
{
    assert(text.length < capacity);
    memcpy(to, text.at, text.length);
    to[text.length] = '\0';
}

static bool is_noted(const struct claim_search *search, struct text participant, struct text claim)
{
    for (uint32_t i = 0; i < search->count && i < CLAIM_OWNERS_MAX; i++) {
        if (text_equal(text_of_string(search->owners[i].participant), participant) &&
            text_equal(text_of_string(search->owners[i].claim), claim)) {
            return true;
        }
    }
    return false;
}

static void note_owner(struct claim_search *search, int32_t lane, struct text participant,
                       struct text claim)
{
    if (is_noted(search, participant, claim) || participant.length > PARTICIPANT_ID_BYTES_MAX ||
        claim.length > CLAIM_ID_BYTES_MAX) {
        return;
    }
    if (search->count < CLAIM_OWNERS_MAX) {
        struct claim_owner *owner = &search->owners[search->count];
        owner->lane = lane;
        copy_id(owner->participant, sizeof owner->participant, participant);
        copy_id(owner->claim, sizeof owner->claim, claim);
    }
    search->count++;
}

static struct error meet_owner(void *context, int32_t lane, const struct log_record *record,
                               const union output_object *object)
{
    const struct searching *searching = context;
    const bool is_decision = searching->topic == TOPIC_DECISION;
    const struct text claim = is_decision ? object->decision.claim_id : object->payment.claim_id;
    const struct text participant =
        is_decision ? object->decision.participant_id : object->payment.participant_id;
    const bool is_it = text_equal(claim, searching->id) ||
                       (!is_decision && text_equal(object->payment.payment_id, searching->id));
    const bool is_wanted =
        text_is_absent(searching->participant) || text_equal(participant, searching->participant);
    (void)record;
    if (is_it && is_wanted) {
        note_owner(searching->search, lane, participant, claim);
    }
    return no_error();
}

static struct error search_topic(struct searching *searching, const struct log_source *source,
                                 const struct schemas *schemas, enum topic topic, uint64_t *read)
{
    struct walk walk = {.source = source,
                        .schemas = schemas,
                        .topic = topic,
                        .id = searching->id,
                        .met = meet_owner,
                        .context = searching};
    searching->topic = topic;
    for (int32_t lane = 0; lane < log_source_identity(source)->lanes; lane++) {
        TRY(walk_lane(&walk, lane));
    }
    *read = walk.read;
    return no_error();
}

struct error claim_search(const struct log_source *source, const struct schemas *schemas,
                          struct text id, struct text participant, struct claim_search *out)
{
    struct searching searching = {.id = id, .participant = participant, .search = out};
    out->count = 0;
    TRY(search_topic(&searching, source, schemas, TOPIC_DECISION, &out->decisions));
    return search_topic(&searching, source, schemas, TOPIC_PAYMENT, &out->payments);
}

/* ---- Its records ---- */

struct collecting {
    const struct claim_owner *owner;
    const struct schemas *schemas;
    struct recorded **records;
    uint32_t *count, *capacity;
    enum record_kind kind;
};

static struct recorded *add_record(const struct collecting *collecting)
{
    if (*collecting->count == *collecting->capacity) {
        *collecting->capacity = *collecting->capacity == 0 ? 8 : 2 * *collecting->capacity;
        *collecting->records =
            realloc(*collecting->records, *collecting->capacity * sizeof **collecting->records);
        assert(*collecting->records != NULL);
    }
    struct recorded *added = &(*collecting->records)[(*collecting->count)++];
    memset(added, 0, sizeof *added);
    return added;
}

static struct error meet_record(void *context, int32_t lane, const struct log_record *record,
                                const union output_object *object)
{
    const struct collecting *collecting = context;
    const bool is_decision = collecting->kind == RECORD_DECISION;
    const struct text claim = is_decision ? object->decision.claim_id : object->payment.claim_id;
    const struct text participant =
        is_decision ? object->decision.participant_id : object->payment.participant_id;
    (void)lane;
    if (!text_equal(claim, text_of_string(collecting->owner->claim)) ||
        !text_equal(participant, text_of_string(collecting->owner->participant))) {
        return no_error();
    }
    struct recorded *added = add_record(collecting);
    added->offset = record->offset;
    added->value_length = record->value.length;
    added->value = malloc(record->value.length);
    assert(added->value != NULL);
    memcpy(added->value, record->value.at, record->value.length);
    const bool again = record_decode(collecting->schemas, INT64_MAX, collecting->kind,
                                     text_of(added->value, added->value_length), &added->decision);
    assert(again); /* the same bytes were read before */
    return no_error();
}

static struct error collect(const struct log_source *source, struct collecting *collecting,
                            enum topic topic)
{
    struct walk walk = {.source = source,
                        .schemas = collecting->schemas,
                        .topic = topic,
                        .id = text_of_string(collecting->owner->claim),
                        .met = meet_record,
                        .context = collecting};
    return walk_lane(&walk, collecting->owner->lane);
}

struct error claim_records_read(const struct log_source *source, const struct schemas *schemas,
                                const struct claim_owner *owner, struct claim_records *out)
{
    memset(out, 0, sizeof *out);
    struct collecting decisions = {
        owner,          schemas, &out->decisions, &out->decision_count, &out->decision_capacity,
        RECORD_DECISION};
    struct collecting payments = {
        owner,         schemas, &out->payments, &out->payment_count, &out->payment_capacity,
        RECORD_PAYMENT};
    TRY(collect(source, &decisions, TOPIC_DECISION));
    return collect(source, &payments, TOPIC_PAYMENT);
}

static void clear(struct recorded *records, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        free(records[i].value);
    }
    free(records);
}

void claim_records_clear(struct claim_records *records)
{
    clear(records->decisions, records->decision_count);
    clear(records->payments, records->payment_count);
    memset(records, 0, sizeof *records);
}
