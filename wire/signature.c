#include "wire/signature.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium/crypto_sign.h>
#include <sodium/randombytes.h>
#include <sodium/utils.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECRET_WORD "jaga-ed25519-secret "
#define PUBLIC_WORD "jaga-ed25519-public "
#define SEED_BYTES 32
#define HEX_DIGITS ((size_t)2 * SEED_BYTES)
#define PATH_BYTES_MAX 4096
#define LINE_BYTES_MAX 128 /* longer than either line, so that more than a key is seen as such */

static_assert(crypto_sign_SEEDBYTES == SEED_BYTES && crypto_sign_PUBLICKEYBYTES == PUBLIC_KEY_BYTES,
              "a seed and a public key have as many digits");
static_assert(crypto_sign_SECRETKEYBYTES == sizeof((struct signing_key *)NULL)->secret &&
                  crypto_sign_BYTES == SIGNATURE_BYTES,
              "the sizes are those of libsodium");

struct line {
    char text[LINE_BYTES_MAX];
    size_t length;
    mode_t mode; /* of the file it was read from */
};

static struct error file_failed(const char *path, const char *what)
{
    return error_make(ERROR_FATAL, "file_failed", "%s: %s: %s", path, what, strerror(errno));
}

/* ---- Making a pair ---- */

static void line_print(struct line *line, const char *word, const uint8_t bytes[SEED_BYTES])
{
    const size_t at = strlen(word);
    assert(at + HEX_DIGITS + 2 <= sizeof line->text);
    memcpy(line->text, word, at);
    (void)sodium_bin2hex(line->text + at, HEX_DIGITS + 1, bytes, SEED_BYTES);
    line->text[at + HEX_DIGITS] = '\n';
    line->length = at + HEX_DIGITS + 1;
}

static struct error create_file(const char *path, mode_t mode, int *file)
{
    *file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (*file >= 0) {
        return no_error();
    }
    if (errno == EEXIST) {
        return error_make(ERROR_FATAL, "key_exists",
                          "%s is there already: a key is never written over", path);
    }
    return file_failed(path, "cannot be made");
}

static struct error write_line(int file, const char *path, const struct line *line)
{
    const ssize_t written = write(file, line->text, line->length);
    if (written >= 0 && (size_t)written < line->length) {
        errno = ENOSPC;
    }
    if (written != (ssize_t)line->length || fsync(file) != 0) {
        return file_failed(path, "cannot be written");
    }
    return no_error();
}

/* A file without its line is of no use to anybody. */
static struct error write_file(const char *path, mode_t mode, const struct line *line)
{
    int file;
    TRY(create_file(path, mode, &file));
    const struct error error = write_line(file, path, line);
    (void)close(file);
    if (failed(&error)) {
        (void)unlink(path);
    }
    return error;
}

static struct error write_pair(const char *path, const struct line *secret,
                               const struct line *public_line)
{
    char beside[PATH_BYTES_MAX];
    const int length = snprintf(beside, sizeof beside, "%s.pub", path);
    if (length < 0 || (size_t)length >= sizeof beside) {
        return error_make(ERROR_FATAL, "file_failed", "%.100s...: the name is too long", path);
    }
    TRY(write_file(path, S_IRUSR | S_IWUSR, secret));
    const struct error error =
        write_file(beside, S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH, public_line);
    if (failed(&error)) {
        (void)unlink(path);
    }
    return error;
}

static void derive(struct signing_key *key, const uint8_t seed[SEED_BYTES])
{
    const int done = crypto_sign_seed_keypair(key->public_key, key->secret, seed);
    assert(done == 0);
}

struct error signing_key_create(const char *path, uint8_t public_key[PUBLIC_KEY_BYTES])
{
    uint8_t seed[SEED_BYTES];
    struct signing_key key;
    struct line secret, public_line;
    randombytes_buf(seed, sizeof seed);
    derive(&key, seed);
    line_print(&secret, SECRET_WORD, seed);
    line_print(&public_line, PUBLIC_WORD, key.public_key);
    memcpy(public_key, key.public_key, PUBLIC_KEY_BYTES);
    const struct error error = write_pair(path, &secret, &public_line);
    sodium_memzero(seed, sizeof seed);
    sodium_memzero(&secret, sizeof secret);
    signing_key_clear(&key);
    return error;
}

/* ---- Reading ---- */

static struct error unreadable(const char *path, const char *what)
{
    return error_make(ERROR_FATAL, "key_unreadable", "%s: %s", path, what);
}

static struct error check_secrecy(const char *path, mode_t mode)
{
    if ((mode & (S_IRWXG | S_IRWXO)) != 0) {
        return error_make(
            ERROR_FATAL, "key_unsafe",
            "%s: others than its owner have rights on this secret key (mode %03o). If "
            "nobody has read it, chmod 600 it; else make a new one with --new-key",
            path, (unsigned)(mode & 0777));
    }
    return no_error();
}

