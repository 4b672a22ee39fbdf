#include "wire/merkle.h"

#include <assert.h>

#include "wire/digest.h"

static void leaf_begin(struct digest *digest)
{
    digest_init(digest);
    digest_bytes(digest, "\0", 1);
}

void merkle_leaf(const void *entry, size_t count, uint8_t out[DIGEST_BYTES])
{
    struct digest digest;
    leaf_begin(&digest);
    digest_bytes(&digest, entry, count);
    digest_final(&digest, out);
}

void merkle_output_leaf(struct text key, struct text value, uint8_t out[DIGEST_BYTES])
{
    struct digest digest;
    leaf_begin(&digest);
    digest_text(&digest, key);
    digest_text(&digest, value);
    digest_final(&digest, out);
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

void merkle_init(struct merkle *merkle)
{
    merkle->count = 0;
    merkle->depth = 0;
}

/* Two full subtrees of one size become one of twice the size: as many as the count has ones at its
 * end. */
void merkle_add_leaf(struct merkle *merkle, const uint8_t leaf[DIGEST_BYTES])
{
    assert(merkle->depth < MERKLE_DEPTH_MAX);
    memcpy(merkle->stack[merkle->depth++], leaf, DIGEST_BYTES);
    for (uint64_t rest = merkle->count; (rest & 1) != 0; rest >>= 1) {
        uint8_t *left = merkle->stack[merkle->depth - 2];
        hash_node(left, merkle->stack[merkle->depth - 1], left);
        merkle->depth--;
    }
    merkle->count++;
}

void merkle_add(struct merkle *merkle, struct text key, struct text value)
{
    uint8_t leaf[DIGEST_BYTES];
    merkle_output_leaf(key, value, leaf);
    merkle_add_leaf(merkle, leaf);
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

/* ---- Paths ---- */

static void root_of(const uint8_t *leaves, uint64_t count, uint8_t out[DIGEST_BYTES])
{
    struct merkle merkle;
    merkle_init(&merkle);
    for (uint64_t i = 0; i < count; i++) {
        merkle_add_leaf(&merkle, leaves + i * DIGEST_BYTES);
    }
    merkle_root(&merkle, out);
}

/* The largest power of two below `count`, which is at least 2: where RFC 6962 splits a tree. */
static uint64_t split_of(uint64_t count)
{
    uint64_t split = 1;
    while (split < count - split) {
        split *= 2;
    }
    return split;
}

static void reverse(struct merkle_path *path)
{
    uint8_t kept[DIGEST_BYTES];
    for (uint32_t low = 0, high = path->count; low + 1 < high; low++) {
        high--;
        memcpy(kept, path->nodes[low], DIGEST_BYTES);
        memcpy(path->nodes[low], path->nodes[high], DIGEST_BYTES);
        memcpy(path->nodes[high], kept, DIGEST_BYTES);
    }
}

/* From the root down, each step notes the half that the leaf is not in. */
void merkle_path_of(const uint8_t *leaves, uint64_t count, uint64_t index, struct merkle_path *out)
{
    assert(index < count);
    out->count = 0;
    while (count > 1) {
        assert(out->count < MERKLE_DEPTH_MAX);
        const uint64_t split = split_of(count);
        if (index < split) {
            root_of(leaves + split * DIGEST_BYTES, count - split, out->nodes[out->count++]);
            count = split;
        } else {
            root_of(leaves, split, out->nodes[out->count++]);
            leaves += split * DIGEST_BYTES;
            count -= split;
            index -= split;
        }
    }
    reverse(out);
}

/* As in RFC 9162, 2.1.3.2. `last` is the index of the last node of the level; a node that is alone
   there goes up as it is until it has a neighbour to its left. */
bool merkle_path_leads(const struct merkle_path *path, const uint8_t leaf[DIGEST_BYTES],
                       uint64_t index, uint64_t count, const uint8_t root[DIGEST_BYTES])
{
    if (index >= count || path->count > MERKLE_DEPTH_MAX) {
        return false;
    }
    uint64_t last = count - 1;
    uint8_t node[DIGEST_BYTES];
    memcpy(node, leaf, DIGEST_BYTES);
    for (uint32_t i = 0; i < path->count; i++) {
        if (last == 0) {
            return false;
        }
        if ((index & 1) == 0 && index < last) {
            hash_node(node, path->nodes[i], node);
        } else {
            hash_node(path->nodes[i], node, node);
            while ((index & 1) == 0) {
                index >>= 1;
                last >>= 1;
            }
        }
        index >>= 1;
        last >>= 1;
    }
    return last == 0 && memcmp(node, root, DIGEST_BYTES) == 0;
}
