/* friend_lists.c: see friend_lists.h. */
#include "friend_lists.h"

#include "answer.h"
#include "change.h"
#include "outbox.h"
#include "page.h"
#include "ratelimit.h"
#include "session.h"

enum { NAME_MAX_POINTS = 32, LISTS_MAX = 100 };

/* GET /api/friend-lists */

static enum step_result
ask_lists(struct request *r)
{
	return request_db(r, "friend_lists", DB_ARGS(db_id(r->arena, r->user_id)));
}

static void
write_list(struct json *j, const struct db_reply *reply, int row)
{
	json_open(j);
	json_member_int(j, "id", db_int(reply, row, "id"));
	json_member_string(j, "name", db_text(reply, row, "name"));
	json_close(j);
}

static enum step_result
answer_lists(struct request *r)
{
	return page_answer_all(r, "lists", write_list);
}

step_fn *const friend_lists_get_steps[] = { AUTHENTICATE, check_rate, obey_rate, request_nothing,
	ask_lists, answer_lists, NULL };

/* POST /api/friend-lists */

struct list {
	const char *name, *name_key, *place; /* NULL: stays as it is */
};

static enum step_result
parse_create(struct request *r)
{
	static const char *const members[] = { "name", NULL };
	struct list *l = r->act = arena_zalloc(r->arena, sizeof *l);
	struct text name;

	if (!request_body(r, members))
		return STEP_ANSWERED;
	if (!body_name(r->body, "name", NAME_MAX_POINTS, &name))
		return answer_bad_field(r);
	l->name = name.bytes;
	l->name_key = text_name_key(r->arena, &name);
	return STEP_NEXT;
}

static enum step_result
create_list(struct request *r)
{
	const struct list *l = r->act;

	return request_db(
	    r, "friend_list_create", DB_ARGS(db_id(r->arena, r->user_id), l->name, l->name_key));
}

static enum step_result
answer_created(struct request *r)
{
	const struct list *l = r->act;
	struct json j = { 0 };

	json_open(&j);
	json_key(&j, "list");
	json_open(&j);
	json_member_int(&j, "id", db_int(r->db, 0, "list_id"));
	json_member_string(&j, "name", l->name);
	json_close(&j);
	json_close(&j);
	return answer_json(r, 201, &j);
}

step_fn *const friend_lists_create_steps[] = { AUTHENTICATE, check_csrf, check_rate, obey_rate,
	parse_create, create_list, outbox_take, answer_created, NULL };

/* PATCH /api/friend-lists/ID */

static enum step_result
parse_change(struct request *r)
{
	static const char *const members[] = { "name", "place", NULL };
	struct list *l = r->act = arena_zalloc(r->arena, sizeof *l);

	if (!request_body(r, members))
		return STEP_ANSWERED;
	if (!change_name(r, "name", NAME_MAX_POINTS, &l->name, &l->name_key) ||
	    !change_int(r, "place", 1, LISTS_MAX, &l->place))
		return answer_bad_field(r);
	return STEP_NEXT;
}

static enum step_result
change_list(struct request *r)
{
	const struct list *l = r->act;

	return request_db(r, "friend_list_change",
	    DB_ARGS(db_id(r->arena, r->user_id), db_id(r->arena, r->ids[0]), l->name, l->name_key,
		l->place));
}

step_fn *const friend_lists_change_steps[] = { AUTHENTICATE, check_csrf, check_rate, obey_rate,
	request_ids, parse_change, change_list, outbox_answer, NULL };

/* DELETE /api/friend-lists/ID */

static enum step_result
remove_list(struct request *r)
{
	return request_db(r, "friend_list_remove",
	    DB_ARGS(db_id(r->arena, r->user_id), db_id(r->arena, r->ids[0])));
}

step_fn *const friend_lists_remove_steps[] = { AUTHENTICATE, check_csrf, check_rate, obey_rate,
	request_ids, request_nothing, remove_list, outbox_answer, NULL };
