/* The law in force: dated rows, loaded and checked elsewhere (wire/rules_bundle.h). Plain data,
   never changed after loading. A lookup returns NULL when no row is in force on that day. */
#ifndef JAGA_CORE_RULES_H
#define JAGA_CORE_RULES_H

#include "core/day.h"
#include "core/output.h"

#define RULE_ID_BYTES_MAX 40
#define ANY 255 /* in a row: whichever segment, risk group, category … */

struct rule_row {
    char id[RULE_ID_BYTES_MAX + 1];
    day_t valid_from, valid_to; /* both included; DAY_NEVER: open */
    bool verified;
};

/* Numbers the procedure needs; those of a segment are asked for with it, the others with ANY. */
enum parameter {
    PARAMETER_BACKDATING_DAYS, /* by segment: recorded that much later than cover_from is taken */
    PARAMETER_GRACE_MONTHS,    /* BPU: months after paid_through */
    PARAMETER_WAIT_DAYS,       /* × 24 h: unknown membership or parent, parked contribution */
    PARAMETER_AUTO_APPROVE_MAX_IDR,
    PARAMETER_EXPIRY_MONTHS,       /* JKK, by the accident's day */
    PARAMETER_EMPLOYER_MONTHS,     /* PU, PU_STATE: unpaid months the insurer carries */
    PARAMETER_AGE_LIMIT_YEARS,     /* BPU at enrolment */
    PARAMETER_TOLERANCE_IDR,       /* a contribution's difference, a month */
    PARAMETER_WAITING_TENURE_DAYS, /* BPU JKM: below it BURIAL only; 0: no such rule that day */
    PARAMETER_DUE_DAYS_JKM,        /* working days after complete documents */
    PARAMETER_DUE_DAYS_OTHER,
    PARAMETER_SCHOLARSHIP_PAID_MONTHS, /* of a JKM parent, by the event's day */
    PARAMETER_SCHOLARSHIP_CHILDREN,    /* of one participant */
    PARAMETER_SCHOLARSHIP_AGE_YEARS,   /* the birthday from which on there is none */
    PARAMETER_JKP_FILING_MONTHS,       /* after the dismissal, by its day; so the other two */
    PARAMETER_JKP_PAID_MONTHS,         /* needed … */
    PARAMETER_JKP_WINDOW_MONTHS,       /* … of so many before the month of dismissal */
    PARAMETER_LATE_COST_PPM,           /* of the amount, for each day after due_on, by that day */
};
#define PARAMETER_COUNT 18

struct parameter_row {
    struct rule_row row;
    uint8_t parameter;
    uint8_t segment; /* or ANY */
    int64_t value;
};

/* What one month of a programme costs. */
enum tariff_base { TARIFF_FIXED_IDR, TARIFF_WAGE_PPM, TARIFF_CAPPED_WAGE_PPM, TARIFF_ANY_AMOUNT };
#define TARIFF_BASE_COUNT 4

struct tariff_row {
    struct rule_row row;
    uint8_t programme, segment;
    uint8_t risk_group; /* 1–5 or ANY */
    uint8_t base;       /* enum tariff_base */
    int64_t value;      /* rupiah or parts per million of the wage */
};

struct wage_cap_row {
    struct rule_row row;
    uint8_t programme;
    int64_t cap_idr;
};

/* A benefit is a list of components for a case. */
enum benefit {
    BENEFIT_JKM,
    BENEFIT_JKM_WAITING,
    BENEFIT_JKK_DEATH,
    BENEFIT_JKK_TOTAL,              /* total disability */
    BENEFIT_JKK_PARTIAL_ANATOMICAL, /* a part of the body lost */
    BENEFIT_JKK_PARTIAL_FUNCTIONAL, /* a function of it lost */
    BENEFIT_JKK_INJURY,             /* what any injury may bring */
    BENEFIT_SCHOLARSHIP,
    BENEFIT_JKP,
};
#define BENEFIT_COUNT 9

/* How an amount comes of a row and what was claimed; the value's unit in brackets. */
enum formula {
    FORMULA_FIXED_IDR,             /* [rupiah] */
    FORMULA_WAGE_TIMES,            /* [wages] */
    FORMULA_WAGE_TIMES_TABLE,      /* [wages] times the annex's share */
    FORMULA_WAGE_TIMES_TABLE_LOSS, /* [wages] times that share times the share of function lost */
    FORMULA_INABILITY_PPM,   /* by month since the accident: [share of a thirtieth wage] a day */
    FORMULA_COST_BY_MODE,    /* by transport mode: its cost up to [rupiah] */
    FORMULA_COST_UP_TO,      /* the cost up to [rupiah] */
    FORMULA_COST_AS_BILLED,  /* the cost */
    FORMULA_FIXED_BY_LEVEL,  /* by school level: [rupiah] */
    FORMULA_CAPPED_WAGE_PPM, /* by month of the claim: [share of the capped wage] */
};
#define FORMULA_COUNT 10

