#include "replay/store_difference.h"

#include <stdio.h>

#define KEY_TEXT_BYTES 200
#define FIELD_TEXT_BYTES 180
#define HEX_SHOWN 4000  /* bytes of a value in hex */
#define BEFORE_SHOWN 16 /* equal bytes before the first that differs */

static bool is_readable(struct text text)
{
    for (uint32_t i = 0; i < text.length; i++) {
        if (text.at[i] < ' ' || text.at[i] > '~') {
            return false;
        }
    }
    return true;
}

static void print_name(struct text text, char *out, size_t size)
{
    size_t length = 0;
    for (uint32_t i = 0; i < text.length && length + 1 < size; i++) {
        const char c = text.at[i];
        out[length++] = (char)(c < ' ' || c > '~' ? '?' : c);
    }
    out[length] = '\0';
}

static uint32_t equal_bytes(struct text a, struct text b)
{
    uint32_t count = 0;
    while (count < a.length && count < b.length && a.at[count] == b.at[count]) {
        count++;
    }
    return count;
}

static void print_hex(struct text value, uint32_t from, char out[DIFFERENCE_TEXT_BYTES])
{
    int length = 0;
    out[0] = '\0';
    if (from > 0) {
        length = snprintf(out, DIFFERENCE_TEXT_BYTES, "from byte %u: ", from);
    }
    for (uint32_t i = from; i < value.length && i - from < HEX_SHOWN; i++) {
        length += snprintf(out + length, DIFFERENCE_TEXT_BYTES - (size_t)length, "%02x",
                           (unsigned)(unsigned char)value.at[i]);
    }
}

static void print_value(struct text value, bool as_text, uint32_t from,
                        char out[DIFFERENCE_TEXT_BYTES])
{
    if (text_is_absent(value)) {
        (void)snprintf(out, DIFFERENCE_TEXT_BYTES, "(none)");
    } else if (as_text) {
        (void)snprintf(out, DIFFERENCE_TEXT_BYTES, "%.*s", (int)value.length, value.at);
    } else {
        print_hex(value, from, out);
    }
}

void store_difference(struct difference *difference, int64_t sequence, struct text key,
                      struct text field, struct text expected, struct text found)
{
    char key_text[KEY_TEXT_BYTES];
    char field_text[FIELD_TEXT_BYTES];
    static _Thread_local char texts[2][DIFFERENCE_TEXT_BYTES];
    if (difference->found) {
        return;
    }
    const bool as_text = is_readable(expected) && is_readable(found);
    const uint32_t longest = expected.length > found.length ? expected.length : found.length;
    const uint32_t equal = equal_bytes(expected, found);
    const uint32_t from = longest > HEX_SHOWN && equal > BEFORE_SHOWN ? equal - BEFORE_SHOWN : 0;
    print_name(key, key_text, sizeof key_text);
    print_name(field, field_text, sizeof field_text);
    print_value(expected, as_text, from, texts[0]);
    print_value(found, as_text, from, texts[1]);
    if (field.length == 0) {
        difference_set(difference, key_text, -1, -1, sequence, "the key");
    } else {
        difference_set(difference, key_text, -1, -1, sequence, "field %s", field_text);
    }
    difference_values(difference, texts[0], texts[1]);
}

bool store_differs(struct difference *difference, int64_t sequence, struct picture *expected,
                   struct picture *found)
{
    struct picture_difference first;
    if (!picture_differs(expected, found, &first)) {
        return false;
    }
    store_difference(difference, sequence, first.key, first.field, first.expected, first.found);
    return true;
}
