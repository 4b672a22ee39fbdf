/* Exceptions by code and by source: every one under exactly one source, the first 1,024 sources
   apart for ever, and the same sources after the tallies were loaded. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>

#include "lane/tallies.h"

static int64_t value_of(const struct tallies *tallies, struct text name)
{
    int64_t value = -1; /* not there */
    for (uint32_t i = 0; i < tallies_count(tallies); i++) {
        const struct tally tally = tallies_at(tallies, i);
        if (text_equal(tally.name, name)) {
            cr_expect_eq(value, -1, "twice: %.*s", (int)name.length, name.at);
            value = tally.value;
        }
    }
    return value;
}

static void expect(const struct tallies *tallies, const char *name, int64_t value)
{
    cr_expect_eq(value_of(tallies, text_of_string(name)), value, "%s", name);
}

#define LONGEST "sixty-four-bytes-of-a-source-0123456789-0123456789-0123456789-01"

#define BYTES(literal)                                                                             \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }
#define ROW(literal)                                                                               \
    {                                                                                              \
        BYTES(literal), BYTES("exceptions_by_source:MALFORMED:" literal)                           \
    }
static const struct row {
    struct text source;
    struct text tally; /* of MALFORMED */
} rows[] = {
    {{NULL, 0}, BYTES("exceptions_by_source:MALFORMED:")},
    ROW(""),
    ROW("/bank/demo"),
    ROW("urn:x:y"),
    ROW(":"),
    ROW("PARKED:x"),
    ROW("/kantor/\xC3\xA9\xE2\x82\xAC"),
    ROW("a\0b"),
    ROW("a\0c"),
    ROW("(other)"),
    ROW(LONGEST),
};
#define ROW_COUNT (sizeof rows / sizeof *rows)

Test(tallies, count_every_exception_under_one_source)
{
    struct tallies *tallies = tallies_open();
    for (size_t i = 0; i < ROW_COUNT; i++) {
        const int64_t before = value_of(tallies, rows[i].tally);
        tallies_exception(tallies, EXCEPTION_MALFORMED, rows[i].source);
        cr_expect_eq(value_of(tallies, rows[i].tally), before < 0 ? 1 : before + 1, "row %zu", i);
    }
    expect(tallies, "exceptions:MALFORMED", (int64_t)ROW_COUNT);
    cr_expect_eq(tallies_count(tallies), ROW_COUNT); /* absent and empty are one; and the sum */
    tallies_close(tallies);
}

Test(tallies, fit_every_code_with_the_longest_source)
{
    struct tallies *tallies = tallies_open();
    cr_assert_eq(sizeof LONGEST - 1, TEXT_BYTES_MAX);
    for (unsigned code = 0; code < EXCEPTION_CODE_COUNT; code++) {
        char name[TALLY_NAME_BYTES_MAX + 1];
        cr_assert_leq(strlen(term_name(&exception_code_names, code)), EXCEPTION_CODE_BYTES_MAX);
        cr_assert_null(strchr(term_name(&exception_code_names, code), ':'));
        tallies_exception(tallies, (enum exception_code)code, TEXT(LONGEST));
        (void)snprintf(name, sizeof name, "exceptions_by_source:%s:%s",
                       term_name(&exception_code_names, code), LONGEST);
        expect(tallies, name, 1);
    }
    tallies_close(tallies);
}

Test(tallies, refuse_a_source_that_is_too_long, .signal = SIGABRT)
{
    tallies_exception(tallies_open(), EXCEPTION_PARKED, TEXT(LONGEST "x"));
}

static void count_source(struct tallies *tallies, enum exception_code code, int number)
{
    char source[32];
    (void)snprintf(source, sizeof source, "/s/%d", number);
    tallies_exception(tallies, code, text_of_string(source));
}

