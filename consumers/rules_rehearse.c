/* `jaga rules rehearse BUNDLE`: what another bundle would have decided of the recorded claims. */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "consumers/rules_source.h"
#include "consumers/source_flags.h"
#include "core/terms.h"
#include "lane/connect.h"
#include "replay/lane_pool.h"
#include "replay/rehearsal.h"
#include "support/shutdown.h"

const struct flag rules_rehearse_flags[] = {
    SOURCE_FLAGS,
    {"json", NULL, "One JSON object a claim that would be decided otherwise, then one for all."},
    {NULL, NULL, NULL},
};

struct lane_rehearsal {
    struct rehearsal rehearsal;
    struct error error;
};

struct rehearsing {
    struct connections connections;
    struct log_source *source;
    uint32_t input_bytes_max;
    struct rules *rules;
    int32_t lanes;
    struct lane_rehearsal *by_lane;
    struct lane_pool pool;
    bool json;
};

static void look(void *context, int32_t lane)
{
    struct rehearsing *rehearsing = context;
    struct lane_rehearsal *at = &rehearsing->by_lane[lane];
    at->error = rehearsal_of_lane(rehearsing->source, lane, rehearsing->input_bytes_max,
                                  rehearsing->rules, &at->rehearsal);
}

static struct error look_at_lanes(struct rehearsing *rehearsing)
{
    rehearsing->lanes = log_source_identity(rehearsing->source)->lanes;
    rehearsing->by_lane = calloc((size_t)rehearsing->lanes, sizeof *rehearsing->by_lane);
    assert(rehearsing->by_lane != NULL);
    TRY(lane_pool_start(&rehearsing->pool, rehearsing->lanes, lane_pool_threads(), look,
                        rehearsing));
    lane_pool_join(&rehearsing->pool);
    for (int32_t lane = 0; lane < rehearsing->lanes; lane++) {
        TRY(rehearsing->by_lane[lane].error);
    }
    return no_error();
}

/* ---- Telling ---- */

static void print_verdict_json(const char *name, const struct verdict_of_claim *verdict)
{
    printf(",\"%s\":", name);
    if (!verdict->present) {
        printf("null");
        return;
    }
    printf("{\"verdict\":\"%s\",\"reason\":\"%s\",\"total_idr\":%" PRId64 ",\"lines\":[",
           term_name(&verdict_names, verdict->verdict), term_name(&reason_names, verdict->reason),
           verdict->total_idr);
    for (uint32_t i = 0; i < verdict->line_count; i++) {
        printf("%s{\"component\":\"%s\",\"amount_idr\":%" PRId64 "}", i > 0 ? "," : "",
               term_name(&component_names, verdict->lines[i].component),
               verdict->lines[i].amount_idr);
    }
    printf("]}");
}

static void print_claim_json(int32_t lane, const struct rehearsed_claim *claim)
{
    char day[DAY_TEXT_BYTES];
    day_print(claim->event_on, day);
    printf("{\"kind\":\"rehearsed\",\"lane\":%" PRId32
           ",\"participant_id\":\"%s\",\"claim_id\":\"%s\",\"claim_type\":\"%s\","
           "\"programme\":\"%s\",\"event_on\":\"%s\"",
           lane, claim->participant, claim->claim, term_name(&claim_type_names, claim->claim_type),
           term_name(&programme_names, claim->programme), day);
    print_verdict_json("recorded", &claim->recorded);
    print_verdict_json("rehearsed", &claim->rehearsed);
    puts("}");
}

static void print_verdict(const char *name, const struct verdict_of_claim *verdict)
{
    if (!verdict->present) {
        printf("  %-9s  (none)\n", name);
        return;
    }
    printf("  %-9s  %s %s, Rp %" PRId64, name, term_name(&verdict_names, verdict->verdict),
           term_name(&reason_names, verdict->reason), verdict->total_idr);
    for (uint32_t i = 0; i < verdict->line_count; i++) {
        printf("%s%s %" PRId64, i > 0 ? ", " : ": ",
               term_name(&component_names, verdict->lines[i].component),
               verdict->lines[i].amount_idr);
    }
    puts("");
}

