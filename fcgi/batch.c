/* batch.c: see batch.h. */
#include "batch.h"

#include <ev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db.h"
#include "events.h"
#include "fault.h"
#include "json.h"
#include "loop.h"
#include "metrics.h"
#include "outbox.h"

enum {
	BATCH_MAX = 64,
	HELD_MAX = 64,
	BUSY_PAUSE_MS = 20,
	BUSY_MS = 2000,
	LINE_MS = 5000,
	LINE_MAX = 10000
};

struct item {
	struct item *next;
	struct request *request;       /* NULL: the client has left */
	struct batch_outcome *outcome; /* the request's */
	int64_t user_id, to, came_ms;
	const char *contact_type;
	bool alone; /* its batch failed as a whole: it goes by itself */
	char client_id[37];
	size_t len;
	char msg[];
};

static struct item *first, **last = &first; /* those that wait */
static size_t waiting;
static struct item *under_way[BATCH_MAX];
static size_t under_way_count;
static struct ev_timer pause_timer; /* all that waits is busy elsewhere */

/* A conversation that somebody holds locked, as the last answer said. Of what waits for it the first goes along with a
 * batch, and asks again: all of it would be the whole batch, time and again, and nobody else's messages would go. */
struct held {
	bool group;
	int64_t low, high; /* the two people; or the group, twice */
};

static struct held held[HELD_MAX];
static size_t held_count;

static void start_batch(void);

/* ---- Conversations that are held ---- */

static struct held
conversation_of(const struct item *i)
{
	bool group = strcmp(i->contact_type, "group") == 0;

	return (struct held){
		.group = group,
		.low = group || i->to < i->user_id ? i->to : i->user_id,
		.high = group || i->to > i->user_id ? i->to : i->user_id,
	};
}

/* Where its conversation is among these; held_count: it isn't. */
static size_t
held_place(const struct item *i)
{
	struct held c = conversation_of(i);
	size_t n = 0;

	while (n < held_count &&
	    (held[n].low != c.low || held[n].high != c.high || held[n].group != c.group))
		n++;
	return n;
}

static void
note_held(const struct item *i)
{
	if (held_place(i) == held_count && held_count < HELD_MAX)
		held[held_count++] = conversation_of(i);
}

static void
note_free(const struct item *i)
{
	size_t n = held_place(i);

	if (n < held_count)
		held[n] = held[--held_count];
}

/* Does nothing wait but for these? */
static bool
all_are_held(void)
{
	const struct item *i = first;

	while (i != NULL && held_place(i) < held_count)
		i = i->next;
	return i == NULL;
}

/* ---- Outcomes ---- */

static void
finish(struct item *i, enum problem problem, const char *field)
{
	struct request *r = i->request;

	if (r != NULL) {
		i->outcome->problem = problem;
		if (field != NULL)
			(void)snprintf(i->outcome->field, sizeof i->outcome->field, "%s", field);
	}
	free(i);
	if (r != NULL)
		request_resume(r);
}

static void
refused(struct item *i, enum problem problem, const struct db_reply *reply, int row)
{
	if (i->request != NULL)
		i->outcome->retry_after_s = db_int(reply, row, "retry_after_s");
	finish(i, problem, db_text(reply, row, "field"));
}

static void
put_back(struct item *i)
{
	i->next = first;
	if (first == NULL)
		last = &i->next;
	first = i;
	waiting++;
}

/* To the sender, as own says, and the other; or to all of the group. */
static void
push(struct delivery *d, const struct item *i, const struct db_reply *reply, int row,
    const char *own, size_t own_len)
{
	static struct json copy;
	const char *other;
	size_t count, other_len;
	int64_t *readers;
	struct arena *a;

	if (strcmp(i->contact_type, "single") == 0) {
		json_reset(&copy);
		events_copy_message_event(&copy, own, own_len, i->user_id);
		other = json_text(&copy, &other_len);
		delivery_push(d, i->user_id, own, own_len);
		delivery_push(d, i->to, other, other_len);
		return;
	}
	a = arena_new();
	readers = db_ints(reply, row, "readers", a, &count);
	for (size_t n = 0; n < count; n++)
		delivery_push(d, readers[n], own, own_len);
	arena_free(a);
}

