/* `jaga audit`: recomputes everything from the topics (or an archive) and says that it agrees, or
   names the first place of each lane that does not. */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "consumers/audit_store.h"
#include "consumers/source_flags.h"
#include "kafka/group.h"
#include "lane/connect.h"
#include "replay/audit_lane.h"
#include "replay/lane_pool.h"
#include "support/clock.h"
#include "support/command.h"
#include "support/shutdown.h"
#include "wire/hex.h"
#include "wire/record.h"

const struct flag audit_flags[] = {
    SOURCE_FLAGS,
    {"topics-only", NULL, "Leave Redis out."},
    {"until", "SEQUENCE", "Stop after this journal record of each lane."},
    {"as-of", "TIME", "Stop before the first journal record whose clock is past this time."},
    {"public-key", "FILE|HEX", "Only checkpoints by this key count. May be given often."},
    {"threads", "N", "Lanes looked at side by side. Default: one a processor."},
    {"json", NULL, "One JSON object a lane, one for the public keys, then one for the whole."},
    {NULL, NULL, NULL},
};

#define PROGRESS_MS 500
#define HEX_BYTES (2 * DIGEST_BYTES + 1)

struct audit {
    struct connections connections;
    struct audit_options options;
    bool topics_only, json;
    long threads;
    struct public_keys signers;
    struct log_source *source;
    struct checkpoints *checkpoints;
    struct audit_store *store;     /* NULL: Redis is left out */
    struct difference public_keys; /* what differs in the public keys */
    int32_t lanes;
    struct lane_pool pool;
    atomic_bool stop;
    struct audit_result *results;
    struct audit_progress *progress;
    int64_t begun_us;
};

/* ---- What is wished ---- */

static struct error usage(const char *flag, const char *value, const char *wanted)
{
    return error_make(ERROR_USAGE, "usage", "%s %s: %s", flag, value, wanted);
}

static struct error read_number(const struct arguments *arguments, const char *flag, int64_t most,
                                int64_t *out)
{
    const char *value = argument(arguments, flag);
    return value == NULL || whole_number(value, 1, most, out)
               ? no_error()
               : error_make(ERROR_USAGE, "usage", "--%s %s: give a whole number from 1 to %" PRId64,
                            flag, value, most);
}

static struct error read_wish(const struct arguments *arguments, struct audit *audit)
{
    const char *as_of = argument(arguments, "as-of");
    int64_t threads = lane_pool_threads();
    audit->topics_only = argument_given(arguments, "topics-only");
    audit->json = argument_given(arguments, "json");
    audit->options.until_sequence = audit->options.until_time = INT64_MAX;
    if (arguments->operand_count > 0) {
        return usage("audit", arguments->operands[0], "it takes flags only");
    }
    if (as_of != NULL && !time_parse(as_of, (uint32_t)strlen(as_of), &audit->options.until_time)) {
        return usage("--as-of", as_of, "give a time such as 2024-03-22T17:00:00Z");
    }
    TRY(read_number(arguments, "until", INT64_MAX - 1, &audit->options.until_sequence));
    TRY(read_number(arguments, "threads", LANE_POOL_THREADS_MAX, &threads));
    audit->threads = threads;
    return public_keys_of_flags(arguments, &audit->signers);
}

/* ---- Looking ---- */

static void look_at_lane(void *context, int32_t lane)
{
    struct audit *audit = context;
    audit_lane(&audit->options, lane, &audit->stop, &audit->progress[lane], &audit->results[lane]);
}

struct seen_progress {
    uint64_t events;
    int64_t left; /* offsets */
    bool is_over;
};

static struct seen_progress look_at_progress(const struct audit *audit)
{
    struct seen_progress seen = {.is_over = true};
    for (int32_t lane = 0; lane < audit->lanes; lane++) {
        const int64_t left = atomic_load(&audit->progress[lane].offsets_left);
        seen.events += atomic_load(&audit->progress[lane].events);
        seen.left += left > 0 ? left : 0;
        seen.is_over = seen.is_over && atomic_load(&audit->progress[lane].is_over);
    }
    return seen;
}

static void print_progress(const struct audit *audit, const struct seen_progress *seen)
{
    const int64_t took_us = clock_steady_us() - audit->begun_us;
    const int64_t rate = (int64_t)seen->events * MICROSECONDS_A_SECOND / (took_us + 1);
    const int64_t left_s = rate > 0 ? seen->left / rate : 0;
    (void)fprintf(stderr, "\r%12" PRIu64 " events  %9" PRId64 "/s  about %" PRId64 " s left   ",
                  seen->events, rate, left_s);
}

