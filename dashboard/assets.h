/* The files of dashboard/assets, in the program. */
#ifndef JAGA_DASHBOARD_ASSETS_H
#define JAGA_DASHBOARD_ASSETS_H

#include <stddef.h>

struct asset {
    const char *path; /* "/assets/style.css" */
    const unsigned char *bytes;
    size_t length;
};
extern const struct asset assets[];
extern const size_t asset_count;

/* Asserts that there is one. */
const struct asset *asset_find(const char *path);

#endif
