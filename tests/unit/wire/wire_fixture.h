/* Objects for tests of the wire, filled and compared by their field tables, so that a field that is
   added is tested without a word. */
#ifndef JAGA_TESTS_WIRE_FIXTURE_H
#define JAGA_TESTS_WIRE_FIXTURE_H

#include "core/event.h"
#include "wire/buffer.h"

/* Fills every field with a value that its check passes and its kind can carry, another one for each
   `seed`; with `nulls` every nullable field is null. */
void fixture_fill(const struct fields *fields, void *object, unsigned seed, bool nulls);
void fixture_event(struct event *event, enum event_type type, unsigned seed, bool nulls);

/* The name of the first field in which they differ, or NULL. */
const char *fixture_difference(const struct fields *fields, const void *a, const void *b);
const char *fixture_event_difference(const struct event *a, const struct event *b);

const struct fields *fixture_envelope(enum event_type type);

/* Bytes from hex; returns how many. */
size_t fixture_hex(const char *hex, uint8_t *out);

#endif
