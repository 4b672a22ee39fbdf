/* One file of an archive: a stretch of one partition as an Avro object container (null or deflate
   codec), readable by any Avro tool. The schema's record is id.jaga.ArchivedRecord {offset long,
   timestamp timestamp-millis, key ["null","bytes"], value ["null","bytes"]}; topic, partition and
   log id stand in the container's metadata (jaga.topic, jaga.partition, jaga.log_id). The same
   records give the same bytes: the sync marker is derived from what the file is of. */
#ifndef JAGA_WIRE_ARCHIVE_FILE_H
#define JAGA_WIRE_ARCHIVE_FILE_H

#include "core/output.h"
#include "support/error.h"
#include "wire/log_record.h"

enum archive_codec { ARCHIVE_NULL, ARCHIVE_DEFLATE };

struct archive_file_head {
    const char *topic; /* with its prefix: "jaga.payment" */
    int32_t partition;
    uint8_t log_id[16];
};

/* Writing, offsets going up. FATAL "file_failed" names path and reason (a full disk among them),
   FATAL "record_too_long" a record of more than 16 MiB; after an error or its finish the writer can
   only be closed. */
struct archive_writer;
MUST_USE struct error archive_writer_open(const char *path, const struct archive_file_head *head,
                                          enum archive_codec codec, struct archive_writer **out);
MUST_USE struct error archive_writer_add(struct archive_writer *writer,
                                         const struct log_record *record);
/* Bytes given to the file so far, the block in hand included as it is. */
int64_t archive_writer_bytes(const struct archive_writer *writer);
/* Where in the file the block of the record added last begins, for an index; at most as far as
   archive_writer_bytes(). */
int64_t archive_writer_block(const struct archive_writer *writer);
/* Writes what is left and syncs the file to disk; `bytes` and BLAKE2b-256 of the whole file. */
MUST_USE struct error archive_writer_finish(struct archive_writer *writer, int64_t *bytes,
                                            uint8_t digest[DIGEST_BYTES]);
void archive_writer_close(struct archive_writer *writer); /* accepts NULL; removes nothing */

/* Reading, from the first record to the last, with the file's digest taken on the way. FATAL
   "archive_damaged" names path, byte and what is wrong; FATAL "file_failed". A record's views are
   good until the call after the next one, so that a record can be held while the one behind it is
   looked at. After an error it can only be closed. Takes at most 17 MiB for each of two blocks, one
   more with deflate, whatever the file says. */
struct archive_reader;
MUST_USE struct error archive_reader_open(const char *path, const struct archive_file_head *head,
                                          struct archive_reader **out);
void archive_reader_close(struct archive_reader *reader); /* accepts NULL */
/* At the end `record->offset` is −1. */
MUST_USE struct error archive_reader_next(struct archive_reader *reader, struct log_record *record,
                                          bool *at_end);
/* Where in the file the block of the record given last begins. */
int64_t archive_reader_block(const struct archive_reader *reader);
/* After `at_end`: BLAKE2b-256 of the file as it was read. */
void archive_reader_digest(const struct archive_reader *reader, uint8_t digest[DIGEST_BYTES]);
/* Goes to the block that begins at byte `position` of the file (an index knows it); the digest is
   then of no use. */
MUST_USE struct error archive_reader_seek(struct archive_reader *reader, int64_t position);

#endif
