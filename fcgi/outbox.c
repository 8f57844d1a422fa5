/* outbox.c: see outbox.h. */
#include "outbox.h"

#include <ev.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "arena.h"
#include "events.h"
#include "fault.h"
#include "json.h"
#include "loop.h"
#include "metrics.h"
#include "queue.h"
#include "redis.h"

enum { REPORT_MS = 200, SWEEP_S = 1, LEASE_S = 5, SWEEP_MOST = 1000, BUCKETS = 4096 };

/* One row on its way to its readers, until PostgreSQL has heard what became of it. */
struct delivery {
	struct delivery *in_bucket, *in_report;
	int64_t outbox_id;
	size_t open; /* pushes without an answer, and one until delivery_end */
	bool failed;
};

/* What PostgreSQL is to be told of with one call, soon. */
struct report {
	const char *function;
	struct delivery *first;
};

static struct delivery *buckets[BUCKETS];
static struct report through = { .function = "outbox_done" };
static struct report refused = { .function = "outbox_failed" };
static struct ev_timer report_timer, sweeper;
static int64_t seen[SWEEP_MOST]; /* the rows that the last look found */
static size_t seen_count;
static bool sweeping;

/* ---- Rows that are through, or failed ---- */

static struct delivery **
bucket_of(int64_t outbox_id)
{
	return &buckets[(uint64_t)outbox_id % BUCKETS];
}

static bool
is_under_way(int64_t outbox_id)
{
	const struct delivery *d = *bucket_of(outbox_id);

	while (d != NULL && d->outbox_id != outbox_id)
		d = d->in_bucket;
	return d != NULL;
}

/* If it failed, the sweeper pushes them again: tabs drop repeats. */
static void
on_reported(void *arg, const struct db_reply *reply)
{
	(void)reply;
	for (struct delivery *d = arg, *next; d != NULL; d = next) {
		struct delivery **at = bucket_of(d->outbox_id);

		next = d->in_report;
		while (*at != d)
			at = &(*at)->in_bucket;
		*at = d->in_bucket;
		free(d);
	}
}

static void
send_report(struct report *r)
{
	static struct buffer ids;

	if (r->first == NULL)
		return;
	db_array_open(&ids);
	for (const struct delivery *d = r->first; d != NULL; d = d->in_report)
		db_array_int(&ids, d->outbox_id);
	(void)db_call(r->function, DB_ARGS(db_array_close(&ids)), on_reported, r->first);
	r->first = NULL;
}

void
outbox_flush(void)
{
	ev_timer_stop(loop_ev(), &report_timer);
	send_report(&through);
	send_report(&refused);
}

static void
on_report_timer(struct ev_loop *l, struct ev_timer *w, int events)
{
	(void)l, (void)w, (void)events;
	outbox_flush();
}

static void
release(struct delivery *d)
{
	struct report *r = d->failed ? &refused : &through;

	if (--d->open > 0)
		return;
	d->in_report = r->first;
	r->first = d;
	if (!ev_is_active(&report_timer)) {
		ev_timer_set(&report_timer, REPORT_MS / 1000., 0.);
		ev_timer_start(loop_ev(), &report_timer);
	}
}

static void
on_pushed(void *arg, bool taken)
{
	struct delivery *d = arg;

	d->failed = d->failed || !taken;
	release(d);
}

struct delivery *
delivery_begin(int64_t outbox_id)
{
	struct delivery *d = xzalloc(sizeof *d), **bucket = bucket_of(outbox_id);

	d->outbox_id = outbox_id;
	d->open = 1;
	d->in_bucket = *bucket;
	*bucket = d;
	return d;
}

void
delivery_push(struct delivery *d, int64_t user_id, const char *event, size_t len)
{
	d->open++;
	queue_push(user_id, event, len, false, on_pushed, d);
	if (d->open == 2)
		fault_point_after("after-first-push", redis_flush);
}

void
delivery_end(struct delivery *d)
{
	release(d);
}

/* ---- Rows from PostgreSQL ---- */

/* A message is the same for all of a group; of two people each sees the other. */
static void
push_message(
    struct delivery *d, const struct db_reply *reply, int row, const int64_t *readers, size_t count)
{
	int64_t group_id = db_int(reply, row, "group_id");
	int64_t a = db_int(reply, row, "user_a"), b = db_int(reply, row, "user_b");
	int64_t written_for = 0;
	struct json j = { 0 };
	const char *event = NULL;
	size_t len = 0;

