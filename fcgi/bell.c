/* bell.c: see bell.h. */
#include "bell.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "log.h"
#include "loop.h"
#include "metrics.h"
#include "redis.h"
#include "redis_link.h"
#include "text.h"

enum {
	BLOCK_S = 1,
	BELL_MS = 3500, /* BLMPOP's answer, or the link is dead */
	LOOK_MS = 900,
	LOOK_LIFE_S = 60,
	RANDOM_SIZE = 33,
	NAME_SIZE = RANDOM_SIZE + 1,
	TAB_MAX = 32,
	NUMBER_SIZE = 24,
	RINGS_AT_ONCE = 500,
	AGAIN_MS = 1000,
	TRIES = 60,
	BELLS_MAX = 16 /* that are rung in one turn before they are flushed */
};

static void greet_bell(void);

static struct redis_link own = { .name = "bell", .greet = greet_bell };
static struct bell_listener listener;

/* Random, new at each connection. By the "+" queue_push.lua knows that this worker takes an event from a ring: one of
 * before that could has a name without. */
static char name[NAME_SIZE];
static char look_key[NAME_SIZE + 8]; /* gone or changed: Redis was emptied */
static char look_value[RANDOM_SIZE];
static int64_t looked_ms;

/* ---- Hearing ---- */

static void block_on_bell(void);

/* Whether an answer is one: of this connection, and no error, which ends it. */
static bool
is_good(const redisAsyncContext *ac, const redisReply *reply)
{
	if (reply == NULL || ac != own.ac)
		return false;
	if (reply->type != REDIS_REPLY_ERROR)
		return true;
	redis_link_drop(&own, reply->str);
	return false;
}

/* A ring as it lies on a bell: "TAB", or "TAB NUMBER EVENT". */
static void
hear(const char *text, size_t len)
{
	const char *space = memchr(text, ' ', len);
	struct ring ring = { .tab = text, .tab_len = space != NULL ? (size_t)(space - text) : len };
	char *end = NULL;

	if (space != NULL) {
		ring.number = strtoll(space, &end, 10);
		if (*end == ' ') {
			ring.event = end + 1;
			ring.event_len = (size_t)(text + len - ring.event);
		}
	}
	listener.ring(&ring);
}

/* The bell's name and what lay on it, or nothing within the time. */
static void
on_bell(redisAsyncContext *ac, void *answer, void *arg)
{
	const redisReply *reply = answer;

	(void)arg;
	if (!is_good(ac, reply))
		return;
	if (reply->type == REDIS_REPLY_ARRAY && reply->elements == 2) {
		for (size_t i = 0; i < reply->element[1]->elements; i++) {
			const redisReply *ring = reply->element[1]->element[i];

			hear(ring->str, (size_t)ring->len);
		}
		listener.heard();
	}
	if (own.ac != NULL)
		block_on_bell();
}

static void
on_look(redisAsyncContext *ac, void *answer, void *arg)
{
	const redisReply *reply = answer;

	(void)arg;
	if (!is_good(ac, reply))
		return;
	if (reply->type == REDIS_REPLY_STRING && strcmp(reply->str, look_value) == 0)
		return;
	log_warn(NULL, "redis was emptied", "link=%s", own.name);
	redis_link_drop(&own, "emptied"); /* a new bell, and whoever waits looks again */
}

/* Waits for the next ring, after a look (once a second) at the key that tells
 * whether Redis is still what it was. */
static void
block_on_bell(void)
{
	if (loop_now_ms() - looked_ms >= LOOK_MS) {
		looked_ms = loop_now_ms();
		redisAsyncCommand(own.ac, on_look, NULL, "GETEX %s EX %d", look_key, LOOK_LIFE_S);
	}
	redisAsyncCommand(own.ac, on_bell, NULL, "BLMPOP %d 1 bell:%s LEFT COUNT %d", BLOCK_S, name,
	    RINGS_AT_ONCE);
	redis_link_expect_within(&own, BELL_MS);
}

static void
random_name(char out[RANDOM_SIZE])
{
	unsigned char bytes[(RANDOM_SIZE - 1) / 2];

	randombytes_buf(bytes, sizeof bytes);
	text_hex(bytes, sizeof bytes, out);
}

static void
on_bell_set(redisAsyncContext *ac, void *answer, void *arg)
{
	const redisReply *reply = answer;

	(void)arg;
	if (!is_good(ac, reply))
		return;
	looked_ms = loop_now_ms();
	block_on_bell();
	redis_link_ready(&own);
	listener.doubt();
}

static void
greet_bell(void)
{
	*name = '+';
	random_name(name + 1);
	random_name(look_value);
	(void)snprintf(look_key, sizeof look_key, "look:%s", name);
	redisAsyncCommand(
	    own.ac, on_bell_set, NULL, "SET %s %s EX %d", look_key, look_value, LOOK_LIFE_S);
	redis_link_expect(&own);
}

