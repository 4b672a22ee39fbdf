/* Foreign bytes as one table of the law among the project's own, or as a whole bundle: loading must
   end in rules or in an error that names a place, and what loads must answer every lookup. The
   first byte chooses: 'a' … 'n' a table's file, anything else the canonical text. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/benefit.h"
#include "wire/rules_listing.h"
#include "wire/rules_table.h"

#ifndef JAGA_RULES_DIR
#define JAGA_RULES_DIR "rules"
#endif

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char own[RULES_TEXT_BYTES_MAX];
static size_t own_length;

static void read_own(void)
{
    char *text = NULL;
    const struct error error = rules_bundle_read_files(JAGA_RULES_DIR, &text, &own_length);
    if (failed(&error)) {
        abort(); /* run it where the tables are */
    }
    memcpy(own, text, own_length);
    free(text);
}

/* The largest claim of a type that an event may be: whatever the rows say, its worth can be told.
 */
static void claim_the_most(const struct rules *rules, enum claim_type type, day_t day)
{
    static struct membership membership;
    membership.recorded = day;
    membership.wages = (struct timeline){1, {{day, day, 1000000000}}};
    struct claim claim = {.type = (uint8_t)type, .event_on = day, .accident_on = day};
    if (type == CLAIM_INJURY) {
        const int64_t most_idr = INT64_C(1000000000000);
        claim.injury = (struct injury_facts){.unable_from = day,
                                             .days_unable = 20000,
                                             .table_bp = 10000,
                                             .loss_bp = 10000,
                                             .transport_idr = {most_idr, most_idr, most_idr},
                                             .treatment_idr = most_idr,
                                             .home_care_idr = most_idr};
    }
    const struct cover cover = {.any = true, .start = day, .end = DAY_NEVER};
    const unsigned kinds = type == CLAIM_INJURY        ? DISABILITY_KIND_COUNT
                           : type == CLAIM_SCHOLARSHIP ? SCHOOL_LEVEL_COUNT
                                                       : 7;
    for (uint8_t kind = 0; kind < kinds; kind++) {
        if (type == CLAIM_INJURY) {
            claim.injury.disability = kind;
        } else if (type == CLAIM_SCHOLARSHIP) {
            claim.scholarship.level = kind;
        } else if (type == CLAIM_JOB_LOSS) {
            claim.job_loss.month_number = kind;
        } else {
            claim.cause = kind;
        }
        const struct worth worth = benefit_of(&membership, &claim, &cover, rules);
        assert(worth.total_idr >= 0);
    }
}

static void look_everywhere(const struct rules *rules, day_t day)
{
    const struct benefit_row *lines[LINES_OUT_MAX];
    for (unsigned parameter = 0; parameter < PARAMETER_COUNT; parameter++) {
        for (uint8_t segment = 0; segment < SEGMENT_COUNT; segment++) {
            (void)rules_parameter(rules, (enum parameter)parameter, segment, day);
        }
    }
    for (unsigned benefit = 0; benefit < BENEFIT_COUNT; benefit++) {
        (void)rules_benefit(rules, (enum benefit)benefit, day, lines);
    }
    for (unsigned type = 0; type < CLAIM_TYPE_COUNT; type++) {
        claim_the_most(rules, (enum claim_type)type, day);
    }
    (void)rules_channel(rules, INT64_MAX, day);
    (void)rules_working_days_after(rules, day, 7);
}

/* Who shows or compares a bundle reads it by columns, whether or not it loads. */
static void list(const char *text, size_t length, bool is_loaded)
{
    struct rules_listing listing;
    const struct error error = rules_listing_read(text_of(text, length), &listing);
    assert(!is_loaded || !failed(&error));
    for (uint32_t i = 0; i < listing.count; i++) {
        char bytes[RULES_LINE_JSON_BYTES];
        struct buffer buffer = buffer_over(bytes, sizeof bytes);
        rules_line_to_json(&buffer, &listing.lines[i]);
        assert(!buffer.overflow);
    }
    rules_listing_clear(&listing);
}

static void load(const char *text, size_t length, const uint32_t *true_lines)
{
    static struct rules rules;
    const struct error error =
        rules_text_parse(text, length, "rules", true_lines, DAY_NONE, &rules, NULL);
    list(text, length, !failed(&error));
    if (failed(&error)) {
        assert(strcmp(error.code, "rules_invalid") == 0);
        assert(error.detail[0] != '\0');
        return;
    }
    look_everywhere(&rules, DAY_FIRST);
    look_everywhere(&rules, 0);
    look_everywhere(&rules, DAY_LAST);
}

/* Copies the own canonical tables `first` up to, not including, `end`. */
static void put_own(struct rules_text *text, unsigned first, unsigned end)
{
    const char *at = own;
    unsigned table = 0;
    while (at < own + own_length) {
        const char *line_end = memchr(at, '\n', (size_t)(own + own_length - at));
        assert(line_end != NULL);
        const size_t length = (size_t)(line_end - at) + 1;
        table += *at == '[';
        if (table > first && table <= end && text->line_count < RULES_LINES_MAX &&
            text->length + length <= RULES_TEXT_BYTES_MAX) {
            memcpy(text->at + text->length, at, length);
            text->length += length;
            text->true_lines[text->line_count++] = 0;
        }
        at = line_end + 1;
    }
}

static void load_table(unsigned table, const char *bytes, size_t length)
{
    static char text_bytes[RULES_TEXT_BYTES_MAX];
    static uint32_t true_lines[RULES_LINES_MAX];
    struct rules_text text = {.at = text_bytes, .true_lines = true_lines};
    put_own(&text, 0, table);
    const struct error error =
        rules_text_append(&text, "rules", (enum rules_table_number)table, bytes, length);
    if (failed(&error)) {
        return;
    }
    put_own(&text, table + 1, RULES_TABLE_COUNT);
    load(text.at, text.length, text.true_lines);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (own_length == 0) {
        read_own();
    }
    if (size == 0) {
        return 0;
    }
    const char *bytes = (const char *)data;
    if (bytes[0] >= 'a' && bytes[0] < 'a' + RULES_TABLE_COUNT) {
        load_table((unsigned)(bytes[0] - 'a'), bytes + 1, size - 1);
    } else {
        load(bytes, size, NULL);
    }
    return 0;
}