	for (size_t i = 0; i < count; i++) {
		int64_t contact_id = group_id != 0 ? group_id : readers[i] == a ? b : a;

		if (contact_id != written_for) {
			json_reset(&j);
			events_write_message_event(&j, reply, row, contact_id);
			event = json_text(&j, &len);
			written_for = contact_id;
		}
		delivery_push(d, readers[i], event, len);
	}
	buffer_free(&j.out);
}

static void
push_row(const struct db_reply *reply, int row)
{
	struct arena *a = arena_new();
	struct delivery *d = delivery_begin(db_int(reply, row, "outbox_id"));
	const char *type = db_text(reply, row, "type");
	size_t count;
	int64_t *readers = db_ints(reply, row, "readers", a, &count);

	if (strcmp(type, "message") == 0) {
		push_message(d, reply, row, readers, count);
	} else if (strcmp(type, "session-end") == 0) {
		for (size_t i = 0; i < count; i++, d->open++)
			queue_drop_session(
			    readers[i], db_int(reply, row, "session_id"), on_pushed, d);
	} else {
		const char *event = db_text(reply, row, "event");

		for (size_t i = 0; i < count; i++)
			delivery_push(d, readers[i], event, strlen(event));
	}
	delivery_end(d);
	arena_free(a);
}

static void
on_rows(void *arg, const struct db_reply *reply)
{
	(void)arg;
	if (reply->problem != PROBLEM_NONE)
		return; /* the sweeper will */
	for (int row = 0; row < reply->rows; row++)
		push_row(reply, row);
}

void
outbox_push_reply(const struct db_reply *reply, const char *column)
{
	const char *ids = db_text(reply, 0, column);

	if (ids != NULL && strcmp(ids, "{}") != 0)
		(void)db_call("outbox_events", DB_ARGS(ids), on_rows, NULL);
}

enum step_result
outbox_take(struct request *r)
{
	if (r->db->problem != PROBLEM_NONE)
		return answer_db_problem(r);
	if (r->db->rows > 0) /* none: the account went while the session was cached */
		outbox_push_reply(r->db, "outbox");
	return STEP_NEXT;
}

enum step_result
outbox_answer(struct request *r)
{
	enum step_result result = outbox_take(r);

	return result == STEP_NEXT ? answer_empty(r) : result;
}

/* ---- The sweeper: no clock is asked, it takes what it saw at its last look and still sees. What
 * another worker holds that lives it doesn't see, and what its own is at is left to that. ---- */

static void
on_leased(void *arg, const struct db_reply *reply)
{
	sweeping = false;
	if (reply->problem == PROBLEM_NONE)
		metrics_add(METRIC_SWEPT, reply->rows);
	on_rows(arg, reply);
}

/* But not those that this worker has come to since, or it would push again what it is at. */
static void
lease_seen(void)
{
	static struct buffer ids;
	struct arena *a = arena_new();

	db_array_open(&ids);
	for (size_t i = 0; i < seen_count; i++)
		if (!is_under_way(seen[i]))
			db_array_int(&ids, seen[i]);
	sweeping = true;
	(void)db_call("outbox_lease",
	    DB_ARGS(db_array_close(&ids), db_id(a, LEASE_S), db_id(a, SWEEP_MOST)), on_leased,
	    NULL);
	arena_free(a);
}

static void
on_seen(void *arg, const struct db_reply *reply)
{
	(void)arg;
	sweeping = false;
	if (reply->problem == PROBLEM_NONE && seen_count > 0 && reply->rows > 0)
		lease_seen();
	seen_count = 0;
	for (int row = 0;
	     row < reply->rows && seen_count < SWEEP_MOST && reply->problem == PROBLEM_NONE;
	     row++) {
		int64_t id = db_int(reply, row, "id");

		if (!is_under_way(id))
			seen[seen_count++] = id;
	}
}

static void
on_sweep(struct ev_loop *l, struct ev_timer *w, int events)
{
	(void)l, (void)w, (void)events;
	struct arena *a;

	if (sweeping || !db_is_up() || !redis_is_up())
		return;
	a = arena_new();
	sweeping = true;
	(void)db_call("outbox_seen", DB_ARGS(db_id(a, SWEEP_MOST)), on_seen, NULL);
	arena_free(a);
}

void
outbox_open(void)
{
	ev_init(&report_timer, on_report_timer);
	ev_timer_init(&sweeper, on_sweep, SWEEP_S, SWEEP_S);
	ev_timer_start(loop_ev(), &sweeper);
}
