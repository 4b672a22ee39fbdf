/* The facts of jaga.reference as the public figures take them: readable, and right by
   event_check(). */
#ifndef JAGA_REPLAY_REFERENCE_H
#define JAGA_REPLAY_REFERENCE_H

#include "replay/log_source.h"

/* Called with each, in order of offset; the event is a BasePublished or a BatchDeclared and good
   for the call. */
typedef void (*reference_seen)(void *context, const struct event *event, int64_t offset);

/* Records below `through` (INT64_MAX: all). */
MUST_USE struct error reference_read(const struct log_source *source, const struct rules *rules,
                                     int64_t through, reference_seen seen, void *context);

#endif
