/* bans.c: see bans.h. */
#include "bans.h"

#include "answer.h"
#include "outbox.h"
#include "query.h"
#include "ratelimit.h"
#include "session.h"

/* POST /api/groups/ID/bans */

struct ban {
	int64_t user_id;
};

static enum step_result
parse_ban(struct request *r)
{
	static const char *const members[] = { "user_id", NULL };
	struct ban *b = r->act = arena_zalloc(r->arena, sizeof *b);

	if (!request_body(r, members))
		return STEP_ANSWERED;
	return body_id(r->body, "user_id", &b->user_id) ? STEP_NEXT : answer_bad_field(r);
}

static enum step_result
add_ban(struct request *r)
{
	const struct ban *b = r->act;

	return request_db(r, "group_ban_add",
	    DB_ARGS(db_id(r->arena, r->user_id), db_id(r->arena, r->ids[0]),
		db_id(r->arena, b->user_id)));
}

step_fn *const bans_add_steps[] = { AUTHENTICATE, check_csrf, check_rate, obey_rate, request_ids,
	parse_ban, add_ban, outbox_answer, NULL };

/* GET /api/groups/ID/bans */

static enum step_result
parse_page(struct request *r)
{
	struct page *p = r->act = arena_zalloc(r->arena, sizeof *p);

	return query_page(r, p) ? STEP_NEXT : answer_bad_field(r);
}

static enum step_result
ask_bans(struct request *r)
{
	const struct page *p = r->act;

	return request_db(r, "group_bans",
	    DB_ARGS(db_id(r->arena, r->user_id), db_id(r->arena, r->ids[0]),
		db_id(r->arena, p->after), db_id(r->arena, p->limit + 1)));
}

static enum step_result
answer_bans(struct request *r)
{
	struct page *p = r->act;
	struct json j = { 0 };
	int row, count;

	if (r->db->problem != PROBLEM_NONE)
		return answer_db_problem(r);
	count = (int)page_rows(p, r->db);
	json_open(&j);
	json_key(&j, "bans");
	json_open_array(&j);
	for (row = 0; row < count; row++) {
		json_open(&j);
		json_member_int(&j, "id", db_int(r->db, row, "id"));
		json_member_string(&j, "username", db_text(r->db, row, "username"));
		json_member_string(&j, "name", db_text(r->db, row, "name"));
		json_member_string(&j, "avatar", db_text(r->db, row, "avatar"));
		json_member_string(&j, "at", db_text(r->db, row, "at"));
		json_key(&j, "by");
		json_open(&j);
		json_member_int(&j, "id", db_int(r->db, row, "by_id"));
		json_member_string(&j, "name", db_text(r->db, row, "by_name"));
		json_close(&j);
		json_close(&j);
	}
	json_close_array(&j);
	page_write_next(&j, p, r->db);
	json_close(&j);
	return answer_json(r, 200, &j);
}

step_fn *const bans_list_steps[] = { AUTHENTICATE, check_rate, obey_rate, request_ids, parse_page,
	ask_bans, answer_bans, NULL };

/* DELETE /api/groups/ID/bans/USER */

static enum step_result
remove_ban(struct request *r)
{
	return request_db(r, "group_ban_remove",
	    DB_ARGS(db_id(r->arena, r->user_id), db_id(r->arena, r->ids[0]),
		db_id(r->arena, r->ids[1])));
}

step_fn *const bans_remove_steps[] = { AUTHENTICATE, check_csrf, check_rate, obey_rate, request_ids,
	request_nothing, remove_ban, outbox_answer, NULL };
