/* bell.h: how a worker is told that something waits for one of its polls: a list
 * in Redis, its bell, on which it blocks (BLMPOP) for all of them on one
 * connection; others push the tab's name onto it. The name of a bell is random,
 * new at each connection: whoever rings an old one rings nobody, and since
 * rings may be lost so, all parked polls look again when `doubt` is called. */
#ifndef BELL_H
#define BELL_H

#include <stdbool.h>
#include <stddef.h>

/* ring: somebody rang for a tab. doubt: the bell is new (Redis was away, was
 * restarted, or was emptied). After redis_open; never fails. */
void bell_open(void (*ring)(const char *tab, size_t len), void (*doubt)(void));
void bell_close(void);
bool bell_is_up(void);
/* Its name as of now, for others to ring. */
const char *bell_name(void);

/* Rings a worker's bell for a tab, with all other rings of this turn of the
 * loop: once for each tab. */
void bell_ring(const char *bell, size_t bell_len, const char *tab, size_t tab_len);

#endif
