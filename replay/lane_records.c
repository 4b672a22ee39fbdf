#include "replay/lane_records.h"

#include <assert.h>
#include <stdlib.h>

#include "kafka/log_reader.h"

struct source_topic {
    struct log_stream *stream;
    int64_t low, end;           /* bounds at the opening */
    int64_t first, until;       /* of the batch in hand */
    int64_t last;               /* offset of the record given last; −1 before the first */
    bool is_head;               /* `record` is the front of the stream, decoded */
    bool is_out;                /* the batch has no more of it */
    struct input_record record; /* of the head */
};

struct lane_records {
    const struct log_source *source;
    int32_t lane;
    const struct schemas *schemas;
    uint32_t bytes_max;
    int64_t schemas_through, sequence;
    struct source_topic topics[INPUT_TOPIC_COUNT];
    int taken; /* topic of the record given last, still the front of its stream; −1: none */
};

static void release_taken(struct lane_records *records)
{
    if (records->taken >= 0) {
        struct source_topic *at = &records->topics[records->taken];
        at->last = at->record.offset;
        at->is_head = false;
        log_stream_take(at->stream);
        records->taken = -1;
    }
}

static struct error open_stream(struct lane_records *records, int topic, int64_t next)
{
    struct source_topic *at = &records->topics[topic];
    at->last = next - 1;
    at->is_head = false;
    /* What retention removed shows when the journal asks for it; a reader begins at what is there.
     */
    return log_stream_open(records->source, (enum topic)topic, records->lane,
                           next > at->low ? next : at->low, at->end, &at->stream);
}

static struct error open_topic(struct lane_records *records, int topic, int64_t next)
{
    struct source_topic *at = &records->topics[topic];
    TRY(log_source_bounds(records->source, (enum topic)topic, records->lane, &at->low, &at->end));
    return open_stream(records, topic, next);
}

struct error lane_records_skip(struct lane_records *records, const int64_t next[INPUT_TOPIC_COUNT])
{
    release_taken(records);
    for (int topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        struct source_topic *at = &records->topics[topic];
        if (at->last + 1 != next[topic]) {
            log_stream_close(at->stream);
            at->stream = NULL;
            TRY(open_stream(records, topic, next[topic]));
        }
    }
    return no_error();
}

struct error lane_records_open(const struct log_source *source, int32_t lane,
                               const int64_t next[INPUT_TOPIC_COUNT], const struct schemas *schemas,
                               uint32_t bytes_max, struct lane_records **out)
{
    struct lane_records *records = calloc(1, sizeof *records);
    assert(records != NULL);
    records->source = source;
    records->lane = lane;
    records->schemas = schemas;
    records->bytes_max = bytes_max;
    records->taken = -1;
    struct error error = no_error();
    for (int topic = 0; topic < INPUT_TOPIC_COUNT && !failed(&error); topic++) {
        error = open_topic(records, topic, next[topic]);
    }
    if (failed(&error)) {
        lane_records_close(records);
        records = NULL;
    }
    *out = records;
    return error;
}

void lane_records_close(struct lane_records *records)
{
    if (records != NULL) {
        for (int topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
            log_stream_close(records->topics[topic].stream);
        }
        free(records);
    }
}

int64_t lane_records_end(const struct lane_records *records, enum input_topic topic)
{
    return records->topics[topic].end;
}

void lane_records_begin(struct lane_records *records, const struct journal_body *body)
{
    records->schemas_through = body->schemas_through;
    records->sequence = body->sequence;
    for (int topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        struct source_topic *at = &records->topics[topic];
        at->first = body->ranges[topic].first;
        at->until = body->ranges[topic].next;
        at->is_out = at->first == at->until;
        at->is_head = false; /* decoded anew: it may know more schemas than the batch before */
    }
}

/* The journal took `until` − 1 as the topic's last: without it something is gone. */
static void note_missing(struct lane_records *records, int topic, int64_t seen,
                         struct difference *difference)
{
    const struct source_topic *at = &records->topics[topic];
    const bool removed = at->low > at->last + 1;
    const int64_t offset = removed ? at->last + 1 : at->until - 1;
    difference_set(difference, log_source_topic(records->source, (enum topic)topic), records->lane,
                   offset, records->sequence,
                   removed ? "input records were removed: the topic begins at a later offset"
                           : "an input record that the journal applied is not there");
    if (removed) {
        difference_numbers(difference, at->last + 1, at->low);
    } else if (seen >= 0) {
        difference_numbers(difference, at->until - 1, seen);
    } else {
        difference_values(difference, "a record", "the end of the topic");
    }
}

static struct error look(struct lane_records *records, int topic, struct difference *difference)
{
    struct source_topic *at = &records->topics[topic];
    const struct log_record *front;
    TRY(log_stream_front(at->stream, &front));
    if (front == NULL || front->offset >= at->until || at->low > at->last + 1) {
        at->is_out = true;
        if (at->last < at->until - 1) {
            note_missing(records, topic, front == NULL ? -1 : front->offset, difference);
        }
        return no_error();
    }
    input_record_view(&at->record, (enum input_topic)topic, front, records->bytes_max);
    input_record_decode(&at->record, records->schemas, records->schemas_through);
    at->is_head = true;
    return no_error();
}

/* The head with the smallest time, of equals the first topic's; one that has no place in time at
   once. −1: the batch is over. */
static int choose(const struct lane_records *records)
{
    int best = -1;
    for (int topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        const struct source_topic *at = &records->topics[topic];
        if (at->is_out) {
            continue;
        }
        if (input_record_is_at_once(&at->record)) {
            return topic;
        }
        if (best < 0 || at->record.event.time < records->topics[best].record.event.time) {
            best = topic;
        }
    }
    return best;
}

struct error lane_records_take(struct lane_records *records, struct difference *difference,
                               const struct input_record **record)
{
    *record = NULL;
    release_taken(records);
    for (int topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        struct source_topic *at = &records->topics[topic];
        if (!at->is_out && !at->is_head) {
            TRY(look(records, topic, difference));
        }
        if (difference->found) {
            return no_error();
        }
    }
    records->taken = choose(records);
    if (records->taken >= 0) {
        *record = &records->topics[records->taken].record;
    }
    return no_error();
}
