/* Civil dates and months as integers, proleptic Gregorian; no time zone data beyond whole hours. */
#ifndef JAGA_CORE_DAY_H
#define JAGA_CORE_DAY_H

#include <stdbool.h>
#include <stdint.h>

/* A day is the count of days since 1970-01-01; a month is year × 12 + (month − 1). */
typedef int32_t day_t;
typedef int32_t month_t;

#define DAY_NONE INT32_MIN  /* null */
#define DAY_NEVER INT32_MAX /* an open end */
#define DAY_FIRST (-719162) /* 0001-01-01 */
#define DAY_LAST 2932896    /* 9999-12-31 */
#define MONTH_NONE INT32_MIN
#define MONTH_FIRST (1 * 12)
#define MONTH_LAST (9999 * 12 + 11)
#define TIME_NONE INT64_MIN
#define MICROSECONDS_A_SECOND INT64_C(1000000)
#define MICROSECONDS_A_DAY (INT64_C(86400) * MICROSECONDS_A_SECOND)
#define TIME_FIRST ((int64_t)DAY_FIRST * MICROSECONDS_A_DAY)
#define TIME_LAST (((int64_t)DAY_LAST + 1) * MICROSECONDS_A_DAY - 1)

/* The month is 1–12 and the day 1–31; false when there is no such date or the year is not 1–9999.
 */
bool day_from_civil(int year, int month, int day_of_month, day_t *out);
void day_to_civil(day_t day, int *year, int *month, int *day_of_month);

/* Keeps the day of the month, or takes the last day of a shorter month (rules.md). Saturates at
   DAY_FIRST and DAY_LAST; DAY_NEVER stays DAY_NEVER. */
day_t day_add_months(day_t day, int months);
month_t day_month(day_t day);
day_t month_first_day(month_t month);
day_t month_last_day(month_t month);

/* 0 is Monday, 6 is Sunday. */
int day_weekday(day_t day);

/* The local date of a UTC time in a zone `offset_hours` ahead of UTC. Times before 1970 round down.
 */
day_t day_of_time(int64_t time_us, int offset_hours);

/* 202402 for February 2024, and back; MONTH_NONE when the number names no month. */
month_t month_from_number(int64_t yyyymm);
int64_t month_to_number(month_t month);

#define DAY_TEXT_BYTES 11  /* "2024-02-14" and a zero byte */
#define MONTH_TEXT_BYTES 8 /* "2024-02" and a zero byte */
#define TIME_TEXT_BYTES 28 /* "2024-02-14T16:55:00.000000Z" and a zero byte */
void day_print(day_t day, char out[DAY_TEXT_BYTES]);
void month_print(month_t month, char out[MONTH_TEXT_BYTES]);

/* RFC 3339 in UTC; six fraction digits only when the microseconds are not zero. */
void time_print(int64_t time_us, char out[TIME_TEXT_BYTES]);

/* Strict: the whole of the text in exactly the printed form (a time: RFC 3339 with an offset, up to
   six fraction digits, seconds 0–59). False when it is anything else. */
bool day_parse(const char *at, uint32_t length, day_t *out);
bool month_parse(const char *at, uint32_t length, month_t *out);
bool time_parse(const char *at, uint32_t length, int64_t *out);

#endif
