/* The closed lists of the contract: each term once, with its name on the wire. The numbers are part
   of the canonical participant bytes: add at the end, never renumber. */
#ifndef JAGA_CORE_TERMS_H
#define JAGA_CORE_TERMS_H

#include <stdint.h>

#include "core/text.h"

/* What a decoder stores for a symbol we do not know; the field check reports it as INVALID_FIELD.
 */
#define TERM_UNKNOWN 255

struct names {
    const char *title; /* name of the Avro enum, e.g. "Programme" */
    const char *const *names;
    uint8_t count;
};

enum programme { JKK, JKM, JHT, JP, JKP };
#define PROGRAMME_COUNT 5

enum segment { PU, PU_STATE, BPU, JAKON, PMI };
#define SEGMENT_COUNT 5

enum sponsor_kind {
    SPONSOR_SELF,
    SPONSOR_EMPLOYER,
    SPONSOR_APBN,
    SPONSOR_APBD_PROV,
    SPONSOR_APBD_KABKOTA,
    SPONSOR_APBDES,
    SPONSOR_NPHD,
    SPONSOR_CSR,
    SPONSOR_SERTAKAN,
    SPONSOR_JAGA_SALIRA,
    SPONSOR_KORPRI,
};
#define SPONSOR_KIND_COUNT 11

enum end_reason {
    END_RESIGNED,
    END_DISMISSED,
    END_DUTY_ENDED,
    END_PROJECT_ENDED,
    END_RETIRED,
    END_SPONSORSHIP_ENDED,
    END_OTHER,
};
#define END_REASON_COUNT 7

enum evidence { EVIDENCE_CIVIL_REGISTRY, EVIDENCE_HOSPITAL, EVIDENCE_EMPLOYER, EVIDENCE_FAMILY };
#define EVIDENCE_COUNT 4

enum cause {
    CAUSE_ILLNESS,
    CAUSE_NON_WORK_ACCIDENT,
    CAUSE_WORK_ACCIDENT,
    CAUSE_COMMUTE_ACCIDENT,
    CAUSE_DUTY_TRAVEL,
    CAUSE_OCCUPATIONAL_DISEASE,
    CAUSE_SUDDEN_DEATH_AT_WORK,
    CAUSE_UNKNOWN,
};
#define CAUSE_COUNT 8

enum heir_rank {
    HEIR_SPOUSE,
    HEIR_CHILD,
    HEIR_PARENT,
    HEIR_DESCENDANT,
    HEIR_SIBLING,
    HEIR_PARENT_IN_LAW,
    HEIR_TESTAMENT,
    HEIR_NONE,
};
#define HEIR_RANK_COUNT 8

enum disability_kind {
    DISABILITY_NONE,
    DISABILITY_PARTIAL_ANATOMICAL,
    DISABILITY_PARTIAL_FUNCTIONAL,
    DISABILITY_TOTAL,
};
#define DISABILITY_KIND_COUNT 4

enum transport_mode { TRANSPORT_LAND, TRANSPORT_SEA, TRANSPORT_AIR };
#define TRANSPORT_MODE_COUNT 3

enum school_level { LEVEL_TK_SD, LEVEL_SMP, LEVEL_SMA, LEVEL_TERTIARY };
#define SCHOOL_LEVEL_COUNT 4

enum review_verdict { REVIEW_APPROVE, REVIEW_REJECT };
#define REVIEW_VERDICT_COUNT 2

enum payment_status {
    STATUS_INSTRUCTED,
    STATUS_ACCEPTED,
    STATUS_SETTLED,
    STATUS_RECONCILED,
    STATUS_REJECTED,
    STATUS_RETURNED,
    STATUS_UNKNOWN,
};
#define PAYMENT_STATUS_COUNT 7

enum base_kind { BASE_POPULATION, BASE_LABOUR_FORCE, BASE_WORKERS, BASE_ELIGIBLE, BASE_VULNERABLE };
#define BASE_KIND_COUNT 5

enum claim_type { CLAIM_DEATH, CLAIM_INJURY, CLAIM_SCHOLARSHIP, CLAIM_JOB_LOSS };
#define CLAIM_TYPE_COUNT 4

enum verdict { APPROVED, REJECTED, HELD, WAITING };
#define VERDICT_COUNT 4

