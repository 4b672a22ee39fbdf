#include "consumers/archive_copy.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kafka/journal_end.h"
#include "kafka/log_reader.h"
#include "support/shutdown.h"

#define PART ".part"
#define PROGRESS_RECORDS 65536

struct stretch { /* of one partition, as it was when the work began */
    int64_t low, end;
};

struct copying {
    struct archive_work *work;
    struct archive_index *index;
    int32_t lanes;
    struct stretch *stretches; /* by topic, then partition */
    int64_t whole, done;       /* offsets, for the progress */
};

struct copied_file { /* being written */
    struct copying *copying;
    struct archive_entry entry;
    char path[ARCHIVE_FULL_PATH_BYTES], part[ARCHIVE_FULL_PATH_BYTES + sizeof PART];
    struct archive_writer *writer;
};

static struct error file_failed(const char *path)
{
    return error_make(ERROR_FATAL, "file_failed", "%.300s: %s", path, strerror(errno));
}

struct error archive_full_path(const struct archive_work *work, const struct archive_entry *entry,
                               char out[ARCHIVE_FULL_PATH_BYTES])
{
    const int length =
        snprintf(out, ARCHIVE_FULL_PATH_BYTES, "%s/%s", work->wish->folder, entry->path);
    if (length < 0 || length >= ARCHIVE_FULL_PATH_BYTES) {
        errno = ENAMETOOLONG;
        return file_failed(work->wish->folder);
    }
    return no_error();
}

struct archive_file_head archive_head_of(const struct archive_work *work,
                                         const struct archive_entry *entry)
{
    struct archive_file_head head = {.topic = entry->topic, .partition = entry->partition};
    memcpy(head.log_id, work->manifest.log_id, sizeof head.log_id);
    return head;
}

void archive_progress(const struct archive_work *work, const char *what, int64_t done,
                      int64_t whole)
{
    if (work->wish->shows_progress) {
        fprintf(stderr, "\r%-50.50s %3" PRId64 " %%", what, whole == 0 ? 100 : done * 100 / whole);
    }
}

void archive_progress_end(const struct archive_work *work)
{
    if (work->wish->shows_progress) {
        fprintf(stderr, "\r%-60s\r", "");
    }
}

struct error archive_interrupted(const struct archive_entry *entry, int64_t next)
{
    return error_make(ERROR_FATAL, "interrupted",
                      "stopped in %s, partition %" PRId32 ", at offset %" PRId64, entry->topic,
                      entry->partition, next);
}

/* ---- The folder ---- */

static struct error make_folder(const char *path)
{
    return mkdir(path, 0777) == 0 || errno == EEXIST ? no_error() : file_failed(path);
}

struct error archive_lock(struct archive_work *work)
{
    const char *folder = work->wish->folder;
    work->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (work->folder < 0) {
        return file_failed(folder);
    }
    if (flock(work->folder, LOCK_EX | LOCK_NB) == 0) {
        return no_error();
    }
    return errno == EWOULDBLOCK
               ? error_make(ERROR_FATAL, "archive_busy",
                            "%.300s: another jaga archive is at work on it", folder)
               : file_failed(folder);
}

void archive_work_clear(struct archive_work *work)
{
    archive_manifest_clear(&work->manifest);
    if (work->folder >= 0) {
        (void)close(work->folder);
        work->folder = -1;
    }
}

static struct error is_empty_folder(const char *path, bool *empty)
{
    DIR *folder = opendir(path);
    if (folder == NULL) {
        return file_failed(path);
    }
    *empty = true;
    for (const struct dirent *found = readdir(folder); found != NULL; found = readdir(folder)) {
        const bool own = strcmp(found->d_name, ".") == 0 || strcmp(found->d_name, "..") == 0 ||
                         strcmp(found->d_name, "manifest.json" PART) == 0 ||
                         strcmp(found->d_name, "lost+found") == 0;
        *empty = *empty && own;
    }
    (void)closedir(folder);
    return no_error();
}

