/* A fixed run of memory from which a batch takes what it needs; given back as a whole. */
#ifndef JAGA_SUPPORT_ARENA_H
#define JAGA_SUPPORT_ARENA_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "support/error.h"

#define ARENA_ALIGNMENT 16

struct arena {
    uint8_t *base;
    size_t size, used; /* bytes */
};

/* Takes `size` bytes from the system, once, at start. FATAL "out_of_memory". */
MUST_USE struct error arena_open(struct arena *arena, size_t size);
void arena_close(struct arena *arena); /* accepts a zeroed arena */

/* `size` bytes aligned for anything, not cleared; NULL when they do not fit. */
static inline void *arena_take(struct arena *arena, size_t size)
{
    assert(arena->used <= arena->size);
    const size_t rounded = (size + (ARENA_ALIGNMENT - 1)) & ~(size_t)(ARENA_ALIGNMENT - 1);
    if (rounded < size || rounded > arena->size - arena->used) {
        return NULL;
    }
    void *taken = arena->base + arena->used;
    arena->used += rounded;
    return taken;
}

/* Bytes that can still be taken in one piece. */
static inline size_t arena_left(const struct arena *arena)
{
    return arena->size - arena->used;
}

/* A mark to return to, and the return: everything taken after the mark is given back. */
static inline size_t arena_mark(const struct arena *arena)
{
    return arena->used;
}

static inline void arena_return(struct arena *arena, size_t mark)
{
    assert(mark <= arena->used);
    arena->used = mark;
}

static inline void arena_reset(struct arena *arena)
{
    arena->used = 0;
}

#endif
