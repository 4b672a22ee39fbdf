#include "lane/lane_parts.h"

#include "support/clock.h"
#include "support/log.h"

#define LOOK_AGAIN_MS 50
#define LATE_LOOK_US (1 * MICROSECONDS_A_SECOND)

/* Once the memory for ids is full, further unknown ids are rejected without a wait. */
static bool was_waited_for(const struct lane *lane, int32_t id)
{
    for (uint32_t i = 0; i < lane->waited_count; i++) {
        if (lane->waited_ids[i] == id) {
            return true;
        }
    }
    return lane->waited_count == SCHEMAS_WAITED_MAX;
}

/* A schema that was waited for in vain may still come: for its events the topic is looked at again,
   without waiting, and not for every single one of a storm. */
bool lane_schema_was_looked_for(struct lane *lane, struct text value)
{
    int32_t id;
    struct text payload;
    if (!framing_read(value, &id, &payload)) {
        return true;
    }
    if (was_waited_for(lane, id) && clock_steady_us() - lane->schemas_read_at < LATE_LOOK_US) {
        return true;
    }
    lane->wants_schema = true;
    lane->schema_wanted = id;
    return false;
}

static struct error look(struct lane *lane, int32_t id, bool *found)
{
    TRY(schema_log_refresh(lane->options->kafka, &lane->schema_from, lane->schemas));
    lane->schemas_read_at = clock_steady_us();
    *found = schemas_find(lane->schemas, id, lane->schema_from) != NULL;
    return no_error();
}

/* When the lane is asked to stop, the id stays unsettled: its event is not rejected before its
 * time. */
struct error lane_schema_wait(struct lane *lane)
{
    if (!lane->wants_schema) {
        return no_error();
    }
    const int32_t id = lane->schema_wanted;
    const bool again = was_waited_for(lane, id);
    const uint32_t wait_ms = again ? 0 : lane->options->schema_wait_ms;
    const int64_t until = clock_steady_us() + (int64_t)wait_ms * 1000;
    bool found;
    if (!again) {
        log_at(LOG_INFO, "schema_wanted", LOG_NUMBER("lane", lane->options->lane),
               LOG_NUMBER("schema", id));
    }
    TRY(look(lane, id, &found));
    while (!found && clock_steady_us() < until && !lane->stop) {
        clock_sleep_ms(LOOK_AGAIN_MS);
        TRY(look(lane, id, &found));
    }
    lane->wants_schema = false;
    lane_input_schemas(lane->input, lane->schema_from);
    if (!again && !found && clock_steady_us() >= until) {
        lane->waited_ids[lane->waited_count++] = id;
    }
    return no_error();
}
