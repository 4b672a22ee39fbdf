/* Any bytes as valid text. */
#include "wire/utf8.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct row {
    const char *text;
    size_t size;
    const char *valid;
} rows[] = {
    {"abc", 16, "abc"},
    {"", 16, ""},
    {"caf\xC3\xA9", 16, "caf\xC3\xA9"},
    {"\xFF\xFE", 16, "??"},
    {"a\xC3", 16, "a?"},
    {"a\xC3(", 16, "a?("},
    {"\xC0\xAF", 16, "??"},      /* overlong */
    {"\xED\xA0\x80", 16, "???"}, /* a surrogate */
    {"\xF0\x9F\x98\x80", 16, "\xF0\x9F\x98\x80"},
    {"\x80", 16, "?"},
    {"abc", 3, "ab"},
    {"a\xC3\xA9", 3, "a"}, /* no half character at the end */
};

Test(utf8, makes_valid_text_of_any)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char out[16];
        cr_expect_str_eq(valid_text(rows[i].text, out, rows[i].size), rows[i].valid, "row %zu", i);
    }
}
