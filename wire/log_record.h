/* A record of a topic, whatever it was read from. */
#ifndef JAGA_WIRE_LOG_RECORD_H
#define JAGA_WIRE_LOG_RECORD_H

#include "core/text.h"

struct log_record { /* views until the reader's next call */
    int64_t offset, timestamp_ms;
    struct text key, value; /* absent: null */
};

#endif
