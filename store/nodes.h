/* The numbers of regions, provinces and the country. */
#ifndef JAGA_STORE_NODES_H
#define JAGA_STORE_NODES_H

#include "core/rules.h"

/* Regencies and cities by code, then provinces, then the country. */
#define NODE_PROVINCES REGION_CODES
#define NODE_COUNTRY (NODE_PROVINCES + 100)
#define NODE_COUNT (NODE_COUNTRY + 1)
#define NODE_TEXT_BYTES 6
#define NODE_NONE UINT32_MAX

#endif
