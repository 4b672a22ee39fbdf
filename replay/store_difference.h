/* A field of Redis that is not as it is to be, as a difference. */
#ifndef JAGA_REPLAY_STORE_DIFFERENCE_H
#define JAGA_REPLAY_STORE_DIFFERENCE_H

#include "replay/difference.h"
#include "store/picture.h"

/* Absent values: it is not there. What is no text is shown in hex. */
void store_difference(struct difference *difference, int64_t sequence, struct text key,
                      struct text field, struct text expected, struct text found);
/* The first between two pictures; false when there is none. */
bool store_differs(struct difference *difference, int64_t sequence, struct picture *expected,
                   struct picture *found);

#endif