/* The message is written once, until the next: it is the event of the sender's tabs, but for the id that of others, and
 * in it is the answer. */
static const char *
write_event(const struct item *i, const struct db_reply *reply, int row, size_t *len)
{
	static struct json event;

	json_reset(&event);
	events_write_new_message(&event,
	    &(struct events_message){
		.contact_type = i->contact_type,
		.contact_id = i->to,
		.seq = db_text(reply, row, "seq"),
		.rev = db_text(reply, row, "seq"),
		.kind = "text",
		.from_id = i->user_id,
		.from_name = db_text(reply, row, "from_name"),
		.msg = { .bytes = i->msg, .len = i->len },
		.timestamp = db_text(reply, row, "timestamp"),
		.client_id = i->client_id,
		.mentions = db_text(reply, row, "mentions"),
	    });
	return json_text(&event, len);
}

static void
note_outcome(struct item *i, bool repeated, const char *message, size_t len)
{
	if (i->request == NULL)
		return;
	i->outcome->repeated = repeated;
	i->outcome->message = arena_copy(i->request->arena, message, len);
	i->outcome->message_len = len;
}

static void
committed(struct delivery *d, struct item *i, const struct db_reply *reply, int row)
{
	const char *known = db_text(reply, row, "message"), *event, *message;
	size_t len, message_len;

	if (known != NULL) {
		note_outcome(i, true, known, strlen(known));
	} else {
		event = write_event(i, reply, row, &len);
		push(d, i, reply, row, event, len);
		message = events_message_of(event, len, &message_len);
		note_outcome(i, false, message, message_len);
	}
	finish(i, PROBLEM_NONE, NULL);
	fault_point("after-answer");
}

/* False: its conversation is busy elsewhere, and it is to go once more. */
static bool
take_row(struct delivery *d, struct item *i, const struct db_reply *reply, int row)
{
	const char *name = db_text(reply, row, "problem");
	enum problem problem = name != NULL ? problem_named(name) : PROBLEM_NONE;

	if (problem == PROBLEM_BUSY && loop_now_ms() - i->came_ms < BUSY_MS)
		return false;
	if (problem == PROBLEM_NONE)
		committed(d, i, reply, row);
	else
		refused(i, problem, reply, row);
	return true;
}

/* What is new in a batch has one row of the outbox. NULL: nothing is. */
static struct delivery *
begin_delivery(const struct db_reply *reply)
{
	for (int row = 0; row < reply->rows; row++)
		if (db_text(reply, row, "outbox_id") != NULL)
			return delivery_begin(db_int(reply, row, "outbox_id"));
	return NULL;
}

/* Each outcome in the order of arrival, so that readers get what was numbered
 * first first. What is busy waits at the front, in that order too. */
static void
take_rows(struct item **items, size_t count, const struct db_reply *reply)
{
	bool busy[BATCH_MAX] = { false };
	struct delivery *d = begin_delivery(reply);

	for (size_t n = 0; n < count; n++) {
		note_free(items[n]);
		busy[n] = !take_row(d, items[n], reply, (int)n);
	}
	if (d != NULL)
		delivery_end(d);
	for (size_t n = count; n-- > 0;)
		if (busy[n]) {
			note_held(items[n]);
			put_back(items[n]);
		}
}

/* The call itself failed and was rolled back: each goes alone, so that the one
 * to blame fails alone. Of a lost connection nobody knows whether it committed. */
static void
failed(struct item **items, size_t count, enum problem problem)
{
	held_count = 0;
	for (size_t n = count; n-- > 0;) {
		if (count > 1 && problem != PROBLEM_DATABASE_DOWN) {
			items[n]->alone = true;
			put_back(items[n]);
		} else {
			finish(items[n], problem, NULL);
		}
	}
}

static void
on_pause_over(struct ev_loop *l, struct ev_timer *w, int events)
{
	(void)l, (void)w, (void)events;
	start_batch();
}

