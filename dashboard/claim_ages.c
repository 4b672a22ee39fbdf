#include "dashboard/claim_ages.h"

#include <stdio.h>

#include "core/projection.h"
#include "dashboard/parts.h"

const int age_bucket_last[AGE_BUCKETS - 1] = {7, 14, 30, 90};

/* Claims recorded by a day: those of an age of `day` less it, and older. */
static int64_t recorded_by(const struct region_days *days, const char *measure, int64_t day)
{
    return region_days_value(days, measure, day_within(day));
}

static void fill(const struct region_days *days, day_t day, const char *measure,
                 struct claim_ages *out)
{
    int64_t younger = recorded_by(days, measure, day);
    out->open = younger;
    for (unsigned bucket = 0; bucket + 1 < AGE_BUCKETS; bucket++) {
        const int64_t older =
            recorded_by(days, measure, (int64_t)day - age_bucket_last[bucket] - 1);
        out->counts[bucket] = younger - older;
        younger = older;
    }
    out->counts[AGE_BUCKETS - 1] = younger;
    out->oldest_on = region_days_first(days, measure);
}

size_t claim_ages_of(const struct region_days *days, day_t day,
                     struct claim_ages out[CLAIM_AGES_MAX])
{
    static const enum verdict open[] = {HELD, WAITING};
    size_t count = 0;
    for (unsigned programme = 0; programme < PROGRAMME_COUNT; programme++) {
        for (unsigned i = 0; i < 2; i++) {
            char measure[MEASURE_NAME_BYTES];
            struct claim_ages *ages = &out[count];
            ages->programme = programme_names.names[programme];
            ages->verdict = verdict_names.names[open[i]];
            (void)snprintf(measure, sizeof measure, "open:%s:%s", ages->programme, ages->verdict);
            fill(days, day, measure, ages);
            count += ages->open != 0;
        }
    }
    return count;
}

static int64_t figure_of(const struct region_figures *region, const char *measure,
                         const char *programme)
{
    char name[MEASURE_NAME_BYTES];
    (void)snprintf(name, sizeof name, "%s:%s", measure, programme);
    return region_figure(region, name);
}

size_t past_due_of(const struct region_figures *region, struct past_due out[PROGRAMME_COUNT])
{
    size_t count = 0;
    for (unsigned programme = 0; programme < PROGRAMME_COUNT; programme++) {
        const char *name = programme_names.names[programme];
        const struct past_due row = {
            .programme = name,
            .claims = figure_of(region, "open_past_due", name),
            .payments = figure_of(region, "overdue:programme", name),
            .overdue_idr = figure_of(region, "overdue_idr:programme", name),
            .late_cost_idr = figure_of(region, "late_cost_to_date_idr:programme", name),
        };
        if (row.claims != 0 || row.payments != 0 || row.overdue_idr != 0 ||
            row.late_cost_idr != 0) {
            out[count++] = row;
        }
    }
    return count;
}
