/* Checkpoints on the wire and their signatures; keys in files. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <sodium/crypto_sign.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wire/checkpoint_record.h"
#include "wire/digest.h"
#include "wire/merkle.h"
#include "wire/record.h"
#include "wire_fixture.h"

static char folder[] = "/tmp/jaga-keys-XXXXXX";
static char key_path[64], pub_path[64];

static void start(void)
{
    cr_assert(digest_start());
    cr_assert_not_null(mkdtemp(folder));
    (void)snprintf(key_path, sizeof key_path, "%s/key", folder);
    (void)snprintf(pub_path, sizeof pub_path, "%s/key.pub", folder);
}

static void end(void)
{
    (void)unlink(key_path);
    (void)unlink(pub_path);
    (void)rmdir(folder);
}

TestSuite(checkpoint, .init = start, .fini = end);

static struct signing_key new_key(void)
{
    struct signing_key key;
    uint8_t shown[PUBLIC_KEY_BYTES];
    struct error error = signing_key_create(key_path, shown);
    cr_assert(!failed(&error), "%s", error.detail);
    error = signing_key_load(key_path, &key);
    cr_assert(!failed(&error), "%s", error.detail);
    cr_expect_arr_eq(key.public_key, shown, sizeof shown);
    return key;
}

static struct checkpoint_record record_of(void)
{
    struct checkpoint_record record = {
        .body = {.lanes = 4, .lane = 3, .records = 100000, .time = 1700000000000000}};
    memset(record.body.log_id, 0x11, sizeof record.body.log_id);
    memset(record.body.root, 0x22, sizeof record.body.root);
    memset(record.body.chain, 0x33, sizeof record.body.chain);
    return record;
}

static uint8_t encoded[CHECKPOINT_RECORD_BYTES_MAX];

static struct text encode(const struct checkpoint_record *record)
{
    struct buffer out = buffer_over(encoded, sizeof encoded);
    checkpoint_record_encode(&out, record);
    cr_assert(!out.overflow);
    return buffer_view(&out);
}

Test(checkpoint, comes_back_from_the_wire)
{
    const struct signing_key key = new_key();
    struct checkpoint_record record = record_of(), read;
    checkpoint_record_sign(&record, &key);
    cr_assert(checkpoint_record_decode(encode(&record), &read));
    cr_expect_null(fixture_difference(&checkpoint_record_fields, &record, &read));
    cr_expect(checkpoint_record_verify(&read));

    uint8_t again[CHECKPOINT_RECORD_BYTES_MAX];
    struct buffer out = buffer_over(again, sizeof again);
    record_encode(&out, RECORD_CHECKPOINT, &record);
    cr_expect(text_equal(buffer_view(&out), encode(&record)), "one way of writing");
    struct schemas *schemas = schemas_open();
    schemas_add_own(schemas, 0);
    cr_expect(record_decode(schemas, 1, RECORD_CHECKPOINT, encode(&record), &read));
    schemas_close(schemas);
}

/* The signed text, built here byte for byte: what docs/checkpoints.md tells others to build. */
Test(checkpoint, signs_its_line_and_the_avro_binary_of_the_body)
{
    uint8_t message[256] = "jaga.checkpoint.v1\n";
    size_t at = 19;
    const struct signing_key key = new_key();
    struct checkpoint_record record = record_of();
    checkpoint_record_sign(&record, &key);
    at += fixture_hex("11111111111111111111111111111111 08 06 c09a0c", message + at);
    memset(message + at, 0x22, 32);
    memset(message + at + 32, 0x33, 32);
    at += 64;
    at += fixture_hex("8080f28183898506", message + at);
    cr_expect_eq(crypto_sign_verify_detached(record.signature, message, at, key.public_key), 0);
}

Test(checkpoint, no_field_can_be_changed_under_a_signature)
{
    const struct signing_key key = new_key();
    struct checkpoint_record good = record_of();
    checkpoint_record_sign(&good, &key);
    for (size_t i = 0; i < encode(&good).length; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            struct text value = encode(&good);
            struct checkpoint_record read;
            encoded[i] ^= (uint8_t)(1U << bit);
            cr_expect(!checkpoint_record_decode(value, &read) || !checkpoint_record_verify(&read),
                      "byte %zu, bit %u", i, bit);
        }
    }
}

