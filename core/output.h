/* What the core puts out for one event or timer: decisions, payments and exceptions in order, and
   additions to the tallies. Plain data; texts are views on the event, the participant or the rules,
   good until one of them is touched again. */
#ifndef JAGA_CORE_OUTPUT_H
#define JAGA_CORE_OUTPUT_H

#include "core/event.h"

#define DIGEST_BYTES 32
#define LINES_OUT_MAX 6
#define PAYMENT_ID_BYTES 20
#define DETAIL_BYTES_MAX 320
#define ORIGINAL_BYTES_MAX 1024
#define SOURCE_OTHER "(other)" /* in counts: sources beyond those counted apart */

/* First fields of every output. The core fills `now`, `input_present` and `input`; the lane fills
   `lane` and `sequence`. */
struct output_head {
    int64_t lane, sequence;
    int64_t now;
    bool input_present;
    struct place input;
};

struct benefit_line {
    uint8_t component;
    int64_t amount_idr;
    struct text rule; /* id of the row of law */
};

struct facts {
    int64_t wage_idr;           /* NUMBER_NONE: null */
    day_t cover_from, cover_to; /* the cover's start and end; DAY_NONE: null (no cover, open end) */
    int64_t tenure_days;        /* NUMBER_NONE: null */
    int64_t months_paid;
    month_t paid_through; /* MONTH_NONE: null */
};

struct decision {
    struct output_head head;
    struct text claim_id;
    int64_t revision;
    struct text participant_id, membership_id;
    uint8_t programme, claim_type, verdict, reason;
    day_t event_on;
    uint32_t line_count;
    struct benefit_line lines[LINES_OUT_MAX];
    int64_t total_idr;
    bool facts_present;
    struct facts facts;
    day_t due_on;
    uint8_t rules[DIGEST_BYTES];
};

struct payment {
    struct output_head head;
    char payment_id_bytes[PAYMENT_ID_BYTES]; /* what payment_id views after outputs_settle() */
    struct text payment_id;
    struct text claim_id;
    int64_t revision;
    struct text participant_id, membership_id;
    uint8_t programme;
    struct text payee_ref;
    int64_t amount_idr;
    uint32_t line_count;
    struct benefit_line lines[LINES_OUT_MAX];
    struct text channel;
    day_t due_on;
};

struct exception {
    struct output_head head;
    uint8_t code, severity;
    char detail_bytes[DETAIL_BYTES_MAX];
    uint32_t detail_length;
    struct text detail; /* views detail_bytes */
    struct text source, id, participant_id, type;
    struct text key, value; /* the lane fills these from the record, only when REJECTED */
    int64_t value_length;   /* NUMBER_NONE: null */
    bool value_digest_present;
    uint8_t value_digest[DIGEST_BYTES];
    bool original_wanted; /* REJECTED and the record is at hand (not a parked event) */
};

extern const struct fields decision_fields, payment_fields, exception_fields;

enum output_kind { OUTPUT_DECISION, OUTPUT_PAYMENT, OUTPUT_EXCEPTION };
#define OUTPUT_KIND_COUNT 3

struct output {
    enum output_kind kind;
    union {
        struct decision decision;
        struct payment payment;
        struct exception exception;
    };
};

/* An addition to a tally of events (rules.md, Measures), fixed when the event is applied. */
enum tally_kind { TALLY_CONTRIBUTIONS_IDR, TALLY_EXTERNAL_IDR, TALLY_BATCH };

struct tally_change {
    enum tally_kind kind;
    uint16_t region;      /* the two of money */
    uint8_t programme;    /* TALLY_CONTRIBUTIONS_IDR */
    struct text batch_id; /* TALLY_BATCH: applied, refused and money are additions */
    int64_t applied, refused;
    int64_t amount_idr;
};

/* One event: at most 9 rounds of judging (itself and 8 parked events), 64 claims, five changes of a
   claim in a round since every change but the first needs another claim to become final in one of
   four ways; two payments for each claim that is approved; and the findings. */
#define EVENT_DECISIONS_MAX (9 * 64 * 5)
#define EVENT_PAYMENTS_MAX (64 * 2)
#define EVENT_EXCEPTIONS_MAX (64 + 9 * 4)
#define EVENT_OUTPUTS_MAX (EVENT_DECISIONS_MAX + EVENT_PAYMENTS_MAX + EVENT_EXCEPTIONS_MAX)
#define EVENT_TALLIES_MAX (9 * 8)

struct outputs {
    int64_t now;        /* the clock at this event or timer */
    bool input_present; /* false: a timer */
    struct place input; /* copied into each output's head; a parked event sets its own for a time */
    uint32_t count;
    uint32_t tally_count;
    uint32_t applied, duplicates, rejected; /* as in the journal */
    struct output items[EVENT_OUTPUTS_MAX];
    struct tally_change tallies[EVENT_TALLIES_MAX];
};

/* Empties `outputs` for the next event at `now`; `input` NULL for a timer. */
void outputs_reset(struct outputs *outputs, int64_t now, const struct place *input);

/* Append one, head filled, everything else null or zero; assert that there is room. */
struct decision *outputs_decision(struct outputs *outputs);
struct payment *outputs_payment(struct outputs *outputs);
struct exception *outputs_exception(struct outputs *outputs, enum exception_code code);
struct tally_change *outputs_tally(struct outputs *outputs, enum tally_kind kind);

/* Append ` field=value` pairs to a detail; what does not fit is cut at a pair. In a text every byte
   outside [A-Za-z0-9_.:/+-] is printed as %XX, and a text is cut after 64 bytes. */
void detail_text(struct exception *exception, const char *field, struct text value);
void detail_number(struct exception *exception, const char *field, int64_t value);
void detail_day(struct exception *exception, const char *field, day_t value);
void detail_month(struct exception *exception, const char *field, month_t value);

#endif
