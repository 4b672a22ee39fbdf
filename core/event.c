#include "core/event.h"

#include <assert.h>

#define AT(member) .offset = offsetof(struct event, member)
#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

#define TEXT_FIELD(name_, member, least_, most_)                                                   \
    {                                                                                              \
        .name = name_, .kind = FIELD_TEXT, AT(member), .least = (least_), .most = (most_)          \
    }
#define TEXT_OR_NULL(name_, member, least_, most_)                                                 \
    {                                                                                              \
        .name = name_, .kind = FIELD_TEXT, .nullable = true, AT(member), .least = (least_),        \
        .most = (most_)                                                                            \
    }
#define ID_FIELD(name_, member, charset_, most_)                                                   \
    {                                                                                              \
        .name = name_, .kind = FIELD_TEXT, .charset = (charset_), AT(member), .least = 1,          \
        .most = (most_)                                                                            \
    }
#define DAY_FIELD(name_, member)                                                                   \
    {                                                                                              \
        .name = name_, .kind = FIELD_DAY, AT(member)                                               \
    }
#define DAY_OR_NULL(name_, member)                                                                 \
    {                                                                                              \
        .name = name_, .kind = FIELD_DAY, .nullable = true, AT(member)                             \
    }
#define INT_FIELD(name_, member, least_, most_)                                                    \
    {                                                                                              \
        .name = name_, .kind = FIELD_INT, AT(member), .least = (least_), .most = (most_)           \
    }
#define MONEY_FIELD(name_, member)                                                                 \
    {                                                                                              \
        .name = name_, .kind = FIELD_LONG, AT(member), .least = 0, .most = MONEY_MOST              \
    }
#define WAGE_FIELD(name_, member)                                                                  \
    {                                                                                              \
        .name = name_, .kind = FIELD_LONG, AT(member), .least = 1, .most = INT64_C(1000000000)     \
    }
#define TERM_FIELD(name_, member, names_)                                                          \
    {                                                                                              \
        .name = name_, .kind = FIELD_TERM, AT(member), .names = &(names_)                          \
    }

#define MEMBERSHIP_FIELD(member)                                                                   \
    ID_FIELD("membership_id", member, CHARSET_ALPHANUMERIC, MEMBERSHIP_ID_BYTES_MAX)
#define CLAIM_FIELD(member) TEXT_FIELD("claim_id", member, 1, CLAIM_ID_BYTES_MAX)
#define PAYEE_FIELD(member) TEXT_FIELD("payee_ref", member, 1, TEXT_BYTES_MAX)
#define DOCUMENTS_FIELD(member) DAY_OR_NULL("documents_complete_on", member)
#define EFFECTIVE_FIELD DAY_FIELD("effective_from", change.effective_from)
#define PROGRAMMES_FIELD(member)                                                                   \
    {                                                                                              \
        .name = "programmes", .kind = FIELD_SET, AT(member), .names = &programme_names             \
    }
#define SPONSOR_FIELD(member)                                                                      \
    {                                                                                              \
        .name = "sponsor", .kind = FIELD_RECORD, AT(member), .record = &party_sponsor              \
    }

#define MONEY_MOST INT64_C(1000000000000)
#define MOST_INT INT64_C(2147483647)