/* A file that was not finished is not in the manifest, and its records are still in the topic. */
static struct error remove_parts(const char *path)
{
    DIR *folder = opendir(path);
    if (folder == NULL) {
        return file_failed(path);
    }
    struct error error = no_error();
    for (const struct dirent *found = readdir(folder); found != NULL; found = readdir(folder)) {
        const size_t length = strlen(found->d_name);
        if (length > strlen(PART) && strcmp(found->d_name + length - strlen(PART), PART) == 0 &&
            unlinkat(dirfd(folder), found->d_name, 0) != 0) {
            error = file_failed(path);
        }
    }
    (void)closedir(folder);
    return error;
}

/* ---- Whose log it is ---- */

static struct error begin_archive(struct archive_work *work, const struct log_identity *identity)
{
    bool empty = false;
    TRY(is_empty_folder(work->wish->folder, &empty));
    if (!empty) {
        return error_make(ERROR_USAGE, "archive_missing",
                          "%.300s holds something else: name a new folder, or one of an archive",
                          work->wish->folder);
    }
    struct archive_manifest *manifest = &work->manifest;
    memcpy(manifest->log_id, identity->log_id, sizeof manifest->log_id);
    manifest->lanes = identity->lanes;
    (void)snprintf(manifest->prefix, sizeof manifest->prefix, "%s", work->kafka->prefix);
    return archive_manifest_save(work->wish->folder, manifest);
}

static struct error open_archive(struct archive_work *work, struct log_identity *identity)
{
    TRY(log_identity_read(work->kafka, identity));
    TRY(make_folder(work->wish->folder));
    TRY(archive_lock(work));
    const struct error error = archive_manifest_load(work->wish->folder, &work->manifest);
    if (failed(&error) && strcmp(error.code, "archive_missing") == 0) {
        return begin_archive(work, identity);
    }
    TRY(error);
    const struct archive_manifest *manifest = &work->manifest;
    if (memcmp(manifest->log_id, identity->log_id, sizeof manifest->log_id) != 0 ||
        manifest->lanes != identity->lanes || strcmp(manifest->prefix, work->kafka->prefix) != 0) {
        return error_make(
            ERROR_FATAL, "archive_of_another_log",
            "%.300s is the archive of another log (its topics are %s.*); name another "
            "folder",
            work->wish->folder, manifest->prefix);
    }
    return no_error();
}

/* ---- How far ---- */

static int32_t partitions_of(const struct copying *copying, enum topic topic)
{
    return topic == TOPIC_REFERENCE || topic >= TOPIC_RULES ? 1 : copying->lanes;
}

static struct stretch *stretch_of(const struct copying *copying, enum topic topic,
                                  int32_t partition)
{
    return &copying->stretches[(int)topic * copying->lanes + partition];
}

static bool is_output(enum topic topic)
{
    return topic == TOPIC_DECISION || topic == TOPIC_PAYMENT || topic == TOPIC_EXCEPTION;
}

static struct error take_ends(struct copying *copying, enum topic topic)
{
    for (int32_t partition = 0; partition < partitions_of(copying, topic); partition++) {
        struct stretch *stretch = stretch_of(copying, topic, partition);
        if (is_output(topic) || topic == TOPIC_JOURNAL) {
            TRY(settled_bounds(copying->work->kafka, topic, partition, &stretch->low,
                               &stretch->end));
        } else {
            TRY(log_bounds(copying->work->kafka, topic, partition, &stretch->low, &stretch->end));
        }
    }
    return no_error();
}

/* A log from before there were checkpoints lacks their topic. */
static struct error take_checkpoint_end(struct copying *copying)
{
    const struct error error = take_ends(copying, TOPIC_CHECKPOINT);
    if (failed(&error) && strcmp(error.code, "topic_missing") == 0) {
        *stretch_of(copying, TOPIC_CHECKPOINT, 0) = (struct stretch){0};
        return no_error();
    }
    return error;
}

/* A checkpoint names journal records that were there before it, and these name inputs and outputs
   that were there before them. */
