/* presence.c: see presence.h. In Redis: {u7}:on, a hash of the workers that hold
 * polls of user 7, which expires with the lease; and the sorted set `online` of
 * users by the end of their lease, from which whoever removes one says so to
 * the friends. */
#include "presence.h"

#include <ev.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db.h"
#include "events.h"
#include "loop.h"
#include "queue.h"
#include "settings.h"
#include "text.h"

enum {
	LEASE_S = 80,
	RENEW_MS = 10000,
	BEYOND_MS = 10000,
	BUCKETS = 4096,
	KEY_SIZE = 40,
	NO_KEY = -2, /* as PTTL says it */
	SWEEP_S = 2,
	SWEEP_MOST = 20
};

_Static_assert(LEASE_S * 1000 > RENEW_MS + HOLD_MAX_S * 1000 + BEYOND_MS,
    "a lease outlives any poll that begins under it, and the time beyond");

/* A user of whom this worker holds polls, or did a moment ago. */
struct present {
	struct present *next;        /* in the bucket */
	struct deadline deadline;    /* of the 10 s beyond */
	int64_t user_id, renewed_ms; /* 0: Redis doesn't know */
	size_t polls;
};

static struct present *buckets[BUCKETS];
static char worker[17]; /* this process, to the others */
static bool draining;   /* who polls no more has left us at once */
static size_t leaving;  /* users of whom Redis doesn't know yet that they have */
static struct ev_timer sweeper;

/* What a call in the background is about. */
struct about {
	int64_t user_id;
	bool online;
};

static struct about *
about(int64_t user_id, bool online)
{
	struct about *a = xmalloc(sizeof *a);

	*a = (struct about){ .user_id = user_id, .online = online };
	return a;
}

static void
on_key(char key[KEY_SIZE], int64_t user_id)
{
	(void)snprintf(key, KEY_SIZE, "{u%lld}:on", (long long)user_id);
}

/* ---- Telling the friends ---- */

static void
on_friends(void *arg, const struct db_reply *reply)
{
	struct about *a = arg;
	struct json event = { 0 };
	size_t len;

	events_write_presence(&event, a->user_id, a->online);

	const char *text = json_text(&event, &len);

	for (int row = 0; row < reply->rows && reply->problem == PROBLEM_NONE; row++)
		queue_push(db_int(reply, row, "user_id"), text, len, true, NULL, NULL);
	buffer_free(&event.out);
	free(a);
}

static void
tell_friends(struct about *a)
{
	char id[24];

	(void)snprintf(id, sizeof id, "%lld", (long long)a->user_id);
	(void)db_call("friend_ids", DB_ARGS(id), on_friends, a);
}

static void mark(int64_t user_id, bool online);

/* One worker's "gone" may have crossed another's "here": then it wasn't true. */
static void
on_still_there(void *arg, const struct redis_reply *reply)
{
	struct about *a = arg;

	if (redis_int(reply) == 0) {
		tell_friends(a);
		return;
	}
	mark(a->user_id, true);
	free(a);
}

/* Redis says that the user has come, or gone: whoever changed it tells. */
static void
on_marked(void *arg, const struct redis_reply *reply)
{
	struct about *a = arg;
	char key[KEY_SIZE];

	if (redis_int(reply) != 1) {
		free(a);
	} else if (a->online) {
		tell_friends(a);
	} else {
		on_key(key, a->user_id);
		(void)redis_command(
		    (const char *const[]){ "EXISTS", key }, NULL, 2, on_still_there, a);
	}
}

static void
mark(int64_t user_id, bool online)
{
	char id[24], until[24];
	const char *add[] = { "ZADD", "online", until, id }, *remove[] = { "ZREM", "online", id };

	(void)snprintf(id, sizeof id, "%lld", (long long)user_id);
	(void)snprintf(until, sizeof until, "%lld", (long long)loop_wall_ms() + LEASE_S * 1000LL);
	if (online)
		(void)redis_command(add, NULL, 4, on_marked, about(user_id, true));
	else
		(void)redis_command(remove, NULL, 3, on_marked, about(user_id, false));
}

/* ---- The lease ---- */

/* When the lease of somebody who is online is looked at: earlier ("LT") or later ("GT") than
 * was noted. */
