/* friends.c: see friends.h. */
#include "friends.h"

#include "answer.h"
#include "change.h"
#include "outbox.h"
#include "page.h"
#include "ratelimit.h"
#include "session.h"
#include "shown.h"

enum { REMARK_MAX = 32, FRIENDS_MAX = 1000 };

/* GET /api/friends */

struct friend
{
	int64_t list_id;
	const char *username, *name, *status, *remark, *since;
	const char *avatar; /* NULL: none */
};

struct friends {
	struct page page;
	size_t count; /* of the page */
	int64_t *ids; /* count of them, as of the next */
	struct friend *list;
	struct shown_look look;
};

static enum step_result
parse_friends(struct request *r)
{
	struct friends *f = r->act = arena_zalloc(r->arena, sizeof *f);

	return page_parse_into(r, &f->page, FRIENDS_MAX);
}

static enum step_result
ask_friends(struct request *r)
{
	const struct friends *f = r->act;

	return page_ask(r, &f->page, "friend_page");
}

/* The reply ends with the next wait: copies what the answer needs. */
static enum step_result
take_friends(struct request *r)
{
	struct friends *f = r->act;

	if (r->db->problem != PROBLEM_NONE)
		return answer_db_problem(r);
	page_cut(&f->page, r->db);
	f->count = (size_t)f->page.rows;
	f->ids = arena_alloc(r->arena, (f->count + 1) * sizeof *f->ids);
	f->list = arena_alloc(r->arena, (f->count + 1) * sizeof *f->list);
	for (size_t i = 0; i < f->count; i++) {
		f->ids[i] = db_int(r->db, (int)i, "id");
		f->list[i] = (struct friend){
			.list_id = db_int(r->db, (int)i, "list_id"),
			.username = arena_strdup(r->arena, db_text(r->db, (int)i, "username")),
			.name = arena_strdup(r->arena, db_text(r->db, (int)i, "name")),
			.status = arena_strdup(r->arena, db_text(r->db, (int)i, "status")),
			.remark = arena_strdup(r->arena, db_text(r->db, (int)i, "remark")),
			.since = arena_strdup(r->arena, db_text(r->db, (int)i, "since")),
		};

		const char *avatar = db_text(r->db, (int)i, "avatar");

		if (avatar != NULL)
			f->list[i].avatar = arena_strdup(r->arena, avatar);
	}
	return STEP_NEXT;
}

static enum step_result
ask_shown(struct request *r)
{
	struct friends *f = r->act;

	f->look.ids = f->ids;
	f->look.count = f->count;
	return shown_ask(r, &f->look);
}

static enum step_result
ask_last_seen(struct request *r)
{
	struct friends *f = r->act;

	return shown_ask_last_seen(r, &f->look);
}

static enum step_result
answer_friends(struct request *r)
{
	struct friends *f = r->act;
	struct json j = { 0 };
	size_t i;

	shown_take(r, &f->look);
	json_open(&j);
	json_key(&j, "friends");
	json_open_array(&j);
	for (i = 0; i < f->count; i++) {
		json_open(&j);
		json_member_int(&j, "id", f->ids[i]);
		json_member_string(&j, "username", f->list[i].username);
		json_member_string(&j, "name", f->list[i].name);
		json_member_string(&j, "status", f->list[i].status);
		json_member_string(&j, "avatar", f->list[i].avatar);
		json_member_string(&j, "remark", f->list[i].remark);
		json_member_int(&j, "list_id", f->list[i].list_id);
		json_member_string(&j, "since", f->list[i].since);
		json_member_bool(&j, "online", f->look.states[i] != SHOWN_OFFLINE);
		json_member_string(&j, "state", shown_name(f->look.states[i]));
		json_member_string(&j, "last_seen", f->look.last_seen[i]);
		json_close(&j);
	}
	json_close_array(&j);
	json_member_bool(&j, "more", f->page.more);
	json_close(&j);
	return answer_json(r, 200, &j);
}

step_fn *const friends_list_steps[] = { AUTHENTICATE, check_rate, obey_rate, parse_friends,
	ask_friends, take_friends, ask_shown, ask_last_seen, answer_friends, NULL };

/* PATCH /api/friends/ID */

struct change {
	const char *remark, *remark_key, *list_id; /* NULL: stays as it is */
};

static enum step_result
parse_change(struct request *r)
{
	static const char *const members[] = { "remark", "list_id", NULL };
	struct change *c = r->act = arena_zalloc(r->arena, sizeof *c);

	if (!request_body(r, members))
		return STEP_ANSWERED;
	if (!change_line(r, "remark", REMARK_MAX, &c->remark, &c->remark_key) ||
	    !change_int(r, "list_id", 0, TEXT_ID_MAX, &c->list_id))
		return answer_bad_field(r);
	return STEP_NEXT;
}

static enum step_result
change_friend(struct request *r)
{
	const struct change *c = r->act;

	return request_db(r, "friend_change",
	    DB_ARGS(db_id(r->arena, r->user_id), db_id(r->arena, r->ids[0]), c->remark,
		c->remark_key, c->list_id));
}

step_fn *const friends_change_steps[] = { AUTHENTICATE, check_csrf, check_rate, obey_rate,
	request_ids, parse_change, change_friend, outbox_answer, NULL };

/* DELETE /api/friends/ID */

static enum step_result
end_friendship(struct request *r)
{
	return request_db(
	    r, "friend_remove", DB_ARGS(db_id(r->arena, r->user_id), db_id(r->arena, r->ids[0])));
}

step_fn *const friends_remove_steps[] = { AUTHENTICATE, check_csrf, check_rate, obey_rate,
	request_ids, request_nothing, end_friendship, outbox_answer, NULL };
