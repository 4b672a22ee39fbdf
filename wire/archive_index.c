#include "wire/archive_index.h"

#include <assert.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wire/digest.h"

#define PATH_BYTES 4096
#define ENTRIES_AT_ONCE 256
#define BLOCK_SPOTS 4096 /* 64 KiB at a time when all of them are looked at */

static const uint8_t magic[8] = "jagaidx\x01";

/* As in the file. */
struct head {
    uint8_t magic[sizeof magic];
    uint64_t count, first;
    uint8_t digest[DIGEST_BYTES];
};
static_assert(sizeof(struct head) == 24 + DIGEST_BYTES, "the head has no gaps");

struct spot {
    uint64_t hash;
    uint32_t offset; /* from the file's first */
    uint32_t block_at;
};
static_assert(sizeof(struct spot) == 16, "an entry has no gaps");

struct archive_index {
    struct spot *spots; /* numbers as this machine has them, until they are written */
    size_t count, capacity;
    int64_t first;
};

void archive_index_name(const char *folder, const struct archive_entry *entry, char *out,
                        size_t capacity)
{
    const int stem = (int)strlen(entry->path) - (int)strlen(".avro");
    assert(stem > 0);
    (void)snprintf(out, capacity, "%s/%.*s.index", folder, stem, entry->path);
}

struct archive_index *archive_index_open(void)
{
    struct archive_index *index = calloc(1, sizeof *index);
    assert(index != NULL);
    return index;
}

void archive_index_close(struct archive_index *index)
{
    if (index != NULL) {
        free(index->spots);
        free(index);
    }
}

void archive_index_begin(struct archive_index *index, int64_t first)
{
    index->count = 0;
    index->first = first;
}

static uint64_t hash_of(struct text key)
{
    uint8_t digest[DIGEST_BYTES];
    uint64_t word;
    digest_of(key.at, key.length, digest);
    memcpy(&word, digest, sizeof word);
    return le64toh(word);
}

void archive_index_add(struct archive_index *index, struct text key, int64_t offset,
                       int64_t block_at)
{
    assert(offset >= index->first && offset - index->first <= ARCHIVE_INDEX_OFFSETS_MAX);
    assert(block_at >= 0 && block_at <= UINT32_MAX);
    if (index->count == index->capacity) {
        index->capacity = index->capacity == 0 ? 4096 : 2 * index->capacity;
        index->spots = realloc(index->spots, index->capacity * sizeof *index->spots);
        assert(index->spots != NULL);
    }
    index->spots[index->count++] = (struct spot){
        .hash = hash_of(key),
        .offset = (uint32_t)(offset - index->first),
        .block_at = (uint32_t)block_at,
    };
}

static int by_hash(const void *a, const void *b)
{
    const struct spot *left = a, *right = b;
    if (left->hash != right->hash) {
        return left->hash < right->hash ? -1 : 1;
    }
    return (left->offset > right->offset) - (left->offset < right->offset);
}

/* Sorts what was added and gives its numbers the order of the file. */
static void settle(struct archive_index *index)
{
    if (index->count > 0) {
        qsort(index->spots, index->count, sizeof *index->spots, by_hash);
    }
    for (size_t i = 0; i < index->count; i++) {
        struct spot *spot = &index->spots[i];
        *spot = (struct spot){htole64(spot->hash), htole32(spot->offset), htole32(spot->block_at)};
    }
}

static struct head head_of(const struct archive_entry *entry, size_t count)
{
    struct head head = {.count = htole64(count), .first = htole64((uint64_t)entry->first)};
    memcpy(head.magic, magic, sizeof magic);
    memcpy(head.digest, entry->digest, DIGEST_BYTES);
    return head;
}

static struct error file_failed(const char *path)
{
    return error_make(ERROR_FATAL, "file_failed", "%.300s: %s", path, strerror(errno));
}

static bool put_all(FILE *out, const struct archive_index *index, const struct head *head)
{
    return fwrite(head, sizeof *head, 1, out) == 1 &&
           (index->count == 0 ||
            fwrite(index->spots, sizeof *index->spots, index->count, out) == index->count) &&
           fflush(out) == 0;
}

struct error archive_index_write(struct archive_index *index, const char *folder,
                                 const struct archive_entry *entry)
{
    char path[PATH_BYTES], beside[PATH_BYTES + 8];
    archive_index_name(folder, entry, path, sizeof path);
    (void)snprintf(beside, sizeof beside, "%s.part", path);
    settle(index);
    const struct head head = head_of(entry, index->count);
    FILE *out = fopen(beside, "wbe");
    if (out == NULL) {
        return file_failed(beside);
    }
    struct error error = put_all(out, index, &head) ? no_error() : file_failed(beside);
    if (fclose(out) != 0 && !failed(&error)) {
        error = file_failed(beside);
    }
    if (!failed(&error) && rename(beside, path) != 0) {
        error = file_failed(path);
    }
    if (failed(&error)) {
        (void)unlink(beside);
    }
    return error;
}

static bool same_bytes(FILE *in, const void *bytes, size_t length)
{
    uint8_t found[ENTRIES_AT_ONCE * sizeof(struct spot)];
    for (size_t at = 0; at < length;) {
        const size_t count = length - at < sizeof found ? length - at : sizeof found;
        if (fread(found, 1, count, in) != count ||
            memcmp(found, (const uint8_t *)bytes + at, count) != 0) {
            return false;
        }
        at += count;
    }
    return true;
}

