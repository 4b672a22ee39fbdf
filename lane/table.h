/* The participants of a lane in memory: each as its canonical bytes, numbered from 0 in order of
   first appearance. Bytes lie in segments of 1 MiB, newest last; when more than a sixth is dead,
   the emptiest segment is copied out and used again. This is the one place that allocates while a
   lane runs: it grows by a segment, or doubles its index. Out of memory ends the process (an
   assertion). */
#ifndef JAGA_LANE_TABLE_H
#define JAGA_LANE_TABLE_H

#include "core/text.h"

#define PARTICIPANT_NUMBER_NONE UINT32_MAX
#define TERM_BYTES 32 /* of the state digest */

struct table;

struct table *table_open(void);
void table_close(struct table *table); /* accepts NULL */
uint32_t table_count(const struct table *table);

/* PARTICIPANT_NUMBER_NONE when the id is not known. */
uint32_t table_find(const struct table *table, struct text id);

/* Views, good until the next table_put. */
struct text table_id(const struct table *table, uint32_t number);
struct text table_bytes(const struct table *table, uint32_t number);
/* The participant's term of the state digest, kept beside its bytes: hashing them again to subtract
   it would cost more than its 32 bytes. */
const uint8_t *table_term(const struct table *table, uint32_t number);

/* Adds an id that table_find does not know; returns its number. */
uint32_t table_add(struct table *table, struct text id, struct text bytes,
                   const uint8_t term[TERM_BYTES]);
/* Replaces the bytes of a participant and their term. Neither may be a view of the table. */
void table_put(struct table *table, uint32_t number, struct text bytes,
               const uint8_t term[TERM_BYTES]);

/* Participants changed since they were last cleared, for the copy. */
uint32_t table_changed_count(const struct table *table);
uint32_t table_changed(const struct table *table, uint32_t index); /* a number, each once */
void table_clear_changed(struct table *table);

/* Bytes held, index and dead bytes included. */
size_t table_memory(const struct table *table);

#endif
