#include "wire/input_record.h"

#define DAY_MS (24 * 60 * 60 * 1000LL)

void input_record_view(struct input_record *record, enum input_topic topic,
                       const struct log_record *from, uint32_t bytes_max)
{
    record->topic = topic;
    record->offset = from->offset;
    record->timestamp_ms = from->timestamp_ms;
    record->key = from->key;
    record->value = from->value;
    record->too_long = from->value.length > bytes_max;
}

static bool time_is_refused(int64_t time_us, int64_t timestamp_ms)
{
    const int64_t limit_ms = timestamp_ms > INT64_MAX - DAY_MS ? INT64_MAX : timestamp_ms + DAY_MS;
    const int64_t time_ms = time_us / 1000;
    return time_ms > limit_ms || (time_ms == limit_ms && time_us % 1000 > 0);
}

void input_record_decode(struct input_record *record, const struct schemas *schemas,
                         int64_t schemas_through)
{
    record->time_refused = false;
    if (record->too_long) {
        record->reading = EVENT_MALFORMED;
        event_problem_clear(&record->problem);
        event_problem_add_number(&record->problem, "value_length", record->value.length);
        return;
    }
    record->reading = event_decode(schemas, schemas_through, (unsigned)record->topic, record->value,
                                   &record->event, &record->problem);
    if (record->reading == EVENT_READ) {
        record->time_refused = time_is_refused(record->event.time, record->timestamp_ms);
    }
}

bool input_record_is_at_once(const struct input_record *record)
{
    return record->reading != EVENT_READ || record->time_refused;
}
