/* Commands and replies as the rest of store/ sees them. Commands are appended to a pipeline and
   sent when it is large or a reply is asked for; redis.c alone knows hiredis. After an error the
   connection is dropped, since a late reply would be taken for the next one's. */
#ifndef JAGA_STORE_CONNECTION_H
#define JAGA_STORE_CONNECTION_H

#include "store/keys.h"
#include "store/redis.h"

struct reply; /* owned by who received it; freed by reply_free */

enum reply_kind { REPLY_NULL, REPLY_TEXT, REPLY_NUMBER, REPLY_LIST, REPLY_ERROR };
enum reply_kind reply_kind(const struct reply *reply);
/* The bytes of a text, a status or an error; absent for every other kind. A view. */
struct text reply_text(const struct reply *reply);
int64_t reply_number(const struct reply *reply); /* 0 when it is no number */
size_t reply_count(const struct reply *reply);   /* 0 when it is no list */
const struct reply *reply_at(const struct reply *reply, size_t index);
/* The value of a field of a HGETALL; absent when there is no such field. */
struct text reply_field(const struct reply *reply, const char *field);
void reply_free(struct reply *reply); /* accepts NULL */
void replies_free(struct reply **replies, size_t count);

/* A command: its number of words, then each word. */
void command_begin(struct redis *redis, size_t words);
void command_text(struct redis *redis, struct text word);
void command_string(struct redis *redis, const char *word);
void command_number(struct redis *redis, int64_t word);
/* A whole command of two words: "HGETALL jaga:{pub}:meta". */
void command_key(struct redis *redis, const char *command, struct key key);
/* One word of two parts. */
void command_parts(struct redis *redis, struct text first, struct text second);

/* Sends what was appended and reads its `count` replies, all of them. A MOVED is followed once.
   RETRY "redis_away"; then no reply is owed. */
MUST_USE struct error connection_exchange(struct redis *redis, struct reply **replies,
                                          size_t count);
/* Sends what was appended and reads one reply of those outstanding. */
MUST_USE struct error connection_next(struct redis *redis, struct reply **out);
/* Forgets what was appended or is outstanding; the next command connects anew. */
void connection_drop(struct redis *redis);

/* MULTI … EXEC: everything appended between the two is one transaction. `results` are the replies
   to it, NULL when a watched key changed. A command refused before EXEC (nothing was applied):
   RETRY "redis_away". One that failed inside it (the others took effect): RETRY "store_damaged". */
void multi_begin(struct redis *redis);
MUST_USE struct error multi_execute(struct redis *redis, struct reply **results);
/* The same where only reads stand inside: one that failed (a key of another type) has its error
   among the results. */
MUST_USE struct error multi_read(struct redis *redis, struct reply **results);

/* An error reply as an error: WRONGTYPE is RETRY "store_changed", all else RETRY "redis_away". */
struct error reply_refusal(const struct redis *redis, const struct reply *reply);
/* reply_refusal when the reply is an error, else none. */
MUST_USE struct error reply_check(const struct redis *redis, const struct reply *reply);

#endif
