#include "dashboard/say.h"

#include <stdio.h>
#include <string.h>

#include "dashboard/parts.h"

#define WIB_HOURS 7
#define SPACE "\xC2\xA0" /* does not break */
#define MINUS "\xE2\x88\x92"
#define DASH "\xE2\x80\x93"
#define GROUPED_BYTES 40

static const char *group_mark(enum language language)
{
    return language == INDONESIAN ? "." : ",";
}

/* The digits in threes. */
static void put_grouped(struct buffer *out, enum language language, uint64_t number)
{
    char digits[GROUPED_BYTES];
    const int length = snprintf(digits, sizeof digits, "%llu", (unsigned long long)number);
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0) {
            buffer_string(out, group_mark(language));
        }
        buffer_byte(out, (uint8_t)digits[i]);
    }
}

void say_number(struct buffer *out, enum language language, int64_t number)
{
    if (number < 0) {
        buffer_string(out, MINUS);
    }
    put_grouped(out, language, number < 0 ? 0 - (uint64_t)number : (uint64_t)number);
}

void say_change(struct buffer *out, enum language language, int64_t number)
{
    if (number > 0) {
        buffer_byte(out, '+');
    }
    say_number(out, language, number);
}

void say_rupiah(struct buffer *out, enum language language, int64_t number)
{
    buffer_string(out, "Rp" SPACE);
    say_number(out, language, number);
}

void say_share(struct buffer *out, enum language language, int64_t basis_points)
{
    char cents[8];
    say_number(out, language, basis_points / 100);
    (void)snprintf(cents, sizeof cents, "%s%02d", language == INDONESIAN ? "," : ".",
                   (int)(basis_points % 100));
    buffer_string(out, cents);
    buffer_string(out, SPACE "%");
}

static const char *month_name(enum language language, int month)
{
    static const char *const names[LANGUAGE_COUNT][12] = {
        [INDONESIAN] = {"Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus",
                        "September", "Oktober", "November", "Desember"},
        [ENGLISH] = {"January", "February", "March", "April", "May", "June", "July", "August",
                     "September", "October", "November", "December"},
    };
    return names[language][month - 1];
}

void say_month(struct buffer *out, enum language language, day_t day)
{
    int year = 0;
    int month = 0;
    int day_of_month = 0;
    day_to_civil(day, &year, &month, &day_of_month);
    buffer_string(out, month_name(language, month));
    buffer_string(out, SPACE);
    buffer_number(out, year);
}

void say_day(struct buffer *out, enum language language, day_t day)
{
    int year = 0;
    int month = 0;
    int day_of_month = 0;
    day_to_civil(day, &year, &month, &day_of_month);
    buffer_number(out, day_of_month);
    buffer_string(out, SPACE);
    say_month(out, language, day);
}

struct civil {
    int year, month, day;
};

static struct civil civil_of(day_t day)
{
    struct civil civil;
    day_to_civil(day, &civil.year, &civil.month, &civil.day);
    return civil;
}

/* The first three letters stand for the month in both languages. */
static void put_day_of_month(struct buffer *out, enum language language, const struct civil *civil)
{
    char text[32];
    (void)snprintf(text, sizeof text, "%d" SPACE "%.3s", civil->day,
                   month_name(language, civil->month));
    buffer_string(out, text);
}

void say_day_short(struct buffer *out, enum language language, day_t day)
{
    const struct civil civil = civil_of(day);
    put_day_of_month(out, language, &civil);
    buffer_string(out, SPACE);
    buffer_number(out, civil.year);
}

void say_days(struct buffer *out, enum language language, day_t first, day_t last)
{
    const struct civil from = civil_of(first);
    const struct civil to = civil_of(last);
    if (from.year != to.year) {
        say_day_short(out, language, first);
        buffer_string(out, " " DASH " ");
    } else if (from.month != to.month) {
        put_day_of_month(out, language, &from);
        buffer_string(out, " " DASH " ");
    } else if (from.day != to.day) {
        buffer_number(out, from.day);
        buffer_string(out, DASH);
    }
    say_day_short(out, language, last);
}

void say_time(struct buffer *out, enum language language, int64_t time_us)
{
    char clock[48];
    const day_t day = day_of_time(time_us, WIB_HOURS);
    const int64_t local = time_us + WIB_HOURS * 3600 * MICROSECONDS_A_SECOND;
    const int second = (int)((local - (int64_t)day * MICROSECONDS_A_DAY) / MICROSECONDS_A_SECOND);
    say_day(out, language, day);
    (void)snprintf(clock, sizeof clock,
                   language == INDONESIAN ? " pukul %02d.%02d.%02d" SPACE "WIB"
                                          : ", %02d:%02d:%02d" SPACE "WIB",
                   second / 3600, second / 60 % 60, second % 60);
    buffer_string(out, clock);
}

void say_duration(struct buffer *out, enum language language, int64_t duration_us)
{
    static const struct unit {
        int64_t seconds;
        const char *names[LANGUAGE_COUNT], *one;
    } units[] = {
        {86400, {"hari", "days"}, "day"},
        {3600, {"jam", "hours"}, "hour"},
        {60, {"menit", "minutes"}, "minute"},
        {1, {"detik", "seconds"}, "second"},
    };
    const int64_t seconds = duration_us < 0 ? 0 : duration_us / MICROSECONDS_A_SECOND;
    size_t i = 0;
    while (i + 1 < sizeof units / sizeof *units && seconds < units[i].seconds) {
        i++;
    }
    const int64_t count = seconds / units[i].seconds;
    say_number(out, language, count);
    buffer_string(out, SPACE);
    buffer_string(out, language == ENGLISH && count == 1 ? units[i].one : units[i].names[language]);
}

static const char *reference_of(char c)
{
    switch (c) {
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '&': return "&amp;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: return NULL;
    }
}

void say_text(struct buffer *out, const char *text)
{
    char valid[256];
    for (const char *at = valid_text(text, valid, sizeof valid); *at != '\0'; at++) {
        const char *reference = reference_of(*at);
        if (reference != NULL) {
            buffer_string(out, reference);
        } else {
            buffer_byte(out, (uint8_t)*at < 0x20 || *at == 0x7F ? (uint8_t)'?' : (uint8_t)*at);
        }
    }
}

static bool needs_no_quotes(const char *text)
{
    return text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                             "=/:._+,@%-")] == '\0';
}

void say_shell_word(struct buffer *out, const char *text)
{
    if (needs_no_quotes(text)) {
        say_text(out, text);
        return;
    }
    say_text(out, "'");
    while (*text != '\0') {
        char piece[256];
        const size_t run = strcspn(text, "'");
        const size_t length = run < sizeof piece ? run : sizeof piece - 1;
        (void)snprintf(piece, sizeof piece, "%.*s", (int)length, text);
        say_text(out, piece);
        text += length;
        if (*text == '\'') {
            say_text(out, "'\\''");
            text++;
        }
    }
    say_text(out, "'");
}
