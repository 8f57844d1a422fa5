/* senders.c: see senders.h. */
#include "senders.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	TICK_US = 5000,
	DELIVERY_US = 5000000, /* its sender goes on then, as though it were there */
	REST_MIN_US = 200000,
	REST_MORE_US = 1800000
};

struct sender {
	struct conn conn;
	struct conn other;  /* the second, where a server holds the first */
	struct reader self; /* where a sender must have opened a place */
	bool opens, open, held;
	uint32_t index, turn;
	uint32_t now;        /* the message that is under way; 0: none */
	uint32_t head, tail; /* those that are due */
	int64_t since_us;
	int64_t again_us; /* when it is to go again; 0: not at all */
};

struct sending sending;

static const struct target *to;
static struct tally *tally;
static struct sender *senders;
static bool sends;
static int64_t begun_us, next_us; /* when the next message is due, at a fixed rate */
static uint32_t planned, whose;   /* how many were; who has the next */

static void send_due(struct sender *s);

/* ---- which ---- */

static void
to_group(struct message *m, uint32_t group)
{
	m->group = options.first_group + group + 1;
	m->first = options.groups[group].first;
	m->count = options.groups[group].size;
}

/* The n-th of a sender: to its friends by turns; to groups alone; or mixed, two of five to a group. */
static struct message
plan(uint32_t sender, uint32_t n)
{
	struct message m = { .sender = sender, .count = 1 };
	uint32_t mine;

	assert(options.senders > 0);
	mine = (options.readers - 1 - sender) / options.senders + 1;
	if (options.groups_only || (options.group_count > 0 && n % 5 < 2))
		to_group(&m, (sender + n) % options.group_count);
	else
		m.first = sender + n % mine * options.senders;
	return m;
}

/* ---- sending ---- */

static void
write_and_ask(struct sender *s, struct conn *c)
{
	char request[REQUEST_SIZE];

	conn_ask(c, request,
	    to->send(&s->self, s->now, &tally->messages[s->now], request, sizeof request));
}

/* The server answers a send only when the next one comes, on the other connection: it counts as taken once it is
 * written. Where both are held, it waits for one of them. */
static void
post(struct sender *s)
{
	struct conn *free = s->conn.waits ? &s->other : &s->conn;

	s->held = free->waits;
	if (s->held)
		return;
	write_and_ask(s, free);
	tally_posted(tally, s->now);
	if (options.rate > 0)
		send_due(s);
}

static void
ask(struct sender *s, uint32_t number)
{
	s->now = number;
	s->since_us = net_now();
	s->again_us = 0;
	if (to->senders_open)
		post(s);
	else
		write_and_ask(s, &s->conn);
}

/* A closed loop: the next message of this sender. */
static void
send_another(struct sender *s)
{
	struct message m = plan(s->index, s->turn++);
	uint32_t number;

	m.due_us = net_now();
	number = tally_add(tally, &m);
	if (number == 0) {
		s->now = 0;
		return;
	}
	sending.open++;
	ask(s, number);
}

/* What is due next for this sender. */
static void
send_due(struct sender *s)
{
	uint32_t number = s->head;

	s->now = 0;
	if (number == 0)
		return;
	s->head = tally->messages[number].next;
	if (s->head == 0)
		s->tail = 0;
	ask(s, number);
}

static void
next(struct sender *s)
{
	if (options.rate > 0)
		send_due(s);
	else if (sends)
		send_another(s);
	else
		s->now = 0;
}

/* At a fixed rate a message is due at its time, whether or not its sender is free: it waits then, and that
 * counts. */
static void
plan_due(int64_t now)
{
	while (sends && next_us <= now) {
		struct sender *s = &senders[whose];
		struct message m = plan(s->index, s->turn++);
		uint32_t number;

		m.due_us = next_us;
		number = tally_add(tally, &m);
		if (number == 0)
			return;
		sending.open++;
		planned++;
		whose = whose + 1 < options.senders ? whose + 1 : 0;
		next_us = begun_us + (int64_t)llround(planned * 1e6 / options.rate);
		if (s->tail != 0)
			tally->messages[s->tail].next = number;
		else
			s->head = number;
		s->tail = number;
		if (s->now == 0)
			send_due(s);
	}
}

/* ---- answers ---- */

static void
say(const char *what, const struct http *answer)
{
	(void)fprintf(stderr, "magpie-bench: %s: %d %.200s\n", what,
	    answer == NULL ? 0 : answer->status, answer == NULL ? "" : http_body(answer));
}

/* When a send goes again: as a client does, when it was told to come later; or, where it has a key by which the
 * server knows it, without having heard what became of it. 0: it doesn't. */
