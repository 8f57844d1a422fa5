/* presence.c: see presence.h. In Redis: {u7}:here, a hash of the workers that hold polls of user 7 and
 * of what is known of the user, which expires with the lease; and the sorted set of shown.h, in which
 * those whose lease has ended are found. */
#include "presence.h"

#include <ev.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db.h"
#include "loop.h"
#include "settings.h"
#include "shown.h"
#include "text.h"

enum {
	RENEW_MS = 10000,
	BEYOND_MS = 10000,
	KEEP_S = BEYOND_MS / 1000,
	BUCKETS = 4096,
	NO_KEY = -2, /* as PTTL says it */
	SWEEP_S = 2,
	SWEEP_MOST = 20,
	ASKED_MOST = 500
};

_Static_assert(SHOWN_LEASE_S * 1000 > RENEW_MS + HOLD_MAX_S * 1000 + BEYOND_MS,
    "a lease outlives any poll that begins under it, and the time beyond");

/* A user of whom this worker holds polls, or did a moment ago. */
struct present {
	struct present *next; /* in the bucket */
	struct deadline
	    deadline; /* of the 10 s beyond the last poll, or the last that isn't idle */
	int64_t user_id, renewed_ms; /* 0: Redis doesn't know */
	uint32_t polls, idle;        /* idle: how many of them are of idle tabs */
	bool unsure;                 /* Redis may know something old of the user */
	bool wanted;                 /* among those of whom PostgreSQL is to be asked */
};

static struct present *buckets[BUCKETS];
static char worker[17]; /* this process, to the others */
static bool draining;   /* who polls no more has left us at once */
static size_t leaving;  /* users of whom Redis doesn't know yet that they have */
static struct ev_timer sweeper;

/* What a call in the background is about. */
struct about {
	int64_t user_id;
	enum shown shown;
};

static struct about *
about(int64_t user_id, enum shown shown)
{
	struct about *a = xmalloc(sizeof *a);

	*a = (struct about){ .user_id = user_id, .shown = shown };
	return a;
}

static struct present **
find(int64_t user_id)
{
	struct present **at = &buckets[(uint64_t)user_id % BUCKETS];

	while (*at != NULL && (*at)->user_id != user_id)
		at = &(*at)->next;
	return at;
}

/* Notes what is shown of somebody, and when the lease is to be looked at. "CH": always; "NX": unless
 * something is noted; "LT" and "GT": of what is noted, earlier or later. */
static void
note(int64_t user_id, int64_t after_ms, enum shown s, const char *how, redis_done *done)
{
	char id[24], score[SHOWN_SCORE_SIZE];
	bool only_noted = how[1] == 'T';

	(void)snprintf(id, sizeof id, "%lld", (long long)user_id);
	shown_score(score, loop_wall_ms() + after_ms, s);
	(void)redis_command(
	    (const char *const[]){ "ZADD", SHOWN_SET, how, only_noted ? "XX" : "CH", score, id },
	    NULL, 6, done, NULL);
}

/* Whoever takes the user out tells, if there is something to tell. */
static void
on_removed(void *arg, const struct redis_reply *reply)
{
	struct about *a = arg;

	if (redis_int(reply) == 1)
		shown_changed(a->user_id, a->shown);
	free(a);
}

static void
take_out(int64_t user_id, enum shown shown)
{
	char id[24];

	(void)snprintf(id, sizeof id, "%lld", (long long)user_id);
	(void)redis_command((const char *const[]){ "ZREM", SHOWN_SET, id }, NULL, 3, on_removed,
	    about(user_id, shown));
}

/* ---- What others see ---- */

/* Tells Redis what the user chose, if that is given, and takes what others see then. */
static void look_anew(int64_t user_id, const char *chosen, const char *version);

static int64_t *wanted; /* of whom PostgreSQL is to be asked */
static size_t wanted_count, wanted_size;
static int64_t asked[ASKED_MOST]; /* of whom it is just being */
static size_t asked_count;

static void ask_chosen(void);

static void
on_chosen(void *arg, const struct db_reply *reply)
{
	bool good = reply->problem == PROBLEM_NONE;

	(void)arg;
	for (size_t i = 0; i < asked_count; i++) {
		struct present *p = *find(asked[i]);

		if (p != NULL) {
			p->wanted = false;
			p->unsure = p->unsure && !good; /* then the next renewal asks */
		}
	}
	for (int row = 0; row < reply->rows && good; row++)
		look_anew(db_int(reply, row, "user_id"), db_text(reply, row, "presence"),
		    db_text(reply, row, "me_rev"));
	asked_count = 0;
	ask_chosen();
}

/* Whoever comes while a call is under way shares the next one. */
static void
ask_chosen(void)
{
	static struct buffer ids;

	if (asked_count > 0 || wanted_count == 0)
		return;
	db_array_open(&ids);
	while (wanted_count > 0 && asked_count < ASKED_MOST) {
		asked[asked_count] = wanted[--wanted_count];
		db_array_int(&ids, asked[asked_count++]);
	}
	(void)db_call("presence_chosen", DB_ARGS(db_array_close(&ids)), on_chosen, NULL);
}

