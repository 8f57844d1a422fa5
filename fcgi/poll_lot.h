/* poll_lot.h: the lot of the polls that this worker holds: found by their queue, and in two rings, of those
 * that are calm and of those that are to look again. For poll*.c alone. */
#ifndef POLL_LOT_H
#define POLL_LOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "door.h"
#include "loop.h"
#include "queue.h"

enum poll_state {
	POLL_PARKED, /* nothing under way */
	POLL_TAKING, /* events from rings; it ends with them once all that came at once were heard */
	POLL_READING, /* a look that may park */
	POLL_ENDING,  /* the last look, which notes nobody */
	POLL_ASKING, /* PostgreSQL, for a moment: does the session live, or are the numbers behind? */
};

struct poll {
	struct poll *next, *previous; /* in the ring */
	struct poll *in_bucket;
	struct door_connection *connection; /* NULL: the client has left during the first look */
	void *op; /* Redis' or PostgreSQL's, or what was taken, as state says */
	struct deadline deadline;
	int64_t user_id, session_id, after, gen, started_us;
	uint32_t revs;
	enum poll_state state;
	bool has_revs, idle;
	bool rung, due; /* rung or due while a look was under way */
	bool doubted;   /* Redis may have lost some of this queue's keys */
	char queue[];   /* its id */
};
_Static_assert(sizeof(struct poll) <= 128, "ten thousand of them wait");

/* The rings: each a head that is no poll. */
extern struct poll poll_calm, poll_doubtful;

/* Into the lot, among those that are calm; the poll's user is here then. */
void poll_enter(struct poll *p);
/* To the end of another ring. */
void poll_move(struct poll *p, struct poll *ring);
/* The first of those that share the queue's bucket, or NULL; the others by in_bucket. */
struct poll *poll_bucket(const char *queue);
/* Out of the lot, and freed. Its connection is left alone. */
void poll_free(struct poll *p);

#endif
