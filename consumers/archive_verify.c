#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "consumers/archive_copy.h"
#include "support/shutdown.h"
#include "wire/hex.h"

#define HEX_BYTES (2 * DIGEST_BYTES + 1)
#define PROGRESS_RECORDS 65536

struct verifying {
    struct archive_work *work;
    struct archive_index *index;
    int64_t whole, done; /* bytes, for the progress */
    bool differs;
};

/* One line for one file. */
static void tell(struct verifying *verifying, const struct archive_entry *entry, const char *format,
                 ...) PRINTF_LIKE(3, 4);

static void tell(struct verifying *verifying, const struct archive_entry *entry, const char *format,
                 ...)
{
    va_list arguments;
    archive_progress_end(verifying->work);
    printf("differs: %s: ", entry->path);
    va_start(arguments, format);
    (void)vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
    verifying->differs = true;
}

/* Reads a file from end to end, its records into the index; `*outside` is an offset that the
   manifest does not give to it, or −1. */
static struct error read_file(struct verifying *verifying, const struct archive_entry *entry,
                              struct archive_reader *reader, int64_t *records, int64_t *outside)
{
    *outside = -1;
    archive_index_begin(verifying->index, entry->first);
    for (*records = 0;;) {
        struct log_record record;
        bool at_end;
        TRY(archive_reader_next(reader, &record, &at_end));
        if (at_end) {
            return no_error();
        }
        ++*records;
        if (record.offset < entry->first || record.offset >= entry->next ||
            record.offset - entry->first > ARCHIVE_INDEX_OFFSETS_MAX) {
            *outside = record.offset;
            return no_error();
        }
        archive_index_add(verifying->index, record.key, record.offset,
                          archive_reader_block(reader));
        if (*records % PROGRESS_RECORDS == 0) {
            archive_progress(verifying->work, entry->topic,
                             verifying->done + archive_reader_block(reader), verifying->whole);
            if (shutdown_wanted()) {
                return archive_interrupted(entry, record.offset);
            }
        }
    }
}

static void compare(struct verifying *verifying, const struct archive_entry *entry,
                    const struct archive_reader *reader, int64_t records, int64_t outside)
{
    uint8_t digest[DIGEST_BYTES];
    char expected[HEX_BYTES], found[HEX_BYTES];
    if (outside >= 0) {
        tell(verifying, entry,
             "it holds offset %" PRId64 ", the manifest gives it %" PRId64 " to %" PRId64, outside,
             entry->first, entry->next - 1);
        return;
    }
    archive_reader_digest(reader, digest);
    if (memcmp(digest, entry->digest, DIGEST_BYTES) != 0) {
        hex_print(entry->digest, DIGEST_BYTES, expected);
        hex_print(digest, DIGEST_BYTES, found);
        tell(verifying, entry, "its hash is %s, the manifest says %s", found, expected);
    } else if (records != entry->records) {
        tell(verifying, entry, "it has %" PRId64 " records, the manifest says %" PRId64, records,
             entry->records);
    }
}

/* False: told already. */
static struct error has_its_size(struct verifying *verifying, const struct archive_entry *entry,
                                 const char *path, bool *fits)
{
    struct stat state;
    *fits = false;
    if (stat(path, &state) != 0) {
        if (errno != ENOENT) {
            return error_make(ERROR_FATAL, "file_failed", "%.300s: %s", path, strerror(errno));
        }
        tell(verifying, entry, "it is missing");
        return no_error();
    }
    *fits = (int64_t)state.st_size == entry->bytes;
    if (!*fits) {
        tell(verifying, entry, "it has %lld bytes, the manifest says %" PRId64,
             (long long)state.st_size, entry->bytes);
    }
    return no_error();
}

static struct error open_file(const struct verifying *verifying, const struct archive_entry *entry,
                              struct archive_reader **out)
{
    char path[ARCHIVE_FULL_PATH_BYTES];
    const struct archive_file_head head = archive_head_of(verifying->work, entry);
    TRY(archive_full_path(verifying->work, entry, path));
    return archive_reader_open(path, &head, out);
}

