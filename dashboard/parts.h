/* Parts of a measure's name and other small matters that the API and the pages share. */
#ifndef JAGA_DASHBOARD_PARTS_H
#define JAGA_DASHBOARD_PARTS_H

#include "dashboard/exchange.h"
#include "wire/utf8.h"

/* For "category:KPPS" and kind "category": "KPPS"; NULL for anything else. */
const char *measure_part(const char *name, const char *kind);

enum level { LEVEL_COUNTRY, LEVEL_PROVINCE, LEVEL_REGENCY };
enum level region_level(const char *code);

/* The first day of the month `months` from the month of `day`; and the last. Saturate. */
day_t month_begin(day_t day, int months);
day_t month_end(day_t day, int months);
/* The day itself, or the first or last there is. */
day_t day_within(int64_t day);

#endif
