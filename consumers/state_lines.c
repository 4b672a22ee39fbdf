#include "consumers/state_lines.h"

#include <assert.h>
#include <inttypes.h>

#include "consumers/step_lines.h"
#include "core/internal.h"
#include "store/employer_days.h"
#include "wire/json_print.h"
#include "wire/record.h"

static char scratch[LINE_PART_BYTES];

/* A membership on the day. */
struct shown_membership {
    const struct membership *membership;
    struct cover cover;
    bool is_covered;
    int64_t wage_idr;     /* NUMBER_NONE: none in force */
    struct text category; /* absent: none in force */
    uint32_t programmes;
    struct text sponsor; /* its kind */
    day_t ended_on;      /* DAY_NONE: not ended */
};

static int64_t value_on(const struct timeline *timeline, day_t day)
{
    int64_t value = NUMBER_NONE;
    (void)timeline_value(timeline, day, RECORDED_ANY, &value);
    return value;
}

static struct text category_name(const struct rules *rules, int64_t number)
{
    if (number < 0 || number >= CATEGORIES_MAX) {
        return (struct text){0};
    }
    return text_of_string(rules->categories[number].code);
}

static struct shown_membership membership_on(const struct state_wish *wish, uint32_t at)
{
    const struct membership *membership = &wish->participant->memberships[at];
    const struct cover cover = cover_of(wish->participant, membership, wish->rules);
    const int64_t programmes = value_on(&membership->programmes, wish->day);
    const int64_t sponsor = value_on(&membership->sponsors, wish->day);
    const struct end *end = membership_end(membership, RECORDED_ANY);
    return (struct shown_membership){
        .membership = membership,
        .cover = cover,
        .is_covered = cover.any && cover.start <= wish->day && wish->day <= cover.end,
        .wage_idr = value_on(&membership->wages, wish->day),
        .category = category_name(wish->rules, value_on(&membership->categories, wish->day)),
        .programmes = programmes == NUMBER_NONE ? 0 : (uint32_t)programmes,
        .sponsor = sponsor == NUMBER_NONE
                       ? (struct text){0}
                       : term_text(&sponsor_kind_names, sponsor_kind_of(sponsor)),
        .ended_on = end == NULL ? DAY_NONE : end->last_day,
    };
}

/* A payment of an approved claim. */
struct shown_payment {
    char id[PAYMENT_ID_BYTES];
    struct text payee_ref;
    int64_t amount_idr, attempt; /* attempt 0: nothing was reported yet */
    struct text status;
};

static uint32_t payments_of(const struct participant *participant, const struct claim *claim,
                            struct shown_payment out[PAYEES_MAX])
{
    struct payee_payment payments[PAYEES_MAX];
    const uint32_t count = claim->approval > 0 ? claim_payments(claim, payments) : 0;
    for (uint32_t i = 0; i < count; i++) {
        const struct attempts *attempts = &claim->attempts[i];
        payment_id(text_of(participant->id, participant->id_length), claim_id(claim),
                   text_of(claim->membership_id, claim->membership_id_length),
                   payments[i].payee_ref, out[i].id);
        out[i].payee_ref = payments[i].payee_ref;
        out[i].amount_idr = payments[i].amount_idr;
        out[i].attempt = attempts->count;
        out[i].status = attempts->count == 0 ? (struct text){0}
                                             : term_text(&payment_status_names, attempts->status);
    }
    return count;
}

static int64_t total_of(const struct claim *claim)
{
    int64_t total_idr = 0;
    for (uint32_t i = 0; i < claim->line_count; i++) {
        total_idr += claim->lines[i].amount_idr;
    }
    return total_idr;
}

static struct text region_text(const struct state_wish *wish, char out[REGION_TEXT_BYTES])
{
    const uint16_t region = participant_region(wish->participant, wish->day);
    if (region == 0) {
        return (struct text){0};
    }
    region_print(region, out);
    return text_of_string(out);
}

/* ---- JSON ---- */

static void put_programmes(struct json_object *json, uint32_t programmes)
{
    json_put_name(json, "programmes");
    buffer_byte(json->out, '[');
    bool any = false;
    for (unsigned i = 0; i < PROGRAMME_COUNT; i++) {
        if ((programmes >> i & 1) != 0) {
            buffer_string(json->out, any ? "," : "");
            json_string_write(json->out, term_text(&programme_names, i));
            any = true;
        }
    }
    buffer_byte(json->out, ']');
}

/* The employer as the lane's keys name it: its id is not kept. */
static void put_employer(struct json_object *json, const struct membership *membership)
{
    char employer[EMPLOYER_TEXT_BYTES];
    char region[REGION_TEXT_BYTES];
    struct text texts[2] = {{0}, {0}};
    if (membership->has_employer) {
        employer_print(membership->employer_hash, employer);
        texts[0] = text_of_string(employer);
    }
    if (membership->region_work != 0) {
        region_print(membership->region_work, region);
        texts[1] = text_of_string(region);
    }
    json_put_text_or_null(json, "employer", texts[0]);
    json_put_text_or_null(json, "region_work", texts[1]);
}

