/* people.c: see people.h. */
#include "people.h"

#include "answer.h"
#include "change.h"
#include "outbox.h"
#include "page.h"
#include "presence.h"
#include "query.h"
#include "ratelimit.h"
#include "session.h"

enum { NAME_MAX_POINTS = 32, STATUS_MAX = 80, PREFIX_MIN = 2, PREFIX_MAX = 32, FOUND_MAX = 50 };

/* GET /api/me */

static enum step_result
ask_me(struct request *r)
{
	return request_db(r, "profile", DB_ARGS(db_id(r->arena, r->user_id)));
}

/* Of a change, too: what holds then. */
static enum step_result
answer_me(struct request *r)
{
	struct json j = { 0 };

	if (r->db->problem != PROBLEM_NONE)
		return answer_db_problem(r);
	if (r->db->rows == 0) /* the account went while the session was cached */
		return answer_problem(r, PROBLEM_NO_SESSION, NULL);
	json_open(&j);
	json_key(&j, "user");
	json_open(&j);
	json_member_int(&j, "id", r->user_id);
	json_member_string(&j, "username", db_text(r->db, 0, "username"));
	json_member_string(&j, "name", db_text(r->db, 0, "name"));
	json_member_string(&j, "status", db_text(r->db, 0, "status"));
	json_member_string(&j, "avatar", db_text(r->db, 0, "avatar"));
	json_close(&j);
	json_close(&j);
	return answer_json(r, 200, &j);
}

step_fn *const people_me_steps[] = { AUTHENTICATE, check_rate, obey_rate, request_nothing, ask_me,
	answer_me, NULL };

/* PATCH /api/me */

struct profile {
	const char *name, *status; /* NULL: stays as it is */
};

static enum step_result
parse_profile(struct request *r)
{
	static const char *const members[] = { "name", "status", NULL };
	struct profile *p = r->act = arena_zalloc(r->arena, sizeof *p);

	if (!request_body(r, members))
		return STEP_ANSWERED;
	if (!change_name(r, "name", NAME_MAX_POINTS, &p->name, NULL) ||
	    !change_line(r, "status", STATUS_MAX, &p->status, NULL))
		return answer_bad_field(r);
	return STEP_NEXT;
}

static enum step_result
change_profile(struct request *r)
{
	const struct profile *p = r->act;

	return request_db(
	    r, "profile_change", DB_ARGS(db_id(r->arena, r->user_id), p->name, p->status));
}

step_fn *const people_me_change_steps[] = { AUTHENTICATE, check_csrf, check_rate, obey_rate,
	parse_profile, change_profile, outbox_take, answer_me, NULL };

/* GET /api/users */

struct search {
	struct text username, prefix, after; /* bytes is NULL where it isn't given */
	int64_t id;                          /* 0: isn't given */
	struct page page;                    /* but for its `after` */
};

static bool
read_username(struct request *r, const char *name, struct text *out)
{
	return !request_query(r, name, out) ||
	    (out->len >= 3 && out->len <= 32 && text_is_username(out)) ||
	    query_refuse(r, name, "must be 3 to 32 of the characters a-z 0-9 _ . -");
}

static bool
read_prefix(struct request *r, struct text *out)
{
	return !request_query(r, "prefix", out) ||
	    (out->points >= PREFIX_MIN && out->points <= PREFIX_MAX) ||
	    query_refuse(r, "prefix", "must be a text of 2 to 32 characters");
}

static bool
read_search(struct request *r, struct search *s)
{
	static const char *const names[] = { "username", "prefix", "id", "limit", "after", NULL };
	int ways;

	s->page.limit = FOUND_MAX;
	if (!query_only(r, names) || !read_username(r, "username", &s->username) ||
	    !read_prefix(r, &s->prefix) || !query_int(r, "id", 1, TEXT_ID_MAX, &s->id) ||
	    !query_int(r, "limit", 1, FOUND_MAX, &s->page.limit) ||
	    !read_username(r, "after", &s->after))
		return false;
	ways = (s->username.bytes != NULL) + (s->prefix.bytes != NULL) + (s->id != 0);
	if (ways == 0)
		return query_refuse(
		    r, "username", "is missing; it, prefix or id says who is looked for");
	if (ways > 1)
		return query_refuse(r, s->id != 0 ? "id" : "prefix",
		    "goes with no other of username, prefix and id");
	return true;
}

static enum step_result
parse_search(struct request *r)
{
	struct search *s = r->act = arena_zalloc(r->arena, sizeof *s);

	return read_search(r, s) ? STEP_NEXT : answer_bad_field(r);
}

static enum step_result
find_users(struct request *r)
{
	const struct search *s = r->act;
	const char *me = db_id(r->arena, r->user_id);

	if (s->id != 0)
		return request_db(r, "user_known", DB_ARGS(me, db_id(r->arena, s->id)));
	if (s->username.bytes != NULL)
		return request_db(r, "user_named", DB_ARGS(me, s->username.bytes));
	/* One more than asked for: whether there are more. */
	return request_db(r, "users_like",
	    DB_ARGS(me, text_name_key(r->arena, &s->prefix),
		s->after.bytes != NULL ? s->after.bytes : "", db_id(r->arena, s->page.limit + 1)));
}