static void watch(struct audit *audit)
{
    const bool shown = isatty(STDERR_FILENO) != 0;
    struct seen_progress seen = look_at_progress(audit);
    int64_t shown_at = audit->begun_us;
    while (!seen.is_over) {
        clock_sleep_ms(10);
        if (shutdown_wanted()) {
            atomic_store(&audit->stop, true);
        }
        seen = look_at_progress(audit);
        if (shown && clock_steady_us() - shown_at > PROGRESS_MS * 1000) {
            shown_at = clock_steady_us();
            print_progress(audit, &seen);
        }
    }
    if (shown) {
        (void)fprintf(stderr, "\r%60s\r", "");
    }
}

/* They are made of all lanes: what is wrong with one would be found in them again. */
static struct error look_at_public(struct audit *audit)
{
    for (int32_t lane = 0; lane < audit->lanes; lane++) {
        if (audit->results[lane].difference.found || failed(&audit->results[lane].error)) {
            return no_error();
        }
    }
    return audit->store == NULL
               ? no_error()
               : audit_store_public(audit->store, audit->source, &audit->public_keys);
}

static struct error look(struct audit *audit)
{
    audit->begun_us = clock_steady_us();
    TRY(lane_pool_start(&audit->pool, audit->lanes, audit->threads, look_at_lane, audit));
    watch(audit);
    lane_pool_join(&audit->pool);
    return look_at_public(audit);
}

/* ---- Telling ---- */

static const char *verdict(const struct audit_result *result)
{
    if (result->difference.found) {
        return "differs";
    }
    if (failed(&result->error)) {
        return result->sequence > 0 ? "not finished" : "not looked at";
    }
    return "agrees";
}

static void print_row(const struct audit *audit, int32_t lane)
{
    const struct audit_result *result = &audit->results[lane];
    char now[TIME_TEXT_BYTES] = "-";
    if (result->sequence > 0) {
        time_print(result->now, now);
    }
    printf("%4" PRId32 "  %8" PRId64 "  %12" PRIu64 "  %10" PRIu64 "  %9" PRIu64 "  %18" PRId64
           "  %10" PRIu64 "  %12" PRIu32 "  %-27s  %-13s  %s\n",
           lane, result->sequence, result->events, result->outputs[OUTPUT_DECISION],
           result->outputs[OUTPUT_PAYMENT], result->payments_idr, result->outputs[OUTPUT_EXCEPTION],
           result->participants, now, audit_store_lane_word(audit->store, lane), verdict(result));
}

static void put_text(const char *name, const char *value, bool is_json)
{
    static char text[2 * DIFFERENCE_TEXT_BYTES];
    struct buffer buffer = buffer_over(text, sizeof text);
    if (is_json) {
        printf(",\"%s\":%s", name, value);
        return;
    }
    json_string_write(&buffer, text_of_string(value));
    printf(",\"%s\":%.*s", name, (int)buffer.length, text);
}

/* An expected or found value that is JSON goes in as such. */
static void print_difference_json(const struct difference *difference)
{
    printf(",\"difference\":{\"sequence\":%" PRId64 ",\"partition\":%" PRId32 ",\"offset\":",
           difference->sequence, difference->partition);
    if (difference->offset < 0) {
        printf("null");
    } else {
        printf("%" PRId64, difference->offset);
    }
    put_text("topic", difference->topic, false);
    put_text("what", difference->what, false);
    put_text("expected", difference->expected, difference->expected[0] == '{');
    put_text("found", difference->seen, difference->seen[0] == '{');
    printf("}");
}

static void print_lane_json(const struct audit *audit, int32_t lane)
{
    const struct audit_result *result = &audit->results[lane];
    char time[TIME_TEXT_BYTES];
    char now[TIME_TEXT_BYTES + 2] = "null";
    char chain[HEX_BYTES];
    char digest[HEX_BYTES];
    if (result->sequence > 0) {
        time_print(result->now, time);
        (void)snprintf(now, sizeof now, "\"%s\"", time);
    }
    hex_print(result->chain, DIGEST_BYTES, chain);
    hex_print(result->state_digest, DIGEST_BYTES, digest);
    printf("{\"kind\":\"audit\",\"lane\":%" PRId32 ",\"result\":\"%s\",\"sequence\":%" PRId64
           ",\"now\":%s,\"events\":%" PRIu64 ",\"decisions\":%" PRIu64 ",\"payments\":%" PRIu64
           ",\"payments_idr\":%" PRId64 ",\"exceptions\":%" PRIu64 ",\"participants\":%" PRIu32
           ",\"checkpoints\":%" PRIu64 ",\"chain\":\"%s\",\"state_digest\":\"%s\"",
           lane, verdict(result), result->sequence, now, result->events,
           result->outputs[OUTPUT_DECISION], result->outputs[OUTPUT_PAYMENT], result->payments_idr,
           result->outputs[OUTPUT_EXCEPTION], result->participants, result->checkpoints, chain,
           digest);
    if (audit->store != NULL) {
        printf(",\"redis\":\"%s\"", audit_store_lane_word(audit->store, lane));
    }
    if (result->difference.found) {
        print_difference_json(&result->difference);
    }
    puts("}");
}