static const char *const type_names[] = {
    [EVENT_ENROLLED] = "Enrolled",
    [EVENT_WAGE_CHANGED] = "WageChanged",
    [EVENT_CATEGORY_CHANGED] = "CategoryChanged",
    [EVENT_PROGRAMMES_CHANGED] = "ProgrammesChanged",
    [EVENT_SPONSOR_CHANGED] = "SponsorChanged",
    [EVENT_MOVED] = "Moved",
    [EVENT_MEMBERSHIP_ENDED] = "MembershipEnded",
    [EVENT_ENROLLMENT_VOIDED] = "EnrollmentVoided",
    [EVENT_PARTICIPANT_DIED] = "ParticipantDied",
    [EVENT_CONTRIBUTION_PAID] = "ContributionPaid",
    [EVENT_CONTRIBUTION_REVERSED] = "ContributionReversed",
    [EVENT_DEATH_CLAIM_FILED] = "DeathClaimFiled",
    [EVENT_INJURY_CLAIM_FILED] = "InjuryClaimFiled",
    [EVENT_SCHOLARSHIP_CLAIMED] = "ScholarshipClaimed",
    [EVENT_JOB_LOSS_CLAIMED] = "JobLossClaimed",
    [EVENT_DOCUMENTS_COMPLETED] = "DocumentsCompleted",
    [EVENT_CLAIM_REVIEWED] = "ClaimReviewed",
    [EVENT_CLAIM_CANCELLED] = "ClaimCancelled",
    [EVENT_EXTERNAL_BENEFIT_RECORDED] = "ExternalBenefitRecorded",
    [EVENT_PAYMENT_STATUS_REPORTED] = "PaymentStatusReported",
    [EVENT_BASE_PUBLISHED] = "BasePublished",
    [EVENT_BATCH_DECLARED] = "BatchDeclared",
};
static_assert(COUNT_OF(type_names) == EVENT_TYPE_COUNT, "every event type has a name");
const struct names event_type_names = {"EventType", type_names, EVENT_TYPE_COUNT};

/* Records inside bodies: offsets are within the inner struct. */
#define IN(type, member) .offset = offsetof(type, member)

static const struct field party_fields[] = {
    {.name = "kind", .kind = FIELD_TERM, IN(struct party, kind), .names = &sponsor_kind_names},
    {.name = "ref",
     .kind = FIELD_TEXT,
     .nullable = true,
     IN(struct party, ref),
     .least = 1,
     .most = TEXT_BYTES_MAX},
};
static const struct fields party_sponsor = {"Sponsor", party_fields, COUNT_OF(party_fields),
                                            sizeof(struct party)};
static const struct fields party_payer = {"Payer", party_fields, COUNT_OF(party_fields),
                                          sizeof(struct party)};

static const struct field contribution_line_fields[] = {
    {.name = "programme",
     .kind = FIELD_TERM,
     IN(struct contribution_line, programme),
     .names = &programme_names},
    {.name = "amount_idr",
     .kind = FIELD_LONG,
     IN(struct contribution_line, amount_idr),
     .least = 0,
     .most = MONEY_MOST},
};
static const struct fields contribution_line_record = {"ContributionLine", contribution_line_fields,
                                                       COUNT_OF(contribution_line_fields),
                                                       sizeof(struct contribution_line)};

static const struct field transport_fields[] = {
    {.name = "mode",
     .kind = FIELD_TERM,
     IN(struct transport, mode),
     .names = &transport_mode_names},
    {.name = "cost_idr",
     .kind = FIELD_LONG,
     IN(struct transport, cost_idr),
     .least = 0,
     .most = MONEY_MOST},
};
static const struct fields transport_record = {
    "Transport", transport_fields, COUNT_OF(transport_fields), sizeof(struct transport)};

/* The inner structs of claims are anonymous: their offsets are taken from the start of the member.
 */
#define WITHIN(outer, member)                                                                      \
    .offset = offsetof(struct event, outer.member) - offsetof(struct event, outer)
#define INNER_SIZE(outer) sizeof(((struct event *)0)->outer)

static const struct field heir_fields[] = {
    {.name = "rank", .kind = FIELD_TERM, WITHIN(death.heir, rank), .names = &heir_rank_names},
    {.name = "payee_ref",
     .kind = FIELD_TEXT,
     WITHIN(death.heir, payee_ref),
     .least = 1,
     .most = TEXT_BYTES_MAX},
};
static const struct fields heir_record = {"Heir", heir_fields, COUNT_OF(heir_fields),
                                          INNER_SIZE(death.heir)};

