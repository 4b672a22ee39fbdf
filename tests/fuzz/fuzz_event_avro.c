/* Foreign bytes as the value of a record. The first byte chooses the topic (its low bits) and, with
   its high bit, a foreign writer's schema: its text up to a zero byte stands before the value,
   under the id 50. Reading ends in an event, or in a problem that says something. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "event_trial.h"
#include "wire/event_codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FOREIGN_ID 50
#define FOREIGN_BIT 0x80
#define TOPIC_BITS 7

static void decode(const struct schemas *schemas, unsigned topic, const char *at, size_t length)
{
    static struct event event;
    struct event_problem problem = {.pair_count = 0};
    memset(&event, 0xA5, sizeof event); /* what an event before it may have left */
    switch (event_decode(schemas, 2, topic, text_of(at, length), &event, &problem)) {
    case EVENT_READ:
        assert(event_topic(event.type) == topic);
        trial_event(&event);
        break;
    case EVENT_MALFORMED: assert(problem.pair_count > 0); break;
    case EVENT_UNKNOWN_SCHEMA: break;
    }
}

static void decode_foreign(unsigned topic, const char *at, size_t length)
{
    const char *end = memchr(at, '\0', length);
    if (end == NULL) {
        return;
    }
    struct schemas *schemas = schemas_open();
    schemas_add_own(schemas, 0);
    const struct error error = schemas_add(schemas, FOREIGN_ID, at, (size_t)(end - at), 1);
    assert(!failed(&error) || strcmp(error.code, "schema_unusable") == 0);
    decode(schemas, topic, end + 1, length - (size_t)(end + 1 - at));
    schemas_close(schemas);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct schemas *own;
    if (own == NULL) {
        own = schemas_open();
        schemas_add_own(own, 0);
    }
    if (size == 0) {
        return 0;
    }
    trial_begin();
    const unsigned topic = (data[0] & TOPIC_BITS) % EVENT_TOPIC_COUNT;
    const char *value = (const char *)data + 1;
    if ((data[0] & FOREIGN_BIT) != 0) {
        decode_foreign(topic, value, size - 1);
    } else {
        decode(own, topic, value, size - 1);
    }
    return 0;
}
