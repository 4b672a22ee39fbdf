/* The events of jaga.enrollment: memberships begin, change and end; people move and die. */
#include <assert.h>

#include "core/internal.h"

static enum outcome enrol(struct application *application);
static enum outcome change_membership(struct application *application);
static enum outcome move(struct application *application);
static enum outcome end_membership(struct application *application);
static enum outcome void_membership(struct application *application);
static enum outcome die(struct application *application);

enum outcome apply_enrollment(struct application *application)
{
    assert(event_topic(application->event->type) == INPUT_ENROLLMENT);
    switch (application->event->type) {
    case EVENT_ENROLLED: return enrol(application);
    case EVENT_WAGE_CHANGED:
    case EVENT_CATEGORY_CHANGED:
    case EVENT_PROGRAMMES_CHANGED:
    case EVENT_SPONSOR_CHANGED: return change_membership(application);
    case EVENT_MOVED: return move(application);
    case EVENT_MEMBERSHIP_ENDED: return end_membership(application);
    case EVENT_ENROLLMENT_VOIDED: return void_membership(application);
    case EVENT_PARTICIPANT_DIED: return die(application);
    default: break;
    }
    assert(false && "only events of jaga.enrollment come here");
    return OUTCOME_REJECTED;
}

/* Refusals. */

static struct exception *refuse(struct application *application, enum exception_code code,
                                const char *field)
{
    struct exception *exception = event_refuse(application->event, code, application->outputs);
    detail_text(exception, "field", text_of_string(field));
    return exception;
}

static enum outcome refuse_day(struct application *application, enum exception_code code,
                               const char *field, day_t day, const char *limit_name, day_t limit)
{
    struct exception *exception = refuse(application, code, field);
    detail_day(exception, "value", day);
    detail_day(exception, limit_name, limit);
    return OUTCOME_REJECTED;
}

/* The membership an event is for; NULL, and the event refused, when it is unknown or void. */
static struct membership *known_membership(struct application *application, struct text id)
{
    struct membership *membership = participant_membership(application->participant, id);
    if (membership == NULL || membership->is_void) {
        (void)refuse_membership(application, EXCEPTION_MEMBERSHIP_UNKNOWN, id);
        return NULL;
    }
    return membership;
}

/* Timelines. */

static void add_entry(struct timeline *timeline, day_t from, day_t recorded, int64_t value)
{
    assert(timeline->count < TIMELINE_MAX);
    timeline->entries[timeline->count++] = (struct entry){from, recorded, value};
}

static bool has_entry(const struct timeline *timeline, day_t from, int64_t value)
{
    for (unsigned i = 0; i < timeline->count; i++) {
        const struct entry *entry = &timeline->entries[i];
        if (entry->from == from && entry->value == value) {
            return true;
        }
    }
    return false;
}

/* Enrolled. */

static void report_backdating(struct application *application)
{
    const struct enrolled *enrolled = &application->event->enrolled;
    const int64_t allowance = rules_parameter(application->rules, PARAMETER_BACKDATING_DAYS,
                                              enrolled->segment, application->recorded);
    if ((int64_t)application->recorded - enrolled->cover_from <= allowance) {
        return;
    }
    struct exception *finding =
        event_finding(application->event, EXCEPTION_BACKDATED, application->outputs);
    detail_text(finding, "membership_id", enrolled->membership_id);
    detail_day(finding, "cover_from", enrolled->cover_from);
    detail_day(finding, "recorded", application->recorded);
    detail_number(finding, "days", allowance);
}

static void fill_timelines(struct membership *membership, const struct application *application)
{
    const struct enrolled *enrolled = &application->event->enrolled;
    const day_t from = enrolled->cover_from;
    const day_t recorded = application->recorded;
    const int category = rules_category(application->rules, enrolled->category);
    assert(category >= 0);
    add_entry(&membership->wages, from, recorded, enrolled->wage_idr);
    add_entry(&membership->categories, from, recorded, category);
    add_entry(&membership->programmes, from, recorded, enrolled->programmes);
    add_entry(&membership->sponsors, from, recorded,
              sponsor_value(enrolled->sponsor.kind, enrolled->sponsor.ref));
}

