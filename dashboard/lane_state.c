#include "dashboard/lane_state.h"

const char *lane_state_name(enum lane_state state)
{
    static const char *const names[LANE_STATE_COUNT] = {
        [LANE_UP_TO_DATE] = "UP_TO_DATE", [LANE_IDLE] = "IDLE",
        [LANE_AS_SHOWN] = "AS_SHOWN",     [LANE_BEHIND] = "BEHIND",
        [LANE_NOT_SHOWN] = "NOT_SHOWN",   [LANE_UNOWNED] = "UNOWNED",
        [LANE_EMPTY] = "EMPTY",
    };
    return names[state];
}

const char *lane_topic_name(unsigned topic)
{
    static const char *const names[INPUT_TOPIC_COUNT] = {"enrollment", "contribution", "claim",
                                                         "payment-status"};
    return names[topic];
}

bool lane_state_is_trouble(enum lane_state state)
{
    return state == LANE_NOT_SHOWN || state == LANE_UNOWNED || state == LANE_EMPTY;
}

int64_t lane_to_go(const struct lane_ends *ends)
{
    int64_t to_go = 0;
    for (unsigned topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        const int64_t lag = lane_ends_lag(ends, topic);
        to_go += lag > 1 ? lag : 0;
    }
    return to_go;
}

enum lane_state lane_state_of(const struct lane_stand *stand, int64_t shown,
                              const struct lane_ends *ends)
{
    const bool waits = ends != NULL && lane_to_go(ends) > 0;
    if (waits) {
        return lane_is_owned(ends) ? LANE_BEHIND : LANE_UNOWNED;
    }
    if (!stand->has_view) {
        return LANE_EMPTY;
    }
    if (stand->view_sequence > shown) {
        return LANE_NOT_SHOWN;
    }
    if (ends == NULL) {
        return LANE_AS_SHOWN;
    }
    return lane_is_owned(ends) ? LANE_UP_TO_DATE : LANE_IDLE;
}
