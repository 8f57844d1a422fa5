/* poll.c: see poll.h. */
#include "poll.h"

#include <ev.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "bell.h"
#include "db.h"
#include "events.h"
#include "loop.h"
#include "metrics.h"
#include "presence.h"
#include "redis.h"

enum {
	BUCKETS = 16384,
	DOUBT_TICK_MS = 50,
	DOUBT_TICKS = 40,
	DOUBT_LEAST = 100,
	DRAIN_MS = 1000,
	MISREAD_S = 1,
	ASK_MS = 1500,
	SECOND_MS = 1000
};

/* Where an answer of queue_read has what. */
enum { GEN_AT = 1, RING_AT = 2, TURNED_AT = 4, EVENTS_AT = 5 };

static const char route_name[] = "GET /api/receive";

enum state {
	PARKED,  /* nothing under way */
	READING, /* a look that may park */
	ENDING,  /* the last look, which notes nobody */
	ASKING,  /* PostgreSQL, for ASK_MS: does the session live, or are the numbers behind? */
};

/* Polls lie in a ring: one of those that are calm, one of those that are to look again. */
struct poll {
	struct poll *next, *previous;
	struct poll *in_bucket;
	struct door_connection *connection; /* NULL: the client has left during the first look */
	void *op;                           /* Redis' or PostgreSQL's, as state says */
	struct deadline deadline;
	int64_t user_id, session_id, after, gen, started_us;
	uint32_t revs;
	enum state state;
	bool has_revs, idle;
	bool rung, due; /* rung or due while a look was under way */
	bool doubted;   /* Redis may have lost some of this queue's keys */
	char queue[QUEUE_ID_SIZE];
};

static struct poll calm = { .next = &calm, .previous = &calm };
static struct poll doubtful = { .next = &doubtful, .previous = &doubtful };
static struct poll *buckets[BUCKETS];
static size_t count, doubt_share;
static int64_t parked_max;
static bool draining; /* none is held any longer */
static struct ev_timer doubt_timer;
static struct ev_timer misread_timer; /* Redis refused a look, but is there */

static void look(struct poll *p, enum state state);

/* ---- The lot ---- */

static struct poll **
bucket_of(const char *queue)
{
	size_t hash = 5381;

	for (size_t i = 0; i < 8; i++) /* an id is random: eight digits tell enough */
		hash = hash * 33 ^ (unsigned char)queue[i];
	return &buckets[hash % BUCKETS];
}

static void
take_out(struct poll *p)
{
	p->previous->next = p->next;
	p->next->previous = p->previous;
}

static void
put_in(struct poll *ring, struct poll *p)
{
	p->next = ring;
	p->previous = ring->previous;
	ring->previous->next = p;
	ring->previous = p;
}

static void
poll_free(struct poll *p)
{
	struct poll **at = bucket_of(p->queue);

	while (*at != p)
		at = &(*at)->in_bucket;
	*at = p->in_bucket;
	take_out(p);
	deadline_clear(&p->deadline);
	count--;
	metrics_set(METRIC_PARKED, (int64_t)count);
	presence_leave(p->user_id, p->idle);
	free(p);
}

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

	p->connection = NULL;
	if (p->op != NULL && p->state != ASKING && p->gen == 0) {
		deadline_clear(&p->deadline);
		return;
	}
	if (p->op != NULL && p->state == ASKING)
		db_cancel(p->op);
	else if (p->op != NULL)
		redis_cancel(p->op);
	if (p->gen != 0 && p->state != ASKING)
		unnote(p);
	poll_free(p);
}

/* ---- The ends of a poll ---- */

static void
end_problem(struct poll *p, enum problem problem)
{
	struct door_connection *c = p->connection;
	int64_t started_us = p->started_us;

	if (problem == PROBLEM_QUEUE_GONE)
		metrics_add(METRIC_QUEUES_GONE, 1);
	poll_free(p);
	answer_late_problem(c, route_name, started_us, problem);
}

/* flag: a member that is true, or NULL. */
static void
end_empty(struct poll *p, const char *flag)
{
	struct json j = { 0 };
	struct door_connection *c = p->connection;
	int64_t started_us = p->started_us;

	json_open(&j);
	json_key(&j, "events");
	json_open_array(&j);
	json_close_array(&j);
	json_member_int(&j, "next", p->after);
	if (flag != NULL)
		json_member_bool(&j, flag, true);
	json_close(&j);
	poll_free(p);
	answer_late_json(c, route_name, started_us, &j);
}

