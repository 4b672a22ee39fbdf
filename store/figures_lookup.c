/* Finding one thing among the figures read. */
#include "store/figures.h"

const struct region_figures *figures_region(const struct figures *figures, const char *code)
{
    for (size_t i = 0; i < figures->count; i++) {
        if (strcmp(figures->regions[i].code, code) == 0) {
            return &figures->regions[i];
        }
    }
    return NULL;
}

int64_t region_figure(const struct region_figures *region, const char *name)
{
    for (size_t i = 0; i < region->count; i++) {
        if (strcmp(region->figures[i].name, name) == 0) {
            return region->figures[i].value;
        }
    }
    return 0;
}

const char *region_name(const struct rules *rules, const char *code)
{
    if (strcmp(code, "ID") == 0) {
        return "Indonesia";
    }
    for (uint32_t i = 0; i < rules->region_count; i++) {
        char text[REGION_TEXT_BYTES];
        region_print(rules->regions[i].code, text);
        if (strcmp(text, code) == 0) {
            return rules->regions[i].name;
        }
    }
    return "(not known)";
}
