/* poll.c: see poll.h. */
#include "poll.h"

#include <assert.h>
#include <ev.h>
#include <string.h>

#include "answer.h"
#include "bell.h"
#include "db.h"
#include "loop.h"
#include "metrics.h"
#include "poll_end.h"
#include "poll_lot.h"
#include "presence.h"
#include "redis.h"

enum {
	DOUBT_TICK_MS = 50,
	DOUBT_TICKS = 40,
	DOUBT_LEAST = 100,
	DRAIN_MS = 1000,
	MISREAD_S = 1,
	SECOND_MS = 1000
};

/* Where an answer of queue_read has what. */
enum { GEN_AT = 1, RING_AT = 2, TURNED_AT = 4, EVENTS_AT = 5 };

static size_t doubt_share;
static int64_t parked_max;
static bool draining; /* none is held any longer */
static struct ev_timer doubt_timer;
static struct ev_timer misread_timer; /* Redis refused a look, but is there */
static struct taken *taken_first;     /* between rings that come at once */

static void look(struct poll *p, enum poll_state state);

/* Nobody is to be rung for this poll any longer. */
static void
unnote(const struct poll *p)
{
	(void)queue_read(p->user_id, p->queue, p->after, p->gen, false, false, p->idle, NULL, NULL);
}

/* The client has left. A first look is waited for: it takes the place of the poll before it, and
 * its answer names whom to ring, or that one would wait in vain for the rest of its hold. */
static void
on_gone(void *owner)
{
	struct poll *p = owner;

	assert(p->state != POLL_TAKING); /* begins and ends within one call of the bell */
	p->connection = NULL;
	if (p->op != NULL && p->state != POLL_ASKING && p->gen == 0) {
		deadline_clear(&p->deadline);
		return;
	}
	if (p->op != NULL && p->state == POLL_ASKING)
		db_cancel(p->op);
	else if (p->op != NULL)
		redis_cancel(p->op);
	if (p->gen != 0 && p->state != POLL_ASKING)
		unnote(p);
	poll_free(p);
}

/* ---- Looking ---- */

static void
on_deadline(struct deadline *d)
{
	struct poll *p = container_of(d, struct poll, deadline);

	if (p->state == POLL_PARKED)
		look(p, POLL_ENDING);
	else
		p->due = true;
}

static void
on_misread(struct ev_loop *l, struct ev_timer *w, int events)
{
	(void)l, (void)w, (void)events;
	poll_doubt();
}

/* Redis doesn't answer. A poll that was parked before stays so: when Redis is
 * back, all look again; where it is there, and only refused, they do so soon. */
static void
without_redis(struct poll *p)
{
	if (p->gen == 0)
		poll_end_problem(p, PROBLEM_REDIS_DOWN);
	else if (p->state == POLL_ENDING || p->due)
		poll_end_empty(p, NULL);
	else
		p->state = POLL_PARKED;
	if (redis_is_up() && !ev_is_active(&misread_timer)) {
		ev_timer_set(&misread_timer, MISREAD_S, 0.);
		ev_timer_start(loop_ev(), &misread_timer);
	}
}

/* Nothing waits in the queue, and this look noted us where it should. */
static void
found_nothing(struct poll *p)
{
	bool rung = p->rung;

	p->rung = false;
	if (p->state == POLL_ENDING)
		poll_end_quiet(p);
	else if (p->due)
		look(p, POLL_ENDING);
	else if (rung)
		look(p, POLL_READING);
	else
		p->state = POLL_PARKED;
}

/* Whom the answer names at this place, if anybody: its poll is to look again. */
static void
ring_named(const struct poll *p, const struct redis_reply *reply, size_t place)
{
	size_t len = 0;
	const char *bell = redis_string(redis_item(reply, place), &len);

	if (len > 0)
		bell_ring(
		    bell, len, &(struct ring){ .tab = p->queue, .tab_len = strlen(p->queue) });
}

/* A first look is answered, and its client has left. */
static void
end_unheard(struct poll *p, const char *what)
{
	if (what != NULL && strcmp(what, "ok") == 0)
		unnote(p);
	poll_free(p);
}

static void
on_read(void *arg, const struct redis_reply *reply)
{
	struct poll *p = arg;
	const char *what = redis_string(redis_item(reply, 0), NULL);

	p->op = NULL;
	if (what != NULL && strcmp(what, "gone") == 0) {
		ring_named(p, reply, 1);
	} else if (what != NULL && strcmp(what, "ok") == 0) {
		p->gen = redis_int(redis_item(reply, GEN_AT));
		if (redis_int(redis_item(reply, TURNED_AT)) == 1)
			presence_turned(p->user_id);
		ring_named(p, reply, RING_AT); /* the poll before this one is to end as replaced */
	}
	if (p->connection == NULL) {
		end_unheard(p, what);
	} else if (what == NULL) {
		without_redis(p);
	} else if (strcmp(what, "gone") == 0) {
		poll_end_gone(p);
	} else if (strcmp(what, "range") == 0) {
		poll_end_problem(p, PROBLEM_QUEUE_GONE);
	} else if (strcmp(what, "replaced") == 0) {
		poll_end_empty(p, "replaced");
	} else if (redis_count(reply) > EVENTS_AT) {
		poll_end_with_events(p, reply, EVENTS_AT);
	} else {
		found_nothing(p);
	}
}

