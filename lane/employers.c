#include "lane/employers.h"

#include <assert.h>
#include <stdlib.h>

/* From `day` on there are `by` covers more. Steps of an employer ascend by day and are never 0. */
struct step {
    day_t day;
    int32_t by;
};

struct member {
    uint64_t hash;
    struct step *steps;
    uint32_t count, capacity;
    uint16_t region;
    bool changed;
};

struct employers {
    struct member *members; /* in order of first use */
    uint32_t count, capacity;
    uint32_t *index; /* member + 1 by hash of region and employer; 0: free */
    uint32_t index_capacity;
    uint32_t *changed;
    uint32_t changed_count;
};

static void *allocated(void *memory, size_t size)
{
    void *larger = realloc(memory, size);
    assert(larger != NULL);
    return larger;
}

/* Members. */

static uint32_t place_of(const struct employers *employers, uint16_t region, uint64_t hash)
{
    const uint64_t mixed = (hash ^ region) * UINT64_C(0x9E3779B97F4A7C15);
    return (uint32_t)(mixed >> 32) & (employers->index_capacity - 1);
}

static void index_fill(struct employers *employers, uint32_t capacity)
{
    employers->index_capacity = capacity;
    employers->index = allocated(employers->index, capacity * sizeof *employers->index);
    memset(employers->index, 0, capacity * sizeof *employers->index);
    for (uint32_t i = 0; i < employers->count; i++) {
        const struct member *member = &employers->members[i];
        uint32_t at = place_of(employers, member->region, member->hash);
        while (employers->index[at] != 0) {
            at = (at + 1) & (capacity - 1);
        }
        employers->index[at] = i + 1;
    }
}

static void members_grow(struct employers *employers)
{
    employers->capacity = employers->capacity == 0 ? 256 : 2 * employers->capacity;
    employers->members =
        allocated(employers->members, employers->capacity * sizeof *employers->members);
    employers->changed =
        allocated(employers->changed, employers->capacity * sizeof *employers->changed);
    index_fill(employers, 2 * employers->capacity);
}

struct employers *employers_open(void)
{
    struct employers *employers = calloc(1, sizeof *employers);
    assert(employers != NULL);
    members_grow(employers);
    return employers;
}

void employers_close(struct employers *employers)
{
    if (employers == NULL) {
        return;
    }
    for (uint32_t i = 0; i < employers->count; i++) {
        free(employers->members[i].steps);
    }
    free(employers->members);
    free(employers->index);
    free(employers->changed);
    free(employers);
}

static uint32_t member_of(struct employers *employers, uint16_t region, uint64_t hash)
{
    uint32_t at = place_of(employers, region, hash);
    while (employers->index[at] != 0) {
        const struct member *member = &employers->members[employers->index[at] - 1];
        if (member->hash == hash && member->region == region) {
            return employers->index[at] - 1;
        }
        at = (at + 1) & (employers->index_capacity - 1);
    }
    if (employers->count == employers->capacity) {
        members_grow(employers);
        return member_of(employers, region, hash);
    }
    employers->members[employers->count] = (struct member){.hash = hash, .region = region};
    employers->index[at] = employers->count + 1;
    return employers->count++;
}

/* Steps. */

/* Where the first step on or after the day is. */
static uint32_t step_from(const struct member *member, day_t day)
{
    uint32_t low = 0;
    uint32_t high = member->count;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (member->steps[middle].day < day) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static void insert_step(struct member *member, uint32_t at, struct step step)
{
    if (member->count == member->capacity) {
        member->capacity = member->capacity == 0 ? 2 : 2 * member->capacity;
        member->steps = allocated(member->steps, member->capacity * sizeof *member->steps);
    }
    memmove(member->steps + at + 1, member->steps + at,
            (member->count - at) * sizeof *member->steps);
    member->steps[at] = step;
    member->count++;
}

static void add_step(struct member *member, day_t day, int32_t by)
{
    const uint32_t at = step_from(member, day);
    if (at == member->count || member->steps[at].day != day) {
        insert_step(member, at, (struct step){day, by});
        return;
    }
    member->steps[at].by += by;
    if (member->steps[at].by == 0) {
        member->count--;
        memmove(member->steps + at, member->steps + at + 1,
                (member->count - at) * sizeof *member->steps);
    }
}

/* Whether on some of the days so many covers are there. */
static bool some_day_has(const struct member *member, const struct employment *days, int64_t covers)
{
    int64_t count = 0;
    day_t since = DAY_NONE;
    for (uint32_t i = 0; i <= member->count && since < days->until; i++) {
        const day_t next = i < member->count ? member->steps[i].day : DAY_NEVER;
        if (next > days->from && count == covers) {
            return true;
        }
        count += i < member->count ? member->steps[i].by : 0;
        since = next;
    }
    return false;
}

static void apply(struct employers *employers, const struct employment *employment, int sign)
{
    const uint32_t at = member_of(employers, employment->region, employment->employer);
    struct member *member = &employers->members[at];
    /* A first cover on a day adds it to the union, a last one takes it away. */
    const bool turns = some_day_has(member, employment, sign > 0 ? 0 : 1);
    add_step(member, employment->from, sign);
    if (employment->until != DAY_NEVER) {
        add_step(member, employment->until, -sign);
    }
    if (turns && !member->changed) {
        member->changed = true;
        employers->changed[employers->changed_count++] = at;
    }
}

/* Adding comes first: what is in both never falls to nothing in between. */
void employers_replace(struct employers *employers, const struct employments *before,
                       const struct employments *after)
{
    if (before != NULL && employments_equal(before, after)) {
        return;
    }
    for (uint32_t i = 0; i < after->count; i++) {
        apply(employers, &after->items[i], 1);
    }
    for (uint32_t i = 0; before != NULL && i < before->count; i++) {
        apply(employers, &before->items[i], -1);
    }
}

/* Looking. */

uint32_t employers_count(const struct employers *employers)
{
    return employers->count;
}

struct employer employers_at(const struct employers *employers, uint32_t index)
{
    assert(index < employers->count);
    const struct member *member = &employers->members[index];
    return (struct employer){member->region, member->hash, member->count};
}

uint32_t employers_days(const struct employers *employers, uint32_t index, struct days *out)
{
    assert(index < employers->count);
    const struct member *member = &employers->members[index];
    uint32_t days = 0;
    int64_t count = 0;
    for (uint32_t i = 0; i < member->count; i++) {
        const int64_t before = count;
        count += member->steps[i].by;
        assert(count >= 0); /* only what was added is taken away */
        if (before == 0) {
            out[days++] = (struct days){member->steps[i].day, DAY_NEVER};
        } else if (count == 0) {
            out[days - 1].until = member->steps[i].day;
        }
    }
    return days;
}

uint32_t employers_changed_count(const struct employers *employers)
{
    return employers->changed_count;
}

uint32_t employers_changed(const struct employers *employers, uint32_t index)
{
    assert(index < employers->changed_count);
    return employers->changed[index];
}

void employers_clear_changed(struct employers *employers)
{
    for (uint32_t i = 0; i < employers->changed_count; i++) {
        employers->members[employers->changed[i]].changed = false;
    }
    employers->changed_count = 0;
}
