/* The only home of libmicrohttpd: sockets, limits and times of the HTTP side. */
#ifndef JAGA_DASHBOARD_SERVER_H
#define JAGA_DASHBOARD_SERVER_H

#include "dashboard/routes.h"

struct server;

/* Listens on "127.0.0.1:8080" or "[::1]:8080" (port 0: any free one) and answers from threads of
   its own until it is closed. USAGE "setting_wrong" for an address that is none, FATAL
   "address_refused" when it cannot be had. */
MUST_USE struct error server_open(const char *address, const struct sources *sources,
                                  struct server **out);
void server_close(struct server *server); /* accepts NULL; answers in hand are finished */
/* "http://127.0.0.1:8080", borrowed. */
const char *server_address(const struct server *server);

/* Drops connections that have asked for nothing whole for CONNECTION_SECONDS: a client that sends
   a byte now and then would hold its place for ever. Called about once a second. */
void server_sweep(struct server *server);

#endif