static struct error take_all_ends(struct copying *copying)
{
    TRY(take_checkpoint_end(copying));
    TRY(take_ends(copying, TOPIC_JOURNAL));
    for (int topic = 0; topic < TOPIC_COUNT; topic++) {
        if (topic != TOPIC_JOURNAL && topic != TOPIC_CHECKPOINT) {
            TRY(take_ends(copying, (enum topic)topic));
        }
    }
    return no_error();
}

/* ---- One file ---- */

static struct error finish_file(struct copied_file *file, int64_t next)
{
    struct archive_work *work = file->copying->work;
    struct archive_entry *entry = &file->entry;
    char folder[ARCHIVE_FULL_PATH_BYTES];
    TRY(archive_writer_finish(file->writer, &entry->bytes, entry->digest));
    entry->next = next;
    if (rename(file->part, file->path) != 0) {
        return file_failed(file->path);
    }
    (void)snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(file->path, '/') - file->path),
                   file->path);
    TRY(archive_folder_sync(folder));
    TRY(archive_index_write(file->copying->index, work->wish->folder, entry));
    archive_manifest_add(&work->manifest, entry);
    work->files++;
    work->records += entry->records;
    work->bytes += entry->bytes;
    return archive_manifest_save(work->wish->folder, &work->manifest);
}

static struct error add_record(struct copied_file *file, const struct log_record *record)
{
    struct copying *copying = file->copying;
    if (record->offset - file->entry.first > ARCHIVE_INDEX_OFFSETS_MAX) {
        return error_make(
            ERROR_FATAL, "log_truncated",
            "%s, partition %" PRId32 ": no record between offsets %" PRId64 " and %" PRId64,
            file->entry.topic, file->entry.partition, file->entry.first, record->offset);
    }
    TRY(archive_writer_add(file->writer, record));
    archive_index_add(copying->index, record->key, record->offset,
                      archive_writer_block(file->writer));
    file->entry.records++;
    if (file->entry.records % PROGRESS_RECORDS == 0) {
        archive_progress(copying->work, file->entry.topic,
                         copying->done + record->offset - file->entry.first, copying->whole);
    }
    return no_error();
}

/* Records until the file is full or all below `end` are in it; `*next` is where it ends. */
static struct error fill_file(struct copied_file *file, struct log_reader *log, int64_t end,
                              int64_t *next)
{
    const int64_t full = file->copying->work->wish->file_bytes;
    for (*next = file->entry.first; archive_writer_bytes(file->writer) < full;) {
        struct log_record record;
        bool at_end = false;
        TRY(log_reader_below(log, end, &record, &at_end));
        if (at_end) {
            *next = end;
            return no_error();
        }
        TRY(add_record(file, &record));
        *next = record.offset + 1;
        if (shutdown_wanted()) {
            return archive_interrupted(&file->entry, *next);
        }
    }
    return no_error();
}

static struct error copy_file(struct copied_file *file, struct log_reader *log, int64_t end,
                              int64_t *next)
{
    struct copying *copying = file->copying;
    const struct archive_work *work = copying->work;
    const struct archive_file_head head = archive_head_of(work, &file->entry);
    archive_entry_name(&file->entry);
    TRY(archive_full_path(work, &file->entry, file->path));
    (void)snprintf(file->part, sizeof file->part, "%s" PART, file->path);
    TRY(archive_writer_open(file->part, &head, work->wish->codec, &file->writer));
    archive_index_begin(copying->index, file->entry.first);
    struct error error = fill_file(file, log, end, next);
    if (!failed(&error)) {
        error = finish_file(file, *next);
    }
    archive_writer_close(file->writer);
    if (failed(&error)) {
        (void)unlink(file->part);
    }
    return error;
}

/* ---- One partition ---- */

static struct error make_folders(const struct archive_work *work, const struct archive_entry *entry)
{
    char path[ARCHIVE_FULL_PATH_BYTES];
    const char *folder = work->wish->folder;
    const int length =
        snprintf(path, sizeof path, "%s/%s/%" PRId32, folder, entry->topic, entry->partition);
    if (length < 0 || (size_t)length >= sizeof path) {
        errno = ENAMETOOLONG;
        return file_failed(folder);
    }
    char *end = strrchr(path, '/');
    *end = '\0';
    TRY(make_folder(path));
    *end = '/';
    TRY(make_folder(path));
    return remove_parts(path);
}