static void
want_chosen(int64_t user_id)
{
	struct present *p = *find(user_id);

	if (p == NULL || p->wanted)
		return;
	if (wanted_count == wanted_size) {
		wanted_size = wanted_size > 0 ? 2 * wanted_size : ASKED_MOST;
		wanted = xrealloc(wanted, wanted_size * sizeof *wanted);
	}
	p->wanted = true;
	wanted[wanted_count++] = user_id;
	ask_chosen();
}

/* The script's answer: {before, now}, {'ask'}, or {} where the user isn't here. */
static bool
take_state(const struct redis_reply *reply, enum shown *before, enum shown *now)
{
	*before = shown_of_code(redis_string(redis_item(reply, 0), NULL));
	*now = shown_of_code(redis_string(redis_item(reply, 1), NULL));
	return redis_count(reply) == 2;
}

static void
on_state(void *arg, const struct redis_reply *reply)
{
	struct about *a = arg;
	enum shown before, now;

	if (take_state(reply, &before, &now)) {
		note(a->user_id, SHOWN_LEASE_MS, now, "CH", NULL);
		if (before != now)
			shown_changed(a->user_id, before);
	} else if (redis_count(reply) == 1) {
		want_chosen(a->user_id);
	}
	free(a);
}

static void
state_keys(char here[SHOWN_KEY_SIZE], char tabs[SHOWN_KEY_SIZE], int64_t user_id)
{
	shown_key(here, user_id);
	(void)snprintf(tabs, SHOWN_KEY_SIZE, "{u%lld}:tabs", (long long)user_id);
}

static void
look_anew(int64_t user_id, const char *chosen, const char *version)
{
	char here[SHOWN_KEY_SIZE], tabs[SHOWN_KEY_SIZE];

	state_keys(here, tabs, user_id);
	(void)redis_script(SCRIPT_PRESENCE_STATE,
	    (const char *const[]){ here, tabs, chosen, version }, NULL, chosen != NULL ? 4 : 2, 2,
	    on_state, about(user_id, SHOWN_OFFLINE));
}

enum step_result
presence_choose(struct request *r, const char *chosen, const char *version)
{
	char *here = arena_alloc(r->arena, SHOWN_KEY_SIZE);
	char *tabs = arena_alloc(r->arena, SHOWN_KEY_SIZE);

	state_keys(here, tabs, r->user_id);
	return request_script(
	    r, SCRIPT_PRESENCE_STATE, (const char *const[]){ here, tabs, chosen, version }, 4, 2);
}

enum step_result
presence_show(struct request *r)
{
	enum shown before, now;
	char *score = arena_alloc(r->arena, SHOWN_SCORE_SIZE);

	if (!take_state(r->redis, &before, &now))
		return STEP_NEXT;
	if (before != now)
		shown_changed(r->user_id, before);
	shown_score(score, loop_wall_ms() + SHOWN_LEASE_MS, now);
	return request_redis(r,
	    (const char *const[]){ "ZADD", SHOWN_SET, "XX", score, db_id(r->arena, r->user_id) },
	    5);
}

/* ---- The lease ---- */

/* Who has just come isn't shown until it is known as what; who came from a worker that has ended is
 * shown still. */
static void
on_renewed(void *arg, const struct redis_reply *reply)
{
	struct about *a = arg;
	const char *said = redis_string(reply, NULL);
	const struct present *p = *find(a->user_id);

	if (said == NULL) {
		free(a);
		return;
	}
	if (strcmp(said, "ask") == 0)
		note(a->user_id, SHOWN_LEASE_MS, SHOWN_OFFLINE, "NX", NULL);
	else
		note(a->user_id, SHOWN_LEASE_MS, shown_of_code(said), "CH", NULL);
	if (strcmp(said, "ask") == 0 || (p != NULL && p->unsure))
		want_chosen(a->user_id);
	else if (said[1] == '?')
		look_anew(a->user_id, NULL, NULL);
	free(a);
}

static void
renew(struct present *p)
{
	char key[SHOWN_KEY_SIZE], lease[8];

	shown_key(key, p->user_id);
	(void)snprintf(lease, sizeof lease, "%d", SHOWN_LEASE_S);
	p->renewed_ms = loop_now_ms();
	(void)redis_script(SCRIPT_PRESENCE_ON, (const char *const[]){ key, worker, lease }, NULL, 3,
	    1, on_renewed, about(p->user_id, SHOWN_OFFLINE));
}

/* What the script says of who polls no more here: true where no other worker holds a poll either, and
 * then what was shown. */
static bool
take_off(const struct redis_reply *reply, int64_t user_id, enum shown *shown)
{
	const char *said = redis_string(reply, NULL);

	if (said != NULL && strcmp(said, "idle") == 0)
		look_anew(user_id, NULL, NULL);
	*shown = shown_of_code(said);
	return said != NULL && said[1] == '\0';
}

static void
on_off(void *arg, const struct redis_reply *reply)
{
	struct about *a = arg;
	enum shown shown;

	if (take_off(reply, a->user_id, &shown))
		take_out(a->user_id, shown);
	free(a);
}

