/* loop.h: the worker's event loop (libev): the clock, deadlines, callbacks for
 * later, and a graceful end on SIGTERM or SIGINT. There is one loop a process.
 * Drivers add watchers of their own through loop_ev(). */
#ifndef LOOP_H
#define LOOP_H

#include <stdbool.h>
#include <stdint.h>

struct ev_loop;

void loop_init(void);
struct ev_loop *loop_ev(void);
/* Runs until loop_end(). */
void loop_run(void);
void loop_end(void);
/* Calls terminate once, at the first SIGTERM or SIGINT. */
void loop_on_terminate(void (*terminate)(void));

/* Milliseconds of the monotonic clock. */
int64_t loop_now_ms(void);
/* Microseconds of the monotonic clock, this very moment: to time things. */
int64_t loop_clock_us(void);
/* Milliseconds since 1970: for display, never to order anything. */
int64_t loop_wall_ms(void);

/* A number from 0 to below - 1: to spread things in time, no secret. */
int64_t loop_jitter(int64_t below);

/* A moment at which something is to happen, up to 250 ms late (all deadlines
 * share one ticking timer, so that ten thousand cost no more than ten). All
 * zero is one that is not set. It is part of its owner's struct: `passed` finds
 * the owner with container_of. */
struct deadline {
	struct deadline *next, *previous;
	int64_t at_ms;
	void (*passed)(struct deadline *d);
};

/* Sets, or sets anew. */
void deadline_set(struct deadline *d, int64_t after_ms, void (*passed)(struct deadline *d));
void deadline_clear(struct deadline *d);

/* Something to do before the loop waits again: how a driver that knows the
 * outcome at once keeps from calling back inside the call that asked. */
struct later {
	struct later *next;
	void (*run)(struct later *l);
	bool set;
};

void later_set(struct later *l, void (*run)(struct later *l));
void later_clear(struct later *l);

#define container_of(pointer, type, member)                                                        \
	((type *)(void *)((char *)(pointer)-offsetof(type, member)))

#endif
