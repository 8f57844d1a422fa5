/* sessions.c: see sessions.h. */
#include "sessions.h"

#include "answer.h"
#include "outbox.h"
#include "page.h"
#include "ratelimit.h"
#include "session.h"

/* What ended sessions is committed: it is told to every worker, and no cache says otherwise. */
static enum step_result
forget_ended(struct request *r)
{
	if (r->db->problem != PROBLEM_NONE)
		return answer_db_problem(r);
	outbox_push_reply(r->db, "outbox");
	return session_forget_all(r, db_text(r->db, 0, "ended"));
}

static enum step_result
answer_done(struct request *r)
{
	return answer_empty(r);
}

static enum step_result
answer_gone(struct request *r)
{
	session_clear_cookies(r);
	return answer_empty(r);
}

/* GET /api/sessions */

static enum step_result
ask_sessions(struct request *r)
{
	return page_ask_of(r, r->act, "session_page", r->session_id);
}

static void
write_session(struct json *j, const struct db_reply *reply, int row)
{
	json_open(j);
	json_member_int(j, "id", db_int(reply, row, "id"));
	json_member_string(j, "device", db_text(reply, row, "device"));
	json_member_string(j, "address", db_text(reply, row, "address"));
	json_member_string(j, "created_at", db_text(reply, row, "created_at"));
	json_member_string(j, "last_used_at", db_text(reply, row, "last_used_at"));
	json_member_bool(j, "current", db_bool(reply, row, "current"));
	json_close(j);
}

static enum step_result
answer_sessions(struct request *r)
{
	return page_answer_more(r, r->act, "sessions", write_session);
}

step_fn *const sessions_list_steps[] = { AUTHENTICATE, check_rate, obey_rate, page_parse,
	ask_sessions, answer_sessions, NULL };

/* DELETE /api/sessions/ID */

static enum step_result
end_one(struct request *r)
{
	return request_db(r, "sessions_end",
	    DB_ARGS(db_id(r->arena, r->user_id), db_id(r->arena, r->session_id),
		db_id(r->arena, r->ids[0])));
}

/* To end the session that asks is to log out. */
static enum step_result
answer_ended(struct request *r)
{
	return r->ids[0] == r->session_id ? answer_gone(r) : answer_empty(r);
}

step_fn *const sessions_end_steps[] = { AUTHENTICATE, check_csrf, check_rate, obey_rate,
	request_ids, request_nothing, end_one, forget_ended, answer_ended, NULL };

/* DELETE /api/sessions */

static enum step_result
end_others(struct request *r)
{
	return request_db(r, "sessions_end",
	    DB_ARGS(db_id(r->arena, r->user_id), db_id(r->arena, r->session_id), NULL));
}

step_fn *const sessions_end_others_steps[] = { AUTHENTICATE, check_csrf, check_rate, obey_rate,
	request_nothing, end_others, forget_ended, answer_done, NULL };

/* The password, asked for again: what POST /api/password and POST /api/me/delete share. */

struct proof {
	struct text password;
	const char *member; /* that it came in */
	const char *hash;   /* that it is compared with */
	struct text fresh;  /* the new password */
	int messages;       /* index in messages_names */
};

static const char *const messages_names[] = { "keep", "delete", NULL };

static enum step_result
ask_password(struct request *r)
{
	return request_db(r, "password_of", DB_ARGS(db_id(r->arena, r->user_id)));
}

static enum step_result
compare_password(struct request *r)
{
	struct proof *p = r->act;

	if (r->db->problem != PROBLEM_NONE)
		return answer_db_problem(r);
	if (r->db->rows == 0) /* the account went while the session was cached */
		return answer_problem(r, PROBLEM_NO_SESSION, NULL);
	p->hash = arena_strdup(r->arena, db_text(r->db, 0, "password_hash"));
	return request_verify(r, &p->password, p->hash);
}

static enum step_result
obey_password(struct request *r)
{
	const struct proof *p = r->act;

	return r->password_good ? STEP_NEXT : answer_problem(r, PROBLEM_BAD_PASSWORD, p->member);
}

#define PROVE_PASSWORD ask_password, compare_password, obey_password

/* POST /api/password */

static enum step_result
parse_change(struct request *r)
{
	static const char *const members[] = { "old", "new", NULL };
	struct proof *p = r->act = arena_zalloc(r->arena, sizeof *p);

	p->member = "old";
	if (!request_body(r, members))
		return STEP_ANSWERED;
	if (!body_bytes(r->body, "old", 1, 256, &p->password) ||
	    !body_bytes(r->body, "new", 8, 256, &p->fresh))
		return answer_bad_field(r);
	return STEP_NEXT;
}

static enum step_result
hash_new(struct request *r)
{
	const struct proof *p = r->act;

	return request_hash(r, &p->fresh);
}

static enum step_result
change_password(struct request *r)
{
	const struct proof *p = r->act;

	return request_db(r, "password_change",
	    DB_ARGS(db_id(r->arena, r->user_id), db_id(r->arena, r->session_id), p->hash,
		r->password_hash));
}

step_fn *const sessions_password_steps[] = { AUTHENTICATE, check_csrf, check_login_rate, obey_rate,
	parse_change, PROVE_PASSWORD, hash_new, change_password, forget_ended, answer_done, NULL };

/* POST /api/me/delete */

static enum step_result
parse_delete(struct request *r)
{
	static const char *const members[] = { "password", "messages", NULL };
	struct proof *p = r->act = arena_zalloc(r->arena, sizeof *p);

	p->member = "password";
	if (!request_body(r, members))
		return STEP_ANSWERED;
	if (!body_bytes(r->body, "password", 1, 256, &p->password) ||
	    !body_enum(r->body, "messages", messages_names, &p->messages))
		return answer_bad_field(r);
	return STEP_NEXT;
}

static enum step_result
delete_account(struct request *r)
{
	const struct proof *p = r->act;

	return request_db(r, "account_delete",
	    DB_ARGS(db_id(r->arena, r->user_id), p->hash, p->messages == 0 ? "true" : "false"));
}

step_fn *const sessions_delete_account_steps[] = { AUTHENTICATE, check_csrf, check_login_rate,
	obey_rate, parse_delete, PROVE_PASSWORD, delete_account, forget_ended, answer_gone, NULL };