/* A value for the cases `first` to `last`: transport modes, school levels, months from 1 on. A
   formula without cases has one part for all. */
#define BENEFIT_PARTS_MAX 6
#define BENEFIT_CASE_LAST INT32_MAX /* an open end */
struct benefit_part {
    int32_t first, last;
    int64_t value;
    int64_t times; /* how often for one child; 0: no limit */
};

struct benefit_row {
    struct rule_row row;
    uint8_t benefit, component, formula;
    uint8_t part_count;
    struct benefit_part parts[BENEFIT_PARTS_MAX]; /* ascending, not overlapping */
    int64_t least_idr;                            /* floor; 0: none */
};

struct relief_row {
    struct rule_row row; /* valid_from and valid_to bound the months: first and last day */
    char relief[RULE_ID_BYTES_MAX + 1]; /* id a payer declares; several rows may share it */
    uint32_t segments;                  /* sets by bit */
    uint32_t sponsor_kinds;
    uint64_t categories; /* by category number */
    uint32_t programmes;
    int64_t factor_ppm; /* of the contribution that is still due */
};

struct channel_row {
    struct rule_row row;
    char channel[16];
    int64_t most_idr; /* INT64_MAX: no limit */
};

/* The rows below price what a member or an employer asks for; no decision rests on them. */

/* BPU: the base that stands for an income. */
struct bracket_row {
    struct rule_row row;
    int64_t income_from_idr;  /* included */
    int64_t income_below_idr; /* not included; INT64_MAX: no end */
    int64_t base_idr;
};

/* JAKON: each band of the contract's value (before VAT) pays its own rate; or the wages do. */
enum construction_basis { CONSTRUCTION_CONTRACT, CONSTRUCTION_WAGES };
#define CONSTRUCTION_BASIS_COUNT 2
struct construction_row {
    struct rule_row row;
    uint8_t programme;
    uint8_t basis;     /* enum construction_basis */
    int64_t above_idr; /* not included */
    int64_t up_to_idr; /* included; INT64_MAX: no end */
    int64_t rate_ppm;
};

/* PMI: what is paid once, for all programmes of the package together. */
enum package { PACKAGE_BEFORE_PLACEMENT, PACKAGE_PLACEMENT, PACKAGE_EXTRA_MONTH };
#define PACKAGE_COUNT 3
struct package_row {
    struct rule_row row;
    uint8_t package;
    int64_t months; /* of cover abroad; 0 before placement */
    int64_t amount_idr;
};

/* PU: what of a contribution stays and what is recomposed to JKP. JKP: the published rate, which
   the parts that go there must add up to. */
enum recomposed { RECOMPOSED_JKP, RECOMPOSED_STATE, RECOMPOSED_JKK, RECOMPOSED_JKM };
#define RECOMPOSED_COUNT 4
struct recomposition_row {
    struct rule_row row;
    uint8_t source;     /* enum recomposed */
    uint8_t risk_group; /* 1–5 or ANY */
    int64_t stays_ppm, to_jkp_ppm;
};

#define CATEGORY_CODE_BYTES_MAX 32
#define CATEGORIES_MAX 64
struct category {
    char code[CATEGORY_CODE_BYTES_MAX + 1]; /* empty: number not used */
    bool election;                          /* of a body that runs or watches an election */
};

#define REGION_CODES 10000 /* PP × 100 + KK; KK 0 is the province; 0 is "00.00" */
#define REGION_NAME_BYTES_MAX 48
#define REGIONS_MAX 700
struct region {
    uint16_t code;
    char name[REGION_NAME_BYTES_MAX + 1];
};

#define PARAMETERS_MAX 64
#define TARIFFS_MAX 256
#define WAGE_CAPS_MAX 64
#define BENEFITS_MAX 128
#define RELIEFS_MAX 32
#define CHANNELS_MAX 16
#define BRACKETS_MAX 128
#define CONSTRUCTION_MAX 64
#define PACKAGES_MAX 64
#define RECOMPOSITION_MAX 64
#define HOLIDAYS_MAX 2048

