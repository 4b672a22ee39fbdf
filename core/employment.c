#include "core/employment.h"

#include <assert.h>

static void add(struct employments *out, const struct employment *employment)
{
    assert(out->count < EMPLOYMENTS_MAX);
    out->items[out->count++] = *employment;
}

/* The first day after `day`, and before `until`, on which the home region may be another. */
static day_t next_move(const struct participant *participant, day_t day, day_t until)
{
    for (unsigned i = 0; i < participant->regions.count; i++) {
        const day_t from = participant->regions.entries[i].from;
        if (from > day && from < until) {
            until = from;
        }
    }
    return until;
}

static void add_at_home(struct employments *out, const struct participant *participant,
                        struct employment whole)
{
    const uint32_t first = out->count;
    for (day_t day = whole.from; day < whole.until;) {
        const day_t next = next_move(participant, day, whole.until);
        const uint16_t region = participant_region(participant, day);
        if (out->count > first && out->items[out->count - 1].region == region) {
            out->items[out->count - 1].until = next;
        } else {
            add(out, &(struct employment){whole.employer, region, day, next});
        }
        day = next;
    }
}

void employments_of(const struct participant *participant, const struct cover *covers,
                    struct employments *out)
{
    out->count = 0;
    for (unsigned i = 0; i < participant->membership_count; i++) {
        const struct membership *membership = &participant->memberships[i];
        if (!membership->has_employer) {
            continue;
        }
        const struct cover cover = covers[i];
        const struct employment whole = {
            .employer = membership->employer_hash,
            .region = membership->region_work,
            .from = cover.start,
            .until = cover.end < DAY_LAST ? cover.end + 1 : DAY_NEVER,
        };
        if (cover.any && whole.region != 0) {
            add(out, &whole);
        } else if (cover.any) {
            add_at_home(out, participant, whole);
        }
    }
}

bool employments_equal(const struct employments *a, const struct employments *b)
{
    bool equal = a->count == b->count;
    for (uint32_t i = 0; equal && i < a->count; i++) {
        const struct employment *x = &a->items[i];
        const struct employment *y = &b->items[i];
        equal = x->employer == y->employer && x->region == y->region && x->from == y->from &&
                x->until == y->until;
    }
    return equal;
}