/* This worker holds no poll of the user any longer. What is known of the user is kept for so long
 * where no other does, and done hears. */
static void
forget(struct present *p, int keep_s, redis_done *done)
{
	struct present **at = find(p->user_id);
	char key[SHOWN_KEY_SIZE], keep[8];

	shown_key(key, p->user_id);
	(void)snprintf(keep, sizeof keep, "%d", keep_s);
	(void)redis_script(SCRIPT_PRESENCE_OFF, (const char *const[]){ key, worker, keep }, NULL, 3,
	    1, done, about(p->user_id, SHOWN_OFFLINE));
	deadline_clear(&p->deadline);
	*at = p->next;
	free(p);
}

/* The 10 s are over: the user polls no more here, or only by idle tabs. */
static void
on_beyond(struct deadline *d)
{
	struct present *p = container_of(d, struct present, deadline);

	if (p->polls == 0)
		forget(p, 0, on_off);
	else
		look_anew(p->user_id, NULL, NULL);
}

/* ---- The end of this worker, which can't wait for the 10 s: another one's sweep does ---- */

static void
on_noted(void *arg, const struct redis_reply *reply)
{
	(void)arg, (void)reply;
	leaving--;
}

static void
on_left(void *arg, const struct redis_reply *reply)
{
	struct about *a = arg;
	enum shown shown;

	if (take_off(reply, a->user_id, &shown))
		note(a->user_id, BEYOND_MS, shown, "LT", on_noted);
	else
		leaving--;
	free(a);
}

static void
leave_now(struct present *p)
{
	leaving++;
	forget(p, KEEP_S, on_left);
}

void
presence_drain(void)
{
	draining = true;
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct present *p = buckets[i], *next; p != NULL; p = next) {
			next = p->next;
			if (p->polls == 0)
				leave_now(p);
		}
}

size_t
presence_leaving(void)
{
	return leaving;
}

/* ---- Polls ---- */

void
presence_enter(int64_t user_id, bool idle)
{
	struct present **at = find(user_id);
	struct present *p = *at;

	if (p == NULL) {
		p = *at = xzalloc(sizeof *p);
		p->user_id = user_id;
	}
	if (p->polls++ == 0)
		deadline_clear(&p->deadline);
	p->idle += idle;
	if (p->renewed_ms == 0 || loop_now_ms() - p->renewed_ms > RENEW_MS)
		renew(p);
}

void
presence_leave(int64_t user_id, bool idle)
{
	struct present *p = *find(user_id);

	if (p == NULL)
		return;
	p->idle -= idle;
	if (--p->polls == 0 && draining)
		leave_now(p);
	else if (p->polls == 0 || (!idle && p->idle == p->polls))
		deadline_set(&p->deadline, BEYOND_MS, on_beyond);
}

void
presence_turned(int64_t user_id)
{
	look_anew(user_id, NULL, NULL);
}

void
presence_doubt(void)
{
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct present *p = buckets[i]; p != NULL; p = p->next) {
			p->unsure = true;
			renew(p);
		}
}

/* ---- Workers that died, or left ---- */

/* How much of it is left: a lease that runs is noted as it is, or it would be looked at each time,
 * in the place of others. */
static void
on_lease(void *arg, const struct redis_reply *reply)
{
	struct about *a = arg;
	int64_t left_ms = redis_int(reply);

	if (left_ms == NO_KEY)
		take_out(a->user_id, a->shown);
	else if (left_ms > 0)
		note(a->user_id, left_ms, a->shown, "GT", NULL);
	free(a);
}

/* Those whose lease seems to have ended, each with its score. */
static void
on_ended(void *arg, const struct redis_reply *reply)
{
	(void)arg;
	for (size_t i = 0; i + 1 < redis_count(reply); i += 2) {
		int64_t user_id = redis_int(redis_item(reply, i));
		enum shown shown = shown_of_score(redis_string(redis_item(reply, i + 1), NULL));
		char key[SHOWN_KEY_SIZE];

		shown_key(key, user_id);
		(void)redis_command(
		    (const char *const[]){ "PTTL", key }, NULL, 2, on_lease, about(user_id, shown));
	}
}

static void
on_sweep(struct ev_loop *l, struct ev_timer *w, int events)
{
	(void)l, (void)w, (void)events;
	char now[24], most[8];

	if (!redis_is_up())
		return;
	(void)snprintf(now, sizeof now, "%lld", (long long)loop_wall_ms());
	(void)snprintf(most, sizeof most, "%d", SWEEP_MOST);
	(void)redis_command((const char *const[]){ "ZRANGEBYSCORE", SHOWN_SET, "-inf", now,
				"WITHSCORES", "LIMIT", "0", most },
	    NULL, 8, on_ended, NULL);
}

void
presence_open(void)
{
	unsigned char random[8];

	randombytes_buf(random, sizeof random);
	text_hex(random, sizeof random, worker);
	ev_timer_init(&sweeper, on_sweep, SWEEP_S, SWEEP_S);
	ev_timer_start(loop_ev(), &sweeper);
}
