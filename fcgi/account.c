/* account.c: see account.h. */
#include "account.h"

#include <string.h>

#include "answer.h"
#include "outbox.h"
#include "ratelimit.h"
#include "session.h"

enum { USER_AGENT_MAX = 256 };

/* What POST /api/register and POST /api/login ask for, and who it turned out to be. */
struct account {
	struct text username, password;
	struct text name; /* register's alone, until the database has told it */
	int64_t id;
	const char *shown_name;    /* NULL: there is no such user */
	const char *password_hash; /* that a login's password was compared with */
	const char *old_hash;      /* of the session that the request came with, or NULL */
};

static const char *
bytea_of_hex(struct request *r, const char *hex)
{
	return hex != NULL ? arena_printf(r->arena, "\\x%s", hex) : NULL;
}

static const char *
lifetime(struct request *r)
{
	return db_id(r->arena, r->settings->session_lifetime_days * 24 * 60 * 60);
}

/* What the browser calls itself, as far as a database takes it; "" where it doesn't say. */
static const char *
user_agent(struct request *r)
{
	const char *given = door_param(&r->in, "HTTP_USER_AGENT");
	size_t len = given != NULL ? strlen(given) : 0;

	if (len == 0 || !text_is_utf8(given, len))
		return "";
	if (len > USER_AGENT_MAX)
		for (len = USER_AGENT_MAX; ((unsigned char)given[len] & 0xC0) == 0x80;)
			len--;
	return arena_copy(r->arena, given, len);
}

static void
write_user(struct json *j, int64_t id, const char *username, const char *name)
{
	json_key(j, "user");
	json_open(j);
	json_member_int(j, "id", id);
	json_member_string(j, "username", username);
	json_member_string(j, "name", name);
	json_close(j);
}

/* The old session is over in every cache; the browser gets the new one. */
static enum step_result
answer_session(struct request *r, int status)
{
	const struct account *a = r->act;
	struct json j = { 0 };

	if (a->old_hash != NULL)
		session_forget(a->old_hash);
	json_open(&j);
	write_user(&j, a->id, a->username.bytes, a->shown_name);
	json_member_string(&j, "csrf_token", session_set_cookies(r));
	json_close(&j);
	return answer_json(r, status, &j);
}

/* POST /api/register */

static enum step_result
parse_register(struct request *r)
{
	static const char *const members[] = { "username", "password", "name", NULL };
	struct account *a = r->act = arena_zalloc(r->arena, sizeof *a);

	if (!request_body(r, members))
		return STEP_ANSWERED;
	if (!body_username(r->body, "username", &a->username) ||
	    !body_bytes(r->body, "password", 8, 256, &a->password) ||
	    !body_name(r->body, "name", 32, &a->name))
		return answer_bad_field(r);
	return STEP_NEXT;
}

static enum step_result
hash_password(struct request *r)
{
	const struct account *a = r->act;

	return request_hash(r, &a->password);
}

static enum step_result
make_account(struct request *r)
{
	struct account *a = r->act;

	a->old_hash = session_renew(r);
	return request_db(r, "account_register",
	    DB_ARGS(a->username.bytes, a->name.bytes, r->password_hash,
		bytea_of_hex(r, r->token_hash), lifetime(r), user_agent(r),
		bytea_of_hex(r, a->old_hash), session_address(r)));
}

static enum step_result
answer_registered(struct request *r)
{
	struct account *a = r->act;

	a->id = db_int(r->db, 0, "user_id");
	a->shown_name = a->name.bytes;
	return answer_session(r, 201);
}

step_fn *const account_register_steps[] = { check_origin, check_register_rate, obey_rate,
	parse_register, hash_password, make_account, outbox_take, answer_registered, NULL };

/* POST /api/login */

static enum step_result
parse_login(struct request *r)
{
	static const char *const members[] = { "username", "password", NULL };
	struct account *a = r->act = arena_zalloc(r->arena, sizeof *a);

	if (!request_body(r, members))
		return STEP_ANSWERED;
	if (!body_username(r->body, "username", &a->username) ||
	    !body_bytes(r->body, "password", 1, 256, &a->password))
		return answer_bad_field(r);
	return STEP_NEXT;
}

static enum step_result
find_password(struct request *r)
{
	const struct account *a = r->act;

	return request_db(r, "account_password", DB_ARGS(a->username.bytes));
}

static enum step_result
verify_password(struct request *r)
{
	struct account *a = r->act;

	if (r->db->problem != PROBLEM_NONE)
		return answer_db_problem(r);
	if (r->db->rows == 0)
		return request_verify(r, &a->password, NULL);
	a->id = db_int(r->db, 0, "user_id");
	a->shown_name = arena_strdup(r->arena, db_text(r->db, 0, "name"));
	a->password_hash = arena_strdup(r->arena, db_text(r->db, 0, "password_hash"));
	return request_verify(r, &a->password, a->password_hash);
}

static enum step_result
open_session(struct request *r)
{
	struct account *a = r->act;

	if (!r->password_good || a->shown_name == NULL)
		return answer_problem(r, PROBLEM_BAD_CREDENTIALS, NULL);
	a->old_hash = session_renew(r);
	return request_db(r, "session_open",
	    DB_ARGS(db_id(r->arena, a->id), bytea_of_hex(r, r->token_hash), lifetime(r),
		user_agent(r), bytea_of_hex(r, a->old_hash), session_address(r), a->password_hash));
}

static enum step_result
answer_logged_in(struct request *r)
{
	return answer_session(r, 200);
}

step_fn *const account_login_steps[] = { check_origin, check_login_rate, obey_rate, parse_login,
	find_password, verify_password, open_session, outbox_take, answer_logged_in, NULL };

/* POST /api/logout */

static enum step_result
end_session(struct request *r)
{
	return request_db(r, "session_end", DB_ARGS(bytea_of_hex(r, r->token_hash)));
}

static enum step_result
forget_session(struct request *r)
{
	if (r->db->problem != PROBLEM_NONE)
		return answer_db_problem(r);
	outbox_push_reply(r->db, "session_end"); /* the function is its column */
	return session_forget_own(r);
}

static enum step_result
answer_logged_out(struct request *r)
{
	session_clear_cookies(r);
	return answer_empty(r);
}

step_fn *const account_logout_steps[] = { AUTHENTICATE, check_csrf, request_nothing, end_session,
	forget_session, answer_logged_out, NULL };
