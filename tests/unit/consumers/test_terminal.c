#include "consumers/terminal.h"

#include <criterion/criterion.h>
#include <pty.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- What it is ---- */

static const struct environment_row {
    const char *term, *no_color, *lc_all, *lang;
    bool colours, utf8;
} environments[] = {
    {"xterm", NULL, NULL, "C.UTF-8", true, true},
    {"xterm", "", NULL, "id_ID.utf8", true, true}, /* empty counts as not set */
    {"xterm", "1", NULL, "C", false, false},
    {"dumb", NULL, "C", "C.UTF-8", false, false}, /* LC_ALL goes before LANG */
    {NULL, NULL, "C.UTF-8", NULL, false, true},
    {"xterm", NULL, NULL, NULL, true, false},
};

static void put(const char *name, const char *value)
{
    cr_assert_eq(value == NULL ? unsetenv(name) : setenv(name, value, 1), 0);
}

Test(terminal, is_told_by_the_environment)
{
    int master = 0;
    int slave = 0;
    const struct winsize size = {.ws_row = 30, .ws_col = 91};
    cr_assert_eq(openpty(&master, &slave, NULL, NULL, &size), 0);
    put("LC_CTYPE", NULL);
    for (size_t i = 0; i < sizeof environments / sizeof *environments; i++) {
        const struct environment_row *row = &environments[i];
        put("TERM", row->term);
        put("NO_COLOR", row->no_color);
        put("LC_ALL", row->lc_all);
        put("LANG", row->lang);
        const struct terminal terminal = terminal_of(slave);
        cr_expect(terminal.is_terminal, "row %zu", i);
        cr_expect_eq(terminal.colours, row->colours, "row %zu", i);
        cr_expect_eq(terminal.utf8, row->utf8, "row %zu", i);
        cr_expect_eq(terminal.width, 91);
        cr_expect_eq(terminal.height, 30);
    }
    int ends[2];
    cr_assert_eq(pipe(ends), 0);
    const struct terminal none = terminal_of(ends[1]);
    cr_expect(!none.is_terminal && !none.colours && none.width == 0 && none.height == 0);
}

/* ---- Texts ---- */

static const struct text_row {
    const char *given, *shown;
    size_t columns;
} texts[] = {
    {"Banten", "Banten", 6},
    {"", "", 0},
    {"\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80", "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80", 3},
    {"a\tb\x7F", "a?b?", 4},
    {"\033]0;x\a", "?]0;x?", 6},
    {"a\xC2\x9B"
     "31m",
     "a?31m", 5}, /* CSI in one code point */
    {"\xC2\xA0", "\xC2\xA0", 1},
    {"a\xFF\xC3\xA4", "a???", 4}, /* not UTF-8: no byte of it above ASCII is trusted */
};

Test(terminal, shows_texts_that_cannot_steer_it)
{
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char *shown = text_shown(texts[i].given);
        cr_expect_str_eq(shown, texts[i].shown, "row %zu: %s", i, shown);
        cr_expect_eq(text_columns(shown), texts[i].columns, "row %zu", i);
        free(shown);
    }
    cr_expect_eq(text_cut("\xC3\xA4\xC3\xA4\xC3\xA4", 2), 4);
    cr_expect_eq(text_cut("ab", 2), 2);
    cr_expect_eq(text_cut("ab", 5), 2);
    cr_expect_eq(text_cut("ab", 0), 0);
}

Test(terminal, breaks_paragraphs_between_words)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    const struct terminal terminal = {.is_terminal = true, .width = 10};
    terminal_say(&terminal, out, STYLE_BAD, "one two  three %s", "enormously-long four");
    terminal_say(&terminal, out, STYLE_BAD, "%s", "");
    cr_assert_eq(fclose(out), 0);
    cr_expect_str_eq(text, "one two\nthree\nenormously-long\nfour\n\n", "%s", text);
    free(text);
}

/* ---- Numbers ---- */

static const struct number_row {
    int64_t number;
    const char *text;
} numbers[] = {
    {0, "0"},
    {999, "999"},
    {1000, "1,000"},
    {-1000, "-1,000"},
    {100000, "100,000"},
    {2570000000, "2,570,000,000"},
    {INT64_MAX, "9,223,372,036,854,775,807"},
    {INT64_MIN, "-9,223,372,036,854,775,808"},
};

Test(terminal, separates_thousands)
{
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        char text[THOUSANDS_BYTES];
        thousands(numbers[i].number, text);
        cr_expect_str_eq(text, numbers[i].text);
    }
}

static const struct number_row ages[] = {
    {0, "0 ms"},
    {436999, "436 ms"},
    {1250000, "1.2 s"},
    {119900000, "119.9 s"},
    {120000000, "2 min"},
    {INT64_C(7199) * 1000000, "119 min"},
    {INT64_C(7200) * 1000000, "2 h"},
    {INT64_C(47) * 3600 * 1000000, "47 h"},
    {INT64_C(48) * 3600 * 1000000, "2 days"},
};

Test(terminal, tells_ages)
{
    for (size_t i = 0; i < sizeof ages / sizeof *ages; i++) {
        char text[AGE_BYTES];
        age_print(ages[i].number, text);
        cr_expect_str_eq(text, ages[i].text);
    }
}
