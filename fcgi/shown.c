/* shown.c: see shown.h. */
#include "shown.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db.h"
#include "events.h"
#include "loop.h"
#include "queue.h"

enum { SOON_MS = 100, BUCKETS = 4096, TOLD_MOST = 200, PARTS = 8, STATES = 4 };

static const char *const names[STATES] = {
	[SHOWN_OFFLINE] = "offline",
	[SHOWN_ONLINE] = "online",
	[SHOWN_AWAY] = "away",
	[SHOWN_BUSY] = "busy",
};

/* A user whose friends are to be told. */
struct news {
	struct news *next;        /* in the bucket, then among those that are told */
	struct deadline deadline; /* until then further changes come to it */
	int64_t user_id;
	enum shown before, now;
};

static struct news *buckets[BUCKETS];
static struct news *untold, **untold_end = &untold;
static struct news *told; /* those of the call under way */
static size_t news_count; /* of all these */

static void
news_free(struct news *n)
{
	news_count--;
	free(n);
}

const char *
shown_name(enum shown s)
{
	return names[s];
}

enum shown
shown_of_code(const char *code)
{
	if (code == NULL || *code < '0' || *code >= '0' + STATES)
		return SHOWN_OFFLINE;
	return (enum shown)(*code - '0');
}

void
shown_key(char key[SHOWN_KEY_SIZE], int64_t user_id)
{
	(void)snprintf(key, SHOWN_KEY_SIZE, "{u%lld}:here", (long long)user_id);
}

/* Milliseconds have 41 bits, so that a double has room for eighths. */
void
shown_score(char text[SHOWN_SCORE_SIZE], int64_t until_ms, enum shown s)
{
	(void)snprintf(
	    text, SHOWN_SCORE_SIZE, "%lld.%03d", (long long)until_ms, 1000 / PARTS * (int)s);
}

enum shown
shown_of_score(const char *text)
{
	double score = text != NULL ? strtod(text, NULL) : 0;
	double part = (score - (double)(int64_t)score) * PARTS + 0.5;

	return part < STATES ? (enum shown)part : SHOWN_OFFLINE;
}

/* ---- Telling the friends ---- */

static void tell(void);

static void
push_news(const struct db_reply *reply, int row, const struct news *n)
{
	struct arena *a = arena_new();
	struct json event = { 0 };
	size_t count, len;
	int64_t *friends = db_ints(reply, row, "friends", a, &count);

	events_write_presence(&event, n->user_id, names[n->now], n->now != SHOWN_OFFLINE,
	    db_text(reply, row, "last_seen"));

	const char *text = json_text(&event, &len);

	for (size_t i = 0; i < count; i++)
		queue_push(friends[i], text, len, true, NULL, NULL);
	buffer_free(&event.out);
	arena_free(a);
}

static void
on_friends(void *arg, const struct db_reply *reply)
{
	(void)arg;
	for (struct news *n = told, *next; n != NULL; n = next) {
		next = n->next;
		for (int row = 0; row < reply->rows && reply->problem == PROBLEM_NONE; row++)
			if (db_int(reply, row, "user_id") == n->user_id) {
				push_news(reply, row, n);
				break;
			}
		news_free(n);
	}
	told = NULL;
	tell();
}

/* What comes while a call is under way shares the next one. */
static void
tell(void)
{
	static struct buffer ids, gone;
	size_t count = 0;

	if (told != NULL || untold == NULL)
		return;
	db_array_open(&ids);
	db_array_open(&gone);

	struct news **at = &untold;

	for (; *at != NULL && count < TOLD_MOST; at = &(*at)->next, count++) {
		bool is_gone = (*at)->now == SHOWN_OFFLINE;

		db_array_int(&ids, (*at)->user_id);
		db_array_item(&gone, is_gone ? "t" : "f", 1);
	}
	told = untold;
	untold = *at;
	*at = NULL;
	if (untold == NULL)
		untold_end = &untold;
	(void)db_call("presence_friends", DB_ARGS(db_array_close(&ids), db_array_close(&gone)),
	    on_friends, NULL);
}

