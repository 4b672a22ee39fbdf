/* `jaga checkpoint`: reads the journals from their start, compares them with what was signed
   before, and signs how far they have come. It signs all lanes or none. */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "kafka/admin.h"
#include "kafka/journal.h"
#include "kafka/law_topics.h"
#include "kafka/log_reader.h"
#include "lane/connect.h"
#include "replay/checkpoints.h"
#include "support/command.h"
#include "wire/record.h"

const struct flag checkpoint_flags[] = {
    {"key", "FILE", "Sign with this secret key."},
    {"former-key", "FILE|HEX", "A public key that signed before this one. May be given often."},
    {"new-key", "FILE", "Make a key pair, FILE and FILE.pub; needs no server."},
    {"json", NULL, "One JSON object a lane."},
    {NULL, NULL, NULL},
};

#define FORMER_KEYS_MAX 32
#define LINE_BYTES 2048

enum outcome { OUTCOME_EMPTY, OUTCOME_UNCHANGED, OUTCOME_SIGNED };
static const char *const outcome_words[] = {
    [OUTCOME_EMPTY] = "empty",
    [OUTCOME_UNCHANGED] = "unchanged",
    [OUTCOME_SIGNED] = "signed",
};

struct statement { /* of one lane */
    enum outcome outcome;
    struct checkpoint_record record;
};

struct signing {
    struct connections connections;
    struct log_identity identity;
    struct signing_key key;
    uint8_t keys[1 + FORMER_KEYS_MAX][PUBLIC_KEY_BYTES]; /* that count: this one, former ones */
    size_t former_count;
    struct log_source *source;
    struct checkpoints *earlier;
    struct statement *statements; /* by lane */
    bool contradicted;
};

/* ---- What was signed before ---- */

static void tell_ignored(const struct signing *signing)
{
    const uint64_t ignored = checkpoints_ignored(signing->earlier);
    const uint64_t foreign = checkpoints_foreign(signing->earlier);
    if (ignored > 0) {
        fprintf(stderr,
                "jaga checkpoint: ignored on the topic: %" PRIu64
                " that are no checkpoint of this log, or whose signature does not hold\n",
                ignored);
    }
    if (foreign > 0) {
        fprintf(stderr,
                "jaga checkpoint: not compared: %" PRIu64
                " by other keys; --former-key names a key that counts\n",
                foreign);
    }
}

static struct error read_earlier(struct signing *signing)
{
    TRY(checkpoints_open(signing->source, signing->keys[0], 1 + signing->former_count,
                         &signing->earlier));
    tell_ignored(signing);
    return no_error();
}

/* ---- The journal of one lane ---- */

struct walk {
    struct merkle merkle;
    struct checkpoint_body
        body; /* of the records so far; the root is filled when it is asked for */
    const struct met_checkpoint *next, *end; /* of this lane, not yet met */
    int64_t signed_records;                  /* by this key, at most */
};

static void contradict(struct signing *signing, const struct met_checkpoint *earlier,
                       const char *what)
{
    signing->contradicted = true;
    fprintf(stderr,
            "jaga checkpoint: lane %" PRId64 ": the checkpoint at offset %" PRId64
            " of the topic, over records 1 to %" PRId64 ", %s\n",
            earlier->record.body.lane, earlier->offset, earlier->record.body.records, what);
}

static bool is_same(const struct checkpoint_body *a, const struct checkpoint_body *b)
{
    return memcmp(a->root, b->root, DIGEST_BYTES) == 0 &&
           memcmp(a->chain, b->chain, DIGEST_BYTES) == 0 && a->time == b->time;
}

static void compare(struct signing *signing, struct walk *walk)
{
    for (; walk->next < walk->end && walk->next->record.body.records == walk->body.records;
         walk->next++) {
        const struct checkpoint_record *earlier = &walk->next->record;
        merkle_root(&walk->merkle, walk->body.root);
        if (!is_same(&earlier->body, &walk->body)) {
            contradict(signing, walk->next, "says what the journal does not");
        }
        if (memcmp(earlier->public_key, signing->key.public_key, PUBLIC_KEY_BYTES) == 0) {
            walk->signed_records = earlier->body.records;
        }
    }
}

