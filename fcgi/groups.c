/* groups.c: see groups.h. */
#include "groups.h"

#include <string.h>

#include "answer.h"
#include "outbox.h"
#include "page.h"
#include "ratelimit.h"
#include "session.h"

enum {
	NAME_MAX_POINTS = 64,
	DESCRIPTION_MAX = 255,
	MEMBERS_MIN = 2,
	MEMBERS_DEFAULT = 200,
	MEMBERS_MAX = 500,
};

/* The group as the function shows it. */
static enum step_result
answer_shape(struct request *r, int status)
{
	struct json j = { 0 };

	json_open(&j);
	json_member_raw(&j, "group", db_text(r->db, 0, "shape"));
	json_close(&j);
	return answer_json(r, status, &j);
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
	return answer_shape(r, 201);
}

step_fn *const groups_create_steps[] = { AUTHENTICATE, check_csrf, check_rate, obey_rate,
	parse_create, make_group, outbox_take, answer_created, NULL };

/* GET /api/groups */

static enum step_result
ask_groups(struct request *r)
{
	return page_ask(r, r->act, "group_list");
}

static void
write_shape(struct json *j, const struct db_reply *reply, int row)
{
	const char *shape = db_text(reply, row, "shape");

	json_raw(j, shape, strlen(shape));
}

static enum step_result
answer_groups(struct request *r)
{
	return page_answer_more(r, r->act, "groups", write_shape);
}

step_fn *const groups_list_steps[] = { AUTHENTICATE, check_rate, obey_rate, page_parse, ask_groups,
	answer_groups, NULL };

/* GET /api/groups/ID */

static enum step_result
ask_group(struct request *r)
{
	return request_db(
	    r, "group_look", DB_ARGS(db_id(r->arena, r->user_id), db_id(r->arena, r->ids[0])));
}

static enum step_result
answer_group(struct request *r)
{
	return r->db->problem != PROBLEM_NONE ? answer_db_problem(r) : answer_shape(r, 200);
}

step_fn *const groups_get_steps[] = { AUTHENTICATE, check_rate, obey_rate, request_ids,
	request_nothing, ask_group, answer_group, NULL };
