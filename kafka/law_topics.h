/* What jaga.rules and jaga.schema say: log identity, bundles, schemas. */
#ifndef JAGA_KAFKA_LAW_TOPICS_H
#define JAGA_KAFKA_LAW_TOPICS_H

#include "core/rules.h"
#include "kafka/publisher.h"
#include "wire/log_record.h"
#include "wire/schemas.h"

#define LOG_ID_BYTES 16
struct log_identity {
    uint8_t log_id[LOG_ID_BYTES];
    int32_t lanes;
};

/* The first record with key `log` of jaga.rules. FATAL "log_missing" when there is none: run jaga
 * init. */
struct error log_identity_read(const struct kafka_settings *settings, struct log_identity *out);
/* What one record of jaga.rules says of it: `*found` false when it is of something else; FATAL
   "log_invalid" when it cannot be read. */
MUST_USE struct error log_identity_take(const struct log_record *record, struct log_identity *out,
                                        bool *found);
/* "log_missing" */
struct error log_identity_missing(void);
struct error log_identity_publish(struct publisher *publisher, const struct log_identity *identity);

/* Rules bundles (key = hash in hex, value = canonical text) in order of their offsets. A `struct
   rules_log` belongs to one thread. */
struct rules_log;
struct error rules_log_open(const struct kafka_settings *settings, struct rules_log **out);
void rules_log_close(struct rules_log *log);
/* For who reads the topic from elsewhere: an empty one (never refreshed), and its records in order
   of offsets. `log` is a struct rules_log. */
struct rules_log *rules_log_make(void);
struct error rules_log_take(void *log, const struct log_record *record);
/* Reads on to the present end; `*through` is then the offset after the last record seen. */
struct error rules_log_refresh(struct rules_log *log, int64_t *through);
/* The last bundle below `through`; FATAL "rules_missing" when none. Borrowed until closed. */
struct error rules_log_at(struct rules_log *log, int64_t through, const struct rules **out);
/* Where that bundle lies; −1: there is none. */
int64_t rules_log_offset(const struct rules_log *log, int64_t through);
/* The bundles met so far, in order; NULL for one that this program cannot read. Borrowed. */
size_t rules_log_count(const struct rules_log *log);
const struct rules *rules_log_bundle(const struct rules_log *log, size_t index);
/* The text of the last bundle on the topic, or of the last whose hash begins with `hash` (hex;
   NULL: any); `*text` is the caller's to free(). FATAL "rules_missing" when there is none. */
MUST_USE struct error rules_text_read(const struct kafka_settings *settings, const char *hash,
                                      char **text, size_t *length);
struct error rules_publish(struct publisher *publisher, const char *text, size_t length);

/* One record of jaga.schema into a struct schemas; a text that is of no use is logged. */
struct error schema_log_take(void *schemas, const struct log_record *record);
/* Reads jaga.schema on from `*from` (0 at first) to its end into `schemas`; moves `*from`. */
struct error schema_log_refresh(const struct kafka_settings *settings, int64_t *from,
                                struct schemas *schemas);
/* Publishes those of jaga's own schemas that the topic lacks. */
struct error schemas_publish(const struct kafka_settings *settings, struct publisher *publisher,
                             unsigned *published);

#endif
