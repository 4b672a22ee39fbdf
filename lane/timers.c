#include "lane/timers.h"

#include <assert.h>
#include <stdlib.h>

struct timer {
    int64_t deadline;
    uint32_t number;
};

struct timers { /* a binary heap */
    const struct table *table;
    struct timer *at;
    uint32_t count, capacity;
};

struct timers *timers_open(const struct table *table)
{
    struct timers *timers = calloc(1, sizeof *timers);
    assert(timers != NULL);
    timers->table = table;
    return timers;
}

void timers_close(struct timers *timers)
{
    if (timers == NULL) {
        return;
    }
    free(timers->at);
    free(timers);
}

static bool is_before(const struct timers *timers, struct timer a, struct timer b)
{
    if (a.deadline != b.deadline) {
        return a.deadline < b.deadline;
    }
    return a.number != b.number &&
           text_compare(table_id(timers->table, a.number), table_id(timers->table, b.number)) < 0;
}

static void swap(struct timers *timers, uint32_t a, uint32_t b)
{
    const struct timer kept = timers->at[a];
    timers->at[a] = timers->at[b];
    timers->at[b] = kept;
}

void timers_add(struct timers *timers, int64_t deadline, uint32_t number)
{
    if (timers->count == timers->capacity) {
        timers->capacity = timers->capacity == 0 ? 64 : 2 * timers->capacity;
        timers->at = realloc(timers->at, timers->capacity * sizeof *timers->at);
        assert(timers->at != NULL);
    }
    uint32_t at = timers->count++;
    timers->at[at] = (struct timer){deadline, number};
    while (at > 0 && is_before(timers, timers->at[at], timers->at[(at - 1) / 2])) {
        swap(timers, at, (at - 1) / 2);
        at = (at - 1) / 2;
    }
}

bool timers_first(const struct timers *timers, int64_t *deadline, uint32_t *number)
{
    if (timers->count == 0) {
        return false;
    }
    *deadline = timers->at[0].deadline;
    *number = timers->at[0].number;
    return true;
}

void timers_remove_first(struct timers *timers)
{
    assert(timers->count > 0);
    timers->at[0] = timers->at[--timers->count];
    uint32_t at = 0;
    for (;;) {
        uint32_t least = at;
        for (uint32_t child = 2 * at + 1; child <= 2 * at + 2 && child < timers->count; child++) {
            if (is_before(timers, timers->at[child], timers->at[least])) {
                least = child;
            }
        }
        if (least == at) {
            return;
        }
        swap(timers, at, least);
        at = least;
    }
}
