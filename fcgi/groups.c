/* groups.c: see groups.h. */
#include "groups.h"

#include "answer.h"
#include "outbox.h"
#include "query.h"
#include "ratelimit.h"
#include "session.h"

enum {
	NAME_MAX_POINTS = 64,
	DESCRIPTION_MAX = 255,
	MEMBERS_MIN = 2,
	MEMBERS_DEFAULT = 200,
	MEMBERS_MAX = 500,
};

/* The members that each form of a group has; the caller opens and closes the object. */
static void
write_group(struct json *j, const struct db_reply *reply, int row)
{
	json_member_int(j, "id", db_int(reply, row, "id"));
	json_member_string(j, "name", db_text(reply, row, "name"));
	json_member_string(j, "description", db_text(reply, row, "description"));
	json_member_int(j, "max_members", db_int(reply, row, "max_members"));
	json_member_string(j, "role", db_text(reply, row, "role"));
}

/* POST /api/groups */

struct create {
	struct text name;
	struct text description;
	int64_t max_members;
};

static enum step_result
parse_create(struct request *r)
{
	static const char *const members[] = { "name", "description", "max_members", NULL };
	struct create *c = r->act = arena_zalloc(r->arena, sizeof *c);

	c->description.bytes = "";
	c->max_members = MEMBERS_DEFAULT;
	if (!request_body(r, members))
		return STEP_ANSWERED;
	if (!body_name(r->body, "name", NAME_MAX_POINTS, &c->name) ||
	    (body_has(r->body, "description") &&
		!body_text(r->body, "description", 0, DESCRIPTION_MAX, &c->description)) ||
	    (body_has(r->body, "max_members") &&
		!body_int(r->body, "max_members", MEMBERS_MIN, MEMBERS_MAX, &c->max_members)))
		return answer_bad_field(r);
	return STEP_NEXT;
}

static enum step_result
make_group(struct request *r)
{
	const struct create *c = r->act;

	return request_db(r, "group_create",
	    DB_ARGS(db_id(r->arena, r->user_id), c->name.bytes, text_name_key(r->arena, &c->name),
		c->description.bytes, db_id(r->arena, c->max_members)));
}

static enum step_result
answer_created(struct request *r)
{
	const struct create *c = r->act;
	struct json j = { 0 };

	if (r->db->problem != PROBLEM_NONE)
		return answer_db_problem(r);
	outbox_push_reply(r->db, "outbox");
	json_open(&j);
	json_key(&j, "group");
	json_open(&j);
	json_member_int(&j, "id", db_int(r->db, 0, "group_id"));
	json_member_string(&j, "name", c->name.bytes);
	json_member_string(&j, "description", c->description.bytes);
	json_member_int(&j, "max_members", c->max_members);
	json_member_string(&j, "role", "owner");
	json_close(&j);
	json_close(&j);
	return answer_json(r, 201, &j);
}

step_fn *const groups_create_steps[] = { AUTHENTICATE, check_csrf, check_rate, obey_rate,
	parse_create, make_group, answer_created, NULL };

/* GET /api/groups */

static enum step_result
parse_list(struct request *r)
{
	struct page *p = r->act = arena_zalloc(r->arena, sizeof *p);

	return query_page(r, p) ? STEP_NEXT : answer_bad_field(r);
}

static enum step_result
ask_groups(struct request *r)
{
	return request_db(r, "groups", DB_ARGS(db_id(r->arena, r->user_id)));
}

static enum step_result
answer_groups(struct request *r)
{
	struct page *p = r->act;
	struct json j = { 0 };
	size_t i;

	if (r->db->problem != PROBLEM_NONE)
		return answer_db_problem(r);
	page_cut(p, r->arena, r->db);
	json_open(&j);
	json_key(&j, "groups");
	json_open_array(&j);
	for (i = 0; i < p->count; i++) {
		json_open(&j);
		write_group(&j, r->db, p->rows[i]);
		json_close(&j);
	}
	json_close_array(&j);
	json_member_bool(&j, "more", p->more);
	json_close(&j);
	return answer_json(r, 200, &j);
}

