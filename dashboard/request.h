/* What is asked for: the target of a request line, read strictly. Whatever the pages and the API
   never write themselves is refused with a status and a sentence. */
#ifndef JAGA_DASHBOARD_REQUEST_H
#define JAGA_DASHBOARD_REQUEST_H

#include "core/day.h"
#include "core/text.h"
#include "http/server.h"

enum language { INDONESIAN, ENGLISH };
#define LANGUAGE_COUNT 2

/* One bit each, for the set that a route takes. */
enum parameter_bit {
    ASKS_DATE = 1 << 0,
    ASKS_BY = 1 << 1,
    ASKS_REGION = 1 << 2,
    ASKS_PROVINCE = 1 << 3,
    ASKS_LEVEL = 1 << 4,
    ASKS_LANG = 1 << 5,
    ASKS_FROM = 1 << 6,
    ASKS_TO = 1 << 7,
};

#define PATH_BYTES 64
#define WORD_BYTES 16

struct request {
    char path[PATH_BYTES];
    unsigned given;       /* set of enum parameter_bit; empty values do not count */
    day_t date, from, to; /* DAY_NONE: not given */
    char by[WORD_BYTES];  /* programme, segment, category or sponsor; "" when not given */
    char region[WORD_BYTES], province[WORD_BYTES]; /* "36.74", "36", "ID"; "" when not given */
    char level[WORD_BYTES];                        /* province or regency; "" when not given */
    enum language language;                        /* INDONESIAN when not given */
};

#define REFUSAL_BYTES 96
struct refusal {
    int status; /* of HTTP; 0: none */
    char detail[REFUSAL_BYTES];
};

/* Reads "/regions/36.74?date=2024-03-22". False, and `refusal` says why: 414 for a target above
   TARGET_BYTES_MAX, else 400. */
bool request_parse(struct text target, struct request *out, struct refusal *refusal);
/* False, with 400, when something is given that the route does not take. */
bool request_allows(const struct request *request, unsigned allowed, struct refusal *refusal);

/* Whether it looks like a code: "ID", two digits, or two digits, a dot and two digits. */
bool region_code_is_formed(const char *code);

/* The first of Indonesian and English by weight in an Accept-Language header, NULL or not;
   Indonesian when it names neither. */
enum language language_of_header(const char *header);

#endif
