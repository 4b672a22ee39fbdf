#include "wire/buffer.h"

void buffer_number(struct buffer *buffer, int64_t number)
{
    uint64_t rest = number < 0 ? UINT64_C(0) - (uint64_t)number : (uint64_t)number;
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (number < 0) {
        buffer_byte(buffer, '-');
    }
    buffer_put(buffer, digits + at, sizeof digits - at);
}
