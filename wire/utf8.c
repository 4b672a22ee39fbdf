#include "wire/utf8.h"

#include <string.h>

/* The bytes of a sequence by its first byte, and the bounds of its second; the others are 80–BF. */
struct sequence {
    uint8_t first_least, first_most, length, second_least, second_most;
};

static const struct sequence sequences[] = {
    {0xC2, 0xDF, 2, 0x80, 0xBF}, {0xE0, 0xE0, 3, 0xA0, 0xBF}, {0xE1, 0xEC, 3, 0x80, 0xBF},
    {0xED, 0xED, 3, 0x80, 0x9F}, {0xEE, 0xEF, 3, 0x80, 0xBF}, {0xF0, 0xF0, 4, 0x90, 0xBF},
    {0xF1, 0xF3, 4, 0x80, 0xBF}, {0xF4, 0xF4, 4, 0x80, 0x8F},
};

static const struct sequence *sequence_of(uint8_t first)
{
    for (size_t i = 0; i < sizeof sequences / sizeof *sequences; i++) {
        if (first >= sequences[i].first_least && first <= sequences[i].first_most) {
            return &sequences[i];
        }
    }
    return NULL;
}

/* Bytes of the sequence at the start; 0 when it is none. */
static size_t sequence_length(const uint8_t *bytes, size_t left)
{
    const struct sequence *sequence = sequence_of(bytes[0]);
    if (sequence == NULL || sequence->length > left || bytes[1] < sequence->second_least ||
        bytes[1] > sequence->second_most) {
        return 0;
    }
    for (size_t i = 2; i < sequence->length; i++) {
        if ((bytes[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    return sequence->length;
}

bool utf8_is_valid(const uint8_t *bytes, size_t length)
{
    size_t at = 0;
    while (at < length) {
        uint64_t eight;
        if (length - at >= sizeof eight) {
            memcpy(&eight, bytes + at, sizeof eight);
            if ((eight & UINT64_C(0x8080808080808080)) == 0) {
                at += sizeof eight;
                continue;
            }
        }
        if (bytes[at] < 0x80) {
            at++;
            continue;
        }
        const size_t taken = sequence_length(bytes + at, length - at);
        if (taken == 0) {
            return false;
        }
        at += taken;
    }
    return true;
}

/* How many bytes a character that begins with this one has; 1 for what begins none. */
static size_t character_bytes(uint8_t byte)
{
    return byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1;
}

const char *valid_text(const char *text, char *out, size_t size)
{
    const size_t length = strlen(text);
    size_t used = 0;
    for (size_t i = 0; i < length;) {
        const size_t bytes = character_bytes((uint8_t)text[i]);
        const bool valid = bytes <= length - i && utf8_is_valid((const uint8_t *)text + i, bytes);
        const size_t taken = valid ? bytes : 1;
        if (used + taken >= size) {
            break;
        }
        memcpy(out + used, valid ? text + i : "?", taken);
        used += taken;
        i += taken;
    }
    out[used] = '\0';
    return out;
}
