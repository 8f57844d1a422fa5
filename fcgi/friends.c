/* friends.c: see friends.h. */
#include "friends.h"

#include <string.h>

#include "answer.h"
#include "outbox.h"
#include "presence.h"
#include "query.h"
#include "ratelimit.h"
#include "session.h"

enum { NOTE_MAX = 200 };

/* The last step of a change that has nothing to tell but that it was made. */
static enum step_result
answer_done(struct request *r)
{
	if (r->db->problem != PROBLEM_NONE)
		return answer_db_problem(r);
	outbox_push_reply(r->db, "outbox");
	return answer_empty(r);
}

/* POST /api/friend-requests */

struct ask {
	struct text username;
	struct text note;
};

static enum step_result
parse_ask(struct request *r)
{
	static const char *const members[] = { "username", "note", NULL };
	struct ask *a = r->act = arena_zalloc(r->arena, sizeof *a);

	a->note.bytes = "";
	if (!request_body(r, members))
		return STEP_ANSWERED;
	if (!body_username(r->body, "username", &a->username) ||
	    (body_has(r->body, "note") && !body_text(r->body, "note", 0, NOTE_MAX, &a->note)))
		return answer_bad_field(r);
	return STEP_NEXT;
}

static enum step_result
make_request(struct request *r)
{
	const struct ask *a = r->act;

	return request_db(r, "friend_request_create",
	    DB_ARGS(db_id(r->arena, r->user_id), a->username.bytes, a->note.bytes));
}

static enum step_result
answer_asked(struct request *r)
{
	struct json j = { 0 };

	if (r->db->problem != PROBLEM_NONE)
		return answer_db_problem(r);
	outbox_push_reply(r->db, "outbox");
	json_open(&j);
	json_member_int(&j, "id", db_int(r->db, 0, "request_id"));
	if (db_bool(r->db, 0, "accepted"))
		json_member_bool(&j, "accepted", true);
	json_close(&j);
	return answer_json(r, 201, &j);
}

step_fn *const friends_ask_steps[] = { AUTHENTICATE, check_csrf, check_rate, obey_rate, parse_ask,
	make_request, answer_asked, NULL };

/* POST /api/friend-requests/ID/accept and /reject */

static enum step_result
accept_request(struct request *r)
{
	return request_db(r, "friend_request_answer",
	    DB_ARGS(db_id(r->arena, r->user_id), db_id(r->arena, r->ids[0]), "true"));
}

static enum step_result
reject_request(struct request *r)
{
	return request_db(r, "friend_request_answer",
	    DB_ARGS(db_id(r->arena, r->user_id), db_id(r->arena, r->ids[0]), "false"));
}

step_fn *const friends_accept_steps[] = { AUTHENTICATE, check_csrf, check_rate, obey_rate,
	request_ids, request_nothing, accept_request, answer_done, NULL };

step_fn *const friends_reject_steps[] = { AUTHENTICATE, check_csrf, check_rate, obey_rate,
	request_ids, request_nothing, reject_request, answer_done, NULL };

/* GET /api/friend-requests */

static enum step_result
parse_page(struct request *r)
{
	struct page *p = r->act = arena_zalloc(r->arena, sizeof *p);

	return query_page(r, p) ? STEP_NEXT : answer_bad_field(r);
}

static enum step_result
ask_requests(struct request *r)
{
	return request_db(r, "friend_requests", DB_ARGS(db_id(r->arena, r->user_id)));
}

static void
write_request(struct json *j, const struct db_reply *reply, int row)
{
	json_open(j);
	json_member_int(j, "id", db_int(reply, row, "id"));
	json_key(j, "user");
	json_open(j);
	json_member_int(j, "id", db_int(reply, row, "user_id"));
	json_member_string(j, "username", db_text(reply, row, "username"));
	json_member_string(j, "name", db_text(reply, row, "name"));
	json_close(j);
	json_member_string(j, "note", db_text(reply, row, "note"));
	json_member_string(j, "timestamp", db_text(reply, row, "timestamp"));
	json_close(j);
}

