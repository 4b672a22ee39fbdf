/* The journal partition of a lane: its tail when a lane is opened, and its records for redo. */
#ifndef JAGA_KAFKA_JOURNAL_H
#define JAGA_KAFKA_JOURNAL_H

#include "kafka/kafka.h"
#include "wire/journal_record.h"

struct journal_tail {
    bool empty;                   /* nothing was ever committed */
    int64_t offset;               /* of the last record */
    int64_t end;                  /* stable end: the offset the next record gets */
    struct journal_record record; /* the last one, chain verified */
};

/* After the fence: waits until stable end = end, reads the last record (docs/architecture.md,
   Recovery). FATAL "journal_invalid" when it cannot be read, "journal_removed" when records are
   gone from its start or under the tail. */
struct error journal_tail_read(const struct kafka_settings *settings, int32_t lane,
                               struct journal_tail *out);

/* The last record below `end`, a stable end, without waiting for a transaction that is open; `end`
   of `*out` is it. FATAL "journal_invalid". */
struct error journal_last_read(const struct kafka_settings *settings, int32_t lane, int64_t end,
                               struct journal_tail *out);

/* The records from `offset` on, in order, chain verified record by record. */
struct journal_reader;
struct error journal_reader_open(const struct kafka_settings *settings, int32_t lane,
                                 int64_t offset, struct journal_reader **out);
void journal_reader_close(struct journal_reader *reader);
/* `*at_end` when the stable end is reached. `*offset` is where the record lies. */
struct error journal_reader_next(struct journal_reader *reader, struct journal_record *record,
                                 int64_t *offset, bool *at_end);

#endif
