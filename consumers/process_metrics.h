/* What `jaga process` tells of itself over HTTP: /metrics, /healthz, /readyz (docs/metrics.md). */
#ifndef JAGA_CONSUMERS_PROCESS_METRICS_H
#define JAGA_CONSUMERS_PROCESS_METRICS_H

#include "lane/lane.h"
#include "support/settings.h"

struct process_metrics;

/* Listens where metrics.address says, or nowhere when it is empty; counts in either case. */
MUST_USE struct error process_metrics_open(const struct settings *settings,
                                           struct process_metrics **out);
void process_metrics_close(struct process_metrics *metrics); /* accepts NULL; no lane is at work */

/* What follows is for the thread of the group. */

/* How many lanes the log has: from now on they are told. */
void process_metrics_lanes(struct process_metrics *metrics, int32_t lanes);
/* Whether the group has decided which lanes are ours. */
void process_metrics_assigned(struct process_metrics *metrics, bool is_assigned);
/* A lane that is given to us: where it is to count. No thread of it may be at work. */
struct lane_metrics *process_metrics_take(struct process_metrics *metrics, int32_t lane);
void process_metrics_release(struct process_metrics *metrics, int32_t lane);
/* Called about once a second: ends connections that take too long. */
void process_metrics_tend(struct process_metrics *metrics);

#endif
