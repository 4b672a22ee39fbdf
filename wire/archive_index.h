/* The index beside an archive file: where the records of a key lie in it, so that one person's
   events are found with a few reads. It is made from the file and can be made again; nothing rests
   on it but speed. Numbers are little-endian: "jagaidx" and a byte 1; number of records; first
   offset of the file; BLAKE2b-256 of the file; then 16 bytes a record, sorted as numbers: the first
   8 bytes of BLAKE2b-256(key), offset − first, byte of the block. */
#ifndef JAGA_WIRE_ARCHIVE_INDEX_H
#define JAGA_WIRE_ARCHIVE_INDEX_H

#include "wire/archive_manifest.h"

/* What an index can tell of: a file grows no further. */
#define ARCHIVE_INDEX_OFFSETS_MAX UINT32_MAX
#define ARCHIVE_INDEX_BYTES_MAX INT32_MAX

/* DIR/<entry's path with .index for .avro>. */
void archive_index_name(const char *folder, const struct archive_entry *entry, char *out,
                        size_t capacity);

/* Being made: 16 bytes of memory a record. One may serve file after file. */
struct archive_index;
struct archive_index *archive_index_open(void);
void archive_index_close(struct archive_index *index); /* accepts NULL */
/* Begins the file whose first offset is `first`. */
void archive_index_begin(struct archive_index *index, int64_t first);
/* Records in the order of their offsets, with the byte at which their block begins. */
void archive_index_add(struct archive_index *index, struct text key, int64_t offset,
                       int64_t block_at);
/* Replaces the index of `entry`, whose records were added. FATAL "file_failed". */
MUST_USE struct error archive_index_write(struct archive_index *index, const char *folder,
                                          const struct archive_entry *entry);
/* Whether the index there is holds exactly what was added; false as well when there is none. FATAL
   "file_failed". */
MUST_USE struct error archive_index_same(struct archive_index *index, const char *folder,
                                         const struct archive_entry *entry, bool *same);

/* Whether there is one that was made of this file: its head and size are looked at. */
bool archive_index_fits(const char *folder, const struct archive_entry *entry);

/* Tells of each record that may have this key, in the order of offsets; another key can share the
   hash. Begin at `block_at` with archive_reader_seek(). What `found` returns ends the search. FATAL
   "index_missing" and "index_damaged" say how it is made again, FATAL "file_failed". */
typedef struct error (*archive_index_found)(void *context, int64_t block_at, int64_t offset);
MUST_USE struct error archive_index_find(const char *folder, const struct archive_entry *entry,
                                         struct text key, archive_index_found found, void *context);

/* The byte at which the block begins that holds the record at `offset`, or the last one before it;
   where the first block begins when none is before. Looks at every entry of the index, which is
   quick beside reading the file. Errors as above. */
MUST_USE struct error archive_index_block(const char *folder, const struct archive_entry *entry,
                                          int64_t offset, int64_t *block_at);

#endif
