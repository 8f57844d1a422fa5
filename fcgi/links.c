/* links.c: see links.h. */
#include "links.h"

#include <sodium.h>
#include <string.h>

#include "answer.h"
#include "outbox.h"
#include "page.h"
#include "ratelimit.h"
#include "session.h"

enum {
	LINK_TOKEN_SIZE = 16, /* bytes of randomness; written in hexadecimal */
	TOKEN_MAX = 64,       /* characters of what may be one */
	EXPIRES_MIN_S = 300,
	EXPIRES_MAX_S = 2592000,
	USES_MAX = 500,
};

/* The hash of a token as it is written, for PostgreSQL. */
static const char *
hash_token(struct request *r, const char *token, size_t len)
{
	unsigned char hash[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(hash, (const unsigned char *)token, len);
	return db_bytes(r->arena, hash, sizeof hash);
}

/* The members that each form of a link has; the caller opens and closes the object. */
static void
write_link(struct json *j, int64_t id, const char *expires_at, int64_t max_uses, int64_t uses)
{
	json_member_int(j, "id", id);
	json_member_string(j, "expires_at", expires_at);
	json_member_int(j, "max_uses", max_uses);
	json_member_int(j, "uses", uses);
}

static void
write_maker(struct json *j, int64_t id, const char *name)
{
	json_key(j, "by");
	json_open(j);
	json_member_int(j, "id", id);
	json_member_string(j, "name", name);
	json_close(j);
}

/* POST /api/groups/ID/links */

struct create {
	int64_t expires_in, max_uses;
	char token[2 * LINK_TOKEN_SIZE + 1];
};

static enum step_result
parse_create(struct request *r)
{
	static const char *const members[] = { "expires_in", "max_uses", NULL };
	struct create *c = r->act = arena_zalloc(r->arena, sizeof *c);

	if (!request_body(r, members))
		return STEP_ANSWERED;
	if (!body_int(r->body, "expires_in", EXPIRES_MIN_S, EXPIRES_MAX_S, &c->expires_in) ||
	    !body_int(r->body, "max_uses", 1, USES_MAX, &c->max_uses))
		return answer_bad_field(r);
	return STEP_NEXT;
}

static enum step_result
create_link(struct request *r)
{
	struct create *c = r->act;
	unsigned char token[LINK_TOKEN_SIZE];

	randombytes_buf(token, sizeof token);
	text_hex(token, sizeof token, c->token);
	sodium_memzero(token, sizeof token);
	return request_db(r, "group_link_create",
	    DB_ARGS(db_id(r->arena, r->user_id), db_id(r->arena, r->ids[0]),
		hash_token(r, c->token, strlen(c->token)), db_id(r->arena, c->expires_in),
		db_id(r->arena, c->max_uses)));
}

static enum step_result
answer_created(struct request *r)
{
	const struct create *c = r->act;
	struct json j = { 0 };

	if (r->db->problem != PROBLEM_NONE)
		return answer_db_problem(r);
	json_open(&j);
	json_key(&j, "link");
	json_open(&j);
	write_link(
	    &j, db_int(r->db, 0, "link_id"), db_text(r->db, 0, "expires_at"), c->max_uses, 0);
	write_maker(&j, r->user_id, db_text(r->db, 0, "name"));
	json_member_string(&j, "token", c->token);
	json_close(&j);
	json_close(&j);
	return answer_json(r, 201, &j);
}

step_fn *const links_create_steps[] = { AUTHENTICATE, check_csrf, check_rate, obey_rate,
	request_ids, parse_create, create_link, answer_created, NULL };

/* GET /api/groups/ID/links */

static enum step_result
ask_links(struct request *r)
{
	return request_db(
	    r, "group_links", DB_ARGS(db_id(r->arena, r->user_id), db_id(r->arena, r->ids[0])));
}

static void
write_kept(struct json *j, const struct db_reply *reply, int row)
{
	json_open(j);
	write_link(j, db_int(reply, row, "id"), db_text(reply, row, "expires_at"),
	    db_int(reply, row, "max_uses"), db_int(reply, row, "uses"));
	write_maker(j, db_int(reply, row, "user_id"), db_text(reply, row, "name"));
	json_close(j);
}

static enum step_result
answer_links(struct request *r)
{
	return page_answer_all(r, "links", write_kept);
}

step_fn *const links_list_steps[] = { AUTHENTICATE, check_rate, obey_rate, request_ids,
	request_nothing, ask_links, answer_links, NULL };

/* DELETE /api/groups/ID/links/LINK */

static enum step_result
revoke_link(struct request *r)
{
	return request_db(r, "group_link_revoke",
	    DB_ARGS(db_id(r->arena, r->user_id), db_id(r->arena, r->ids[0]),
		db_id(r->arena, r->ids[1])));
}

step_fn *const links_revoke_steps[] = { AUTHENTICATE, check_csrf, check_rate, obey_rate,
	request_ids, request_nothing, revoke_link, outbox_answer, NULL };

/* POST /api/group-links/look */

struct use {
	const char *token_hash;
};

/* Whatever isn't a token is as one that nobody has. */
static enum step_result
parse_token(struct request *r)
{
	static const char *const members[] = { "token", NULL };
	struct use *u = r->act = arena_zalloc(r->arena, sizeof *u);
	struct text token;

	if (!request_body(r, members))
		return STEP_ANSWERED;
	if (!body_text(r->body, "token", 1, TOKEN_MAX, &token))
		return answer_bad_field(r);
	u->token_hash = hash_token(r, token.bytes, token.len);
	return STEP_NEXT;
}

static enum step_result
look_at_link(struct request *r)
{
	const struct use *u = r->act;

	return request_db(
	    r, "group_link_look", DB_ARGS(db_id(r->arena, r->user_id), u->token_hash));
}

static enum step_result
answer_card(struct request *r)
{
	struct json j = { 0 };

	if (r->db->problem != PROBLEM_NONE)
		return answer_db_problem(r);
	json_open(&j);
	json_member_raw(&j, "group", db_text(r->db, 0, "card"));
	json_close(&j);
	return answer_json(r, 200, &j);
}

step_fn *const links_look_steps[] = { AUTHENTICATE, check_csrf, check_find_rate, obey_rate,
	parse_token, look_at_link, answer_card, NULL };

/* POST /api/group-links/join */

static enum step_result
join_by_link(struct request *r)
{
	const struct use *u = r->act;

	return request_db(
	    r, "group_link_join", DB_ARGS(db_id(r->arena, r->user_id), u->token_hash));
}

step_fn *const links_join_steps[] = { AUTHENTICATE, check_csrf, check_find_rate, obey_rate,
	parse_token, join_by_link, outbox_take, answer_card, NULL };