static void
end_with_events(struct poll *p, const struct redis_reply *reply)
{
	struct json j = { 0 };
	struct door_connection *c = p->connection;
	int64_t started_us = p->started_us, n = p->after;

	json_open(&j);
	json_key(&j, "events");
	json_open_array(&j);
	for (size_t i = EVENTS_AT; i < redis_count(reply); i++) {
		size_t len = 0;
		const char *stored = redis_string(redis_item(reply, i), &len);

		events_write_numbered(&j, ++n, stored, len);
	}
	json_close_array(&j);
	json_member_int(&j, "next", n);
	json_close(&j);
	poll_free(p);
	answer_late_json(c, route_name, started_us, &j);
}

/* Asks PostgreSQL. The poll has been held, perhaps for as long as may be: what nobody tells at once
 * it ends without. */
static void
ask(struct poll *p, const char *function, const char *arg, db_done *done,
    void (*late)(struct deadline *d))
{
	p->state = ASKING;
	p->op = db_call(function, DB_ARGS(arg), done, p);
	deadline_set(&p->deadline, ASK_MS, late);
}

/* The queue is gone; is the session too? Then that is the answer. */
static void
on_session(void *arg, const struct db_reply *reply)
{
	struct poll *p = arg;
	bool ended = reply->problem == PROBLEM_NONE && reply->rows == 1 &&
	    !db_bool(reply, 0, "session_alive");

	p->op = NULL;
	end_problem(p, ended ? PROBLEM_NO_SESSION : PROBLEM_QUEUE_GONE);
}

static void
on_late_session(struct deadline *d)
{
	struct poll *p = container_of(d, struct poll, deadline);

	db_cancel(p->op);
	end_problem(p, PROBLEM_QUEUE_GONE);
}

static void
ask_session(struct poll *p)
{
	struct arena *a = arena_new();

	ask(p, "session_alive", db_id(a, p->session_id), on_session, on_late_session);
	arena_free(a);
}

/* With PostgreSQL away nobody knows: the poll ends without a word of it. */
static void
on_revs(void *arg, const struct db_reply *reply)
{
	struct poll *p = arg;
	bool behind = reply->problem == PROBLEM_NONE && reply->rows == 1 &&
	    db_int(reply, 0, "revs") != (int64_t)p->revs;

	p->op = NULL;
	metrics_add(METRIC_BEHIND, behind);
	end_empty(p, behind ? "behind" : NULL);
}

static void
on_late_revs(struct deadline *d)
{
	struct poll *p = container_of(d, struct poll, deadline);

	db_cancel(p->op);
	end_empty(p, NULL);
}

static void
end_quiet(struct poll *p)
{
	if (!p->has_revs || !db_is_up()) {
		end_empty(p, NULL);
		return;
	}

	struct arena *a = arena_new();

	ask(p, "revs_of", arena_printf(a, "{%lld}", (long long)p->user_id), on_revs, on_late_revs);
	arena_free(a);
}

/* ---- Looking ---- */

static void
on_deadline(struct deadline *d)
{
	struct poll *p = container_of(d, struct poll, deadline);

	if (p->state == PARKED)
		look(p, ENDING);
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
		end_problem(p, PROBLEM_REDIS_DOWN);
	else if (p->state == ENDING || p->due)
		end_empty(p, NULL);
	else
		p->state = PARKED;
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
	if (p->state == ENDING)
		end_quiet(p);
	else if (p->due)
		look(p, ENDING);
	else if (rung)
		look(p, READING);
	else
		p->state = PARKED;
}

/* Whom the answer names at this place, if anybody: its poll is to look again. */
static void
ring_named(const struct poll *p, const struct redis_reply *reply, size_t place)
{
	size_t len = 0;
	const char *bell = redis_string(redis_item(reply, place), &len);

	if (len > 0)
		bell_ring(bell, len, p->queue, strlen(p->queue));
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
		ask_session(p);
	} else if (strcmp(what, "range") == 0) {
		end_problem(p, PROBLEM_QUEUE_GONE);
	} else if (strcmp(what, "replaced") == 0) {
		end_empty(p, "replaced");
	} else if (redis_count(reply) > EVENTS_AT) {
		end_with_events(p, reply);
	} else {
		found_nothing(p);
	}
}

