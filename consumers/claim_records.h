/* What the log says of a claim: its decisions and payments, as they lie on the output topics. Found
   by reading jaga.decision and jaga.payment through, which are a small part of a log. */
#ifndef JAGA_CONSUMERS_CLAIM_RECORDS_H
#define JAGA_CONSUMERS_CLAIM_RECORDS_H

#include "replay/log_source.h"

#define CLAIM_OWNERS_MAX 8

struct claim_owner { /* whose a claim is, and where */
    char participant[PARTICIPANT_ID_BYTES_MAX + 1], claim[CLAIM_ID_BYTES_MAX + 1];
    int32_t lane;
};

struct claim_search {
    uint64_t decisions, payments; /* records read */
    uint32_t count;               /* may be larger than what is kept */
    struct claim_owner owners[CLAIM_OWNERS_MAX];
};

/* Everyone who has a claim or a payment with this id; `participant` absent: whoever. */
MUST_USE struct error claim_search(const struct log_source *source, const struct schemas *schemas,
                                   struct text id, struct text participant,
                                   struct claim_search *out);

struct recorded { /* one output record; its texts view `value`, which it owns */
    int64_t offset;
    char *value;
    uint32_t value_length;
    union {
        struct decision decision;
        struct payment payment;
    };
    bool is_recomputed, is_same; /* for who compares */
};

struct claim_records {
    struct recorded *decisions, *payments; /* in order of offsets */
    uint32_t decision_count, payment_count;
    uint32_t decision_capacity, payment_capacity;
};

/* All decisions and payments of one claim. claim_records_clear() frees them, after an error too. */
MUST_USE struct error claim_records_read(const struct log_source *source,
                                         const struct schemas *schemas,
                                         const struct claim_owner *owner,
                                         struct claim_records *out);
void claim_records_clear(struct claim_records *records);

#endif
