/* How the lanes do, as JSON. */
#include <stdlib.h>

#include "dashboard/api.h"
#include "dashboard/api_parts.h"
#include "dashboard/lane_state.h"

static void put_inputs(struct json_object *object, const struct lane_ends *ends)
{
    struct json_object inputs;
    json_put_bool(object, "owned", lane_is_owned(ends));
    json_put_number(object, "journal_end", ends->journal_end);
    json_put_name(object, "input");
    json_object_open(&inputs, object->out, NULLS_PRINTED);
    for (unsigned topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        struct json_object row;
        json_put_name(&inputs, lane_topic_name(topic));
        json_object_open(&row, object->out, NULLS_PRINTED);
        json_put_number(&row, "next", ends->next[topic] < 0 ? NUMBER_NONE : ends->next[topic]);
        json_put_number(&row, "end", ends->end[topic]);
        json_put_number(&row, "lag", lane_ends_lag(ends, topic));
        json_object_close(&row);
    }
    json_object_close(&inputs);
}

static void put_lane(struct exchange *exchange, size_t lane, const struct lane_ends *ends)
{
    const struct lane_stand *stand = &exchange->board->stands[lane];
    const int64_t shown = exchange->board->figures.sequences[lane];
    struct json_object row;
    json_object_open(&row, exchange->out, NULLS_PRINTED);
    json_put_number(&row, "lane", (int64_t)lane);
    api_put_string(&row, "state", lane_state_name(lane_state_of(stand, shown, ends)));
    json_put_number(&row, "sequence", shown);
    json_put_number(&row, "view_sequence", stand->has_view ? stand->view_sequence : NUMBER_NONE);
    json_put_time(&row, "view_now", stand->has_view ? stand->view_now : TIME_NONE);
    json_put_number(&row, "copy_sequence", stand->has_copy ? stand->copy_sequence : NUMBER_NONE);
    json_put_time(&row, "copy_now", stand->has_copy ? stand->copy_now : TIME_NONE);
    json_put_number(&row, "participants", (int64_t)stand->participants);
    if (ends != NULL) {
        put_inputs(&row, ends);
    }
    json_object_close(&row);
}

int api_lanes(struct exchange *exchange, struct refusal *refusal)
{
    struct json_object object;
    struct kafka_seen seen;
    bool any = false;
    (void)refusal;
    kafka_watch_seen(exchange->watch, &seen);
    api_begin(&object, exchange);
    json_put_bool(&object, "kafka_up", seen.is_up);
    json_put_time(&object, "kafka_seen_at", seen.seen_at == 0 ? TIME_NONE : seen.seen_at);
    api_list_begin(&object, "lanes");
    for (size_t lane = 0; lane < exchange->board->figures.lane_count; lane++) {
        api_next(exchange->out, &any);
        put_lane(exchange, lane, lane_ends_seen(&seen, lane));
    }
    api_list_end(&object);
    free(seen.lanes);
    return api_end(&object, exchange);
}