struct error archive_index_same(struct archive_index *index, const char *folder,
                                const struct archive_entry *entry, bool *same)
{
    char path[PATH_BYTES];
    archive_index_name(folder, entry, path, sizeof path);
    settle(index);
    const struct head head = head_of(entry, index->count);
    *same = false;
    FILE *in = fopen(path, "rbe");
    if (in == NULL) {
        return errno == ENOENT ? no_error() : file_failed(path);
    }
    *same = same_bytes(in, &head, sizeof head) &&
            same_bytes(in, index->spots, index->count * sizeof *index->spots) && fgetc(in) == EOF;
    const struct error error = ferror(in) != 0 ? file_failed(path) : no_error();
    (void)fclose(in);
    return error;
}

/* ---- Finding ---- */

static bool take(int file, void *bytes, size_t count, uint64_t at)
{
    return pread(file, bytes, count, (off_t)at) == (ssize_t)count;
}

static bool head_fits(int file, const struct archive_entry *entry)
{
    struct stat state;
    struct head head;
    const struct head wanted = head_of(entry, (size_t)entry->records);
    return take(file, &head, sizeof head, 0) && memcmp(&head, &wanted, sizeof head) == 0 &&
           fstat(file, &state) == 0 &&
           state.st_size == (off_t)(sizeof head + sizeof(struct spot) * (size_t)entry->records);
}

bool archive_index_fits(const char *folder, const struct archive_entry *entry)
{
    char path[PATH_BYTES];
    archive_index_name(folder, entry, path, sizeof path);
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    const bool fits = file >= 0 && head_fits(file, entry);
    if (file >= 0) {
        (void)close(file);
    }
    return fits;
}

static bool take_spots(int file, uint64_t index, size_t count, struct spot *out)
{
    return take(file, out, count * sizeof *out, sizeof(struct head) + index * sizeof *out);
}

/* The first spot whose hash is not below. False when the file cannot be read. */
static bool lower_bound(int file, uint64_t count, uint64_t hash, uint64_t *out)
{
    uint64_t from = 0, to = count;
    while (from < to) {
        const uint64_t middle = from + (to - from) / 2;
        struct spot spot;
        if (!take_spots(file, middle, 1, &spot)) {
            return false;
        }
        if (le64toh(spot.hash) < hash) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    *out = from;
    return true;
}

static struct error index_damaged(const char *path)
{
    return error_make(ERROR_FATAL, "index_damaged",
                      "%.300s: it is not the index of its file; `jaga archive DIR --index` makes "
                      "it again",
                      path);
}

static struct error tell(int file, const char *path, const struct archive_entry *entry,
                         uint64_t hash, archive_index_found found, void *context)
{
    struct spot spots[ENTRIES_AT_ONCE];
    const uint64_t count = (uint64_t)entry->records;
    uint64_t from = 0;
    if (!lower_bound(file, count, hash, &from)) {
        return index_damaged(path);
    }
    while (from < count) {
        const size_t taken =
            count - from < ENTRIES_AT_ONCE ? (size_t)(count - from) : ENTRIES_AT_ONCE;
        if (!take_spots(file, from, taken, spots)) {
            return index_damaged(path);
        }
        for (size_t i = 0; i < taken; i++) {
            const int64_t offset = entry->first + le32toh(spots[i].offset);
            if (le64toh(spots[i].hash) != hash) {
                return le64toh(spots[i].hash) > hash ? no_error() : index_damaged(path);
            }
            if (offset >= entry->next || le32toh(spots[i].block_at) >= entry->bytes) {
                return index_damaged(path);
            }
            TRY(found(context, le32toh(spots[i].block_at), offset));
        }
        from += taken;
    }
    return no_error();
}

/* Opens the index for reading and sees that it is of this file. */
static struct error open_index(const char *folder, const struct archive_entry *entry,
                               char path[PATH_BYTES], int *file)
{
    archive_index_name(folder, entry, path, PATH_BYTES);
    *file = open(path, O_RDONLY | O_CLOEXEC);
    if (*file < 0 && errno == ENOENT) {
        return error_make(ERROR_FATAL, "index_missing",
                          "%.300s is missing; `jaga archive DIR --index` makes it again", path);
    }
    if (*file < 0) {
        return file_failed(path);
    }
    if (!head_fits(*file, entry)) {
        (void)close(*file);
        return index_damaged(path);
    }
    return no_error();
}

struct error archive_index_find(const char *folder, const struct archive_entry *entry,
                                struct text key, archive_index_found found, void *context)
{
    char path[PATH_BYTES];
    int file;
    TRY(open_index(folder, entry, path, &file));
    const struct error error = tell(file, path, entry, hash_of(key), found, context);
    (void)close(file);
    return error;
}

/* The last block with a record at or before `offset` is the largest of theirs; without one, the
   smallest of all. */
static bool last_block(int file, const struct archive_entry *entry, int64_t offset,
                       int64_t *block_at)
{
    struct spot spots[BLOCK_SPOTS];
    const uint64_t count = (uint64_t)entry->records;
    int64_t first = INT64_MAX;
    int64_t last = -1;
    for (uint64_t from = 0; from < count;) {
        const size_t taken = count - from < BLOCK_SPOTS ? (size_t)(count - from) : BLOCK_SPOTS;
        if (!take_spots(file, from, taken, spots)) {
            return false;
        }
        for (size_t i = 0; i < taken; i++) {
            const int64_t block = le32toh(spots[i].block_at);
            const bool before = entry->first + le32toh(spots[i].offset) <= offset;
            first = block < first ? block : first;
            last = before && block > last ? block : last;
        }
        from += taken;
    }
    *block_at = last >= 0 ? last : first;
    return count > 0;
}

struct error archive_index_block(const char *folder, const struct archive_entry *entry,
                                 int64_t offset, int64_t *block_at)
{
    char path[PATH_BYTES];
    int file;
    TRY(open_index(folder, entry, path, &file));
    const bool found = last_block(file, entry, offset, block_at);
    (void)close(file);
    return found ? no_error() : index_damaged(path);
}
