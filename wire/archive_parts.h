/* What writing and reading an archive file share: how the file begins, and its limits. */
#ifndef JAGA_WIRE_ARCHIVE_PARTS_H
#define JAGA_WIRE_ARCHIVE_PARTS_H

#include "wire/archive_file.h"
#include "wire/avro_frame.h"
#include "wire/buffer.h"

#define ARCHIVE_BLOCK_BYTES (256 * 1024)            /* before compression; then it is closed */
#define ARCHIVE_RECORD_BYTES_MAX (16 * 1024 * 1024) /* key and value */
#define ARCHIVE_RECORD_FRAME_BYTES_MAX 64           /* numbers around them */
#define ARCHIVE_BLOCK_BYTES_MAX                                                                    \
    (ARCHIVE_BLOCK_BYTES + ARCHIVE_RECORD_BYTES_MAX + ARCHIVE_RECORD_FRAME_BYTES_MAX)
#define ARCHIVE_RECORD_BYTES_MIN 4  /* two numbers of one byte, two times null */
#define ARCHIVE_BLOCK_HEAD_BYTES 20 /* two numbers at most */
#define ARCHIVE_HEADER_BYTES_MAX 1024

/* Everything before the sync mark: the container's magic and metadata. There is one such text for a
   topic, partition, log and codec, and no other is read. */
void archive_header_write(struct buffer *out, const struct archive_file_head *head,
                          enum archive_codec codec);

/* The mark after the header and after each block; `first` is the offset of the first record, 0 when
   there is none. */
void archive_sync_mark(const struct archive_file_head *head, int64_t first,
                       uint8_t out[AVRO_SYNC_BYTES]);

#endif