Test(checkpoint, what_is_none_is_not_read)
{
    static const struct {
        const char *what;
        int64_t lanes, lane, records, time;
    } rows[] = {
        {"no records", 4, 3, 0, 0},
        {"fewer than none", 4, 3, -1, 0},
        {"a lane too high", 4, 4, 1, 0},
        {"a negative lane", 4, -1, 1, 0},
        {"no lanes", 0, 0, 1, 0},
        {"a time before all", 4, 3, 1, INT64_MIN + 1},
        {"a time after all", 4, 3, 1, INT64_MAX},
    };
    struct checkpoint_record read;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct checkpoint_record record = record_of();
        record.body.lanes = rows[i].lanes;
        record.body.lane = rows[i].lane;
        record.body.records = rows[i].records;
        record.body.time = rows[i].time;
        cr_expect_not(checkpoint_record_decode(encode(&record), &read), "%s", rows[i].what);
    }
    struct checkpoint_record record = record_of();
    struct text value = encode(&record);
    for (uint32_t length = 0; length < value.length; length++) {
        cr_expect_not(checkpoint_record_decode(text_of(value.at, length), &read), "cut");
    }
    encoded[value.length] = 0;
    cr_expect_not(checkpoint_record_decode(text_of(value.at, value.length + 1), &read), "longer");
    encoded[4] = 9;
    cr_expect_not(checkpoint_record_decode(value, &read), "the journal's id");
    cr_expect_not(checkpoint_record_decode((struct text){0}, &read), "null");
}

Test(checkpoint, a_journal_body_comes_back_and_its_leaf_is_over_its_bytes)
{
    struct journal_record record, read;
    fixture_fill(&journal_record_fields, &record, 4, false);
    record.body.range_count = INPUT_TOPIC_COUNT;
    uint8_t bytes[JOURNAL_RECORD_BYTES_MAX], leaf[DIGEST_BYTES], plain[DIGEST_BYTES];
    struct buffer out = buffer_over(bytes, sizeof bytes);
    journal_body_encode(&out, &record.body);
    const struct text body = buffer_view(&out);
    cr_assert(journal_body_decode(body, &read.body));
    cr_expect_null(fixture_difference(&journal_body_fields, &record.body, &read.body));
    journal_leaf(&record.body, leaf);
    merkle_leaf(body.at, body.length, plain);
    cr_expect_arr_eq(leaf, plain, DIGEST_BYTES);
    for (uint32_t length = 0; length < body.length; length++) {
        cr_expect_not(journal_body_decode(text_of(body.at, length), &read.body), "cut");
    }
    buffer_byte(&out, 0);
    cr_expect_not(journal_body_decode(buffer_view(&out), &read.body), "longer");
}

/* ---- Keys ---- */

static void write_text(const char *path, mode_t mode, const char *text)
{
    (void)unlink(path);
    const int file = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    cr_assert(file >= 0);
    cr_assert_eq(write(file, text, strlen(text)), (ssize_t)strlen(text));
    cr_assert_eq(fchmod(file, mode), 0);
    cr_assert_eq(close(file), 0);
}

Test(checkpoint, a_new_pair_is_private_and_never_written_over)
{
    struct stat found;
    uint8_t shown[PUBLIC_KEY_BYTES], read[PUBLIC_KEY_BYTES];
    char hex[KEY_TEXT_BYTES];
    (void)umask(0);
    struct signing_key key = new_key();
    cr_assert_eq(stat(key_path, &found), 0);
    cr_expect_eq(found.st_mode & 0777, 0600);

    struct error error = public_key_read(pub_path, read);
    cr_expect(!failed(&error), "%s", error.detail);
    cr_expect_arr_eq(read, key.public_key, sizeof read);
    public_key_print(key.public_key, hex);
    error = public_key_read(hex, read);
    cr_expect(!failed(&error), "%s", error.detail);
    cr_expect_arr_eq(read, key.public_key, sizeof read);

    error = signing_key_create(key_path, shown);
    cr_expect_str_eq(error.code, "key_exists");
    cr_assert_eq(unlink(key_path), 0);
    error = signing_key_create(key_path, shown);
    cr_expect_str_eq(error.code, "key_exists", "the public one is there");
    cr_expect_neq(stat(key_path, &found), 0, "no half of a pair is left");
    error = signing_key_create("/nowhere/key", shown);
    cr_expect_str_eq(error.code, "file_failed");
    signing_key_clear(&key);
    static const struct signing_key empty;
    cr_expect_arr_eq(&key, &empty, sizeof key);
}