/* Reasons of decisions (an open list on the wire: a string there). */
enum reason {
    REASON_OK,
    REASON_MEMBERSHIP_UNKNOWN,
    REASON_VOIDED,
    REASON_ALREADY_PAID,
    REASON_SAME_ACCIDENT,
    REASON_CAUSE_UNKNOWN,
    REASON_NOT_WORK_RELATED,
    REASON_DEATH_DATE_CONFLICT,
    REASON_EXPIRED,
    REASON_BEFORE_COVER,
    REASON_RECORDED_AFTER_EVENT,
    REASON_LAPSED,
    REASON_COVER_ENDED,
    REASON_PROGRAMME_NOT_HELD,
    REASON_NO_CONTRIBUTION,
    REASON_IN_GRACE,
    REASON_EMPLOYER_PAYS_FIRST,
    REASON_MIXED_PROGRAMMES,
    REASON_HEIR_UNKNOWN,
    REASON_DOCUMENTS_MISSING,
    REASON_ABOVE_AUTO_LIMIT,
    REASON_REVIEW_REJECTED,
    REASON_CANCELLED,
    REASON_NOT_AUTOMATED,
    REASON_PARENT_UNKNOWN,
    REASON_PARENT_OPEN,
    REASON_PARENT_NOT_APPROVED,
    REASON_TOO_FEW_MONTHS,
    REASON_CHILD_TOO_OLD,
    REASON_SCHOLARSHIP_LIMIT,
    REASON_NOT_DISMISSED,
};
#define REASON_COUNT 31

/* Components of a benefit, in the order of rules.md. */
enum component {
    COMPONENT_LUMP,
    COMPONENT_DEATH,
    COMPONENT_DISABILITY,
    COMPONENT_PERIODIC,
    COMPONENT_BURIAL,
    COMPONENT_INABILITY,
    COMPONENT_TRANSPORT,
    COMPONENT_TREATMENT,
    COMPONENT_HOME_CARE,
    COMPONENT_SCHOLARSHIP,
    COMPONENT_CASH,
};
#define COMPONENT_COUNT 11

enum severity { SEVERITY_FINDING, SEVERITY_REJECTED };
#define SEVERITY_COUNT 2

/* Exception codes (a string on the wire). The findings come first. */
enum exception_code {
    EXCEPTION_PARKED,
    EXCEPTION_UNDERPAID,
    EXCEPTION_OVERPAID,
    EXCEPTION_BACKDATED,
    EXCEPTION_STATUS_OUT_OF_ORDER,
    EXCEPTION_APPROVED_CLAIM_CONTRADICTED,
    EXCEPTION_MALFORMED,
    EXCEPTION_UNKNOWN_SCHEMA,
    EXCEPTION_KEY_MISMATCH,
    EXCEPTION_PARTITION_MISMATCH,
    EXCEPTION_INVALID_FIELD,
    EXCEPTION_EVENT_CONFLICT,
    EXCEPTION_MEMBERSHIP_UNKNOWN,
    EXCEPTION_MEMBERSHIP_EXISTS,
    EXCEPTION_UNKNOWN_CATEGORY,
    EXCEPTION_UNKNOWN_REGION,
    EXCEPTION_INTERVAL_INVALID,
    EXCEPTION_AGE_LIMIT,
    EXCEPTION_TOO_MANY,
    EXCEPTION_MEMBERSHIP_LAPSED,
    EXCEPTION_MONTH_ALREADY_PAID,
    EXCEPTION_MONTH_NOT_PAID,
    EXCEPTION_DEATH_DATE_CONFLICT,
    EXCEPTION_CLAIM_UNKNOWN,
    EXCEPTION_CLAIM_CLOSED,
    EXCEPTION_REVIEW_NOT_NEEDED,
    EXCEPTION_SAME_REVIEWER,
    EXCEPTION_CANNOT_OVERRULE,
    EXCEPTION_PAYMENT_UNKNOWN,
};
#define EXCEPTION_CODE_COUNT 29
#define EXCEPTION_FINDING_COUNT 6
#define EXCEPTION_CODE_BYTES_MAX 32 /* of a name */

enum clock_mode { CLOCK_WALL, CLOCK_EVENTS };
#define CLOCK_MODE_COUNT 2

extern const struct names programme_names, segment_names, sponsor_kind_names, end_reason_names,
    evidence_names, cause_names, heir_rank_names, disability_kind_names, transport_mode_names,
    school_level_names, review_verdict_names, payment_status_names, base_kind_names,
    claim_type_names, verdict_names, reason_names, component_names, severity_names,
    exception_code_names, clock_mode_names;

/* The name of a value that is in the list; asserts that it is. */
const char *term_name(const struct names *names, unsigned value);
struct text term_text(const struct names *names, unsigned value);

/* The value with this name, or TERM_UNKNOWN. */
uint8_t term_find(const struct names *names, struct text name);

#endif
