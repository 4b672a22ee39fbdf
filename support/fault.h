/* Labelled places at which a fault test stops or kills the process. Without JAGA_FAULTS they are
   nothing.

       JAGA_FAULT=label[:n]     the place, and at which hit (1 is the first and the default)
       JAGA_FAULT_ACTION=kill   SIGKILL to itself (the default)
                         stop   SIGSTOP, so that the test decides when it resumes
                         sleep:MS
                         fail   fault_wanted(label) answers true at that hit, once

   A line "fault label" goes to stderr first, so that a test can tell that the place was reached. */
#ifndef JAGA_SUPPORT_FAULT_H
#define JAGA_SUPPORT_FAULT_H

#include <stdbool.h>

#ifdef JAGA_FAULTS

void fault_point(const char *label);
bool fault_wanted(const char *label);

#else

#define fault_point(label) ((void)0)
#define fault_wanted(label) (false)

#endif
#endif
