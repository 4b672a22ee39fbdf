#include "dashboard/assets.h"

#include <assert.h>
#include <string.h>

const struct asset *asset_find(const char *path)
{
    size_t i = 0;
    while (i < asset_count && strcmp(assets[i].path, path) != 0) {
        i++;
    }
    assert(i < asset_count);
    return &assets[i];
}
