#include "producers/send.h"

#include <assert.h>

#include "wire/event_codec.h"

#define HEADERS 4

static struct text key_of(const struct event *event)
{
    if (event->type == EVENT_BASE_PUBLISHED) {
        return event->base.region;
    }
    return event->type == EVENT_BATCH_DECLARED ? event->batch.batch_id : event->participant_id;
}

/* CloudEvents' names; `time` holds the text of one of them. */
static void set_headers(const struct event *event, char time[TIME_TEXT_BYTES],
                        struct publisher_header out[HEADERS])
{
    time_print(event->time, time);
    out[0] = (struct publisher_header){"ce_id", event->id};
    out[1] = (struct publisher_header){"ce_source", event->source};
    out[2] = (struct publisher_header){"ce_type", term_text(&event_type_names, event->type)};
    out[3] = (struct publisher_header){"ce_time", text_of_string(time)};
}

struct error send_event(struct publisher *publisher, const struct event *event,
                        int64_t timestamp_ms, bool headers)
{
    uint8_t bytes[EVENT_BYTES_MAX];
    struct publisher_header all[HEADERS];
    char time[TIME_TEXT_BYTES];
    struct buffer buffer = buffer_over(bytes, sizeof bytes);
    event_encode(&buffer, event);
    assert(!buffer.overflow);
    if (headers) {
        set_headers(event, time, all);
    }
    return publisher_send(publisher, (enum topic)event_topic(event->type), key_of(event),
                          buffer_view(&buffer), timestamp_ms, all, headers ? HEADERS : 0);
}
