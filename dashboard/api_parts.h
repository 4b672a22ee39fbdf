/* What the answers of the API are made of. */
#ifndef JAGA_DASHBOARD_API_PARTS_H
#define JAGA_DASHBOARD_API_PARTS_H

#include "dashboard/exchange.h"
#include "wire/json_print.h"

int api_refuse(struct refusal *refusal, int status, const char *detail);

/* What every answer begins with: of which day, as of when; and its end. */
void api_begin(struct json_object *object, struct exchange *exchange);
int api_end(struct json_object *object, struct exchange *exchange);

/* Any bytes as a string. */
void api_put_string(struct json_object *object, const char *name, const char *value);
/* A list of objects: a comma before each but the first. */
void api_next(struct buffer *out, bool *any);
/* The name and the opening bracket of a list; api_list_end closes it. */
void api_list_begin(struct json_object *object, const char *name);
void api_list_end(struct json_object *object);

/* The region asked for, the country when none is; `*code` names it. NULL: it has no figures. */
const struct region_figures *api_region_asked(struct exchange *exchange, const char **code);

/* Members that several answers have. `region` may be NULL. */
void api_put_claims(struct json_object *object, const struct region_figures *region);
void api_put_payments(struct json_object *object, const struct region_figures *region);
/* "flows", "ending" and "last_month". */
void api_put_flows(struct json_object *object, const struct region_days *days, day_t day);

#endif
