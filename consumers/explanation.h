/* One claim explained: what the log says of it, the same computed again from the events, the tests
   of its last decision, the events and rows of law these rest on, and what became of its payments.
 */
#ifndef JAGA_CONSUMERS_EXPLANATION_H
#define JAGA_CONSUMERS_EXPLANATION_H

#include <stdio.h>

#include "consumers/claim_records.h"
#include "replay/participant_log.h"
#include "wire/rules_article.h"

#define EXPLAINED_RULES_MAX 32
#define DIFFERENCE_BYTES 400

/* A text that is written while the events go by and printed later. */
struct memory_text {
    FILE *stream;
    char *at;
    size_t length;
};

struct explained_rule {
    char id[RULE_ID_BYTES_MAX + 1];
    bool is_found;
    struct rules_article article; /* views the bundle */
};

struct explanation {
    const struct log_source *source;
    bool json;
    struct claim_owner owner;
    struct claim_records records;
    const struct recorded *last; /* the decision with the highest revision */

    /* Filled while the events go by. */
    bool is_decided;                       /* the last decision was met */
    bool ladder_decides;                   /* its tests come to it; else a review, a cancellation or
                                              a deadline closed the claim */
    char closed_by[64];                    /* the type of the event that did, or "deadline" */
    struct memory_text tests, events;      /* JSON: elements of an array; text: lines */
    struct memory_text states[PAYEES_MAX]; /* by records.payments */
    uint32_t event_count, state_counts[PAYEES_MAX], test_count;
    char difference[DIFFERENCE_BYTES]; /* empty: what was computed again is what is recorded */
    struct participant_log_result result;

    /* The law of the last decision. */
    char *bundle; /* owned; NULL: it is not on jaga.rules */
    size_t bundle_length;
    uint32_t rule_count;
    struct explained_rule rules[EXPLAINED_RULES_MAX];
};

/* Reads everything; `explanation->source`, `json` and `owner` are set. explanation_clear() frees
   it, after an error too. */
MUST_USE struct error explanation_make(struct explanation *explanation,
                                       const struct schemas *schemas, uint32_t input_bytes_max);
void explanation_clear(struct explanation *explanation);

/* One JSON object without a line end, or a page of text. */
void explanation_print_json(FILE *out, const struct explanation *explanation);
void explanation_print_text(FILE *out, const struct explanation *explanation);

#endif
