/* Everything jaga knows of one person, unpacked from and packed to the canonical bytes that
   docs/participant-bytes.md specifies. Between events only the bytes are kept. */
#ifndef JAGA_CORE_PARTICIPANT_H
#define JAGA_CORE_PARTICIPANT_H

#include "core/output.h"

#define MEMBERSHIPS_MAX 16
#define TIMELINE_MAX 64
#define ENDS_MAX 64
#define RUNS_MAX 64
#define CLAIMS_MAX 64
#define PARKED_MAX 8
#define RECENT_IDS_MAX 8
#define REFS_MAX 24
#define REVERSED_REFS_MAX 8
#define DOCUMENT_DATES_MAX 64
#define REVIEWS_MAX 64
#define ATTEMPTS_MAX 64
#define PAYEES_MAX 4

/* One entry of a timeline: `value` holds from `from` on, and was recorded on the local date
   `recorded`. Entries stand in the order they were applied. */
struct entry {
    day_t from, recorded;
    int64_t value;
};

/* Values: wage in rupiah; category number; programme set; sponsor (sponsor_value()); region
   (region_value()). */
struct timeline {
    uint8_t count;
    struct entry entries[TIMELINE_MAX];
};

struct end {
    day_t last_day, recorded;
    uint8_t reason;
};

struct run { /* `count` paid months from `first` on */
    month_t first;
    int32_t count;
};

struct membership {
    uint8_t id_length;
    char id[MEMBERSHIP_ID_BYTES_MAX];
    bool is_void;
    uint8_t segment, risk_group;
    day_t cover_from, cover_to; /* cover_to DAY_NEVER: open */
    day_t recorded;             /* local date of recording of the enrolment */
    uint64_t body_hash;         /* body_hash() of the Enrolled */
    bool has_employer;
    uint16_t region_work;   /* with an employer: 0 when none was given */
    uint64_t employer_hash; /* with an employer: text_hash() of employer_id */
    struct timeline wages, categories, programmes, sponsors;
    uint8_t end_count;
    struct end ends[ENDS_MAX];
    uint8_t run_count;
    struct run runs[RUNS_MAX]; /* ascending, not touching */
    day_t first_paid_day;      /* DAY_NONE: no month is paid */
    uint8_t ref_count;         /* refs of the latest paid months, latest first; 0: forgotten */
    uint32_t refs[REFS_MAX];
    uint8_t reversed_count; /* refs of the last reversals, oldest first */
    uint32_t reversed[REVERSED_REFS_MAX];
};

struct review { /* an APPROVE */
    uint8_t reason;
    int64_t total_idr;
    uint64_t reviewer_hash;
};

struct paid_line {
    uint8_t component;
    int64_t amount_idr;
};

struct attempts { /* what was reported of one payment, by attempt − 1 */
    uint8_t count;
    uint8_t seen[ATTEMPTS_MAX]; /* set of enum payment_status, by bit */
    uint8_t status;             /* current, of the last attempt */
    day_t settled_on; /* local day of its first SETTLED or RECONCILED; DAY_NONE: it is neither */
};

/* What a claim keeps of its filing beyond what every type has. */
struct injury_facts {
    day_t unable_from; /* the accident's day when it was not given */
    int64_t days_unable;
    uint8_t disability; /* enum disability_kind */
    int64_t table_bp, loss_bp;
    int64_t transport_idr[TRANSPORT_MODE_COUNT]; /* costs of a mode added */
    uint8_t treatment_payee_length;              /* 0: no treatment */
    char treatment_payee[TEXT_BYTES_MAX];
    int64_t treatment_idr, home_care_idr;
};

struct scholarship_facts {
    uint8_t programme; /* the parent's; JKM while there is no parent, or a scholarship is named */
    uint8_t parent_length;
    char parent[CLAIM_ID_BYTES_MAX]; /* claim id */
    uint64_t child_hash;             /* text_hash() of child_ref */
    day_t child_birth_date;
    uint8_t level; /* enum school_level */
    int64_t school_year;
};

struct job_loss_facts {
    day_t filed_on;
    int64_t month_number;
};