static void print_claim(const struct rehearsed_claim *claim)
{
    char day[DAY_TEXT_BYTES];
    day_print(claim->event_on, day);
    printf("claim %s of participant %s, %s, event on %s\n", claim->claim, claim->participant,
           term_name(&claim_type_names, claim->claim_type), day);
    print_verdict("recorded", &claim->recorded);
    print_verdict("rehearsed", &claim->rehearsed);
}

struct sums {
    uint64_t claims, differ;
    int64_t recorded_idr, rehearsed_idr;
};

static void print_sums(const struct rehearsing *rehearsing, const struct sums *sums)
{
    printf(rehearsing->json ? "{\"kind\":\"rehearsal\",\"claims\":%" PRIu64 ",\"differ\":%" PRIu64
                              ",\"recorded_idr\":%" PRId64 ",\"rehearsed_idr\":%" PRId64
                              ",\"difference_idr\":%" PRId64 "}\n"
                            : "%" PRIu64 " claims, %" PRIu64
                              " would be decided otherwise. Recorded Rp %" PRId64
                              ", rehearsed Rp %" PRId64 ", difference Rp %" PRId64 "\n",
           sums->claims, sums->differ, sums->recorded_idr, sums->rehearsed_idr,
           sums->rehearsed_idr - sums->recorded_idr);
}

/* True when some decision would be another. */
static bool tell(const struct rehearsing *rehearsing)
{
    struct sums sums = {0};
    for (int32_t lane = 0; lane < rehearsing->lanes; lane++) {
        const struct rehearsal *rehearsal = &rehearsing->by_lane[lane].rehearsal;
        for (size_t i = 0; i < rehearsal->count; i++) {
            const struct rehearsed_claim *claim = &rehearsal->claims[i];
            sums.claims++;
            sums.recorded_idr += claim->recorded.total_idr;
            sums.rehearsed_idr += claim->rehearsed.total_idr;
            if (rehearsed_alike(claim)) {
                continue;
            }
            sums.differ++;
            if (rehearsing->json) {
                print_claim_json(lane, claim);
            } else {
                print_claim(claim);
            }
        }
    }
    print_sums(rehearsing, &sums);
    return sums.differ > 0;
}

static struct error read_bundle(const struct settings *settings, const char *name,
                                struct rules *rules)
{
    struct rules_source source = {.text = NULL};
    struct error error = rules_source_read(settings, name, &source);
    if (!failed(&error)) {
        error = rules_source_parse(&source, rules);
    }
    rules_source_clear(&source);
    return error;
}

static struct error rehearse(const struct settings *settings, const struct arguments *arguments,
                             struct rehearsing *rehearsing)
{
    if (arguments->operand_count != 1) {
        return error_make(ERROR_USAGE, "usage", "name one bundle: jaga rules rehearse BUNDLE");
    }
    rehearsing->json = argument_given(arguments, "json");
    rehearsing->input_bytes_max = settings->input_bytes_max;
    TRY(read_bundle(settings, arguments->operands[0], rehearsing->rules));
    connections_of(settings, &rehearsing->connections);
    shutdown_watch();
    TRY(source_of_flags(&rehearsing->connections, arguments, &rehearsing->source));
    return look_at_lanes(rehearsing);
}

int command_rules_rehearse(const struct settings *settings, const struct arguments *arguments)
{
    struct rehearsing *rehearsing = calloc(1, sizeof *rehearsing);
    assert(rehearsing != NULL);
    rehearsing->rules = calloc(1, sizeof *rehearsing->rules);
    assert(rehearsing->rules != NULL);
    const struct error error = rehearse(settings, arguments, rehearsing);
    int code = command_report("rules rehearse", &error);
    if (!failed(&error) && tell(rehearsing)) {
        code = EXIT_ANSWER_NO;
    }
    for (int32_t lane = 0; lane < rehearsing->lanes && rehearsing->by_lane != NULL; lane++) {
        rehearsal_clear(&rehearsing->by_lane[lane].rehearsal);
    }
    log_source_close(rehearsing->source);
    free(rehearsing->by_lane);
    free(rehearsing->rules);
    free(rehearsing);
    return code;
}
