/* Membership of the consumer group: which lanes are ours. It consumes nothing. One thread owns it.
 */
#ifndef JAGA_KAFKA_GROUP_H
#define JAGA_KAFKA_GROUP_H

#include "kafka/kafka.h"

struct group;
#define LANES_MAX 1024

/* Joins with the range assignor (static membership when settings->instance_id is set).
   `longest_ms`: how long the caller may at worst be busy with letting lanes go between two polls.
 */
struct error group_open(const struct kafka_settings *settings, uint32_t longest_ms,
                        struct group **out);
void group_close(struct group *group); /* leaves */

enum group_change { GROUP_SAME, GROUP_ASSIGNED, GROUP_REVOKED, GROUP_LOST };

/* Serves the group for at most `wait_ms`. On GROUP_REVOKED and GROUP_LOST the caller must let the
   lanes in `lanes` go and then call group_released; until then the rebalance waits (revoked only).
 */
struct error group_poll(struct group *group, int wait_ms, enum group_change *change,
                        int32_t lanes[LANES_MAX], uint32_t *lane_count);
struct error group_released(struct group *group);

/* Commits positions for lag tools (not used by recovery). Failures are returned, and may be
 * ignored. */
struct error group_commit(struct group *group, int32_t lane, const int64_t next[INPUT_TOPIC_COUNT]);

/* What the group has committed, for `jaga status`; −1: nothing. Needs no membership. */
struct error group_positions(const struct kafka_settings *settings, int32_t lane,
                             int64_t next[INPUT_TOPIC_COUNT]);

#endif
