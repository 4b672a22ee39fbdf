/* Deadlines of a lane's participants, earliest first, then by participant id (bytes). Entries that
   no longer hold are passed over when they come up: the participant's own bytes say what it waits
   for. */
#ifndef JAGA_LANE_TIMERS_H
#define JAGA_LANE_TIMERS_H

#include "lane/table.h"

struct timers;

struct timers *timers_open(const struct table *table); /* borrows the table for the order of ids */
void timers_close(struct timers *timers);              /* accepts NULL */

void timers_add(struct timers *timers, int64_t deadline, uint32_t number);
/* False when there is none. */
bool timers_first(const struct timers *timers, int64_t *deadline, uint32_t *number);
void timers_remove_first(struct timers *timers);

#endif