static void fill_employer(struct membership *membership, const struct application *application)
{
    const struct enrolled *enrolled = &application->event->enrolled;
    membership->has_employer = enrolled->employer_id.length > 0;
    membership->employer_hash = membership->has_employer ? text_hash(enrolled->employer_id) : 0;
    membership->region_work = 0;
    if (membership->has_employer && enrolled->region_work.length > 0) {
        membership->region_work = rules_region(application->rules, enrolled->region_work);
        assert(membership->region_work != 0); /* its field was checked */
    }
}

/* Written field by field: a membership is large, and what lies beyond its counts is never read. */
static void fill_membership(struct membership *membership, const struct application *application)
{
    const struct enrolled *enrolled = &application->event->enrolled;
    assert(enrolled->membership_id.length <= MEMBERSHIP_ID_BYTES_MAX);
    membership->id_length = (uint8_t)enrolled->membership_id.length;
    memcpy(membership->id, enrolled->membership_id.at, enrolled->membership_id.length);
    membership->is_void = false;
    membership->segment = enrolled->segment;
    membership->risk_group = (uint8_t)enrolled->risk_group;
    membership->cover_from = enrolled->cover_from;
    membership->cover_to = enrolled->cover_to == DAY_NONE ? DAY_NEVER : enrolled->cover_to;
    membership->recorded = application->recorded;
    membership->body_hash = application->body_hash;
    fill_employer(membership, application);
    membership->wages.count = 0;
    membership->categories.count = 0;
    membership->programmes.count = 0;
    membership->sponsors.count = 0;
    membership->end_count = 0;
    membership->run_count = 0;
    membership->first_paid_day = DAY_NONE;
    membership->ref_count = 0;
    membership->reversed_count = 0;
    fill_timelines(membership, application);
}

static enum outcome repeat_of_enrolment(struct application *application,
                                        const struct membership *known)
{
    if (known->body_hash == application->body_hash) {
        return OUTCOME_DUPLICATE;
    }
    return refuse_membership(application, EXCEPTION_MEMBERSHIP_EXISTS, membership_id(known));
}

static enum outcome enrol(struct application *application)
{
    struct participant *participant = application->participant;
    const struct enrolled *enrolled = &application->event->enrolled;
    const struct membership *known = participant_membership(participant, enrolled->membership_id);
    if (known != NULL) {
        return repeat_of_enrolment(application, known);
    }
    if (participant->membership_count == MEMBERSHIPS_MAX) {
        return refuse_count(application, "memberships", MEMBERSHIPS_MAX);
    }
    if (participant->regions.count == TIMELINE_MAX) {
        return refuse_count(application, "region_home", TIMELINE_MAX);
    }
    const int index = participant->membership_count++;
    fill_membership(&participant->memberships[index], application);
    const uint16_t region = rules_region(application->rules, enrolled->region_home);
    assert(region != 0);
    add_entry(&participant->regions, enrolled->cover_from, application->recorded,
              region_value(region, index));
    report_backdating(application);
    return OUTCOME_APPLIED;
}

/* Changes. */

/* A timeline of a membership and what an event adds to it. */
struct addition {
    const char *field;
    struct timeline *timeline;
    int64_t value;
};

static struct addition addition_of(const struct application *application,
                                   struct membership *membership)
{
    const struct change *change = &application->event->change;
    switch (application->event->type) {
    case EVENT_WAGE_CHANGED:
        return (struct addition){"wage_idr", &membership->wages, change->wage_idr};
    case EVENT_CATEGORY_CHANGED:
        return (struct addition){"category", &membership->categories,
                                 rules_category(application->rules, change->category)};
    case EVENT_PROGRAMMES_CHANGED:
        return (struct addition){"programmes", &membership->programmes, change->programmes};
    case EVENT_SPONSOR_CHANGED:
        return (struct addition){"sponsor", &membership->sponsors,
                                 sponsor_value(change->sponsor.kind, change->sponsor.ref)};
    default: break;
    }
    assert(false && "the other events change no timeline of a membership");
    return (struct addition){0};
}

/* Which programmes a segment may hold is told by the membership, not by the event. */
static bool programmes_are_refused(struct application *application,
                                   const struct membership *membership)
{
    const uint32_t open = application->rules->programmes_of_segment[membership->segment];
    if (application->event->type != EVENT_PROGRAMMES_CHANGED ||
        (application->event->change.programmes & ~open) == 0) {
        return false;
    }
    struct exception *exception = refuse(application, EXCEPTION_INVALID_FIELD, "programmes");
    detail_text(exception, "segment", term_text(&segment_names, membership->segment));
    return true;
}

