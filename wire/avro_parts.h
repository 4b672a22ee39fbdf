/* The parts of an Avro plan, shared by the files that build it from a schema text (avro_type.c,
   avro_plan.c) and read with it (avro_read.c). */
#ifndef JAGA_WIRE_AVRO_PARTS_H
#define JAGA_WIRE_AVRO_PARTS_H

#include <avro/schema.h>

#include "wire/avro.h"

/* A type of the writer's schema. Named types that refer to each other make this a graph. */
enum wire_kind {
    WIRE_NULL,
    WIRE_BOOLEAN,
    WIRE_INT,
    WIRE_LONG,
    WIRE_FLOAT,
    WIRE_DOUBLE,
    WIRE_BYTES,
    WIRE_STRING,
    WIRE_ENUM,
    WIRE_FIXED,
    WIRE_RECORD,
    WIRE_ARRAY,
    WIRE_MAP,
    WIRE_UNION,
};

struct avro_type {
    enum wire_kind kind;
    bool is_empty;  /* no value of it takes a byte */
    int64_t size;   /* WIRE_FIXED: bytes; WIRE_ENUM: symbols */
    uint32_t count; /* children: fields, branches, or the one item */
    struct avro_type **children;
    avro_schema_t schema; /* borrowed from the plan's */
};

struct avro_types {
    avro_schema_t schema; /* keeps the names alive */
    struct avro_type **all;
    uint32_t count, capacity;
};

/* The root type, or NULL and `error` set. avro_types_clear() is due in either case. */
struct avro_type *avro_types_parse(struct avro_types *types, const char *text, size_t length,
                                   struct error *error);
void avro_types_clear(struct avro_types *types);
const char *avro_type_field_name(const struct avro_type *record, uint32_t index);
const char *avro_type_word(const struct avro_type *type); /* "string", for messages */

/* What to do with one field of the writer's record. */
enum avro_action {
    ACTION_SKIP,
    ACTION_TEXT,
    ACTION_BYTES,
    ACTION_NUMBER,
    ACTION_DAY,
    ACTION_TIME,
    ACTION_MONTH,
    ACTION_TERM,
    ACTION_NAMED,
    ACTION_SET,
    ACTION_FIXED,
    ACTION_RECORD,
    ACTION_ARRAY,
    ACTION_VARIANT,
};

struct avro_record;

struct avro_step {
    enum avro_action action;
    bool is_int;         /* the writer's number is an int: 32 bits */
    bool is_union;       /* a union of at most two branches comes first */
    uint8_t null_branch; /* of the union; NO_BRANCH: it has none */
    uint8_t branches;
    const struct field *field;    /* ours; NULL: skipped, or the variant */
    struct fields alone;          /* ours as a table of one, for setting it to null */
    const struct avro_type *type; /* the writer's, without the union */
    const char *name;
    uint8_t *symbols;              /* ACTION_TERM, ACTION_SET: our value by the writer's index */
    uint32_t count;                /* how many symbols, or variants of the union */
    struct avro_record *record;    /* ACTION_RECORD, ACTION_ARRAY */
    struct avro_record **variants; /* ACTION_VARIANT: by the writer's branch; NULL: unknown */
    unsigned *variant_numbers;
};
#define NO_BRANCH 255

struct avro_record {
    struct avro_step *steps; /* in the writer's order */
    uint32_t step_count;
    struct field *missing_fields;
    struct fields missing; /* ours that the writer does not have: set to null */
};

struct avro_plan {
    struct avro_types types;
    struct avro_record *root;
};

#endif