static void
look(struct poll *p, enum poll_state state)
{
	p->state = state;
	p->op = queue_read(p->user_id, p->queue, p->after, p->gen, state == POLL_READING,
	    p->doubted, p->idle, on_read, p);
	p->doubted = false;
}

/* An event that comes with a ring is taken by a poll that is parked and has all before it: its last look found nothing
 * up to there, so this is what came next. Whatever else is so, the queue has it as well, and is looked at. */
static void
wake(struct poll *p, const struct ring *ring)
{
	struct taken *t = p->state == POLL_TAKING ? p->op : NULL;
	int64_t last = t != NULL ? t->last : p->after;

	if (ring->event != NULL && ring->number <= last)
		return; /* its client has that */
	metrics_add(METRIC_WAKEUPS, 1);
	if (ring->event != NULL && ring->number == last + 1 &&
	    (p->state == POLL_PARKED || t != NULL)) {
		if (t == NULL) {
			t = p->op = poll_end_new_taken(p);
			t->next = taken_first;
			taken_first = t;
			p->state = POLL_TAKING;
		}
		poll_end_take(t, ring->event, ring->event_len);
	} else if (p->state == POLL_PARKED) {
		look(p, POLL_READING);
	} else {
		p->rung = true;
	}
}

void
poll_ring(const struct ring *ring)
{
	if (!queue_id_fits(ring->tab_len))
		return;
	for (struct poll *p = poll_bucket(ring->tab), *next; p != NULL; p = next) {
		next = p->in_bucket;
		if (strncmp(p->queue, ring->tab, ring->tab_len) == 0 &&
		    p->queue[ring->tab_len] == '\0')
			wake(p, ring);
	}
}

void
poll_heard(void)
{
	for (struct taken *t = taken_first, *next; t != NULL; t = next) {
		struct poll *p = t->poll;

		next = t->next;
		if (p->rung) { /* there is more in the queue than came along */
			poll_end_drop(t);
			p->rung = false;
			look(p, POLL_READING);
		} else {
			poll_end_with_taken(t);
		}
	}
	taken_first = NULL;
}

enum step_result
poll_begin(struct request *r, const struct poll_wish *wish)
{
	if ((int64_t)poll_count() >= parked_max)
		return answer_problem_detail(
		    r, PROBLEM_BUSY, NULL, "this server holds as many requests as it may");

	size_t id_size = strlen(wish->queue) + 1;
	struct poll *p = xzalloc(sizeof *p + id_size);
	/* Counted from the request on, as nginx does. Jitter only shortens; a deadline comes up to
	 * 250 ms late. */
	int64_t waited_ms = (loop_clock_us() - r->started_us) / 1000;
	int64_t hold_ms = draining ? 0 : wish->timeout_s * SECOND_MS - waited_ms;

	hold_ms -= loop_jitter(hold_ms / 10);
	p->connection = r->connection;
	p->user_id = r->user_id;
	p->session_id = r->session_id;
	p->started_us = r->started_us;
	p->after = wish->after;
	p->revs = wish->revs;
	p->has_revs = wish->has_revs;
	p->idle = wish->idle;
	memcpy(p->queue, wish->queue, id_size);
	/* In the lot before the look: a ring may overtake its reply. */
	poll_enter(p);
	door_own(p->connection, p, on_gone);
	if (hold_ms > 0)
		deadline_set(&p->deadline, hold_ms, on_deadline);
	look(p, hold_ms > 0 ? POLL_READING : POLL_ENDING);
	return STEP_ANSWERED;
}

/* ---- All of them ---- */

/* A share of the doubtful ones looks again. */
static void
on_doubt_tick(struct ev_loop *l, struct ev_timer *w, int events)
{
	(void)events;
	for (size_t i = 0; i < doubt_share && poll_doubtful.next != &poll_doubtful; i++) {
		struct poll *p = poll_doubtful.next;

		poll_move(p, &poll_calm);
		p->doubted = true;
		if (p->state == POLL_PARKED)
			look(p, POLL_READING);
		else
			p->rung = true;
	}
	if (poll_doubtful.next == &poll_doubtful)
		ev_timer_stop(l, w);
}

void
poll_doubt(void)
{
	size_t count = poll_count();

	while (poll_calm.next != &poll_calm)
		poll_move(poll_calm.next, &poll_doubtful);
	doubt_share = count / DOUBT_TICKS > DOUBT_LEAST ? count / DOUBT_TICKS : DOUBT_LEAST;
	ev_timer_again(loop_ev(), &doubt_timer);
}

void
poll_drain(void)
{
	struct poll *rings[] = { &poll_calm, &poll_doubtful };

	draining = true;
	for (size_t i = 0; i < 2; i++)
		for (struct poll *p = rings[i]->next; p != rings[i]; p = p->next)
			if (p->state != POLL_ASKING &&
			    p->connection != NULL) /* those end soon as it is */
				deadline_set(&p->deadline, loop_jitter(DRAIN_MS), on_deadline);
}

void
poll_open(int64_t most)
{
	parked_max = most;
	ev_init(&doubt_timer, on_doubt_tick);
	ev_init(&misread_timer, on_misread);
	doubt_timer.repeat = DOUBT_TICK_MS / 1000.;
}
