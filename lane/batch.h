/* One batch: what was taken, what it put out, and what the journal will say of it. The outputs lie
   encoded in an arena until the transaction is committed, so that the same bytes can be sent again.
 */
#ifndef JAGA_LANE_BATCH_H
#define JAGA_LANE_BATCH_H

#include "core/output.h"
#include "kafka/lane_input.h"
#include "kafka/lane_transaction.h"
#include "wire/buffer.h"
#include "wire/digest.h"
#include "wire/journal_record.h"

#define BATCH_EVENTS_MOST 65536
#define BATCH_OUTPUTS_MAX (BATCH_EVENTS_MOST + 2 * EVENT_OUTPUTS_MAX)
/* An exception holds two originals of 1 KiB; a decision's and a payment's texts are at most 64
   bytes each with six lines. */
#define OUTPUT_BYTES_MAX 4096
#define DECISION_BYTES_MAX 1536
#define EVENT_OUTPUT_BYTES_MAX                                                                     \
    ((EVENT_DECISIONS_MAX + EVENT_PAYMENTS_MAX) * DECISION_BYTES_MAX +                             \
     EVENT_EXCEPTIONS_MAX * OUTPUT_BYTES_MAX)
#define ARENA_BYTES (24 * 1024 * 1024)

struct batch;

/* What became of an event, as the journal counts it; one that is parked is none of the others until
   it is settled. */
enum event_outcome { EVENT_APPLIED, EVENT_DUPLICATE, EVENT_REJECTED, EVENT_PARKED };
#define EVENT_OUTCOME_COUNT 4

/* Of one batch, for who looks on; the journal has sums. */
struct batch_counts {
    uint32_t events[INPUT_TOPIC_COUNT][EVENT_OUTCOME_COUNT]; /* each record once */
    uint32_t settled[EVENT_OUTCOME_COUNT]; /* events parked before, by what became of them */
    uint32_t exceptions[EXCEPTION_CODE_COUNT];
    uint32_t decisions[PROGRAMME_COUNT][VERDICT_COUNT];
    uint32_t payments[PROGRAMME_COUNT];
    int64_t paid_idr[PROGRAMME_COUNT];
};

struct batch *batch_open(void);
void batch_close(struct batch *batch); /* accepts NULL */

/* Empties the batch for the journal record `sequence` of `lane`; each range begins at `next`. */
void batch_begin(struct batch *batch, int32_t lane, int64_t sequence,
                 const int64_t next[INPUT_TOPIC_COUNT],
                 const uint8_t last_digests[INPUT_TOPIC_COUNT][DIGEST_BYTES]);

/* True while the worst event still fits. */
bool batch_has_room(const struct batch *batch);
bool batch_is_empty(const struct batch *batch); /* neither a record nor a timer */
uint32_t batch_records(const struct batch *batch);
const struct batch_counts *batch_counts_of(const struct batch *batch);

/* Notes a record as taken and applied next: ranges and digests. */
void batch_take(struct batch *batch, const struct input_record *record);

/* Encodes what one event or timer put out, and adds its counts. `record` NULL for a timer. */
void batch_put(struct batch *batch, struct outputs *outputs, const struct input_record *record);
void batch_note_timer(struct batch *batch);
uint32_t batch_timers(const struct batch *batch);

/* Fills the journal body's fields that the batch knows (ranges, digests, counts, outputs_root). */
void batch_seal(struct batch *batch, struct journal_body *body);

/* The outputs and the sealed journal record as what a transaction sends: decisions, payments and
   exceptions each in order, the journal record last. Valid until the next batch_begin. */
const struct outgoing *batch_outgoing(struct batch *batch, const struct journal_record *record,
                                      size_t *count);

/* Called with each output, complete, just before it is encoded (`jaga try` prints it). */
typedef void (*output_seen)(void *context, const struct output *output);
void batch_observe(struct batch *batch, output_seen seen, void *context);

#endif
