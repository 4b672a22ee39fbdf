/* An archive is a foreign file: whatever lies behind its header, it is read or refused with its
   path and byte, within bounded memory. The first byte chooses the codec, the others are blocks. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "wire/archive_parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct archive_file_head head = {.topic = "jaga.payment", .partition = 3};
static uint8_t bytes[ARCHIVE_HEADER_BYTES_MAX + 64 * 1024];

static int write_file(const uint8_t *data, size_t size)
{
    uint8_t sync[AVRO_SYNC_BYTES];
    struct buffer out = buffer_over(bytes, sizeof bytes);
    archive_header_write(&out, &head, data[0] % 2 == 0 ? ARCHIVE_NULL : ARCHIVE_DEFLATE);
    archive_sync_mark(&head, 1, sync);
    buffer_put(&out, sync, sizeof sync);
    buffer_put(&out, data + 1, size - 1);
    assert(!out.overflow);
    const int file = memfd_create("archive", MFD_CLOEXEC);
    assert(file >= 0);
    const ssize_t written = write(file, out.at, out.length);
    assert(written == (ssize_t)out.length);
    return file;
}

/* Every byte of a view is looked at: a sanitizer sees one that is not there. */
static unsigned sum_of(struct text text)
{
    unsigned sum = 0;
    for (uint32_t i = 0; i < text.length; i++) {
        sum += (uint8_t)text.at[i];
    }
    return sum;
}

static void read_file(const char *path)
{
    struct archive_reader *reader = NULL;
    struct error error = archive_reader_open(path, &head, &reader);
    struct log_record record, before = {.offset = -1};
    unsigned sum = 0, sum_before = 0;
    bool at_end = false;
    while (!failed(&error) && !at_end) {
        error = archive_reader_next(reader, &record, &at_end);
        if (!failed(&error) && !at_end) {
            if (sum_of(before.key) + sum_of(before.value) != sum_before ||
                record.offset <= before.offset) {
                abort();
            }
            sum = sum_of(record.key) + sum_of(record.value);
            before = record;
            sum_before = sum;
        }
    }
    if (failed(&error) && strcmp(error.code, "archive_damaged") != 0) {
        abort();
    }
    archive_reader_close(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    if (size == 0 || size > 64 * 1024) {
        return 0;
    }
    const int file = write_file(data, size);
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    read_file(path);
    (void)close(file);
    return 0;
}
