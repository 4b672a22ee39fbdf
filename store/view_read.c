#include "store/view_read.h"

#include "core/rules.h"
#include "store/keys.h"

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
        char code[REGION_TEXT_BYTES];
        region_print(codes[i], code);
        append_get(redis, lane_key_of(lane, "region", text_of_string(code)));
        append_get(redis, lane_key_of(lane, "days", text_of_string(code)));
    }
    if (counts) {
        append_get(redis, lane_key(lane, "counts"));
    }
}
