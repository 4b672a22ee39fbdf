#include "replay/rehearsal.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#include "replay/replay.h"
#include "support/shutdown.h"
#include "wire/record.h"

struct gathering {
    struct rehearsal *out;
    size_t capacity;
    uint32_t *index; /* place + 1 by hash, 0: free; twice as many as there is room for */
};

/* ---- The claims met so far ---- */

static bool is_it(const struct rehearsed_claim *claim, const struct decision *decision)
{
    return text_equal(text_of_string(claim->participant), decision->participant_id) &&
           text_equal(text_of_string(claim->claim), decision->claim_id);
}

static uint64_t hash_of(struct text participant, struct text claim)
{
    return text_hash(participant) ^ (text_hash(claim) * UINT64_C(0x9E3779B97F4A7C15));
}

/* Its place in the index, or the free one where it belongs. */
static size_t slot_of(const struct gathering *gathering, const struct decision *decision)
{
    const size_t slots = 2 * gathering->capacity;
    size_t slot = hash_of(decision->participant_id, decision->claim_id) % slots;
    while (gathering->index[slot] != 0 &&
           !is_it(&gathering->out->claims[gathering->index[slot] - 1], decision)) {
        slot = (slot + 1) % slots;
    }
    return slot;
}

static void grow(struct gathering *gathering)
{
    struct rehearsal *out = gathering->out;
    gathering->capacity = gathering->capacity == 0 ? 1024 : 2 * gathering->capacity;
    out->claims = realloc(out->claims, gathering->capacity * sizeof *out->claims);
    free(gathering->index);
    gathering->index = calloc(2 * gathering->capacity, sizeof *gathering->index);
    assert(out->claims != NULL && gathering->index != NULL);
    for (size_t i = 0; i < out->count; i++) {
        const struct decision decision = {.participant_id =
                                              text_of_string(out->claims[i].participant),
                                          .claim_id = text_of_string(out->claims[i].claim)};
        gathering->index[slot_of(gathering, &decision)] = (uint32_t)(i + 1);
    }
}

static struct rehearsed_claim *claim_of(struct gathering *gathering,
                                        const struct decision *decision)
{
    struct rehearsal *out = gathering->out;
    if (out->count == gathering->capacity) {
        grow(gathering);
    }
    const size_t slot = slot_of(gathering, decision);
    if (gathering->index[slot] == 0) {
        struct rehearsed_claim *added = &out->claims[out->count++];
        memset(added, 0, sizeof *added);
        assert(decision->participant_id.length < sizeof added->participant &&
               decision->claim_id.length < sizeof added->claim);
        memcpy(added->participant, decision->participant_id.at, decision->participant_id.length);
        memcpy(added->claim, decision->claim_id.at, decision->claim_id.length);
        gathering->index[slot] = (uint32_t)out->count;
    }
    return &out->claims[gathering->index[slot] - 1];
}

static void take_decision(struct rehearsed_claim *claim, const struct decision *decision,
                          struct verdict_of_claim *verdict)
{
    claim->claim_type = decision->claim_type;
    claim->programme = decision->programme;
    claim->event_on = decision->event_on;
    *verdict = (struct verdict_of_claim){
        .present = true,
        .verdict = decision->verdict,
        .reason = decision->reason,
        .line_count = (uint8_t)decision->line_count,
        .total_idr = decision->total_idr,
    };
    for (uint32_t i = 0; i < decision->line_count; i++) {
        verdict->lines[i] = (struct paid_line){.component = decision->lines[i].component,
                                               .amount_idr = decision->lines[i].amount_idr};
    }
}

/* ---- The rehearsal ---- */

static void take_rehearsed(void *context, const struct output *output)
{
    if (output->kind == OUTPUT_DECISION) {
        struct rehearsed_claim *claim = claim_of(context, &output->decision);
        take_decision(claim, &output->decision, &claim->rehearsed);
    }
}