static void print_public_json(const struct audit *audit)
{
    printf("{\"kind\":\"audit_public\",\"result\":\"%s\"",
           audit->public_keys.found ? "differs" : audit_store_public_word(audit->store));
    if (audit->public_keys.found) {
        print_difference_json(&audit->public_keys);
    }
    puts("}");
}

static void print_difference(int32_t lane, const struct difference *difference)
{
    printf("\nlane %" PRId32 " differs at %s", lane, difference->topic);
    if (difference->partition >= 0) {
        printf(", partition %" PRId32, difference->partition);
    }
    if (difference->offset >= 0) {
        printf(", offset %" PRId64, difference->offset);
    }
    printf(" (journal record %" PRId64 "): %s\n  expected  %s\n  found     %s\n",
           difference->sequence, difference->what, difference->expected, difference->seen);
}

static struct audit_result add_up(const struct audit *audit)
{
    struct audit_result total = {.difference.found = audit->public_keys.found};
    for (int32_t lane = 0; lane < audit->lanes; lane++) {
        const struct audit_result *result = &audit->results[lane];
        total.sequence += result->sequence;
        total.events += result->events;
        total.payments_idr += result->payments_idr;
        total.participants += result->participants;
        total.checkpoints += result->checkpoints;
        total.difference.found = total.difference.found || result->difference.found;
        for (int kind = 0; kind < OUTPUT_KIND_COUNT; kind++) {
            total.outputs[kind] += result->outputs[kind];
        }
        if (!failed(&total.error) && failed(&result->error)) {
            total.error = result->error;
        }
    }
    return total;
}

static void print_json(const struct audit *audit, const struct audit_result *total)
{
    for (int32_t lane = 0; lane < audit->lanes; lane++) {
        print_lane_json(audit, lane);
    }
    if (audit->store != NULL) {
        print_public_json(audit);
    }
    printf("{\"kind\":\"audit_total\",\"result\":\"%s\",\"lanes\":%" PRId32
           ",\"journal_records\":%" PRId64 ",\"events\":%" PRIu64 ",\"decisions\":%" PRIu64
           ",\"payments\":%" PRIu64 ",\"payments_idr\":%" PRId64 ",\"exceptions\":%" PRIu64
           ",\"participants\":%" PRIu32 ",\"checkpoints\":%" PRIu64 "}\n",
           verdict(total), audit->lanes, total->sequence, total->events,
           total->outputs[OUTPUT_DECISION], total->outputs[OUTPUT_PAYMENT], total->payments_idr,
           total->outputs[OUTPUT_EXCEPTION], total->participants, total->checkpoints);
}

static void print_public(const struct audit *audit)
{
    const struct difference *difference = &audit->public_keys;
    if (difference->found) {
        printf("\nthe public keys differ at %s: %s\n  expected  %s\n  found     %s\n",
               difference->topic, difference->what, difference->expected, difference->seen);
    } else if (audit->store != NULL) {
        printf("\npublic keys: %s\n", audit_store_public_word(audit->store));
    }
}

static void print_table(const struct audit *audit, const struct audit_result *total)
{
    printf("%4s  %8s  %12s  %10s  %9s  %18s  %10s  %12s  %-27s  %-13s  %s\n", "lane", "journal",
           "events", "decisions", "payments", "paid (Rp)", "exceptions", "participants", "clock",
           "redis", "result");
    for (int32_t lane = 0; lane < audit->lanes; lane++) {
        print_row(audit, lane);
    }
    for (int32_t lane = 0; lane < audit->lanes; lane++) {
        if (audit->results[lane].difference.found) {
            print_difference(lane, &audit->results[lane].difference);
        }
    }
    print_public(audit);
    printf("\n%s: %" PRId64 " journal records, %" PRIu64 " events, %" PRIu64
           " payments of Rp %" PRId64 ", %" PRIu64 " checkpoints\n",
           verdict(total), total->sequence, total->events, total->outputs[OUTPUT_PAYMENT],
           total->payments_idr, total->checkpoints);
}

