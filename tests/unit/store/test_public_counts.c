/* The lanes' tallies added up by code and source, what of it changed, and how the public keys show
   it. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "store/encode.h"
#include "store/shown.h"

#define LONGEST "sixty-four-bytes-of-a-source-0123456789-0123456789-0123456789-01"
#define BYTES(literal)                                                                             \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }

static const struct row {
    struct text tally;
    bool is_taken;
    struct text field; /* of jaga:{pub}:exceptions_by_source */
} rows[] = {
    {BYTES("exceptions_by_source:PARKED:/a"), true, BYTES("PARKED:/a")},
    {BYTES("exceptions_by_source:PARKED:"), true, BYTES("PARKED:")},
    {BYTES("exceptions_by_source:PARKED:urn:x:y"), true, BYTES("PARKED:urn:x:y")},
    {BYTES("exceptions_by_source:PARKED::"), true, BYTES("PARKED::")},
    {BYTES("exceptions_by_source:PARKED:0123456789-0123456789-0123456789-0123456789-01:x"), true,
     BYTES("PARKED:0123456789-0123456789-0123456789-0123456789-01:x")},
    {BYTES("exceptions_by_source:PARKED:\xC3\xA9"), true, BYTES("PARKED:\xC3\xA9")},
    {BYTES("exceptions_by_source:PARKED:a\0b"), true, BYTES("PARKED:a\0b")},
    {BYTES("exceptions_by_source:PARKED:a\0c"), true, BYTES("PARKED:a\0c")},
    {BYTES("exceptions_by_source:PARKED:(other)"), true, BYTES("PARKED:(other)")},
    {BYTES("exceptions_by_source:APPROVED_CLAIM_CONTRADICTED:" LONGEST), true,
     BYTES("APPROVED_CLAIM_CONTRADICTED:" LONGEST)},
    {BYTES("exceptions_by_source:PARKED:" LONGEST "x"), false, BYTES("")},
    {BYTES("exceptions_by_source:PARKED"), false, BYTES("")},
    {BYTES("exceptions_by_source:"), false, BYTES("")},
    {BYTES("exceptions_by_source:" LONGEST ":/a"), false, BYTES("")},
    {BYTES("exceptions_by:PARKED:/a"), false, BYTES("")},
};
#define ROW_COUNT (sizeof rows / sizeof *rows)

static int64_t field_of(const struct public_counts *counts, bool all, struct text field)
{
    struct picture picture = {.bytes = NULL};
    int64_t value = -1; /* not there */
    const struct key key = public_key("exceptions_by_source");
    shown_sources(counts, all, &picture);
    (void)number_parse(picture_value(&picture, key_text(&key), field), &value);
    picture_close(&picture);
    return value;
}

Test(public_counts, take_sources_of_all_lanes)
{
    struct public_counts counts = {.batches = NULL};
    counts_begin(&counts);
    for (int lane = 1; lane <= 2; lane++) {
        for (size_t i = 0; i < ROW_COUNT; i++) {
            cr_expect_eq(counts_take_one(&counts, rows[i].tally, 10 * lane), rows[i].is_taken,
                         "row %zu", i);
        }
    }
    counts_end(&counts);
    for (size_t i = 0; i < ROW_COUNT && rows[i].is_taken; i++) {
        cr_expect_eq(field_of(&counts, true, rows[i].field), 30, "row %zu", i);
    }
    cr_expect_eq(counts.exception_count, 0);
    counts_clear(&counts);
}

static void take(struct public_counts *counts, const char *tally, int64_t value)
{
    cr_expect(counts_take_one(counts, text_of_string(tally), value), "%s", tally);
}

Test(public_counts, show_the_sources_that_changed)
{
    struct public_counts counts = {.batches = NULL};
    for (int round = 0; round < 2; round++) {
        counts_begin(&counts);
        take(&counts, "exceptions_by_source:PARKED:/a", 3);
        take(&counts, "exceptions_by_source:PARKED:/b", 3 + round);
        counts_end(&counts);
        cr_expect_eq(field_of(&counts, false, TEXT("PARKED:/a")), round == 0 ? 3 : -1);
        cr_expect_eq(field_of(&counts, false, TEXT("PARKED:/b")), 3 + round);
        cr_expect_eq(field_of(&counts, true, TEXT("PARKED:/a")), 3);
        for (uint32_t i = 0; i < counts.source_count; i++) {
            counts.sources[i].is_changed = false; /* written */
        }
    }
    counts_clear(&counts);
}

/* A change that could not be written is still one after the next reading. */
Test(public_counts, remember_what_was_not_written)
{
    struct public_counts counts = {.batches = NULL};
    for (int round = 0; round < 2; round++) {
        counts_begin(&counts);
        take(&counts, "exceptions_by_source:PARKED:/a", 3);
        counts_end(&counts);
        cr_expect_eq(field_of(&counts, false, TEXT("PARKED:/a")), 3, "round %d", round);
    }
    counts_forget(&counts);
    cr_expect_eq(counts.source_count, 0);
    cr_expect_eq(field_of(&counts, true, TEXT("PARKED:/a")), -1);
    take(&counts, "exceptions_by_source:PARKED:/a", 2);
    cr_expect_eq(field_of(&counts, true, TEXT("PARKED:/a")), 2);
    counts_clear(&counts);
}

/* Batches and sources grow past their first room, each in its own index. */
Test(public_counts, grow)
{
    struct public_counts counts = {.batches = NULL};
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 1000; i++) {
            char name[64];
            (void)snprintf(name, sizeof name, "exceptions_by_source:PARKED:/%d", i);
            take(&counts, name, i + 1);
            (void)snprintf(name, sizeof name, "batch:PARKED:/%d:applied", i);
            take(&counts, name, 1);
        }
    }
    cr_expect_eq(counts.source_count, 1000);
    cr_expect_eq(counts.batch_count, 1000);
    cr_expect_eq(field_of(&counts, true, TEXT("PARKED:/0")), 2);
    cr_expect_eq(field_of(&counts, true, TEXT("PARKED:/999")), 2000);
    cr_expect_eq(counts.batches[999].now.applied, 2);
    counts_clear(&counts);
}
