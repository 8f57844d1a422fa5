/* loop.c: see loop.h. */
#include "loop.h"

#include <ev.h>
#include <signal.h>
#include <stddef.h>
#include <time.h>
#include <unistd.h>

enum { TICK_MS = 250, SLOT_COUNT = 256 }; /* a wheel of 64 s; longer ones go round again */

static struct ev_loop *ev;

/* Each slot is a ring with a head of its own; a deadline lies in the slot of its tick. */
static struct deadline wheel[SLOT_COUNT];
static int64_t wheel_tick; /* all slots up to this tick have been looked at */
static uint64_t deadline_count;
static struct ev_timer ticker;

static struct later *later_first, **later_last = &later_first;
static uint64_t later_count;
static struct ev_prepare later_prepare; /* runs them before the loop waits, */
static struct ev_timer later_timer;     /* and this keeps it from waiting where some are left */

static struct ev_signal term_signal, int_signal;
static void (*terminate_callback)(void);

static void
on_tick(struct ev_loop *l, struct ev_timer *w, int events)
{
	(void)w, (void)events;
	int64_t now_ms = loop_now_ms();

	while (wheel_tick < now_ms / TICK_MS) {
		struct deadline *head = &wheel[++wheel_tick % SLOT_COUNT];
		struct deadline due = { .next = &due, .previous = &due };

		/* The due ones are taken out first: what `passed` sets or clears can't disturb the walk. */
		for (struct deadline *d = head->next, *next; d != head; d = next) {
			next = d->next;
			if (d->at_ms / TICK_MS > wheel_tick)
				continue; /* a later round of the wheel */
			d->previous->next = d->next;
			d->next->previous = d->previous;
			d->next = &due;
			d->previous = due.previous;
			due.previous->next = d;
			due.previous = d;
		}
		while (due.next != &due) {
			struct deadline *d = due.next;

			deadline_clear(d);
			d->passed(d);
		}
	}
	if (deadline_count == 0)
		ev_timer_stop(l, &ticker);
}

void
deadline_set(struct deadline *d, int64_t after_ms, void (*passed)(struct deadline *d))
{
	deadline_clear(d);
	if (deadline_count++ == 0 && !ev_is_active(&ticker)) {
		wheel_tick = loop_now_ms() / TICK_MS;
		ev_timer_again(ev, &ticker);
	}
	d->at_ms = loop_now_ms() + (after_ms > 0 ? after_ms : 0) + TICK_MS; /* rounded up */
	if (d->at_ms / TICK_MS <= wheel_tick)
		d->at_ms = (wheel_tick + 1) * TICK_MS;
	d->passed = passed;

	struct deadline *head = &wheel[d->at_ms / TICK_MS % SLOT_COUNT];

	d->next = head;
	d->previous = head->previous;
	head->previous->next = d;
	head->previous = d;
}

void
deadline_clear(struct deadline *d)
{
	if (d->next == NULL)
		return;
	d->previous->next = d->next;
	d->next->previous = d->previous;
	d->next = d->previous = NULL;
	deadline_count--;
}

/* Only those that wait now: what they add waits for the next turn. */
static void
run_later(void)
{
	uint64_t count = later_count;

	while (count-- > 0 && later_first != NULL) {
		struct later *first = later_first;

		later_clear(first);
		first->run(first);
	}
	if (later_first == NULL)
		ev_timer_stop(ev, &later_timer);
	else
		ev_timer_start(ev, &later_timer);
}

static void
on_turn_end(struct ev_loop *l, struct ev_prepare *w, int events)
{
	(void)l, (void)w, (void)events;
	if (later_first != NULL)
		run_later();
}

static void
on_later_timer(struct ev_loop *l, struct ev_timer *w, int events)
{
	(void)l, (void)w, (void)events;
}

void
later_set(struct later *l, void (*run)(struct later *l))
{
	l->run = run;
	if (l->set)
		return;
	l->set = true;
	l->next = NULL;
	*later_last = l;
	later_last = &l->next;
	later_count++;
	ev_timer_start(ev, &later_timer); /* no harm where it is started */
}

void
later_clear(struct later *l)
{
	if (!l->set)
		return;
	for (struct later **at = &later_first; *at != NULL; at = &(*at)->next) {
		if (*at != l)
			continue;
		*at = l->next;
		if (later_last == &l->next)
			later_last = at;
		break;
	}
	later_count--;
	l->set = false;
	l->next = NULL;
}

static void
on_signal(struct ev_loop *l, struct ev_signal *w, int events)
{
	(void)l, (void)w, (void)events;
	void (*terminate)(void) = terminate_callback;

	terminate_callback = NULL;
	if (terminate != NULL)
		terminate();
}

void
loop_on_terminate(void (*terminate)(void))
{
	terminate_callback = terminate;
	ev_signal_init(&term_signal, on_signal, SIGTERM);
	ev_signal_init(&int_signal, on_signal, SIGINT);
	ev_signal_start(ev, &term_signal);
	ev_signal_start(ev, &int_signal);
}

void
loop_init(void)
{
	(void)signal(SIGPIPE, SIG_IGN);
	ev = ev_default_loop(EVFLAG_AUTO);
	for (size_t i = 0; i < SLOT_COUNT; i++)
		wheel[i].next = wheel[i].previous = &wheel[i];
	ev_init(&ticker, on_tick);
	ticker.repeat = TICK_MS / 1000.;
	ev_timer_init(&later_timer, on_later_timer, 0., 0.);
	ev_prepare_init(&later_prepare, on_turn_end);
	ev_set_priority(&later_prepare, 1); /* before what sends at the turn's end */
	ev_prepare_start(ev, &later_prepare);
	ev_unref(ev); /* it alone keeps no loop running */
}

struct ev_loop *
loop_ev(void)
{
	return ev;
}

void
loop_run(void)
{
	ev_run(ev, 0);
}

void
loop_end(void)
{
	ev_break(ev, EVBREAK_ALL);
}

int64_t
loop_clock_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t
loop_now_ms(void)
{
	return loop_clock_us() / 1000;
}

int64_t
loop_wall_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Marsaglia's xorshift: a random number of the kernel's would be a system call for each poll. */
int64_t
loop_jitter(int64_t below)
{
	static uint64_t state;

	if (state == 0)
		state = (uint64_t)loop_clock_us() << 16 ^ (uint64_t)getpid() ^ 1;
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return below > 0 ? (int64_t)(state % (uint64_t)below) : 0;
}
