/* friends.c: see friends.h. */
#include "friends.h"

#include "answer.h"
#include "outbox.h"
#include "presence.h"
#include "query.h"
#include "ratelimit.h"
#include "session.h"

/* GET /api/friends */

struct friend
{
	const char *username, *name, *remark;
};

struct friends {
	struct page page;
	int64_t *ids; /* page.count of them, as of the next */
	struct friend *list;
};

static enum step_result
parse_friends(struct request *r)
{
	struct friends *f = r->act = arena_zalloc(r->arena, sizeof *f);

	return query_page(r, &f->page) ? STEP_NEXT : answer_bad_field(r);
}

static enum step_result
ask_friends(struct request *r)
{
	return request_db(r, "friends", DB_ARGS(db_id(r->arena, r->user_id)));
}

/* The reply ends with the next wait: copies what the answer needs. */
static enum step_result
take_friends(struct request *r)
{
	struct friends *f = r->act;
	size_t i;

	if (r->db->problem != PROBLEM_NONE)
		return answer_db_problem(r);
	page_cut(&f->page, r->arena, r->db);
	f->ids = arena_alloc(r->arena, (f->page.count + 1) * sizeof *f->ids);
	f->list = arena_alloc(r->arena, (f->page.count + 1) * sizeof *f->list);
	for (i = 0; i < f->page.count; i++) {
		int row = f->page.rows[i];

		f->ids[i] = db_int(r->db, row, "id");
		f->list[i].username = arena_strdup(r->arena, db_text(r->db, row, "username"));
		f->list[i].name = arena_strdup(r->arena, db_text(r->db, row, "name"));
		f->list[i].remark = arena_strdup(r->arena, db_text(r->db, row, "remark"));
	}
	return STEP_NEXT;
}

static enum step_result
ask_presence(struct request *r)
{
	const struct friends *f = r->act;

	return presence_ask(r, f->ids, f->page.count);
}

static enum step_result
answer_friends(struct request *r)
{
	const struct friends *f = r->act;
	struct json j = { 0 };
	size_t i;

	json_open(&j);
	json_key(&j, "friends");
	json_open_array(&j);
	for (i = 0; i < f->page.count; i++) {
		json_open(&j);
		json_member_int(&j, "id", f->ids[i]);
		json_member_string(&j, "username", f->list[i].username);
		json_member_string(&j, "name", f->list[i].name);
		json_member_string(&j, "remark", f->list[i].remark);
		json_member_bool(&j, "online", presence_of(r, i));
		json_close(&j);
	}
	json_close_array(&j);
	json_member_bool(&j, "more", f->page.more);
	json_close(&j);
	return answer_json(r, 200, &j);
}

step_fn *const friends_list_steps[] = { AUTHENTICATE, check_rate, obey_rate, parse_friends,
	ask_friends, take_friends, ask_presence, answer_friends, NULL };

/* DELETE /api/friends/ID */

static enum step_result
end_friendship(struct request *r)
{
	return request_db(
	    r, "friend_remove", DB_ARGS(db_id(r->arena, r->user_id), db_id(r->arena, r->ids[0])));
}

step_fn *const friends_remove_steps[] = { AUTHENTICATE, check_csrf, check_rate, obey_rate,
	request_ids, request_nothing, end_friendship, outbox_answer, NULL };
