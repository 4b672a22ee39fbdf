/* The tree against the definition of RFC 6962 written down as it stands, and paths that were
   tampered with. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "wire/digest.h"
#include "wire/merkle.h"

#define LEAVES_MAX 71
#define OF(literal)                                                                                \
    {                                                                                              \
        "" literal "", sizeof(literal) - 1                                                         \
    }

static uint8_t leaves[LEAVES_MAX][DIGEST_BYTES];

static void make_leaves(void)
{
    for (unsigned i = 0; i < LEAVES_MAX; i++) {
        char entry[16];
        (void)snprintf(entry, sizeof entry, "entry %u", i);
        merkle_leaf(entry, strlen(entry), leaves[i]);
    }
}

static void plain_node(const uint8_t *left, const uint8_t *right, uint8_t out[DIGEST_BYTES])
{
    uint8_t bytes[65];
    bytes[0] = 1;
    memcpy(bytes + 1, left, 32);
    memcpy(bytes + 33, right, 32);
    digest_of(bytes, sizeof bytes, out);
}

static unsigned plain_split(unsigned count)
{
    unsigned k = 1;
    while (2 * k < count) {
        k = 2 * k;
    }
    return k;
}

/* MTH of RFC 6962, 2.1. */
static void plain_root(unsigned from, unsigned count, uint8_t out[DIGEST_BYTES])
{
    if (count == 0) {
        digest_of("", 0, out);
        return;
    }
    if (count == 1) {
        memcpy(out, leaves[from], DIGEST_BYTES);
        return;
    }
    const unsigned k = plain_split(count);
    uint8_t left[DIGEST_BYTES], right[DIGEST_BYTES];
    plain_root(from, k, left);
    plain_root(from + k, count - k, right);
    plain_node(left, right, out);
}

/* PATH of RFC 6962, 2.1.1. */
static void plain_path(unsigned from, unsigned count, unsigned index, struct merkle_path *out)
{
    if (count == 1) {
        out->count = 0;
        return;
    }
    const unsigned k = plain_split(count);
    if (index < k) {
        plain_path(from, k, index, out);
        plain_root(from + k, count - k, out->nodes[out->count++]);
    } else {
        plain_path(from + k, count - k, index - k, out);
        plain_root(from, k, out->nodes[out->count++]);
    }
}

static void hex_of(const uint8_t digest[DIGEST_BYTES], char out[2 * DIGEST_BYTES + 1])
{
    for (unsigned i = 0; i < DIGEST_BYTES; i++) {
        (void)snprintf(out + (size_t)2 * i, 3, "%02x", digest[i]);
    }
}

/* Computed by another program (hashlib.blake2b of Python, digest_size 32). */
Test(merkle, known_roots)
{
    static const char *const roots[] = {
        "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8",
        "7ae7017e7be33d0baee4720e72284d1e7c5ff5db89cf20fa37928601fee74420",
        "345f6d432001d3954b52fde3bcf583828a08a82a2b34659950bc8a703fed7e9b",
        "cee1648f87a4cd47633f44a38028462ab0f38096de69604e6b29f96320ec1d9b",
        "57f47f0cbdcf539d68266ffdb39262b60d1fcd040ac4ebe67e32a396feda9c1a",
        "5893a6a6bdfcf179d0e078c69ed64042c3942dcd0b15ecd2d20d967328944a50",
    };
    make_leaves();
    struct merkle merkle;
    merkle_init(&merkle);
    for (unsigned count = 0; count < sizeof roots / sizeof *roots; count++) {
        uint8_t root[DIGEST_BYTES];
        char hex[2 * DIGEST_BYTES + 1];
        merkle_root(&merkle, root);
        hex_of(root, hex);
        cr_expect_str_eq(hex, roots[count], "%u leaves", count);
        merkle_add_leaf(&merkle, leaves[count]);
    }
}

Test(merkle, an_output_is_key_and_value_with_their_lengths)
{
    static const struct {
        struct text key, value;
        const char *entry;
        size_t length;
    } rows[] = {
        {OF("P1"), OF("abc"), "\2\0\0\0P1\3\0\0\0abc", 13},
        {{NULL, 0}, OF("abc"), "\0\0\0\0\3\0\0\0abc", 11},
        {OF(""), OF(""), "\0\0\0\0\0\0\0\0", 8},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t leaf[DIGEST_BYTES], plain[DIGEST_BYTES], root[DIGEST_BYTES];
        merkle_output_leaf(rows[i].key, rows[i].value, leaf);
        merkle_leaf(rows[i].entry, rows[i].length, plain);
        cr_expect_arr_eq(leaf, plain, DIGEST_BYTES, "row %zu", i);
        struct merkle merkle;
        merkle_init(&merkle);
        merkle_add(&merkle, rows[i].key, rows[i].value);
        merkle_root(&merkle, root);
        cr_expect_arr_eq(root, leaf, DIGEST_BYTES, "a single leaf is the root");
    }
}

