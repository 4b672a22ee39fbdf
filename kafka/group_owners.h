/* Which member of the group has which lane, asked of the group's coordinator. */
#ifndef JAGA_KAFKA_GROUP_OWNERS_H
#define JAGA_KAFKA_GROUP_OWNERS_H

#include "kafka/kafka.h"

#define OWNER_BYTES 96
struct lane_owner {
    char name[OWNER_BYTES]; /* its instance.id, else its host; "": nobody has the lane */
};

/* Fills `owners`, one a lane. A group that nobody ever joined has no members. */
MUST_USE struct error group_owners(const struct kafka_settings *settings, int32_t lanes,
                                   struct lane_owner *owners);

#endif
