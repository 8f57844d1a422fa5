/* redis.c: see redis.h. Two links, each with a life of its own: DOWN (a
 * back-off runs), CONNECTING (the handshake too), READY. */
#include "redis.h"

#include <ev.h>
#include <hiredis/async.h>
#include <hiredis/hiredis.h>
#include <hiredis/adapters/libev.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "loop.h"
#include "metrics.h"
#include "scripts.h"
#include "text.h"

enum {
	BACK_OFF_MIN_MS = 50,
	BACK_OFF_MAX_MS = 2000,
	BELL_SECONDS = 1,
	BELL_MS = 3500,
	BELL_LIFE_S = 60,
	LOOK_MS = 900,
	NAME_SIZE = 33,
	RUN_SIZE = 41,
	WORDS_MAX = 64,
	RINGS_AT_ONCE = 500
};

enum state { DOWN, CONNECTING, READY };

struct link {
	const char *name;
	enum state state;
	redisAsyncContext *ac;
	struct deadline deadline; /* of the back-off, or of the answer that is awaited */
	int64_t back_off_ms;
	size_t waiting;      /* operations without an answer */
	void (*greet)(void); /* the handshake */
};

struct redis_op {
	struct later later; /* for the failure that is known at once */
	redis_done *done;   /* NULL: cancelled, or nobody cares */
	void *arg;
	int64_t sent_us;
	char *again; /* a script's command, for when Redis has forgotten the script */
	size_t again_len;
};

static void greet_commands(void);
static void greet_bell(void);

static struct link commands = { .name = "commands", .greet = greet_commands };
static struct link bell = { .name = "bell", .greet = greet_bell };
static char *address, *password;
static int timeout_ms;
static struct redis_events events;
static bool closing;

static char run_id[RUN_SIZE];
static char bell_name[NAME_SIZE];    /* random, new at each connection of the bell */
static char look_key[NAME_SIZE + 8]; /* gone or changed: Redis was emptied */
static char look_value[NAME_SIZE];
static int64_t looked_ms;

static const char *const scripts[SCRIPT_COUNT] = {
	[SCRIPT_QUEUE_OPEN] = script_queue_open,
	[SCRIPT_QUEUE_READ] = script_queue_read,
	[SCRIPT_QUEUE_PUSH] = script_queue_push,
	[SCRIPT_QUEUE_DROP_SESSION] = script_queue_drop_session,
	[SCRIPT_RATE] = script_rate,
	[SCRIPT_PRESENCE_ON] = script_presence_on,
	[SCRIPT_PRESENCE_OFF] = script_presence_off,
};
static char script_sha[SCRIPT_COUNT][41]; /* by which Redis knows them, as it said */

/* ---- The links ---- */

static void connect_now(struct link *k);

static void
on_back_off(struct deadline *d)
{
	connect_now(container_of(d, struct link, deadline));
}

/* The link is gone, or never was: again later. */
static void
rest(struct link *k, const char *why)
{
	k->ac = NULL;
	k->state = DOWN;
	k->waiting = 0;
	if (k == &commands)
		metrics_set(METRIC_REDIS_UP, 0);
	if (closing)
		return;
	log_warn(NULL, "redis connection lost", "link=%s error=\"%s\" again_in_ms=%lld", k->name,
	    why, (long long)k->back_off_ms);
	deadline_set(&k->deadline,
	    (int64_t)randombytes_uniform((uint32_t)k->back_off_ms) + k->back_off_ms / 2,
	    on_back_off);
	k->back_off_ms =
	    k->back_off_ms * 2 < BACK_OFF_MAX_MS ? k->back_off_ms * 2 : BACK_OFF_MAX_MS;
}

/* Ends the link: hiredis tells every operation under way with a NULL reply. */
static void
drop(struct link *k, const char *why)
{
	redisAsyncContext *ac = k->ac;

	if (ac == NULL)
		return;
	rest(k, why);
	redisAsyncFree(ac);
}

static void
on_late(struct deadline *d)
{
	drop(container_of(d, struct link, deadline), "no answer in time");
}

/* hiredis has freed the context when these return. */
static void
on_disconnect(const redisAsyncContext *ac, int status)
{
	struct link *k = ac->data;

	(void)status;
	if (k->ac == ac)
		rest(k, ac->err != 0 ? ac->errstr : "closed");
}

static void
on_connect(const redisAsyncContext *ac, int status)
{
	struct link *k = ac->data;

	if (k->ac != ac)
		return;
	if (status != REDIS_OK)
		rest(k, ac->errstr);
	else
		k->greet();
}

