#include "dashboard/election.h"

#include <stdio.h>

#include "core/projection.h"

static int64_t figure_of(const struct region_figures *region, const char *measure,
                         const char *category)
{
    char name[MEASURE_NAME_BYTES];
    (void)snprintf(name, sizeof name, "%s:%s", measure, category);
    return region_figure(region, name);
}

static struct election_body body_of(const struct region_figures *region, const char *category)
{
    return (struct election_body){
        .category = category,
        .registered = figure_of(region, "begun:category", category),
        .covered = figure_of(region, "category", category),
        .deaths_jkk = figure_of(region, "deaths:JKK:category", category),
        .deaths_jkm = figure_of(region, "deaths:JKM:category", category),
        .payments = figure_of(region, "payments:category", category),
        .paid_idr = figure_of(region, "paid_idr:category", category),
    };
}

static bool has_anything(const struct election_body *body)
{
    return body->registered != 0 || body->covered != 0 || body->deaths_jkk != 0 ||
           body->deaths_jkm != 0 || body->payments != 0 || body->paid_idr != 0;
}

static void add(struct election_body *all, const struct election_body *body)
{
    all->registered += body->registered;
    all->covered += body->covered;
    all->deaths_jkk += body->deaths_jkk;
    all->deaths_jkm += body->deaths_jkm;
    all->payments += body->payments;
    all->paid_idr += body->paid_idr;
}

size_t election_of(const struct rules *rules, const struct region_figures *region,
                   struct election_body out[CATEGORIES_MAX], struct election_body *all)
{
    size_t count = 0;
    *all = (struct election_body){.category = NULL};
    for (unsigned number = 0; number < CATEGORIES_MAX; number++) {
        const struct category *category = &rules->categories[number];
        if (!category->election) {
            continue;
        }
        out[count] = body_of(region, category->code);
        if (has_anything(&out[count])) {
            add(all, &out[count++]);
        }
    }
    return count;
}
