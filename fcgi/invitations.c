/* invitations.c: see invitations.h. */
#include "invitations.h"

#include "answer.h"
#include "outbox.h"
#include "page.h"
#include "person.h"
#include "ratelimit.h"
#include "session.h"

/* POST /api/groups/ID/invitations */

static enum step_result
invite_friend(struct request *r)
{
	const struct settings *s = r->settings;

	return request_db(r, "group_invite",
	    DB_ARGS(db_id(r->arena, r->user_id), db_id(r->arena, r->ids[0]),
		db_id(r->arena, r->named_id),
		s->limits_enabled ? db_id(r->arena, s->limits_asks_a_day) : NULL));
}

static enum step_result
answer_invited(struct request *r)
{
	struct json j = { 0 };

	json_open(&j);
	json_member_int(&j, "id", db_int(r->db, 0, "invitation_id"));
	json_close(&j);
	return answer_json(r, 201, &j);
}

step_fn *const invitations_invite_steps[] = { AUTHENTICATE, check_csrf, check_rate, obey_rate,
	request_ids, request_user_id, invite_friend, outbox_take, answer_invited, NULL };

/* GET /api/groups/ID/invitations */

static enum step_result
ask_made(struct request *r)
{
	return request_db(r, "group_invitations_made",
	    DB_ARGS(db_id(r->arena, r->user_id), db_id(r->arena, r->ids[0])));
}

static void
write_made(struct json *j, const struct db_reply *reply, int row)
{
	json_open(j);
	json_member_int(j, "id", db_int(reply, row, "id"));
	person_write(j, "user", reply, row, "user_id", "");
	person_write(j, "from", reply, row, "from_id", "from_");
	json_member_string(j, "created_at", db_text(reply, row, "created_at"));
	json_close(j);
}

static enum step_result
answer_made(struct request *r)
{
	return page_answer_all(r, "invitations", write_made);
}

step_fn *const invitations_made_steps[] = { AUTHENTICATE, check_rate, obey_rate, request_ids,
	request_nothing, ask_made, answer_made, NULL };

/* DELETE /api/groups/ID/invitations/USER */

static enum step_result
withdraw_invitation(struct request *r)
{
	return request_db(r, "group_invitation_withdraw",
	    DB_ARGS(db_id(r->arena, r->user_id), db_id(r->arena, r->ids[0]),
		db_id(r->arena, r->ids[1])));
}

step_fn *const invitations_withdraw_steps[] = { AUTHENTICATE, check_csrf, check_rate, obey_rate,
	request_ids, request_nothing, withdraw_invitation, outbox_answer, NULL };

/* GET /api/group-invitations */

static enum step_result
ask_mine(struct request *r)
{
	return page_ask(r, r->act, "group_invitations");
}

static void
write_mine(struct json *j, const struct db_reply *reply, int row)
{
	json_open(j);
	json_member_int(j, "id", db_int(reply, row, "id"));
	json_member_raw(j, "group", db_text(reply, row, "card"));
	person_write(j, "from", reply, row, "user_id", "");
	json_member_string(j, "created_at", db_text(reply, row, "created_at"));
	json_close(j);
}

static enum step_result
answer_mine(struct request *r)
{
	return page_answer(r, r->act, "invitations", write_mine);
}

step_fn *const invitations_mine_steps[] = { AUTHENTICATE, check_rate, obey_rate, page_parse,
	ask_mine, answer_mine, NULL };

/* POST /api/group-invitations/ID/accept, …/reject */

static enum step_result
answer_invitation(struct request *r, const char *accept)
{
	return request_db(r, "group_invitation_answer",
	    DB_ARGS(db_id(r->arena, r->user_id), db_id(r->arena, r->ids[0]), accept));
}

static enum step_result
accept_invitation(struct request *r)
{
	return answer_invitation(r, "true");
}

static enum step_result
reject_invitation(struct request *r)
{
	return answer_invitation(r, "false");
}

step_fn *const invitations_accept_steps[] = { AUTHENTICATE, check_csrf, check_rate, obey_rate,
	request_ids, request_nothing, accept_invitation, outbox_answer, NULL };
step_fn *const invitations_reject_steps[] = { AUTHENTICATE, check_csrf, check_rate, obey_rate,
	request_ids, request_nothing, reject_invitation, outbox_answer, NULL };
