#include "support/arena.h"

#include <criterion/criterion.h>
#include <signal.h>

Test(arena, gives_aligned_pieces_that_do_not_overlap)
{
    struct arena arena;
    const struct error error = arena_open(&arena, 64);
    cr_assert(!failed(&error));
    uint8_t *first = arena_take(&arena, 1);
    uint8_t *second = arena_take(&arena, 17);
    cr_assert_not_null(first);
    cr_assert_not_null(second);
    cr_assert_eq((uintptr_t)second % ARENA_ALIGNMENT, 0);
    cr_assert_geq(second - first, 1);
    cr_assert_eq(arena_left(&arena), 64 - 16 - 32);
    arena_close(&arena);
}

Test(arena, is_full_at_its_size_and_not_before)
{
    struct arena arena;
    const struct error error = arena_open(&arena, 64);
    cr_assert(!failed(&error));
    cr_assert_null(arena_take(&arena, 65));
    cr_assert_null(arena_take(&arena, SIZE_MAX));
    cr_assert_null(arena_take(&arena, SIZE_MAX - 15));
    cr_assert_not_null(arena_take(&arena, 64));
    cr_assert_null(arena_take(&arena, 1));
    arena_close(&arena);
}

Test(arena, returns_to_a_mark)
{
    struct arena arena;
    const struct error error = arena_open(&arena, 64);
    cr_assert(!failed(&error));
    cr_assert_not_null(arena_take(&arena, 16));
    const size_t mark = arena_mark(&arena);
    const void *taken = arena_take(&arena, 48);
    arena_return(&arena, mark);
    cr_assert_eq(arena_take(&arena, 48), taken);
    arena_reset(&arena);
    cr_assert_eq(arena_left(&arena), 64);
    arena_close(&arena);
}

Test(arena, refuses_a_mark_of_later, .signal = SIGABRT)
{
    struct arena arena = {0};
    arena_return(&arena, 1);
}