static void
connect_now(struct link *k)
{
	char *colon = strrchr(address, ':');
	redisAsyncContext *ac;

	k->state = CONNECTING;
	if (*address == '/' || colon == NULL) {
		ac = redisAsyncConnectUnix(address);
	} else {
		char *host = xstrdup(address);

		host[colon - address] = '\0';
		ac = redisAsyncConnect(host, atoi(colon + 1));
		free(host);
	}
	if (ac == NULL || ac->err != 0) {
		rest(k, ac != NULL ? ac->errstr : "no memory");
		if (ac != NULL)
			redisAsyncFree(ac);
		return;
	}
	k->ac = ac;
	ac->data = k;
	redisLibevAttach(loop_ev(), ac);
	redisAsyncSetConnectCallback(ac, on_connect);
	redisAsyncSetDisconnectCallback(ac, on_disconnect);
	deadline_set(&k->deadline, (int64_t)timeout_ms * 2, on_late);
}

static void
ready(struct link *k)
{
	k->state = READY;
	k->back_off_ms = BACK_OFF_MIN_MS;
	metrics_add(METRIC_REDIS_RECONNECTS, 1);
	log_info(NULL, "redis connected", "link=%s run=%s", k->name, run_id);
	if (commands.state == READY && bell.state == READY)
		events.doubt();
}

/* ---- Commands ---- */

/* An answer has come: the next one has its whole time again. */
static void
count_answer(struct link *k)
{
	if (k->waiting > 0 && --k->waiting == 0)
		deadline_clear(&k->deadline);
	else
		deadline_set(&k->deadline, timeout_ms, on_late);
}

static void
end_op(struct redis_op *op, const redisReply *reply)
{
	redis_done *done = op->done;
	void *arg = op->arg;

	later_clear(&op->later);
	free(op->again);
	free(op);
	if (done != NULL)
		done(arg, (const struct redis_reply *)reply);
}

static void
on_script(redisAsyncContext *ac, void *answer, void *arg)
{
	const redisReply *reply = answer;

	(void)ac;
	if (reply != NULL && reply->type == REDIS_REPLY_STRING)
		(void)snprintf(arg, sizeof *script_sha, "%s", reply->str);
}

static void
load_scripts(void)
{
	for (size_t i = 0; i < SCRIPT_COUNT; i++)
		redisAsyncCommand(
		    commands.ac, on_script, script_sha[i], "SCRIPT LOAD %s", scripts[i]);
}

static void on_reply(redisAsyncContext *ac, void *answer, void *arg);

/* Redis has forgotten the scripts (SCRIPT FLUSH): once more, after them. */
static bool
try_again(struct redis_op *op)
{
	if (op->again == NULL || commands.ac == NULL)
		return false;
	load_scripts();

	char *again = op->again;
	int sent;

	op->again = NULL;
	commands.waiting++;
	sent = redisAsyncFormattedCommand(commands.ac, on_reply, op, again, op->again_len);
	free(again);
	return sent == REDIS_OK;
}

/* hiredis calls this with no reply when the connection was lost, and then for
 * every operation under way. */
static void
on_reply(redisAsyncContext *ac, void *answer, void *arg)
{
	struct redis_op *op = arg;
	const redisReply *reply = answer;

	(void)ac;
	if (reply != NULL) {
		count_answer(&commands);
		metrics_observe(
		    HISTOGRAM_REDIS_SECONDS, (double)(loop_clock_us() - op->sent_us) / 1e6);
		if (reply->type == REDIS_REPLY_ERROR) {
			if (strncmp(reply->str, "NOSCRIPT", 8) == 0 && try_again(op))
				return;
			log_error(NULL, "redis refused", "error=\"%s\"", reply->str);
			if (strncmp(reply->str, "READONLY", 8) == 0)
				drop(&commands, "connected to a replica");
			reply = NULL;
		}
	}
	end_op(op, reply);
}

static void
on_no_use(struct later *l)
{
	end_op(container_of(l, struct redis_op, later), NULL);
}

static struct redis_op *
send_op(const char *const *words, const size_t *lens, size_t count, bool keep, redis_done *done,
    void *arg)
{
	struct redis_op *op = xzalloc(sizeof *op);
	char *text = NULL;
	int len;

	op->done = done;
	op->arg = arg;
	op->sent_us = loop_clock_us();
	if (commands.state != READY) {
		later_set(&op->later, on_no_use);
		return op;
	}
	len = redisFormatCommandArgv(&text, (int)count, (const char **)(uintptr_t)words, lens);
	if (len < 0 ||
	    redisAsyncFormattedCommand(commands.ac, on_reply, op, text, (size_t)len) != REDIS_OK) {
		free(text);
		later_set(&op->later, on_no_use);
		return op;
	}
	if (keep) {
		op->again = text;
		op->again_len = (size_t)len;
	} else {
		free(text);
	}
	if (commands.waiting++ == 0)
		deadline_set(&commands.deadline, timeout_ms, on_late);
	return op;
}

