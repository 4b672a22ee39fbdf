#include "core/cover.h"

#include <assert.h>

static day_t earlier(day_t a, day_t b)
{
    return a < b ? a : b;
}

static day_t later(day_t a, day_t b)
{
    return a > b ? a : b;
}

static day_t days_before(day_t day, int64_t days)
{
    const int64_t number = (int64_t)day - days;
    return number < DAY_FIRST ? DAY_FIRST : (day_t)number;
}

bool timeline_value(const struct timeline *timeline, day_t day, day_t recorded_by, int64_t *out)
{
    const struct entry *best = NULL;
    for (unsigned i = 0; i < timeline->count; i++) {
        const struct entry *entry = &timeline->entries[i];
        const bool holds = entry->from <= day && entry->recorded <= recorded_by;
        if (holds && (best == NULL || entry->from >= best->from)) {
            best = entry;
        }
    }
    if (best == NULL) {
        return false;
    }
    *out = best->value;
    return true;
}

static bool entry_is_void(const struct participant *participant, const struct entry *entry)
{
    const unsigned brought_by = (unsigned)((uint64_t)entry->value >> 16); /* 0: Moved */
    assert(brought_by <= participant->membership_count);
    return brought_by > 0 && participant->memberships[brought_by - 1].is_void;
}

/* `best` is in force on the day or, while none is, the first of the timeline. */
static bool region_counts_more(const struct entry *entry, const struct entry *best, day_t day)
{
    if (best == NULL) {
        return true;
    }
    if (entry->from > day) {
        return best->from > day && entry->from <= best->from;
    }
    return best->from > day || entry->from >= best->from;
}

uint16_t participant_region(const struct participant *participant, day_t day)
{
    const struct entry *best = NULL;
    for (unsigned i = 0; i < participant->regions.count; i++) {
        const struct entry *entry = &participant->regions.entries[i];
        if (!entry_is_void(participant, entry) && region_counts_more(entry, best, day)) {
            best = entry;
        }
    }
    return best == NULL ? 0 : region_of(best->value);
}

day_t participant_local_day(const struct participant *participant, const struct rules *rules,
                            int64_t time)
{
    const uint16_t region = participant_region(participant, day_of_time(time, 0));
    return day_of_time(time, rules_utc_offset(rules, region));
}

const struct end *membership_end(const struct membership *membership, day_t recorded_by)
{
    const struct end *best = NULL;
    for (unsigned i = 0; i < membership->end_count; i++) {
        const struct end *end = &membership->ends[i];
        if (end->recorded <= recorded_by && (best == NULL || end->recorded >= best->recorded)) {
            best = end;
        }
    }
    return best;
}

static day_t cover_start(const struct membership *membership, const struct rules *rules)
{
    const int64_t allowance = rules_parameter(rules, PARAMETER_BACKDATING_DAYS, membership->segment,
                                              membership->recorded);
    return later(membership->cover_from, days_before(membership->recorded, allowance));
}

/* The end that does not depend on contributions. */
static day_t cover_end(const struct participant *participant, const struct membership *membership)
{
    const struct end *end = membership_end(membership, RECORDED_ANY);
    day_t last = membership->cover_to;
    if (end != NULL) {
        last = earlier(last, end->last_day);
    }
    if (participant->died_on != DAY_NONE) {
        last = earlier(last, participant->died_on);
    }
    return last;
}

static void cut_at_grace(struct cover *cover, const struct membership *membership,
                         const struct rules *rules)
{
    const month_t through = paid_through(membership);
    const int64_t months = rules_parameter(rules, PARAMETER_GRACE_MONTHS, membership->segment,
                                           month_last_day(through));
    assert(months >= 0 && months <= MONTH_LAST);
    cover->grace_from = month_last_day(through) + 1;
    cover->grace_end = month_last_day(through + (month_t)months);
    cover->by_grace = cover->grace_end < cover->end;
    cover->end = earlier(cover->end, cover->grace_end);
}

static struct cover no_cover(void)
{
    return (struct cover){
        .start = DAY_NEVER, .end = DAY_NONE, .grace_end = DAY_NEVER, .grace_from = DAY_NEVER};
}

struct cover cover_of(const struct participant *participant, const struct membership *membership,
                      const struct rules *rules)
{
    const bool needs_payment = membership->segment == BPU;
    struct cover cover = no_cover();
    if (membership->is_void || (needs_payment && membership->run_count == 0)) {
        return cover;
    }
    cover.start = cover_start(membership, rules);
    cover.end = cover_end(participant, membership);
    if (needs_payment) {
        cover.start = later(cover.start, membership->first_paid_day);
        cut_at_grace(&cover, membership, rules);
    }
    cover.any = cover.start <= cover.end;
    return cover;
}

struct cover cover_of_claim(const struct participant *participant,
                            const struct membership *membership, const struct rules *rules)
{
    const bool nothing_paid = membership->segment == BPU && membership->run_count == 0;
    if (membership->is_void || !nothing_paid) {
        return cover_of(participant, membership, rules);
    }
    struct cover cover = no_cover();
    cover.start = later(membership->cover_from, membership->recorded);
    cover.end = cover_end(participant, membership);
    cover.any = cover.start <= cover.end;
    return cover;
}

int64_t months_paid(const struct membership *membership)
{
    int64_t count = 0;
    for (unsigned i = 0; i < membership->run_count; i++) {
        count += membership->runs[i].count;
    }
    return count;
}

month_t paid_through(const struct membership *membership)
{
    if (membership->run_count == 0) {
        return MONTH_NONE;
    }
    return membership->runs[0].first + membership->runs[0].count - 1;
}

bool month_is_paid(const struct membership *membership, month_t month)
{
    return months_paid_between(membership, month, month) == 1;
}

int64_t months_paid_between(const struct membership *membership, month_t first, month_t last)
{
    int64_t count = 0;
    for (unsigned i = 0; i < membership->run_count; i++) {
        const struct run *run = &membership->runs[i];
        const int64_t run_last = (int64_t)run->first + run->count - 1;
        const int64_t from = run->first > first ? run->first : first;
        const int64_t to = run_last < last ? run_last : last;
        count += to >= from ? to - from + 1 : 0;
    }
    return count;
}