static void
look(struct poll *p, enum state state)
{
	p->state = state;
	p->op = queue_read(p->user_id, p->queue, p->after, p->gen, state == READING, p->doubted,
	    p->idle, on_read, p);
	p->doubted = false;
}

void
poll_ring(const char *queue, size_t len)
{
	if (len != QUEUE_ID_SIZE - 1)
		return;
	for (struct poll *p = *bucket_of(queue), *next; p != NULL; p = next) {
		next = p->in_bucket;
		if (memcmp(p->queue, queue, len) != 0)
			continue;
		metrics_add(METRIC_WAKEUPS, 1);
		if (p->state == PARKED)
			look(p, READING);
		else
			p->rung = true;
	}
}

enum step_result
poll_begin(struct request *r, const struct poll_wish *wish)
{
	if ((int64_t)count >= parked_max)
		return answer_problem_detail(
		    r, PROBLEM_BUSY, NULL, "this server holds as many requests as it may");

	struct poll *p = xzalloc(sizeof *p), **bucket = bucket_of(wish->queue);
	/* Counted from the request on, as nginx does. Jitter only shortens; a deadline comes up to
	 * 250 ms late. */
	int64_t waited_ms = (loop_clock_us() - r->started_us) / 1000;
	int64_t hold_ms = draining ? 0 : wish->timeout_s * SECOND_MS - waited_ms;

	hold_ms -= hold_ms > 0 ? (int64_t)randombytes_uniform((uint32_t)(hold_ms / 10)) : 0;
	p->connection = r->connection;
	p->user_id = r->user_id;
	p->session_id = r->session_id;
	p->started_us = r->started_us;
	p->after = wish->after;
	p->revs = wish->revs;
	p->has_revs = wish->has_revs;
	p->idle = wish->idle;
	memcpy(p->queue, wish->queue, sizeof p->queue);
	/* In the lot before the look: a ring may overtake its reply. */
	p->in_bucket = *bucket;
	*bucket = p;
	put_in(&calm, p);
	metrics_set(METRIC_PARKED, (int64_t)++count);
	door_own(p->connection, p, on_gone);
	presence_enter(p->user_id, p->idle);
	if (hold_ms > 0)
		deadline_set(&p->deadline, hold_ms, on_deadline);
	look(p, hold_ms > 0 ? READING : ENDING);
	return STEP_ANSWERED;
}

/* ---- All of them ---- */

/* A share of the doubtful ones looks again. */
static void
on_doubt_tick(struct ev_loop *l, struct ev_timer *w, int events)
{
	(void)events;
	for (size_t i = 0; i < doubt_share && doubtful.next != &doubtful; i++) {
		struct poll *p = doubtful.next;

		take_out(p);
		put_in(&calm, p);
		p->doubted = true;
		if (p->state == PARKED)
			look(p, READING);
		else
			p->rung = true;
	}
	if (doubtful.next == &doubtful)
		ev_timer_stop(l, w);
}

void
poll_doubt(void)
{
	while (calm.next != &calm) {
		struct poll *p = calm.next;

		take_out(p);
		put_in(&doubtful, p);
	}
	doubt_share = count / DOUBT_TICKS > DOUBT_LEAST ? count / DOUBT_TICKS : DOUBT_LEAST;
	ev_timer_again(loop_ev(), &doubt_timer);
}

void
poll_drain(void)
{
	struct poll *rings[] = { &calm, &doubtful };

	draining = true;
	for (size_t i = 0; i < 2; i++)
		for (struct poll *p = rings[i]->next; p != rings[i]; p = p->next)
			if (p->state != ASKING &&
			    p->connection != NULL) /* those end soon as it is */
				deadline_set(&p->deadline, (int64_t)randombytes_uniform(DRAIN_MS),
				    on_deadline);
}

size_t
poll_count(void)
{
	return count;
}

void
poll_open(int64_t most)
{
	parked_max = most;
	ev_init(&doubt_timer, on_doubt_tick);
	ev_init(&misread_timer, on_misread);
	doubt_timer.repeat = DOUBT_TICK_MS / 1000.;
}
