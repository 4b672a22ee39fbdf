/* From a request to an answer: the table of paths. Knows nothing of sockets. */
#ifndef JAGA_DASHBOARD_ROUTES_H
#define JAGA_DASHBOARD_ROUTES_H

#include "dashboard/board.h"
#include "dashboard/kafka_watch.h"
#include "http/server.h"

struct sources { /* borrowed */
    struct board_source *board;
    struct kafka_watch *watch;
};

/* The http_answers of a dashboard, and of what it counts; `context` is its struct sources. */
void routes_answer(void *context, const struct http_request *request, struct buffer *out,
                   struct answer *answer);

/* Names for metrics: "/api/v1/regions", "other". The last is "other". */
unsigned route_count(void);
const char *route_name(unsigned route);

#endif
