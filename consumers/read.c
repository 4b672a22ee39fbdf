/* `jaga read TOPIC`: a topic as JSON Lines, partition after partition. */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "kafka/admin.h"
#include "kafka/law_topics.h"
#include "kafka/log_reader.h"
#include "lane/connect.h"
#include "support/clock.h"
#include "support/command.h"
#include "support/shutdown.h"
#include "wire/checkpoint_record.h"
#include "wire/event_codec.h"
#include "wire/journal_record.h"
#include "wire/record.h"

const struct flag read_flags[] = {
    {"follow", NULL, "Wait for more; end with Ctrl-C."},
    {"from", "OFFSET", "Begin at this offset of each partition. Default: the first there is."},
    {"partition", "N", "Only this partition."},
    {"place", NULL, "Add partition, offset and Kafka timestamp to each line."},
    {"where", "FIELD=VALUE",
     "Only records with this field, at any depth; FIELD= finds empty and null. May be given "
     "often."},
    {NULL, NULL, NULL},
};

#define LINE_BYTES (2 * 1024 * 1024)
#define FOLLOW_WAIT_MS 100
#define PARTITIONS_MAX 256
#define WHERE_MAX 8
#define WHERE_BYTES 512

struct reading {
    struct connections connections;
    enum topic topic;
    struct schemas *schemas;
    int64_t schema_from;
    int64_t from;
    int32_t only; /* −1: all partitions */
    bool follow, place;
    struct { /* `"field":"value"` and `"field":value` as they stand in a line */
        char quoted[WHERE_BYTES], plain[WHERE_BYTES];
    } where[WHERE_MAX];
    size_t where_count;
    struct log_reader *readers[PARTITIONS_MAX];
    int32_t partitions;
    uint64_t unreadable;
    char line[LINE_BYTES];
};

static struct error usage(const char *what, const char *value)
{
    return error_make(ERROR_USAGE, "usage", "%s %s: see jaga read --help", what, value);
}

static struct error read_number(const char *flag, const char *value, int64_t *out)
{
    return whole_number(value, 0, INT64_MAX, out) ? no_error() : usage(flag, value);
}

/* What a field and its value look like in a line; false when it is too long. Nothing at all finds
   what is null, too. */
static bool print_where(struct text field, struct text value, char quoted[WHERE_BYTES],
                        char plain[WHERE_BYTES])
{
    struct buffer strings[2] = {buffer_over(quoted, WHERE_BYTES), buffer_over(plain, WHERE_BYTES)};
    for (size_t i = 0; i < 2; i++) {
        json_string_write(&strings[i], field);
        buffer_byte(&strings[i], ':');
    }
    json_string_write(&strings[0], value);
    buffer_text(&strings[1], value.length == 0 ? TEXT("null") : value);
    for (size_t i = 0; i < 2; i++) {
        buffer_byte(&strings[i], '\0');
    }
    return !strings[0].overflow && !strings[1].overflow;
}

static struct error read_where(struct reading *reading, const struct arguments *arguments)
{
    const char *given;
    while ((given = argument_nth(arguments, "where", reading->where_count)) != NULL) {
        const char *equals = strchr(given, '=');
        if (equals == NULL || equals == given || reading->where_count == WHERE_MAX) {
            return usage("--where", given);
        }
        if (!print_where(text_of(given, (size_t)(equals - given)), text_of_string(equals + 1),
                         reading->where[reading->where_count].quoted,
                         reading->where[reading->where_count].plain)) {
            return usage("--where", given);
        }
        reading->where_count++;
    }
    return no_error();
}

static struct error read_wish(struct reading *reading, const struct arguments *arguments)
{
    const char *from = argument(arguments, "from");
    const char *partition = argument(arguments, "partition");
    reading->from = LOG_FROM_START;
    reading->only = -1;
    reading->follow = argument_given(arguments, "follow");
    reading->place = argument_given(arguments, "place");
    if (arguments->operand_count != 1) {
        return error_make(ERROR_USAGE, "usage",
                          "name one topic, such as jaga.decision or decision");
    }
    const int topic = topic_find(&reading->connections.kafka, arguments->operands[0]);
    if (topic < 0) {
        return usage("no such topic:", arguments->operands[0]);
    }
    reading->topic = (enum topic)topic;
    if (from != NULL) {
        TRY(read_number("--from", from, &reading->from));
    }
    if (partition != NULL) {
        int64_t number;
        TRY(read_number("--partition", partition, &number));
        reading->only = number < PARTITIONS_MAX ? (int32_t)number : PARTITIONS_MAX;
    }
    return read_where(reading, arguments);
}

static bool is_wanted(const struct reading *reading, const struct buffer *line)
{
    for (size_t i = 0; i < reading->where_count; i++) {
        const char *quoted = reading->where[i].quoted;
        const char *plain = reading->where[i].plain;
        if (memmem(line->at, line->length, quoted, strlen(quoted)) != NULL) {
            continue;
        }
        const char *at = memmem(line->at, line->length, plain, strlen(plain));
        const char *end = at == NULL ? NULL : at + strlen(plain);
        if (end == NULL || strchr(",}]", *end) == NULL) {
            return false;
        }
    }
    return true;
}

static bool event_line(struct reading *reading, const struct log_record *record,
                       struct buffer *line)
{
    struct event event;
    struct event_problem problem;
    if (event_decode(reading->schemas, INT64_MAX, (unsigned)reading->topic, record->value, &event,
                     &problem) != EVENT_READ) {
        return false;
    }
    event_to_json(line, &event);
    return true;
}

