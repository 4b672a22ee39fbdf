/* The law as the tables of rules/ have it, filled by hand: enough of it for the tests of the core.
 */
#ifndef JAGA_TESTS_RULES_FIXTURE_H
#define JAGA_TESTS_RULES_FIXTURE_H

#include "core/rules.h"

/* Regions of the fixture: two of WIB, one of WITA, one of WIT. */
#define REGION_TANGERANG 3671
#define REGION_TANGSEL 3674
#define REGION_DENPASAR 5171
#define REGION_JAYAPURA 9171

/* The rules of the tables, indexed; the same object each time, never changed. */
const struct rules *rules_fixture(void);

/* The same rules in a copy of the caller's, not indexed, to change a row of. */
void rules_fixture_copy(struct rules *out);

/* The day of a date that exists. */
day_t date(int year, int month, int day_of_month);

/* The UTC time of a WIB wall clock. */
int64_t wib(int year, int month, int day_of_month, int hour, int minute);

/* A month of a year. */
month_t month_of(int year, int month);

#endif
