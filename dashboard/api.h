/* /api/v1: the figures as JSON. docs/dashboard.md is its contract. */
#ifndef JAGA_DASHBOARD_API_H
#define JAGA_DASHBOARD_API_H

#include "dashboard/exchange.h"

int api_coverage(struct exchange *exchange, struct refusal *refusal);
int api_region(struct exchange *exchange, struct refusal *refusal); /* rest: CODE, or CODE/curve */
int api_claims(struct exchange *exchange, struct refusal *refusal);
int api_payments(struct exchange *exchange, struct refusal *refusal);
int api_election(struct exchange *exchange, struct refusal *refusal);
int api_exceptions(struct exchange *exchange, struct refusal *refusal);
int api_batches(struct exchange *exchange, struct refusal *refusal);
int api_lanes(struct exchange *exchange, struct refusal *refusal);
int api_meta(struct exchange *exchange, struct refusal *refusal);

/* {"error":{"code":…,"detail":…}} */
void api_error(struct buffer *out, const char *code, const char *detail);

#endif