struct redis_op *
redis_command(
    const char *const *words, const size_t *lens, size_t count, redis_done *done, void *arg)
{
	return send_op(words, lens, count, false, done, arg);
}

struct redis_op *
redis_script(enum redis_script script, const char *const *words, const size_t *lens, size_t count,
    size_t key_count, redis_done *done, void *arg)
{
	const char *all[WORDS_MAX] = { "EVALSHA", script_sha[script] };
	size_t all_lens[WORDS_MAX] = { 7, 40 };
	char keys[8];

	if (count + 3 > WORDS_MAX)
		abort();
	all_lens[2] = (size_t)snprintf(keys, sizeof keys, "%zu", key_count);
	all[2] = keys;
	for (size_t i = 0; i < count; i++) {
		all[3 + i] = words[i];
		all_lens[3 + i] = lens != NULL ? lens[i] : strlen(words[i]);
	}
	return send_op(all, all_lens, count + 3, true, done, arg);
}

void
redis_cancel(struct redis_op *op)
{
	op->done = NULL;
}

void
redis_ring(const char *whose, size_t whose_len, const char *tab, size_t tab_len)
{
	char key[64];
	int len = snprintf(key, sizeof key, "bell:%.*s", (int)whose_len, whose);
	const char *push[] = { "RPUSH", key, tab }, *expire[] = { "EXPIRE", key, "60" };

	metrics_add(METRIC_RINGS, 1);
	(void)redis_command(push, (size_t[]){ 5, (size_t)len, tab_len }, 3, NULL, NULL);
	(void)redis_command(expire, (size_t[]){ 6, (size_t)len, 2 }, 3, NULL, NULL);
}

/* INFO's answer to the handshake: which run of Redis this is. */
static void
on_info(redisAsyncContext *ac, void *answer, void *arg)
{
	const redisReply *reply = answer;

	(void)arg;
	if (reply == NULL || commands.ac != ac)
		return;
	count_answer(&commands);

	const char *run = reply->type == REDIS_REPLY_STRING ? strstr(reply->str, "run_id:") : NULL;

	if (run == NULL || strlen(run) < 7 + RUN_SIZE - 1 ||
	    strstr(reply->str, "\nloading:1") != NULL) {
		drop(&commands, reply->type == REDIS_REPLY_ERROR ? reply->str : "Redis is loading");
		return;
	}
	memcpy(run_id, run + 7, RUN_SIZE - 1);
	metrics_set(METRIC_REDIS_UP, 1);
	ready(&commands);
}

static void
greet_commands(void)
{
	if (*password != '\0')
		redisAsyncCommand(commands.ac, NULL, NULL, "AUTH %s", password);
	load_scripts();
	commands.waiting = 1; /* INFO's answer alone is counted: it is the last */
	redisAsyncCommand(commands.ac, on_info, NULL, "INFO");
	deadline_set(&commands.deadline, timeout_ms, on_late);
}

/* ---- The bell ---- */

static void block_on_bell(void);

/* What lay behind the first ring. */
static void
on_more_rings(redisAsyncContext *ac, void *answer, void *arg)
{
	const redisReply *reply = answer;

	(void)arg;
	if (reply == NULL || ac != bell.ac || reply->type != REDIS_REPLY_ARRAY)
		return;
	for (size_t i = 0; i < reply->elements; i++)
		events.ring(reply->element[i]->str, (size_t)reply->element[i]->len);
}

static void
on_bell(redisAsyncContext *ac, void *answer, void *arg)
{
	const redisReply *reply = answer;

	(void)arg;
	if (reply == NULL || ac != bell.ac)
		return;
	if (reply->type == REDIS_REPLY_ERROR) {
		drop(&bell, reply->str);
		return;
	}
	if (reply->type == REDIS_REPLY_ARRAY && reply->elements == 2) {
		events.ring(reply->element[1]->str, (size_t)reply->element[1]->len);
		if (bell.ac != NULL)
			redisAsyncCommand(bell.ac, on_more_rings, NULL, "LPOP bell:%s %d",
			    bell_name, RINGS_AT_ONCE);
	}
	if (bell.ac != NULL)
		block_on_bell();
}

