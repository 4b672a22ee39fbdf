/* How far a lane's inputs reach and how far the group has committed, for who looks again and again:
   one handle is kept. One thread owns it. */
#ifndef JAGA_KAFKA_LANE_ENDS_H
#define JAGA_KAFKA_LANE_ENDS_H

#include "kafka/kafka.h"

#define OWNER_BYTES 96 /* a member of the group by its instance.id, else its host; "": nobody */

struct lane_ends {                                          /* offsets, by input topic */
    int64_t low[INPUT_TOPIC_COUNT], end[INPUT_TOPIC_COUNT]; /* stable ends */
    int64_t next[INPUT_TOPIC_COUNT];                        /* committed; −1: nothing yet */
    int64_t journal_end;
    char owner[OWNER_BYTES]; /* filled by lane_owners_read */
};

struct lane_ends_reader;
MUST_USE struct error lane_ends_open(const struct kafka_settings *settings,
                                     struct lane_ends_reader **out);
void lane_ends_close(struct lane_ends_reader *reader); /* accepts NULL */
MUST_USE struct error lane_ends_read(struct lane_ends_reader *reader, int32_t lane,
                                     struct lane_ends *out);
/* Fills `owner` of the first `lanes` lanes. While the group shares its lanes out anew none may
   have them. */
MUST_USE struct error lane_owners_read(struct lane_ends_reader *reader, int32_t lanes,
                                       struct lane_ends *ends);

static inline bool lane_is_owned(const struct lane_ends *ends)
{
    return ends->owner[0] != '\0';
}

/* Offsets between the position and the end of a topic. Behind the last record there may be markers
   of a publisher's transactions, which are counted too. */
int64_t lane_ends_lag(const struct lane_ends *ends, unsigned topic);

#endif
