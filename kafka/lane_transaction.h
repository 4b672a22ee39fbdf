/* The one commit point: outputs and the journal record of a batch in one Kafka transaction. One
   thread owns it. The transactional.id is derived from group id, journal topic name and lane. */
#ifndef JAGA_KAFKA_LANE_TRANSACTION_H
#define JAGA_KAFKA_LANE_TRANSACTION_H

#include "kafka/kafka.h"

struct lane_transaction;

/* Opens the producer and fences every earlier one (init_transactions); queries the metadata of the
   output topics so that the first transaction does not wait. */
struct error lane_transaction_open(const struct kafka_settings *settings, int32_t lane,
                                   uint32_t commit_deadline_ms, struct lane_transaction **out);
/* Destroys the producer; an open transaction is aborted by the next opening. Accepts NULL. */
void lane_transaction_close(struct lane_transaction *transaction);

struct outgoing {
    enum topic topic; /* TOPIC_DECISION, TOPIC_PAYMENT, TOPIC_EXCEPTION, and last TOPIC_JOURNAL */
    struct text key, value; /* key absent: null */
    int64_t timestamp_ms;
    const char
        *error_class; /* TOPIC_EXCEPTION: code for the __connect.errors.* headers; else NULL */
    struct text error_message; /* detail */
    struct text error_topic;   /* the input's place, absent for a timer */
    int64_t error_partition, error_offset;
};

/* Begins, produces all `count` records (the journal record last), flushes, checks that every
   produce call and every delivery report succeeded and that the journal record got
   `journal_offset`, and commits. On success `*journal_offset` is the offset the next journal record
   must get (this one + 2). An abortable failure is aborted and the same bytes are sent again inside
   (bounded times, growing back-off; the end of the journal is asked again after an abort). Errors:
   FENCED  "fenced"          another process uses this transactional id
   FENCED  "second_writer"   the journal record got another offset: aborted
   FENCED  "commit_unknown"  no answer until the deadline: open the lane anew
   RETRY   "transaction_failed"  anything else of the cluster: open the lane anew
   FATAL   "output_refused"  a record is refused for what it is (too large): a bug or a setting */
struct error lane_transaction_commit(struct lane_transaction *transaction,
                                     const struct outgoing *records, size_t count,
                                     int64_t *journal_offset);

/* Transactions that were begun and not committed, since the opening. */
uint64_t lane_transaction_aborts(const struct lane_transaction *transaction);

#endif