static struct error take_record(struct signing *signing, struct walk *walk,
                                const struct journal_record *record)
{
    const struct journal_body *body = &record->body;
    uint8_t leaf[DIGEST_BYTES];
    if (memcmp(body->log_id, signing->identity.log_id, LOG_ID_BYTES) != 0 ||
        body->lanes != signing->identity.lanes) {
        return error_make(ERROR_FATAL, "journal_not_of_log",
                          "record %" PRId64 " of the journal of lane %" PRId64
                          " is of another log than jaga.rules names",
                          body->sequence, body->lane);
    }
    journal_leaf(body, leaf);
    merkle_add_leaf(&walk->merkle, leaf);
    walk->body.records = body->sequence;
    walk->body.time = body->now;
    memcpy(walk->body.chain, record->chain, DIGEST_BYTES);
    compare(signing, walk);
    return no_error();
}

/* The reader checks sequence and chain. The end is asked for first: a lane that runs on would else
   be followed. */
static struct error walk_journal(struct signing *signing, struct journal_reader *reader,
                                 int64_t end, struct walk *walk)
{
    for (;;) {
        struct journal_record record;
        int64_t offset;
        bool at_end = false;
        TRY(journal_reader_next(reader, &record, &offset, &at_end));
        if (at_end || offset >= end) {
            return no_error();
        }
        TRY(take_record(signing, walk, &record));
    }
}

static struct error read_journal(struct signing *signing, int32_t lane, struct walk *walk)
{
    struct journal_reader *reader = NULL;
    int64_t low;
    int64_t end;
    TRY(log_bounds(&signing->connections.kafka, TOPIC_JOURNAL, lane, &low, &end));
    TRY(journal_reader_open(&signing->connections.kafka, lane, 0, &reader));
    const struct error error = walk_journal(signing, reader, end, walk);
    journal_reader_close(reader);
    return error;
}

static void walk_begin(const struct signing *signing, int32_t lane, struct walk *walk)
{
    *walk = (struct walk){.body = {.lanes = signing->identity.lanes, .lane = lane}};
    memcpy(walk->body.log_id, signing->identity.log_id, LOG_ID_BYTES);
    merkle_init(&walk->merkle);
    size_t count;
    walk->next = checkpoints_of_lane(signing->earlier, lane, &count);
    walk->end = count == 0 ? walk->next : walk->next + count;
}

static struct error state_lane(struct signing *signing, int32_t lane)
{
    struct walk walk;
    struct statement *statement = &signing->statements[lane];
    walk_begin(signing, lane, &walk);
    TRY(read_journal(signing, lane, &walk));
    for (; walk.next < walk.end; walk.next++) {
        contradict(signing, walk.next, "covers records that the journal has not");
    }
    if (walk.body.records > 0) {
        merkle_root(&walk.merkle, walk.body.root);
        statement->outcome =
            walk.signed_records == walk.body.records ? OUTCOME_UNCHANGED : OUTCOME_SIGNED;
    }
    statement->record.body = walk.body;
    return no_error();
}

/* ---- Signing and telling ---- */

static struct error publish_one(const struct signing *signing, struct publisher *publisher,
                                struct statement *statement)
{
    uint8_t bytes[CHECKPOINT_RECORD_BYTES_MAX];
    char key[24];
    struct buffer value = buffer_over(bytes, sizeof bytes);
    checkpoint_record_sign(&statement->record, &signing->key);
    checkpoint_record_encode(&value, &statement->record);
    assert(!value.overflow);
    (void)snprintf(key, sizeof key, "%" PRId64, statement->record.body.lane);
    return publisher_send(publisher, TOPIC_CHECKPOINT, text_of_string(key), buffer_view(&value), -1,
                          NULL, 0);
}

static struct error publish_all(struct signing *signing, struct publisher *publisher)
{
    for (int32_t lane = 0; lane < signing->identity.lanes; lane++) {
        if (signing->statements[lane].outcome == OUTCOME_SIGNED) {
            TRY(publish_one(signing, publisher, &signing->statements[lane]));
        }
    }
    return publisher_flush(publisher);
}

static struct error publish(struct signing *signing)
{
    struct publisher *publisher = NULL;
    TRY(publisher_open(&signing->connections.kafka, &publisher));
    const struct error error = publish_all(signing, publisher);
    publisher_close(publisher);
    return error;
}

static void print_json(const struct statement *statement)
{
    char bytes[LINE_BYTES];
    struct buffer line = buffer_over(bytes, sizeof bytes);
    record_to_json(&line, &checkpoint_body_fields, &statement->record.body, NULL);
    assert(!line.overflow);
    printf("{\"lane\":%" PRId64 ",\"outcome\":\"%s\",\"body\":%.*s}\n", statement->record.body.lane,
           outcome_words[statement->outcome], (int)line.length, (const char *)line.at);
}

