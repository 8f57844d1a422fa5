/* redis.h: Redis (hiredis): one connection for commands, pipelined (the other
 * one, which blocks, is bell.h's). Redis is transport and cache: whatever fails
 * here is answered with nothing, and made good from PostgreSQL. A connection
 * that was lost is made anew, with a back-off. */
#ifndef REDIS_H
#define REDIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "must_use.h"

struct redis_op;
/* hiredis' own, until done returns; NULL where Redis is away, refused, or didn't answer in time. */
struct redis_reply;

typedef void redis_done(void *arg, const struct redis_reply *reply);

enum redis_script {
	SCRIPT_QUEUE_OPEN,
	SCRIPT_QUEUE_READ,
	SCRIPT_QUEUE_PUSH,
	SCRIPT_QUEUE_DROP_SESSION,
	SCRIPT_RATE,
	SCRIPT_PRESENCE_ON,
	SCRIPT_PRESENCE_OFF,
	SCRIPT_PRESENCE_STATE,
	SCRIPT_COUNT
};

/* Starts connecting; never fails. up is called each time that the connection is
 * ready. The address is a socket's path, or host:port. */
void redis_open(const char *address, const char *password, int timeout_ms, void (*up)(void));
void redis_close(void);
bool redis_is_up(void);
/* Which run of Redis the connection speaks to; "" before the first. */
const char *redis_run(void);

/* One command, of count words (lens may be NULL: strlen). Copied. done is
 * called once, never from inside, unless the operation is cancelled before;
 * it may be NULL. */
struct redis_op *redis_command(
    const char *const *words, const size_t *lens, size_t count, redis_done *done, void *arg);
/* One script: the first key_count of the words are keys (9 at most; 61 words). */
struct redis_op *redis_script(enum redis_script script, const char *const *words,
    const size_t *lens, size_t count, size_t key_count, redis_done *done, void *arg);
/* Forgets who asked. */
void redis_cancel(struct redis_op *op);
#ifdef MAGPIE_FAULTS
/* Writes at once what else is written in the next turn of the loop. */
void redis_flush(void);
#endif

/* Of a reply, which may be NULL: an integer (also one in a string) or 0, a string (with a NUL behind its len
 * bytes) or NULL, an array's length or 0, and its items or NULL. */
int64_t redis_int(const struct redis_reply *reply);
const char *redis_string(const struct redis_reply *reply, size_t *len);
size_t redis_count(const struct redis_reply *reply);
const struct redis_reply *redis_item(const struct redis_reply *reply, size_t i);

#endif
