#include "wire/input_record.h"

#include "core/transition.h"

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
        record->time_refused =
            event_time_is_refused(&record->event, kafka_time(record->timestamp_ms));
    }
}

bool input_record_is_at_once(const struct input_record *record)
{
    return record->reading != EVENT_READ || record->time_refused;
}
