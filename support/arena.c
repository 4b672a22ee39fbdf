#include "support/arena.h"

#include <stdlib.h>

struct error arena_open(struct arena *arena, size_t size)
{
    *arena = (struct arena){.base = aligned_alloc(ARENA_ALIGNMENT, (size + 15) & ~(size_t)15)};
    if (arena->base == NULL) {
        return error_make(ERROR_FATAL, "out_of_memory", "no %zu bytes of memory for a batch", size);
    }
    arena->size = size;
    return no_error();
}

void arena_close(struct arena *arena)
{
    free(arena->base);
    *arena = (struct arena){NULL, 0, 0};
}
