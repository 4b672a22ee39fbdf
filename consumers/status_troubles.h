/* What is wrong with what was seen, in words that say what to do. */
#ifndef JAGA_CONSUMERS_STATUS_TROUBLES_H
#define JAGA_CONSUMERS_STATUS_TROUBLES_H

#include "consumers/status_look.h"

struct trouble {
    const char *code;
    int32_t lane;  /* −1: of no lane */
    int exit_code; /* EXIT_SUCCESS: a remark */
    char text[480];
};

/* Two of the servers, three of a lane, and three of the whole. */
#define TROUBLES_MAX (3 * LANES_MAX + 5)
struct troubles {
    size_t count;
    struct trouble list[TROUBLES_MAX];
};

void troubles_find(const struct look *look, const char *group_id, struct troubles *out);
/* The highest of all. */
int troubles_exit_code(const struct troubles *troubles);

#endif