static struct error check_stretch(const struct archive_entry *entry, const struct stretch *stretch)
{
    if (stretch->low > entry->first || stretch->end < entry->first) {
        return error_make(ERROR_FATAL, "log_truncated",
                          "%s, partition %" PRId32 ": the archive ends at offset %" PRId64
                          ", but the topic holds %" PRId64 " to %" PRId64
                          ": records were removed, or it is another log",
                          entry->topic, entry->partition, entry->first, stretch->low, stretch->end);
    }
    return no_error();
}

static struct error copy_files(struct copying *copying, struct archive_entry *entry,
                               struct log_reader *log, int64_t end)
{
    while (entry->first < end) {
        int64_t next = entry->first;
        struct copied_file file = {.copying = copying, .entry = *entry};
        if (shutdown_wanted()) {
            return archive_interrupted(entry, next);
        }
        TRY(copy_file(&file, log, end, &next));
        copying->done += next - entry->first;
        entry->first = next;
    }
    return no_error();
}

/* Where the archive of a partition ends: where the topic begins, when it holds nothing of it. */
static int64_t next_of(const struct copying *copying, const struct archive_entry *entry,
                       const struct stretch *stretch)
{
    const struct archive_manifest *manifest = &copying->work->manifest;
    size_t count = 0;
    const size_t first = archive_manifest_find(manifest, entry->topic, entry->partition, &count);
    return count == 0 ? stretch->low : manifest->entries[first + count - 1].next;
}

static struct error copy_partition(struct copying *copying, enum topic topic, int32_t partition)
{
    const struct kafka_settings *kafka = copying->work->kafka;
    const struct stretch *stretch = stretch_of(copying, topic, partition);
    struct archive_entry entry = {.partition = partition};
    static_assert(TOPIC_NAME_BYTES <= ARCHIVE_TOPIC_BYTES, "a topic's name fits");
    topic_name(kafka, topic, entry.topic);
    entry.first = next_of(copying, &entry, stretch);
    TRY(check_stretch(&entry, stretch));
    if (entry.first == stretch->end) {
        return no_error();
    }
    struct log_reader *log = NULL;
    TRY(make_folders(copying->work, &entry));
    TRY(log_reader_open(kafka, topic, partition, entry.first, &log));
    const struct error error = copy_files(copying, &entry, log, stretch->end);
    log_reader_close(log);
    return error;
}

/* ---- All of them ---- */

static void measure(struct copying *copying, enum topic topic)
{
    for (int32_t partition = 0; partition < partitions_of(copying, topic); partition++) {
        const struct stretch *stretch = stretch_of(copying, topic, partition);
        struct archive_entry entry = {.partition = partition};
        topic_name(copying->work->kafka, topic, entry.topic);
        copying->whole += stretch->end - next_of(copying, &entry, stretch);
    }
}

static struct error copy_topics(struct copying *copying)
{
    TRY(take_all_ends(copying));
    for (int topic = 0; topic < TOPIC_COUNT; topic++) {
        measure(copying, (enum topic)topic);
    }
    for (int topic = 0; topic < TOPIC_COUNT; topic++) {
        for (int32_t partition = 0; partition < partitions_of(copying, (enum topic)topic);
             partition++) {
            TRY(copy_partition(copying, (enum topic)topic, partition));
        }
    }
    return no_error();
}

struct error archive_copy(struct archive_work *work)
{
    struct log_identity identity;
    TRY(open_archive(work, &identity));
    struct copying copying = {.work = work, .index = archive_index_open(), .lanes = identity.lanes};
    copying.stretches =
        calloc((size_t)TOPIC_COUNT * (size_t)identity.lanes, sizeof *copying.stretches);
    assert(copying.stretches != NULL);
    const struct error error = copy_topics(&copying);
    archive_progress_end(work);
    free(copying.stretches);
    archive_index_close(copying.index);
    return error;
}
