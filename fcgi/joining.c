/* joining.c: see joining.h. */
#include "joining.h"

#include <string.h>

#include "answer.h"
#include "outbox.h"
#include "query.h"
#include "ratelimit.h"
#include "session.h"

enum { PART_MIN = 2, PART_MAX = 64, FOUND_MAX = 50, NOTE_MAX = 200, REQUESTS_MAX = 100 };

/* GET /api/public-groups */

struct search {
	struct text part;
	struct page page;
};

static bool
read_search(struct request *r, struct search *s)
{
	static const char *const names[] = { "q", "limit", "after", NULL };

	if (!query_only(r, names))
		return false;
	if (request_query(r, "q", &s->part) <= 0 || s->part.points < PART_MIN ||
	    s->part.points > PART_MAX)
		return query_refuse(r, "q", "must be a text of 2 to 64 characters");
	return query_cursor(r, FOUND_MAX, &s->page);
}

static enum step_result
parse_search(struct request *r)
{
	struct search *s = r->act = arena_zalloc(r->arena, sizeof *s);

	return read_search(r, s) ? STEP_NEXT : answer_bad_field(r);
}

static enum step_result
find_groups(struct request *r)
{
	const struct search *s = r->act;

	return request_db(r, "public_groups",
	    DB_ARGS(db_id(r->arena, r->user_id), text_name_key(r->arena, &s->part),
		db_id(r->arena, s->page.after), db_id(r->arena, s->page.limit + 1)));
}

static enum step_result
answer_found(struct request *r)
{
	struct search *s = r->act;
	struct json j = { 0 };
	int row, count;

	if (r->db->problem != PROBLEM_NONE)
		return answer_db_problem(r);
	count = (int)page_rows(&s->page, r->db);
	json_open(&j);
	json_key(&j, "groups");
	json_open_array(&j);
	for (row = 0; row < count; row++) {
		const char *card = db_text(r->db, row, "card");

		json_raw(&j, card, strlen(card));
	}
	json_close_array(&j);
	page_write_next(&j, &s->page, r->db);
	json_close(&j);
	return answer_json(r, 200, &j);
}

step_fn *const joining_find_steps[] = { AUTHENTICATE, check_find_rate, obey_rate, parse_search,
	find_groups, answer_found, NULL };

/* POST /api/groups/ID/join */

struct ask {
	struct text note;
};

static enum step_result
parse_ask(struct request *r)
{
	static const char *const members[] = { "note", NULL };
	struct ask *a = r->act = arena_zalloc(r->arena, sizeof *a);

	a->note.bytes = "";
	if (!request_body(r, members))
		return STEP_ANSWERED;
	if (body_has(r->body, "note") && !body_text(r->body, "note", 0, NOTE_MAX, &a->note))
		return answer_bad_field(r);
	return STEP_NEXT;
}

static enum step_result
ask_to_join(struct request *r)
{
	const struct ask *a = r->act;
	const struct settings *s = r->settings;

	return request_db(r, "group_join_ask",
	    DB_ARGS(db_id(r->arena, r->user_id), db_id(r->arena, r->ids[0]), a->note.bytes,
		s->limits_enabled ? db_id(r->arena, s->limits_asks_a_day) : NULL));
}

static enum step_result
answer_asked(struct request *r)
{
	struct json j = { 0 };

	if (r->db->problem == PROBLEM_RATE)
		return answer_rate(r, db_int(r->db, 0, "retry_after_s") * 1000);
	if (r->db->problem != PROBLEM_NONE)
		return answer_db_problem(r);
	outbox_push_reply(r->db, "outbox");
	json_open(&j);
	json_member_bool(&j, "joined", db_bool(r->db, 0, "joined"));
	json_close(&j);
	return answer_json(r, 201, &j);
}

step_fn *const joining_ask_steps[] = { AUTHENTICATE, check_csrf, check_rate, obey_rate, request_ids,
	parse_ask, ask_to_join, answer_asked, NULL };

/* DELETE /api/groups/ID/join */

static enum step_result
withdraw_request(struct request *r)
{
	return request_db(r, "join_request_withdraw",
	    DB_ARGS(db_id(r->arena, r->user_id), db_id(r->arena, r->ids[0])));
}

step_fn *const joining_withdraw_steps[] = { AUTHENTICATE, check_csrf, check_rate, obey_rate,
	request_ids, request_nothing, withdraw_request, outbox_answer, NULL };

/* GET /api/groups/ID/join-requests */

static enum step_result
parse_page(struct request *r)
{
	struct page *p = r->act = arena_zalloc(r->arena, sizeof *p);

	return query_page_of(r, REQUESTS_MAX, p) ? STEP_NEXT : answer_bad_field(r);
}

static enum step_result
ask_requests(struct request *r)
{
	const struct page *p = r->act;

	return request_db(r, "join_requests",
	    DB_ARGS(db_id(r->arena, r->user_id), db_id(r->arena, r->ids[0]),
		db_id(r->arena, p->after), db_id(r->arena, p->limit + 1)));
}

static enum step_result
answer_requests(struct request *r)
{
	struct page *p = r->act;
	struct json j = { 0 };
	int row, count;

	if (r->db->problem != PROBLEM_NONE)
		return answer_db_problem(r);
	count = (int)page_rows(p, r->db);
	json_open(&j);
	json_key(&j, "requests");
	json_open_array(&j);
	for (row = 0; row < count; row++) {
		json_open(&j);
		json_key(&j, "user");
		json_open(&j);
		json_member_int(&j, "id", db_int(r->db, row, "user_id"));
		json_member_string(&j, "username", db_text(r->db, row, "username"));
		json_member_string(&j, "name", db_text(r->db, row, "name"));
		json_member_string(&j, "avatar", db_text(r->db, row, "avatar"));
		json_close(&j);
		json_member_string(&j, "note", db_text(r->db, row, "note"));
		json_member_string(&j, "created_at", db_text(r->db, row, "created_at"));
		json_close(&j);
	}
	json_close_array(&j);
	page_write_next(&j, p, r->db);
	json_close(&j);
	return answer_json(r, 200, &j);
}

step_fn *const joining_list_steps[] = { AUTHENTICATE, check_rate, obey_rate, request_ids,
	parse_page, ask_requests, answer_requests, NULL };

/* POST /api/groups/ID/join-requests/USER/accept, …/reject */

static enum step_result
answer_request(struct request *r, const char *accept)
{
	return request_db(r, "join_request_answer",
	    DB_ARGS(db_id(r->arena, r->user_id), db_id(r->arena, r->ids[0]),
		db_id(r->arena, r->ids[1]), accept));
}

static enum step_result
accept_request(struct request *r)
{
	return answer_request(r, "true");
}

static enum step_result
reject_request(struct request *r)
{
	return answer_request(r, "false");
}

step_fn *const joining_accept_steps[] = { AUTHENTICATE, check_csrf, check_rate, obey_rate,
	request_ids, request_nothing, accept_request, outbox_answer, NULL };
step_fn *const joining_reject_steps[] = { AUTHENTICATE, check_csrf, check_rate, obey_rate,
	request_ids, request_nothing, reject_request, outbox_answer, NULL };
