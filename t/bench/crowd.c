/* crowd.c: see crowd.h. */
#include "crowd.h"

#include <stdio.h>
#include <stdlib.h>

enum { REST_MIN_US = 200000, REST_MORE_US = 1800000 };

struct crowd crowd;

static const struct target *to;
static struct tally *tally;
static struct reader *readers;
static uint32_t begun, opening, opening_max, resting;
static crowd_complete *complete;

static void
set_state(struct reader *r, enum reader_state state)
{
	opening -= r->state == READER_OPENING;
	crowd.polling -= r->state == READER_POLLING;
	resting -= r->state == READER_RESTING;
	r->state = state;
	opening += state == READER_OPENING;
	crowd.polling += state == READER_POLLING;
	resting += state == READER_RESTING;
}

/* The first polls end at different times, so that later ones don't come all at once. */
static void
wait_there(struct reader *r)
{
	char request[REQUEST_SIZE];
	unsigned hold_s = r->polls++ == 0 ? 1 + r->index * 7 % HOLD_S : HOLD_S;

	set_state(r, READER_POLLING);
	conn_ask(&r->conn, request, to->poll(r, hold_s, request, sizeof request));
}

static void
open_further(struct reader *r)
{
	char request[REQUEST_SIZE];

	conn_ask(&r->conn, request, to->open(r, request, sizeof request));
}

static void
begin(struct reader *r, int64_t now)
{
	r->polls = r->stage = 0;
	if (to->open == NULL) {
		r->opened_us = now;
		wait_there(r);
		return;
	}
	set_state(r, READER_OPENING);
	open_further(r);
}

/* Until then; it goes on where it polls, or else opens anew. */
static void
rest(struct reader *r, int64_t us, bool keeps)
{
	set_state(r, READER_RESTING);
	r->retry_us = net_now() + us;
	r->keeps = keeps;
}

static int64_t
a_while(void)
{
	return REST_MIN_US + random() % REST_MORE_US;
}

static void
refused(struct reader *r, const struct http *answer)
{
	int64_t told = target_told_to_wait_us(answer);

	if (told > 0) {
		crowd.told_to_wait++;
		rest(r, told, r->state == READER_POLLING);
		return;
	}
	if (crowd.refused++ == 0)
		(void)fprintf(stderr, "magpie-bench: a reader was refused: %d %.200s\n",
		    answer->status, http_body(answer));
	rest(r, a_while(), false);
}

static void
on_opened(struct reader *r, const struct http *answer)
{
	switch (to->opened(r, answer)) {
	case OPEN_DONE:
		r->opened_us = net_now();
		r->opened++;
		crowd.opened++;
		wait_there(r);
		break;
	case OPEN_MORE:
		open_further(r);
		break;
	case OPEN_REFUSED:
		refused(r, answer);
	}
}

static void
on_polled(struct reader *r, const struct http *answer)
{
	switch (to->polled(r, answer)) {
	case POLL_AGAIN:
		wait_there(r);
		break;
	case POLL_GONE:
		crowd.gone++;
		begin(r, net_now());
		break;
	case POLL_REFUSED:
		refused(r, answer);
	}
}

static void
on_answer(struct conn *c, const struct http *answer)
{
	struct reader *r = c->owner;

	if (answer == NULL)
		rest(r, a_while(), false);
	else if (r->state == READER_OPENING)
		on_opened(r, answer);
	else
		on_polled(r, answer);
}

void
crowd_start(const struct target *target, struct tally *of, uint32_t at_once, crowd_complete *tell)
{
	to = target;
	tally = of;
	opening_max = at_once;
	complete = tell;
	crowd = (struct crowd){ .count = options.readers };
	readers = calloc(crowd.count, sizeof *readers);
	if (readers == NULL)
		abort();
	for (uint32_t i = 0; i < crowd.count; i++) {
		readers[i].index = i;
		readers[i].conn.done = on_answer;
		readers[i].conn.owner = &readers[i];
	}
}

void
crowd_tick(int64_t now)
{
	/* Where there is nothing to open, so many a tick is gentle enough. */
	for (uint32_t i = 0; i < opening_max && begun < crowd.count && opening < opening_max; i++)
		begin(&readers[begun++], now);
	for (uint32_t i = 0; i < begun && resting > 0; i++) {
		struct reader *r = &readers[i];

		if (r->state != READER_RESTING || r->retry_us > now)
			continue;
		if (r->keeps)
			wait_there(r);
		else
			begin(r, now);
	}
}

bool
crowd_waits(int64_t since)
{
	if (crowd.polling < crowd.count)
		return false;
	for (uint32_t i = 0; i < crowd.count; i++)
		if (readers[i].opened_us < since)
			return false;
	return true;
}

void
crowd_got(const struct reader *r, uint32_t number, bool again)
{
	if (tally_got(tally, number, r->index, again, net_now()))
		complete(number);
}

void
crowd_stop(void)
{
	for (uint32_t i = 0; i < crowd.count; i++)
		conn_close(&readers[i].conn);
	free(readers);
	readers = NULL;
}
