#include "dashboard/parts.h"

#include <string.h>

const char *measure_part(const char *name, const char *kind)
{
    const size_t length = strlen(kind);
    return strncmp(name, kind, length) == 0 && name[length] == ':' ? name + length + 1 : NULL;
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
