/* load.c: see load.h. Its phases follow each other by the clock; each has an end. */
#include "load.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crowd.h"

enum {
	TICK_US = 5000,
	OPENING_AT_ONCE = 50,
	OPENING_US = 120000000, /* at most */
	SETTLE_US = 300000,     /* all wait: so long nothing is asked of the server */
	DELIVERY_US = 5000000,  /* a message that isn't there by then is lost */
	RECOVERY_US = 60000000,
	LIVES_AT_ONCE = 20,
	LIVES_S = 20 /* a second */
};

enum phase { OPENING, SETTLING, WARMING, MEASURING, DRAINING, OVER };

struct sender {
	struct conn conn;
	uint32_t index, turn;
	uint32_t now;        /* the message that is under way; 0: none */
	uint32_t head, tail; /* those that are due */
	int64_t since_us;
};

static struct {
	const struct target *to;
	struct load_result *result;
	enum phase phase;
	int64_t begun_us, phase_us; /* begin of all, and of this phase */
	int64_t next_us;            /* when the next message is due, at a fixed rate */
	int64_t live_us, strike_us;
	uint32_t planned, open; /* messages planned; not yet complete or refused */
	struct sender *senders;
	struct conn lives[LIVES_AT_ONCE];
} load;

static bool
sends_now(void)
{
	return load.phase == WARMING || load.phase == MEASURING;
}

/* ---- messages ---- */

static void
to_group(struct message *m, uint32_t group)
{
	m->group = group + 1;
	m->first = options.groups[group].first;
	m->count = options.groups[group].size;
}

/* The n-th of a sender: to its friends by turns; to groups alone; or mixed, two of five to a group. */
static struct message
plan(uint32_t sender, uint32_t n)
{
	struct message m = { .sender = sender, .count = 1 };
	uint32_t mine = (options.readers - 1 - sender) / options.senders + 1;

	if (options.groups_only || (options.group_count > 0 && n % 5 < 2))
		to_group(&m, (sender + n) % options.group_count);
	else
		m.first = sender + n % mine * options.senders;
	return m;
}

static void
ask(struct sender *s, uint32_t number)
{
	char request[REQUEST_SIZE];

	s->now = number;
	s->since_us = net_now();
	conn_ask(&s->conn, request,
	    load.to->send(number, &load.result->tally.messages[number], request, sizeof request));
}

/* A closed loop: the next message of this sender. */
static void
send_another(struct sender *s)
{
	struct message m = plan(s->index, s->turn++);
	uint32_t number;

	m.due_us = net_now();
	number = tally_add(&load.result->tally, &m);
	if (number == 0) {
		s->now = 0;
		return;
	}
	load.open++;
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
	s->head = load.result->tally.messages[number].next;
	if (s->head == 0)
		s->tail = 0;
	ask(s, number);
}

static void
next(struct sender *s)
{
	if (options.rate > 0)
		send_due(s);
	else if (sends_now())
		send_another(s);
	else
		s->now = 0;
}

/* At a fixed rate a message is due at its time, whether or not its sender is free: it waits then, and that
 * counts. */
static void
plan_due(int64_t now)
{
	while (sends_now() && load.next_us <= now) {
		struct sender *s = &load.senders[load.planned % options.senders];
		struct message m = plan(s->index, load.planned / options.senders);
		uint32_t number;

		m.due_us = load.next_us;
		number = tally_add(&load.result->tally, &m);
		if (number == 0)
			return;
		load.open++;
		load.planned++;
		load.next_us = load.begun_us + (int64_t)llround(load.planned * 1e6 / options.rate);
		if (s->tail != 0)
			load.result->tally.messages[s->tail].next = number;
		else
			s->head = number;
		s->tail = number;
		if (s->now == 0)
			send_due(s);
	}
}

static void
on_sent(struct conn *c, const struct http *answer)
{
	struct sender *s = c->owner;
	struct tally *tally = &load.result->tally;
	bool good = answer != NULL && load.to->sent(answer);

	tally_answered(tally, s->now, good, net_now());
	if (!good) {
		if (load.result->failed++ == 0)
			(void)fprintf(stderr, "magpie-bench: a send failed: %d %.200s\n",
			    answer == NULL ? 0 : answer->status,
			    answer == NULL ? "" : http_body(answer));
		load.open -= !tally_is_complete(tally, s->now);
	}
	if (options.rate > 0 || !good || tally_is_complete(tally, s->now))
		next(s);
}

static void
on_complete(uint32_t number)
{
	const struct message *m = &load.result->tally.messages[number];
	struct sender *s = &load.senders[m->sender];

	load.open -= m->state != MESSAGE_REFUSED;
	if (options.rate == 0 && s->now == number && m->state == MESSAGE_ANSWERED)
		next(s);
}

/* ---- what else people do ---- */

static void
on_lived(struct conn *c, const struct http *answer)
{
	(void)c;
	if (answer == NULL || answer->status >= 300)
		load.result->lives_failed++;
}

