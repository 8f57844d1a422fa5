/* outbox.c: see outbox.h. */
#include "outbox.h"

#include <ev.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "events.h"
#include "fault.h"
#include "json.h"
#include "loop.h"
#include "metrics.h"
#include "queue.h"
#include "redis.h"

enum { DONE_MS = 200, SWEEP_S = 1, LOOKS = 2, LEASE_S = 5, SWEEP_MOST = 1000 };

/* One row on its way to its readers. */
struct delivery {
	struct delivery *next, **at; /* all of them; *at points here */
	int64_t outbox_id;
	size_t open; /* pushes without an answer, and one until delivery_end */
	bool failed;
};

static struct delivery *deliveries;
static struct buffer done; /* the rows that are through: an array literal, open */
static size_t done_count;
static struct ev_timer done_timer, sweeper;
static struct buffer seen[LOOKS]; /* the rows of the looks before, the oldest first: likewise */
static bool sweeping;

/* ---- Rows that are through ---- */

static void
on_forgotten(void *arg, const struct db_reply *reply)
{
	(void)arg, (void)reply; /* if it failed, the sweeper pushes them again: tabs drop repeats */
}

void
outbox_flush(void)
{
	ev_timer_stop(loop_ev(), &done_timer);
	if (done_count == 0)
		return;

	const char *ids = db_array_close(&done);

	(void)db_call("outbox_done", DB_ARGS(ids), on_forgotten, NULL);
	done_count = 0;
	db_array_open(&done);
}

static void
on_done_timer(struct ev_loop *l, struct ev_timer *w, int events)
{
	(void)l, (void)w, (void)events;
	outbox_flush();
}

static void
release(struct delivery *d)
{
	if (--d->open > 0)
		return;
	if (!d->failed) {
		db_array_int(&done, d->outbox_id);
		if (done_count++ == 0) {
			ev_timer_set(&done_timer, DONE_MS / 1000., 0.);
			ev_timer_start(loop_ev(), &done_timer);
		}
	}
	*d->at = d->next;
	if (d->next != NULL)
		d->next->at = d->at;
	free(d);
}

static bool
is_under_way(int64_t outbox_id)
{
	const struct delivery *d = deliveries;

	while (d != NULL && d->outbox_id != outbox_id)
		d = d->next;
	return d != NULL;
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
	struct delivery *d = xzalloc(sizeof *d);

	d->outbox_id = outbox_id;
	d->open = 1;
	d->at = &deliveries;
	d->next = deliveries;
	if (d->next != NULL)
		d->next->at = &d->next;
	deliveries = d;
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
			j.out.len = 0;
			j.comma = false;
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

/* ---- The sweeper: no clock is asked, it takes what it saw two looks before and still sees. Under
 * load a push may well take a second: what its worker is at is to be left to it. ---- */

static void
on_leased(void *arg, const struct db_reply *reply)
{
	sweeping = false;
	if (reply->problem == PROBLEM_NONE)
		metrics_add(METRIC_SWEPT, reply->rows);
	on_rows(arg, reply);
}

static void
on_seen(void *arg, const struct db_reply *reply)
{
	struct buffer oldest = seen[0];

	(void)arg;
	sweeping = false;
	if (reply->problem == PROBLEM_NONE && oldest.len > 1 && reply->rows > 0) {
		struct arena *a = arena_new();

		sweeping = true;
		(void)db_call("outbox_lease",
		    DB_ARGS(db_array_close(&oldest), db_id(a, LEASE_S), db_id(a, SWEEP_MOST)),
		    on_leased, NULL);
		arena_free(a);
	}
	memmove(seen, seen + 1, (LOOKS - 1) * sizeof *seen);
	db_array_open(&oldest); /* is the newest now */
	for (int row = 0; row < reply->rows && reply->problem == PROBLEM_NONE; row++) {
		int64_t id = db_int(reply, row, "id");

		if (!is_under_way(id)) /* or it would push again what it is at */
			db_array_int(&oldest, id);
	}
	seen[LOOKS - 1] = oldest;
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
	db_array_open(&done);
	for (size_t i = 0; i < LOOKS; i++)
		db_array_open(&seen[i]);
	ev_init(&done_timer, on_done_timer);
	ev_timer_init(&sweeper, on_sweep, SWEEP_S, SWEEP_S);
	ev_timer_start(loop_ev(), &sweeper);
}
