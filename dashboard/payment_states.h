/* The states of a payment as they are shown: along its way, then those in which somebody must look.
 */
#ifndef JAGA_DASHBOARD_PAYMENT_STATES_H
#define JAGA_DASHBOARD_PAYMENT_STATES_H

#include <stdbool.h>
#include <stddef.h>

struct payment_state {
    const char *code; /* of payments:status:<S> */
    bool is_trouble;
};
extern const struct payment_state payment_states[];
extern const size_t payment_state_count;

#endif
