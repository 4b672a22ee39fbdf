/* Numbers, days and texts as they stand on the page, in both languages. */
#include "dashboard/say.h"

#include <criterion/criterion.h>
#include <string.h>

#define NB "\xC2\xA0"
#define MINUS "\xE2\x88\x92"

static char text[512];
static struct buffer buffer;

static void begin(void)
{
    memset(text, 0, sizeof text);
    buffer = buffer_over(text, sizeof text - 1);
}

static const struct number_row {
    int64_t number;
    const char *said[LANGUAGE_COUNT];
} number_rows[] = {
    {0, {"0", "0"}},
    {7, {"7", "7"}},
    {999, {"999", "999"}},
    {1000, {"1.000", "1,000"}},
    {311751, {"311.751", "311,751"}},
    {-1234567, {MINUS "1.234.567", MINUS "1,234,567"}},
    {INT64_MAX, {"9.223.372.036.854.775.807", "9,223,372,036,854,775,807"}},
    {INT64_MIN, {MINUS "9.223.372.036.854.775.808", MINUS "9,223,372,036,854,775,808"}},
};

Test(say, numbers)
{
    for (size_t i = 0; i < sizeof number_rows / sizeof *number_rows; i++) {
        for (unsigned language = 0; language < LANGUAGE_COUNT; language++) {
            begin();
            say_number(&buffer, (enum language)language, number_rows[i].number);
            cr_expect_str_eq(text, number_rows[i].said[language]);
        }
    }
}

static const struct number_row change_rows[] = {
    {0, {"0", "0"}},
    {1200, {"+1.200", "+1,200"}},
    {-1200, {MINUS "1.200", MINUS "1,200"}},
};

Test(say, changes)
{
    for (size_t i = 0; i < sizeof change_rows / sizeof *change_rows; i++) {
        for (unsigned language = 0; language < LANGUAGE_COUNT; language++) {
            begin();
            say_change(&buffer, (enum language)language, change_rows[i].number);
            cr_expect_str_eq(text, change_rows[i].said[language]);
        }
    }
}

static const struct number_row share_rows[] = {
    {0, {"0,00" NB "%", "0.00" NB "%"}},
    {5, {"0,05" NB "%", "0.05" NB "%"}},
    {4133, {"41,33" NB "%", "41.33" NB "%"}},
    {10000, {"100,00" NB "%", "100.00" NB "%"}},
    {1234567, {"12.345,67" NB "%", "12,345.67" NB "%"}}, /* above 100 % as it is */
};

Test(say, shares_and_money)
{
    for (size_t i = 0; i < sizeof share_rows / sizeof *share_rows; i++) {
        for (unsigned language = 0; language < LANGUAGE_COUNT; language++) {
            begin();
            say_share(&buffer, (enum language)language, share_rows[i].number);
            cr_expect_str_eq(text, share_rows[i].said[language]);
        }
    }
    begin();
    say_rupiah(&buffer, INDONESIAN, INT64_C(2570000000));
    cr_expect_str_eq(text, "Rp" NB "2.570.000.000");
}

static day_t day_of(const char *date)
{
    day_t day = DAY_NONE;
    cr_assert(day_parse(date, (uint32_t)strlen(date), &day), "%s", date);
    return day;
}

static const struct day_row {
    const char *date, *said[LANGUAGE_COUNT], *brief[LANGUAGE_COUNT];
} day_rows[] = {
    {"2024-03-22",
     {"22" NB "Maret" NB "2024", "22" NB "March" NB "2024"},
     {"22" NB "Mar" NB "2024", "22" NB "Mar" NB "2024"}},
    {"2024-08-01",
     {"1" NB "Agustus" NB "2024", "1" NB "August" NB "2024"},
     {"1" NB "Agu" NB "2024", "1" NB "Aug" NB "2024"}},
    {"0001-01-01",
     {"1" NB "Januari" NB "1", "1" NB "January" NB "1"},
     {"1" NB "Jan" NB "1", "1" NB "Jan" NB "1"}},
    {"9999-12-31",
     {"31" NB "Desember" NB "9999", "31" NB "December" NB "9999"},
     {"31" NB "Des" NB "9999", "31" NB "Dec" NB "9999"}},
};

Test(say, days)
{
    for (size_t i = 0; i < sizeof day_rows / sizeof *day_rows; i++) {
        for (unsigned language = 0; language < LANGUAGE_COUNT; language++) {
            begin();
            say_day(&buffer, (enum language)language, day_of(day_rows[i].date));
            cr_expect_str_eq(text, day_rows[i].said[language]);
            begin();
            say_day_short(&buffer, (enum language)language, day_of(day_rows[i].date));
            cr_expect_str_eq(text, day_rows[i].brief[language]);
        }
    }
}

