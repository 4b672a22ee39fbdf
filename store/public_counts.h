/* Exceptions by code and by source, and batches by id, added up over the lanes, with what was
   declared of a batch. */
#ifndef JAGA_STORE_PUBLIC_COUNTS_H
#define JAGA_STORE_PUBLIC_COUNTS_H

#include "store/connection.h"

#define BATCH_TEXT_BYTES 65

struct batch_count {
    int64_t applied, refused, total_idr;
};

struct batch {
    char id[BATCH_TEXT_BYTES], source[BATCH_TEXT_BYTES];
    uint32_t id_length, source_length;
    bool is_declared;
    int64_t declared, declared_total_idr;
    struct batch_count now, before;
    bool is_changed; /* since it was written last */
};

#define EXCEPTION_NAMES_MAX 64
#define EXCEPTION_NAME_BYTES 48
struct exception_count {
    char code[EXCEPTION_NAME_BYTES];
    uint32_t length;
    int64_t value;
};

struct source_count {
    char name[EXCEPTION_NAME_BYTES + BATCH_TEXT_BYTES]; /* "<code>:<source>" */
    uint32_t length;
    int64_t now, before;
    bool is_changed; /* since it was written last */
};

/* Where a name stands: number + 1 by hash; 0: free. */
struct count_index {
    uint32_t *cells;
    uint32_t size;
};

struct public_counts {
    struct batch *batches;
    uint32_t batch_count, batch_capacity;
    struct count_index batch_index;
    struct source_count *sources;
    uint32_t source_count, source_capacity;
    struct count_index source_index;
    struct batch_count other, other_before; /* of batches beyond what a lane counts apart */
    struct exception_count exceptions[EXCEPTION_NAMES_MAX];
    uint32_t exception_count;
};

void counts_clear(struct public_counts *counts); /* frees what it holds */
/* Ids and sources longer than 64 bytes are ignored: the contract has none. */
void counts_declare(struct public_counts *counts, struct text id, struct text source, int64_t count,
                    int64_t total_idr);

/* Reading anew: begin, each lane's hash `counts`, end (which marks the batches and
   sources that changed). */
void counts_begin(struct public_counts *counts);
bool counts_take(struct public_counts *counts, const struct reply *reply);
/* One field of it; false when it is none. */
bool counts_take_one(struct public_counts *counts, struct text name, int64_t value);
void counts_end(struct public_counts *counts);
/* As if nothing were known but what was declared. */
void counts_forget(struct public_counts *counts);

/* MATCHED, OPEN or MISMATCH. */
const char *batch_state(const struct batch *batch);

#endif
