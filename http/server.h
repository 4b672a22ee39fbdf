/* The only home of libmicrohttpd: sockets, limits and times of the HTTP side. What is answered is
   the caller's. */
#ifndef JAGA_HTTP_SERVER_H
#define JAGA_HTTP_SERVER_H

#include "core/text.h"
#include "support/error.h"
#include "wire/buffer.h"

/* No answer is longer: a country's whole table with every measure. */
#define ANSWER_BYTES_MAX (8U << 20)
/* A longer target is handed over cut to one byte more, which tells. */
#define TARGET_BYTES_MAX 1024

struct answer {
    int status;
    const char *type; /* Content-Type */
    bool is_asset;    /* the same until the program changes */
};

struct http_request { /* borrowed */
    /* What cannot even be read: a method but GET and HEAD, a body. 0: it can. */
    int refused_status;
    const char *refused_detail;
    struct text target;    /* as it came, nothing decoded */
    const char *languages; /* the header Accept-Language, or NULL */
};

/* Answers into `out`, which is empty and holds ANSWER_BYTES_MAX. Called from several threads. */
typedef void (*http_answers)(void *context, const struct http_request *request, struct buffer *out,
                             struct answer *answer);

struct http_service {    /* borrowed until server_close */
    const char *setting; /* that gives the address, for what is said: "dashboard.address" */
    http_answers answer;
    void *context;
};

struct server;

/* Listens on "127.0.0.1:8080" or "[::1]:8080" (port 0: any free one) and answers from threads of
   its own until it is closed. USAGE "setting_wrong" for an address that is none, FATAL
   "address_refused" when it cannot be had. */
MUST_USE struct error server_open(const char *address, const struct http_service *service,
                                  struct server **out);
void server_close(struct server *server); /* accepts NULL; answers in hand are finished */
/* "http://127.0.0.1:8080", borrowed. */
const char *server_address(const struct server *server);

/* Drops connections that have asked for nothing whole for CONNECTION_SECONDS: a client that sends
   a byte now and then would hold its place for ever. Called about once a second. */
void server_sweep(struct server *server);

#endif
