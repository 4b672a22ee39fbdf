/* An event from a JSON object that is parsed already: for a line of JSON and a row of CSV alike. */
#ifndef JAGA_WIRE_EVENT_JSON_H
#define JAGA_WIRE_EVENT_JSON_H

#include <jansson.h>

#include "wire/event_codec.h"

/* Texts view the object, which must outlive the event. */
enum event_reading event_from_object(const json_t *object, struct event *event,
                                     struct event_problem *problem);

/* The type an object says, or −1 with `problem` filled. */
int event_type_of_object(const json_t *object, struct event_problem *problem);

/* The parsed text, owned by the caller; NULL with `problem` filled when it is no JSON, or names a
   key twice. A whole number beyond 64 bits becomes the nearest there is, which no check passes. */
json_t *json_parse_strictly(const char *at, size_t length, struct event_problem *problem);

/* Keeps a parsed object alive until the scratch is reset. */
void json_scratch_keep(struct json_scratch *scratch, json_t *object);

#endif
