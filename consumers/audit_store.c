#include "consumers/audit_store.h"

#include <assert.h>
#include <stdlib.h>

#include "replay/reference.h"

struct audit_store {
    struct rules_log *bundles;
    struct store_check *check;
    bool public_compared;
};

static struct error open_parts(struct audit_store *store, const struct connections *connections,
                               const struct log_source *source)
{
    TRY(log_source_rules(source, &store->bundles));
    return store_check_open(&connections->redis, log_source_identity(source), store->bundles,
                            &store->check);
}

struct error audit_store_open(const struct connections *connections,
                              const struct log_source *source, struct audit_store **out)
{
    struct audit_store *store = calloc(1, sizeof *store);
    assert(store != NULL);
    struct error error = open_parts(store, connections, source);
    if (failed(&error)) {
        audit_store_close(store);
        store = NULL;
    }
    *out = store;
    return error;
}

void audit_store_close(struct audit_store *store)
{
    if (store != NULL) {
        store_check_close(store->check);
        rules_log_close(store->bundles);
        free(store);
    }
}

struct store_check *audit_store_check(const struct audit_store *store)
{
    return store == NULL ? NULL : store->check;
}

static void take_fact(void *context, const struct event *event, int64_t offset)
{
    struct store_check *check = context;
    (void)offset;
    if (event->type == EVENT_BASE_PUBLISHED) {
        const struct base_published *base = &event->base;
        store_check_base(check, base->region, base->kind, base->year, base->value, base->publisher);
    } else {
        const struct batch_declared *batch = &event->batch;
        store_check_batch(check, batch->batch_id, batch->source, batch->count, batch->total_idr);
    }
}

struct error audit_store_public(struct audit_store *store, const struct log_source *source,
                                struct difference *difference)
{
    const struct rules *rules;
    if (!store_check_public_comparable(store->check)) {
        return no_error();
    }
    TRY(rules_log_at(store->bundles, INT64_MAX, &rules));
    TRY(reference_read(source, rules, store_check_reference_through(store->check), take_fact,
                       store->check));
    store_check_public(store->check, difference);
    store->public_compared = true;
    return no_error();
}

const char *audit_store_lane_word(const struct audit_store *store, int32_t lane)
{
    if (store == NULL) {
        return "left out";
    }
    if (store_check_lane_missing(store->check, lane)) {
        return "nothing there";
    }
    const bool both = store_check_copy_compared(store->check, lane) &&
                      store_check_view_compared(store->check, lane);
    return both ? "compared" : "not reached";
}

const char *audit_store_public_word(const struct audit_store *store)
{
    if (store == NULL) {
        return "left out";
    }
    if (store_check_public_missing(store->check)) {
        return "nothing there";
    }
    return store->public_compared ? "compared" : "not reached";
}
