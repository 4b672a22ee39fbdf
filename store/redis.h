/* One connection to Redis. store/ is the only home of hiredis; nothing of it shows in these
   headers. One thread owns a connection. After any error it is dropped and made anew by the next
   call. */
#ifndef JAGA_STORE_REDIS_H
#define JAGA_STORE_REDIS_H

#include <stddef.h>
#include <stdint.h>

#include "core/text.h"
#include "support/error.h"

struct redis;

struct redis_settings {   /* borrowed */
    const char *address;  /* "host:port" or a list "host:port,host:port" by lane */
    const char *username; /* "" or NULL: the user "default" */
    const char *password; /* "" or NULL: none */
    uint32_t timeout_ms;
};

/* `lane` picks the address from a list (lane modulo its length); −1: the first. Connects lazily. */
struct error redis_open(const struct redis_settings *settings, int32_t lane, struct redis **out);
void redis_close(struct redis *redis);
struct error redis_ping(struct redis *redis);

/* Start-up demands: maxmemory-policy noeviction, AOF on, aof-load-truncated no. FATAL
   "redis_unsafe" says which and how to change it. */
struct error redis_verify(struct redis *redis);

#endif