static void
write_requests(
    struct json *j, const struct db_reply *reply, const struct page *p, const char *direction)
{
	size_t i;

	json_key(j, direction);
	json_open_array(j);
	for (i = 0; i < p->count; i++)
		if (strcmp(db_text(reply, p->rows[i], "direction"), direction) == 0)
			write_request(j, reply, p->rows[i]);
	json_close_array(j);
}

static enum step_result
answer_requests(struct request *r)
{
	struct page *p = r->act;
	struct json j = { 0 };

	if (r->db->problem != PROBLEM_NONE)
		return answer_db_problem(r);
	page_cut(p, r->arena, r->db);
	json_open(&j);
	write_requests(&j, r->db, p, "incoming");
	write_requests(&j, r->db, p, "outgoing");
	json_member_bool(&j, "more", p->more);
	json_close(&j);
	return answer_json(r, 200, &j);
}

step_fn *const friends_requests_steps[] = { AUTHENTICATE, check_rate, obey_rate, parse_page,
	ask_requests, answer_requests, NULL };

/* GET /api/friends */

struct friend
{
	const char *username, *name, *remark;
};

struct friends {
	struct page page;
	int64_t *ids; /* page.count of them, as of the next */
	struct friend *list;
};

static enum step_result
parse_friends(struct request *r)
{
	struct friends *f = r->act = arena_zalloc(r->arena, sizeof *f);

	return query_page(r, &f->page) ? STEP_NEXT : answer_bad_field(r);
}

static enum step_result
ask_friends(struct request *r)
{
	return request_db(r, "friends", DB_ARGS(db_id(r->arena, r->user_id)));
}

/* The reply ends with the next wait: copies what the answer needs. */
static enum step_result
take_friends(struct request *r)
{
	struct friends *f = r->act;
	size_t i;

	if (r->db->problem != PROBLEM_NONE)
		return answer_db_problem(r);
	page_cut(&f->page, r->arena, r->db);
	f->ids = arena_alloc(r->arena, (f->page.count + 1) * sizeof *f->ids);
	f->list = arena_alloc(r->arena, (f->page.count + 1) * sizeof *f->list);
	for (i = 0; i < f->page.count; i++) {
		int row = f->page.rows[i];

		f->ids[i] = db_int(r->db, row, "id");
		f->list[i].username = arena_strdup(r->arena, db_text(r->db, row, "username"));
		f->list[i].name = arena_strdup(r->arena, db_text(r->db, row, "name"));
		f->list[i].remark = arena_strdup(r->arena, db_text(r->db, row, "remark"));
	}
	return STEP_NEXT;
}

static enum step_result
ask_presence(struct request *r)
{
	const struct friends *f = r->act;

	return presence_ask(r, f->ids, f->page.count);
}

static enum step_result
answer_friends(struct request *r)
{
	const struct friends *f = r->act;
	struct json j = { 0 };
	size_t i;

	json_open(&j);
	json_key(&j, "friends");
	json_open_array(&j);
	for (i = 0; i < f->page.count; i++) {
		json_open(&j);
		json_member_int(&j, "id", f->ids[i]);
		json_member_string(&j, "username", f->list[i].username);
		json_member_string(&j, "name", f->list[i].name);
		json_member_string(&j, "remark", f->list[i].remark);
		json_member_bool(&j, "online", presence_of(r, i));
		json_close(&j);
	}
	json_close_array(&j);
	json_member_bool(&j, "more", f->page.more);
	json_close(&j);
	return answer_json(r, 200, &j);
}

step_fn *const friends_list_steps[] = { AUTHENTICATE, check_rate, obey_rate, parse_friends,
	ask_friends, take_friends, ask_presence, answer_friends, NULL };

/* DELETE /api/friends/ID */

static enum step_result
end_friendship(struct request *r)
{
	return request_db(
	    r, "friend_remove", DB_ARGS(db_id(r->arena, r->user_id), db_id(r->arena, r->ids[0])));
}

step_fn *const friends_remove_steps[] = { AUTHENTICATE, check_csrf, check_rate, obey_rate,
	request_ids, request_nothing, end_friendship, answer_done, NULL };
