#include "dashboard/routes.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "dashboard/api.h"
#include "dashboard/assets.h"
#include "dashboard/exchange.h"
#include "dashboard/metrics.h"
#include "dashboard/page.h"
#include "dashboard/tally.h"
#include "http/prometheus.h"

static int health(struct exchange *exchange, struct refusal *refusal)
{
    (void)refusal;
    buffer_string(exchange->out, "lives\n");
    return STATUS_OK;
}

static int ready(struct exchange *exchange, struct refusal *refusal)
{
    if (!exchange->board->is_fresh) {
        refusal->status = 503;
        (void)snprintf(refusal->detail, sizeof refusal->detail,
                       "the figures are %lld s old: is jaga process running?",
                       (long long)(exchange->board->age_us / MICROSECONDS_A_SECOND));
        return refusal->status;
    }
    buffer_string(exchange->out, "ready\n");
    return STATUS_OK;
}

static int asset(struct exchange *exchange, struct refusal *refusal)
{
    const struct asset *found = asset_find(exchange->request->path);
    (void)refusal;
    buffer_put(exchange->out, found->bytes, found->length);
    return STATUS_OK;
}

enum body { BODY_TEXT, BODY_METRICS, BODY_JSON, BODY_HTML, BODY_CSS, BODY_SCRIPT, BODY_SVG };

#define API "/api/v1"
#define PAGE (ASKS_DATE | ASKS_LANG)
static const struct route {
    const char *path;
    bool has_rest;    /* "/regions" is followed by "/" and more */
    bool needs_board; /* of the day asked for */
    enum body body;
    unsigned allowed; /* set of enum parameter_bit */
    answers answer;
} routes[] = {
    {"/healthz", false, false, BODY_TEXT, 0, health},
    {"/metrics", false, false, BODY_METRICS, 0, metrics_answer},
    {"/readyz", false, true, BODY_TEXT, 0, ready},
    {API "/coverage", false, true, BODY_JSON, ASKS_DATE | ASKS_BY | ASKS_REGION, api_coverage},
    {API "/regions", true, true, BODY_JSON, ASKS_DATE | ASKS_FROM | ASKS_TO, api_region},
    {API "/claims", false, true, BODY_JSON, ASKS_DATE | ASKS_REGION, api_claims},
    {API "/payments", false, true, BODY_JSON, ASKS_REGION, api_payments},
    {API "/election", false, true, BODY_JSON, ASKS_DATE | ASKS_REGION, api_election},
    {API "/exceptions", false, true, BODY_JSON, 0, api_exceptions},
    {API "/batches", false, true, BODY_JSON, 0, api_batches},
    {API "/lanes", false, true, BODY_JSON, 0, api_lanes},
    {API "/meta", false, true, BODY_JSON, 0, api_meta},
    {"/", false, true, BODY_HTML, PAGE | ASKS_PROVINCE | ASKS_LEVEL, page_country},
    {"/regions", true, true, BODY_HTML, PAGE, page_region},
    {"/definitions", false, false, BODY_HTML, PAGE, page_definitions},
    {"/assets/style.css", false, false, BODY_CSS, 0, asset},
    {"/assets/live.js", false, false, BODY_SCRIPT, 0, asset},
    {"/assets/icon.svg", false, false, BODY_SVG, 0, asset},
    {"other", false, false, BODY_HTML, 0, NULL},
};
#define ROUTE_COUNT (sizeof routes / sizeof *routes)
#define ROUTE_OTHER (ROUTE_COUNT - 1)
static_assert(ROUTE_COUNT <= TALLY_ROUTES_MAX, "every route is counted");

unsigned route_count(void)
{
    return ROUTE_COUNT;
}

const char *route_name(unsigned route)
{
    return routes[route].path;
}

static unsigned find_route(const char *path, const char **rest)
{
    for (unsigned i = 0; i < ROUTE_OTHER; i++) {
        const size_t length = strlen(routes[i].path);
        *rest = "";
        if (!routes[i].has_rest && strcmp(path, routes[i].path) == 0) {
            return i;
        }
        if (routes[i].has_rest && strncmp(path, routes[i].path, length) == 0 &&
            path[length] == '/') {
            *rest = path + length + 1;
            return i;
        }
    }
    return ROUTE_OTHER;
}

static const char *type_of(enum body body)
{
    static const char *const types[] = {
        [BODY_TEXT] = "text/plain; charset=utf-8",
        [BODY_METRICS] = PROMETHEUS_TYPE,
        [BODY_JSON] = "application/json; charset=utf-8",
        [BODY_HTML] = "text/html; charset=utf-8",
        [BODY_CSS] = "text/css; charset=utf-8",
        [BODY_SCRIPT] = "text/javascript; charset=utf-8",
        [BODY_SVG] = "image/svg+xml",
    };
    return types[body];
}

static const char *code_of_status(int status)
{
    switch (status) {
    case 400: return "bad_request";
    case 404: return "not_found";
    case 405: return "method_not_allowed";
    case 413: return "body_not_allowed";
    case 414: return "target_too_long";
    case 503: return "not_ready";
    default: return "not_done";
    }
}

