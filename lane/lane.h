/* A lane at work: partition n of every topic and all that is derived from it, in one thread of its
   own. It opens (docs/architecture.md, Recovery), applies batch after batch, commits each in one
   Kafka transaction and shows the result in Redis. Every trouble is handled by opening it anew. */
#ifndef JAGA_LANE_LANE_H
#define JAGA_LANE_LANE_H

#include "kafka/law_topics.h"
#include "lane/lane_metrics.h"
#include "store/lane_store.h"

struct lane;

struct lane_options { /* borrowed until lane_stop returned */
    const struct kafka_settings *kafka;
    const struct redis_settings *redis;
    struct log_identity identity;
    int32_t lane;
    struct lane_metrics *metrics; /* written from lane_start to lane_join */
    enum clock_mode clock;
    uint32_t batch_events_max, batch_wait_ms, view_flush_ms, schema_wait_ms, commit_deadline_ms;
    bool drain;    /* end when all input that was there is applied */
    int64_t until; /* with drain: then move the clock to here (TIME_NONE: leave it) */
};

/* Starts the thread. */
struct error lane_start(const struct lane_options *options, struct lane **out);

/* Asks the lane to end: the batch in hand is committed or abandoned, the view flushed. `at_once`:
   the lane is lost to another owner, nothing more is written. */
void lane_ask_to_stop(struct lane *lane, bool at_once);
/* A rebalance took the lane and may give it back: the batch in hand is committed, the view flushed,
   and the memory kept. A lane that was still opening is dropped, to be opened anew. LANE_PAUSED
   tells when it is done. After lane_resume it goes on if the journal still ends where it left it,
   else opens anew. */
void lane_ask_to_pause(struct lane *lane);
void lane_resume(struct lane *lane);

enum lane_phase {
    LANE_OPENING,
    LANE_RUNNING,
    LANE_PAUSED, /* its thread works or waits */
    LANE_DRAINED,
    LANE_ENDED,
    LANE_FAILED, /* its thread has ended */
};

struct lane_report { /* a snapshot, for logs and positions */
    enum lane_phase phase;
    struct error error; /* LANE_FAILED: why it stopped for good */
    int64_t sequence;   /* of the last committed batch, also one of an earlier owner */
    int64_t next[INPUT_TOPIC_COUNT];
    uint64_t applied, participants;
    size_t memory_bytes; /* of the participant table */
};
void lane_read_report(struct lane *lane, struct lane_report *out);

/* Waits for the thread and frees the lane; `last` is how and where it ended. */
void lane_join(struct lane *lane, struct lane_report *last);

#endif
