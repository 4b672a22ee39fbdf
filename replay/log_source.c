#include "replay/log_source.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "kafka/journal_end.h"
#include "kafka/log_reader.h"
#include "wire/archive_file.h"
#include "wire/archive_index.h"
#include "wire/archive_manifest.h"

struct log_source {
    const struct kafka_settings *kafka; /* NULL: the archive alone */
    char folder[ARCHIVE_PATH_BYTES];    /* empty: the topics alone */
    struct archive_manifest manifest;
    struct log_identity identity;
    char topics[TOPIC_COUNT][TOPIC_NAME_BYTES];
};

struct log_stream {
    const struct log_source *source;
    enum topic topic;
    int32_t partition;
    int64_t next, end; /* offsets: what is below `next` was taken */
    struct log_record front;
    bool has_front;
    const struct archive_entry *entries; /* of the archive, from the file in hand on */
    size_t entries_left;
    struct archive_reader *file;
    int64_t file_records;
    bool file_is_whole; /* read from its beginning, so that its digest can be compared */
    struct log_reader *log;
};

/* ---- Opening ---- */

static bool is_same_log(const struct log_identity *a, const struct log_identity *b)
{
    return memcmp(a->log_id, b->log_id, LOG_ID_BYTES) == 0 && a->lanes == b->lanes;
}

static struct error open_archive(struct log_source *source, const char *archive)
{
    const int length = snprintf(source->folder, sizeof source->folder, "%s", archive);
    if (length < 0 || (size_t)length >= sizeof source->folder) {
        return error_make(ERROR_USAGE, "archive_missing", "the archive's path is too long");
    }
    TRY(archive_manifest_load(archive, &source->manifest));
    memcpy(source->identity.log_id, source->manifest.log_id, LOG_ID_BYTES);
    source->identity.lanes = source->manifest.lanes;
    return no_error();
}

struct identity_search {
    struct log_identity identity;
    bool found;
};

static struct error find_identity(void *context, const struct log_record *record)
{
    struct identity_search *search = context;
    return search->found ? no_error()
                         : log_identity_take(record, &search->identity, &search->found);
}

/* The manifest says which log the files are of; what the log is called stands in jaga.rules, here
   as on the topics. */
static struct error read_identity(struct log_source *source)
{
    struct identity_search search = {.found = false};
    TRY(log_source_take_all(source, TOPIC_RULES, find_identity, &search));
    if (!search.found) {
        return log_identity_missing();
    }
    source->identity = search.identity;
    return no_error();
}

static struct error open_topics(struct log_source *source, const struct kafka_settings *kafka)
{
    struct log_identity identity;
    TRY(log_identity_read(kafka, &identity));
    if (source->folder[0] != '\0' && !is_same_log(&identity, &source->identity)) {
        return error_make(ERROR_FATAL, "archive_of_another_log",
                          "%s is the archive of another log than the topics %s.* hold: leave one "
                          "of the two out",
                          source->folder, kafka->prefix);
    }
    source->identity = identity;
    source->kafka = kafka;
    return no_error();
}

/* The archive's names are those of its topics, whatever prefix this command was given. */
static void name_topics(struct log_source *source)
{
    struct kafka_settings named = {.prefix = source->manifest.prefix};
    for (int topic = 0; topic < TOPIC_COUNT; topic++) {
        topic_name(source->kafka != NULL ? source->kafka : &named, (enum topic)topic,
                   source->topics[topic]);
    }
}

struct error log_source_open(const struct kafka_settings *kafka, const char *archive,
                             struct log_source **out)
{
    struct log_source *source = calloc(1, sizeof *source);
    assert(source != NULL);
    assert(kafka != NULL || archive != NULL);
    struct error error = archive == NULL ? no_error() : open_archive(source, archive);
    if (!failed(&error) && kafka != NULL) {
        error = open_topics(source, kafka);
    }
    if (!failed(&error)) {
        name_topics(source);
    }
    if (!failed(&error) && kafka == NULL) {
        error = read_identity(source);
    }
    if (failed(&error)) {
        log_source_close(source);
        source = NULL;
    }
    *out = source;
    return error;
}

void log_source_close(struct log_source *source)
{
    if (source != NULL) {
        archive_manifest_clear(&source->manifest);
        free(source);
    }
}

const struct log_identity *log_source_identity(const struct log_source *source)
{
    return &source->identity;
}

const char *log_source_topic(const struct log_source *source, enum topic topic)
{
    return source->topics[topic];
}

/* ---- Bounds ---- */

/* The archive's files of a partition, under the name that its topic has there. */
static const struct archive_entry *entries_of(const struct log_source *source, enum topic topic,
                                              int32_t partition, size_t *count)
{
    *count = 0;
    if (source->folder[0] == '\0') {
        return NULL;
    }
    const struct kafka_settings named = {.prefix = source->manifest.prefix};
    char name[TOPIC_NAME_BYTES];
    topic_name(&named, topic, name);
    const size_t first = archive_manifest_find(&source->manifest, name, partition, count);
    return source->manifest.entries + first;
}

