#include "consumers/process_metrics.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "consumers/process_text.h"
#include "http/prometheus.h"
#include "http/server.h"
#include "support/clock.h"
#include "support/log.h"

#define STATUS_OK 200
#define STATUS_NOT_FOUND 404
#define STATUS_TARGET_LONG 414
#define STATUS_NOT_READY 503
#define FRESH_US (10 * MICROSECONDS_A_SECOND) /* and the time between two views */
#define DETAIL_BYTES 128
#define TEXT_TYPE "text/plain; charset=utf-8"

struct process_metrics {
    struct process_seen seen;
    struct http_service service;
    struct server *server; /* NULL: nowhere */
};

/* Says what keeps a lane from being ready; false when nothing does. */
static bool lane_waits(const struct process_seen *seen, int32_t lane, int64_t steady,
                       char detail[DETAIL_BYTES])
{
    const struct lane_metrics *metrics = seen->lanes[lane];
    const enum lane_phase phase = (enum lane_phase)gauge_read(&metrics->phase);
    const int64_t behind = gauge_read(&metrics->view_behind);
    if (phase != LANE_RUNNING && phase != LANE_DRAINED) {
        (void)snprintf(detail, DETAIL_BYTES, "lane %d is %s", (int)lane, lane_phase_name(phase));
    } else if (gauge_read(&metrics->store_is_away) != 0) {
        (void)snprintf(detail, DETAIL_BYTES, "lane %d: Redis does not answer", (int)lane);
    } else if (behind != 0 && steady - behind > FRESH_US + seen->view_flush_us) {
        (void)snprintf(detail, DETAIL_BYTES, "lane %d: what Redis shows is %lld s behind",
                       (int)lane, (long long)((steady - behind) / MICROSECONDS_A_SECOND));
    } else {
        return false;
    }
    return true;
}

static int ready(const struct process_seen *seen, struct buffer *out)
{
    const int64_t steady = clock_steady_us();
    const int32_t lanes = process_seen_lanes(seen);
    char detail[DETAIL_BYTES] = "the group has not assigned lanes yet";
    bool waits = gauge_read(&seen->is_assigned) == 0;
    for (int32_t lane = 0; lane < lanes && !waits; lane++) {
        waits = process_seen_owns(seen, lane) && lane_waits(seen, lane, steady, detail);
    }
    buffer_string(out, waits ? detail : "ready");
    buffer_byte(out, '\n');
    return waits ? STATUS_NOT_READY : STATUS_OK;
}

static int refuse(struct buffer *out, int status, const char *detail)
{
    buffer_string(out, detail);
    buffer_byte(out, '\n');
    return status;
}

static int answer_target(const struct process_seen *seen, struct text target, struct buffer *out)
{
    if (text_equal(target, TEXT("/metrics"))) {
        process_text(seen, out);
        return STATUS_OK;
    }
    if (text_equal(target, TEXT("/healthz"))) {
        buffer_string(out, "lives\n");
        return STATUS_OK;
    }
    if (text_equal(target, TEXT("/readyz"))) {
        return ready(seen, out);
    }
    return target.length > TARGET_BYTES_MAX
               ? refuse(out, STATUS_TARGET_LONG, "the target is too long")
               : refuse(out, STATUS_NOT_FOUND, "there are /metrics, /healthz and /readyz");
}

static void answer(void *context, const struct http_request *request, struct buffer *out,
                   struct answer *told)
{
    const struct process_metrics *metrics = context;
    const bool is_metrics = text_equal(request->target, TEXT("/metrics"));
    told->type = is_metrics ? PROMETHEUS_TYPE : TEXT_TYPE;
    told->status = request->refused_status != 0
                       ? refuse(out, request->refused_status, request->refused_detail)
                       : answer_target(&metrics->seen, request->target, out);
}

struct error process_metrics_open(const struct settings *settings, struct process_metrics **out)
{
    struct process_metrics *metrics = calloc(1, sizeof *metrics);
    assert(metrics != NULL);
    metrics->seen.started_us = clock_wall_us();
    metrics->seen.view_flush_us = (int64_t)settings->view_flush_ms * 1000;
    metrics->service =
        (struct http_service){.setting = "metrics.address", .answer = answer, .context = metrics};
    *out = metrics;
    if (settings->metrics_address[0] == '\0') {
        return no_error();
    }
    TRY(server_open(settings->metrics_address, &metrics->service, &metrics->server));
    log_at(LOG_INFO, "metrics_ready", LOG_TEXT("address", server_address(metrics->server)));
    return no_error();
}

void process_metrics_close(struct process_metrics *metrics)
{
    if (metrics == NULL) {
        return;
    }
    server_close(metrics->server);
    for (int32_t lane = 0; lane < LANES_MAX; lane++) {
        free(metrics->seen.lanes[lane]);
    }
    free(metrics);
}

void process_metrics_lanes(struct process_metrics *metrics, int32_t lanes)
{
    for (int32_t lane = 0; lane < lanes; lane++) {
        metrics->seen.lanes[lane] = calloc(1, sizeof *metrics->seen.lanes[lane]);
        assert(metrics->seen.lanes[lane] != NULL);
    }
    atomic_store_explicit(&metrics->seen.lane_count, lanes, memory_order_release);
}

void process_metrics_assigned(struct process_metrics *metrics, bool is_assigned)
{
    gauge_set(&metrics->seen.is_assigned, is_assigned);
}

struct lane_metrics *process_metrics_take(struct process_metrics *metrics, int32_t lane)
{
    lane_metrics_begin(metrics->seen.lanes[lane]);
    gauge_set(&metrics->seen.owned[lane], OWNED_NOW);
    return metrics->seen.lanes[lane];
}

void process_metrics_release(struct process_metrics *metrics, int32_t lane)
{
    gauge_set(&metrics->seen.owned[lane], OWNED_ONCE);
}

void process_metrics_tend(struct process_metrics *metrics)
{
    if (metrics->server != NULL) {
        server_sweep(metrics->server);
    }
}
