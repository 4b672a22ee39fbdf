/* The topics of one log: read from Kafka, from an archive, or the old part from the archive and the
   rest from Kafka. A source is shared and never changes; a stream belongs to one thread. */
#ifndef JAGA_REPLAY_LOG_SOURCE_H
#define JAGA_REPLAY_LOG_SOURCE_H

#include "kafka/law_topics.h"
#include "wire/log_record.h"

struct log_source;

/* `kafka` NULL: the archive alone. `archive` NULL: the topics alone. With both, what the archive
   holds is read from it; another log there than on jaga.rules is FATAL "archive_of_another_log". */
MUST_USE struct error log_source_open(const struct kafka_settings *kafka, const char *archive,
                                      struct log_source **out);
void log_source_close(struct log_source *source); /* accepts NULL */

const struct log_identity *log_source_identity(const struct log_source *source);
/* "jaga.payment" */
const char *log_source_topic(const struct log_source *source, enum topic topic);

/* Every record of a topic with one partition, as far as `take` takes them without an error; all
   bundles of jaga.rules and all schemas of jaga.schema (each with its offset). A rules_log
   belongs to one thread. */
typedef struct error (*log_source_taken)(void *context, const struct log_record *record);
MUST_USE struct error log_source_take_all(const struct log_source *source, enum topic topic,
                                          log_source_taken take, void *context);
MUST_USE struct error log_source_rules(const struct log_source *source, struct rules_log **out);
MUST_USE struct error log_source_schemas(const struct log_source *source, struct schemas *schemas);

/* First offset there is, and the end (from Kafka the stable one). */
MUST_USE struct error log_source_bounds(const struct log_source *source, enum topic topic,
                                        int32_t partition, int64_t *low, int64_t *end);
/* The same once no transaction is open on the partition: what was committed before is all below the
   end. */
MUST_USE struct error log_source_settled_bounds(const struct log_source *source, enum topic topic,
                                                int32_t partition, int64_t *low, int64_t *end);
/* The records of a key in the archive's files, told in order of offsets as the indexes beside them
   say (another key may be among them). `*through`: every record of the key below this offset was
   told; what lies behind has to be read. It is the partition's first offset without an archive, and
   a file without a good index ends it. What `found` returns ends the search. */
typedef struct error (*log_offset_found)(void *context, int64_t offset);
MUST_USE struct error log_source_find_key(const struct log_source *source, enum topic topic,
                                          int32_t partition, struct text key,
                                          log_offset_found found, void *context, int64_t *through);

/* Reads the archive's files of a lane, and those of rules and schemas, to their ends: FATAL
   "archive_damaged" when one is not what the manifest says. Nothing to do without an archive. */
MUST_USE struct error log_source_check_archive(const struct log_source *source, int32_t lane);
/* False: an archive alone. */
bool log_source_has_topics(const struct log_source *source);

/* The records of a partition from offset `from` on and below `end`, in order. */
struct log_stream;
MUST_USE struct error log_stream_open(const struct log_source *source, enum topic topic,
                                      int32_t partition, int64_t from, int64_t end,
                                      struct log_stream **out);
void log_stream_close(struct log_stream *stream); /* accepts NULL */
/* The record at the front, which stays there: NULL when all were taken. A view until
   log_stream_take. */
MUST_USE struct error log_stream_front(struct log_stream *stream, const struct log_record **record);
void log_stream_take(struct log_stream *stream);

#endif
