/* What an event that was read from foreign bytes goes through, whatever it says. */
#ifndef JAGA_TESTS_EVENT_TRIAL_H
#define JAGA_TESTS_EVENT_TRIAL_H

#include "core/event.h"

/* Nobody has been here yet. */
void trial_begin(void);

/* Checks the event; when it passes, writes and reads it in both forms, and applies it to the one
   participant of the trial. Aborts when anything differs. */
void trial_event(const struct event *event);

#endif
