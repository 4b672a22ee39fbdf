/* One request on its way to an answer: what the functions of the route table are given. */
#ifndef JAGA_DASHBOARD_EXCHANGE_H
#define JAGA_DASHBOARD_EXCHANGE_H

#include "dashboard/board.h"
#include "dashboard/kafka_watch.h"
#include "dashboard/request.h"
#include "wire/buffer.h"

#define STATUS_OK 200
#define STATUS_NOT_FOUND 404

struct exchange {
    const struct request *request;
    const char *rest;   /* of the path behind the route's own: "36.74", or "" */
    struct buffer *out; /* the body */
    struct board_source *source;
    struct kafka_watch *watch;
    struct board *board; /* of the day asked for; NULL where the route needs none */
};

/* Each writes the body and returns the status; a body with an error is written by whoever calls,
   from `refusal`, when the status is not 200. */
typedef int (*answers)(struct exchange *exchange, struct refusal *refusal);

#endif