/* As the route would have answered: a page, JSON, or a line. */
static void say_no(const char *code, const struct refusal *refusal, enum body body,
                   struct exchange *exchange, struct answer *answer)
{
    struct buffer *out = exchange->out;
    buffer_reset(out);
    answer->status = refusal->status;
    answer->type = type_of(body);
    exchange->board = NULL;
    if (body == BODY_HTML) {
        page_error(exchange, refusal, refusal->status == 503);
    } else if (body == BODY_JSON) {
        api_error(out, code, refusal->detail);
    } else {
        answer->type = type_of(BODY_TEXT);
        buffer_string(out, refusal->detail);
        buffer_byte(out, '\n');
    }
}

static void refuse(const struct http_request *request, struct buffer *out, struct answer *answer)
{
    struct exchange exchange = {.out = out};
    struct refusal refusal = {.status = request->refused_status};
    (void)snprintf(refusal.detail, sizeof refusal.detail, "%s", request->refused_detail);
    say_no(code_of_status(refusal.status), &refusal, BODY_JSON, &exchange, answer);
}

/* Addresses and the words of a server stay in the log. */
static const char *sentence_of(const struct error *error, enum language language)
{
    static const struct sentence {
        const char *code, *words[LANGUAGE_COUNT];
    } sentences[] = {
        {"redis_away",
         {"Redis tidak menjawab; angka kembali bersamanya",
          "Redis does not answer; the figures come back with it"}},
        {"no_figures",
         {"belum ada angka: apakah jaga process berjalan?",
          "there are no figures yet: is jaga process running?"}},
        {"store_changed",
         {"angka sedang ditulis ulang; coba lagi",
          "the figures are being written anew; try again"}},
        {"busy", {"angka sedang dibaca; coba lagi", "the figures are being read; try again"}},
    };
    for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++) {
        if (strcmp(error->code, sentences[i].code) == 0) {
            return sentences[i].words[language];
        }
    }
    return language == INDONESIAN
               ? "angka tidak dapat dibaca; catatan jaga dashboard menyebut sebabnya"
               : "the figures cannot be read; the log of jaga dashboard says why";
}

/* With the board in hand where the route needs one. `*code` names what keeps it away. */
static int take_and_answer(const struct route *route, struct exchange *exchange,
                           struct refusal *refusal, const char **code)
{
    if (!route->needs_board) {
        return route->answer(exchange, refusal);
    }
    const struct error error =
        board_take(exchange->source, exchange->request->date, &exchange->board);
    if (failed(&error)) {
        *code = error.code;
        refusal->status = 503;
        (void)snprintf(
            refusal->detail, sizeof refusal->detail, "%s",
            sentence_of(&error, route->body == BODY_HTML ? exchange->request->language : ENGLISH));
        return refusal->status;
    }
    const int status = route->answer(exchange, refusal);
    board_release(exchange->source, exchange->board);
    exchange->board = NULL;
    return status;
}

static void run(const struct route *route, struct exchange *exchange, struct answer *answer)
{
    struct refusal refusal = {.status = 0};
    const char *code = NULL;
    answer->status = take_and_answer(route, exchange, &refusal, &code);
    if (answer->status == STATUS_OK && exchange->out->overflow) {
        refusal = (struct refusal){.status = 500, .detail = "the answer is too long"};
        answer->status = refusal.status;
    }
    if (answer->status != STATUS_OK) {
        say_no(code != NULL ? code : code_of_status(answer->status), &refusal, route->body,
               exchange, answer);
    }
}

static bool is_api(struct text target)
{
    return target.length >= strlen(API "/") && memcmp(target.at, API "/", strlen(API "/")) == 0;
}

/* Returns the route, for counting. */
static unsigned answer_target(const struct sources *sources, const struct http_request *asked,
                              struct buffer *out, struct answer *answer)
{
    struct request request;
    struct refusal refusal;
    struct exchange exchange = {
        .request = &request, .out = out, .source = sources->board, .watch = sources->watch};
    const bool is_formed = request_parse(asked->target, &request, &refusal);
    if ((request.given & ASKS_LANG) == 0) {
        request.language = language_of_header(asked->languages);
    }
    const unsigned number = is_formed ? find_route(request.path, &exchange.rest) : ROUTE_OTHER;
    const struct route *route = &routes[number];
    const enum body body = is_api(asked->target) ? BODY_JSON : route->body;
    *answer = (struct answer){.type = type_of(body), .is_asset = route->answer == asset};
    if (!is_formed) {
        say_no(code_of_status(refusal.status), &refusal, body, &exchange, answer);
    } else if (number == ROUTE_OTHER) {
        refusal = (struct refusal){STATUS_NOT_FOUND, "there is no such page"};
        say_no(code_of_status(refusal.status), &refusal, body, &exchange, answer);
    } else if (!request_allows(&request, route->allowed, &refusal)) {
        say_no(code_of_status(refusal.status), &refusal, body, &exchange, answer);
    } else {
        run(route, &exchange, answer);
    }
    return number;
}

void routes_answer(void *context, const struct http_request *request, struct buffer *out,
                   struct answer *answer)
{
    unsigned route = ROUTE_OTHER;
    if (request->refused_status != 0) {
        refuse(request, out, answer);
    } else {
        route = answer_target(context, request, out, answer);
    }
    tally_count(route, answer->status);
}
