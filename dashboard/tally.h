/* How many requests were answered, by route and status; counted by any thread. */
#ifndef JAGA_DASHBOARD_TALLY_H
#define JAGA_DASHBOARD_TALLY_H

#include <stdint.h>

#define TALLY_ROUTES_MAX 32
#define TALLY_STATUSES 8
/* The statuses there are; any other is counted as 500. */
extern const int tally_statuses[TALLY_STATUSES];

void tally_count(unsigned route, int status);
uint64_t tally_value(unsigned route, unsigned status_index);

#endif