static bool output_line(struct reading *reading, const struct log_record *record,
                        struct buffer *line)
{
    static union {
        struct decision decision;
        struct payment payment;
        struct exception exception;
        struct journal_record journal;
        struct checkpoint_record checkpoint;
    } object;
    const enum record_kind kind =
        reading->topic == TOPIC_CHECKPOINT
            ? RECORD_CHECKPOINT
            : (enum record_kind)(RECORD_DECISION + (int)reading->topic - (int)TOPIC_DECISION);
    if (!record_decode(reading->schemas, INT64_MAX, kind, record->value, &object)) {
        return false;
    }
    record_to_json(line, record_fields(kind), &object, NULL);
    return true;
}

/* jaga.rules and jaga.schema hold texts. */
static bool text_line(const struct log_record *record, struct buffer *line)
{
    buffer_string(line, "{\"key\":");
    json_string_write(line, record->key);
    buffer_string(line, ",\"value\":");
    json_string_write(line, record->value);
    buffer_string(line, "}");
    return true;
}

static bool fill_line(struct reading *reading, const struct log_record *record, struct buffer *line)
{
    if (reading->topic <= TOPIC_REFERENCE) {
        return event_line(reading, record, line);
    }
    if (reading->topic <= TOPIC_JOURNAL || reading->topic == TOPIC_CHECKPOINT) {
        return output_line(reading, record, line);
    }
    return text_line(record, line);
}

static void print_place(int32_t partition, const struct log_record *record)
{
    char time[TIME_TEXT_BYTES];
    time_print(record->timestamp_ms * 1000, time);
    printf("{\"partition\":%d,\"offset\":%" PRId64 ",\"timestamp\":\"%s\",\"record\":", partition,
           record->offset, time);
}

static void print_record(struct reading *reading, int32_t partition,
                         const struct log_record *record)
{
    struct buffer line = buffer_over(reading->line, sizeof reading->line);
    if (!fill_line(reading, record, &line) || line.overflow) {
        reading->unreadable++;
        fprintf(stderr, "jaga read: partition %d, offset %" PRId64 " is not readable\n", partition,
                record->offset);
        return;
    }
    if (!is_wanted(reading, &line)) {
        return;
    }
    if (reading->place) {
        print_place(partition, record);
    }
    fwrite(line.at, 1, line.length, stdout);
    puts(reading->place ? "}" : "");
}

static struct error open_readers(struct reading *reading)
{
    const bool single = reading->topic == TOPIC_REFERENCE || reading->topic >= TOPIC_RULES;
    struct log_identity identity = {.lanes = 1};
    if (!single) {
        TRY(log_identity_read(&reading->connections.kafka, &identity));
    }
    reading->partitions = identity.lanes;
    if (reading->only >= reading->partitions) {
        return error_make(ERROR_USAGE, "usage", "the topic has %d partitions, from 0",
                          reading->partitions);
    }
    for (int32_t partition = 0; partition < reading->partitions; partition++) {
        if (reading->only < 0 || reading->only == partition) {
            TRY(log_reader_open(&reading->connections.kafka, reading->topic, partition,
                                reading->from, &reading->readers[partition]));
        }
    }
    return schema_log_refresh(&reading->connections.kafka, &reading->schema_from, reading->schemas);
}

/* Also when nobody takes the output any more: a pipe whose reader went, a full disk. */
static bool is_over(void)
{
    return shutdown_wanted() || ferror(stdout) != 0;
}

static struct error read_partition(struct reading *reading, int32_t partition, int wait_ms)
{
    while (!is_over()) {
        struct log_record record;
        bool at_end;
        TRY(log_reader_next(reading->readers[partition], wait_ms, &record, &at_end));
        if (at_end || (record.offset < 0 && reading->follow)) {
            return no_error();
        }
        if (record.offset >= 0) {
            print_record(reading, partition, &record);
        }
    }
    return no_error();
}

static struct error read_all(struct reading *reading)
{
    do {
        for (int32_t partition = 0; partition < reading->partitions; partition++) {
            if (reading->readers[partition] != NULL) {
                TRY(read_partition(reading, partition, FOLLOW_WAIT_MS));
            }
        }
        fflush(stdout);
        TRY(schema_log_refresh(&reading->connections.kafka, &reading->schema_from,
                               reading->schemas));
    } while (reading->follow && !is_over());
    return no_error();
}

static struct error read_topic(struct reading *reading, const struct arguments *arguments)
{
    TRY(read_wish(reading, arguments));
    TRY(open_readers(reading));
    return read_all(reading);
}

int command_read(const struct settings *settings, const struct arguments *arguments)
{
    struct reading *reading = calloc(1, sizeof *reading);
    assert(reading != NULL);
    connections_of(settings, &reading->connections);
    reading->schemas = schemas_open();
    shutdown_watch();
    const struct error error = read_topic(reading, arguments);
    for (int32_t partition = 0; partition < PARTITIONS_MAX; partition++) {
        log_reader_close(reading->readers[partition]);
    }
    schemas_close(reading->schemas);
    const bool all_read = reading->unreadable == 0;
    free(reading);
    const int code = command_report("read", &error);
    return code == EXIT_SUCCESS && !all_read ? EXIT_ANSWER_NO : code;
}
