/* How a record on the wire lies in a C struct. One table of fields for a record serves the Avro
   reader and writer, JSON, CSV, the check of each field alone and the digest of a body, so that a
   field is described once. The order of a table is the order of events.md and of the Avro schema.
 */
#ifndef JAGA_CORE_FIELD_H
#define JAGA_CORE_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/terms.h"
#include "core/text.h"

/*  kind            C type at `offset`     null is          Avro                     JSON
    FIELD_TEXT      struct text            at == NULL       string                   string
    FIELD_BYTES     struct text            at == NULL       bytes                    base64 string
    FIELD_INT       int64_t                NUMBER_NONE      int                      integer
    FIELD_LONG      int64_t                NUMBER_NONE      long                     integer
    FIELD_DAY       day_t                  DAY_NONE         int (date)               "2024-02-14"
    FIELD_TIME      int64_t                TIME_NONE        long (timestamp-micros)  RFC 3339
    FIELD_MONTH     month_t                MONTH_NONE       int 202402               "2024-02"
    FIELD_TERM      uint8_t                TERM_NONE        enum                     string
    FIELD_NAMED     uint8_t                TERM_NONE        string, from `names`     string
    FIELD_SET       uint32_t (bit a value) –                array of enum            array of
   strings FIELD_FIXED     uint8_t[size]          bool at `present` fixed lower-case hex
    FIELD_RECORD    the struct in place    bool at `present` record                  object
    FIELD_ARRAY     elements in place      –                array of record          array of
   objects
*/
enum field_kind {
    FIELD_TEXT,
    FIELD_BYTES,
    FIELD_INT,
    FIELD_LONG,
    FIELD_DAY,
    FIELD_TIME,
    FIELD_MONTH,
    FIELD_TERM,
    FIELD_NAMED,
    FIELD_SET,
    FIELD_FIXED,
    FIELD_RECORD,
    FIELD_ARRAY,
};

#define NUMBER_NONE INT64_MIN
#define TERM_NONE 254
#define SET_UNKNOWN_BIT (UINT32_C(1) << 30) /* a symbol we do not know was in the set */
#define SET_TWICE_BIT (UINT32_C(1) << 31)   /* a symbol was in the set twice */

enum charset { CHARSET_ANY, CHARSET_ALPHANUMERIC, CHARSET_ID /* [A-Za-z0-9_-] */ };

struct fields;

struct field {
    const char *name;
    enum field_kind kind;
    bool nullable;
    enum charset charset;
    uint16_t offset;   /* within the record's struct */
    uint16_t size;     /* FIELD_FIXED: bytes; FIELD_ARRAY: bytes of one element */
    uint16_t present;  /* nullable FIELD_RECORD or FIELD_FIXED: offset of its bool */
    uint16_t count;    /* FIELD_ARRAY: offset of its uint32_t element count */
    uint16_t capacity; /* FIELD_ARRAY: elements kept; `count` may be larger (seen, not kept) */
    const struct names *names;   /* FIELD_TERM, FIELD_NAMED, FIELD_SET */
    const struct fields *record; /* FIELD_RECORD, FIELD_ARRAY */
    int64_t least, most;         /* numbers: value; texts: bytes of UTF-8; else unused */
};

struct fields {
    const char *title; /* name of the Avro record */
    const struct field *fields;
    uint16_t count;
    uint16_t struct_size;
};

/* Sets every field of the record to null or zero, so that a decoder may leave nullable fields out.
 */
void fields_clear(const struct fields *fields, void *object);

#endif
