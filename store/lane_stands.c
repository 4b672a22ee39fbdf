#include "store/lane_stands.h"

#include "store/keys.h"
#include "store/lane_meta.h"

static void take(const struct lane_meta *meta, struct lane_stand *out)
{
    *out = (struct lane_stand){
        .present = meta->present,
        .clock_is_events = meta->clock_is_events,
        .has_view = meta->view.present,
        .has_copy = meta->copy.present,
        .participants = meta->participants,
    };
    if (meta->view.present) {
        out->view_sequence = meta->view.position.sequence;
        out->view_now = meta->view.position.now;
    }
    if (meta->copy.present) {
        out->copy_sequence = meta->copy.position.sequence;
        out->copy_now = meta->copy.position.now;
    }
}

struct error lane_stand_read(struct redis *redis, int32_t lane, struct lane_stand *out)
{
    struct reply *reply = NULL;
    const struct key key = lane_key(lane, "meta");
    command_begin(redis, 2);
    command_string(redis, "HGETALL");
    command_text(redis, key_text(&key));
    TRY(connection_exchange(redis, &reply, 1));
    const struct error error = reply_check(redis, reply);
    if (!failed(&error)) {
        struct lane_meta meta;
        lane_meta_parse(reply, &meta);
        take(&meta, out);
    }
    reply_free(reply);
    return error;
}

bool figures_are_fresh(int64_t age_us, const struct lane_stand *stands, const int64_t *shown,
                       size_t lanes)
{
    bool by_events = false;
    bool shows_all = true;
    for (size_t lane = 0; lane < lanes; lane++) {
        const struct lane_stand *stand = &stands[lane];
        by_events = by_events || stand->clock_is_events;
        shows_all = shows_all && stand->has_view && stand->view_sequence <= shown[lane];
    }
    return age_us < FRESH_US || (by_events && shows_all);
}
