/* A step of one participant's history as a line of text or of JSON: place, ids, outcome, what it
   put out. Of the event itself only ids and months are shown. */
#ifndef JAGA_CONSUMERS_STEP_LINES_H
#define JAGA_CONSUMERS_STEP_LINES_H

#include <stdio.h>

#include "replay/participant_replay.h"
#include "wire/buffer.h"

/* The membership, claim or payment an event is of; absent: none. */
struct text event_membership_id(const struct event *event);
struct text event_claim_id(const struct event *event);
struct text event_payment_id(const struct event *event);

/* {"kind":"event"|"timer", …, "outputs":[…]} without a line end. */
void step_json(FILE *out, const struct participant_step *step);
/* One line, and one for each output below it. */
void step_text(FILE *out, const struct participant_step *step);

/* At most 64 bytes of a text, cut between characters: that is all of it unless an event was
 * refused. */
struct text short_text(struct text text);

/* For text: at most 64 bytes, control characters as ?; a time in RFC 3339. */
void put_text(FILE *out, struct text text);
void put_time(FILE *out, int64_t time);

/* Writes what is in the buffer and empties it; asserts that it was large enough. */
void put_buffer(FILE *out, struct buffer *buffer);
/* Bytes that any one object or output fits. */
#define LINE_PART_BYTES (64 * 1024)

#endif
