#include "replay/difference.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

void difference_set(struct difference *difference, const char *topic, int32_t partition,
                    int64_t offset, int64_t sequence, const char *format, ...)
{
    if (difference->found) {
        return;
    }
    difference->found = true;
    difference->partition = partition;
    difference->offset = offset;
    difference->sequence = sequence;
    (void)snprintf(difference->topic, sizeof difference->topic, "%s", topic);
    va_list values;
    va_start(values, format);
    (void)vsnprintf(difference->what, sizeof difference->what, format, values);
    va_end(values);
    difference_values(difference, "(none)", "(none)");
}

void difference_values(struct difference *difference, const char *expected, const char *seen)
{
    (void)snprintf(difference->expected, sizeof difference->expected, "%s", expected);
    (void)snprintf(difference->seen, sizeof difference->seen, "%s", seen);
}

void difference_numbers(struct difference *difference, int64_t expected, int64_t seen)
{
    (void)snprintf(difference->expected, sizeof difference->expected, "%" PRId64, expected);
    (void)snprintf(difference->seen, sizeof difference->seen, "%" PRId64, seen);
}

struct error difference_error(const struct difference *difference, int32_t lane)
{
    return error_make(ERROR_FATAL, "replay_disagrees",
                      "lane %" PRId32 " does not agree with its log: %s, partition %" PRId32
                      ", offset %" PRId64 ": %s. `jaga audit` shows both sides",
                      lane, difference->topic, difference->partition, difference->offset,
                      difference->what);
}
