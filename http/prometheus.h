/* Prometheus text, version 0.0.4. The one writer of it. */
#ifndef JAGA_HTTP_PROMETHEUS_H
#define JAGA_HTTP_PROMETHEUS_H

#include "support/counter.h"
#include "wire/buffer.h"

#define PROMETHEUS_TYPE "text/plain; version=0.0.4; charset=utf-8"

struct metric {
    const char *name, *type, *help; /* plain text of our own */
};

/* HELP and TYPE; its samples follow at once. */
void metric_begin(struct buffer *out, const struct metric *metric);
/* Samples. `labels` are names and values in turn, ended by NULL; NULL for none. */
void metric_number(struct buffer *out, const struct metric *metric, const char *const *labels,
                   int64_t value);
/* Microseconds, shown as seconds; what is negative as 0. */
void metric_seconds(struct buffer *out, const struct metric *metric, const char *const *labels,
                    int64_t us);
/* A gauge with one sample. */
void metric_gauge(struct buffer *out, const char *name, const char *help, int64_t value);
/* All of a histogram without labels; `is_seconds`: bounds and sum are microseconds. */
void metric_histogram(struct buffer *out, const struct metric *metric,
                      const struct histogram_bounds *bounds, const struct histogram_read *read,
                      bool is_seconds);

/* A label's value: \ " and line ends escaped, what is not UTF-8 as "?". */
void metric_label(struct buffer *out, const char *value);

#endif
