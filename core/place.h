/* Where a record lies in the log. */
#ifndef JAGA_CORE_PLACE_H
#define JAGA_CORE_PLACE_H

#include <stdint.h>

#include "core/text.h"

/* The input topics of a lane, in the order that breaks ties of `time`; the number is part of
 * digests. */
enum input_topic { INPUT_ENROLLMENT, INPUT_CONTRIBUTION, INPUT_CLAIM, INPUT_PAYMENT_STATUS };
#define INPUT_TOPIC_COUNT 4

#define TOPIC_BYTES_MAX 199 /* of a topic's name; of a longer file name the beginning */

struct place {
    struct text topic; /* name as on the wire, prefix included; in `jaga try` the file's name */
    int64_t partition;
    int64_t offset;
};

#endif
