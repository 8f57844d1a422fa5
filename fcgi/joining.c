/* joining.c: see joining.h. */
#include "joining.h"

#include <string.h>

#include "answer.h"
#include "outbox.h"
#include "page.h"
#include "person.h"
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
	if (!request_query(r, "q", &s->part) || s->part.points < PART_MIN ||
	    s->part.points > PART_MAX)
		return query_refuse(r, "q", "must be a text of 2 to 64 characters");
	return page_read(r, &s->page, FOUND_MAX);
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

static void
write_card(struct json *j, const struct db_reply *reply, int row)
{
	const char *card = db_text(reply, row, "card");

	json_raw(j, card, strlen(card));
}

static enum step_result
answer_found(struct request *r)
{
	struct search *s = r->act;

	return page_answer(r, &s->page, "groups", write_card);
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

	json_open(&j);
	json_member_bool(&j, "joined", db_bool(r->db, 0, "joined"));
	json_close(&j);
	return answer_json(r, 201, &j);
}

step_fn *const joining_ask_steps[] = { AUTHENTICATE, check_csrf, check_rate, obey_rate, request_ids,
	parse_ask, ask_to_join, outbox_take, answer_asked, NULL };

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
parse_requests(struct request *r)
{
	struct page *p = r->act = arena_zalloc(r->arena, sizeof *p);

	return page_parse_into(r, p, REQUESTS_MAX);
}

static enum step_result
ask_requests(struct request *r)
{
	return page_ask_of(r, r->act, "join_requests", r->ids[0]);
}

static void
write_request(struct json *j, const struct db_reply *reply, int row)
{
	json_open(j);
	person_write(j, "user", reply, row, "user_id", "");
	json_member_string(j, "note", db_text(reply, row, "note"));
	json_member_string(j, "created_at", db_text(reply, row, "created_at"));
	json_close(j);
}

static enum step_result
answer_requests(struct request *r)
{
	return page_answer(r, r->act, "requests", write_request);
}

step_fn *const joining_list_steps[] = { AUTHENTICATE, check_rate, obey_rate, request_ids,
	parse_requests, ask_requests, answer_requests, NULL };

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
