/* Going through the keys of a Redis. */
#ifndef JAGA_STORE_SCAN_H
#define JAGA_STORE_SCAN_H

#include "store/connection.h"
#include "store/encode.h"

/* One page from `cursor` on, which is "0" at first and again after the last; `*page` is the
   caller's and its element 1 the list of keys. A key that is there all the while comes once or more
   often, one that comes or goes meanwhile may. Errors of connection_exchange. */
MUST_USE struct error scan_page(struct redis *redis, struct text pattern,
                                char cursor[NUMBER_TEXT_BYTES], struct reply **page);
/* All pages, key by key. */
typedef void (*key_seen)(void *context, struct text key);
MUST_USE struct error scan_all(struct redis *redis, struct text pattern, key_seen seen,
                               void *context);

#endif
