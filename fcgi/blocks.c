/* blocks.c: see blocks.h. */
#include "blocks.h"

#include "answer.h"
#include "outbox.h"
#include "query.h"
#include "ratelimit.h"
#include "session.h"

/* POST /api/blocks */

struct block {
	int64_t user_id;
};

static enum step_result
parse_block(struct request *r)
{
	static const char *const members[] = { "user_id", NULL };
	struct block *b = r->act = arena_zalloc(r->arena, sizeof *b);

	if (!request_body(r, members))
		return STEP_ANSWERED;
	return body_id(r->body, "user_id", &b->user_id) ? STEP_NEXT : answer_bad_field(r);
}

static enum step_result
add_block(struct request *r)
{
	const struct block *b = r->act;

	return request_db(
	    r, "block_add", DB_ARGS(db_id(r->arena, r->user_id), db_id(r->arena, b->user_id)));
}

step_fn *const blocks_add_steps[] = { AUTHENTICATE, check_csrf, check_block_rate, obey_rate,
	parse_block, add_block, outbox_answer, NULL };

/* DELETE /api/blocks/ID */

static enum step_result
remove_block(struct request *r)
{
	return request_db(
	    r, "block_remove", DB_ARGS(db_id(r->arena, r->user_id), db_id(r->arena, r->ids[0])));
}

step_fn *const blocks_remove_steps[] = { AUTHENTICATE, check_csrf, check_rate, obey_rate,
	request_ids, request_nothing, remove_block, outbox_answer, NULL };

/* GET /api/blocks */

static enum step_result
parse_page(struct request *r)
{
	struct page *p = r->act = arena_zalloc(r->arena, sizeof *p);

	return query_page(r, p) ? STEP_NEXT : answer_bad_field(r);
}

static enum step_result
ask_blocks(struct request *r)
{
	const struct page *p = r->act;

	return request_db(r, "blocks",
	    DB_ARGS(db_id(r->arena, r->user_id), db_id(r->arena, p->after),
		db_id(r->arena, p->limit + 1)));
}

static enum step_result
answer_blocks(struct request *r)
{
	struct page *p = r->act;
	struct json j = { 0 };
	int row, count;

	if (r->db->problem != PROBLEM_NONE)
		return answer_db_problem(r);
	count = (int)page_rows(p, r->db);
	json_open(&j);
	json_key(&j, "blocks");
	json_open_array(&j);
	for (row = 0; row < count; row++) {
		json_open(&j);
		json_member_int(&j, "id", db_int(r->db, row, "id"));
		json_member_string(&j, "username", db_text(r->db, row, "username"));
		json_member_string(&j, "name", db_text(r->db, row, "name"));
		json_member_string(&j, "avatar", db_text(r->db, row, "avatar"));
		json_member_string(&j, "timestamp", db_text(r->db, row, "timestamp"));
		json_close(&j);
	}
	json_close_array(&j);
	json_member_bool(&j, "more", p->more);
	json_close(&j);
	return answer_json(r, 200, &j);
}

step_fn *const blocks_list_steps[] = { AUTHENTICATE, check_rate, obey_rate, parse_page, ask_blocks,
	answer_blocks, NULL };
