/* The schemas records were written with, by id; one set for each lane, never shared between
   threads. A schema counts from its place on jaga.schema on, so that redo sees what the lane saw.
 */
#ifndef JAGA_WIRE_SCHEMAS_H
#define JAGA_WIRE_SCHEMAS_H

#include "core/output.h"
#include "support/error.h"
#include "wire/avro.h"

/* The records of the contract, in the order of jaga's own schema ids 1–10; the first five are
   events, by topic as in event_topic(). */
enum record_kind {
    RECORD_ENROLLMENT,
    RECORD_CONTRIBUTION,
    RECORD_CLAIM,
    RECORD_PAYMENT_STATUS,
    RECORD_REFERENCE,
    RECORD_DECISION,
    RECORD_PAYMENT,
    RECORD_EXCEPTION,
    RECORD_JOURNAL,
    RECORD_CHECKPOINT,
};
#define RECORD_KIND_COUNT 10
#define SCHEMA_TEXT_BYTES_MAX (256 * 1024)

struct schemas;

struct schema {
    int32_t id;
    int64_t offset;               /* on jaga.schema */
    int record;                   /* enum record_kind, or −1: another's schema, or unusable */
    struct avro_plan *plan;       /* NULL when `record` is −1 */
    uint8_t digest[DIGEST_BYTES]; /* of the text */
};

struct schemas *schemas_open(void);
void schemas_close(struct schemas *schemas); /* accepts NULL */

/* Takes the schema met at `offset` (call in order of offsets). The first text of an id stands. The
   errors are news for a log, not a reason to stop, since anyone may publish a bad text; the set is
   good after each: USAGE "schema_conflict" (another text for a known id: ignored), USAGE
   "schema_unusable" (it is not one of ours or does not fit: its records are MALFORMED). */
struct error schemas_add(struct schemas *schemas, int32_t id, const char *text, size_t length,
                         int64_t offset);

/* Adds jaga's own as if they lay at `offset` (`jaga try`, files, tests). */
void schemas_add_own(struct schemas *schemas, int64_t offset);

/* Only a schema whose offset is below `through`; NULL when there is none. */
const struct schema *schemas_find(const struct schemas *schemas, int32_t id, int64_t through);

/* jaga's own schemas: id 1–10, the text of schemas/<topic>.avsc without white space, its topic
   without the prefix ("payment-status") and the Avro name ("PaymentStatusEvent"). */
int32_t schema_own_id(enum record_kind record);
struct text schema_own_text(enum record_kind record);
const char *record_title(enum record_kind record);
const char *record_topic(enum record_kind record);

/* The field table of what jaga itself writes (RECORD_DECISION … RECORD_CHECKPOINT). */
const struct fields *record_fields(enum record_kind record);

/* Confluent framing: byte 0, schema id as 4 bytes big-endian, then the payload. False when `value`
   is absent, too short or begins with another byte. */
#define FRAMING_BYTES 5
bool framing_read(struct text value, int32_t *id, struct text *payload);
void framing_write(struct buffer *out, int32_t id);

#endif
