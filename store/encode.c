#include "store/encode.h"

size_t number_print(int64_t number, char out[NUMBER_TEXT_BYTES])
{
    char digits[NUMBER_TEXT_BYTES];
    size_t count = 0;
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    do {
        digits[count++] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest != 0);
    size_t length = 0;
    if (number < 0) {
        out[length++] = '-';
    }
    while (count > 0) {
        out[length++] = digits[--count];
    }
    out[length] = '\0';
    return length;
}

bool number_parse(struct text text, int64_t *out)
{
    const bool negative = text.length > 0 && text.at[0] == '-';
    const uint32_t first = negative ? 1 : 0;
    if (text.length == first || text.length - first > 19 ||
        (text.at[first] == '0' && (negative || text.length > 1))) {
        return false;
    }
    uint64_t value = 0;
    for (uint32_t i = first; i < text.length; i++) {
        if (text.at[i] < '0' || text.at[i] > '9') {
            return false;
        }
        value = value * 10 + (uint64_t)(text.at[i] - '0');
    }
    if (value > (uint64_t)INT64_MAX + (negative ? 1 : 0)) {
        return false;
    }
    *out = negative ? (int64_t)(0 - value) : (int64_t)value;
    return true;
}

size_t varint_print(uint64_t number, char out[VARINT_BYTES_MAX])
{
    size_t length = 0;
    while (number >= 0x80) {
        out[length++] = (char)(number | 0x80);
        number >>= 7;
    }
    out[length++] = (char)number;
    return length;
}

bool varint_take(struct text *text, uint64_t *out)
{
    uint64_t value = 0;
    for (uint32_t i = 0; i < text->length && i < VARINT_BYTES_MAX; i++) {
        const uint8_t byte = (uint8_t)text->at[i];
        if ((i == VARINT_BYTES_MAX - 1 && byte > 1) || (i > 0 && byte == 0)) {
            return false;
        }
        value |= (uint64_t)(byte & 0x7F) << (7 * i);
        if (byte < 0x80) {
            *text = text_of(text->at + i + 1, text->length - i - 1);
            *out = value;
            return true;
        }
    }
    return false;
}

uint32_t hash_text(struct text text)
{
    uint32_t hash = UINT32_C(2166136261);
    for (uint32_t i = 0; i < text.length; i++) {
        hash = (hash ^ (uint8_t)text.at[i]) * UINT32_C(16777619);
    }
    return hash;
}