static const struct field disability_fields[] = {
    {.name = "kind",
     .kind = FIELD_TERM,
     WITHIN(injury.disability, kind),
     .names = &disability_kind_names},
    {.name = "table_bp",
     .kind = FIELD_INT,
     WITHIN(injury.disability, table_bp),
     .least = 0,
     .most = 10000},
    {.name = "loss_bp",
     .kind = FIELD_INT,
     WITHIN(injury.disability, loss_bp),
     .least = 0,
     .most = 10000},
};
static const struct fields disability_record = {
    "Disability", disability_fields, COUNT_OF(disability_fields), INNER_SIZE(injury.disability)};

static const struct field treatment_fields[] = {
    {.name = "payee_ref",
     .kind = FIELD_TEXT,
     WITHIN(injury.treatment, payee_ref),
     .least = 1,
     .most = TEXT_BYTES_MAX},
    {.name = "cost_idr",
     .kind = FIELD_LONG,
     WITHIN(injury.treatment, cost_idr),
     .least = 0,
     .most = MONEY_MOST},
};
static const struct fields treatment_record = {
    "Treatment", treatment_fields, COUNT_OF(treatment_fields), INNER_SIZE(injury.treatment)};

/* Envelope. `time` is first on the wire so that the merge can read it first. */
#define ENVELOPE_COMMON                                                                            \
    {.name = "time", .kind = FIELD_TIME, AT(time)}, TEXT_FIELD("id", id, 1, TEXT_BYTES_MAX),       \
        TEXT_FIELD("source", source, 1, TEXT_BYTES_MAX)
#define BATCH_FIELD TEXT_OR_NULL("batch_id", batch_id, 1, TEXT_BYTES_MAX)

static const struct field envelope_fields[] = {
    ENVELOPE_COMMON,
    ID_FIELD("participant_id", participant_id, CHARSET_ID, PARTICIPANT_ID_BYTES_MAX),
    BATCH_FIELD,
};
static const struct field envelope_reference_fields[] = {ENVELOPE_COMMON, BATCH_FIELD};
const struct fields event_envelope = {"Envelope", envelope_fields, COUNT_OF(envelope_fields),
                                      sizeof(struct event)};
const struct fields event_envelope_reference = {"Envelope", envelope_reference_fields,
                                                COUNT_OF(envelope_reference_fields),
                                                sizeof(struct event)};

static const struct field enrolled_fields[] = {
    MEMBERSHIP_FIELD(enrolled.membership_id),
    TERM_FIELD("segment", enrolled.segment, segment_names),
    TEXT_FIELD("category", enrolled.category, 1, TEXT_BYTES_MAX),
    PROGRAMMES_FIELD(enrolled.programmes),
    TEXT_OR_NULL("employer_id", enrolled.employer_id, 1, TEXT_BYTES_MAX),
    TEXT_FIELD("region_home", enrolled.region_home, 1, TEXT_BYTES_MAX),
    TEXT_OR_NULL("region_work", enrolled.region_work, 1, TEXT_BYTES_MAX),
    SPONSOR_FIELD(enrolled.sponsor),
    INT_FIELD("risk_group", enrolled.risk_group, 1, 5),
    WAGE_FIELD("wage_idr", enrolled.wage_idr),
    DAY_FIELD("cover_from", enrolled.cover_from),
    DAY_OR_NULL("cover_to", enrolled.cover_to),
    DAY_OR_NULL("birth_date", enrolled.birth_date),
};

static const struct field wage_changed_fields[] = {
    MEMBERSHIP_FIELD(change.membership_id),
    WAGE_FIELD("wage_idr", change.wage_idr),
    EFFECTIVE_FIELD,
};
static const struct field category_changed_fields[] = {
    MEMBERSHIP_FIELD(change.membership_id),
    TEXT_FIELD("category", change.category, 1, TEXT_BYTES_MAX),
    EFFECTIVE_FIELD,
};
static const struct field programmes_changed_fields[] = {
    MEMBERSHIP_FIELD(change.membership_id),
    PROGRAMMES_FIELD(change.programmes),
    EFFECTIVE_FIELD,
};
static const struct field sponsor_changed_fields[] = {
    MEMBERSHIP_FIELD(change.membership_id),
    SPONSOR_FIELD(change.sponsor),
    EFFECTIVE_FIELD,
};
static const struct field moved_fields[] = {
    TEXT_FIELD("region_home", change.region_home, 1, TEXT_BYTES_MAX),
    EFFECTIVE_FIELD,
};

