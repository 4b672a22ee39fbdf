#include "wire/digest.h"

#include <assert.h>
#include <endian.h>
#include <sodium/core.h>

bool digest_start(void)
{
    return sodium_init() >= 0;
}

void digest_init(struct digest *digest)
{
    const int done = crypto_generichash_init(&digest->state, NULL, 0, DIGEST_BYTES);
    assert(done == 0);
}

void digest_bytes(struct digest *digest, const void *bytes, size_t count)
{
    if (count > 0) {
        crypto_generichash_update(&digest->state, bytes, count);
    }
}

static void put_u32(uint8_t out[4], uint32_t number)
{
    const uint32_t word = htole32(number);
    memcpy(out, &word, sizeof word);
}

static void put_u64(uint8_t out[8], uint64_t number)
{
    const uint64_t word = htole64(number);
    memcpy(out, &word, sizeof word);
}

void digest_u32(struct digest *digest, uint32_t number)
{
    uint8_t bytes[4];
    put_u32(bytes, number);
    digest_bytes(digest, bytes, sizeof bytes);
}

void digest_u64(struct digest *digest, uint64_t number)
{
    uint8_t bytes[8];
    put_u64(bytes, number);
    digest_bytes(digest, bytes, sizeof bytes);
}

void digest_text(struct digest *digest, struct text text)
{
    digest_u32(digest, text.length);
    digest_bytes(digest, text.at, text.length);
}

void digest_final(struct digest *digest, uint8_t out[DIGEST_BYTES])
{
    crypto_generichash_final(&digest->state, out, DIGEST_BYTES);
}

/* What stands before a record's value, in one piece: a call for each number costs more than the
 * numbers. */
#define HEAD_KEY_BYTES_MAX 64

void digest_input_record(struct digest *digest, unsigned topic, int64_t offset,
                         int64_t timestamp_ms, struct text key, struct text value)
{
    uint8_t head[4 + 8 + 8 + 4 + HEAD_KEY_BYTES_MAX + 4];
    put_u32(head, topic);
    put_u64(head + 4, (uint64_t)offset);
    put_u64(head + 12, (uint64_t)timestamp_ms);
    if (key.length > HEAD_KEY_BYTES_MAX || key.length == 0) {
        digest_bytes(digest, head, 20);
        digest_text(digest, key);
        digest_text(digest, value);
        return;
    }
    put_u32(head + 20, key.length);
    memcpy(head + 24, key.at, key.length);
    put_u32(head + 24 + key.length, value.length);
    digest_bytes(digest, head, 28 + (size_t)key.length);
    digest_bytes(digest, value.at, value.length);
}

void digest_of(const void *bytes, size_t count, uint8_t out[DIGEST_BYTES])
{
    crypto_generichash(out, DIGEST_BYTES, bytes, count, NULL, 0);
}

static uint64_t word_of(const uint8_t *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return le64toh(word);
}

void state_digest_add(uint8_t sum[DIGEST_BYTES], const uint8_t term[DIGEST_BYTES])
{
    uint64_t carry = 0;
    for (unsigned i = 0; i < DIGEST_BYTES; i += 8) {
        const uint64_t added = word_of(sum + i) + word_of(term + i);
        const uint64_t whole = added + carry;
        carry = (added < word_of(term + i)) | (whole < added);
        put_u64(sum + i, whole);
    }
}

void state_digest_subtract(uint8_t sum[DIGEST_BYTES], const uint8_t term[DIGEST_BYTES])
{
    uint64_t borrow = 0;
    for (unsigned i = 0; i < DIGEST_BYTES; i += 8) {
        const uint64_t before = word_of(sum + i);
        const uint64_t left = before - word_of(term + i);
        put_u64(sum + i, left - borrow);
        borrow = (before < word_of(term + i)) | (left < borrow);
    }
}

/* Hashed in one go where it fits, which is nearly always. */
#define TERM_BYTES_AT_ONCE 1024

static void term_at_once(struct text id, struct text bytes, uint8_t out[DIGEST_BYTES])
{
    uint8_t message[TERM_BYTES_AT_ONCE];
    put_u32(message, id.length);
    memcpy(message + 4, id.at, id.length);
    put_u32(message + 4 + id.length, bytes.length);
    memcpy(message + 8 + id.length, bytes.at, bytes.length);
    digest_of(message, 8 + (size_t)id.length + bytes.length, out);
}

void participant_term(struct text id, struct text bytes, uint8_t out[DIGEST_BYTES])
{
    if (id.length > 0 && bytes.length > 0 &&
        8 + (size_t)id.length + bytes.length <= TERM_BYTES_AT_ONCE) {
        term_at_once(id, bytes, out);
        return;
    }
    struct digest digest;
    digest_init(&digest);
    digest_text(&digest, id);
    digest_text(&digest, bytes);
    digest_final(&digest, out);
}

void tally_term(struct text name, int64_t value, uint8_t out[DIGEST_BYTES])
{
    struct digest digest;
    digest_init(&digest);
    digest_text(&digest, name);
    digest_u64(&digest, (uint64_t)value);
    digest_final(&digest, out);
}
