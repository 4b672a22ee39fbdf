#include "http/prometheus.h"

#include <inttypes.h>
#include <stdio.h>

#include "core/day.h"
#include "wire/utf8.h"

#define LABEL_BYTES 256
#define NUMBER_BYTES 40

void metric_begin(struct buffer *out, const struct metric *metric)
{
    buffer_string(out, "# HELP ");
    buffer_string(out, metric->name);
    buffer_byte(out, ' ');
    buffer_string(out, metric->help);
    buffer_string(out, "\n# TYPE ");
    buffer_string(out, metric->name);
    buffer_byte(out, ' ');
    buffer_string(out, metric->type);
    buffer_byte(out, '\n');
}

void metric_label(struct buffer *out, const char *value)
{
    char valid[LABEL_BYTES];
    for (const char *at = valid_text(value, valid, sizeof valid); *at != '\0'; at++) {
        if (*at == '\n') {
            buffer_string(out, "\\n");
            continue;
        }
        if (*at == '"' || *at == '\\') {
            buffer_byte(out, '\\');
        }
        buffer_byte(out, (uint8_t)*at);
    }
}

/* name{label="value",label="value"} and a blank. */
static void put_name(struct buffer *out, const char *name, const char *suffix,
                     const char *const *labels)
{
    buffer_string(out, name);
    buffer_string(out, suffix);
    for (size_t i = 0; labels != NULL && labels[i] != NULL; i += 2) {
        buffer_byte(out, i == 0 ? '{' : ',');
        buffer_string(out, labels[i]);
        buffer_string(out, "=\"");
        metric_label(out, labels[i + 1]);
        buffer_byte(out, '"');
    }
    buffer_string(out, labels != NULL && labels[0] != NULL ? "} " : " ");
}

/* Fractions of a second without floating point, and without zeros at the end. */
static void print_seconds(int64_t us, char text[NUMBER_BYTES])
{
    const int64_t shown = us < 0 ? 0 : us;
    int length = snprintf(text, NUMBER_BYTES, "%" PRId64 ".%06" PRId64,
                          shown / MICROSECONDS_A_SECOND, shown % MICROSECONDS_A_SECOND);
    while (text[length - 1] == '0' && text[length - 2] != '.') {
        text[--length] = '\0';
    }
}

static void put_value(struct buffer *out, int64_t value, bool is_seconds)
{
    char text[NUMBER_BYTES];
    if (is_seconds) {
        print_seconds(value, text);
        buffer_string(out, text);
    } else {
        buffer_number(out, value);
    }
    buffer_byte(out, '\n');
}

void metric_number(struct buffer *out, const struct metric *metric, const char *const *labels,
                   int64_t value)
{
    put_name(out, metric->name, "", labels);
    put_value(out, value, false);
}

void metric_seconds(struct buffer *out, const struct metric *metric, const char *const *labels,
                    int64_t us)
{
    put_name(out, metric->name, "", labels);
    put_value(out, us, true);
}

void metric_gauge(struct buffer *out, const char *name, const char *help, int64_t value)
{
    const struct metric metric = {name, "gauge", help};
    metric_begin(out, &metric);
    metric_number(out, &metric, NULL, value);
}

void metric_histogram(struct buffer *out, const struct metric *metric,
                      const struct histogram_bounds *bounds, const struct histogram_read *read,
                      bool is_seconds)
{
    uint64_t count = 0;
    metric_begin(out, metric);
    for (size_t i = 0; i <= bounds->count; i++) {
        char bound[NUMBER_BYTES] = "+Inf";
        const char *labels[] = {"le", bound, NULL};
        if (i < bounds->count && is_seconds) {
            print_seconds(bounds->at[i], bound);
        } else if (i < bounds->count) {
            (void)snprintf(bound, sizeof bound, "%" PRId64, bounds->at[i]);
        }
        count += read->counts[i];
        put_name(out, metric->name, "_bucket", labels);
        put_value(out, (int64_t)count, false);
    }
    put_name(out, metric->name, "_sum", NULL);
    put_value(out, (int64_t)read->sum, is_seconds);
    put_name(out, metric->name, "_count", NULL);
    put_value(out, (int64_t)count, false);
}
