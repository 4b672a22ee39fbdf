#include "wire/archive_manifest.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wire/hex.h"

#define MANIFEST "manifest.json"
#define MANIFEST_BYTES_MAX (64 * 1024 * 1024)
#define FOLDER_PATH_BYTES 4096
#define FORMAT 1
#define LANES_MAX 65536

#define HEX_BYTES(count) (2 * (count) + 1)

struct manifest_files {
    char path[FOLDER_PATH_BYTES], beside[FOLDER_PATH_BYTES];
};

static struct error damaged(const char *path, const char *what)
{
    return error_make(ERROR_FATAL, "archive_damaged", "%.300s: %s", path, what);
}

static struct error entry_damaged(const char *path, size_t index, const char *what)
{
    return error_make(ERROR_FATAL, "archive_damaged", "%.300s: file %zu of its list: %s", path,
                      index + 1, what);
}

static struct error file_failed(const char *path, int number)
{
    return error_make(ERROR_FATAL, "file_failed", "%.300s: %s", path, strerror(number));
}

static struct error name_files(const char *folder, struct manifest_files *out)
{
    const int length = snprintf(out->beside, sizeof out->beside, "%s/" MANIFEST ".part", folder);
    if (length < 0 || (size_t)length >= sizeof out->beside) {
        return file_failed(folder, ENAMETOOLONG);
    }
    (void)snprintf(out->path, sizeof out->path, "%.*s", length - 5, out->beside);
    return no_error();
}

void archive_entry_name(struct archive_entry *entry)
{
    const int length =
        snprintf(entry->path, sizeof entry->path, "%s/%" PRId32 "/%020" PRId64 ".avro",
                 entry->topic, entry->partition, entry->first);
    assert(length > 0 && (size_t)length < sizeof entry->path);
}

/* ---- Saving ---- */

static void print_entry(FILE *out, const struct archive_entry *entry)
{
    char digest[HEX_BYTES(DIGEST_BYTES)];
    hex_print(entry->digest, DIGEST_BYTES, digest);
    (void)fprintf(out,
                  "{\"topic\":\"%s\",\"partition\":%" PRId32 ",\"path\":\"%s\",\"first\":%" PRId64
                  ",\"next\":%" PRId64 ",\"records\":%" PRId64 ",\"bytes\":%" PRId64
                  ",\"blake2b_256\":\"%s\"}",
                  entry->topic, entry->partition, entry->path, entry->first, entry->next,
                  entry->records, entry->bytes, digest);
}

/* A line a file, so that a person and `diff` can read it; names need no escapes. */
static bool print_manifest(FILE *out, const struct archive_manifest *manifest)
{
    char log_id[HEX_BYTES(sizeof manifest->log_id)];
    hex_print(manifest->log_id, sizeof manifest->log_id, log_id);
    (void)fprintf(
        out, "{\"format\":%d,\"log_id\":\"%s\",\"lanes\":%" PRId32 ",\"prefix\":\"%s\",\"files\":[",
        FORMAT, log_id, manifest->lanes, manifest->prefix);
    for (size_t i = 0; i < manifest->count; i++) {
        (void)fputs(i == 0 ? "\n" : ",\n", out);
        print_entry(out, &manifest->entries[i]);
    }
    (void)fputs("\n]}\n", out);
    return fflush(out) == 0 && ferror(out) == 0 && fsync(fileno(out)) == 0;
}

struct error archive_folder_sync(const char *folder)
{
    const int file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool synced = file >= 0 && fsync(file) == 0;
    const int number = errno;
    if (file >= 0) {
        (void)close(file);
    }
    return synced ? no_error() : file_failed(folder, number);
}

struct error archive_manifest_save(const char *folder, const struct archive_manifest *manifest)
{
    struct manifest_files files;
    TRY(name_files(folder, &files));
    FILE *out = fopen(files.beside, "we");
    if (out == NULL) {
        return file_failed(files.beside, errno);
    }
    const bool printed = print_manifest(out, manifest);
    const int number = errno;
    if (fclose(out) != 0 || !printed) {
        (void)unlink(files.beside);
        return file_failed(files.beside, printed ? errno : number);
    }
    if (rename(files.beside, files.path) != 0) {
        return file_failed(files.path, errno);
    }
    return archive_folder_sync(folder);
}