static int64_t end_of_entries(const struct archive_entry *entries, size_t count)
{
    return count == 0 ? 0 : entries[count - 1].next;
}

/* What the topic holds is joined to the archive's files when no record can lie between them. */
static void join_bounds(const struct archive_entry *entries, size_t count, int64_t *low,
                        int64_t *end)
{
    const int64_t archived = end_of_entries(entries, count);
    if (count > 0 && *low <= archived) {
        *low = entries[0].first;
    }
    if (*end < archived) {
        *end = archived;
    }
}

static struct error bounds(const struct log_source *source, enum topic topic, int32_t partition,
                           bool settled, int64_t *low, int64_t *end)
{
    size_t count;
    const struct archive_entry *entries = entries_of(source, topic, partition, &count);
    *low = count == 0 ? 0 : entries[0].first;
    *end = end_of_entries(entries, count);
    if (source->kafka == NULL) {
        return no_error();
    }
    if (settled) {
        TRY(settled_bounds(source->kafka, topic, partition, low, end));
    } else {
        TRY(log_bounds(source->kafka, topic, partition, low, end));
    }
    join_bounds(entries, count, low, end);
    return no_error();
}

struct error log_source_bounds(const struct log_source *source, enum topic topic, int32_t partition,
                               int64_t *low, int64_t *end)
{
    return bounds(source, topic, partition, false, low, end);
}

struct error log_source_settled_bounds(const struct log_source *source, enum topic topic,
                                       int32_t partition, int64_t *low, int64_t *end)
{
    return bounds(source, topic, partition, true, low, end);
}

bool log_source_has_topics(const struct log_source *source)
{
    return source->kafka != NULL;
}

/* ---- One key ---- */

struct search {
    log_offset_found found;
    void *context;
};

static struct error tell_offset(void *context, int64_t block_at, int64_t offset)
{
    const struct search *search = context;
    (void)block_at; /* a stream that begins at the offset finds it again */
    return search->found(search->context, offset);
}

struct error log_source_find_key(const struct log_source *source, enum topic topic,
                                 int32_t partition, struct text key, log_offset_found found,
                                 void *context, int64_t *through)
{
    struct search search = {.found = found, .context = context};
    size_t count;
    const struct archive_entry *entries = entries_of(source, topic, partition, &count);
    *through = count == 0 ? 0 : entries[0].first;
    for (size_t i = 0; i < count && archive_index_fits(source->folder, &entries[i]); i++) {
        TRY(archive_index_find(source->folder, &entries[i], key, tell_offset, &search));
        *through = entries[i].next;
    }
    return no_error();
}

/* ---- Streams ---- */

struct error log_stream_open(const struct log_source *source, enum topic topic, int32_t partition,
                             int64_t from, int64_t end, struct log_stream **out)
{
    struct log_stream *stream = calloc(1, sizeof *stream);
    assert(stream != NULL);
    stream->source = source;
    stream->topic = topic;
    stream->partition = partition;
    stream->next = from;
    stream->end = end;
    stream->entries = entries_of(source, topic, partition, &stream->entries_left);
    *out = stream;
    return no_error();
}

void log_stream_close(struct log_stream *stream)
{
    if (stream != NULL) {
        archive_reader_close(stream->file);
        log_reader_close(stream->log);
        free(stream);
    }
}

static void next_file(struct log_stream *stream)
{
    archive_reader_close(stream->file);
    stream->file = NULL;
    if (stream->next < stream->entries->next) {
        stream->next = stream->entries->next; /* control records may lie behind its last record */
    }
    stream->entries++;
    stream->entries_left--;
}

/* Goes near `next` when the file's index is there; without one the file is read from its beginning.
 */
static struct error skip_in_file(struct log_stream *stream)
{
    const struct archive_entry *entry = stream->entries;
    if (stream->next == entry->first || entry->records == 0 ||
        !archive_index_fits(stream->source->folder, entry)) {
        return no_error();
    }
    int64_t block_at;
    TRY(archive_index_block(stream->source->folder, entry, stream->next, &block_at));
    stream->file_is_whole = false;
    return archive_reader_seek(stream->file, block_at);
}

static struct error open_file(struct log_stream *stream)
{
    char path[2 * ARCHIVE_PATH_BYTES];
    (void)snprintf(path, sizeof path, "%s/%s", stream->source->folder, stream->entries->path);
    struct archive_file_head head = {.topic = stream->entries->topic,
                                     .partition = stream->partition};
    memcpy(head.log_id, stream->source->manifest.log_id, sizeof head.log_id);
    stream->file_records = 0;
    stream->file_is_whole = true;
    TRY(archive_reader_open(path, &head, &stream->file));
    return skip_in_file(stream);
}

