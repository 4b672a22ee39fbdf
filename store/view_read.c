#include "store/view_read.h"

#include "store/lane_store.h"

static void append_get(struct redis *redis, struct key key)
{
    command_begin(redis, 2);
    command_string(redis, "HGETALL");
    command_text(redis, key_text(&key));
}

void view_read_append(struct redis *redis, int32_t lane, const uint16_t *codes, size_t count,
                      bool counts)
{
    for (size_t i = 0; i < count; i++) {
        append_get(redis, view_key_of(lane, VIEW_REGION, codes[i]));
        append_get(redis, view_key_of(lane, VIEW_DAYS, codes[i]));
    }
    if (counts) {
        append_get(redis, view_key_of(lane, VIEW_TALLY, 0));
    }
}