/* ---- The entries ---- */

void archive_manifest_clear(struct archive_manifest *manifest)
{
    free(manifest->entries);
    *manifest = (struct archive_manifest){0};
}

static int compare_partition(const struct archive_entry *entry, const char *topic,
                             int32_t partition)
{
    const int order = strcmp(entry->topic, topic);
    if (order != 0) {
        return order;
    }
    return (entry->partition > partition) - (entry->partition < partition);
}

/* The first entry that does not come before the partition. */
static size_t lower_bound(const struct archive_manifest *manifest, const char *topic,
                          int32_t partition)
{
    size_t from = 0, to = manifest->count;
    while (from < to) {
        const size_t middle = from + (to - from) / 2;
        if (compare_partition(&manifest->entries[middle], topic, partition) < 0) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    return from;
}

size_t archive_manifest_find(const struct archive_manifest *manifest, const char *topic,
                             int32_t partition, size_t *count)
{
    const size_t first = lower_bound(manifest, topic, partition);
    const size_t behind =
        partition == INT32_MAX ? manifest->count : lower_bound(manifest, topic, partition + 1);
    *count = 0;
    while (first + *count < behind &&
           compare_partition(&manifest->entries[first + *count], topic, partition) == 0) {
        ++*count;
    }
    return first;
}

static void make_room(struct archive_manifest *manifest)
{
    if (manifest->count < manifest->capacity) {
        return;
    }
    manifest->capacity = manifest->capacity == 0 ? 64 : 2 * manifest->capacity;
    manifest->entries = realloc(manifest->entries, manifest->capacity * sizeof *manifest->entries);
    assert(manifest->entries != NULL);
}

void archive_manifest_add(struct archive_manifest *manifest, const struct archive_entry *entry)
{
    size_t count = 0;
    const size_t first = archive_manifest_find(manifest, entry->topic, entry->partition, &count);
    assert(entry->first < entry->next);
    assert(count == 0 || manifest->entries[first + count - 1].next == entry->first);
    make_room(manifest);
    struct archive_entry *at = manifest->entries + first + count;
    memmove(at + 1, at, (manifest->count - first - count) * sizeof *at);
    *at = *entry;
    manifest->count++;
}

/* ---- Loading ---- */

/* What Kafka allows in a topic's name. */
static bool is_name(const char *text, size_t capacity)
{
    const size_t length = strlen(text);
    return length > 0 && length < capacity &&
           strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") ==
               length;
}

static bool is_topic_of(const char *topic, const char *prefix)
{
    const size_t length = strlen(prefix);
    return is_name(topic, ARCHIVE_TOPIC_BYTES) && strncmp(topic, prefix, length) == 0 &&
           topic[length] == '.' && topic[length + 1] != '\0';
}

static bool take_entry(json_t *from, const char *prefix, struct archive_entry *entry,
                       const char **wrong)
{
    const char *topic, *path, *digest;
    json_int_t partition, first, next, records, bytes;
    *wrong = "its fields are not those of a file";
    if (json_unpack(from, "{s:s,s:I,s:s,s:I,s:I,s:I,s:I,s:s!}", "topic", &topic, "partition",
                    &partition, "path", &path, "first", &first, "next", &next, "records", &records,
                    "bytes", &bytes, "blake2b_256", &digest) != 0) {
        return false;
    }
    *wrong = "its topic is none of the archive's";
    if (!is_topic_of(topic, prefix)) {
        return false;
    }
    *wrong = "its numbers cannot be";
    if (partition < 0 || partition >= LANES_MAX || first < 0 || next <= first || records < 0 ||
        records > next - first || bytes <= 0) {
        return false;
    }
    *wrong = "its hash cannot be read";
    if (!hex_parse(text_of_string(digest), entry->digest, DIGEST_BYTES)) {
        return false;
    }
    (void)snprintf(entry->topic, sizeof entry->topic, "%s", topic);
    entry->partition = (int32_t)partition;
    entry->first = first;
    entry->next = next;
    entry->records = records;
    entry->bytes = bytes;
    archive_entry_name(entry);
    *wrong = "its path is not that of its topic, partition and first offset";
    return strcmp(entry->path, path) == 0;
}

/* In order, and each partition without a gap. */
static const char *order_wrong(const struct archive_entry *before,
                               const struct archive_entry *entry)
{
    const int order = compare_partition(before, entry->topic, entry->partition);
    if (order > 0) {
        return "it is not in the order of topic, partition and first offset";
    }
    if (order < 0 || before->next == entry->first) {
        return NULL;
    }
    return before->next > entry->first ? "it overlaps the file before it"
                                       : "offsets are missing before it";
}

static struct error take_entries(const char *path, json_t *files, struct archive_manifest *out)
{
    for (size_t i = 0; i < json_array_size(files); i++) {
        const char *wrong = NULL;
        make_room(out);
        struct archive_entry *entry = &out->entries[i];
        memset(entry, 0, sizeof *entry);
        if (!take_entry(json_array_get(files, i), out->prefix, entry, &wrong)) {
            return entry_damaged(path, i, wrong);
        }
        wrong = i == 0 ? NULL : order_wrong(entry - 1, entry);
        if (wrong != NULL) {
            return entry_damaged(path, i, wrong);
        }
        out->count = i + 1;
    }
    return no_error();
}

static struct error take_manifest(const char *path, json_t *root, struct archive_manifest *out)
{
    json_int_t format = 0, lanes;
    const char *log_id, *prefix;
    json_t *files;
    if (json_unpack(root, "{s:I}", "format", &format) != 0 || format != FORMAT) {
        return error_make(ERROR_FATAL, "archive_damaged",
                          "%.300s: its format is not %d, the only one this program reads", path,
                          FORMAT);
    }
    if (json_unpack(root, "{s:I,s:s,s:I,s:s,s:o!}", "format", &format, "log_id", &log_id, "lanes",
                    &lanes, "prefix", &prefix, "files", &files) != 0 ||
        !json_is_array(files)) {
        return damaged(path, "its fields are not those of a manifest");
    }
    if (!hex_parse(text_of_string(log_id), out->log_id, sizeof out->log_id)) {
        return damaged(path, "its log_id cannot be read");
    }
    if (lanes < 1 || lanes > LANES_MAX) {
        return damaged(path, "its number of lanes cannot be");
    }
    if (!is_name(prefix, ARCHIVE_TOPIC_BYTES - 1)) {
        return damaged(path, "its prefix cannot be that of topics");
    }
    out->lanes = (int32_t)lanes;
    (void)snprintf(out->prefix, sizeof out->prefix, "%s", prefix);
    return take_entries(path, files, out);
}

static struct error read_json(const char *folder, const char *path, json_t **root)
{
    struct stat state;
    FILE *in = fopen(path, "re");
    if (in == NULL && errno == ENOENT) {
        return error_make(ERROR_USAGE, "archive_missing",
                          "%.300s is no archive: there is no " MANIFEST " in it", folder);
    }
    if (in == NULL) {
        return file_failed(path, errno);
    }
    struct error error = no_error();
    json_error_t wrong;
    if (fstat(fileno(in), &state) != 0 || !S_ISREG(state.st_mode) ||
        state.st_size > MANIFEST_BYTES_MAX) {
        error = damaged(path, "it is no file of up to 64 MiB");
    } else if ((*root = json_loadf(in, JSON_REJECT_DUPLICATES, &wrong)) == NULL) {
        error = error_make(ERROR_FATAL, "archive_damaged", "%.300s: line %d: %.150s", path,
                           wrong.line, wrong.text);
    }
    (void)fclose(in);
    return error;
}

struct error archive_manifest_load(const char *folder, struct archive_manifest *out)
{
    struct manifest_files files;
    json_t *root = NULL;
    *out = (struct archive_manifest){0};
    TRY(name_files(folder, &files));
    TRY(read_json(folder, files.path, &root));
    const struct error error = take_manifest(files.path, root, out);
    json_decref(root);
    if (failed(&error)) {
        archive_manifest_clear(out);
    }
    return error;
}
