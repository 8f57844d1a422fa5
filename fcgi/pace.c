/* pace.c: see pace.h. Generic cell rate algorithm, as in rate.lua. */
#include "pace.h"

/* Where `id` is counted, or is to be: an id has one set, and takes there the place
 * of who is due first, which is nobody's, or the least to forget. */
static struct pace_place *
place_of(struct pace *p, int64_t id)
{
	struct pace_place *set = p->places[(uint64_t)id % PACE_SETS], *first = set;

	for (struct pace_place *at = set; at < set + PACE_WAYS; at++) {
		if (at->id == id)
			return at;
		if (at->due_us < first->due_us)
			first = at;
	}
	*first = (struct pace_place){ .id = id };
	return first;
}

int64_t
pace_wait_ms(struct pace *p, int64_t id, int64_t now_us, int64_t each_us, int64_t burst)
{
	struct pace_place *at = place_of(p, id);
	int64_t due_us = at->due_us > now_us ? at->due_us : now_us;
	int64_t wait_us = due_us + each_us - each_us * burst - now_us;

	if (wait_us > 0)
		return (wait_us + 999) / 1000;
	at->due_us = due_us + each_us;
	return 0;
}
