/* presence.h: who is there. A user is online while a poll of theirs is held by
 * any worker, and 10 s beyond. Each worker notes in Redis, under a lease of 80 s,
 * for whom it holds polls; a worker that dies leaves its lease to run out, one that
 * is told to end takes it back. */
#ifndef PRESENCE_H
#define PRESENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "request.h"

void presence_open(void);
/* Redis may have forgotten everything: notes all again. */
void presence_doubt(void);

/* A poll of the user begins, or has ended. */
void presence_enter(int64_t user_id);
void presence_leave(int64_t user_id);

/* The worker is to end: from now on a user whose last poll here has ended is no longer its own. If
 * there is none elsewhere in 10 s, another worker tells the friends. */
void presence_drain(void);
/* How many of these Redis hasn't been told of yet. */
size_t presence_leaving(void);

/* Starts asking which of the users are online (STEP_WAIT); the next step finds
 * out with presence_of. With Redis away nobody is. */
enum step_result presence_ask(struct request *r, const int64_t *ids, size_t count);
bool presence_of(const struct request *r, size_t i);

#endif
