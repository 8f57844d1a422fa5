/* bans.c: see bans.h. */
#include "bans.h"

#include "outbox.h"
#include "page.h"
#include "person.h"
#include "ratelimit.h"
#include "session.h"

/* POST /api/groups/ID/bans */

static enum step_result
add_ban(struct request *r)
{
	return request_db(r, "group_ban_add",
	    DB_ARGS(db_id(r->arena, r->user_id), db_id(r->arena, r->ids[0]),
		db_id(r->arena, r->named_id)));
}

step_fn *const bans_add_steps[] = { AUTHENTICATE, check_csrf, check_rate, obey_rate, request_ids,
	request_user_id, add_ban, outbox_answer, NULL };

/* GET /api/groups/ID/bans */

static enum step_result
ask_bans(struct request *r)
{
	return page_ask_of(r, r->act, "group_bans", r->ids[0]);
}

static void
write_ban(struct json *j, const struct db_reply *reply, int row)
{
	json_open(j);
	person_write_members(j, reply, row, "id", "");
	json_member_string(j, "at", db_text(reply, row, "at"));
	json_key(j, "by");
	json_open(j);
	json_member_int(j, "id", db_int(reply, row, "by_id"));
	json_member_string(j, "name", db_text(reply, row, "by_name"));
	json_close(j);
	json_close(j);
}

static enum step_result
answer_bans(struct request *r)
{
	return page_answer(r, r->act, "bans", write_ban);
}

step_fn *const bans_list_steps[] = { AUTHENTICATE, check_rate, obey_rate, request_ids, page_parse,
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