/* No source and "(other)" take no place; a second code of a source takes none either. */
static struct tallies *full(void)
{
    struct tallies *tallies = tallies_open();
    tallies_exception(tallies, EXCEPTION_PARKED, (struct text){0});
    tallies_exception(tallies, EXCEPTION_PARKED, TEXT("(other)"));
    for (int i = 0; i < SOURCES_MAX; i++) {
        count_source(tallies, EXCEPTION_PARKED, i);
        count_source(tallies, EXCEPTION_OVERPAID, i);
    }
    return tallies;
}

static void expect_full(struct tallies *tallies)
{
    expect(tallies, "exceptions_by_source:PARKED:/s/1023", 1);
    count_source(tallies, EXCEPTION_PARKED, SOURCES_MAX);
    count_source(tallies, EXCEPTION_TOO_MANY, SOURCES_MAX);
    count_source(tallies, EXCEPTION_PARKED, SOURCES_MAX + 1);
    tallies_exception(tallies, EXCEPTION_TOO_MANY, (struct text){0});
    count_source(tallies, EXCEPTION_TOO_MANY, 7); /* a new code of one that has a place */
    expect(tallies, "exceptions_by_source:PARKED:(other)", 3);
    expect(tallies, "exceptions_by_source:TOO_MANY:(other)", 1);
    expect(tallies, "exceptions_by_source:PARKED:/s/1024", -1);
    expect(tallies, "exceptions_by_source:TOO_MANY:", 1);
    expect(tallies, "exceptions_by_source:TOO_MANY:/s/7", 1);
    expect(tallies, "exceptions:PARKED", SOURCES_MAX + 4);
}

Test(tallies, keep_the_first_sources_apart)
{
    struct tallies *tallies = full();
    expect_full(tallies);
    tallies_close(tallies);
}

/* In another order, as Redis gives them. */
Test(tallies, know_the_sources_after_loading)
{
    struct tallies *before = full();
    struct tallies *tallies = tallies_open();
    for (uint32_t i = tallies_count(before); i > 0; i--) {
        const struct tally tally = tallies_at(before, i - 1);
        tallies_load(tallies, tally.name, tally.value);
    }
    expect_full(tallies);
    tallies_close(before);
    tallies_close(tallies);
}

Test(tallies, have_room_for_one_more_after_loading)
{
    struct tallies *tallies = tallies_open();
    for (int i = 1; i < SOURCES_MAX; i++) {
        char name[64];
        (void)snprintf(name, sizeof name, "exceptions_by_source:PARKED:/s/%d", i);
        tallies_load(tallies, text_of_string(name), 5);
    }
    tallies_load(tallies, TEXT("exceptions_by_source:PARKED:"), 5);
    tallies_load(tallies, TEXT("exceptions_by_source:TOO_MANY:/s/1"), 5);
    count_source(tallies, EXCEPTION_PARKED, 0);
    count_source(tallies, EXCEPTION_PARKED, SOURCES_MAX);
    expect(tallies, "exceptions_by_source:PARKED:/s/0", 1);
    expect(tallies, "exceptions_by_source:PARKED:(other)", 1);
    expect(tallies, "exceptions_by_source:PARKED:/s/1", 5);
    tallies_close(tallies);
}

/* A damaged copy is found by its digest; until then no name in it may do harm. */
Test(tallies, load_any_name)
{
    static const char *const names[] = {
        "exceptions_by_source",
        "exceptions_by_source:",
        "exceptions_by_source:PARKED",
        "exceptions_by_source::",
        "exceptions_by_source:NOTHING:/s/1",
        "exceptions_by_source:X:" LONGEST LONGEST "0123456789",
    };
    struct tallies *tallies = tallies_open();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const size_t length = strlen(names[i]);
        tallies_load(
            tallies,
            text_of(names[i], length < TALLY_NAME_BYTES_MAX ? length : TALLY_NAME_BYTES_MAX), 1);
    }
    count_source(tallies, EXCEPTION_PARKED, 1);
    expect(tallies, "exceptions_by_source:PARKED:/s/1", 1);
    tallies_close(tallies);
}
