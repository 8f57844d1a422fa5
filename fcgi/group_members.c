/* group_members.c: see group_members.h. */
#include "group_members.h"

#include "answer.h"
#include "change.h"
#include "outbox.h"
#include "ratelimit.h"
#include "session.h"

enum { NICKNAME_MAX = 32, MUTE_MAX_S = 30 * 86400 };

/* POST /api/groups/ID/members */

static enum step_result
add_member(struct request *r)
{
	return request_db(r, "group_add",
	    DB_ARGS(db_id(r->arena, r->user_id), db_id(r->arena, r->ids[0]),
		db_id(r->arena, r->named_id)));
}

static enum step_result
answer_added(struct request *r)
{
	struct json j = { 0 };

	json_open(&j);
	json_key(&j, "group");
	json_open(&j);
	json_member_int(&j, "id", r->ids[0]);
	json_close(&j);
	json_member_int(&j, "user_id", r->named_id);
	json_close(&j);
	return answer_json(r, 201, &j);
}

step_fn *const group_members_add_steps[] = { AUTHENTICATE, check_csrf, check_rate, obey_rate,
	request_ids, request_user_id, add_member, outbox_take, answer_added, NULL };

/* PATCH /api/groups/ID/members/USER */

struct change {
	const char *role, *mute_for, *nickname; /* NULL: stays as it is */
};

static bool
read_change(struct request *r, struct change *c)
{
	static const char *const roles[] = { "admin", "member", NULL };

	if (!change_word(r, "role", roles, &c->role) ||
	    !change_int(r, "mute_for", 0, MUTE_MAX_S, &c->mute_for) ||
	    !change_line(r, "nickname", NICKNAME_MAX, &c->nickname, NULL))
		return false;
	if (c->role == NULL && c->mute_for == NULL && c->nickname == NULL)
		return body_refuse(r->body, NULL, "must have role, mute_for or nickname");
	return true;
}

static enum step_result
parse_change(struct request *r)
{
	static const char *const members[] = { "role", "mute_for", "nickname", NULL };
	struct change *c = r->act = arena_zalloc(r->arena, sizeof *c);

	if (!request_body(r, members))
		return STEP_ANSWERED;
	return read_change(r, c) ? STEP_NEXT : answer_bad_field(r);
}

static enum step_result
change_member(struct request *r)
{
	const struct change *c = r->act;

	return request_db(r, "group_member_change",
	    DB_ARGS(db_id(r->arena, r->user_id), db_id(r->arena, r->ids[0]),
		db_id(r->arena, r->ids[1]), c->role, c->mute_for, c->nickname));
}

step_fn *const group_members_change_steps[] = { AUTHENTICATE, check_csrf, check_rate, obey_rate,
	request_ids, parse_change, change_member, outbox_answer, NULL };

/* DELETE /api/groups/ID/members/USER */

static enum step_result
remove_member(struct request *r)
{
	return request_db(r, "group_remove",
	    DB_ARGS(db_id(r->arena, r->user_id), db_id(r->arena, r->ids[0]),
		db_id(r->arena, r->ids[1])));
}

step_fn *const group_members_remove_steps[] = { AUTHENTICATE, check_csrf, check_rate, obey_rate,
	request_ids, request_nothing, remove_member, outbox_answer, NULL };
