#include "lane/lane_parts.h"

#include "support/clock.h"
#include "support/log.h"

#define LOOK_AGAIN_MS 50

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

bool lane_schema_was_waited_for(const struct lane *lane, struct text value, int32_t *wanted)
{
    int32_t id;
    struct text payload;
    if (!framing_read(value, &id, &payload) || was_waited_for(lane, id)) {
        return true;
    }
    *wanted = id;
    return false;
}

struct error lane_schema_wait(struct lane *lane)
{
    if (lane->schema_wanted == -1) {
        return no_error();
    }
    const int32_t id = lane->schema_wanted;
    const int64_t until = clock_steady_us() + (int64_t)lane->options->schema_wait_ms * 1000;
    log_at(LOG_INFO, "schema_wanted", LOG_NUMBER("lane", lane->options->lane),
           LOG_NUMBER("schema", id));
    do {
        TRY(schema_log_refresh(lane->options->kafka, &lane->schema_from, lane->schemas));
        if (schemas_find(lane->schemas, id, lane->schema_from) != NULL) {
            break;
        }
        clock_sleep_ms(LOOK_AGAIN_MS);
    } while (clock_steady_us() < until && !lane->stop);
    lane->waited_ids[lane->waited_count++] = id;
    lane->schema_wanted = -1;
    lane_input_schemas(lane->input, lane->schema_from);
    return no_error();
}
