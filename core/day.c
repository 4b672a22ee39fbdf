#include "core/day.h"

#include <assert.h>
#include <string.h>

#define DAYS_TO_EPOCH 719468 /* from 0000-03-01 to 1970-01-01 */
#define DAYS_AN_ERA 146097   /* 400 years */
#define MICROSECONDS_AN_HOUR (INT64_C(3600) * MICROSECONDS_A_SECOND)
#define MICROSECONDS_A_MINUTE (INT64_C(60) * MICROSECONDS_A_SECOND)

static int64_t floor_divide(int64_t number, int64_t by)
{
    return number / by - (number % by < 0);
}

static int64_t floor_rest(int64_t number, int64_t by)
{
    const int64_t rest = number % by;
    return rest < 0 ? rest + by : rest;
}

static int64_t clamp(int64_t number, int64_t least, int64_t most)
{
    if (number < least) {
        return least;
    }
    return number > most ? most : number;
}

static day_t to_day(int64_t number)
{
    return (day_t)clamp(number, INT32_MIN, INT32_MAX);
}

static bool is_leap_year(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_in_month(int year, int month)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap_year(year));
}

/* Years are counted from March, so that the leap day is the last of its year. */
static int64_t days_from_civil(int64_t year, int64_t month, int64_t day_of_month)
{
    const int64_t march_year = month <= 2 ? year - 1 : year;
    const int64_t era = floor_divide(march_year, 400);
    const int64_t year_of_era = march_year - era * 400;
    const int64_t march_month = (month + 9) % 12;
    const int64_t day_of_year = (153 * march_month + 2) / 5 + day_of_month - 1;
    const int64_t day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * DAYS_AN_ERA + day_of_era - DAYS_TO_EPOCH;
}

bool day_from_civil(int year, int month, int day_of_month, day_t *out)
{
    if (year < 1 || year > 9999 || month < 1 || month > 12) {
        return false;
    }
    if (day_of_month < 1 || day_of_month > days_in_month(year, month)) {
        return false;
    }
    *out = (day_t)days_from_civil(year, month, day_of_month);
    return true;
}

void day_to_civil(day_t day, int *year, int *month, int *day_of_month)
{
    const int64_t shifted = (int64_t)day + DAYS_TO_EPOCH;
    const int64_t era = floor_divide(shifted, DAYS_AN_ERA);
    const int64_t day_of_era = shifted - era * DAYS_AN_ERA;
    const int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const int64_t day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const int64_t march_month = (5 * day_of_year + 2) / 153;
    *day_of_month = (int)(day_of_year - (153 * march_month + 2) / 5 + 1);
    *month = (int)(march_month < 10 ? march_month + 3 : march_month - 9);
    *year = (int)(era * 400 + year_of_era + (*month <= 2));
}

day_t day_add_months(day_t day, int months)
{
    if (day == DAY_NEVER) {
        return DAY_NEVER;
    }
    int year, month, day_of_month;
    day_to_civil(day, &year, &month, &day_of_month);
    const int64_t target = (int64_t)year * 12 + (month - 1) + months;
    if (target < MONTH_FIRST) {
        return DAY_FIRST;
    }
    if (target > MONTH_LAST) {
        return DAY_LAST;
    }
    const int last = days_in_month((int)(target / 12), (int)(target % 12) + 1);
    const int kept = day_of_month < last ? day_of_month : last;
    return (day_t)days_from_civil(target / 12, target % 12 + 1, kept);
}

month_t day_month(day_t day)
{
    int year, month, day_of_month;
    day_to_civil(day, &year, &month, &day_of_month);
    return (month_t)(year * 12 + month - 1);
}

static int64_t days_of_month(int64_t month)
{
    const int64_t year = floor_divide(month, 12);
    return days_from_civil(year, month - year * 12 + 1, 1);
}

day_t month_first_day(month_t month)
{
    return to_day(days_of_month(month));
}

day_t month_last_day(month_t month)
{
    return to_day(days_of_month((int64_t)month + 1) - 1);
}

int day_weekday(day_t day)
{
    return (int)floor_rest((int64_t)day + 3, 7); /* 1970-01-01 was a Thursday */
}

day_t day_of_time(int64_t time_us, int offset_hours)
{
    assert(offset_hours >= -24 && offset_hours <= 24);
    const int64_t day = floor_divide(time_us, MICROSECONDS_A_DAY);
    const int64_t in_day = floor_rest(time_us, MICROSECONDS_A_DAY);
    const int64_t local = in_day + offset_hours * MICROSECONDS_AN_HOUR;
    return (day_t)(day + floor_divide(local, MICROSECONDS_A_DAY));
}

month_t month_from_number(int64_t yyyymm)
{
    const int64_t year = yyyymm / 100;
    const int64_t month = yyyymm % 100;
    if (year < 1 || year > 9999 || month < 1 || month > 12) {
        return MONTH_NONE;
    }
    return (month_t)(year * 12 + month - 1);
}

int64_t month_to_number(month_t month)
{
    const int64_t year = floor_divide(month, 12);
    return year * 100 + (month - year * 12) + 1;
}

static char *print_digits(char *at, int number, int digits)
{
    for (int i = digits - 1; i >= 0; i--) {
        at[i] = (char)('0' + number % 10);
        number /= 10;
    }
    return at + digits;
}

static char *print_civil(char *at, day_t day)
{
    int year, month, day_of_month;
    day_to_civil((day_t)clamp(day, DAY_FIRST, DAY_LAST), &year, &month, &day_of_month);
    at = print_digits(at, year, 4);
    *at++ = '-';
    at = print_digits(at, month, 2);
    *at++ = '-';
    return print_digits(at, day_of_month, 2);
}

