/* poll_end.c: see poll_end.h. */
#include "poll_end.h"

#include <stdlib.h>

#include "answer.h"
#include "db.h"
#include "events.h"
#include "loop.h"
#include "metrics.h"

enum { ASK_MS = 1500 };

static const char route_name[] = "GET /api/receive";

void
poll_end_problem(struct poll *p, enum problem problem)
{
	struct door_connection *c = p->connection;
	int64_t started_us = p->started_us;

	if (problem == PROBLEM_QUEUE_GONE)
		metrics_add(METRIC_QUEUES_GONE, 1);
	poll_free(p);
	answer_late_problem(c, route_name, started_us, problem);
}

static struct taken
take_nothing(struct poll *p)
{
	struct taken t = { .poll = p, .last = p->after };

	json_open(&t.json);
	json_key(&t.json, "events");
	json_open_array(&t.json);
	return t;
}

struct taken *
poll_end_new_taken(struct poll *p)
{
	struct taken *t = xmalloc(sizeof *t);

	*t = take_nothing(p);
	return t;
}

void
poll_end_take(struct taken *t, const char *stored, size_t len)
{
	events_write_numbered(&t->json, ++t->last, stored, len);
}

/* A flag is a member of its own, or NULL. */
static void
answer_taken(struct taken *t, const char *flag)
{
	struct door_connection *c = t->poll->connection;
	int64_t started_us = t->poll->started_us;

	json_close_array(&t->json);
	json_member_int(&t->json, "next", t->last);
	if (flag != NULL)
		json_member_bool(&t->json, flag, true);
	json_close(&t->json);
	poll_free(t->poll);
	answer_late_json(c, route_name, started_us, &t->json);
}

void
poll_end_empty(struct poll *p, const char *flag)
{
	struct taken t = take_nothing(p);

	answer_taken(&t, flag);
}

void
poll_end_with_taken(struct taken *t)
{
	answer_taken(t, NULL);
	free(t);
}

void
poll_end_drop(struct taken *t)
{
	buffer_free(&t->json.out);
	free(t);
}

void
poll_end_with_events(struct poll *p, const struct redis_reply *reply, size_t events_at)
{
	struct taken t = take_nothing(p);

	for (size_t i = events_at; i < redis_count(reply); i++) {
		size_t len = 0;
		const char *stored = redis_string(redis_item(reply, i), &len);

		poll_end_take(&t, stored, len);
	}
	answer_taken(&t, NULL);
}

/* Asks PostgreSQL. The poll has been held, perhaps for as long as may be: what nobody tells at once
 * it ends without. */
static void
ask(struct poll *p, const char *function, const char *arg, db_done *done,
    void (*late)(struct deadline *d))
{
	p->state = POLL_ASKING;
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
	poll_end_problem(p, ended ? PROBLEM_NO_SESSION : PROBLEM_QUEUE_GONE);
}

static void
on_late_session(struct deadline *d)
{
	struct poll *p = container_of(d, struct poll, deadline);

	db_cancel(p->op);
	poll_end_problem(p, PROBLEM_QUEUE_GONE);
}

void
poll_end_gone(struct poll *p)
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
	poll_end_empty(p, behind ? "behind" : NULL);
}

static void
on_late_revs(struct deadline *d)
{
	struct poll *p = container_of(d, struct poll, deadline);

	db_cancel(p->op);
	poll_end_empty(p, NULL);
}

void
poll_end_quiet(struct poll *p)
{
	if (!p->has_revs || !db_is_up()) {
		poll_end_empty(p, NULL);
		return;
	}

	struct arena *a = arena_new();

	ask(p, "revs_of", arena_printf(a, "{%lld}", (long long)p->user_id), on_revs, on_late_revs);
	arena_free(a);
}
