#include <criterion/criterion.h>
#include <stdio.h>

#include "wire/rules_difference.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define TAIL "valid_from,valid_to,law,recorded_on,reviewed_until,verified\n"

static struct error read(const char *text, struct rules_listing *out)
{
    return rules_listing_read(text_of_string(text), out);
}

static void expect_text(struct text got, const char *wanted)
{
    cr_expect(text_equal(got, text_of_string(wanted)), "%.*s, not %s", (int)got.length, got.at,
              wanted);
}

Test(rules_listing, rows_by_column)
{
    static const char text[] =
        "[a.csv]\nid,value," TAIL "x,5,2015-07-01,open,PP 1/2015,2026-11-24,2027-12-31,yes\n"
        "[b.csv]\nid," TAIL "y,2015-07-01,2016-02-29,PP 2/2015,2026-11-24,2027-12-31,no\n";
    struct rules_listing listing;
    const struct error error = read(text, &listing);
    cr_assert(!failed(&error), "%s", error.detail);
    cr_assert_eq(listing.count, 2);
    const struct rules_line *x = rules_listing_find(&listing, TEXT("x"));
    cr_assert_not_null(x);
    expect_text(x->table, "a.csv");
    expect_text(rules_line_field(x, "value"), "5");
    expect_text(rules_line_field(x, "law"), "PP 1/2015");
    cr_expect(text_is_absent(rules_line_field(x, "base")));
    cr_expect_eq(rules_line_day(x, "valid_to"), DAY_NEVER);
    cr_expect_eq(rules_line_day(x, "law"), DAY_NONE);
    cr_expect(rules_line_is_verified(x));
    cr_expect(!rules_line_is_own(x, 0));
    cr_expect(rules_line_is_own(x, 1));
    cr_expect(!rules_line_is_own(x, 2));
    cr_expect(!rules_line_is_verified(rules_listing_find(&listing, TEXT("y"))));
    cr_expect_null(rules_listing_find(&listing, TEXT("z")));
    rules_listing_clear(&listing);
}

Test(rules_listing, json)
{
    struct rules_listing listing;
    const struct error error =
        read("[a.csv]\nid,value," TAIL "x,5,2015-07-01,open,PP 1/2015,2026-11-24,2027-12-31,yes\n",
             &listing);
    cr_assert(!failed(&error));
    char bytes[RULES_LINE_JSON_BYTES];
    struct buffer buffer = buffer_over(bytes, sizeof bytes);
    rules_line_to_json(&buffer, &listing.lines[0]);
    expect_text(buffer_view(&buffer),
                "{\"table\":\"a.csv\",\"id\":\"x\",\"values\":{\"value\":\"5\"},"
                "\"valid_from\":\"2015-07-01\",\"valid_to\":\"open\",\"law\":\"PP 1/2015\","
                "\"recorded_on\":\"2026-11-24\",\"reviewed_until\":\"2027-12-31\","
                "\"verified\":\"yes\"}");
    rules_listing_clear(&listing);
}

/* The longest row there can be, of what JSON writes longest. */
Test(rules_listing, any_row_fits_its_json)
{
    char text[16 * 1024] = "[a.csv]\nid";
    char field[201];
    memset(field, '"', sizeof field - 1);
    field[sizeof field - 1] = '\0';
    for (int i = 1; i < RULES_LINE_COLUMNS_MAX; i++) {
        char column[80];
        (void)snprintf(column, sizeof column, ",%02d%061d", i, 0);
        strncat(text, column, sizeof text - strlen(text) - 1);
    }
    for (int i = 0; i < RULES_LINE_COLUMNS_MAX; i++) {
        strncat(text, i == 0 ? "\n" : ",", sizeof text - strlen(text) - 1);
        strncat(text, field, sizeof text - strlen(text) - 1);
    }
    struct rules_listing listing;
    const struct error error = read(text, &listing);
    cr_assert(!failed(&error), "%s", error.detail);
    char bytes[RULES_LINE_JSON_BYTES];
    struct buffer buffer = buffer_over(bytes, sizeof bytes);
    rules_line_to_json(&buffer, &listing.lines[0]);
    cr_expect(!buffer.overflow);
    rules_listing_clear(&listing);
}

Test(rules_listing, refuses)
{
    static const struct {
        const char *text, *detail;
    } rows[] = {
        {"", "there are no rows"},
        {"[a.csv]\nid,law\n", "there are no rows"},
        {"id,law\nx,y\n", "line 1 of the bundle's text: no table begins before it"},
        {"[a.csv]\nid,law\nx\n", "line 3 of the bundle's text: not as many fields"},
        {"[a.csv]\nid,law\nx,y,z\n", "not as many fields"},
        {"[a.csv]\na,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q\n", "line 2 of the bundle's text: too many"},
        {"[a.csv]\nid,law\nx,\x1b[31m\n", "too long or no plain ASCII"},
        {"[a.csv]\nid,l\taw\nx,y\n", "a column that is no plain word"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct rules_listing listing;
        const struct error error = read(rows[i].text, &listing);
        cr_expect(failed(&error), "row %zu was taken", i);
        cr_expect_not_null(strstr(error.detail, rows[i].detail), "row %zu: %s", i, error.detail);
        cr_expect_null(listing.lines);
    }
}

/* ---- Differences ---- */

static void note(void *context, const struct rules_line *before, const struct rules_line *after)
{
    char *out = context;
    const struct rules_line *line = before != NULL ? before : after;
    const char *sign = before == NULL ? "+" : after == NULL ? "-" : "~";
    (void)snprintf(out + strlen(out), 64 - strlen(out), "%s%.*s ", sign,
                   (int)line->fields[0].length, line->fields[0].at);
}

Test(rules_difference, rows)
{
#define HEAD "[a.csv]\nid,value\n"
    static const struct {
        const char *before, *after, *told;
    } rows[] = {
        {HEAD "x,1\ny,2\n", HEAD "x,1\ny,2\n", ""},
        {HEAD "x,1\ny,2\n", HEAD "y,2\nx,1\n", ""},
        {HEAD "x,1\ny,2\n", HEAD "x,1\n", "-y "},
        {HEAD "x,1\n", HEAD "x,1\ny,2\n", "+y "},
        {HEAD "x,1\n", HEAD "x,2\n", "~x "},
        {HEAD "x,1\n", HEAD "z,1\n", "-x +z "},
        {HEAD "x,1\n", "[b.csv]\nid,value\nx,1\n", "~x "},
        {HEAD "x,1\n", "[a.csv]\nid,value,more\nx,1,2\n", "~x "},
        {"[a.csv]\nid,value,more\nx,1,2\n", HEAD "x,1\n", "~x "},
        {HEAD "x,1\ny,2\nz,3\n", HEAD "x,2\nw,2\nz,3\n", "~x -y +w "},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct rules_listing before;
        struct rules_listing after;
        char told[64] = "";
        struct error error = read(rows[i].before, &before);
        cr_assert(!failed(&error));
        error = read(rows[i].after, &after);
        cr_assert(!failed(&error));
        const struct rules_difference found = rules_compare(&before, &after, note, told);
        cr_expect_str_eq(told, rows[i].told, "row %zu: %s", i, told);
        cr_expect_eq(found.added + found.removed + found.changed, strlen(told) / 3, "row %zu", i);
        rules_listing_clear(&before);
        rules_listing_clear(&after);
    }
}
