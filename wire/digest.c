#include "wire/digest.h"

#include <assert.h>

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
    for (unsigned i = 0; i < 4; i++) {
        out[i] = (uint8_t)(number >> (8 * i));
    }
}

static void put_u64(uint8_t out[8], uint64_t number)
{
    put_u32(out, (uint32_t)number);
    put_u32(out + 4, (uint32_t)(number >> 32));
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

void digest_input_record(struct digest *digest, unsigned topic, int64_t offset,
                         int64_t timestamp_ms, struct text key, struct text value)
{
    uint8_t head[4 + 8 + 8];
    put_u32(head, topic);
    put_u64(head + 4, (uint64_t)offset);
    put_u64(head + 12, (uint64_t)timestamp_ms);
    digest_bytes(digest, head, sizeof head);
    digest_text(digest, key);
    digest_text(digest, value);
}

void digest_of(const void *bytes, size_t count, uint8_t out[DIGEST_BYTES])
{
    crypto_generichash(out, DIGEST_BYTES, bytes, count, NULL, 0);
}

void merkle_init(struct merkle *merkle)
{
    merkle->count = 0;
    merkle->depth = 0;
}

static void hash_node(const uint8_t left[DIGEST_BYTES], const uint8_t right[DIGEST_BYTES],
                      uint8_t out[DIGEST_BYTES])
{
    uint8_t bytes[1 + 2 * DIGEST_BYTES];
    bytes[0] = 1;
    memcpy(bytes + 1, left, DIGEST_BYTES);
    memcpy(bytes + 1 + DIGEST_BYTES, right, DIGEST_BYTES);
    digest_of(bytes, sizeof bytes, out);
}

/* Two full subtrees of one size become one of twice the size: as many as the count has ones at its end. */
void merkle_add(struct merkle *merkle, struct text key, struct text value)
{
    assert(merkle->depth < MERKLE_DEPTH_MAX);
    struct digest leaf;
    digest_init(&leaf);
    digest_bytes(&leaf, "\0", 1);
    digest_text(&leaf, key);
    digest_text(&leaf, value);
    digest_final(&leaf, merkle->stack[merkle->depth++]);
    for (uint64_t rest = merkle->count; (rest & 1) != 0; rest >>= 1) {
        uint8_t *left = merkle->stack[merkle->depth - 2];
        hash_node(left, merkle->stack[merkle->depth - 1], left);
        merkle->depth--;
    }
    merkle->count++;
}

void merkle_root(const struct merkle *merkle, uint8_t out[DIGEST_BYTES])
{
    if (merkle->depth == 0) {
        digest_of("", 0, out);
        return;
    }
    memcpy(out, merkle->stack[merkle->depth - 1], DIGEST_BYTES);
    for (unsigned i = merkle->depth - 1; i > 0; i--) {
        hash_node(merkle->stack[i - 1], out, out);
    }
}

static void sum_add(uint8_t sum[DIGEST_BYTES], const uint8_t term[DIGEST_BYTES])
{
    unsigned carry = 0;
    for (unsigned i = 0; i < DIGEST_BYTES; i++) {
        carry += (unsigned)sum[i] + term[i];
        sum[i] = (uint8_t)carry;
        carry >>= 8;
    }
}

/* Subtracting is adding the complement and one. */
static void sum_subtract(uint8_t sum[DIGEST_BYTES], const uint8_t term[DIGEST_BYTES])
{
    unsigned carry = 1;
    for (unsigned i = 0; i < DIGEST_BYTES; i++) {
        carry += (unsigned)sum[i] + (uint8_t)~term[i];
        sum[i] = (uint8_t)carry;
        carry >>= 8;
    }
}

static void participant_term(struct text id, struct text bytes, uint8_t out[DIGEST_BYTES])
{
    struct digest digest;
    digest_init(&digest);
    digest_text(&digest, id);
    digest_text(&digest, bytes);
    digest_final(&digest, out);
}

static void tally_term(struct text name, int64_t value, uint8_t out[DIGEST_BYTES])
{
    struct digest digest;
    digest_init(&digest);
    digest_text(&digest, name);
    digest_u64(&digest, (uint64_t)value);
    digest_final(&digest, out);
}

void state_digest_add_participant(uint8_t sum[DIGEST_BYTES], struct text id, struct text bytes)
{
    uint8_t term[DIGEST_BYTES];
    participant_term(id, bytes, term);
    sum_add(sum, term);
}

void state_digest_subtract_participant(uint8_t sum[DIGEST_BYTES], struct text id, struct text bytes)
{
    uint8_t term[DIGEST_BYTES];
    participant_term(id, bytes, term);
    sum_subtract(sum, term);
}

void state_digest_add_tally(uint8_t sum[DIGEST_BYTES], struct text name, int64_t value)
{
    uint8_t term[DIGEST_BYTES];
    tally_term(name, value, term);
    sum_add(sum, term);
}

void state_digest_subtract_tally(uint8_t sum[DIGEST_BYTES], struct text name, int64_t value)
{
    uint8_t term[DIGEST_BYTES];
    tally_term(name, value, term);
    sum_subtract(sum, term);
}