static void say_errors(const struct audit *audit)
{
    for (int32_t lane = 0; lane < audit->lanes; lane++) {
        if (failed(&audit->results[lane].error)) {
            (void)fprintf(stderr, "jaga audit: lane %" PRId32 ": %s\n", lane,
                          audit->results[lane].error.detail);
        }
    }
}

static void say_behind(const struct audit *audit)
{
    for (int32_t lane = 0; lane < audit->lanes; lane++) {
        if (audit->results[lane].behind > 0) {
            (void)fprintf(stderr,
                          "jaga audit: lane %" PRId32 ": %" PRIu64
                          " outputs behind the last journal record say that they are of later "
                          "ones: not compared\n",
                          lane, audit->results[lane].behind);
        }
    }
}

static void say_rate(const struct audit *audit, const struct audit_result *total)
{
    const int64_t took_us = clock_steady_us() - audit->begun_us;
    (void)fprintf(stderr, "%" PRIu64 " events in %" PRId64 ".%03" PRId64 " s, %" PRId64 "/s\n",
                  total->events, took_us / MICROSECONDS_A_SECOND,
                  took_us % MICROSECONDS_A_SECOND / 1000,
                  (int64_t)total->events * MICROSECONDS_A_SECOND / (took_us + 1));
}

static void say_checkpoints(const struct audit *audit)
{
    if (checkpoints_ignored(audit->checkpoints) > 0) {
        (void)fprintf(stderr,
                      "jaga audit: ignored on the topic of checkpoints: %" PRIu64
                      " that are none of this log, or whose signature does not hold\n",
                      checkpoints_ignored(audit->checkpoints));
    }
    if (checkpoints_foreign(audit->checkpoints) > 0) {
        (void)fprintf(stderr, "jaga audit: not compared: %" PRIu64 " checkpoints by other keys\n",
                      checkpoints_foreign(audit->checkpoints));
    }
}

static int tell(const struct audit *audit)
{
    say_checkpoints(audit);
    say_behind(audit);
    const struct audit_result total = add_up(audit);
    say_rate(audit, &total);
    if (audit->json) {
        print_json(audit, &total);
    } else {
        print_table(audit, &total);
    }
    say_errors(audit);
    if (total.difference.found) {
        return EXIT_ANSWER_NO;
    }
    return failed(&total.error) ? EXIT_NOT_DONE : EXIT_SUCCESS;
}

/* ---- The command ---- */

static struct error open_source(struct audit *audit, const struct arguments *arguments)
{
    TRY(source_of_flags(&audit->connections, arguments, &audit->source));
    audit->options.source = audit->source;
    audit->lanes = log_source_identity(audit->source)->lanes;
    if (audit->lanes > LANES_MAX) {
        return error_make(ERROR_FATAL, "lanes_unfit", "the log has %d lanes, jaga knows %d at most",
                          (int)audit->lanes, LANES_MAX);
    }
    TRY(checkpoints_open(audit->source, audit->signers.keys[0], audit->signers.count,
                         &audit->checkpoints));
    audit->options.checkpoints = audit->checkpoints;
    audit->results = calloc((size_t)audit->lanes, sizeof *audit->results);
    audit->progress = calloc((size_t)audit->lanes, sizeof *audit->progress);
    assert(audit->results != NULL && audit->progress != NULL);
    if (log_source_has_topics(audit->source) && !audit->topics_only) {
        TRY(audit_store_open(&audit->connections, audit->source, &audit->store));
        audit->options.store = audit_store_check(audit->store);
    }
    return no_error();
}

static struct error run(const struct settings *settings, const struct arguments *arguments,
                        struct audit *audit)
{
    TRY(read_wish(arguments, audit));
    connections_of(settings, &audit->connections);
    audit->options.input_bytes_max = settings->input_bytes_max;
    shutdown_watch();
    TRY(open_source(audit, arguments));
    return look(audit);
}

int command_audit(const struct settings *settings, const struct arguments *arguments)
{
    struct audit *audit = calloc(1, sizeof *audit);
    assert(audit != NULL);
    const struct error error = run(settings, arguments, audit);
    const int code = failed(&error) ? command_report("audit", &error) : tell(audit);
    audit_store_close(audit->store);
    checkpoints_close(audit->checkpoints);
    log_source_close(audit->source);
    free(audit->results);
    free(audit->progress);
    free(audit);
    return code;
}
