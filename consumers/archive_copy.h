/* The work of `jaga archive`: topics into files, files against the manifest, indexes made again. */
#ifndef JAGA_CONSUMERS_ARCHIVE_COPY_H
#define JAGA_CONSUMERS_ARCHIVE_COPY_H

#include "kafka/law_topics.h"
#include "wire/archive_file.h"
#include "wire/archive_index.h"

struct archive_wish {
    const char *folder;
    enum archive_codec codec;
    int64_t file_bytes; /* a file that has so many is finished */
    bool shows_progress;
};

struct archive_work {
    const struct archive_wish *wish;
    const struct kafka_settings *kafka;
    struct archive_manifest manifest;
    int folder;                    /* locked while open; −1 */
    int64_t records, bytes, files; /* new ones; when checking: those looked at */
};

/* Copies every topic up to the ends that are there when it begins, taken in the order of
   checkpoints, journal, all others: so what a checkpoint or the journal names is in the archive.
   Whatever ends it, each file that was finished is in the manifest and the next run goes on behind
   it. USAGE "archive_missing" for a folder of something else, FATAL "archive_of_another_log",
   "archive_busy", "log_truncated", "file_failed", "interrupted"; RETRY "kafka_away". */
MUST_USE struct error archive_copy(struct archive_work *work);

/* Reads every file. `*agrees` false: what differs was printed on standard output, a line a file. A
   missing index is told on standard error and is no difference. */
MUST_USE struct error archive_verify(struct archive_work *work, bool *agrees);

/* Makes every index again that is missing or not of its file. */
MUST_USE struct error archive_reindex(struct archive_work *work);

/* Of any work, also of one that failed. */
void archive_work_clear(struct archive_work *work);

/* ---- Between the files of this work ---- */

#define ARCHIVE_FULL_PATH_BYTES 4096
/* DIR/<path of the entry>; FATAL "file_failed" when that is too long. */
MUST_USE struct error archive_full_path(const struct archive_work *work,
                                        const struct archive_entry *entry,
                                        char out[ARCHIVE_FULL_PATH_BYTES]);
/* No other `jaga archive` may write there meanwhile. */
MUST_USE struct error archive_lock(struct archive_work *work);
struct archive_file_head archive_head_of(const struct archive_work *work,
                                         const struct archive_entry *entry);
/* Tells on a terminal how far it is; `done` of `whole` in the same unit. */
void archive_progress(const struct archive_work *work, const char *what, int64_t done,
                      int64_t whole);
void archive_progress_end(const struct archive_work *work);
struct error archive_interrupted(const struct archive_entry *entry, int64_t next);

#endif
