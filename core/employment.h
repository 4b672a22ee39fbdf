/* On which days an employer has somebody in cover, as one participant tells it. Not additive like
   the rest of a projection: employers are a set, counted by who holds the union of these days. */
#ifndef JAGA_CORE_EMPLOYMENT_H
#define JAGA_CORE_EMPLOYMENT_H

#include "core/cover.h"

struct employment { /* on the days from `from` on, and before `until` */
    uint64_t employer;
    uint16_t region;   /* of work; the home region on those days where none was given */
    day_t from, until; /* DAY_NEVER: open */
};

#define EMPLOYMENTS_MAX (MEMBERSHIPS_MAX * (TIMELINE_MAX + 1))

struct employments {
    uint32_t count;
    struct employment items[EMPLOYMENTS_MAX];
};

struct days { /* the days from `from` on, and before `until`; DAY_NEVER: open */
    day_t from, until;
};

/* One or more for each cover with an employer, by membership and then by day. `covers` are those of
   all memberships, in their order. */
void employments_of(const struct participant *participant, const struct cover *covers,
                    struct employments *out);
bool employments_equal(const struct employments *a, const struct employments *b);

#endif