static int64_t
wait_us(const struct http *answer)
{
	int64_t told = answer == NULL ? 0 : target_told_to_wait_us(answer);

	if (told > 0)
		return told;
	if (to->keyed && (answer == NULL || answer->status >= 500))
		return REST_MIN_US + random() % REST_MORE_US;
	return 0;
}

static void
give_up(struct sender *s, const struct http *answer)
{
	uint64_t *count = answer == NULL ? &sending.unanswered : &sending.failed;

	if ((*count)++ == 0)
		say(answer == NULL ? "a send has no answer" : "a send failed", answer);
	tally_answered(tally, s->now, false, net_now());
	sending.open -= !tally_is_complete(tally, s->now);
	next(s);
}

static void
on_sent(struct conn *c, const struct http *answer)
{
	struct sender *s = c->owner;
	int64_t wait;

	if (answer != NULL && to->sent(answer)) {
		tally_answered(tally, s->now, true, net_now());
		if (options.rate > 0 || tally_is_complete(tally, s->now))
			next(s);
		return;
	}
	wait = wait_us(answer);
	if (wait == 0) {
		give_up(s, answer);
		return;
	}
	s->again_us = net_now() + wait;
}

/* A held request has come back. */
static void
on_released(struct conn *c, const struct http *answer)
{
	struct sender *s = c->owner;

	if ((answer == NULL || !to->sent(answer)) && sending.failed++ == 0)
		say("a sender was refused", answer);
	if (s->held)
		post(s);
}

void
senders_complete(uint32_t number)
{
	const struct message *m = &tally->messages[number];
	struct sender *s = &senders[m->sender];

	sending.open -= m->state != MESSAGE_REFUSED;
	if (options.rate == 0 && s->now == number && m->state == MESSAGE_ANSWERED)
		next(s);
}

/* ---- their own places ---- */

static void
open_further(struct sender *s)
{
	char request[REQUEST_SIZE];

	conn_ask(&s->conn, request, to->open(&s->self, request, sizeof request));
}

static void
on_opened(struct conn *c, const struct http *answer)
{
	struct sender *s = c->owner;
	enum open_end end = answer == NULL ? OPEN_REFUSED : to->opened(&s->self, answer);

	if (end == OPEN_MORE) {
		open_further(s);
		return;
	}
	s->open = end == OPEN_DONE;
	c->done = on_released;
	if (!s->open)
		say("a sender can't open", answer);
}

bool
senders_open(void)
{
	uint32_t open = 0;

	if (!to->senders_open || options.rate < 0)
		return true;
	for (uint32_t i = 0; i < options.senders; i++) {
		struct sender *s = &senders[i];

		if (!s->opens) {
			s->opens = true;
			open_further(s);
		}
		open += s->open;
	}
	return open == options.senders;
}

/* ---- time ---- */

/* Sends that are to go again; and where a message was lost, its sender goes on. */
static void
look_after(struct sender *s, int64_t now)
{
	if (s->again_us != 0 && s->again_us <= now) {
		int64_t since_us = s->since_us;

		sending.again++;
		ask(s, s->now);
		s->since_us = since_us;
	} else if (options.rate == 0 && s->now != 0 && s->again_us == 0 && !s->held &&
	    (to->senders_open || !s->conn.waits) && now - s->since_us > DELIVERY_US) {
		next(s);
	}
}

int64_t
senders_tick(int64_t now)
{
	for (uint32_t i = 0; i < options.senders; i++)
		look_after(&senders[i], now);
	if (options.rate > 0) {
		plan_due(now);
		if (sends && next_us < now + TICK_US)
			return next_us;
	}
	return now + TICK_US;
}

void
senders_begin(int64_t now)
{
	sends = true;
	begun_us = next_us = now;
	if (options.rate == 0)
		for (uint32_t i = 0; i < options.senders; i++)
			send_another(&senders[i]);
}

void
senders_end(void)
{
	sends = false;
}

void
senders_start(const struct target *target, struct tally *of)
{
	to = target;
	tally = of;
	senders = calloc(options.senders, sizeof *senders);
	if (senders == NULL)
		abort();
	for (uint32_t i = 0; i < options.senders; i++) {
		struct sender *s = &senders[i];

		s->index = i;
		s->self.index = options.users + i;
		s->conn.done = target->senders_open ? on_opened : on_sent;
		s->other.done = on_released;
		s->conn.owner = s->other.owner = s;
	}
}

void
senders_stop(void)
{
	for (uint32_t i = 0; i < options.senders; i++) {
		conn_close(&senders[i].conn);
		conn_close(&senders[i].other);
	}
	free(senders);
	for (uint32_t i = 1; i < tally->count; i++)
		sending.unanswered += tally->messages[i].state == MESSAGE_DUE;
}