struct rules {
    uint8_t hash[DIGEST_BYTES]; /* BLAKE2b-256 of the bundle's canonical text */
    uint32_t parameter_count, tariff_count, wage_cap_count, benefit_count, relief_count,
        channel_count, region_count, holiday_count, bracket_count, construction_count,
        package_count, recomposition_count;
    struct parameter_row parameters[PARAMETERS_MAX];
    struct tariff_row tariffs[TARIFFS_MAX];
    struct wage_cap_row wage_caps[WAGE_CAPS_MAX];
    struct benefit_row benefits[BENEFITS_MAX]; /* components of a benefit in their order */
    struct relief_row reliefs[RELIEFS_MAX];
    struct channel_row channels[CHANNELS_MAX]; /* by most_idr, ascending, for one day */
    struct bracket_row brackets[BRACKETS_MAX];
    struct construction_row construction[CONSTRUCTION_MAX]; /* by programme, basis, above_idr */
    struct package_row packages[PACKAGES_MAX];
    struct recomposition_row recomposition[RECOMPOSITION_MAX];
    struct category categories[CATEGORIES_MAX]; /* index is the stable number of the table */
    struct region regions[REGIONS_MAX];         /* ascending by code, provinces included */
    uint8_t region_known[REGION_CODES];         /* 1: a regency or city; 2: a province */
    int8_t utc_offset_hours[100];               /* by province; 7 where the province is unknown */
    uint32_t programmes_of_segment[SEGMENT_COUNT]; /* sets */
    day_t holidays[HOLIDAYS_MAX];                  /* ascending */

    /* Where the rows of a key begin and those of the next begin, so that a lookup reads a few rows
       only. Filled by rules_index(); rules made by hand may leave `indexed` false. */
    bool indexed;
    uint16_t parameter_from[PARAMETER_COUNT + 1];
    uint16_t
        tariff_from[PROGRAMME_COUNT * SEGMENT_COUNT + 1]; /* programme × SEGMENT_COUNT + segment */
    uint16_t benefit_from[BENEFIT_COUNT + 1];
};

/* Called once by who filled the rows. Asserts that parameters are sorted by parameter, tariffs by
   programme and segment, benefits by benefit, and that no tariff is for ANY segment. */
void rules_index(struct rules *rules);

/* Assert that a row is in force: the loader demands every parameter for every day. */
const struct parameter_row *rules_parameter_row(const struct rules *rules, enum parameter parameter,
                                                uint8_t segment, day_t day);
int64_t rules_parameter(const struct rules *rules, enum parameter parameter, uint8_t segment,
                        day_t day);
const struct tariff_row *rules_tariff(const struct rules *rules, enum programme programme,
                                      enum segment segment, int64_t risk_group, day_t day);
const struct wage_cap_row *rules_wage_cap_row(const struct rules *rules, enum programme programme,
                                              day_t day);
/* INT64_MAX where no cap row is in force. */
int64_t rules_wage_cap(const struct rules *rules, enum programme programme, day_t day);
/* The rows of a benefit in force on a day, in order; returns how many, at most LINES_OUT_MAX. */
uint32_t rules_benefit(const struct rules *rules, enum benefit benefit, day_t day,
                       const struct benefit_row *out[LINES_OUT_MAX]);
/* The first day on which there is any row of a benefit; DAY_NEVER when there is none at all. */
day_t rules_benefit_begins(const struct rules *rules, enum benefit benefit);
/* The part of a row for a case; NULL when there is none. */
const struct benefit_part *benefit_part(const struct benefit_row *row, int64_t number);
/* The channel for an amount: the first whose limit holds it. */
struct text rules_channel(const struct rules *rules, int64_t amount_idr, day_t day);

/* What it costs that rupiah were due and did not arrive: `idr_days` is the sum of amounts, each
   times its days; the rate is that of the day they were due on. Cut to whole rupiah. */
int64_t late_cost_idr(const struct rules *rules, int64_t idr_days, day_t due_on);

/* The number of a category, or -1. */
int rules_category(const struct rules *rules, struct text code);
/* "36.74" → 3674 when it is a known regency or city, else 0. */
uint16_t rules_region(const struct rules *rules, struct text code);
/* "36.74" → 3674, "00.00" → 0, whether or not there is such a region; false for anything else. */
bool region_parse(struct text code, uint16_t *out);
/* Writes "36.74", "36" for a province, "00.00" for 0. */
#define REGION_TEXT_BYTES 6
void region_print(uint16_t code, char out[REGION_TEXT_BYTES]);
/* Hours ahead of UTC for a region; 7 (WIB) for 0. */
int rules_utc_offset(const struct rules *rules, uint16_t region);

/* The day that is `days` working days after `from`: weekends and the table's days do not count. */
day_t rules_working_days_after(const struct rules *rules, day_t from, int days);

#endif
