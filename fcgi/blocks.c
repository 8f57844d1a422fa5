/* blocks.c: see blocks.h. */
#include "blocks.h"

#include "outbox.h"
#include "page.h"
#include "person.h"
#include "ratelimit.h"
#include "session.h"

/* POST /api/blocks */

static enum step_result
add_block(struct request *r)
{
	return request_db(
	    r, "block_add", DB_ARGS(db_id(r->arena, r->user_id), db_id(r->arena, r->named_id)));
}

step_fn *const blocks_add_steps[] = { AUTHENTICATE, check_csrf, check_block_rate, obey_rate,
	request_user_id, add_block, outbox_answer, NULL };

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
ask_blocks(struct request *r)
{
	return page_ask(r, r->act, "blocks");
}

static void
write_block(struct json *j, const struct db_reply *reply, int row)
{
	json_open(j);
	person_write_members(j, reply, row, "id", "");
	json_member_string(j, "timestamp", db_text(reply, row, "timestamp"));
	json_close(j);
}

static enum step_result
answer_blocks(struct request *r)
{
	return page_answer_more(r, r->act, "blocks", write_block);
}

step_fn *const blocks_list_steps[] = { AUTHENTICATE, check_rate, obey_rate, page_parse, ask_blocks,
	answer_blocks, NULL };
