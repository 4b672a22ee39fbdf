#include "core/participant.h"

#include <assert.h>

void participant_init(struct participant *participant, struct text id)
{
    assert(id.length <= PARTICIPANT_ID_BYTES_MAX);
    participant->id_length = (uint8_t)id.length;
    if (id.length > 0) {
        memcpy(participant->id, id.at, id.length);
    }
    participant->recent_count = 0;
    participant->died_on = DAY_NONE;
    participant->regions.count = 0;
    participant->membership_count = 0;
    participant->claim_count = 0;
    participant->parked_count = 0;
}

bool participant_is_empty(const struct participant *participant)
{
    return participant->recent_count == 0 && participant->membership_count == 0 &&
           participant->claim_count == 0 && participant->parked_count == 0 &&
           participant->regions.count == 0 && participant->died_on == DAY_NONE;
}

struct membership *participant_membership(struct participant *participant, struct text id)
{
    for (unsigned i = 0; i < participant->membership_count; i++) {
        if (text_equal(membership_id(&participant->memberships[i]), id)) {
            return &participant->memberships[i];
        }
    }
    return NULL;
}

struct claim *participant_claim(struct participant *participant, struct text id)
{
    for (unsigned i = 0; i < participant->claim_count; i++) {
        if (text_equal(claim_id(&participant->claims[i]), id)) {
            return &participant->claims[i];
        }
    }
    return NULL;
}