step_fn *const groups_list_steps[] = { AUTHENTICATE, check_rate, obey_rate, parse_list, ask_groups,
	answer_groups, NULL };

/* GET /api/groups/ID */

static enum step_result
ask_group(struct request *r)
{
	return request_db(
	    r, "group_get", DB_ARGS(db_id(r->arena, r->user_id), db_id(r->arena, r->ids[0])));
}

static void
write_members(struct json *j, const struct db_reply *reply)
{
	int row;

	json_key(j, "members");
	json_open_array(j);
	for (row = 0; row < reply->rows; row++) {
		json_open(j);
		json_member_int(j, "id", db_int(reply, row, "user_id"));
		json_member_string(j, "username", db_text(reply, row, "username"));
		json_member_string(j, "name", db_text(reply, row, "user_name"));
		json_member_string(j, "role", db_text(reply, row, "user_role"));
		json_close(j);
	}
	json_close_array(j);
}

static enum step_result
answer_group(struct request *r)
{
	struct json j = { 0 };

	if (r->db->problem != PROBLEM_NONE)
		return answer_db_problem(r);
	json_open(&j);
	json_key(&j, "group");
	json_open(&j);
	write_group(&j, r->db, 0);
	write_members(&j, r->db);
	json_close(&j);
	json_close(&j);
	return answer_json(r, 200, &j);
}

step_fn *const groups_get_steps[] = { AUTHENTICATE, check_rate, obey_rate, request_ids,
	request_nothing, ask_group, answer_group, NULL };

/* POST /api/groups/ID/members */

struct add {
	int64_t user_id;
};

static enum step_result
parse_add(struct request *r)
{
	static const char *const members[] = { "user_id", NULL };
	struct add *a = r->act = arena_zalloc(r->arena, sizeof *a);

	if (!request_body(r, members))
		return STEP_ANSWERED;
	if (!body_id(r->body, "user_id", &a->user_id))
		return answer_bad_field(r);
	return STEP_NEXT;
}

static enum step_result
add_member(struct request *r)
{
	const struct add *a = r->act;

	return request_db(r, "group_add",
	    DB_ARGS(db_id(r->arena, r->user_id), db_id(r->arena, r->ids[0]),
		db_id(r->arena, a->user_id)));
}

static enum step_result
answer_added(struct request *r)
{
	const struct add *a = r->act;
	struct json j = { 0 };

	if (r->db->problem != PROBLEM_NONE)
		return answer_db_problem(r);
	outbox_push_reply(r->db, "outbox");
	json_open(&j);
	json_key(&j, "group");
	json_open(&j);
	json_member_int(&j, "id", r->ids[0]);
	json_close(&j);
	json_member_int(&j, "user_id", a->user_id);
	json_close(&j);
	return answer_json(r, 201, &j);
}

step_fn *const groups_add_steps[] = { AUTHENTICATE, check_csrf, check_rate, obey_rate, request_ids,
	parse_add, add_member, answer_added, NULL };

/* DELETE /api/groups/ID/members/USER */

static enum step_result
remove_member(struct request *r)
{
	return request_db(r, "group_remove",
	    DB_ARGS(db_id(r->arena, r->user_id), db_id(r->arena, r->ids[0]),
		db_id(r->arena, r->ids[1])));
}

static enum step_result
answer_removed(struct request *r)
{
	if (r->db->problem != PROBLEM_NONE)
		return answer_db_problem(r);
	outbox_push_reply(r->db, "outbox");
	return answer_empty(r);
}

step_fn *const groups_remove_steps[] = { AUTHENTICATE, check_csrf, check_rate, obey_rate,
	request_ids, request_nothing, remove_member, answer_removed, NULL };