static struct error check_index(struct verifying *verifying, const struct archive_entry *entry)
{
    bool same = false;
    TRY(archive_index_same(verifying->index, verifying->work->wish->folder, entry, &same));
    if (!same) {
        char path[ARCHIVE_FULL_PATH_BYTES];
        archive_progress_end(verifying->work);
        archive_index_name(verifying->work->wish->folder, entry, path, sizeof path);
        fprintf(stderr, "jaga archive: %s is missing or not its file's: --index makes it again\n",
                path);
    }
    return no_error();
}

static struct error compare_file(struct verifying *verifying, const struct archive_entry *entry,
                                 struct archive_reader *reader)
{
    int64_t records = 0, outside = -1;
    const bool differed = verifying->differs;
    TRY(read_file(verifying, entry, reader, &records, &outside));
    verifying->differs = false;
    compare(verifying, entry, reader, records, outside);
    const bool differs = verifying->differs;
    verifying->differs = differed || differs;
    return differs ? no_error() : check_index(verifying, entry);
}

static struct error verify_file(struct verifying *verifying, const struct archive_entry *entry)
{
    char path[ARCHIVE_FULL_PATH_BYTES];
    bool fits = false;
    struct archive_reader *reader = NULL;
    TRY(archive_full_path(verifying->work, entry, path));
    TRY(has_its_size(verifying, entry, path, &fits));
    if (!fits) {
        return no_error();
    }
    struct error error = open_file(verifying, entry, &reader);
    if (!failed(&error)) {
        error = compare_file(verifying, entry, reader);
    }
    archive_reader_close(reader);
    if (failed(&error) && strcmp(error.code, "archive_damaged") == 0) {
        tell(verifying, entry, "%s", error.detail);
        return no_error();
    }
    return error;
}

static void add_up(struct archive_work *work, const struct archive_entry *entry)
{
    work->files++;
    work->records += entry->records;
    work->bytes += entry->bytes;
}

static struct error verify_all(struct verifying *verifying)
{
    const struct archive_manifest *manifest = &verifying->work->manifest;
    for (size_t i = 0; i < manifest->count; i++) {
        verifying->whole += manifest->entries[i].bytes;
    }
    for (size_t i = 0; i < manifest->count; i++) {
        const struct archive_entry *entry = &manifest->entries[i];
        if (shutdown_wanted()) {
            return archive_interrupted(entry, entry->first);
        }
        TRY(verify_file(verifying, entry));
        verifying->done += entry->bytes;
        add_up(verifying->work, entry);
    }
    return no_error();
}

struct error archive_verify(struct archive_work *work, bool *agrees)
{
    TRY(archive_manifest_load(work->wish->folder, &work->manifest));
    struct verifying verifying = {.work = work, .index = archive_index_open()};
    const struct error error = verify_all(&verifying);
    archive_progress_end(work);
    archive_index_close(verifying.index);
    *agrees = !verifying.differs;
    return error;
}

/* ---- Indexes ---- */

static struct error index_file(struct verifying *verifying, const struct archive_entry *entry)
{
    struct archive_reader *reader = NULL;
    int64_t records = 0, outside = -1;
    bool same = false;
    TRY(open_file(verifying, entry, &reader));
    const struct error error = read_file(verifying, entry, reader, &records, &outside);
    archive_reader_close(reader);
    TRY(error);
    if (outside >= 0 || records != entry->records) {
        return error_make(ERROR_FATAL, "archive_damaged",
                          "%s is not the file that the manifest names: look with --verify",
                          entry->path);
    }
    TRY(archive_index_same(verifying->index, verifying->work->wish->folder, entry, &same));
    if (same) {
        return no_error();
    }
    add_up(verifying->work, entry);
    return archive_index_write(verifying->index, verifying->work->wish->folder, entry);
}

static struct error index_all(struct verifying *verifying)
{
    const struct archive_manifest *manifest = &verifying->work->manifest;
    for (size_t i = 0; i < manifest->count; i++) {
        if (shutdown_wanted()) {
            return archive_interrupted(&manifest->entries[i], manifest->entries[i].first);
        }
        TRY(index_file(verifying, &manifest->entries[i]));
    }
    return no_error();
}

struct error archive_reindex(struct archive_work *work)
{
    TRY(archive_manifest_load(work->wish->folder, &work->manifest));
    TRY(archive_lock(work));
    struct verifying verifying = {.work = work, .index = archive_index_open()};
    const struct error error = index_all(&verifying);
    archive_progress_end(work);
    archive_index_close(verifying.index);
    return error;
}