static const struct field membership_ended_fields[] = {
    MEMBERSHIP_FIELD(ended.membership_id),
    DAY_FIELD("last_day", ended.last_day),
    TERM_FIELD("reason", ended.reason, end_reason_names),
};
static const struct field enrollment_voided_fields[] = {
    MEMBERSHIP_FIELD(voided.membership_id),
    TEXT_FIELD("reason", voided.reason, 0, 200),
};
static const struct field participant_died_fields[] = {
    DAY_FIELD("died_on", died.died_on),
    TERM_FIELD("evidence", died.evidence, evidence_names),
};

static const struct field contribution_paid_fields[] = {
    MEMBERSHIP_FIELD(contribution.membership_id),
    {.name = "month", .kind = FIELD_MONTH, AT(contribution.month)},
    INT_FIELD("months", contribution.months, 1, 24),
    {.name = "lines",
     .kind = FIELD_ARRAY,
     AT(contribution.lines),
     .size = sizeof(struct contribution_line),
     .count = offsetof(struct event, contribution.line_count),
     .capacity = LINES_IN_MAX,
     .record = &contribution_line_record},
    TEXT_OR_NULL("relief", contribution.relief, 1, TEXT_BYTES_MAX),
    {.name = "paid_at", .kind = FIELD_TIME, AT(contribution.paid_at)},
    {.name = "payer",
     .kind = FIELD_RECORD,
     .nullable = true,
     AT(contribution.payer),
     .present = offsetof(struct event, contribution.payer_present),
     .record = &party_payer},
    TEXT_FIELD("payment_ref", contribution.payment_ref, 1, TEXT_BYTES_MAX),
};
static const struct field contribution_reversed_fields[] = {
    MEMBERSHIP_FIELD(contribution.membership_id),
    {.name = "month", .kind = FIELD_MONTH, AT(contribution.month)},
    INT_FIELD("months", contribution.months, 1, 24),
    TEXT_FIELD("payment_ref", contribution.payment_ref, 1, TEXT_BYTES_MAX),
    TEXT_FIELD("reason", contribution.reason, 0, 200),
};

