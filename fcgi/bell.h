/* bell.h: how a worker is told that something waits for one of its polls: a list
 * in Redis, its bell, on which it blocks (BLMPOP) for all of them on one
 * connection; others push the tab's name onto it, and with it, as a rule, the
 * event itself. The name of a bell is random, new at each connection: whoever
 * rings an old one rings nobody, and since rings may be lost so, all parked
 * polls look again when `doubt` is called. */
#ifndef BELL_H
#define BELL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* For a tab. An event that goes along is borrowed, as the queue has it, and has no NUL. */
struct ring {
	const char *tab, *event; /* event: NULL where none goes along */
	size_t tab_len, event_len;
	int64_t number; /* the event's, in the queue */
};

struct bell_listener {
	void (*ring)(const struct ring *ring); /* somebody rang; */
	void (*heard)(void);                   /* and that was all that came at once */
	void (*doubt)(void); /* the bell is new: Redis was away, was restarted, or was emptied */
};

/* After redis_open; never fails. */
void bell_open(const struct bell_listener *listener);
void bell_close(void);
bool bell_is_up(void);
/* Its name as of now, for others to ring. */
const char *bell_name(void);

/* Rings a worker's bell, with all other rings of this turn of the loop: once for
 * each tab, and for each event that goes along. */
void bell_ring(const char *bell, size_t bell_len, const struct ring *ring);

#endif
