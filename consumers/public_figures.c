#include "consumers/public_figures.h"

#include <assert.h>
#include <stdlib.h>

#include "core/event_check.h"
#include "kafka/log_reader.h"
#include "store/rollup.h"
#include "support/clock.h"
#include "support/log.h"
#include "wire/event_codec.h"

#define PAUSE_US (1 * MICROSECONDS_A_SECOND)
#define RULES_LOOK_US (1 * MICROSECONDS_A_SECOND)
#define REFERENCE_LOOK_US (MICROSECONDS_A_SECOND / 5)
#define LAST_TRIES_MAX 20 /* another process may be writing the same figures at the same moment */
#define LAST_PAUSE_MS 20

struct public_figures {
    const struct connections *connections;
    struct rollup *rollup;
    struct rules_log *rules_log;
    const struct rules *rules;
    struct schemas *schemas;
    int64_t schema_from;
    struct log_reader *reference;
    struct outputs *outputs; /* where event_check reports; nobody reads it */
    int64_t rules_read_at, reference_read_at, not_before;
    bool was_in_trouble;
};

static struct error open_parts(struct public_figures *figures, const struct log_identity *identity)
{
    struct rollup_options options = {.lanes = identity->lanes, .build = JAGA_VERSION};
    memcpy(options.log_id, identity->log_id, LOG_ID_BYTES);
    TRY(rollup_open(&figures->connections->redis, &options, &figures->rollup));
    TRY(rules_log_open(&figures->connections->kafka, &figures->rules_log));
    return schema_log_refresh(&figures->connections->kafka, &figures->schema_from,
                              figures->schemas);
}

struct error public_figures_open(const struct connections *connections,
                                 const struct log_identity *identity, struct public_figures **out)
{
    struct public_figures *figures = calloc(1, sizeof *figures);
    assert(figures != NULL);
    figures->connections = connections;
    figures->schemas = schemas_open();
    figures->outputs = calloc(1, sizeof *figures->outputs);
    assert(figures->outputs != NULL);
    const struct error error = open_parts(figures, identity);
    if (failed(&error)) {
        public_figures_close(figures);
        return error;
    }
    *out = figures;
    return no_error();
}

void public_figures_close(struct public_figures *figures)
{
    if (figures == NULL) {
        return;
    }
    log_reader_close(figures->reference);
    schemas_close(figures->schemas);
    rules_log_close(figures->rules_log);
    rollup_close(figures->rollup);
    free(figures->outputs);
    free(figures);
}

static struct error look_at_rules(struct public_figures *figures)
{
    const int64_t steady = clock_steady_us();
    if (figures->rules != NULL && steady - figures->rules_read_at < RULES_LOOK_US) {
        return no_error();
    }
    figures->rules_read_at = steady;
    int64_t through;
    TRY(rules_log_refresh(figures->rules_log, &through));
    return rules_log_at(figures->rules_log, through, &figures->rules);
}

static void take_event(struct public_figures *figures, const struct event *event, int64_t through)
{
    if (event->type == EVENT_BASE_PUBLISHED) {
        const struct base_published *base = &event->base;
        rollup_base(figures->rollup, base->region, base->kind, base->year, base->value,
                    base->publisher, through);
    } else {
        const struct batch_declared *batch = &event->batch;
        rollup_batch(figures->rollup, batch->batch_id, batch->source, batch->count,
                     batch->total_idr, through);
    }
}

/* A schema is looked for only when a record asks for it. */
static struct error decode(struct public_figures *figures, const struct log_record *record,
                           struct event *event, enum event_reading *reading)
{
    struct event_problem problem;
    *reading = event_decode(figures->schemas, INT64_MAX, EVENT_TOPIC_REFERENCE, record->value,
                            event, &problem);
    if (*reading == EVENT_UNKNOWN_SCHEMA) {
        TRY(schema_log_refresh(&figures->connections->kafka, &figures->schema_from,
                               figures->schemas));
        *reading = event_decode(figures->schemas, INT64_MAX, EVENT_TOPIC_REFERENCE, record->value,
                                event, &problem);
    }
    return no_error();
}

/* jaga.reference changes no decision and has no exceptions: a bad record is logged with its place.
 */
static struct error take_record(void *context, const struct log_record *record)
{
    struct public_figures *figures = context;
    struct event event;
    enum event_reading reading;
    TRY(decode(figures, record, &event, &reading));
    outputs_reset(figures->outputs, 0, NULL);
    if (reading != EVENT_READ || !event_check(&event, figures->rules, figures->outputs)) {
        log_at(LOG_WARN, "reference_refused", LOG_NUMBER("offset", record->offset));
    } else {
        take_event(figures, &event, record->offset + 1);
    }
    return no_error();
}

static struct error read_reference(struct public_figures *figures)
{
    const int64_t steady = clock_steady_us();
    if (steady - figures->reference_read_at < REFERENCE_LOOK_US) {
        return no_error();
    }
    figures->reference_read_at = steady;
    if (figures->reference == NULL) {
        TRY(log_reader_open(&figures->connections->kafka, TOPIC_REFERENCE, 0, LOG_FROM_START,
                            &figures->reference));
    }
    int64_t end;
    const struct error error = log_reader_take_all(figures->reference, take_record, figures, &end);
    if (failed(&error)) { /* a record may have been read and not taken: facts may be told twice */
        log_reader_close(figures->reference);
        figures->reference = NULL;
    }
    return error;
}

static struct error refresh(struct public_figures *figures)
{
    TRY(look_at_rules(figures));
    TRY(read_reference(figures));
    bool written;
    return rollup_refresh(figures->rollup, figures->rules, clock_wall_us(), &written);
}

static struct error refresh_last(struct public_figures *figures)
{
    struct error error = no_error();
    for (unsigned tries = 0; tries < LAST_TRIES_MAX; tries++) {
        figures->rules_read_at = figures->reference_read_at = INT64_MIN / 2;
        error = refresh(figures);
        if (!failed(&error) || strcmp(error.code, "store_changed") != 0) {
            break;
        }
        clock_sleep_ms(LAST_PAUSE_MS);
    }
    return error;
}

void public_figures_refresh(struct public_figures *figures, bool last)
{
    if (!last && clock_steady_us() < figures->not_before) {
        return;
    }
    const struct error error = last ? refresh_last(figures) : refresh(figures);
    if (failed(&error)) {
        figures->not_before = clock_steady_us() + PAUSE_US;
        if (!figures->was_in_trouble) {
            log_at(LOG_WARN, "public_figures_wait", LOG_ERROR_FIELDS(&error));
        }
    }
    figures->was_in_trouble = failed(&error);
}
