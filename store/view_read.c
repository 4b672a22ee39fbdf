#include "store/view_read.h"

#include "store/lane_store.h"

void view_read_append(struct redis *redis, int32_t lane, const uint16_t *codes, size_t count,
                      bool counts)
{
    for (size_t i = 0; i < count; i++) {
        command_key(redis, "HGETALL", view_key_of(lane, VIEW_REGION, codes[i]));
        command_key(redis, "HGETALL", view_key_of(lane, VIEW_DAYS, codes[i]));
    }
    if (counts) {
        command_key(redis, "HGETALL", view_key_of(lane, VIEW_TALLY, 0));
    }
}
