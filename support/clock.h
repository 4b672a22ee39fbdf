/* The two clocks of the shell. The core has none: time reaches it as an argument. */
#ifndef JAGA_SUPPORT_CLOCK_H
#define JAGA_SUPPORT_CLOCK_H

#include <stdint.h>

/* Microseconds since 1970-01-01T00:00:00Z by the system's clock. */
int64_t clock_wall_us(void);

/* Microseconds since an arbitrary start, never going back: for measuring and waiting. */
int64_t clock_steady_us(void);

/* Sleeps about so long; a signal ends it early. */
void clock_sleep_ms(uint32_t milliseconds);

#endif
