/* friend_requests.c: see friend_requests.h. */
#include "friend_requests.h"

#include <string.h>

#include "answer.h"
#include "outbox.h"
#include "page.h"
#include "person.h"
#include "ratelimit.h"
#include "session.h"

enum { NOTE_MAX = 200, REMARK_MAX = 32 };

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
	const struct settings *s = r->settings;

	return request_db(r, "friend_request_ask",
	    DB_ARGS(db_id(r->arena, r->user_id), a->username.bytes, a->note.bytes,
		s->limits_enabled ? db_id(r->arena, s->limits_asks_a_day) : NULL));
}

static enum step_result
answer_asked(struct request *r)
{
	struct json j = { 0 };

	json_open(&j);
	json_member_int(&j, "id", db_int(r->db, 0, "request_id"));
	if (db_bool(r->db, 0, "accepted"))
		json_member_bool(&j, "accepted", true);
	json_close(&j);
	return answer_json(r, 201, &j);
}

step_fn *const friend_requests_ask_steps[] = { AUTHENTICATE, check_csrf,
	check_find_rate, /* asking tells who there is, as looking does */
	obey_rate, parse_ask, make_request, outbox_take, answer_asked, NULL };

/* POST /api/friend-requests/ID/accept */

struct accept {
	struct text remark;
	int64_t list_id; /* 0: the default one */
};

static enum step_result
parse_accept(struct request *r)
{
	static const char *const members[] = { "remark", "list_id", NULL };
	struct accept *a = r->act = arena_zalloc(r->arena, sizeof *a);

	a->remark.bytes = "";
	if (!request_body(r, members))
		return STEP_ANSWERED;
	if ((body_has(r->body, "remark") &&
		!body_line(r->body, "remark", REMARK_MAX, &a->remark)) ||
	    (body_has(r->body, "list_id") && !body_id_or_0(r->body, "list_id", &a->list_id)))
		return answer_bad_field(r);
	return STEP_NEXT;
}

static enum step_result
accept_request(struct request *r)
{
	const struct accept *a = r->act;

	return request_db(r, "friend_request_answer",
	    DB_ARGS(db_id(r->arena, r->user_id), db_id(r->arena, r->ids[0]), "true",
		a->remark.bytes, text_name_key(r->arena, &a->remark), db_id(r->arena, a->list_id)));
}

step_fn *const friend_requests_accept_steps[] = { AUTHENTICATE, check_csrf, check_rate, obey_rate,
	request_ids, parse_accept, accept_request, outbox_answer, NULL };

/* POST /api/friend-requests/ID/reject */

static enum step_result
reject_request(struct request *r)
{
	return request_db(r, "friend_request_answer",
	    DB_ARGS(db_id(r->arena, r->user_id), db_id(r->arena, r->ids[0]), "false", "", "", "0"));
}

step_fn *const friend_requests_reject_steps[] = { AUTHENTICATE, check_csrf, check_rate, obey_rate,
	request_ids, request_nothing, reject_request, outbox_answer, NULL };

/* DELETE /api/friend-requests/ID */

static enum step_result
withdraw_request(struct request *r)
{
	return request_db(r, "friend_request_withdraw",
	    DB_ARGS(db_id(r->arena, r->user_id), db_id(r->arena, r->ids[0])));
}

step_fn *const friend_requests_withdraw_steps[] = { AUTHENTICATE, check_csrf, check_rate, obey_rate,
	request_ids, request_nothing, withdraw_request, outbox_answer, NULL };

/* GET /api/friend-requests */

static enum step_result
ask_requests(struct request *r)
{
	return page_ask(r, r->act, "friend_request_page");
}

static void
write_request(struct json *j, const struct db_reply *reply, int row)
{
	json_open(j);
	json_member_int(j, "id", db_int(reply, row, "id"));
	person_write(j, "user", reply, row, "user_id", "");
	json_member_string(j, "note", db_text(reply, row, "note"));
	json_member_string(j, "timestamp", db_text(reply, row, "timestamp"));
	json_close(j);
}

static void
write_requests(
    struct json *j, const struct db_reply *reply, const struct page *p, const char *direction)
{
	json_key(j, direction);
	json_open_array(j);
	for (int row = 0; row < p->rows; row++)
		if (strcmp(db_text(reply, row, "direction"), direction) == 0)
			write_request(j, reply, row);
	json_close_array(j);
}

static enum step_result
answer_requests(struct request *r)
{
	struct page *p = r->act;
	struct json j = { 0 };

	if (r->db->problem != PROBLEM_NONE)
		return answer_db_problem(r);
	page_cut(p, r->db);
	json_open(&j);
	write_requests(&j, r->db, p, "incoming");
	write_requests(&j, r->db, p, "outgoing");
	json_member_bool(&j, "more", p->more);
	json_close(&j);
	return answer_json(r, 200, &j);
}

step_fn *const friend_requests_list_steps[] = { AUTHENTICATE, check_rate, obey_rate, page_parse,
	ask_requests, answer_requests, NULL };
