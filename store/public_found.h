/* Every public key as it is in Redis, but the series, all at one moment and without a write. */
#ifndef JAGA_STORE_PUBLIC_FOUND_H
#define JAGA_STORE_PUBLIC_FOUND_H

#include "store/picture.h"

/* Keys that are none of the public ones come with field "". What does not hold still is read again,
   some times: then RETRY "store_changed". RETRY "redis_away". The caller closes the picture, also
   after an error. */
MUST_USE struct error public_found_read(const struct redis_settings *settings, struct picture *out);

#endif