static void put_membership(FILE *out, struct buffer *buffer, const struct shown_membership *shown)
{
    const struct membership *membership = shown->membership;
    struct json_object json;
    json_object_open(&json, buffer, NULLS_PRINTED);
    json_put_text(&json, "membership_id", membership_id(membership));
    json_put_bool(&json, "void", membership->is_void);
    json_put_text(&json, "segment", term_text(&segment_names, membership->segment));
    json_put_text_or_null(&json, "category", shown->category);
    put_programmes(&json, shown->programmes);
    json_put_text_or_null(&json, "sponsor_kind", shown->sponsor);
    json_put_number(&json, "wage_idr", shown->wage_idr);
    put_employer(&json, membership);
    json_put_day(&json, "cover_from", membership->cover_from);
    json_put_day(&json, "cover_to", membership->cover_to);
    json_put_day(&json, "ended_on", shown->ended_on);
    json_put_bool(&json, "covered", shown->is_covered);
    json_put_day(&json, "cover_start", shown->cover.any ? shown->cover.start : DAY_NONE);
    json_put_day(&json, "cover_end", shown->cover.any ? shown->cover.end : DAY_NONE);
    json_put_number(&json, "months_paid", months_paid(membership));
    json_put_month(&json, "paid_through", paid_through(membership));
    json_object_close(&json);
    put_buffer(out, buffer);
}

static void put_payments(struct json_object *json, const struct participant *participant,
                         const struct claim *claim)
{
    struct shown_payment payments[PAYEES_MAX];
    const uint32_t count = payments_of(participant, claim, payments);
    json_put_name(json, "payments");
    buffer_byte(json->out, '[');
    for (uint32_t i = 0; i < count; i++) {
        struct json_object one;
        buffer_string(json->out, i > 0 ? "," : "");
        json_object_open(&one, json->out, NULLS_PRINTED);
        json_put_text(&one, "payment_id", text_of(payments[i].id, PAYMENT_ID_BYTES));
        json_put_text(&one, "payee_ref", payments[i].payee_ref);
        json_put_number(&one, "amount_idr", payments[i].amount_idr);
        json_put_number(&one, "attempt", payments[i].attempt);
        json_put_text_or_null(&one, "status", payments[i].status);
        json_object_close(&one);
    }
    buffer_byte(json->out, ']');
}

static void put_claim(FILE *out, struct buffer *buffer, const struct participant *participant,
                      const struct claim *claim)
{
    struct json_object json;
    json_object_open(&json, buffer, NULLS_PRINTED);
    json_put_text(&json, "claim_id", claim_id(claim));
    json_put_text(&json, "claim_type", term_text(&claim_type_names, claim->type));
    json_put_text_or_null(&json, "membership_id",
                          claim->membership_id_length == 0
                              ? (struct text){0}
                              : text_of(claim->membership_id, claim->membership_id_length));
    json_put_text(&json, "programme", term_text(&programme_names, claim_programme(claim)));
    json_put_day(&json, "event_on", claim->event_on);
    json_put_day(&json, "recorded", claim->recorded);
    json_put_number(&json, "revision", claim->revision);
    json_put_text(&json, "verdict", term_text(&verdict_names, claim->verdict));
    json_put_text(&json, "reason", term_text(&reason_names, claim->reason));
    json_put_number(&json, "total_idr", total_of(claim));
    json_put_number(&json, "reviews", claim->review_count);
    json_put_bool(&json, "contradicted", claim->contradicted);
    put_payments(&json, participant, claim);
    json_object_close(&json);
    put_buffer(out, buffer);
}

static void put_head(FILE *out, struct buffer *buffer, const struct state_wish *wish)
{
    const struct participant *participant = wish->participant;
    char region[REGION_TEXT_BYTES];
    struct json_object json;
    json_object_open(&json, buffer, NULLS_PRINTED);
    json_put_text(&json, "kind", TEXT("state"));
    json_put_text(&json, "participant_id", text_of(participant->id, participant->id_length));
    json_put_number(&json, "sequence", wish->sequence);
    json_put_time(&json, "now", wish->now);
    json_put_day(&json, "day", wish->day);
    json_put_text_or_null(&json, "region", region_text(wish, region));
    json_put_day(&json, "died_on", participant->died_on);
    json_put_number(&json, "parked", participant->parked_count);
    put_buffer(out, buffer);
}

void state_json(FILE *out, const struct state_wish *wish)
{
    const struct participant *participant = wish->participant;
    struct buffer buffer = buffer_over(scratch, sizeof scratch);
    put_head(out, &buffer, wish);
    (void)fputs(",\"memberships\":[", out);
    for (uint32_t i = 0; i < participant->membership_count; i++) {
        const struct shown_membership shown = membership_on(wish, i);
        (void)fputs(i > 0 ? "," : "", out);
        put_membership(out, &buffer, &shown);
    }
    (void)fputs("],\"claims\":[", out);
    for (uint32_t i = 0; i < participant->claim_count; i++) {
        (void)fputs(i > 0 ? "," : "", out);
        put_claim(out, &buffer, participant, &participant->claims[i]);
    }
    (void)fputs("]}", out);
}

