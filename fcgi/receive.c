/* receive.c: see receive.h. */
#include "receive.h"

#include <string.h>

#include "answer.h"
#include "events.h"
#include "json.h"
#include "poll.h"
#include "query.h"
#include "queue.h"
#include "ratelimit.h"
#include "session.h"
#include "settings.h"
#include "shown.h"

enum { HAVE_MAX = 1000 };

static const int64_t largest = ((int64_t)1 << 53) - 1;

/* ---- The state: who I am, my conversations, and what has changed in them ---- */

/* What POST /api/queues and /api/changes ask for, and what became of it. */
struct state {
	const char *types, *ids, *revs; /* `have`, as array literals */
	char queue[QUEUE_ID_SIZE];      /* "" for /api/changes */
	struct json answer;             /* but for who is online */
	struct shown_look look;         /* at the contacts who are friends */
	int64_t *friends;
	const char **last_seen; /* of each of them, whether here or not */
	size_t *online_at;      /* where in the answer it is to be written */
};

struct arrays {
	struct buffer types, ids, revs;
};

static bool
read_entry(struct arrays *a, struct body *entry)
{
	static const char *const types[] = { "single", "group", NULL };
	int type = 0;
	int64_t id = 0, rev = 0;

	if (!body_enum(entry, "contact_type", types, &type) || !body_id(entry, "contact_id", &id) ||
	    !body_int(entry, "rev", 0, largest, &rev))
		return false;
	db_array_item(&a->types, types[type], strlen(types[type]));
	db_array_int(&a->ids, id);
	db_array_int(&a->revs, rev);
	return true;
}

static bool
read_have(struct body *b, struct arrays *a)
{
	static const char *const members[] = { "contact_type", "contact_id", "rev", NULL };
	size_t count = 0;

	if (body_has(b, "have") && !body_array(b, "have", HAVE_MAX, members, &count))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!read_entry(a, body_element(b, "have", i)))
			return false;
	return true;
}

/* Into the arena, which ends with the request however it ends. */
static const char *
end_array(struct request *r, struct buffer *array)
{
	const char *text = arena_strdup(r->arena, db_array_close(array));

	buffer_free(array);
	return text;
}

static enum step_result
parse_have(struct request *r)
{
	static const char *const members[] = { "have", NULL };
	struct state *s = r->act = arena_zalloc(r->arena, sizeof *s);
	struct arrays a = { 0 };
	bool good;

	if (!request_body(r, members))
		return STEP_ANSWERED;
	db_array_open(&a.types);
	db_array_open(&a.ids);
	db_array_open(&a.revs);
	good = read_have(r->body, &a);
	s->types = end_array(r, &a.types);
	s->ids = end_array(r, &a.ids);
	s->revs = end_array(r, &a.revs);
	return good ? STEP_NEXT : answer_bad_field(r);
}

static enum step_result
read_state(struct request *r)
{
	const struct state *s = r->act;

	return request_db(
	    r, "catch_up", DB_ARGS(db_id(r->arena, r->user_id), s->types, s->ids, s->revs));
}

static void
write_contact(struct request *r, struct state *s, const struct db_reply *reply, int row)
{
	struct json *j = &s->answer;
	bool ended = db_bool(reply, row, "ended");
	bool friend = !ended && strcmp(db_text(reply, row, "contact_type"), "single") == 0;

	json_open(j);
	json_member_string(j, "contact_type", db_text(reply, row, "contact_type"));
	json_member_int(j, "contact_id", db_int(reply, row, "contact_id"));
	json_member_string(j, "name", db_text(reply, row, "name"));
	if (db_text(reply, row, "username") != NULL)
		json_member_string(j, "username", db_text(reply, row, "username"));
	if (friend) { /* who is online isn't known yet */
		const char *seen = db_text(reply, row, "last_seen");

		s->friends[s->look.count] = db_int(reply, row, "contact_id");
		s->last_seen[s->look.count] = seen != NULL ? arena_strdup(r->arena, seen) : NULL;
		s->online_at[s->look.count++] = j->out.len;
	} else {
		json_member_bool(j, "online", false);
		json_member_string(j, "state", shown_name(SHOWN_OFFLINE));
	}
	json_member_raw(j, "rev", db_text(reply, row, "rev"));
	json_member_raw(j, "read_seq", db_text(reply, row, "read_seq"));
	json_member_raw(j, "unread", db_text(reply, row, "unread"));
	if (ended)
		json_member_bool(j, "ended", true);
	if (friend) {
		json_member_string(j, "remark", db_text(reply, row, "remark"));
		json_member_int(j, "list_id", db_int(reply, row, "list_id"));
	}
	json_members_raw(j, db_text(reply, row, "more"));
	json_key(j, "last_message");
	if (db_text(reply, row, "m_seq") != NULL)
		events_write_message(j, reply, row, "m_");
	else
		json_null(j);
	json_close(j);
}