struct claim {
    uint8_t id_length;
    char id[CLAIM_ID_BYTES_MAX];
    uint8_t type;
    uint8_t membership_id_length;
    char membership_id[MEMBERSHIP_ID_BYTES_MAX];
    uint64_t body_hash;  /* of type and body */
    int64_t waits_until; /* the clock until which it waits for its membership */
    day_t recorded;      /* local date of recording */
    day_t event_on;      /* the event's date */
    uint8_t payee_length;
    char payee[TEXT_BYTES_MAX];
    uint8_t
        document_count; /* dates of complete documents, in order applied; the last is in force */
    day_t documents[DOCUMENT_DATES_MAX];
    uint8_t cause;               /* deaths and injuries; else TERM_NONE */
    day_t accident_on;           /* deaths and injuries; DAY_NONE: null */
    day_t died_on;               /* death claims */
    uint8_t heir_rank;           /* death claims */
    uint8_t burial_payee_length; /* death claims; 0: the heir */
    char burial_payee[TEXT_BYTES_MAX];
    union { /* by type; of a death nothing */
        struct injury_facts injury;
        struct scholarship_facts scholarship;
        struct job_loss_facts job_loss;
    };
    uint32_t revision; /* of the last decision */
    uint8_t verdict, reason;
    uint8_t review_count;
    struct review reviews[REVIEWS_MAX];
    uint8_t approval;   /* 1, 2 … in order of approval within the participant; 0: not approved */
    bool contradicted;  /* APPROVED_CLAIM_CONTRADICTED was reported */
    day_t due_on;       /* by when it is to be paid; DAY_NONE while it is not approved */
    uint8_t line_count; /* approved lines */
    struct paid_line lines[LINES_OUT_MAX];
    struct attempts attempts[PAYEES_MAX]; /* by payment, in the order of first lines */
};

struct parked { /* a contribution event whose membership is not known yet */
    int64_t deadline;
    int64_t time;
    uint8_t type;                     /* EVENT_CONTRIBUTION_PAID or EVENT_CONTRIBUTION_REVERSED */
    struct text id, source, batch_id; /* views into `bytes` */
    struct contribution body;         /* its texts too */
    uint8_t topic_length;
    char topic[TOPIC_BYTES_MAX]; /* name of the input topic, as its `input` will say */
    int64_t partition, offset;
    char bytes[12 * TEXT_BYTES_MAX]; /* the texts, one after the other */
    uint16_t bytes_length;
};

struct participant {
    uint8_t id_length;
    char id[PARTICIPANT_ID_BYTES_MAX];
    uint8_t recent_count; /* last applied events, oldest first */
    uint64_t recent[RECENT_IDS_MAX];
    day_t died_on; /* the date of death in force; DAY_NONE: alive */
    struct timeline regions;
    uint8_t membership_count, claim_count, parked_count;
    struct membership memberships[MEMBERSHIPS_MAX];
    struct claim claims[CLAIMS_MAX];  /* in order of filing */
    struct parked parked[PARKED_MAX]; /* in order */
};

/* Prepares an unknown participant: nothing but the id (at most PARTICIPANT_ID_BYTES_MAX bytes). */
void participant_init(struct participant *participant, struct text id);

/* The canonical bytes: the id is not among them (the holder keeps it beside them). Returns the
   length; asserts that `capacity` suffices (PARTICIPANT_BYTES_MAX always does). */
#define PARTICIPANT_BYTES_MAX (512 * 1024)
size_t participant_encode(const struct participant *participant, uint8_t *out, size_t capacity);

/* Unpacks bytes that `participant_encode` may have written. False when they are not canonical bytes
   of this version (torn, foreign, trailing bytes, a count over its limit, not the shortest form).
 */
bool participant_decode(struct participant *participant, struct text id, const uint8_t *bytes,
                        size_t length);

/* True when nothing is kept of it: before its first event, after a decode that failed, and once its
   only parked event was refused (it keeps its number then). */
bool participant_is_empty(const struct participant *participant);

static inline struct text membership_id(const struct membership *membership)
{
    return text_of(membership->id, membership->id_length);
}

static inline struct text claim_id(const struct claim *claim)
{
    return text_of(claim->id, claim->id_length);
}

struct membership *participant_membership(struct participant *participant, struct text id);
struct claim *participant_claim(struct participant *participant, struct text id);

/* 8, 8 and 4 bytes of BLAKE2b-256, read as little-endian numbers; ref_hash is never 0. */
uint64_t
body_hash(const struct event *event); /* type and body, canonical: docs/participant-bytes.md */
uint64_t text_hash(struct text text);
uint32_t ref_hash(struct text payment_ref);
/* Low 6 bytes: of source and id; high 2 bytes: of type and body. */
uint64_t recent_hash(const struct event *event, uint64_t body);
#define RECENT_ID_MASK UINT64_C(0x0000FFFFFFFFFFFF)

/* A sponsor as a timeline value: kind in the low byte, 7 bytes of the hash of `ref` above (0:
 * null). */
int64_t sponsor_value(uint8_t kind, struct text ref);
static inline uint8_t sponsor_kind_of(int64_t value)
{
    return (uint8_t)(value & 0xFF);
}

/* A region as a timeline value: the code, and which membership's enrolment brought it (-1: Moved).
 */
static inline int64_t region_value(uint16_t region, int membership)
{
    return (int64_t)region | (int64_t)(membership + 1) << 16;
}
static inline uint16_t region_of(int64_t value)
{
    return (uint16_t)(value & 0xFFFF);
}

#endif
