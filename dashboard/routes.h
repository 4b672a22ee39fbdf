/* From a request to an answer: the table of paths. Knows nothing of sockets. */
#ifndef JAGA_DASHBOARD_ROUTES_H
#define JAGA_DASHBOARD_ROUTES_H

#include "dashboard/board.h"
#include "dashboard/kafka_watch.h"
#include "wire/buffer.h"

/* No answer is longer: a country's whole table with every measure. */
#define ANSWER_BYTES_MAX (8U << 20)

struct answer {
    int status;
    const char *type; /* Content-Type */
    bool is_asset;    /* the same until the program changes */
    unsigned route;   /* for counting: below route_count() */
};

struct sources { /* borrowed */
    struct board_source *board;
    struct kafka_watch *watch;
};

/* Answers a GET for `target` into `out`, which is empty and holds ANSWER_BYTES_MAX. `languages` is
   the header Accept-Language, or NULL. Any thread may call it. */
void routes_answer(const struct sources *sources, struct text target, const char *languages,
                   struct buffer *out, struct answer *answer);
/* What is said when a request cannot even be read: a method not known, a body. */
void routes_refuse(int status, const char *detail, struct buffer *out, struct answer *answer);

/* Names for metrics: "/api/v1/regions", "other". The last is "other". */
unsigned route_count(void);
const char *route_name(unsigned route);

#endif