static enum outcome add_to_timeline(struct application *application,
                                    const struct addition *addition)
{
    const day_t from = application->event->change.effective_from;
    if (has_entry(addition->timeline, from, addition->value)) {
        return OUTCOME_DUPLICATE;
    }
    if (addition->timeline->count == TIMELINE_MAX) {
        return refuse_count(application, addition->field, TIMELINE_MAX);
    }
    add_entry(addition->timeline, from, application->recorded, addition->value);
    return OUTCOME_APPLIED;
}

static enum outcome change_membership(struct application *application)
{
    const struct change *change = &application->event->change;
    struct membership *membership = known_membership(application, change->membership_id);
    if (membership == NULL || programmes_are_refused(application, membership)) {
        return OUTCOME_REJECTED;
    }
    if (change->effective_from < membership->cover_from) {
        return refuse_day(application, EXCEPTION_INTERVAL_INVALID, "effective_from",
                          change->effective_from, "cover_from", membership->cover_from);
    }
    const struct addition addition = addition_of(application, membership);
    return add_to_timeline(application, &addition);
}

/* An enrolment's entry says the same as a move to that region on that day. One of a void membership
   does not count, so it cannot stand for the move. */
static bool region_is_known(const struct participant *participant, day_t from, uint16_t region)
{
    if (has_entry(&participant->regions, from, region_value(region, -1))) {
        return true;
    }
    for (int i = 0; i < participant->membership_count; i++) {
        if (!participant->memberships[i].is_void &&
            has_entry(&participant->regions, from, region_value(region, i))) {
            return true;
        }
    }
    return false;
}

static enum outcome move(struct application *application)
{
    struct participant *participant = application->participant;
    const struct change *change = &application->event->change;
    const uint16_t region = rules_region(application->rules, change->region_home);
    assert(region != 0);
    if (region_is_known(participant, change->effective_from, region)) {
        return OUTCOME_DUPLICATE;
    }
    const struct addition addition = {"region_home", &participant->regions,
                                      region_value(region, -1)};
    return add_to_timeline(application, &addition);
}

/* Ends. */

static bool has_end(const struct membership *membership, day_t last_day, uint8_t reason)
{
    for (unsigned i = 0; i < membership->end_count; i++) {
        if (membership->ends[i].last_day == last_day && membership->ends[i].reason == reason) {
            return true;
        }
    }
    return false;
}

static enum outcome end_membership(struct application *application)
{
    const struct membership_ended *ended = &application->event->ended;
    struct membership *membership = known_membership(application, ended->membership_id);
    if (membership == NULL) {
        return OUTCOME_REJECTED;
    }
    if (ended->last_day < membership->cover_from) {
        return refuse_day(application, EXCEPTION_INTERVAL_INVALID, "last_day", ended->last_day,
                          "cover_from", membership->cover_from);
    }
    if (has_end(membership, ended->last_day, ended->reason)) {
        return OUTCOME_DUPLICATE;
    }
    if (membership->end_count == ENDS_MAX) {
        return refuse_count(application, "last_day", ENDS_MAX);
    }
    membership->ends[membership->end_count++] =
        (struct end){ended->last_day, application->recorded, ended->reason};
    return OUTCOME_APPLIED;
}

static enum outcome void_membership(struct application *application)
{
    struct membership *membership =
        known_membership(application, application->event->voided.membership_id);
    if (membership == NULL) {
        return OUTCOME_REJECTED;
    }
    membership->is_void = true;
    return OUTCOME_APPLIED;
}

/* The first date of death stands. */
static enum outcome die(struct application *application)
{
    struct participant *participant = application->participant;
    const day_t died_on = application->event->died.died_on;
    if (died_on > application->recorded) {
        return refuse_day(application, EXCEPTION_INVALID_FIELD, "died_on", died_on, "recorded",
                          application->recorded);
    }
    if (participant->died_on == died_on) {
        return OUTCOME_DUPLICATE;
    }
    if (participant->died_on != DAY_NONE) {
        return refuse_day(application, EXCEPTION_DEATH_DATE_CONFLICT, "died_on", died_on,
                          "in_force", participant->died_on);
    }
    participant->died_on = died_on;
    return OUTCOME_APPLIED;
}