static void
note_end(int64_t user_id, int64_t at_ms, const char *way, redis_done *done)
{
	char id[24], at[24];

	(void)snprintf(id, sizeof id, "%lld", (long long)user_id);
	(void)snprintf(at, sizeof at, "%lld", (long long)at_ms);
	(void)redis_command(
	    (const char *const[]){ "ZADD", "online", "XX", way, at, id }, NULL, 6, done, NULL);
}

static void
renew(struct present *p)
{
	char key[KEY_SIZE], lease[8];

	on_key(key, p->user_id);
	(void)snprintf(lease, sizeof lease, "%d", LEASE_S);
	p->renewed_ms = loop_now_ms();
	(void)redis_script(SCRIPT_PRESENCE_ON, (const char *const[]){ key, worker, lease }, NULL, 3,
	    1, NULL, NULL);
	mark(p->user_id, true);
}

static void
on_off(void *arg, const struct redis_reply *reply)
{
	struct about *a = arg;

	if (redis_int(reply) == 1)
		mark(a->user_id, false);
	free(a);
}

static struct present **
find(int64_t user_id)
{
	struct present **at = &buckets[(uint64_t)user_id % BUCKETS];

	while (*at != NULL && (*at)->user_id != user_id)
		at = &(*at)->next;
	return at;
}

/* This worker holds no poll of the user any longer. done is told whether another does. */
static void
forget(struct present *p, redis_done *done)
{
	struct present **at = find(p->user_id);
	char key[KEY_SIZE];

	on_key(key, p->user_id);
	(void)redis_script(SCRIPT_PRESENCE_OFF, (const char *const[]){ key, worker }, NULL, 2, 1,
	    done, about(p->user_id, false));
	deadline_clear(&p->deadline);
	*at = p->next;
	free(p);
}

/* The 10 s are over, and the user polls no more here. */
static void
on_beyond(struct deadline *d)
{
	forget(container_of(d, struct present, deadline), on_off);
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

	if (redis_int(reply) == 1)
		note_end(a->user_id, loop_wall_ms() + BEYOND_MS, "LT", on_noted);
	else
		leaving--;
	free(a);
}

static void
leave_now(struct present *p)
{
	leaving++;
	forget(p, on_left);
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

void
presence_enter(int64_t user_id)
{
	struct present **at = find(user_id);
	struct present *p = *at;

	if (p == NULL) {
		p = *at = xzalloc(sizeof *p);
		p->user_id = user_id;
	}
	p->polls++;
	deadline_clear(&p->deadline);
	if (p->renewed_ms == 0 || loop_now_ms() - p->renewed_ms > RENEW_MS)
		renew(p);
}

void
presence_leave(int64_t user_id)
{
	struct present *p = *find(user_id);

	if (p == NULL || --p->polls > 0)
		return;
	if (draining)
		leave_now(p);
	else
		deadline_set(&p->deadline, BEYOND_MS, on_beyond);
}

void
presence_doubt(void)
{
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct present *p = buckets[i]; p != NULL; p = p->next)
			renew(p);
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
		mark(a->user_id, false);
	else if (left_ms > 0)
		note_end(a->user_id, loop_wall_ms() + left_ms, "GT", NULL);
	free(a);
}

/* Those whose lease seems to have ended. */
static void
on_ended(void *arg, const struct redis_reply *reply)
{
	(void)arg;
	for (size_t i = 0; i < redis_count(reply); i++) {
		int64_t user_id = redis_int(redis_item(reply, i));
		char key[KEY_SIZE];

		on_key(key, user_id);
		(void)redis_command(
		    (const char *const[]){ "PTTL", key }, NULL, 2, on_lease, about(user_id, false));
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
	(void)redis_command(
	    (const char *const[]){ "ZRANGEBYSCORE", "online", "-inf", now, "LIMIT", "0", most },
	    NULL, 7, on_ended, NULL);
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

/* ---- Asking ---- */

enum step_result
presence_ask(struct request *r, const int64_t *ids, size_t count)
{
	const char **words = arena_alloc(r->arena, (count + 2) * sizeof *words);

	words[0] = "ZMSCORE";
	words[1] = "online";
	for (size_t i = 0; i < count; i++)
		words[2 + i] = db_id(r->arena, ids[i]);
	if (count > 0)
		return request_redis(r, words, count + 2);
	r->db = NULL;
	r->redis = NULL;
	return STEP_NEXT;
}

bool
presence_of(const struct request *r, size_t i)
{
	return redis_string(redis_item(r->redis, i), NULL) != NULL;
}
