/* Merkle trees as in RFC 6962 with BLAKE2b-256: a leaf is hashed over byte 0 and its entry, a node
   over byte 1 and both children, no leaves give the hash of nothing. `outputs_root` is the root
   over a batch's outputs (an entry is key and value), a checkpoint's root that over a lane's
   journal (an entry is the Avro binary of a record's body). */
#ifndef JAGA_WIRE_MERKLE_H
#define JAGA_WIRE_MERKLE_H

#include "core/output.h"

/* A tree has fewer than 2^MERKLE_DEPTH_MAX leaves, so a path at most so many nodes. */
#define MERKLE_DEPTH_MAX 48

void merkle_leaf(const void *entry, size_t count, uint8_t out[DIGEST_BYTES]);
/* Entry: key and value, each with its length before it, null like empty. */
void merkle_output_leaf(struct text key, struct text value, uint8_t out[DIGEST_BYTES]);

/* A root, built leaf by leaf. */
struct merkle {
    uint64_t count; /* leaves so far; each set bit is a full subtree on the stack */
    unsigned depth;
    uint8_t stack[MERKLE_DEPTH_MAX][DIGEST_BYTES];
};
void merkle_init(struct merkle *merkle);
void merkle_add_leaf(struct merkle *merkle, const uint8_t leaf[DIGEST_BYTES]);
void merkle_add(struct merkle *merkle, struct text key, struct text value); /* an output */
/* May be asked at any time. */
void merkle_root(const struct merkle *merkle, uint8_t out[DIGEST_BYTES]);

/* What leads from one leaf to the root (RFC 6962, 2.1.1), the leaf's neighbour first. */
struct merkle_path {
    uint32_t count;
    uint8_t nodes[MERKLE_DEPTH_MAX][DIGEST_BYTES];
};
/* The path of leaf `index` of `count` leaf hashes, which lie one after the other. Takes time in
 * proportion to `count`. */
void merkle_path_of(const uint8_t *leaves, uint64_t count, uint64_t index, struct merkle_path *out);
/* Whether the path leads from this leaf, at this index of a tree of `count`, to the root. */
bool merkle_path_leads(const struct merkle_path *path, const uint8_t leaf[DIGEST_BYTES],
                       uint64_t index, uint64_t count, const uint8_t root[DIGEST_BYTES]);

#endif
