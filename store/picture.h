/* What keys of Redis hold, as text: the fields and values of hashes, the members of sets (no
   value), the members and scores of sorted sets, the one value of a string (field ""). What is to
   be written and what is to be found there are both told this way. Heap. */
#ifndef JAGA_STORE_PICTURE_H
#define JAGA_STORE_PICTURE_H

#include <stddef.h>

#include "store/connection.h"

struct picture_entry { /* offsets into the bytes; the value follows the field */
    size_t key, field;
    uint32_t key_length, field_length, value_length;
};

struct picture {
    char *bytes;
    size_t length, bytes_capacity;
    struct picture_entry *entries;
    size_t count, entries_capacity;
    size_t key; /* the one being told */
    uint32_t key_length;
    bool is_sorted;
};

void picture_close(struct picture *picture); /* frees what it holds */
void picture_reset(struct picture *picture); /* empties it, keeping its memory */

/* The key that the fields after it belong to. One without any is not there. */
void picture_key(struct picture *picture, struct text key);
void picture_text(struct picture *picture, struct text field, struct text value);
void picture_number(struct picture *picture, struct text field, int64_t value);

/* A value of two parts. */
void picture_parts(struct picture *picture, struct text field, struct text first,
                   struct text second);

/* The replies to HGETALL, SMEMBERS, ZRANGE … WITHSCORES of a key, and of one of another type (field
   ""). */
void picture_hash(struct picture *picture, struct text key, const struct reply *reply);
void picture_set(struct picture *picture, struct text key, const struct reply *reply);
/* Sorts, and keeps one of those with the same key and field. */
void picture_unique(struct picture *picture);

/* Views, good until something is added. */
struct text picture_key_at(const struct picture *picture, size_t index);
struct text picture_field_at(const struct picture *picture, size_t index);
struct text picture_value_at(const struct picture *picture, size_t index);
/* The value of a field; absent when it is not there. Sorts. */
struct text picture_value(struct picture *picture, struct text key, struct text field);

struct picture_difference { /* views on the two pictures */
    struct text key, field;
    struct text expected, found; /* absent: it is not there */
};
/* The first in order of key and field; false when there is none. Sorts both. */
bool picture_differs(struct picture *expected, struct picture *found,
                     struct picture_difference *out);

#endif