static void
on_batch(void *arg, const struct db_reply *reply)
{
	struct item *items[BATCH_MAX];
	size_t count = under_way_count;

	(void)arg;
	memcpy(items, under_way, sizeof items);
	under_way_count = 0;
	/* Each has a row, or the call has failed. */
	if (reply->rows != (int)count) {
		failed(items, count,
		    reply->problem != PROBLEM_NONE ? reply->problem : PROBLEM_INTERNAL);
	} else {
		fault_point("after-commit");
		take_rows(items, count, reply);
	}
	/* Where nothing but what is busy waits, it is given a moment. */
	if (reply->rows > 0 && first != NULL && all_are_held()) {
		ev_timer_set(&pause_timer, BUSY_PAUSE_MS / 1000., 0.);
		ev_timer_start(loop_ev(), &pause_timer);
	} else {
		start_batch();
	}
}

/* ---- Batches ---- */

static struct item *
take_out(struct item **at)
{
	struct item *i = *at;

	*at = i->next;
	if (last == &i->next)
		last = at;
	waiting--;
	return i;
}

/* What has waited too long isn't tried: the last ones would wait for all before
 * them, each of which may wait for a lock, or for a PostgreSQL that is stuck. */
static size_t
take_batch(void)
{
	bool asked[HELD_MAX + 1] = { false };
	size_t count = 0;
	int64_t now_ms = loop_now_ms();

	for (struct item **at = &first; *at != NULL && count < BATCH_MAX;) {
		struct item *i = *at;
		size_t place = held_place(i);
		bool behind = place < held_count && asked[place];

		if (now_ms - i->came_ms > (behind ? BUSY_MS : LINE_MS)) {
			finish(take_out(at), PROBLEM_BUSY, NULL);
		} else if (behind) {
			at = &i->next;
		} else if (i->alone && count > 0) {
			break;
		} else {
			asked[place] = true;
			under_way[count++] = take_out(at);
			if (under_way[0]->alone)
				break;
		}
	}
	return count;
}

static void
start_batch(void)
{
	static struct buffer senders, types, ids, texts, keys;

	if (under_way_count > 0 || first == NULL)
		return;
	ev_timer_stop(loop_ev(), &pause_timer);
	under_way_count = take_batch();
	if (under_way_count == 0)
		return;
	db_array_open(&senders);
	db_array_open(&types);
	db_array_open(&ids);
	db_array_open(&texts);
	db_array_open(&keys);
	for (size_t n = 0; n < under_way_count; n++) {
		const struct item *i = under_way[n];

		db_array_int(&senders, i->user_id);
		db_array_item(&types, i->contact_type, strlen(i->contact_type));
		db_array_int(&ids, i->to);
		db_array_item(&texts, i->msg, i->len);
		db_array_item(&keys, i->client_id, strlen(i->client_id));
	}
	metrics_observe(HISTOGRAM_BATCH_SIZE, (double)under_way_count);
	fault_point("before-commit");
	(void)db_call("send_messages",
	    DB_ARGS(db_array_close(&senders), db_array_close(&types), db_array_close(&ids),
		db_array_close(&texts), db_array_close(&keys)),
	    on_batch, NULL);
}

static void
cancel(void *op)
{
	((struct item *)op)->request = NULL;
}

enum step_result
batch_add(struct request *r, const struct batch_message *m, struct batch_outcome *outcome)
{
	struct item *i;

	if (waiting >= LINE_MAX) {
		outcome->problem = PROBLEM_BUSY;
		return STEP_NEXT;
	}
	i = xzalloc(sizeof *i + m->msg.len);
	i->request = r;
	i->outcome = outcome;
	i->user_id = r->user_id;
	i->to = m->to;
	i->came_ms = loop_now_ms();
	i->contact_type = m->contact_type;
	memcpy(i->client_id, m->client_id, sizeof i->client_id);
	i->len = m->msg.len;
	memcpy(i->msg, m->msg.bytes, m->msg.len);
	*last = i;
	last = &i->next;
	waiting++;
	(void)request_wait(r, i, cancel);
	start_batch();
	return STEP_WAIT;
}

size_t
batch_waiting(void)
{
	return waiting + under_way_count;
}

void
batch_open(void)
{
	ev_init(&pause_timer, on_pause_over);
}
