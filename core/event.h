/* An event as published: an envelope and one of the bodies of events.md. Plain data; every text is
   a view on the message it was decoded from. Decoding fills it without judging; event_check.h
   judges. */
#ifndef JAGA_CORE_EVENT_H
#define JAGA_CORE_EVENT_H

#include "core/day.h"
#include "core/field.h"
#include "core/place.h"

enum event_type {
    EVENT_ENROLLED,
    EVENT_WAGE_CHANGED,
    EVENT_CATEGORY_CHANGED,
    EVENT_PROGRAMMES_CHANGED,
    EVENT_SPONSOR_CHANGED,
    EVENT_MOVED,
    EVENT_MEMBERSHIP_ENDED,
    EVENT_ENROLLMENT_VOIDED,
    EVENT_PARTICIPANT_DIED,
    EVENT_CONTRIBUTION_PAID,
    EVENT_CONTRIBUTION_REVERSED,
    EVENT_DEATH_CLAIM_FILED,
    EVENT_INJURY_CLAIM_FILED,
    EVENT_SCHOLARSHIP_CLAIMED,
    EVENT_JOB_LOSS_CLAIMED,
    EVENT_DOCUMENTS_COMPLETED,
    EVENT_CLAIM_REVIEWED,
    EVENT_CLAIM_CANCELLED,
    EVENT_EXTERNAL_BENEFIT_RECORDED,
    EVENT_PAYMENT_STATUS_REPORTED,
    EVENT_BASE_PUBLISHED,
    EVENT_BATCH_DECLARED, /* jaga.reference: part of no lane */
};
#define EVENT_TYPE_COUNT 22

/* Topics an event can be published on: the four inputs of a lane, then jaga.reference. */
#define EVENT_TOPIC_REFERENCE INPUT_TOPIC_COUNT
#define EVENT_TOPIC_COUNT (INPUT_TOPIC_COUNT + 1)

/* Bytes kept of any text: nothing that passes the field check is longer. */
#define TEXT_BYTES_MAX 64
#define NOTE_BYTES_MAX 500
#define PARTICIPANT_ID_BYTES_MAX 32
#define MEMBERSHIP_ID_BYTES_MAX 20
#define CLAIM_ID_BYTES_MAX 40
#define LINES_IN_MAX 8 /* contribution lines kept; five programmes exist */
#define TRANSPORT_MAX 8

struct party {    /* a sponsor or a payer */
    uint8_t kind; /* enum sponsor_kind */
    struct text ref;
};

struct contribution_line {
    uint8_t programme;
    int64_t amount_idr;
};

struct transport {
    uint8_t mode;
    int64_t cost_idr;
};

struct enrolled {
    struct text membership_id;
    uint8_t segment;
    struct text category;
    uint32_t programmes; /* set of enum programme */
    struct text employer_id;
    struct text region_home, region_work;
    struct party sponsor;
    int64_t risk_group;
    int64_t wage_idr;
    day_t cover_from, cover_to, birth_date;
};

/* One struct for the five changes: the fields a type does not have stay unset. */
struct change {
    struct text membership_id; /* not for Moved */
    int64_t wage_idr;
    struct text category;
    uint32_t programmes;
    struct party sponsor;
    struct text region_home; /* Moved */
    day_t effective_from;
};

struct membership_ended {
    struct text membership_id;
    day_t last_day;
    uint8_t reason;
};

struct enrollment_voided {
    struct text membership_id;
    struct text reason;
};

struct participant_died {
    day_t died_on;
    uint8_t evidence;
};

/* ContributionPaid and ContributionReversed. */
struct contribution {
    struct text membership_id;
    month_t month;
    int64_t months;
    uint32_t line_count;
    struct contribution_line lines[LINES_IN_MAX];
    struct text relief;
    int64_t paid_at;
    bool payer_present;
    struct party payer;
    struct text payment_ref;
    struct text reason;
};

struct death_claim {
    struct text claim_id, membership_id;
    day_t died_on;
    uint8_t cause;
    day_t accident_on;
    struct {
        uint8_t rank;
        struct text payee_ref;
    } heir;
    struct text burial_payee_ref;
    day_t documents_complete_on;
};

struct injury_claim {
    struct text claim_id, membership_id;
    day_t accident_on;
    uint8_t cause;
    struct text payee_ref;
    day_t unable_from;
    int64_t days_unable;
    struct {
        uint8_t kind;
        int64_t table_bp, loss_bp;
    } disability;
    uint32_t transport_count;
    struct transport transport[TRANSPORT_MAX];
    bool treatment_present;
    struct {
        struct text payee_ref;
        int64_t cost_idr;
    } treatment;
    int64_t home_care_idr;
    day_t documents_complete_on;
};

struct scholarship_claim {
    struct text claim_id, parent_claim_id, child_ref;
    day_t child_birth_date;
    uint8_t level;
    int64_t school_year;
    struct text payee_ref;
    day_t documents_complete_on;
};

struct job_loss_claim {
    struct text claim_id, membership_id;
    day_t dismissed_on, filed_on;
    int64_t month_number;
    struct text payee_ref;
    day_t documents_complete_on;
};

struct documents_completed {
    struct text claim_id;
    day_t documents_complete_on;
};

struct claim_reviewed {
    struct text claim_id;
    int64_t revision;
    struct text reviewer;
    uint8_t verdict;
    struct text note;
};

struct claim_cancelled {
    struct text claim_id;
    struct text reason;
};

struct external_benefit {
    struct text payer;
    int64_t amount_idr;
    day_t paid_on;
    struct text kind;
};

struct payment_status_report {
    struct text payment_id;
    int64_t attempt;
    uint8_t status;
    int64_t at;
    struct text bank_ref, reason;
};

struct base_published {
    struct text region;
    uint8_t kind;
    int64_t year, value;
    struct text publisher;
};

/* In flat JSON `batch_id` and `source` are at once the envelope's and the body's. */
struct batch_declared {
    struct text batch_id, source;
    int64_t count, total_idr;
};

struct event {
    int64_t time;
    struct text id, source, participant_id, batch_id;
    enum event_type type;
    union {
        struct enrolled enrolled;
        struct change change;
        struct membership_ended ended;
        struct enrollment_voided voided;
        struct participant_died died;
        struct contribution contribution;
        struct death_claim death;
        struct injury_claim injury;
        struct scholarship_claim scholarship;
        struct job_loss_claim job_loss;
        struct documents_completed documents;
        struct claim_reviewed reviewed;
        struct claim_cancelled cancelled;
        struct external_benefit external;
        struct payment_status_report status;
        struct base_published base;
        struct batch_declared batch;
    };
};

/* Names of the types as in JSON and of the Avro bodies, in the order of enum event_type. */
extern const struct names event_type_names;

/* The envelope without `type` and body; offsets are within struct event. `reference`: without
   participant_id. */
extern const struct fields event_envelope, event_envelope_reference;

/* The body's fields; offsets are within struct event as well. */
const struct fields *event_body(enum event_type type);

/* 0–3 as in enum input_topic, or EVENT_TOPIC_REFERENCE. */
unsigned event_topic(enum event_type type);

/* First type of a topic's body union and how many there are; the union lists them in enum order. */
void event_topic_types(unsigned topic, enum event_type *first, unsigned *count);

/* Sets every field of the type to null or zero, so that a decoder may leave nullable fields out. */
void event_init(struct event *event, enum event_type type);

#endif
