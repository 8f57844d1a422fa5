/* load.c: see load.h. Its phases follow each other by the clock; each has an end. */
#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crowd.h"
#include "senders.h"

enum {
	OPENING_AT_ONCE = 50,
	OPENING_US = 200000000, /* at most */
	SETTLE_US = 300000,     /* all wait: so long nothing is asked of the server */
	DELIVERY_US = 5000000,  /* a message that isn't there by then is lost */
	AFTER_STRIKE_US =
	    60000000, /* the same, where all had to open anew and asked for what they missed */
	RECOVERY_US = 60000000,
	LIVES_AT_ONCE = 20,
	LIVES_S = 20 /* a second */
};

enum phase { OPENING, SETTLING, WARMING, MEASURING, DRAINING, OVER };

static struct {
	const struct target *to;
	struct load_result *result;
	enum phase phase;
	int64_t phase_us; /* when this phase began */
	int64_t live_us, strike_us;
	bool opened; /* all readers have come to wait */
	struct conn lives[LIVES_AT_ONCE];
} load;

static bool
sends_now(void)
{
	return load.phase == WARMING || load.phase == MEASURING;
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
	senders_begin(now);
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
	load.result->sends = tally->answered;
}

static void
end_measuring(void)
{
	struct tally *tally = &load.result->tally;

	load.result->end = usage_look(false);
	load.result->deliveries = tally->deliveries - load.result->deliveries;
	load.result->sends = tally->answered - load.result->sends;
	load.result->waiting = crowd.polling;
	usage_look_at_memory(&load.result->end);
	senders_end();
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

static int64_t
tick(void *arg, int64_t now)
{
	int64_t in_phase = now - load.phase_us;

	(void)arg;
	crowd_tick(now);
	switch (load.phase) {
	case OPENING:
		if (crowd.polling == crowd.count && senders_open()) {
			load.result->opening_s = (double)in_phase / 1e6;
			load.opened = true;
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
		if (sending.open == 0 ||
		    in_phase >
			(options.strike != NULL && load.to->keyed ? AFTER_STRIKE_US : DELIVERY_US))
			enter(OVER, now);
		break;
	case OVER:
		break;
	}
	if (sends_now())
		live(now);
	return senders_tick(now);
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
	for (int i = 0; i < LIVES_AT_ONCE; i++)
		load.lives[i].done = on_lived;
	tally_init(&result->tally, options.messages + 1);
	crowd_start(target, &result->tally, OPENING_AT_ONCE, senders_complete);
	senders_start(target, &result->tally);
	result->empty = usage_look(true);
	enter(OPENING, net_now());
	net_run(is_over, tick, NULL);
	result->lost = tally_missing(&result->tally);
	crowd_stop();
	senders_stop();
	for (int i = 0; i < LIVES_AT_ONCE; i++)
		conn_close(&load.lives[i]);
	return load.opened;
}