static struct error replay_it(struct replay *replay, int32_t lane, struct difference *difference)
{
    bool at_end = false;
    while (!at_end) {
        TRY(replay_next(replay, difference, &at_end));
        if (difference->found) {
            return difference_error(difference, lane);
        }
        if (shutdown_wanted()) {
            return error_make(ERROR_RETRY, "interrupted", "lane %" PRId32 ": interrupted", lane);
        }
    }
    return no_error();
}

static struct error rehearse(const struct replay_options *options, struct gathering *gathering)
{
    struct replay *replay = NULL;
    TRY(replay_open(options, &replay));
    struct difference *difference = calloc(1, sizeof *difference);
    assert(difference != NULL);
    batch_observe(replay_batch(replay), take_rehearsed, gathering);
    const struct error error = replay_it(replay, options->lane, difference);
    gathering->out->events = replay_applied(replay);
    free(difference);
    replay_close(replay);
    return error;
}

/* ---- What is recorded ---- */

static struct error take_recorded(struct gathering *gathering, const struct schemas *schemas,
                                  struct log_stream *stream)
{
    for (;;) {
        const struct log_record *record;
        struct decision decision;
        TRY(log_stream_front(stream, &record));
        if (record == NULL) {
            return no_error();
        }
        if (record_decode(schemas, INT64_MAX, RECORD_DECISION, record->value, &decision)) {
            struct rehearsed_claim *claim = claim_of(gathering, &decision);
            take_decision(claim, &decision, &claim->recorded);
        }
        log_stream_take(stream);
    }
}

static struct error read_recorded(const struct log_source *source, int32_t lane,
                                  struct gathering *gathering)
{
    struct schemas *schemas = schemas_open();
    struct log_stream *stream = NULL;
    int64_t low = 0;
    int64_t end = 0;
    struct error error = log_source_schemas(source, schemas);
    if (!failed(&error)) {
        error = log_source_settled_bounds(source, TOPIC_DECISION, lane, &low, &end);
    }
    if (!failed(&error)) {
        error = log_stream_open(source, TOPIC_DECISION, lane, low, end, &stream);
    }
    if (!failed(&error)) {
        error = take_recorded(gathering, schemas, stream);
    }
    log_stream_close(stream);
    schemas_close(schemas);
    return error;
}

/* ---- Both ---- */

static int by_claim(const void *a, const void *b)
{
    const struct rehearsed_claim *x = a;
    const struct rehearsed_claim *y = b;
    const int order = strcmp(x->participant, y->participant);
    return order != 0 ? order : strcmp(x->claim, y->claim);
}

struct error rehearsal_of_lane(const struct log_source *source, int32_t lane,
                               uint32_t input_bytes_max, const struct rules *rules,
                               struct rehearsal *out)
{
    const struct replay_options options = {
        .source = source,
        .lane = lane,
        .input_bytes_max = input_bytes_max,
        .until_sequence = INT64_MAX,
        .until_time = INT64_MAX,
        .rules_instead = rules,
    };
    struct gathering gathering = {.out = out};
    *out = (struct rehearsal){.count = 0};
    struct error error = rehearse(&options, &gathering);
    if (!failed(&error)) {
        error = read_recorded(source, lane, &gathering);
    }
    free(gathering.index);
    if (out->count > 0) {
        qsort(out->claims, out->count, sizeof *out->claims, by_claim);
    }
    return error;
}

void rehearsal_clear(struct rehearsal *rehearsal)
{
    free(rehearsal->claims);
    *rehearsal = (struct rehearsal){.count = 0};
}

bool rehearsed_alike(const struct rehearsed_claim *claim)
{
    const struct verdict_of_claim *a = &claim->recorded;
    const struct verdict_of_claim *b = &claim->rehearsed;
    bool alike = a->present == b->present && a->verdict == b->verdict && a->reason == b->reason &&
                 a->total_idr == b->total_idr && a->line_count == b->line_count;
    for (uint32_t i = 0; alike && i < a->line_count; i++) {
        alike = a->lines[i].component == b->lines[i].component &&
                a->lines[i].amount_idr == b->lines[i].amount_idr;
    }
    return alike;
}