static void
live(int64_t now)
{
	char request[REQUEST_SIZE];

	if (!options.life || load.to->live == NULL || load.live_us > now)
		return;
	load.live_us = now + 1000000 / LIVES_S;
	for (int i = 0; i < LIVES_AT_ONCE; i++)
		if (!load.lives[i].waits) {
			uint32_t n = (uint32_t)load.result->lives++;

			conn_ask(
			    &load.lives[i], request, load.to->live(n, request, sizeof request));
			return;
		}
	load.result->lives_failed++;
}

/* ---- phases ---- */

static void
enter(enum phase phase, int64_t now)
{
	load.phase = phase;
	load.phase_us = now;
}

static void
begin_to_send(int64_t now)
{
	load.result->full = usage_look(true);
	now = net_now(); /* that took its time */
	enter(WARMING, now);
	load.begun_us = load.next_us = now;
	if (options.rate == 0)
		for (uint32_t i = 0; i < options.senders; i++)
			send_another(&load.senders[i]);
}

static void
begin_to_measure(int64_t now)
{
	struct tally *tally = &load.result->tally;

	enter(MEASURING, now);
	memset(&tally->delivery_us, 0, sizeof tally->delivery_us);
	memset(&tally->answer_us, 0, sizeof tally->answer_us);
	load.result->begin = usage_look(false);
	load.result->deliveries = tally->deliveries;
}

static void
end_measuring(void)
{
	struct tally *tally = &load.result->tally;

	load.result->end = usage_look(false);
	load.result->deliveries = tally->deliveries - load.result->deliveries;
	load.result->sends = tally->answer_us.count;
	load.result->waiting = crowd.polling;
	usage_look_at_memory(&load.result->end);
	enter(DRAINING, net_now());
}

/* Runs the strike when its time has come. True once nobody suffers from it any longer, or it took too long. */
static bool
strike_and_see(int64_t now)
{
	if (options.strike == NULL || load.result->recovery_s > 0)
		return true;
	if (load.strike_us == 0 && now - load.phase_us >= 1000000) {
		if (system(options.strike) != 0)
			(void)fprintf(stderr, "magpie-bench: the strike failed\n");
		load.strike_us = net_now();
	} else if (load.strike_us != 0 && crowd_waits(load.strike_us)) {
		load.result->recovery_s = (double)(now - load.strike_us) / 1e6;
	} else if (load.strike_us != 0 && now - load.strike_us > RECOVERY_US) {
		load.result->recovery_s = -1;
		return true;
	}
	return false;
}

/* Where a message was lost, its sender goes on. */
static void
give_up_late(int64_t now)
{
	for (uint32_t i = 0; i < options.senders && options.rate == 0; i++) {
		struct sender *s = &load.senders[i];

		if (s->now != 0 && !s->conn.waits && now - s->since_us > DELIVERY_US)
			next(s);
	}
}

static int64_t
tick(void *arg, int64_t now)
{
	int64_t in_phase = now - load.phase_us;

	(void)arg;
	crowd_tick(now);
	switch (load.phase) {
	case OPENING:
		if (crowd.polling == crowd.count) {
			load.result->opening_s = (double)in_phase / 1e6;
			enter(SETTLING, now);
		} else if (in_phase > OPENING_US) {
			enter(OVER, now);
		}
		break;
	case SETTLING:
		if (in_phase > SETTLE_US)
			begin_to_send(now);
		break;
	case WARMING:
		if ((double)in_phase >= options.warm * 1e6)
			begin_to_measure(now);
		break;
	case MEASURING:
		if (strike_and_see(now) && (double)in_phase >= options.seconds * 1e6)
			end_measuring();
		break;
	case DRAINING:
		if (load.open == 0 || in_phase > DELIVERY_US)
			enter(OVER, now);
		break;
	case OVER:
		break;
	}
	if (sends_now())
		live(now);
	give_up_late(now);
	if (options.rate <= 0)
		return now + TICK_US;
	plan_due(now);
	return load.next_us < now + TICK_US && sends_now() ? load.next_us : now + TICK_US;
}

static bool
is_over(void *arg)
{
	(void)arg;
	return load.phase == OVER;
}

bool
load_run(const struct target *target, struct load_result *result)
{
	memset(result, 0, sizeof *result);
	memset(&load, 0, sizeof load);
	load.to = target;
	load.result = result;
	load.senders = calloc(options.senders, sizeof *load.senders);
	if (load.senders == NULL)
		abort();
	for (uint32_t i = 0; i < options.senders; i++) {
		load.senders[i].index = i;
		load.senders[i].conn.done = on_sent;
		load.senders[i].conn.owner = &load.senders[i];
	}
	for (int i = 0; i < LIVES_AT_ONCE; i++)
		load.lives[i].done = on_lived;
	tally_init(&result->tally, options.messages + 1);
	crowd_start(target, &result->tally, OPENING_AT_ONCE, on_complete);
	result->empty = usage_look(true);
	enter(OPENING, net_now());
	net_run(is_over, tick, NULL);
	result->lost = tally_missing(&result->tally);
	crowd_stop();
	for (uint32_t i = 0; i < options.senders; i++)
		conn_close(&load.senders[i].conn);
	for (int i = 0; i < LIVES_AT_ONCE; i++)
		conn_close(&load.lives[i]);
	free(load.senders);
	return result->opening_s > 0;
}
