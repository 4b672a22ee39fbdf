/* Tests of an event that need nothing but the event and the tables: each field alone, then fields
   together (events.md, Order of tests). */
#ifndef JAGA_CORE_EVENT_CHECK_H
#define JAGA_CORE_EVENT_CHECK_H

#include "core/rules.h"

/* False and a REJECTED exception appended to `outputs` (INVALID_FIELD, UNKNOWN_CATEGORY,
   UNKNOWN_REGION, INTERVAL_INVALID or AGE_LIMIT, with the field and its value in the detail) at the
   first test that fails; envelope fields come before the body's. Serves `jaga publish --check` too.
 */
bool event_check(const struct event *event, const struct rules *rules, struct outputs *outputs);

/* Appends a REJECTED exception that carries the event's source, id, participant_id and type. */
struct exception *event_refuse(const struct event *event, enum exception_code code,
                               struct outputs *outputs);
/* The same for a finding. */
struct exception *event_finding(const struct event *event, enum exception_code code,
                                struct outputs *outputs);

#endif
