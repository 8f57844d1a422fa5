/* drain.c: see drain.h. */
#include "drain.h"

#include <ev.h>

#include "batch.h"
#include "door.h"
#include "log.h"
#include "loop.h"
#include "outbox.h"
#include "poll.h"
#include "presence.h"
#include "shown.h"
#include "watchdog.h"

#define DRAIN_TURN_S 0.1
enum { DRAIN_IDLE_TURNS = 10 }; /* as long as the polls take to end */

static struct deadline drain_deadline;
static struct ev_timer drain_timer;
static int64_t seconds;

static void
on_drain_deadline(struct deadline *d)
{
	(void)d;
	log_warn(NULL, "drain took too long", "requests=%zu", door_busy());
	loop_end();
}

/* When the last answers have gone, PostgreSQL is told of the last pushes. */
static void
on_drain_tick(struct ev_loop *l, struct ev_timer *w, int events)
{
	(void)l, (void)events;
	static int turns, quiet_turns;

	if (turns++ < DRAIN_IDLE_TURNS && !door_is_empty())
		return;
	door_end_idle();
	if (door_busy() > 0 || batch_waiting() > 0 || presence_leaving() > 0 ||
	    shown_untold() > 0) {
		quiet_turns = 0;
		return;
	}
	if (quiet_turns++ == 0)
		outbox_flush();
	else if (quiet_turns > 3) {
		ev_timer_stop(loop_ev(), w);
		loop_end();
	}
}

static void
drain(void)
{
	log_info(NULL, "draining", "polls=%zu", poll_count());
	watchdog_ending();
	door_close();
	presence_drain();
	poll_drain();
	ev_timer_init(&drain_timer, on_drain_tick, DRAIN_TURN_S, DRAIN_TURN_S);
	ev_timer_start(loop_ev(), &drain_timer);
	deadline_set(&drain_deadline, seconds * 1000, on_drain_deadline);
}

void
drain_open(int64_t seconds_max)
{
	seconds = seconds_max;
	loop_on_terminate(drain);
}
