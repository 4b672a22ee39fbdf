/* Numbers, money, shares, days and times as people write them in Indonesian and English, and texts
   safe to stand in HTML. What is printed here needs no more escaping. */
#ifndef JAGA_DASHBOARD_SAY_H
#define JAGA_DASHBOARD_SAY_H

#include "core/day.h"
#include "dashboard/request.h"
#include "wire/buffer.h"

/* "311.751", "311,751"; a minus is U+2212. */
void say_number(struct buffer *out, enum language language, int64_t number);
/* The same with a plus before what is above 0. */
void say_change(struct buffer *out, enum language language, int64_t number);
/* "Rp 2.570.000.000" with a space that does not break. */
void say_rupiah(struct buffer *out, enum language language, int64_t number);
/* Basis points, not negative: "41,33 %", "41.33 %". */
void say_share(struct buffer *out, enum language language, int64_t basis_points);
/* "22 Maret 2024", "22 March 2024"; "22 Mar 2024"; "Maret 2024". */
void say_day(struct buffer *out, enum language language, day_t day);
void say_day_short(struct buffer *out, enum language language, day_t day);
/* "2–8 Mar 2024", "30 Jan – 2 Feb 2024", "30 Des 2023 – 2 Jan 2024". */
void say_days(struct buffer *out, enum language language, day_t first, day_t last);
void say_month(struct buffer *out, enum language language, day_t day);
/* "22 Maret 2024 pukul 17.00.05 WIB", "22 March 2024, 17:00:05 WIB". */
void say_time(struct buffer *out, enum language language, int64_t time_us);
/* "12 detik", "3 menit", "2 jam", "5 hari": the greatest whole unit. */
void say_duration(struct buffer *out, enum language language, int64_t duration_us);

/* Any bytes: < > & " ' as references, what is not UTF-8 and control characters as "?". At most 255
   bytes of it are shown. */
void say_text(struct buffer *out, const char *text);

/* A text as one word of a shell, in quotes where it needs them; as safe as say_text. */
void say_shell_word(struct buffer *out, const char *text);

#endif
