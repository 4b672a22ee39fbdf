/* What lies on the output topics of a lane against what a replay puts out: record by record, byte
   by byte, nothing missing, extra, doubled or in another order. */
#ifndef JAGA_REPLAY_OUTPUTS_CHECK_H
#define JAGA_REPLAY_OUTPUTS_CHECK_H

#include "kafka/lane_transaction.h"
#include "replay/difference.h"
#include "replay/log_source.h"

struct outputs_check;

/* The ends of the output topics as they are before the journal is looked at: what lies below them
   has to be in the journal. All 0 for an archive alone, and for a replay that stops before the
   journal's end. */
struct output_ends {
    int64_t end[OUTPUT_KIND_COUNT]; /* by enum output_kind */
};
MUST_USE struct error output_ends_read(const struct log_source *source, int32_t lane,
                                       struct output_ends *out);

/* Opened after the journal's end was taken: what the journal put out is all there by then.
   `schemas` is borrowed and only used to print records. */
MUST_USE struct error outputs_check_open(const struct log_source *source, int32_t lane,
                                         const struct schemas *schemas,
                                         const struct output_ends *ends,
                                         struct outputs_check **out);
void outputs_check_close(struct outputs_check *check); /* accepts NULL */

/* The outputs of one journal record in the order in which they were put out, the journal record
   itself last (not looked at). */
MUST_USE struct error outputs_check_batch(struct outputs_check *check,
                                          const struct outgoing *outgoing, size_t count,
                                          int64_t sequence, struct difference *difference);

/* After the last journal record, `sequence`: nothing may be left but outputs of later records. */
MUST_USE struct error outputs_check_end(struct outputs_check *check, int64_t sequence,
                                        struct difference *difference);
/* The same of each that is left, and their number: the log was in motion when it was looked at. */
MUST_USE struct error outputs_check_behind(struct outputs_check *check, int64_t sequence,
                                           struct difference *difference, uint64_t *count);

/* Outputs compared so far: decisions, payments, exceptions. */
uint64_t outputs_check_count(const struct outputs_check *check, enum output_kind kind);

#endif