static struct error read_file(int file, const char *path, struct line *line)
{
    line->length = 0;
    for (;;) {
        const ssize_t got = read(file, line->text + line->length, sizeof line->text - line->length);
        if (got < 0) {
            return file_failed(path, "cannot be read");
        }
        line->length += (size_t)got;
        if (got == 0 || line->length == sizeof line->text) {
            return no_error();
        }
    }
}

static bool begins(const struct line *line, const char *word)
{
    return line->length >= strlen(word) && memcmp(line->text, word, strlen(word)) == 0;
}

/* The open file is asked for its mode, so that it is the one that is read. */
static struct error read_open(int file, const char *path, struct line *line)
{
    struct stat found;
    if (fstat(file, &found) != 0) {
        return file_failed(path, "cannot be looked at");
    }
    line->mode = found.st_mode;
    return read_file(file, path, line);
}

static struct error read_line(const char *path, struct line *line)
{
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return file_failed(path, "cannot be opened");
    }
    const struct error error = read_open(file, path, line);
    (void)close(file);
    return error;
}

static bool hex_read(const char *digits, size_t length, uint8_t out[SEED_BYTES])
{
    size_t count = 0;
    return length == HEX_DIGITS &&
           sodium_hex2bin(out, SEED_BYTES, digits, length, NULL, &count, NULL) == 0 &&
           count == SEED_BYTES;
}

/* The word, the digits, and at most one line end. */
static bool line_read(const struct line *line, const char *word, uint8_t out[SEED_BYTES])
{
    const size_t at = strlen(word);
    size_t length = line->length;
    if (length > 0 && line->text[length - 1] == '\n') {
        length--;
    }
    return begins(line, word) && hex_read(line->text + at, length - at, out);
}

static struct error read_seed(const char *path, struct line *line, uint8_t seed[SEED_BYTES])
{
    TRY(read_line(path, line));
    if (begins(line, PUBLIC_WORD)) {
        return unreadable(path, "this is a public key; signing needs the secret one");
    }
    if (!line_read(line, SECRET_WORD, seed)) {
        return unreadable(path, "this is no secret key of jaga's (one line, "
                                "\"jaga-ed25519-secret\" and 64 hex digits)");
    }
    return check_secrecy(path, line->mode);
}

struct error signing_key_load(const char *path, struct signing_key *out)
{
    struct line line;
    uint8_t seed[SEED_BYTES];
    signing_key_clear(out);
    const struct error error = read_seed(path, &line, seed);
    if (!failed(&error)) {
        derive(out, seed);
    }
    sodium_memzero(seed, sizeof seed);
    sodium_memzero(&line, sizeof line);
    return error;
}

void signing_key_clear(struct signing_key *key)
{
    sodium_memzero(key, sizeof *key);
}

struct error public_key_read(const char *file_or_hex, uint8_t out[PUBLIC_KEY_BYTES])
{
    struct line line;
    if (hex_read(file_or_hex, strlen(file_or_hex), out)) {
        return no_error();
    }
    TRY(read_line(file_or_hex, &line));
    const bool read = line_read(&line, PUBLIC_WORD, out);
    const bool secret = begins(&line, SECRET_WORD);
    sodium_memzero(&line, sizeof line);
    if (!read) {
        return unreadable(file_or_hex, secret ? "this is a secret key; its public one lies beside "
                                                "it, with .pub behind the name"
                                              : "this is no public key of jaga's (one line, "
                                                "\"jaga-ed25519-public\" and 64 hex digits)");
    }
    return no_error();
}

bool public_key_is_among(const uint8_t public_key[PUBLIC_KEY_BYTES], const uint8_t *keys,
                         size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (memcmp(keys + i * PUBLIC_KEY_BYTES, public_key, PUBLIC_KEY_BYTES) == 0) {
            return true;
        }
    }
    return false;
}

void public_key_print(const uint8_t public_key[PUBLIC_KEY_BYTES], char out[KEY_TEXT_BYTES])
{
    (void)sodium_bin2hex(out, KEY_TEXT_BYTES, public_key, PUBLIC_KEY_BYTES);
}

/* ---- Signatures ---- */

void signature_make(const struct signing_key *key, const void *message, size_t length,
                    uint8_t signature[SIGNATURE_BYTES])
{
    const int done = crypto_sign_detached(signature, NULL, message, length, key->secret);
    assert(done == 0);
}

bool signature_holds(const uint8_t public_key[PUBLIC_KEY_BYTES], const void *message, size_t length,
                     const uint8_t signature[SIGNATURE_BYTES])
{
    return crypto_sign_verify_detached(signature, message, length, public_key) == 0;
}
