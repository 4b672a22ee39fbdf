/* Which days a membership insures, and what held on a day (rules.md: Timelines, Cover). */
#ifndef JAGA_CORE_COVER_H
#define JAGA_CORE_COVER_H

#include "core/participant.h"
#include "core/rules.h"

#define RECORDED_ANY DAY_NEVER

/* The value on `day` among the entries recorded on or before `recorded_by`: the largest `from` not
   after the day, among equals the later applied. False when there is none. */
bool timeline_value(const struct timeline *timeline, day_t day, day_t recorded_by, int64_t *out);

/* The participant's home region on a day; entries of void memberships are left out; before the
   first entry the first counts; 0 when nothing is known. */
uint16_t participant_region(const struct participant *participant, day_t day);

/* Local date of a time in the zone of the participant's region on that UTC date, else WIB. */
day_t participant_local_day(const struct participant *participant, const struct rules *rules,
                            int64_t time);

/* The `MembershipEnded` in force among those recorded on or before `recorded_by`: the last by date
   of recording, of one date the last applied. NULL when none. */
const struct end *membership_end(const struct membership *membership, day_t recorded_by);

struct cover {
    bool any;         /* false: void, nothing paid (BPU), or the interval is empty */
    day_t start, end; /* both included; end DAY_NEVER: open. Set even when `any` is false because
                         the interval is empty */
    day_t grace_end;  /* BPU with a paid month: last day of the grace; else DAY_NEVER */
    day_t grace_from; /* BPU with a paid month: first day after `paid_through`; else DAY_NEVER */
    bool by_grace;    /* the grace end is earlier than every other end */
};

/* The cover of a membership as known now. */
struct cover cover_of(const struct participant *participant, const struct membership *membership,
                      const struct rules *rules);

/* The same, but a BPU with nothing paid starts at the later of cover_from and recorded_on and has
   no grace end (claim tests 8 to 12). */
struct cover cover_of_claim(const struct participant *participant,
                            const struct membership *membership, const struct rules *rules);

/* Paid months. `paid_through` is the last of the unbroken run that begins with the earliest paid
   month; MONTH_NONE when nothing is paid. */
int64_t months_paid(const struct membership *membership);
month_t paid_through(const struct membership *membership);
bool month_is_paid(const struct membership *membership, month_t month);
/* How many of the months first … last (both included) are paid. */
int64_t months_paid_between(const struct membership *membership, month_t first, month_t last);

#endif
