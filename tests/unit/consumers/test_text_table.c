#include "consumers/text_table.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define COUNT_OF(list) (sizeof(list) / sizeof *(list))

static const struct terminal pipe_of = {.is_terminal = false};
static const struct terminal wide = {
    .is_terminal = true, .colours = true, .utf8 = true, .width = 200};

static const struct text_table_column columns[] = {
    {"code", ALIGN_LEFT, 0, 0, false},    {"region", ALIGN_LEFT, 0, 6, false},
    {"active", ALIGN_RIGHT, 0, 0, false}, {"bar", ALIGN_LEFT, 9, 0, true},
    {"base", ALIGN_RIGHT, 1, 0, false},   {"source", ALIGN_LEFT, 2, 0, false},
};

static void add_row(struct text_table *table, const char *code, const char *region, int64_t active,
                    int64_t base)
{
    text_table_text(table, STYLE_PLAIN, code);
    text_table_text(table, STYLE_DIM, region);
    text_table_number(table, STYLE_GOOD, active);
    text_table_text(table, STYLE_PLAIN, "####");
    text_table_number(table, STYLE_PLAIN, base);
    text_table_text(table, STYLE_PLAIN, "BPS");
}

/* The caller frees it. */
static char *printed(const struct text_table *table, const struct terminal *terminal)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    text_table_print(table, out, terminal);
    cr_assert_eq(fclose(out), 0);
    return text;
}

static void expect(const struct terminal *terminal, const char *wanted)
{
    struct text_table *table = text_table_open(columns, COUNT_OF(columns));
    add_row(table, "ID", "Indonesia", 11378, 150000000);
    text_table_rule(table);
    add_row(table, "36.74", "T\xC3\xA4ngerang Selatan", -7, 0);
    char *text = printed(table, terminal);
    cr_expect_str_eq(text, wanted, "width %u:\n%s", terminal->width, text);
    free(text);
    text_table_close(table);
}

Test(text_table, aligns_by_code_points_without_blanks_at_the_end)
{
    expect(&pipe_of, "code   region             active  bar          base  source\n"
                     "ID     Indonesia          11,378  ####  150,000,000  BPS\n"
                     "-----------------------------------------------------------\n"
                     "36.74  T\xC3\xA4ngerang Selatan      -7  ####            0  BPS\n");
}

Test(text_table, leaves_out_the_ornament_and_cuts_texts_before_columns_go)
{
    struct terminal terminal = {.is_terminal = true, .utf8 = true, .width = 58};
    expect(&terminal, "code   region             active         base  source\n"
                      "ID     Indonesia          11,378  150,000,000  BPS\n"
                      "-----------------------------------------------------\n"
                      "36.74  T\xC3\xA4ngerang Selatan      -7            0  BPS\n");
    terminal.width = 46;
    expect(&terminal, "code   region      active         base  source\n"
                      "ID     Indonesia   11,378  150,000,000  BPS\n"
                      "----------------------------------------------\n"
                      "36.74  T\xC3\xA4ngerang\xE2\x80\xA6      -7            0  BPS\n");
    terminal.utf8 = false;
    terminal.width = 42;
    expect(&terminal, "code   region  active         base  source\n"
                      "ID     Indon~  11,378  150,000,000  BPS\n"
                      "------------------------------------------\n"
                      "36.74  T\xC3\xA4nge~      -7            0  BPS\n");
}

Test(text_table, says_which_columns_it_left_out)
{
    struct terminal terminal = {.is_terminal = true, .width = 41};
    expect(&terminal, "code   region         active         base\n"
                      "ID     Indonesia      11,378  150,000,000\n"
                      "-----------------------------------------\n"
                      "36.74  T\xC3\xA4ngerang Se~      -7            0\n"
                      "Left out, the terminal is too narrow:\n"
                      "source\n");
    /* What must stay does, and no number is cut. */
    terminal.width = 10;
    expect(&terminal, "code   region  active\n"
                      "ID     Indon~  11,378\n"
                      "---------------------\n"
                      "36.74  T\xC3\xA4nge~      -7\n"
                      "Left out,\nthe\nterminal\nis too\nnarrow:\nbase,\nsource\n");
}

Test(text_table, colours_only_where_there_are_any)
{
    struct text_table *table = text_table_open(columns, COUNT_OF(columns));
    add_row(table, "ID", "Indonesia", 1, 2);
    char *coloured = printed(table, &wide);
    cr_expect_not_null(strstr(coloured, "\033[1mcode\033[0m"));
    cr_expect_not_null(strstr(coloured, "\033[2mIndonesia\033[0m"));
    cr_expect_not_null(strstr(coloured, "     \033[32m1\033[0m  ####"));
    free(coloured);
    struct terminal plain = wide;
    plain.colours = false;
    char *text = printed(table, &plain);
    cr_expect_null(strchr(text, '\033'));
    free(text);
    text_table_close(table);
}

Test(text_table, leaves_out_what_is_empty_and_disarms_what_is_not)
{
    struct text_table *table = text_table_open(columns, 3);
    char *nothing = printed(table, &pipe_of);
    cr_expect_str_empty(nothing);
    free(nothing);
    text_table_text(table, STYLE_PLAIN, "a\033[2J\n");
    text_table_text(table, STYLE_PLAIN, "");
    text_table_format(table, STYLE_PLAIN, "%d", 5);
    char *text = printed(table, &pipe_of);
    cr_expect_str_eq(text, "code    active\na?[2J?       5\n");
    free(text);
    text_table_close(table);
}

Test(text_table, refuses_a_row_that_is_not_full, .signal = SIGABRT)
{
    struct text_table *table = text_table_open(columns, COUNT_OF(columns));
    text_table_text(table, STYLE_PLAIN, "ID");
    text_table_print(table, stdout, &pipe_of);
}