void day_print(day_t day, char out[DAY_TEXT_BYTES])
{
    *print_civil(out, day) = '\0';
}

void month_print(month_t month, char out[MONTH_TEXT_BYTES])
{
    const int number = (int)clamp(month, MONTH_FIRST, MONTH_LAST);
    char *at = print_digits(out, number / 12, 4);
    *at++ = '-';
    *print_digits(at, number % 12 + 1, 2) = '\0';
}

static char *print_clock(char *at, int seconds)
{
    at = print_digits(at, seconds / 3600, 2);
    *at++ = ':';
    at = print_digits(at, seconds / 60 % 60, 2);
    *at++ = ':';
    return print_digits(at, seconds % 60, 2);
}

void time_print(int64_t time_us, char out[TIME_TEXT_BYTES])
{
    const int64_t time = clamp(time_us, TIME_FIRST, TIME_LAST);
    const int64_t day = floor_divide(time, MICROSECONDS_A_DAY);
    const int64_t in_day = floor_rest(time, MICROSECONDS_A_DAY);
    char *at = print_civil(out, (day_t)day);
    *at++ = 'T';
    at = print_clock(at, (int)(in_day / MICROSECONDS_A_SECOND));
    const int fraction = (int)(in_day % MICROSECONDS_A_SECOND);
    if (fraction != 0) {
        *at++ = '.';
        at = print_digits(at, fraction, 6);
    }
    *at++ = 'Z';
    *at = '\0';
}

/* What is left of a text while it is read; `ok` turns false at the first thing that does not fit.
 */
struct scan {
    const char *at, *end;
    bool ok;
};

/* An absent text has no address to add to. */
static struct scan scan_open(const char *at, uint32_t length)
{
    return (struct scan){at, length == 0 ? at : at + length, true};
}

static bool scan_ahead(const struct scan *scan, char byte)
{
    return scan->ok && scan->at < scan->end && *scan->at == byte;
}

static void scan_byte(struct scan *scan, char byte)
{
    scan->ok = scan_ahead(scan, byte);
    scan->at += scan->ok;
}

static int scan_digits(struct scan *scan, int digits, int most)
{
    int number = 0;
    for (int i = 0; i < digits; i++) {
        if (!scan->ok || scan->at == scan->end || *scan->at < '0' || *scan->at > '9') {
            scan->ok = false;
            return 0;
        }
        number = number * 10 + (*scan->at++ - '0');
    }
    scan->ok = number <= most;
    return number;
}

static day_t scan_day(struct scan *scan)
{
    const int year = scan_digits(scan, 4, 9999);
    scan_byte(scan, '-');
    const int month = scan_digits(scan, 2, 12);
    scan_byte(scan, '-');
    const int day_of_month = scan_digits(scan, 2, 31);
    day_t day = DAY_NONE;
    scan->ok = scan->ok && day_from_civil(year, month, day_of_month, &day);
    return day;
}

static int64_t scan_clock(struct scan *scan)
{
    const int hours = scan_digits(scan, 2, 23);
    scan_byte(scan, ':');
    const int minutes = scan_digits(scan, 2, 59);
    scan_byte(scan, ':');
    const int seconds = scan_digits(scan, 2, 59);
    return (hours * INT64_C(3600) + minutes * 60 + seconds) * MICROSECONDS_A_SECOND;
}

static int64_t scan_fraction(struct scan *scan)
{
    if (!scan_ahead(scan, '.')) {
        return 0;
    }
    scan->at++;
    int64_t microseconds = 0;
    int64_t unit = MICROSECONDS_A_SECOND / 10;
    do {
        microseconds += scan_digits(scan, 1, 9) * unit;
        unit /= 10;
    } while (scan->ok && unit > 0 && scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9');
    return microseconds;
}

static int64_t scan_offset(struct scan *scan)
{
    if (scan_ahead(scan, 'Z')) {
        scan->at++;
        return 0;
    }
    const bool behind = scan_ahead(scan, '-');
    scan_byte(scan, behind ? '-' : '+');
    const int hours = scan_digits(scan, 2, 23);
    scan_byte(scan, ':');
    const int minutes = scan_digits(scan, 2, 59);
    const int64_t offset = hours * MICROSECONDS_AN_HOUR + minutes * MICROSECONDS_A_MINUTE;
    return behind ? -offset : offset;
}

bool day_parse(const char *at, uint32_t length, day_t *out)
{
    struct scan scan = scan_open(at, length);
    const day_t day = scan_day(&scan);
    if (!scan.ok || scan.at != scan.end) {
        return false;
    }
    *out = day;
    return true;
}

bool month_parse(const char *at, uint32_t length, month_t *out)
{
    struct scan scan = scan_open(at, length);
    const int year = scan_digits(&scan, 4, 9999);
    scan_byte(&scan, '-');
    const int month = scan_digits(&scan, 2, 12);
    const month_t found = month_from_number((int64_t)year * 100 + month);
    if (!scan.ok || scan.at != scan.end || found == MONTH_NONE) {
        return false;
    }
    *out = found;
    return true;
}

bool time_parse(const char *at, uint32_t length, int64_t *out)
{
    struct scan scan = scan_open(at, length);
    const day_t day = scan_day(&scan);
    scan_byte(&scan, 'T');
    const int64_t clock = scan_clock(&scan);
    const int64_t fraction = scan_fraction(&scan);
    const int64_t offset = scan_offset(&scan);
    if (!scan.ok || scan.at != scan.end) {
        return false;
    }
    const int64_t time = (int64_t)day * MICROSECONDS_A_DAY + clock + fraction - offset;
    if (time < TIME_FIRST || time > TIME_LAST) {
        return false;
    }
    *out = time;
    return true;
}
