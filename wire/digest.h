/* The digests of docs/architecture.md, all BLAKE2b-256: numbers little-endian, a text or byte
   string with its length before it, null like empty. */
#ifndef JAGA_WIRE_DIGEST_H
#define JAGA_WIRE_DIGEST_H

#include <sodium/crypto_generichash.h>

#include "core/output.h"

/* Lets libsodium choose the BLAKE2b of this machine's processor; without it all digests are the
   same and take three times as long. Called once, before any thread. False: the library refuses to
   start. */
bool digest_start(void);

/* Over a stream of values, one after the other. */
struct digest {
    crypto_generichash_state state;
};
void digest_init(struct digest *digest);
void digest_bytes(struct digest *digest, const void *bytes, size_t count); /* no length before */
void digest_u32(struct digest *digest, uint32_t number);
void digest_u64(struct digest *digest, uint64_t number);
void digest_text(struct digest *digest, struct text text);
void digest_final(struct digest *digest, uint8_t out[DIGEST_BYTES]); /* ends the stream */

/* One input record as in `inputs_digest`; alone, it is `last_digest`. */
void digest_input_record(struct digest *digest, unsigned topic, int64_t offset,
                         int64_t timestamp_ms, struct text key, struct text value);

/* BLAKE2b-256 of the bytes alone (a rules bundle, an original value). */
void digest_of(const void *bytes, size_t count, uint8_t out[DIGEST_BYTES]);

/* The state digest: a sum modulo 2^256, little-endian, of one term for each participant and tally,
   so that a change is a subtraction and an addition. */
void participant_term(struct text id, struct text bytes, uint8_t out[DIGEST_BYTES]);
void tally_term(struct text name, int64_t value, uint8_t out[DIGEST_BYTES]);
void state_digest_add(uint8_t sum[DIGEST_BYTES], const uint8_t term[DIGEST_BYTES]);
void state_digest_subtract(uint8_t sum[DIGEST_BYTES], const uint8_t term[DIGEST_BYTES]);

#endif