static const struct days_row {
    const char *first, *last, *said[LANGUAGE_COUNT];
} days_rows[] = {
    {"2024-03-02",
     "2024-03-08",
     {"2\xE2\x80\x93"
      "8" NB "Mar" NB "2024",
      "2\xE2\x80\x93"
      "8" NB "Mar" NB "2024"}},
    {"2024-03-02", "2024-03-02", {"2" NB "Mar" NB "2024", "2" NB "Mar" NB "2024"}},
    {"2024-07-30",
     "2024-08-02",
     {"30" NB "Jul \xE2\x80\x93 2" NB "Agu" NB "2024",
      "30" NB "Jul \xE2\x80\x93 2" NB "Aug" NB "2024"}},
    {"2023-12-30",
     "2024-01-02",
     {"30" NB "Des" NB "2023 \xE2\x80\x93 2" NB "Jan" NB "2024",
      "30" NB "Dec" NB "2023 \xE2\x80\x93 2" NB "Jan" NB "2024"}},
    {"2023-03-02",
     "2024-03-08",
     {"2" NB "Mar" NB "2023 \xE2\x80\x93 8" NB "Mar" NB "2024",
      "2" NB "Mar" NB "2023 \xE2\x80\x93 8" NB "Mar" NB "2024"}},
};

Test(say, spans_of_days)
{
    for (size_t i = 0; i < sizeof days_rows / sizeof *days_rows; i++) {
        for (unsigned language = 0; language < LANGUAGE_COUNT; language++) {
            begin();
            say_days(&buffer, (enum language)language, day_of(days_rows[i].first),
                     day_of(days_rows[i].last));
            cr_expect_str_eq(text, days_rows[i].said[language], "row %zu: %s", i, text);
        }
    }
}

static const struct time_row {
    const char *time, *said[LANGUAGE_COUNT];
} time_rows[] = {
    {"2024-03-22T16:59:59Z",
     {"22" NB "Maret" NB "2024 pukul 23.59.59" NB "WIB",
      "22" NB "March" NB "2024, 23:59:59" NB "WIB"}},
    {"2024-03-22T17:00:00Z", /* midnight in Jakarta */
     {"23" NB "Maret" NB "2024 pukul 00.00.00" NB "WIB",
      "23" NB "March" NB "2024, 00:00:00" NB "WIB"}},
    {"1969-12-31T23:00:00.5Z",
     {"1" NB "Januari" NB "1970 pukul 06.00.00" NB "WIB",
      "1" NB "January" NB "1970, 06:00:00" NB "WIB"}},
};

Test(say, times)
{
    for (size_t i = 0; i < sizeof time_rows / sizeof *time_rows; i++) {
        int64_t time = 0;
        cr_assert(time_parse(time_rows[i].time, (uint32_t)strlen(time_rows[i].time), &time));
        for (unsigned language = 0; language < LANGUAGE_COUNT; language++) {
            begin();
            say_time(&buffer, (enum language)language, time);
            cr_expect_str_eq(text, time_rows[i].said[language]);
        }
    }
}

static const struct number_row duration_rows[] = {
    /* seconds */
    {0, {"0" NB "detik", "0" NB "seconds"}},
    {-5, {"0" NB "detik", "0" NB "seconds"}},
    {1, {"1" NB "detik", "1" NB "second"}},
    {59, {"59" NB "detik", "59" NB "seconds"}},
    {60, {"1" NB "menit", "1" NB "minute"}},
    {7199, {"1" NB "jam", "1" NB "hour"}},
    {86400 * 1500, {"1.500" NB "hari", "1,500" NB "days"}},
};

Test(say, durations)
{
    for (size_t i = 0; i < sizeof duration_rows / sizeof *duration_rows; i++) {
        for (unsigned language = 0; language < LANGUAGE_COUNT; language++) {
            begin();
            say_duration(&buffer, (enum language)language,
                         duration_rows[i].number * MICROSECONDS_A_SECOND);
            cr_expect_str_eq(text, duration_rows[i].said[language]);
        }
    }
}

static const struct text_row {
    const char *text, *said;
} text_rows[] = {
    {"plain", "plain"},
    {"", ""},
    {"<script>alert('x')</script>", "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"},
    {"a\"b&c", "a&quot;b&amp;c"},
    {"&lt;", "&amp;lt;"},
    {"a\nb\x01\x7F", "a?b??"},
    {"caf\xC3\xA9", "caf\xC3\xA9"},
    {"\xC0\xBC"
     "script",
     "??script"}, /* an overlong < */
    {"\xFF<", "?&lt;"},
};

Test(say, texts_are_safe)
{
    for (size_t i = 0; i < sizeof text_rows / sizeof *text_rows; i++) {
        begin();
        say_text(&buffer, text_rows[i].text);
        cr_expect_str_eq(text, text_rows[i].said, "row %zu: %s", i, text);
    }
}

static const struct text_row word_rows[] = {
    {"source=/bank/demo", "source=/bank/demo"},
    {"source=urn:a:b", "source=urn:a:b"},
    {"source=", "source="},
    {"source=a b", "&#39;source=a b&#39;"},
    {"source=$(x)`y`\"z\\", "&#39;source=$(x)`y`&quot;z\\&#39;"},
    {"source=it's", "&#39;source=it&#39;\\&#39;&#39;s&#39;"},
    {"source='", "&#39;source=&#39;\\&#39;&#39;&#39;"},
    {"source=<b>&", "&#39;source=&lt;b&gt;&amp;&#39;"},
    {"source=caf\xC3\xA9", "&#39;source=caf\xC3\xA9&#39;"},
    {"source=a\nb", "&#39;source=a?b&#39;"},
};

Test(say, words_of_a_shell)
{
    for (size_t i = 0; i < sizeof word_rows / sizeof *word_rows; i++) {
        begin();
        say_shell_word(&buffer, word_rows[i].text);
        cr_expect_str_eq(text, word_rows[i].said, "row %zu: %s", i, text);
    }
}
