/* redis_link.h: a connection to Redis with a life of its own: DOWN (a back-off
 * runs), CONNECTING (the handshake too), READY. For redis.c and bell.c alone;
 * hiredis is seen from here up to these two, and no further. */
#ifndef REDIS_LINK_H
#define REDIS_LINK_H

#include <ev.h>
#include <hiredis/async.h>
#include <hiredis/hiredis.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "loop.h"

enum redis_link_state { REDIS_DOWN, REDIS_CONNECTING, REDIS_READY };

struct redis_link {
	const char *name;
	enum redis_link_state state;
	redisAsyncContext *ac;         /* NULL while DOWN */
	struct deadline deadline;      /* of the back-off, or of the answer that is awaited */
	int64_t back_off_ms, ready_ms; /* ready_ms: since when it is READY */
	void (*greet)(void);        /* connected: the handshake, which ends with redis_link_ready */
	void (*lost)(void);         /* no longer READY; may be NULL */
	struct ev_prepare turn_end; /* sends what this turn of the loop asked for, */
	bool unsent, sending;       /* where it did */
};

/* For all links: a socket's path or host:port, a password or "", and how long an answer may take. */
void redis_link_configure(const char *address, const char *password, int timeout_ms);

void redis_link_open(struct redis_link *k);
void redis_link_ready(struct redis_link *k);
/* An answer is due within the time for one, or within ms. */
void redis_link_expect(struct redis_link *k);
void redis_link_expect_within(struct redis_link *k, int64_t ms);
/* Ends the link, and makes it anew: hiredis tells every operation under way
 * with a NULL reply. */
void redis_link_drop(struct redis_link *k, const char *why);
/* For good. */
void redis_link_close(struct redis_link *k);

#endif
