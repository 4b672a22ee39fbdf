#include "replay/reference.h"

#include <assert.h>
#include <stdlib.h>

#include "core/event_check.h"
#include "wire/event_codec.h"

struct reading {
    struct schemas *schemas;
    const struct rules *rules;
    int64_t through;
    struct outputs *outputs; /* where event_check reports; nobody reads it */
    reference_seen seen;
    void *context;
};

static struct error take(void *context, const struct log_record *record)
{
    struct reading *reading = context;
    struct event event;
    struct event_problem problem;
    if (record->offset >= reading->through ||
        event_decode(reading->schemas, INT64_MAX, EVENT_TOPIC_REFERENCE, record->value, &event,
                     &problem) != EVENT_READ) {
        return no_error();
    }
    outputs_reset(reading->outputs, 0, NULL);
    if (event_check(&event, reading->rules, reading->outputs)) {
        reading->seen(reading->context, &event, record->offset);
    }
    return no_error();
}

struct error reference_read(const struct log_source *source, const struct rules *rules,
                            int64_t through, reference_seen seen, void *context)
{
    struct reading reading = {
        .schemas = schemas_open(),
        .rules = rules,
        .through = through,
        .outputs = calloc(1, sizeof *reading.outputs),
        .seen = seen,
        .context = context,
    };
    assert(reading.outputs != NULL);
    struct error error = log_source_schemas(source, reading.schemas);
    if (!failed(&error)) {
        error = log_source_take_all(source, TOPIC_REFERENCE, take, &reading);
    }
    free(reading.outputs);
    schemas_close(reading.schemas);
    return error;
}
