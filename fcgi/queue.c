/* queue.c: see queue.h. */
#include "queue.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "bell.h"
#include "metrics.h"
#include "text.h"

enum { KEY_SIZE = 96, NUMBER_SIZE = 24 };

/* An id is an integer, since Redis keeps a set of those in 16 bytes, and one of words in 180. Its last digits are the
 * user's, so that no two of the first ten million users have the same one; the others are random. */
#define ID_USERS  UINT64_C(10000000)
#define ID_LEAST  UINT64_C(100000000000)
#define ID_RANDOM UINT64_C(800000000000)

/* The keys of one user lie in one slot of a cluster: {u7}:tabs, {u7}:t:<id>:m, {u7}:t:<id>:q. */
static void
tabs_key(char key[KEY_SIZE], int64_t user_id)
{
	(void)stpcpy(text_decimal(user_id, stpcpy(key, "{u")), "}:tabs");
}

static void
queue_key(char key[KEY_SIZE], int64_t user_id, const char *id, char which)
{
	char *at = stpcpy(text_decimal(user_id, stpcpy(key, "{u")), "}:t:");

	at = stpcpy(at, id); /* QUEUE_ID_SIZE at most */
	*at++ = ':';
	*at++ = which;
	*at = '\0';
}

static void
number(char text[NUMBER_SIZE], int64_t n)
{
	(void)text_decimal(n, text);
}

/* Rings for a script's list of (bell, tab, number): of the event that goes along, or 0. */
static void
ring_all(const struct redis_reply *list, const char *event, size_t event_len)
{
	for (size_t i = 0; i + 2 < redis_count(list); i += 3) {
		struct ring ring = { .number = redis_int(redis_item(list, i + 2)) };
		size_t bell_len = 0;
		const char *bell = redis_string(redis_item(list, i), &bell_len);

		ring.tab = redis_string(redis_item(list, i + 1), &ring.tab_len);
		if (ring.number > 0) {
			ring.event = event;
			ring.event_len = event_len;
		}
		if (bell != NULL && ring.tab != NULL)
			bell_ring(bell, bell_len, &ring);
	}
}

bool
queue_id_fits(size_t len)
{
	return len == QUEUE_ID_LEN || len == QUEUE_OLD_ID_LEN;
}

static void
new_id(char id[QUEUE_ID_SIZE], int64_t user_id)
{
	uint64_t random;

	randombytes_buf(&random, sizeof random);
	number(id,
	    (int64_t)((ID_LEAST + random % ID_RANDOM) * ID_USERS + (uint64_t)user_id % ID_USERS));
}

enum step_result
queue_open(struct request *r, char id[QUEUE_ID_SIZE])
{
	char tabs[KEY_SIZE], meta[KEY_SIZE], session[NUMBER_SIZE], most[NUMBER_SIZE];

	new_id(id, r->user_id);
	tabs_key(tabs, r->user_id);
	queue_key(meta, r->user_id, id, 'm');
	number(session, r->session_id);
	number(most, QUEUES_MAX);
	return request_script(r, SCRIPT_QUEUE_OPEN,
	    (const char *const[]){ tabs, meta, redis_run(), id, session, most }, 6, 2);
}

bool
queue_opened(const struct request *r)
{
	if (r->redis == NULL)
		return false;
	ring_all(r->redis, NULL, 0);
	metrics_add(METRIC_QUEUES_OPENED, 1);
	return true;
}

/* A push or a drop under way. */
struct change {
	void (*done)(void *arg, bool taken);
	void *arg;
	size_t event_len;
	char event[]; /* what may go along with a ring */
};

static void
end_change(struct change *c, bool taken)
{
	if (!taken)
		metrics_add(METRIC_PUSH_ERRORS, 1);
	if (c->done != NULL)
		c->done(c->arg, taken);
	free(c);
}

static void
on_changed(void *arg, const struct redis_reply *reply)
{
	struct change *c = arg;

	ring_all(reply, c->event, c->event_len);
	end_change(c, reply != NULL);
}

static struct change *
new_change(void (*done)(void *arg, bool taken), void *arg, const char *event, size_t event_len)
{
	struct change *c = xmalloc(sizeof *c + event_len);

	*c = (struct change){ .done = done, .arg = arg, .event_len = event_len };
	memcpy(c->event, event, event_len);
	return c;
}

void
queue_push(int64_t user_id, const char *event, size_t len, bool passing,
    void (*done)(void *arg, bool taken), void *arg)
{
	char tabs[KEY_SIZE], waiting[NUMBER_SIZE], passing_max[NUMBER_SIZE] = "",
						   along_max[NUMBER_SIZE] = "";
	bool along = len <= QUEUE_ALONG_BYTES;

	tabs_key(tabs, user_id);
	number(waiting, QUEUE_WAITING_MAX);
	if (passing)
		number(passing_max, QUEUE_PASSING_MAX);
	if (along)
		number(along_max, QUEUE_ALONG_MAX);

	const char *words[] = { tabs, redis_run(), event + 1, waiting, passing_max, along_max };
	size_t lens[] = { strlen(tabs), strlen(words[1]), len - 1, strlen(waiting),
		strlen(passing_max), strlen(along_max) };

	metrics_add(METRIC_PUSHES, 1);
	(void)redis_script(SCRIPT_QUEUE_PUSH, words, lens, 6, 1, on_changed,
	    new_change(done, arg, event + 1, along ? len - 1 : 0));
}

void
queue_drop_session(
    int64_t user_id, int64_t session_id, void (*done)(void *arg, bool taken), void *arg)
{
	char tabs[KEY_SIZE], session[NUMBER_SIZE];

	tabs_key(tabs, user_id);
	number(session, session_id);
	(void)redis_script(SCRIPT_QUEUE_DROP_SESSION, (const char *const[]){ tabs, session }, NULL,
	    2, 1, on_changed, new_change(done, arg, "", 0));
}

struct redis_op *
queue_read(int64_t user_id, const char *id, int64_t after, int64_t gen, bool note, bool doubt,
    bool idle, redis_done *done, void *arg)
{
	char meta[KEY_SIZE], list[KEY_SIZE], tabs[KEY_SIZE];
	char after_text[NUMBER_SIZE], gen_text[NUMBER_SIZE] = "", most[NUMBER_SIZE];

	queue_key(meta, user_id, id, 'm');
	queue_key(list, user_id, id, 'q');
	tabs_key(tabs, user_id);
	number(after_text, after);
	number(most, QUEUE_READ_MAX);
	if (gen != 0)
		number(gen_text, gen);
	return redis_script(SCRIPT_QUEUE_READ,
	    (const char *const[]){ meta, list, tabs, redis_run(), id, after_text, gen_text,
		note ? bell_name() : "", most, doubt ? "1" : "", idle ? "1" : "" },
	    NULL, 11, 3, done, arg);
}
