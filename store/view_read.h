/* Asking for a lane's view: its regions' totals and days, and its counts. */
#ifndef JAGA_STORE_VIEW_READ_H
#define JAGA_STORE_VIEW_READ_H

#include "store/connection.h"

/* Appends HGETALL of `region` and `days` of each code, then of `counts` when it is asked for. */
void view_read_append(struct redis *redis, int32_t lane, const uint16_t *codes, size_t count,
                      bool counts);
/* Which of the replies to these is the totals of codes[index]; its days are the next one. The
   counts are those of index `count`. */
static inline size_t view_read_result(size_t index)
{
    return 2 * index;
}

#endif
