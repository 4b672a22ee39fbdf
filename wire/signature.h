/* Ed25519 signatures, and keys in files of one line: "jaga-ed25519-secret HEX" (the seed of RFC
   8032), "jaga-ed25519-public HEX". */
#ifndef JAGA_WIRE_SIGNATURE_H
#define JAGA_WIRE_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "support/error.h"

#define PUBLIC_KEY_BYTES 32
#define SIGNATURE_BYTES 64
#define KEY_TEXT_BYTES (2 * PUBLIC_KEY_BYTES + 1) /* hex and a zero byte */

struct signing_key {
    uint8_t secret[64];
    uint8_t public_key[PUBLIC_KEY_BYTES];
};

/* Draws a key pair and writes `path` (readable by its owner alone) and `path`.pub. Neither file may
   be there yet; FATAL "key_exists", "file_failed", and then neither is there from this call. */
MUST_USE struct error signing_key_create(const char *path, uint8_t public_key[PUBLIC_KEY_BYTES]);

/* FATAL "file_failed"; FATAL "key_unsafe" when others than its owner may read or write the file;
   FATAL "key_unreadable" when it is not exactly a secret key. After an error the key is empty. */
MUST_USE struct error signing_key_load(const char *path, struct signing_key *out);
void signing_key_clear(struct signing_key *key); /* wipes it */

void signature_make(const struct signing_key *key, const void *message, size_t length,
                    uint8_t signature[SIGNATURE_BYTES]);
bool signature_holds(const uint8_t public_key[PUBLIC_KEY_BYTES], const void *message, size_t length,
                     const uint8_t signature[SIGNATURE_BYTES]);

/* From a file, or from the 64 hex digits themselves. FATAL "file_failed", "key_unreadable" (a
   secret key is named as one). */
MUST_USE struct error public_key_read(const char *file_or_hex, uint8_t out[PUBLIC_KEY_BYTES]);
/* Whether it is one of `count` keys, which lie one after the other. */
bool public_key_is_among(const uint8_t public_key[PUBLIC_KEY_BYTES], const uint8_t *keys,
                         size_t count);
void public_key_print(const uint8_t public_key[PUBLIC_KEY_BYTES], char out[KEY_TEXT_BYTES]);

#endif