/* ---- Ringing ---- */

/* The rings of this turn for one bell: "RPUSH", its key, then what is to lie on it. */
struct ringing {
	char key[64];
	size_t count;
	struct buffer rings; /* each ends with a NUL */
};

static struct ringing ringing[BELLS_MAX];
static size_t ringing_count;
static struct later flush_later;

/* The same under way. The push is done with once Redis has taken it, so its ring
 * is tried until Redis takes that too, or the bell is dead for sure. */
struct rung {
	struct deadline again;
	int tries_left;
	struct ringing ringing;
};

static void send_rung(struct rung *g);

static void
on_again(struct deadline *d)
{
	send_rung(container_of(d, struct rung, again));
}

static void
on_rung(void *arg, const struct redis_reply *reply)
{
	struct rung *g = arg;

	if (reply == NULL && --g->tries_left > 0) {
		deadline_set(&g->again, AGAIN_MS, on_again);
		return;
	}
	buffer_free(&g->ringing.rings);
	free(g);
}

static void
send_rung(struct rung *g)
{
	struct ringing *r = &g->ringing;
	const char **words = xmalloc((r->count + 2) * sizeof *words), *at = r->rings.data;

	words[0] = "RPUSH";
	words[1] = r->key;
	for (size_t i = 0; i < r->count; i++, at += strlen(at) + 1)
		words[2 + i] = at;
	(void)redis_command(words, NULL, r->count + 2, on_rung, g);
	/* The bell of a worker that died must not lie about for ever. */
	(void)redis_command((const char *const[]){ "EXPIRE", r->key, "60" }, NULL, 3, NULL, NULL);
	free(words);
}

/* Our own polls need no way through Redis. */
static void
ring_here(const struct ringing *r)
{
	const char *at = r->rings.data;

	for (size_t i = 0; i < r->count; i++) {
		size_t len = strlen(at);

		hear(at, len);
		at += len + 1;
	}
	listener.heard();
}

static void
flush_bell(struct ringing *r)
{
	metrics_add(METRIC_RINGS, (int64_t)r->count);
	if (strcmp(r->key + strlen("bell:"), name) == 0) {
		ring_here(r);
		buffer_free(&r->rings);
	} else {
		struct rung *g = xzalloc(sizeof *g);

		g->tries_left = TRIES;
		g->ringing = *r;
		send_rung(g);
	}
	*r = (struct ringing){ 0 };
}

static void
flush_rings(struct later *l)
{
	later_clear(l);
	for (size_t i = 0; i < ringing_count; i++)
		flush_bell(&ringing[i]);
	ringing_count = 0;
}

static struct ringing *
ringing_of(const char *key)
{
	for (size_t i = 0; i < ringing_count; i++)
		if (strcmp(ringing[i].key, key) == 0)
			return &ringing[i];
	if (ringing_count == BELLS_MAX)
		flush_rings(&flush_later);
	(void)snprintf(ringing[ringing_count].key, sizeof ringing->key, "%s", key);
	return &ringing[ringing_count++];
}

static bool
rings_for(const struct ringing *r, const struct ring *ring)
{
	const char *at = r->rings.data;

	for (size_t i = 0; i < r->count; i++, at += strlen(at) + 1)
		if (strncmp(at, ring->tab, ring->tab_len) == 0 && at[ring->tab_len] == '\0')
			return true;
	return false;
}

void
bell_ring(const char *bell, size_t bell_len, const struct ring *ring)
{
	char key[64], number[NUMBER_SIZE];

	if (ring->tab_len > TAB_MAX)
		return;
	(void)snprintf(key, sizeof key, "bell:%.*s", (int)bell_len, bell);

	struct ringing *r = ringing_of(key);

	if (ring->event == NULL && rings_for(r, ring))
		return;
	buffer_append(&r->rings, ring->tab, ring->tab_len);
	if (ring->event != NULL) {
		char *end = text_decimal(ring->number, number + 1);

		*number = *end = ' ';
		buffer_append(&r->rings, number, (size_t)(end + 1 - number));
		buffer_append(&r->rings, ring->event, ring->event_len);
	}
	buffer_append(&r->rings, "", 1);
	r->count++;
	later_set(&flush_later, flush_rings);
}

/* ---- Life ---- */

void
bell_open(const struct bell_listener *l)
{
	listener = *l;
	redis_link_open(&own);
}

void
bell_close(void)
{
	later_clear(&flush_later);
	redis_link_close(&own);
	for (size_t i = 0; i < ringing_count; i++)
		buffer_free(&ringing[i].rings);
}

bool
bell_is_up(void)
{
	return own.state == REDIS_READY;
}

const char *
bell_name(void)
{
	return name;
}