/* A file that was read to its end must be the one that the manifest names. */
static struct error check_file(const struct log_stream *stream)
{
    uint8_t digest[DIGEST_BYTES];
    archive_reader_digest(stream->file, digest);
    if (stream->file_is_whole && (memcmp(digest, stream->entries->digest, DIGEST_BYTES) != 0 ||
                                  stream->file_records != stream->entries->records)) {
        return error_make(ERROR_FATAL, "archive_damaged",
                          "%s/%s is not the file that the manifest names: its hash differs, or it "
                          "holds %" PRId64 " records and not %" PRId64,
                          stream->source->folder, stream->entries->path, stream->file_records,
                          stream->entries->records);
    }
    return no_error();
}

/* The next record of the file in hand at or above `next`; none: the next file is in hand. */
static struct error read_file(struct log_stream *stream)
{
    for (;;) {
        bool at_end;
        TRY(archive_reader_next(stream->file, &stream->front, &at_end));
        if (at_end) {
            TRY(check_file(stream));
            next_file(stream);
            return no_error();
        }
        stream->file_records++;
        if (stream->front.offset >= stream->next) {
            stream->has_front = true;
            return no_error();
        }
    }
}

static struct error read_archive(struct log_stream *stream)
{
    while (!stream->has_front && stream->entries_left > 0) {
        if (stream->file == NULL && stream->entries->next <= stream->next) {
            next_file(stream);
            continue;
        }
        if (stream->file == NULL) {
            TRY(open_file(stream));
        }
        TRY(read_file(stream));
    }
    return no_error();
}

static struct error read_topic(struct log_stream *stream)
{
    if (stream->log == NULL) {
        TRY(log_reader_open(stream->source->kafka, stream->topic, stream->partition, stream->next,
                            &stream->log));
    }
    bool at_end;
    TRY(log_reader_below(stream->log, stream->end, &stream->front, &at_end));
    stream->has_front = !at_end;
    return no_error();
}

struct error log_stream_front(struct log_stream *stream, const struct log_record **record)
{
    *record = NULL;
    if (!stream->has_front && stream->next < stream->end) {
        TRY(read_archive(stream));
        if (!stream->has_front && stream->source->kafka != NULL) {
            TRY(read_topic(stream));
        }
        stream->next = stream->has_front ? stream->front.offset : stream->end;
    } else if (!stream->has_front && stream->file != NULL && stream->entries->next <= stream->end) {
        TRY(read_file(stream)); /* its end, so that its digest is compared */
    }
    if (stream->has_front && stream->front.offset < stream->end) {
        *record = &stream->front;
    }
    return no_error();
}

void log_stream_take(struct log_stream *stream)
{
    assert(stream->has_front);
    stream->has_front = false;
    stream->next = stream->front.offset + 1;
}

/* A file's hash is compared where its last record was taken. */
static struct error check_files(const struct log_source *source, enum topic topic,
                                int32_t partition)
{
    size_t count;
    struct log_stream *stream;
    const struct log_record *record;
    const struct archive_entry *entries = entries_of(source, topic, partition, &count);
    if (count == 0) {
        return no_error();
    }
    TRY(log_stream_open(source, topic, partition, entries[0].first, end_of_entries(entries, count),
                        &stream));
    struct error error = log_stream_front(stream, &record);
    while (!failed(&error) && record != NULL) {
        log_stream_take(stream);
        error = log_stream_front(stream, &record);
    }
    log_stream_close(stream);
    return error;
}

struct error log_source_check_archive(const struct log_source *source, int32_t lane)
{
    for (int topic = 0; topic < TOPIC_COUNT; topic++) {
        TRY(check_files(source, (enum topic)topic, topic >= TOPIC_RULES ? 0 : lane));
    }
    return no_error();
}

/* ---- The law ---- */

struct error log_source_take_all(const struct log_source *source, enum topic topic,
                                 log_source_taken take, void *context)
{
    int64_t low;
    int64_t end;
    struct log_stream *stream;
    TRY(log_source_bounds(source, topic, 0, &low, &end));
    TRY(log_stream_open(source, topic, 0, low, end, &stream));
    for (;;) {
        const struct log_record *record;
        struct error error = log_stream_front(stream, &record);
        if (!failed(&error) && record != NULL) {
            error = take(context, record);
        }
        if (failed(&error) || record == NULL) {
            log_stream_close(stream);
            return error;
        }
        log_stream_take(stream);
    }
}

struct error log_source_rules(const struct log_source *source, struct rules_log **out)
{
    *out = rules_log_make();
    const struct error error = log_source_take_all(source, TOPIC_RULES, rules_log_take, *out);
    if (failed(&error)) {
        rules_log_close(*out);
        *out = NULL;
    }
    return error;
}

struct error log_source_schemas(const struct log_source *source, struct schemas *schemas)
{
    return log_source_take_all(source, TOPIC_SCHEMA, schema_log_take, schemas);
}