static const struct field death_claim_fields[] = {
    CLAIM_FIELD(death.claim_id),
    MEMBERSHIP_FIELD(death.membership_id),
    DAY_FIELD("died_on", death.died_on),
    TERM_FIELD("cause", death.cause, cause_names),
    DAY_OR_NULL("accident_on", death.accident_on),
    {.name = "heir", .kind = FIELD_RECORD, AT(death.heir), .record = &heir_record},
    TEXT_OR_NULL("burial_payee_ref", death.burial_payee_ref, 1, TEXT_BYTES_MAX),
    DOCUMENTS_FIELD(death.documents_complete_on),
};
static const struct field injury_claim_fields[] = {
    CLAIM_FIELD(injury.claim_id),
    MEMBERSHIP_FIELD(injury.membership_id),
    DAY_FIELD("accident_on", injury.accident_on),
    TERM_FIELD("cause", injury.cause, cause_names),
    PAYEE_FIELD(injury.payee_ref),
    DAY_OR_NULL("unable_from", injury.unable_from),
    INT_FIELD("days_unable", injury.days_unable, 0, 20000),
    {.name = "disability",
     .kind = FIELD_RECORD,
     AT(injury.disability),
     .record = &disability_record},
    {.name = "transport",
     .kind = FIELD_ARRAY,
     AT(injury.transport),
     .size = sizeof(struct transport),
     .count = offsetof(struct event, injury.transport_count),
     .capacity = TRANSPORT_MAX,
     .record = &transport_record},
    {.name = "treatment",
     .kind = FIELD_RECORD,
     .nullable = true,
     AT(injury.treatment),
     .present = offsetof(struct event, injury.treatment_present),
     .record = &treatment_record},
    MONEY_FIELD("home_care_idr", injury.home_care_idr),
    DOCUMENTS_FIELD(injury.documents_complete_on),
};
static const struct field scholarship_claim_fields[] = {
    CLAIM_FIELD(scholarship.claim_id),
    TEXT_FIELD("parent_claim_id", scholarship.parent_claim_id, 1, CLAIM_ID_BYTES_MAX),
    TEXT_FIELD("child_ref", scholarship.child_ref, 1, TEXT_BYTES_MAX),
    DAY_FIELD("child_birth_date", scholarship.child_birth_date),
    TERM_FIELD("level", scholarship.level, school_level_names),
    INT_FIELD("school_year", scholarship.school_year, 1, 9999),
    PAYEE_FIELD(scholarship.payee_ref),
    DOCUMENTS_FIELD(scholarship.documents_complete_on),
};
static const struct field job_loss_claim_fields[] = {
    CLAIM_FIELD(job_loss.claim_id),
    MEMBERSHIP_FIELD(job_loss.membership_id),
    DAY_FIELD("dismissed_on", job_loss.dismissed_on),
    DAY_FIELD("filed_on", job_loss.filed_on),
    INT_FIELD("month_number", job_loss.month_number, 1, 6),
    PAYEE_FIELD(job_loss.payee_ref),
    DOCUMENTS_FIELD(job_loss.documents_complete_on),
};
static const struct field documents_completed_fields[] = {
    CLAIM_FIELD(documents.claim_id),
    DAY_FIELD("documents_complete_on", documents.documents_complete_on),
};
static const struct field claim_reviewed_fields[] = {
    CLAIM_FIELD(reviewed.claim_id),
    INT_FIELD("revision", reviewed.revision, 1, MOST_INT),
    TEXT_FIELD("reviewer", reviewed.reviewer, 1, TEXT_BYTES_MAX),
    TERM_FIELD("verdict", reviewed.verdict, review_verdict_names),
    TEXT_FIELD("note", reviewed.note, 0, NOTE_BYTES_MAX),
};
static const struct field claim_cancelled_fields[] = {
    CLAIM_FIELD(cancelled.claim_id),
    TEXT_FIELD("reason", cancelled.reason, 0, 200),
};
static const struct field external_benefit_fields[] = {
    TEXT_FIELD("payer", external.payer, 1, TEXT_BYTES_MAX),
    MONEY_FIELD("amount_idr", external.amount_idr),
    DAY_FIELD("paid_on", external.paid_on),
    TEXT_FIELD("kind", external.kind, 1, TEXT_BYTES_MAX),
};
static const struct field payment_status_fields[] = {
    TEXT_FIELD("payment_id", status.payment_id, 1, TEXT_BYTES_MAX),
    INT_FIELD("attempt", status.attempt, 1, MOST_INT),
    TERM_FIELD("status", status.status, payment_status_names),
    {.name = "at", .kind = FIELD_TIME, AT(status.at)},
    TEXT_OR_NULL("bank_ref", status.bank_ref, 1, TEXT_BYTES_MAX),
    TEXT_OR_NULL("reason", status.reason, 0, 200),
};
static const struct field base_published_fields[] = {
    TEXT_FIELD("region", base.region, 1, TEXT_BYTES_MAX),
    TERM_FIELD("kind", base.kind, base_kind_names),
    INT_FIELD("year", base.year, 1, 9999),
    {.name = "value", .kind = FIELD_LONG, AT(base.value), .least = 1, .most = MONEY_MOST},
    TEXT_FIELD("publisher", base.publisher, 1, TEXT_BYTES_MAX),
};
static const struct field batch_declared_fields[] = {
    TEXT_FIELD("batch_id", batch.batch_id, 1, TEXT_BYTES_MAX),
    TEXT_FIELD("source", batch.source, 1, TEXT_BYTES_MAX),
    {.name = "count", .kind = FIELD_LONG, AT(batch.count), .least = 0, .most = MONEY_MOST},
    MONEY_FIELD("total_idr", batch.total_idr),
};

