/* The names of all keys (docs/redis-keys.md). */
#ifndef JAGA_STORE_KEYS_H
#define JAGA_STORE_KEYS_H

#include "core/text.h"

#define KEY_BYTES 160
struct key {
    char bytes[KEY_BYTES];
    uint32_t length;
};

static inline struct text key_text(const struct key *key)
{
    return text_of(key->bytes, key->length);
}

/* "jaga:{3}:meta"; with a suffix "jaga:{3}:region:36.74". */
struct key lane_key(int32_t lane, const char *name);
struct key lane_key_of(int32_t lane, const char *name, struct text suffix);
struct key lane_bucket_key(int32_t lane, uint64_t bucket);
/* "jaga:{3}:*" */
struct key lane_pattern(int32_t lane);

/* The hint for the roll-up, outside the lane's reproducible keys but in its cluster slot:
   "jaga:changed:{3}", and "jaga:changed:{3}:all". */
struct key changed_key(int32_t lane);
struct key changed_all_key(int32_t lane);
/* "jaga:changed:{3}:employers": what the last changes of employers were. */
struct key changed_employers_key(int32_t lane);

/* "jaga:{pub}:meta"; with a suffix "jaga:{pub}:region:36.74". */
struct key public_key(const char *name);
struct key public_key_of(const char *name, struct text suffix);

#define PARTICIPANTS_PER_BUCKET 32

#endif