static void
on_look(redisAsyncContext *ac, void *answer, void *arg)
{
	const redisReply *reply = answer;

	(void)arg;
	if (reply == NULL || ac != bell.ac)
		return;
	if (reply->type == REDIS_REPLY_STRING && strcmp(reply->str, look_value) == 0)
		return;
	if (reply->type == REDIS_REPLY_ERROR) {
		drop(&bell, reply->str);
		return;
	}
	log_warn(NULL, "redis was emptied", "link=%s", bell.name);
	drop(&bell, "emptied"); /* a new bell, and whoever waits looks again */
}

/* Waits for the next ring, after a look (once a second) at the key that tells
 * whether Redis is still what it was. */
static void
block_on_bell(void)
{
	if (loop_now_ms() - looked_ms >= LOOK_MS) {
		looked_ms = loop_now_ms();
		redisAsyncCommand(bell.ac, on_look, NULL, "GETEX %s EX %d", look_key, BELL_LIFE_S);
	}
	redisAsyncCommand(bell.ac, on_bell, NULL, "BLPOP bell:%s %d", bell_name, BELL_SECONDS);
	deadline_set(&bell.deadline, BELL_MS, on_late);
}

static void
random_name(char name[NAME_SIZE])
{
	unsigned char bytes[(NAME_SIZE - 1) / 2];

	randombytes_buf(bytes, sizeof bytes);
	text_hex(bytes, sizeof bytes, name);
}

static void
on_bell_set(redisAsyncContext *ac, void *answer, void *arg)
{
	const redisReply *reply = answer;

	(void)arg;
	if (reply == NULL || ac != bell.ac)
		return;
	if (reply->type == REDIS_REPLY_ERROR) {
		drop(&bell, reply->str);
		return;
	}
	looked_ms = loop_now_ms();
	block_on_bell();
	ready(&bell);
}

static void
greet_bell(void)
{
	random_name(bell_name);
	random_name(look_value);
	(void)snprintf(look_key, sizeof look_key, "look:%s", bell_name);
	if (*password != '\0')
		redisAsyncCommand(bell.ac, NULL, NULL, "AUTH %s", password);
	redisAsyncCommand(
	    bell.ac, on_bell_set, NULL, "SET %s %s EX %d", look_key, look_value, BELL_LIFE_S);
	deadline_set(&bell.deadline, timeout_ms, on_late);
}

/* ---- Life ---- */

void
redis_open(
    const char *at, const char *secret, int command_timeout_ms, const struct redis_events *what)
{
	address = xstrdup(at);
	password = xstrdup(secret);
	timeout_ms = command_timeout_ms;
	events = *what;
	commands.back_off_ms = bell.back_off_ms = BACK_OFF_MIN_MS;
	connect_now(&commands);
	connect_now(&bell);
}

void
redis_close(void)
{
	closing = true;
	deadline_clear(&commands.deadline);
	deadline_clear(&bell.deadline);
	drop(&commands, "end");
	drop(&bell, "end");
	free(address);
	free(password);
}

bool
redis_is_up(void)
{
	return commands.state == READY;
}

const char *
redis_run(void)
{
	return run_id;
}

const char *
redis_bell(void)
{
	return bell_name;
}

/* ---- Replies ---- */

static const redisReply *
as_reply(const struct redis_reply *reply)
{
	return (const redisReply *)(const void *)reply;
}

int64_t
redis_int(const struct redis_reply *reply)
{
	const redisReply *r = as_reply(reply);

	if (r == NULL)
		return 0;
	if (r->type == REDIS_REPLY_STRING)
		return strtoll(r->str, NULL, 10);
	return r->type == REDIS_REPLY_INTEGER ? r->integer : 0;
}

const char *
redis_string(const struct redis_reply *reply, size_t *len)
{
	const redisReply *r = as_reply(reply);

	if (r == NULL || (r->type != REDIS_REPLY_STRING && r->type != REDIS_REPLY_STATUS))
		return NULL;
	if (len != NULL)
		*len = (size_t)r->len;
	return r->str;
}

size_t
redis_count(const struct redis_reply *reply)
{
	const redisReply *r = as_reply(reply);

	return r != NULL && r->type == REDIS_REPLY_ARRAY ? r->elements : 0;
}

const struct redis_reply *
redis_item(const struct redis_reply *reply, size_t i)
{
	const redisReply *r = as_reply(reply);

	return i < redis_count(reply) ? (const struct redis_reply *)(const void *)r->element[i]
				      : NULL;
}
