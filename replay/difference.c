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
