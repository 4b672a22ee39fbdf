/* What one month of a programme costs, and which relief cuts it (rules.md, Contributions). */
#ifndef JAGA_CORE_PRICE_H
#define JAGA_CORE_PRICE_H

#include "core/rules.h"

#define PARTS_OF_ONE INT64_C(1000000) /* rates and factors are parts per million */

struct price_case {
    enum programme programme;
    enum segment segment;
    int64_t risk_group;
    int64_t wage_idr;                /* BPU: the base of the bracket; at most 10^12 */
    day_t day;                       /* the later of the month's first day and the cover's */
    const struct relief_row *relief; /* NULL: none declared */
};

struct price {
    const struct tariff_row *tariff; /* NULL: the programme costs nothing there */
    const struct wage_cap_row *cap;  /* NULL: the tariff is not of a capped wage, or no cap holds */
    int64_t base_idr;                /* the wage, or the cap when that is lower */
    int64_t factor_ppm;              /* of the relief; PARTS_OF_ONE without one */
    int64_t amount_idr;              /* 0 also where any amount pays */
};

void price_month(const struct rules *rules, const struct price_case *of, struct price *out);

/* base × rate × factor, both in parts per million, cut once and half up to a rupiah; a base is at
   most 10^12. */
int64_t price_share(int64_t base_idr, int64_t rate_ppm, int64_t factor_ppm);

/* Whether a relief's row holds for a member of this kind in this month. */
bool price_relief_fits(const struct relief_row *relief, enum segment segment, unsigned sponsor_kind,
                       unsigned category, month_t month);

/* The bracket of a monthly income; NULL when no row is in force on that day. */
const struct bracket_row *price_bracket(const struct rules *rules, int64_t income_idr, day_t day);

/* The whole of a project: each band of the amount at its own rate, added up and then cut once, half
   up to a rupiah. */
#define PRICE_PROJECT_MOST_IDR INT64_C(90000000000000)
struct project_price {
    uint32_t count; /* 0: no row is in force on that day */
    struct {
        const struct construction_row *row;
        int64_t part_idr; /* of the amount, in this band */
    } bands[CONSTRUCTION_MAX];
    int64_t amount_idr;
};
void price_project(const struct rules *rules, enum programme programme,
                   enum construction_basis basis, int64_t value_idr, day_t day,
                   struct project_price *out);

/* NULL when there is no such package on that day. */
const struct package_row *price_package(const struct rules *rules, enum package package,
                                        int64_t months, day_t day);

/* What of a source goes to JKP; NULL before there was any. */
const struct recomposition_row *price_recomposition(const struct rules *rules,
                                                    enum recomposed source, int64_t risk_group,
                                                    day_t day);

#endif