#define BODY(type_, title_, array) [type_] = {title_, array, COUNT_OF(array), sizeof(struct event)}
static const struct fields bodies[] = {
    BODY(EVENT_ENROLLED, "Enrolled", enrolled_fields),
    BODY(EVENT_WAGE_CHANGED, "WageChanged", wage_changed_fields),
    BODY(EVENT_CATEGORY_CHANGED, "CategoryChanged", category_changed_fields),
    BODY(EVENT_PROGRAMMES_CHANGED, "ProgrammesChanged", programmes_changed_fields),
    BODY(EVENT_SPONSOR_CHANGED, "SponsorChanged", sponsor_changed_fields),
    BODY(EVENT_MOVED, "Moved", moved_fields),
    BODY(EVENT_MEMBERSHIP_ENDED, "MembershipEnded", membership_ended_fields),
    BODY(EVENT_ENROLLMENT_VOIDED, "EnrollmentVoided", enrollment_voided_fields),
    BODY(EVENT_PARTICIPANT_DIED, "ParticipantDied", participant_died_fields),
    BODY(EVENT_CONTRIBUTION_PAID, "ContributionPaid", contribution_paid_fields),
    BODY(EVENT_CONTRIBUTION_REVERSED, "ContributionReversed", contribution_reversed_fields),
    BODY(EVENT_DEATH_CLAIM_FILED, "DeathClaimFiled", death_claim_fields),
    BODY(EVENT_INJURY_CLAIM_FILED, "InjuryClaimFiled", injury_claim_fields),
    BODY(EVENT_SCHOLARSHIP_CLAIMED, "ScholarshipClaimed", scholarship_claim_fields),
    BODY(EVENT_JOB_LOSS_CLAIMED, "JobLossClaimed", job_loss_claim_fields),
    BODY(EVENT_DOCUMENTS_COMPLETED, "DocumentsCompleted", documents_completed_fields),
    BODY(EVENT_CLAIM_REVIEWED, "ClaimReviewed", claim_reviewed_fields),
    BODY(EVENT_CLAIM_CANCELLED, "ClaimCancelled", claim_cancelled_fields),
    BODY(EVENT_EXTERNAL_BENEFIT_RECORDED, "ExternalBenefitRecorded", external_benefit_fields),
    BODY(EVENT_PAYMENT_STATUS_REPORTED, "PaymentStatusReported", payment_status_fields),
    BODY(EVENT_BASE_PUBLISHED, "BasePublished", base_published_fields),
    BODY(EVENT_BATCH_DECLARED, "BatchDeclared", batch_declared_fields),
};
static_assert(COUNT_OF(bodies) == EVENT_TYPE_COUNT, "every event type has a body");

static const enum event_type topic_first[EVENT_TOPIC_COUNT + 1] = {
    EVENT_ENROLLED,          EVENT_CONTRIBUTION_PAID,
    EVENT_DEATH_CLAIM_FILED, EVENT_PAYMENT_STATUS_REPORTED,
    EVENT_BASE_PUBLISHED,    (enum event_type)EVENT_TYPE_COUNT,
};

const struct fields *event_body(enum event_type type)
{
    assert((unsigned)type < EVENT_TYPE_COUNT);
    return &bodies[type];
}

unsigned event_topic(enum event_type type)
{
    assert((unsigned)type < EVENT_TYPE_COUNT);
    unsigned topic = 0;
    while (type >= topic_first[topic + 1]) {
        topic++;
    }
    return topic;
}

void event_topic_types(unsigned topic, enum event_type *first, unsigned *count)
{
    assert(topic < EVENT_TOPIC_COUNT);
    *first = topic_first[topic];
    *count = (unsigned)topic_first[topic + 1] - (unsigned)topic_first[topic];
}

void event_init(struct event *event, enum event_type type)
{
    event->type = type;
    const bool reference = event_topic(type) == EVENT_TOPIC_REFERENCE;
    event->participant_id = (struct text){0};
    fields_clear(reference ? &event_envelope_reference : &event_envelope, event);
    fields_clear(event_body(type), event);
}