/* ---- Text ---- */

static void print_day(FILE *out, const char *before, day_t day)
{
    char text[DAY_TEXT_BYTES] = "open";
    if (day == DAY_NONE) {
        return;
    }
    if (day != DAY_NEVER) {
        day_print(day, text);
    }
    (void)fprintf(out, "%s%s", before, text);
}

static void print_cover(FILE *out, const struct shown_membership *shown)
{
    (void)fputs("\n    cover", out);
    if (shown->cover.any) {
        print_day(out, " ", shown->cover.start);
        print_day(out, " to ", shown->cover.end);
        (void)fputs(shown->is_covered ? ": covered on this day" : ": not covered on this day", out);
    } else {
        (void)fputs(": none", out);
    }
    print_day(out, ", ended on ", shown->ended_on);
    (void)fprintf(out, "\n    months paid %" PRId64, months_paid(shown->membership));
    if (shown->membership->run_count > 0) {
        char through[MONTH_TEXT_BYTES];
        month_print(paid_through(shown->membership), through);
        (void)fprintf(out, ", without a gap through %s", through);
    }
    (void)fputc('\n', out);
}

static void print_membership(FILE *out, const struct shown_membership *shown)
{
    const struct membership *membership = shown->membership;
    const struct text id = membership_id(membership);
    (void)fprintf(out, "\n  membership %.*s, %s%s\n    in force:", (int)id.length, id.at,
                  term_name(&segment_names, membership->segment),
                  membership->is_void ? ", void" : "");
    if (!text_is_absent(shown->category)) {
        (void)fprintf(out, " %.*s", (int)shown->category.length, shown->category.at);
    }
    for (unsigned i = 0; i < PROGRAMME_COUNT; i++) {
        if ((shown->programmes >> i & 1) != 0) {
            (void)fprintf(out, " %s", term_name(&programme_names, i));
        }
    }
    if (shown->wage_idr != NUMBER_NONE) {
        (void)fprintf(out, ", wage Rp %" PRId64, shown->wage_idr);
    }
    if (!text_is_absent(shown->sponsor)) {
        (void)fprintf(out, ", paid by %.*s", (int)shown->sponsor.length, shown->sponsor.at);
    }
    if (membership->has_employer) {
        char employer[EMPLOYER_TEXT_BYTES];
        employer_print(membership->employer_hash, employer);
        (void)fprintf(out, ", employer %s", employer);
    }
    print_cover(out, shown);
}

static void print_claim(FILE *out, const struct participant *participant, const struct claim *claim)
{
    const struct text id = claim_id(claim);
    (void)fprintf(out, "\n  claim %.*s, %s, ", (int)id.length, id.at,
                  term_name(&claim_type_names, claim->type));
    print_day(out, "event on ", claim->event_on);
    (void)fprintf(out, "\n    revision %u: %s %s", claim->revision,
                  term_name(&verdict_names, claim->verdict),
                  term_name(&reason_names, claim->reason));
    (void)fputs(claim->contradicted ? ", contradicted by later facts\n" : "\n", out);
    struct shown_payment payments[PAYEES_MAX];
    const uint32_t count = payments_of(participant, claim, payments);
    for (uint32_t i = 0; i < count; i++) {
        const struct shown_payment *payment = &payments[i];
        (void)fprintf(out, "    payment %.*s of Rp %" PRId64 " to %.*s: ", PAYMENT_ID_BYTES,
                      payment->id, payment->amount_idr, (int)payment->payee_ref.length,
                      payment->payee_ref.at);
        if (payment->attempt == 0) {
            (void)fputs("nothing reported yet\n", out);
        } else {
            (void)fprintf(out, "attempt %" PRId64 " %.*s\n", payment->attempt,
                          (int)payment->status.length, payment->status.at);
        }
    }
}

void state_text(FILE *out, const struct state_wish *wish)
{
    const struct participant *participant = wish->participant;
    char region[REGION_TEXT_BYTES];
    const struct text home = region_text(wish, region);
    (void)fprintf(out, "%.*s", (int)participant->id_length, participant->id);
    print_day(out, " on ", wish->day);
    (void)fprintf(out, ", as known after journal record %" PRId64, wish->sequence);
    if (wish->now != TIME_NONE) {
        (void)fputs(" (clock ", out);
        put_time(out, wish->now);
        (void)fputs(")", out);
    }
    (void)fprintf(out, "\n  region %.*s", (int)home.length, text_is_absent(home) ? "" : home.at);
    print_day(out, ", died on ", participant->died_on);
    if (participant->parked_count > 0) {
        (void)fprintf(out, ", %u contribution events wait for their enrolment",
                      participant->parked_count);
    }
    (void)fputc('\n', out);
    for (uint32_t i = 0; i < participant->membership_count; i++) {
        const struct shown_membership shown = membership_on(wish, i);
        print_membership(out, &shown);
    }
    for (uint32_t i = 0; i < participant->claim_count; i++) {
        print_claim(out, participant, &participant->claims[i]);
    }
}
