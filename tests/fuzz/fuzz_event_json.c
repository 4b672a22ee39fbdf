/* Foreign bytes as JSON Lines, all for one participant in the order given, as in `jaga try`. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "event_trial.h"
#include "wire/event_codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_line(struct json_scratch *scratch, const char *line, size_t length)
{
    static struct event event;
    struct event_problem problem = {.pair_count = 0};
    int64_t time;
    if (clock_from_json(line, length, &time)) {
        return;
    }
    memset(&event, 0xA5, sizeof event); /* what an event before it may have left */
    switch (event_from_json(scratch, line, length, &event, &problem)) {
    case EVENT_READ: trial_event(&event); break;
    case EVENT_MALFORMED: assert(problem.pair_count > 0); break;
    case EVENT_UNKNOWN_SCHEMA: abort();
    }
    json_scratch_reset(scratch);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct json_scratch *scratch;
    if (scratch == NULL) {
        scratch = json_scratch_open();
    }
    trial_begin();
    const char *at = (const char *)data;
    const char *const end = at + size;
    while (at < end) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        line_end = line_end == NULL ? end : line_end;
        read_line(scratch, at, (size_t)(line_end - at));
        at = line_end + 1;
    }
    return 0;
}
