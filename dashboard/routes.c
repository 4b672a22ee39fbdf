#include "dashboard/routes.h"

#include <stdio.h>
#include <string.h>

#include "dashboard/api.h"
#include "dashboard/exchange.h"

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

enum body { BODY_TEXT, BODY_JSON };

#define API "/api/v1"
static const struct route {
    const char *path;
    bool has_rest;    /* "/regions" is followed by "/" and more */
    bool needs_board; /* of the day asked for */
    enum body body;
    unsigned allowed; /* set of enum parameter_bit */
    answers answer;
} routes[] = {
    {"/healthz", false, false, BODY_TEXT, 0, health},
    {"/readyz", false, true, BODY_TEXT, 0, ready},
    {API "/coverage", false, true, BODY_JSON, ASKS_DATE | ASKS_BY | ASKS_REGION, api_coverage},
    {API "/regions", true, true, BODY_JSON, ASKS_DATE | ASKS_FROM | ASKS_TO, api_region},
    {API "/claims", false, true, BODY_JSON, ASKS_REGION, api_claims},
    {API "/payments", false, true, BODY_JSON, ASKS_REGION, api_payments},
    {API "/exceptions", false, true, BODY_JSON, 0, api_exceptions},
    {API "/batches", false, true, BODY_JSON, 0, api_batches},
    {API "/meta", false, true, BODY_JSON, 0, api_meta},
    {"other", false, false, BODY_JSON, 0, NULL},
};
#define ROUTE_COUNT (sizeof routes / sizeof *routes)
#define ROUTE_OTHER (ROUTE_COUNT - 1)

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
        [BODY_JSON] = "application/json; charset=utf-8",
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

static void say_no(const char *code, const struct refusal *refusal, enum body body,
                   struct buffer *out, struct answer *answer)
{
    buffer_reset(out);
    answer->status = refusal->status;
    answer->type = type_of(body);
    if (body == BODY_TEXT) {
        buffer_string(out, refusal->detail);
        buffer_byte(out, '\n');
    } else {
        api_error(out, code, refusal->detail);
    }
}

void routes_refuse(int status, const char *detail, struct buffer *out, struct answer *answer)
{
    struct refusal refusal = {.status = status};
    (void)snprintf(refusal.detail, sizeof refusal.detail, "%s", detail);
    *answer = (struct answer){.route = ROUTE_OTHER};
    say_no(code_of_status(status), &refusal, BODY_JSON, out, answer);
}

/* Addresses and the words of a server stay in the log. */
static const char *sentence_of(const struct error *error)
{
    static const char *const sentences[][2] = {
        {"redis_away", "Redis does not answer; the figures come back with it"},
        {"no_figures", "there are no figures yet: is jaga process running?"},
        {"store_changed", "the figures are being written anew; try again"},
        {"busy", "others are being served; try again"},
    };
    for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++) {
        if (strcmp(error->code, sentences[i][0]) == 0) {
            return sentences[i][1];
        }
    }
    return "the figures cannot be read; the log of jaga dashboard says why";
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
        (void)snprintf(refusal->detail, sizeof refusal->detail, "%s", sentence_of(&error));
        return refusal->status;
    }
    const int status = route->answer(exchange, refusal);
    board_release(exchange->source);
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
               exchange->out, answer);
    }
}

void routes_answer(struct board_source *source, struct text target, const char *languages,
                   struct buffer *out, struct answer *answer)
{
    struct request request;
    struct refusal refusal;
    if (!request_parse(target, &request, &refusal)) {
        routes_refuse(refusal.status, refusal.detail, out, answer);
        return;
    }
    if ((request.given & ASKS_LANG) == 0) {
        request.language = language_of_header(languages);
    }
    struct exchange exchange = {.request = &request, .out = out, .source = source};
    const unsigned number = find_route(request.path, &exchange.rest);
    const struct route *route = &routes[number];
    *answer = (struct answer){.route = number, .type = type_of(route->body)};
    if (number == ROUTE_OTHER) {
        routes_refuse(STATUS_NOT_FOUND, "there is no such page", out, answer);
    } else if (!request_allows(&request, route->allowed, &refusal)) {
        say_no(code_of_status(refusal.status), &refusal, route->body, out, answer);
    } else {
        run(route, &exchange, answer);
    }
}