static struct news **
find(int64_t user_id)
{
	struct news **at = &buckets[(uint64_t)user_id % BUCKETS];

	while (*at != NULL && (*at)->user_id != user_id)
		at = &(*at)->next;
	return at;
}

/* What holds now. Whoever changed it last looks last, so that what is noted ends right also where the
 * notes of two workers crossed, or one's "gone" another's "here". */
static void
on_shown(void *arg, const struct redis_reply *reply)
{
	struct news *n = arg;
	const char *code = redis_string(reply, NULL);
	char score[SHOWN_SCORE_SIZE], id[24];

	n->now = shown_of_code(code);
	if (code != NULL) {
		(void)snprintf(id, sizeof id, "%lld", (long long)n->user_id);
		shown_score(score, loop_wall_ms() + SHOWN_LEASE_MS, n->now);
		(void)redis_command(
		    (const char *const[]){ "ZADD", SHOWN_SET, score, id }, NULL, 4, NULL, NULL);
	}
	if (n->now == n->before || !redis_is_up()) {
		news_free(n);
		return;
	}
	n->next = NULL;
	*untold_end = n;
	untold_end = &n->next;
	tell();
}

static void
on_soon(struct deadline *d)
{
	struct news *n = container_of(d, struct news, deadline);
	char key[SHOWN_KEY_SIZE];

	*find(n->user_id) = n->next;
	shown_key(key, n->user_id);
	(void)redis_command((const char *const[]){ "HGET", key, "shown" }, NULL, 3, on_shown, n);
}

void
shown_changed(int64_t user_id, enum shown before)
{
	struct news **at = find(user_id), *n = *at;

	if (n != NULL)
		return;
	n = *at = xzalloc(sizeof *n);
	news_count++;
	n->user_id = user_id;
	n->before = before;
	deadline_set(&n->deadline, SOON_MS, on_soon);
}

size_t
shown_untold(void)
{
	return news_count;
}

/* ---- Looking ---- */

enum step_result
shown_ask(struct request *r, struct shown_look *l)
{
	const char **words = arena_alloc(r->arena, (l->count + 2) * sizeof *words);

	l->states = arena_zalloc(r->arena, (l->count + 1) * sizeof *l->states);
	if (l->last_seen == NULL)
		l->last_seen = arena_zalloc(r->arena, (l->count + 1) * sizeof *l->last_seen);
	words[0] = "ZMSCORE";
	words[1] = SHOWN_SET;
	for (size_t i = 0; i < l->count; i++)
		words[2 + i] = db_id(r->arena, l->ids[i]);
	if (l->count > 0)
		return request_redis(r, words, l->count + 2);
	r->db = NULL;
	r->redis = NULL;
	return STEP_NEXT;
}

void
shown_take_states(const struct request *r, struct shown_look *l)
{
	for (size_t i = 0; i < l->count; i++)
		l->states[i] = shown_of_score(redis_string(redis_item(r->redis, i), NULL));
}

enum step_result
shown_ask_last_seen(struct request *r, struct shown_look *l)
{
	struct buffer offline = { 0 };
	const char *ids;

	shown_take_states(r, l);
	db_array_open(&offline);
	for (size_t i = 0; i < l->count; i++) {
		if (l->states[i] == SHOWN_OFFLINE) {
			db_array_int(&offline, l->ids[i]);
			l->asked = true;
		}
	}
	ids = arena_strdup(r->arena, db_array_close(&offline));
	buffer_free(&offline);
	return l->asked ? request_db(r, "last_seen_of", DB_ARGS(db_id(r->arena, r->user_id), ids))
			: STEP_NEXT;
}

void
shown_take(struct request *r, struct shown_look *l)
{
	size_t i = 0;

	if (!l->asked || r->db->problem != PROBLEM_NONE)
		return;
	/* Both are in the same order. */
	for (int row = 0; row < r->db->rows; row++) {
		int64_t id = db_int(r->db, row, "user_id");

		while (i < l->count && l->ids[i] != id)
			i++;
		if (i < l->count)
			l->last_seen[i] = arena_strdup(r->arena, db_text(r->db, row, "last_seen"));
	}
}