/* The pair of RFC 8032, 7.1, TEST 2. */
#define SEED "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"
#define PUBLIC "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"

Test(checkpoint, keys_and_signatures_are_those_of_rfc_8032)
{
    struct signing_key key;
    char hex[KEY_TEXT_BYTES];
    uint8_t signature[SIGNATURE_BYTES], known[SIGNATURE_BYTES];
    write_text(key_path, 0600, "jaga-ed25519-secret " SEED "\n");
    const struct error error = signing_key_load(key_path, &key);
    cr_assert(!failed(&error), "%s", error.detail);
    public_key_print(key.public_key, hex);
    cr_expect_str_eq(hex, PUBLIC);
    (void)fixture_hex("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                      "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
                      known);
    signature_make(&key, "\x72", 1, signature);
    cr_expect_arr_eq(signature, known, sizeof known);
    cr_expect(signature_holds(key.public_key, "\x72", 1, signature));
    cr_expect_not(signature_holds(key.public_key, "\x73", 1, signature));
    cr_expect_not(signature_holds(key.public_key, "\x72", 0, signature));
    key.public_key[0] ^= 1;
    cr_expect_not(signature_holds(key.public_key, "\x72", 1, signature));
}

Test(checkpoint, files_that_are_no_keys_are_refused)
{
    static const struct {
        const char *text;
        mode_t mode;
        const char *code, *public_code;
    } rows[] = {
        {"jaga-ed25519-secret " SEED, 0400, "", "key_unreadable"},
        {"jaga-ed25519-secret " SEED "\n", 0640, "key_unsafe", "key_unreadable"},
        {"jaga-ed25519-secret " SEED "\n", 0604, "key_unsafe", "key_unreadable"},
        {"jaga-ed25519-secret " SEED "\n", 0620, "key_unsafe", "key_unreadable"},
        {"jaga-ed25519-secret " SEED "\n\n", 0600, "key_unreadable", "key_unreadable"},
        {"jaga-ed25519-secret " SEED "0\n", 0600, "key_unreadable", "key_unreadable"},
        {"jaga-ed25519-secret " SEED " x\n", 0600, "key_unreadable", "key_unreadable"},
        {"jaga-ed25519-secret 4ccd\n", 0600, "key_unreadable", "key_unreadable"},
        {"jaga-ed25519-secret\n", 0600, "key_unreadable", "key_unreadable"},
        {"jaga-ed25519-public " PUBLIC "\n", 0600, "key_unreadable", ""},
        {"jaga-ed25519-public " PUBLIC, 0600, "key_unreadable", ""},
        {PUBLIC "\n", 0600, "key_unreadable", "key_unreadable"},
        {"\n", 0600, "key_unreadable", "key_unreadable"},
        {"", 0600, "key_unreadable", "key_unreadable"},
        {"jaga-ed25519-public " PUBLIC "\njaga-ed25519-public " PUBLIC "\n", 0600, "key_unreadable",
         "key_unreadable"},
    };
    static const struct signing_key empty;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct signing_key key;
        uint8_t public_key[PUBLIC_KEY_BYTES];
        write_text(key_path, rows[i].mode, rows[i].text);
        struct error error = signing_key_load(key_path, &key);
        cr_expect_str_eq(error.code, rows[i].code, "row %zu: %s", i, error.detail);
        cr_expect(!failed(&error) || memcmp(&key, &empty, sizeof key) == 0, "row %zu", i);
        error = public_key_read(key_path, public_key);
        cr_expect_str_eq(error.code, rows[i].public_code, "row %zu: %s", i, error.detail);
        cr_expect_null(strstr(error.detail, SEED), "row %zu: a secret is never said", i);
    }
    struct signing_key key;
    uint8_t public_key[PUBLIC_KEY_BYTES];
    struct error error = signing_key_load("/nowhere/key", &key);
    cr_expect_str_eq(error.code, "file_failed");
    error = signing_key_load("/tmp", &key);
    cr_expect(failed(&error));
    error = public_key_read("/nowhere/key", public_key);
    cr_expect_str_eq(error.code, "file_failed");
}
