/* manifest.json of an archive: which files hold which stretch of which partition, and their
   hashes. */
#ifndef JAGA_WIRE_ARCHIVE_MANIFEST_H
#define JAGA_WIRE_ARCHIVE_MANIFEST_H

#include "core/output.h"
#include "support/error.h"

#define ARCHIVE_PATH_BYTES 300
#define ARCHIVE_TOPIC_BYTES 200

struct archive_entry {
    char topic[ARCHIVE_TOPIC_BYTES]; /* "jaga.payment" */
    int32_t partition;
    char
        path[ARCHIVE_PATH_BYTES]; /* within the archive: jaga.payment/0/00000000000000000000.avro */
    int64_t first, next;          /* offsets covered, half-open; control records may lie inside */
    int64_t records, bytes;
    uint8_t digest[DIGEST_BYTES]; /* BLAKE2b-256 of the file */
};

/* Fills `path` from topic, partition and first: a file has no other. */
void archive_entry_name(struct archive_entry *entry);

struct archive_manifest {
    uint8_t log_id[16];
    int32_t lanes;
    char prefix[ARCHIVE_TOPIC_BYTES]; /* "jaga" */
    struct archive_entry *entries; /* by topic, partition, first; without gaps within a partition */
    size_t count, capacity;
};

/* `folder`/manifest.json. USAGE "archive_missing" when there is none, FATAL "archive_damaged" names
   what of it cannot be read (unknown format, overlap, gap, a path that is not the entry's own);
   `out` has nothing to clear then. */
MUST_USE struct error archive_manifest_load(const char *folder, struct archive_manifest *out);
/* Replaces it at once (written beside it, synced, renamed). FATAL "file_failed". */
MUST_USE struct error archive_manifest_save(const char *folder,
                                            const struct archive_manifest *manifest);
void archive_manifest_clear(
    struct archive_manifest *manifest); /* frees the entries; once more is harmless */
/* Makes the names in a folder last: after a file in it was renamed. FATAL "file_failed". */
MUST_USE struct error archive_folder_sync(const char *folder);
/* Adds behind the partition's last entry, which it must follow without a gap, keeping the order. */
void archive_manifest_add(struct archive_manifest *manifest, const struct archive_entry *entry);
/* Entries of one partition: the first one's index and their number, 0 when there are none. */
size_t archive_manifest_find(const struct archive_manifest *manifest, const char *topic,
                             int32_t partition, size_t *count);

#endif