Test(merkle, roots_are_those_of_the_definition)
{
    make_leaves();
    struct merkle merkle;
    merkle_init(&merkle);
    for (unsigned count = 0; count < LEAVES_MAX; count++) {
        uint8_t root[DIGEST_BYTES], plain[DIGEST_BYTES];
        merkle_root(&merkle, root);
        plain_root(0, count, plain);
        cr_expect_arr_eq(root, plain, DIGEST_BYTES, "%u leaves", count);
        merkle_add_leaf(&merkle, leaves[count]);
    }
}

Test(merkle, paths_are_those_of_the_definition_and_lead_to_the_root)
{
    make_leaves();
    for (unsigned count = 1; count < LEAVES_MAX; count++) {
        uint8_t root[DIGEST_BYTES];
        plain_root(0, count, root);
        for (unsigned index = 0; index < count; index++) {
            struct merkle_path path, plain;
            merkle_path_of(leaves[0], count, index, &path);
            plain_path(0, count, index, &plain);
            cr_assert_eq(path.count, plain.count, "leaf %u of %u", index, count);
            cr_expect_arr_eq(path.nodes, plain.nodes, (size_t)path.count * DIGEST_BYTES,
                             "leaf %u of %u", index, count);
            cr_expect(merkle_path_leads(&path, leaves[index], index, count, root), "leaf %u of %u",
                      index, count);
        }
    }
}

/* A path that leads from `index` of `count` leads from no other place of that tree, and of no other
   tree whose paths differ in shape. */
Test(merkle, no_path_leads_from_another_place)
{
    make_leaves();
    for (unsigned count = 1; count < LEAVES_MAX; count++) {
        uint8_t root[DIGEST_BYTES];
        plain_root(0, count, root);
        for (unsigned index = 0; index < count; index++) {
            struct merkle_path path;
            merkle_path_of(leaves[0], count, index, &path);
            for (unsigned other = 0; other <= count + 1; other++) {
                cr_expect_eq(merkle_path_leads(&path, leaves[index], other, count, root),
                             other == index, "leaf %u of %u as %u", index, count, other);
            }
            cr_expect_not(merkle_path_leads(&path, leaves[index + 1 == LEAVES_MAX ? 0 : index + 1],
                                            index, count, root));
        }
    }
}

Test(merkle, a_changed_path_leads_nowhere)
{
    make_leaves();
    for (unsigned count = 1; count < LEAVES_MAX; count++) {
        uint8_t root[DIGEST_BYTES];
        plain_root(0, count, root);
        for (unsigned index = 0; index < count; index++) {
            struct merkle_path path;
            merkle_path_of(leaves[0], count, index, &path);
            for (uint32_t i = 0; i < path.count; i++) {
                path.nodes[i][i] ^= 1;
                cr_expect_not(merkle_path_leads(&path, leaves[index], index, count, root));
                path.nodes[i][i] ^= 1;
            }
            if (path.count > 0) {
                path.count--;
                cr_expect_not(merkle_path_leads(&path, leaves[index], index, count, root), "cut");
                path.count++;
            }
            memcpy(path.nodes[path.count], root, DIGEST_BYTES);
            path.count++;
            cr_expect_not(merkle_path_leads(&path, leaves[index], index, count, root), "too long");
        }
    }
}

Test(merkle, numbers_beyond_reason_are_refused)
{
    make_leaves();
    struct merkle_path path = {.count = 0};
    uint8_t root[DIGEST_BYTES];
    plain_root(0, 1, root);
    cr_expect(merkle_path_leads(&path, leaves[0], 0, 1, root));
    cr_expect_not(merkle_path_leads(&path, leaves[0], 0, 0, root));
    cr_expect_not(merkle_path_leads(&path, leaves[0], 1, 1, root));
    cr_expect_not(merkle_path_leads(&path, leaves[0], UINT64_MAX, UINT64_MAX, root));
    cr_expect_not(merkle_path_leads(&path, leaves[0], UINT64_MAX - 1, UINT64_MAX, root));
    path.count = MERKLE_DEPTH_MAX + 1;
    cr_expect_not(merkle_path_leads(&path, leaves[0], 0, UINT64_MAX, root));
}