static void
write_found(struct json *j, const struct db_reply *reply, int row)
{
	const char *remark = db_text(reply, row, "remark");

	json_open(j);
	json_member_int(j, "id", db_int(reply, row, "id"));
	json_member_string(j, "username", db_text(reply, row, "username"));
	json_member_string(j, "name", db_text(reply, row, "name"));
	json_member_string(j, "status", db_text(reply, row, "status"));
	json_member_string(j, "avatar", db_text(reply, row, "avatar"));
	json_member_bool(j, "friend", remark != NULL);
	if (remark != NULL)
		json_member_string(j, "remark", remark);
	json_close(j);
}

static enum step_result
answer_found(struct request *r)
{
	struct search *s = r->act;

	return page_answer_more(r, &s->page, "users", write_found);
}

step_fn *const people_find_steps[] = { AUTHENTICATE, check_find_rate, obey_rate, parse_search,
	find_users, answer_found, NULL };

/* GET /api/settings */

/* What somebody decided for themselves. */
struct own {
	const char *find_me, *ask_me, *presence, *last_seen; /* of a change, NULL: stays as it is */
	const char *me_rev;
	bool chose;   /* what others see is to be as it says */
	bool showing; /* Redis is told so */
};

static enum step_result
ask_settings(struct request *r)
{
	r->act = arena_zalloc(r->arena, sizeof(struct own));
	return request_db(r, "own_settings", DB_ARGS(db_id(r->arena, r->user_id)));
}

/* Of a change, too: what holds then. The reply ends with the next wait. */
static enum step_result
take_settings(struct request *r)
{
	struct own *o = r->act;

	if (r->db->problem != PROBLEM_NONE)
		return answer_db_problem(r);
	if (r->db->rows == 0) /* the account went while the session was cached */
		return answer_problem(r, PROBLEM_NO_SESSION, NULL);
	o->find_me = arena_strdup(r->arena, db_text(r->db, 0, "find_me"));
	o->ask_me = arena_strdup(r->arena, db_text(r->db, 0, "ask_me"));
	o->presence = arena_strdup(r->arena, db_text(r->db, 0, "presence"));
	o->last_seen = arena_strdup(r->arena, db_text(r->db, 0, "last_seen"));
	if (o->chose)
		o->me_rev = arena_strdup(r->arena, db_text(r->db, 0, "me_rev"));
	return STEP_NEXT;
}

static enum step_result
answer_settings(struct request *r)
{
	const struct own *o = r->act;
	struct json j = { 0 };

	if (o->showing && r->redis == NULL)
		return answer_problem(r, PROBLEM_REDIS_DOWN, NULL);
	json_open(&j);
	json_key(&j, "settings");
	json_open(&j);
	json_member_string(&j, "find_me", o->find_me);
	json_member_string(&j, "ask_me", o->ask_me);
	json_member_string(&j, "presence", o->presence);
	json_member_string(&j, "last_seen", o->last_seen);
	json_close(&j);
	json_close(&j);
	return answer_json(r, 200, &j);
}

step_fn *const people_settings_steps[] = { AUTHENTICATE, check_rate, obey_rate, request_nothing,
	ask_settings, take_settings, answer_settings, NULL };

/* PATCH /api/settings */

static enum step_result
parse_settings(struct request *r)
{
	static const char *const members[] = { "find_me", "ask_me", "presence", "last_seen", NULL };
	static const char *const finders[] = { "everybody", "exact", "nobody", NULL };
	static const char *const whos[] = { "everybody", "nobody", NULL };
	static const char *const presences[] = { "online", "busy", "invisible", NULL };
	static const char *const seers[] = { "friends", "nobody", NULL };
	struct own *o = r->act = arena_zalloc(r->arena, sizeof *o);

	if (!request_body(r, members))
		return STEP_ANSWERED;
	if (!change_word(r, "find_me", finders, &o->find_me) ||
	    !change_word(r, "ask_me", whos, &o->ask_me) ||
	    !change_word(r, "presence", presences, &o->presence) ||
	    !change_word(r, "last_seen", seers, &o->last_seen))
		return answer_bad_field(r);
	o->chose = o->presence != NULL;
	return STEP_NEXT;
}

static enum step_result
change_settings(struct request *r)
{
	const struct own *o = r->act;

	return request_db(r, "own_settings_change",
	    DB_ARGS(db_id(r->arena, r->user_id), o->find_me, o->ask_me, o->presence, o->last_seen));
}

static enum step_result
choose_presence(struct request *r)
{
	const struct own *o = r->act;

	return o->chose ? presence_choose(r, o->presence, o->me_rev) : STEP_NEXT;
}

/* It is stored, but others may see what was before: who wants to be invisible must know. */
static enum step_result
show_presence(struct request *r)
{
	struct own *o = r->act;
	enum step_result result;

	if (!o->chose)
		return STEP_NEXT;
	if (r->redis == NULL)
		return answer_problem(r, PROBLEM_REDIS_DOWN, NULL);
	result = presence_show(r);
	o->showing = result == STEP_WAIT;
	return result;
}

step_fn *const people_settings_change_steps[] = { AUTHENTICATE, check_csrf, check_rate, obey_rate,
	parse_settings, change_settings, outbox_take, take_settings, choose_presence, show_presence,
	answer_settings, NULL };
