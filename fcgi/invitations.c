/* invitations.c: see invitations.h. */
#include "invitations.h"

#include "answer.h"
#include "outbox.h"
#include "query.h"
#include "ratelimit.h"
#include "session.h"

/* {"id","username","name","avatar"} of the columns of these names. */
static void
write_user(struct json *j, const char *key, const struct db_reply *reply, int row, const char *id,
    const char *username, const char *name, const char *avatar)
{
	json_key(j, key);
	json_open(j);
	json_member_int(j, "id", db_int(reply, row, id));
	json_member_string(j, "username", db_text(reply, row, username));
	json_member_string(j, "name", db_text(reply, row, name));
	json_member_string(j, "avatar", db_text(reply, row, avatar));
	json_close(j);
}

/* POST /api/groups/ID/invitations */

struct invite {
	int64_t user_id;
};

static enum step_result
parse_invite(struct request *r)
{
	static const char *const members[] = { "user_id", NULL };
	struct invite *i = r->act = arena_zalloc(r->arena, sizeof *i);

	if (!request_body(r, members))
		return STEP_ANSWERED;
	return body_id(r->body, "user_id", &i->user_id) ? STEP_NEXT : answer_bad_field(r);
}

static enum step_result
invite_friend(struct request *r)
{
	const struct invite *i = r->act;
	const struct settings *s = r->settings;

	return request_db(r, "group_invite",
	    DB_ARGS(db_id(r->arena, r->user_id), db_id(r->arena, r->ids[0]),
		db_id(r->arena, i->user_id),
		s->limits_enabled ? db_id(r->arena, s->limits_asks_a_day) : NULL));
}

static enum step_result
answer_invited(struct request *r)
{
	struct json j = { 0 };

	if (r->db->problem == PROBLEM_RATE)
		return answer_rate(r, db_int(r->db, 0, "retry_after_s") * 1000);
	if (r->db->problem != PROBLEM_NONE)
		return answer_db_problem(r);
	outbox_push_reply(r->db, "outbox");
	json_open(&j);
	json_member_int(&j, "id", db_int(r->db, 0, "invitation_id"));
	json_close(&j);
	return answer_json(r, 201, &j);
}

step_fn *const invitations_invite_steps[] = { AUTHENTICATE, check_csrf, check_rate, obey_rate,
	request_ids, parse_invite, invite_friend, answer_invited, NULL };

/* GET /api/groups/ID/invitations */

static enum step_result
ask_made(struct request *r)
{
	return request_db(r, "group_invitations_made",
	    DB_ARGS(db_id(r->arena, r->user_id), db_id(r->arena, r->ids[0])));
}

static enum step_result
answer_made(struct request *r)
{
	struct json j = { 0 };

	if (r->db->problem != PROBLEM_NONE)
		return answer_db_problem(r);
	json_open(&j);
	json_key(&j, "invitations");
	json_open_array(&j);
	for (int row = 0; row < r->db->rows; row++) {
		json_open(&j);
		json_member_int(&j, "id", db_int(r->db, row, "id"));
		write_user(&j, "user", r->db, row, "user_id", "username", "name", "avatar");
		write_user(
		    &j, "from", r->db, row, "from_id", "from_username", "from_name", "from_avatar");
		json_member_string(&j, "created_at", db_text(r->db, row, "created_at"));
		json_close(&j);
	}
	json_close_array(&j);
	json_close(&j);
	return answer_json(r, 200, &j);
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
parse_page(struct request *r)
{
	struct page *p = r->act = arena_zalloc(r->arena, sizeof *p);

	return query_page(r, p) ? STEP_NEXT : answer_bad_field(r);
}

static enum step_result
ask_mine(struct request *r)
{
	const struct page *p = r->act;

	return request_db(r, "group_invitations",
	    DB_ARGS(db_id(r->arena, r->user_id), db_id(r->arena, p->after),
		db_id(r->arena, p->limit + 1)));
}

static enum step_result
answer_mine(struct request *r)
{
	struct page *p = r->act;
	struct json j = { 0 };
	int row, count;

	if (r->db->problem != PROBLEM_NONE)
		return answer_db_problem(r);
	count = (int)page_rows(p, r->db);
	json_open(&j);
	json_key(&j, "invitations");
	json_open_array(&j);
	for (row = 0; row < count; row++) {
		json_open(&j);
		json_member_int(&j, "id", db_int(r->db, row, "id"));
		json_member_raw(&j, "group", db_text(r->db, row, "card"));
		write_user(&j, "from", r->db, row, "user_id", "username", "name", "avatar");
		json_member_string(&j, "created_at", db_text(r->db, row, "created_at"));
		json_close(&j);
	}
	json_close_array(&j);
	page_write_next(&j, p, r->db);
	json_close(&j);
	return answer_json(r, 200, &j);
}

step_fn *const invitations_mine_steps[] = { AUTHENTICATE, check_rate, obey_rate, parse_page,
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
