/* presence.h: who is there. A user is here while a poll of theirs is held by any worker, and 10 s
 * beyond; away while all of these are of idle tabs. Each worker notes in Redis, under a lease of 80 s,
 * for whom it holds polls; a worker that dies leaves its lease to run out, one that is told to end takes
 * it back. What comes of it, and of what the user chose, is shown.h's. */
#ifndef PRESENCE_H
#define PRESENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "request.h"

void presence_open(void);
/* Redis may have forgotten everything: notes all again. */
void presence_doubt(void);

/* A poll of the user begins, or has ended; its tab is idle. */
void presence_enter(int64_t user_id, bool idle);
void presence_leave(int64_t user_id, bool idle);
/* A tab of the user has become idle, is no longer, or is polled again after a while; its queue says so already. */
void presence_turned(int64_t user_id);

/* The worker is to end: from now on a user whose last poll here has ended is no longer its own. If
 * there is none elsewhere in 10 s, another worker tells the friends. */
void presence_drain(void);
/* How many of these Redis hasn't been told of yet. */
size_t presence_leaving(void);

/* Two steps: r's user has chosen what others see ("online", "busy" or "invisible"), as of the change with
 * this number; and others see it. Where Redis was away, r->redis is NULL after the first. */
enum step_result presence_choose(struct request *r, const char *chosen, const char *version);
enum step_result presence_show(struct request *r);

#endif
