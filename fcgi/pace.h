/* pace.h: how often each of many may, counted in this process alone: for what is
 * asked too often to ask Redis each time. A table of a fixed size, in which who is
 * due first makes room; so of very many at once one may be forgotten, and then may
 * more, never less. Nothing is allocated, and nothing fails. */
#ifndef PACE_H
#define PACE_H

#include <stddef.h>
#include <stdint.h>

enum { PACE_SETS = 2048, PACE_WAYS = 4 };

/* All zero is one that nobody has used. */
struct pace {
	struct pace_place {
		int64_t id, due_us; /* when it would be, had each come at its time */
	} places[PACE_SETS][PACE_WAYS];
};

/* Once more for `id` (not 0) at `now_us`, a clock that never goes back: 0 where it may pass, or the
 * milliseconds until it may. One passes each `each_us`, and `burst` at once. */
int64_t pace_wait_ms(struct pace *p, int64_t id, int64_t now_us, int64_t each_us, int64_t burst);

#endif