static void
write_me(struct json *j, const struct db_reply *reply, int row)
{
	json_key(j, "me");
	json_open(j);
	json_member_raw(j, "id", db_text(reply, row, "contact_id"));
	json_member_string(j, "username", db_text(reply, row, "username"));
	json_member_string(j, "name", db_text(reply, row, "name"));
	json_member_raw(j, "me_rev", db_text(reply, row, "rev"));
	json_members_raw(j, db_text(reply, row, "more"));
	json_close(j);
}

/* A change, and the messages in the rows behind it; gives the row after them. */
static int
write_change(struct json *j, const struct db_reply *reply, int row)
{
	json_open(j);
	json_member_string(j, "contact_type", db_text(reply, row, "contact_type"));
	json_member_raw(j, "contact_id", db_text(reply, row, "contact_id"));
	json_member_int(j, "rev", db_int(reply, row, "rev"));
	json_member_bool(j, "reset", db_bool(reply, row, "reset"));
	if (db_bool(reply, row, "gone"))
		json_member_bool(j, "gone", true);
	json_key(j, "messages");
	json_open_array(j);
	while (++row < reply->rows && strcmp(db_text(reply, row, "what"), "message") == 0)
		events_write_message(j, reply, row, "m_");
	json_close_array(j);
	json_close(j);
	return row;
}

static void
write_state(struct request *r, struct state *s)
{
	struct json *j = &s->answer;
	const struct db_reply *reply = r->db;
	int row = 0;

	json_open(j);
	if (*s->queue != '\0') {
		json_member_string(j, "queue", s->queue);
		json_member_int(j, "next", 0);
		json_member_int(j, "hold", r->settings->receive_hold);
	}
	write_me(j, reply, row++);
	json_key(j, "contacts");
	json_open_array(j);
	for (; row < reply->rows && strcmp(db_text(reply, row, "what"), "contact") == 0; row++)
		write_contact(r, s, reply, row);
	json_close_array(j);
	json_key(j, "changes");
	json_open_array(j);
	while (row < reply->rows)
		row = write_change(j, reply, row);
	json_close_array(j);
	json_close(j);
}

static enum step_result
take_state(struct request *r)
{
	struct state *s = r->act;
	const char *text;
	size_t len;

	if (r->db->problem != PROBLEM_NONE)
		return answer_db_problem(r);
	if (r->db->rows == 0)
		return answer_problem(r, PROBLEM_NO_SESSION, NULL);
	s->friends = arena_alloc(r->arena, (size_t)r->db->rows * sizeof *s->friends);
	s->last_seen = arena_alloc(r->arena, (size_t)r->db->rows * sizeof *s->last_seen);
	s->online_at = arena_alloc(r->arena, (size_t)r->db->rows * sizeof *s->online_at);
	write_state(r, s);
	/* Into the arena, which ends with the request however it ends. */
	text = json_text(&s->answer, &len);
	char *copy = arena_copy(r->arena, text, len);
	buffer_free(&s->answer.out);
	s->answer.out = (struct buffer){ .data = copy, .len = len };
	s->look.ids = s->friends;
	s->look.last_seen = s->last_seen;
	return shown_ask(r, &s->look);
}

