#include "dashboard/parts.h"

#include <string.h>

#include "wire/utf8.h"

const char *measure_part(const char *name, const char *kind)
{
    const size_t length = strlen(kind);
    return strncmp(name, kind, length) == 0 && name[length] == ':' ? name + length + 1 : NULL;
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

enum level region_level(const char *code)
{
    return strcmp(code, "ID") == 0 ? LEVEL_COUNTRY
           : strlen(code) == 2     ? LEVEL_PROVINCE
                                   : LEVEL_REGENCY;
}

static month_t month_from(day_t day, int months)
{
    const month_t month = day_month(day) + months;
    return month < MONTH_FIRST ? MONTH_FIRST : month > MONTH_LAST ? MONTH_LAST : month;
}

day_t month_begin(day_t day, int months)
{
    return month_first_day(month_from(day, months));
}

day_t month_end(day_t day, int months)
{
    return month_last_day(month_from(day, months));
}

day_t day_within(int64_t day)
{
    return (day_t)(day < DAY_FIRST ? DAY_FIRST : day > DAY_LAST ? DAY_LAST : day);
}
