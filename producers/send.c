#include "producers/send.h"

#include <assert.h>

#include "wire/event_codec.h"

static struct text key_of(const struct event *event)
{
    if (event->type == EVENT_BASE_PUBLISHED) {
        return event->base.region;
    }
    return event->type == EVENT_BATCH_DECLARED ? event->batch.batch_id : event->participant_id;
}

struct error send_event(struct publisher *publisher, const struct event *event,
                        int64_t timestamp_ms, bool headers)
{
    uint8_t bytes[EVENT_BYTES_MAX];
    char time[TIME_TEXT_BYTES];
    struct buffer buffer = buffer_over(bytes, sizeof bytes);
    event_encode(&buffer, event);
    assert(!buffer.overflow);
    time_print(event->time, time);
    const struct publisher_header all[] = {
        {"ce_id", event->id},
        {"ce_source", event->source},
        {"ce_type", term_text(&event_type_names, event->type)},
        {"ce_time", text_of_string(time)},
    };
    return publisher_send(publisher, (enum topic)event_topic(event->type), key_of(event),
                          buffer_view(&buffer), timestamp_ms, all,
                          headers ? sizeof all / sizeof *all : 0);
}