static void print_row(const struct statement *statement)
{
    char root[KEY_TEXT_BYTES], time[TIME_TEXT_BYTES];
    const struct checkpoint_body *body = &statement->record.body;
    if (statement->outcome == OUTCOME_EMPTY) {
        printf("%5" PRId64 "  %12s  %s\n", body->lane, "0", outcome_words[OUTCOME_EMPTY]);
        return;
    }
    public_key_print(body->root, root); /* as many digits */
    time_print(body->time, time);
    printf("%5" PRId64 "  %12" PRId64 "  %-9s  %s  %s\n", body->lane, body->records,
           outcome_words[statement->outcome], time, root);
}

static void print_all(const struct signing *signing, bool json)
{
    if (!json) {
        char key[KEY_TEXT_BYTES];
        public_key_print(signing->key.public_key, key);
        printf("public key %s\n%5s  %12s  %-9s  %-27s  %s\n", key, "lane", "records", "", "time",
               "root");
    }
    for (int32_t lane = 0; lane < signing->identity.lanes; lane++) {
        (json ? print_json : print_row)(&signing->statements[lane]);
    }
}

static struct error checkpoint(struct signing *signing, const struct settings *settings, bool json)
{
    connections_of(settings, &signing->connections);
    TRY(log_source_open(&signing->connections.kafka, NULL, &signing->source));
    signing->identity = *log_source_identity(signing->source);
    TRY(checkpoint_topic_verify(&signing->connections.kafka, settings->dev));
    TRY(read_earlier(signing));
    signing->statements = calloc((size_t)signing->identity.lanes, sizeof *signing->statements);
    assert(signing->statements != NULL);
    for (int32_t lane = 0; lane < signing->identity.lanes; lane++) {
        TRY(state_lane(signing, lane));
    }
    if (signing->contradicted) {
        fprintf(stderr, "jaga checkpoint: nothing was signed\n");
        return no_error();
    }
    TRY(publish(signing));
    print_all(signing, json);
    return no_error();
}

/* ---- The command ---- */

static struct error read_keys(struct signing *signing, const struct arguments *arguments)
{
    const char *former;
    while ((former = argument_nth(arguments, "former-key", signing->former_count)) != NULL) {
        if (signing->former_count == FORMER_KEYS_MAX) {
            return error_make(ERROR_USAGE, "usage", "--former-key: at most %d", FORMER_KEYS_MAX);
        }
        TRY(public_key_read(former, signing->keys[1 + signing->former_count]));
        signing->former_count++;
    }
    TRY(signing_key_load(argument(arguments, "key"), &signing->key));
    memcpy(signing->keys[0], signing->key.public_key, PUBLIC_KEY_BYTES);
    return no_error();
}

static int sign(const struct settings *settings, const struct arguments *arguments)
{
    struct signing *signing = calloc(1, sizeof *signing);
    assert(signing != NULL);
    struct error error = read_keys(signing, arguments);
    if (!failed(&error)) {
        error = checkpoint(signing, settings, argument_given(arguments, "json"));
    }
    signing_key_clear(&signing->key);
    const bool contradicted = signing->contradicted;
    checkpoints_close(signing->earlier);
    log_source_close(signing->source);
    free(signing->statements);
    free(signing);
    const int code = command_report("checkpoint", &error);
    return code == EXIT_SUCCESS && contradicted ? EXIT_ANSWER_NO : code;
}

static int make_key(const char *path)
{
    uint8_t public_key[PUBLIC_KEY_BYTES];
    char hex[KEY_TEXT_BYTES];
    const struct error error = signing_key_create(path, public_key);
    if (!failed(&error)) {
        public_key_print(public_key, hex);
        printf("secret key: %s (keep it; nobody else may read it)\n"
               "public key: %s.pub (give it to whoever is to verify)\n%s\n",
               path, path, hex);
    }
    return command_report("checkpoint", &error);
}

int command_checkpoint(const struct settings *settings, const struct arguments *arguments)
{
    const char *new_key = argument(arguments, "new-key");
    const bool wants_key = argument_given(arguments, "key");
    if ((new_key != NULL) == wants_key) {
        const struct error error = error_make(
            ERROR_USAGE, "usage",
            new_key != NULL
                ? "--new-key only makes a key: leave --key out, and sign with it afterwards"
                : "name the secret key to sign with: --key FILE. --new-key FILE makes one");
        return command_report("checkpoint", &error);
    }
    return new_key != NULL ? make_key(new_key) : sign(settings, arguments);
}