/* The members of a friend, where the answer left room for them. */
static void
write_shown(struct json *whole, const struct shown_look *l, size_t i)
{
	struct json j = { 0 };

	json_open(&j);
	json_member_bool(&j, "online", l->states[i] != SHOWN_OFFLINE);
	json_member_string(&j, "state", shown_name(l->states[i]));
	json_member_string(&j, "last_seen", l->states[i] == SHOWN_OFFLINE ? l->last_seen[i] : NULL);
	buffer_append(&whole->out, ",", 1);
	buffer_append(&whole->out, j.out.data + 1, j.out.len - 1);
	buffer_free(&j.out);
}

static enum step_result
answer_state(struct request *r)
{
	struct state *s = r->act;
	const struct buffer *answer = &s->answer.out;
	struct json whole = { 0 };
	size_t written = 0;

	shown_take_states(r, &s->look);
	for (size_t i = 0; i < s->look.count; i++) {
		buffer_append(&whole.out, answer->data + written, s->online_at[i] - written);
		write_shown(&whole, &s->look, i);
		written = s->online_at[i];
	}
	buffer_append(&whole.out, answer->data + written, answer->len - written);
	return answer_json(r, *s->queue != '\0' ? 201 : 200, &whole);
}

/* ---- Opening ---- */

static enum step_result
open_queue(struct request *r)
{
	struct state *s = r->act;

	return queue_open(r, s->queue);
}

static enum step_result
take_queue(struct request *r)
{
	if (!queue_opened(r))
		return answer_problem(r, PROBLEM_REDIS_DOWN, NULL);
	return STEP_NEXT;
}

/* ---- Waiting ---- */

/* Which characters an id may have, so that one that was never given is 410 and
 * what is no id at all is 400. */
static bool
looks_like_id(const struct text *t)
{
	for (size_t i = 0; i < t->len; i++) {
		char c = t->bytes[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			c == '-' || c == '_'))
			return false;
	}
	return t->len > 0 && t->len <= 64;
}

static bool
read_wish(struct request *r, struct poll_wish *w, struct text *queue)
{
	static const char *const names[] = { "queue", "after", "timeout", "revs", "idle", NULL };
	int64_t revs = -1, idle = 0;

	w->after = -1;
	w->timeout_s = r->settings->receive_hold;
	if (!query_only(r, names))
		return false;
	if (!request_query(r, "queue", queue) || !looks_like_id(queue))
		return query_refuse(r, "queue", "is missing, or no queue's id");
	if (!query_int(r, "after", 0, largest, &w->after) ||
	    !query_int(r, "timeout", 0, largest, &w->timeout_s) ||
	    !query_int(r, "revs", 0, UINT32_MAX, &revs) || !query_int(r, "idle", 0, 1, &idle))
		return false;
	if (w->after < 0)
		return query_refuse(r, "after", "is missing; it must be an event's number");
	w->timeout_s = w->timeout_s < HOLD_MAX_S ? w->timeout_s : HOLD_MAX_S;
	w->has_revs = revs >= 0;
	w->revs = (uint32_t)(revs >= 0 ? revs : 0);
	w->idle = idle == 1;
	return true;
}

static enum step_result
parse_receive(struct request *r)
{
	struct poll_wish *w = r->act = arena_zalloc(r->arena, sizeof *w);
	struct text queue;

	if (!read_wish(r, w, &queue))
		return answer_bad_field(r);
	if (!queue_id_fits(queue.len))
		return answer_problem(r, PROBLEM_QUEUE_GONE, NULL);
	memcpy(w->queue, queue.bytes, queue.len);
	return STEP_NEXT;
}

static enum step_result
park(struct request *r)
{
	return poll_begin(r, r->act);
}

step_fn *const receive_open_steps[] = { AUTHENTICATE, check_csrf, check_queue_rate, obey_rate,
	parse_have, open_queue,
	take_queue, /* before the state is read, so that nothing falls between */
	read_state, take_state, answer_state, NULL };

step_fn *const receive_changes_steps[] = { AUTHENTICATE, check_csrf, check_rate, obey_rate,
	parse_have, read_state, take_state, answer_state, NULL };

step_fn *const receive_steps[] = { AUTHENTICATE, check_poll_rate, parse_receive, park, NULL };
