/* Two pictures are the same, or their first difference in order of key and field is named. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "store/picture.h"

/* "key field value;…", values without blanks; "-" for an empty field. */
static struct picture picture_of(const char *text)
{
    struct picture picture = {.bytes = NULL};
    char key[32];
    char field[32];
    char value[32];
    int taken = 0;
    while (sscanf(text, "%31s %31s %31[^;];%n", key, field, value, &taken) == 3) {
        picture_key(&picture, text_of_string(key));
        picture_text(&picture, text_of_string(strcmp(field, "-") == 0 ? "" : field),
                     text_of_string(value));
        text += taken;
    }
    cr_assert_eq(*text, '\0', "left: %s", text);
    return picture;
}

static const char *text_or_none(struct text text, char out[64])
{
    (void)snprintf(out, 64, "%.*s", (int)text.length, text_is_absent(text) ? "" : text.at);
    return text_is_absent(text) ? "(none)" : out;
}

static const struct row {
    const char *expected, *found;
    const char *difference; /* "key field: expected, found"; NULL: none */
} rows[] = {
    {"", "", NULL},
    {"a x 1;", "a x 1;", NULL},
    {"b x 1;a y 2;a x 3;", "a x 3;b x 1;a y 2;", NULL},
    {"a x 1;", "a x 2;", "a x: 1, 2"},
    {"a x 1;", "a x 01;", "a x: 1, 01"},
    {"a x 1;", "", "a x: 1, (none)"},
    {"", "a x 1;", "a x: (none), 1"},
    {"a x 1;a y 1;", "a x 1;", "a y: 1, (none)"},
    {"a y 1;", "a x 1;a y 1;", "a x: (none), 1"},
    {"a x 1;b x 1;", "a x 1;ab x 1;b x 1;", "ab x: (none), 1"},
    {"a x 1;b x 1;c x 1;", "a x 1;c x 2;", "b x: 1, (none)"},
    {"b x 1;a x 2;", "a x 1;b x 2;", "a x: 2, 1"},
    {"a x 1;", "a x 1;a - strange;", "a : (none), strange"},
};

Test(picture, names_the_first_difference)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[256] = "";
        char values[2][64];
        struct picture expected = picture_of(rows[i].expected);
        struct picture found = picture_of(rows[i].found);
        struct picture_difference first;
        if (picture_differs(&expected, &found, &first)) {
            (void)snprintf(text, sizeof text, "%.*s %.*s: %s, %s", (int)first.key.length,
                           first.key.at, (int)first.field.length, first.field.at,
                           text_or_none(first.expected, values[0]),
                           text_or_none(first.found, values[1]));
        }
        cr_expect_str_eq(text, rows[i].difference == NULL ? "" : rows[i].difference, "row %zu", i);
        picture_close(&expected);
        picture_close(&found);
    }
}

Test(picture, finds_a_value)
{
    struct picture picture = picture_of("b x 1;a y 2;a x 3;");
    char out[64];
    cr_expect_str_eq(text_or_none(picture_value(&picture, TEXT("a"), TEXT("y")), out), "2");
    cr_expect_str_eq(text_or_none(picture_value(&picture, TEXT("b"), TEXT("x")), out), "1");
    cr_expect_str_eq(text_or_none(picture_value(&picture, TEXT("b"), TEXT("y")), out), "(none)");
    picture_reset(&picture);
    cr_expect_str_eq(text_or_none(picture_value(&picture, TEXT("b"), TEXT("x")), out), "(none)");
    picture_close(&picture);
}

Test(picture, keeps_one_of_each)
{
    struct picture picture = picture_of("b x 1;a x 2;b x 1;a x 2;a y 3;");
    picture_unique(&picture);
    cr_expect_eq(picture.count, 3);
    cr_expect(text_equal(picture_key_at(&picture, 2), TEXT("b")));
    picture_close(&picture);
}

Test(picture, grows)
{
    struct picture expected = {.bytes = NULL};
    struct picture found = {.bytes = NULL};
    struct picture_difference first;
    picture_key(&expected, TEXT("k"));
    picture_key(&found, TEXT("k"));
    for (int64_t i = 0; i < 10000; i++) {
        char field[16];
        (void)snprintf(field, sizeof field, "%d", (int)i);
        picture_number(&expected, text_of_string(field), i);
        (void)snprintf(field, sizeof field, "%d", (int)(9999 - i));
        picture_parts(&found, text_of_string(field), text_of_string(field), TEXT(""));
    }
    cr_expect_not(picture_differs(&expected, &found, &first));
    picture_close(&expected);
    picture_close(&found);
}
