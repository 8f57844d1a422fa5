/* redis.c: see redis.h. */
#include "redis.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "loop.h"
#include "metrics.h"
#include "redis_link.h"
#include "scripts.h"
#include "text.h"

enum { RUN_SIZE = 41, WORDS_MAX = 64 };

struct redis_op {
	struct later later; /* for the failure that is known at once */
	redis_done *done;   /* NULL: cancelled, or nobody cares */
	void *arg;
	int64_t sent_us;
	size_t again_len; /* 0: it isn't to be tried again */
	char again[];     /* a script's command, for when Redis has forgotten the script */
};

static void greet_commands(void);
static void lost_commands(void);

static struct redis_link commands = {
	.name = "commands", .greet = greet_commands, .lost = lost_commands
};
static void (*up_callback)(void);
static size_t waiting; /* operations without an answer */
static char run_id[RUN_SIZE];

static const char *const scripts[SCRIPT_COUNT] = {
	[SCRIPT_QUEUE_OPEN] = script_queue_open,
	[SCRIPT_QUEUE_READ] = script_queue_read,
	[SCRIPT_QUEUE_PUSH] = script_queue_push,
	[SCRIPT_QUEUE_DROP_SESSION] = script_queue_drop_session,
	[SCRIPT_RATE] = script_rate,
	[SCRIPT_PRESENCE_ON] = script_presence_on,
	[SCRIPT_PRESENCE_OFF] = script_presence_off,
	[SCRIPT_PRESENCE_STATE] = script_presence_state,
};
static char script_sha[SCRIPT_COUNT][41]; /* by which Redis knows them, as it said */

/* An answer has come: the next one has its whole time again. */
static void
count_answer(void)
{
	if (waiting > 0 && --waiting == 0)
		deadline_clear(&commands.deadline);
	else
		redis_link_expect(&commands);
}

static void
end_op(struct redis_op *op, const redisReply *reply)
{
	redis_done *done = op->done;
	void *arg = op->arg;

	later_clear(&op->later);
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
	size_t len = op->again_len;

	if (len == 0 || commands.ac == NULL)
		return false;
	load_scripts();
	op->again_len = 0;
	if (redisAsyncFormattedCommand(commands.ac, on_reply, op, op->again, len) != REDIS_OK)
		return false;
	if (waiting++ == 0)
		redis_link_expect(&commands);
	return true;
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
		count_answer();
		metrics_observe(
		    HISTOGRAM_REDIS_SECONDS, (double)(loop_clock_us() - op->sent_us) / 1e6);
		if (reply->type == REDIS_REPLY_ERROR) {
			if (strncmp(reply->str, "NOSCRIPT", 8) == 0 && try_again(op))
				return;
			log_error(NULL, "redis refused", "error=%s", LOG_QUOTED(reply->str));
			if (strncmp(reply->str, "READONLY", 8) == 0)
				redis_link_drop(&commands, "connected to a replica");
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

enum { HEAD_SIZE = TEXT_INT_SIZE + 3 }; /* of a command or a word: a mark, its length, CRLF */

static char *
put_head(char *at, char mark, size_t n)
{
	*at++ = mark;
	at = text_decimal((int64_t)n, at);
	*at++ = '\r';
	*at++ = '\n';
	return at;
}

/* A command as Redis reads it, until the next: hiredis would print each number with the C library's printf. */
static const struct buffer *
format(const char *const *words, const size_t *lens, size_t count)
{
	static struct buffer out;

	out.len = 0;
	buffer_reserve(&out, HEAD_SIZE);

	char *at = put_head(out.data, '*', count);

	for (size_t i = 0; i < count; i++) {
		size_t len = lens != NULL ? lens[i] : strlen(words[i]);

		out.len = (size_t)(at - out.data);
		buffer_reserve(&out, HEAD_SIZE + len + 2);
		at = put_head(out.data + out.len, '$', len);
		memcpy(at, words[i], len);
		at += len;
		*at++ = '\r';
		*at++ = '\n';
	}
	out.len = (size_t)(at - out.data);
	return &out;
}

static struct redis_op *
send_op(const char *const *words, const size_t *lens, size_t count, bool keep, redis_done *done,
    void *arg)
{
	const struct buffer *text =
	    commands.state == REDIS_READY ? format(words, lens, count) : NULL;
	size_t kept = keep && text != NULL ? text->len : 0;
	struct redis_op *op = xmalloc(sizeof *op + kept);

	*op = (struct redis_op){
		.done = done, .arg = arg, .sent_us = loop_clock_us(), .again_len = kept
	};
	if (kept > 0)
		memcpy(op->again, text->data, kept);
	if (text == NULL ||
	    redisAsyncFormattedCommand(commands.ac, on_reply, op, text->data, text->len) !=
		REDIS_OK) {
		later_set(&op->later, on_no_use);
		return op;
	}
	if (waiting++ == 0)
		redis_link_expect(&commands);
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
	size_t all_lens[WORDS_MAX] = { 7, 40, 1 };
	const char keys[] = { (char)('0' + key_count), '\0' };

	if (count + 3 > WORDS_MAX || key_count > 9)
		abort();
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

#ifdef MAGPIE_FAULTS
void
redis_flush(void)
{
	if (commands.ac != NULL)
		redisAsyncHandleWrite(commands.ac);
}
#endif

/* INFO's answer to the handshake: which run of Redis this is. */
static void
on_info(redisAsyncContext *ac, void *answer, void *arg)
{
	const redisReply *reply = answer;

	(void)arg;
	if (reply == NULL || commands.ac != ac)
		return;
	count_answer();

	const char *info = reply->type == REDIS_REPLY_STRING ? reply->str : "";
	const char *run = strstr(info, "run_id:");

	if (run == NULL || strlen(run) < 7 + RUN_SIZE - 1 || strstr(info, "\nloading:1") != NULL) {
		redis_link_drop(
		    &commands, reply->type == REDIS_REPLY_ERROR ? reply->str : "Redis is loading");
		return;
	}
	/* One that failed over: the link isn't ready, and rests ever longer. */
	if (strstr(info, "\nslave_read_only:1") != NULL) {
		redis_link_drop(&commands, "Redis is a replica");
		return;
	}
	memcpy(run_id, run + 7, RUN_SIZE - 1);
	metrics_set(METRIC_REDIS_UP, 1);
	redis_link_ready(&commands);
	up_callback();
}

static void
greet_commands(void)
{
	load_scripts();
	waiting = 1; /* INFO's answer alone is counted: it is the last */
	redisAsyncCommand(commands.ac, on_info, NULL, "INFO");
	redis_link_expect(&commands);
}

/* ---- Life ---- */

static void
lost_commands(void)
{
	waiting = 0;
	metrics_set(METRIC_REDIS_UP, 0);
}

void
redis_open(const char *address, const char *password, int timeout_ms, void (*up)(void))
{
	up_callback = up;
	redis_link_configure(address, password, timeout_ms);
	redis_link_open(&commands);
}

void
redis_close(void)
{
	redis_link_close(&commands);
}

bool
redis_is_up(void)
{
	return commands.state == REDIS_READY;
}

const char *
redis_run(void)
{
	return run_id;
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
