/* group_settings.c: see group_settings.h. */
#include "group_settings.h"

#include "answer.h"
#include "outbox.h"
#include "ratelimit.h"
#include "session.h"

enum {
	NAME_MAX_POINTS = 64,
	DESCRIPTION_MAX = 255,
	MEMBERS_MIN = 2,
	MEMBERS_MAX = 500,
	SLOW_MAX_S = 3600,
	ANNOUNCEMENT_MAX = 1000,
};

/* PATCH /api/groups/ID */

struct change { /* NULL: stays as it is */
	const char *name, *name_key, *description, *max_members;
	const char *visibility, *joining, *who_invites, *history, *slow_mode, *muted;
};

/* Each: true where the member isn't there, too. */

static bool
read_int(struct request *r, const char *name, int64_t min, int64_t max, const char **out)
{
	int64_t value;

	if (!body_has(r->body, name))
		return true;
	if (!body_int(r->body, name, min, max, &value))
		return false;
	*out = db_id(r->arena, value);
	return true;
}

static bool
read_word(struct request *r, const char *name, const char *const *words, const char **out)
{
	int index;

	if (!body_has(r->body, name))
		return true;
	if (!body_enum(r->body, name, words, &index))
		return false;
	*out = words[index];
	return true;
}

static bool
read_switch(struct request *r, const char *name, const char **out)
{
	bool on;

	if (!body_has(r->body, name))
		return true;
	if (!body_bool(r->body, name, &on))
		return false;
	*out = on ? "true" : "false";
	return true;
}

static bool
read_texts(struct request *r, struct change *c)
{
	struct text text;

	if (body_has(r->body, "name")) {
		if (!body_name(r->body, "name", NAME_MAX_POINTS, &text))
			return false;
		c->name = text.bytes;
		c->name_key = text_name_key(r->arena, &text);
	}
	if (body_has(r->body, "description")) {
		if (!body_text(r->body, "description", 0, DESCRIPTION_MAX, &text))
			return false;
		c->description = text.bytes;
	}
	return true;
}

static enum step_result
parse_change(struct request *r)
{
	static const char *const members[] = { "name", "description", "max_members", "visibility",
		"joining", "who_invites", "history", "slow_mode", "muted", NULL };
	static const char *const visibilities[] = { "private", "public", NULL };
	static const char *const joinings[] = { "open", "request", NULL };
	static const char *const inviters[] = { "admins", "members", NULL };
	static const char *const histories[] = { "all", "joined", NULL };
	struct change *c = r->act = arena_zalloc(r->arena, sizeof *c);

	if (!request_body(r, members))
		return STEP_ANSWERED;
	if (!read_texts(r, c) ||
	    !read_int(r, "max_members", MEMBERS_MIN, MEMBERS_MAX, &c->max_members) ||
	    !read_word(r, "visibility", visibilities, &c->visibility) ||
	    !read_word(r, "joining", joinings, &c->joining) ||
	    !read_word(r, "who_invites", inviters, &c->who_invites) ||
	    !read_word(r, "history", histories, &c->history) ||
	    !read_int(r, "slow_mode", 0, SLOW_MAX_S, &c->slow_mode) ||
	    !read_switch(r, "muted", &c->muted))
		return answer_bad_field(r);
	return STEP_NEXT;
}

static enum step_result
change_group(struct request *r)
{
	const struct change *c = r->act;

	return request_db(r, "group_change",
	    DB_ARGS(db_id(r->arena, r->user_id), db_id(r->arena, r->ids[0]), c->name, c->name_key,
		c->description, c->max_members, c->visibility, c->joining, c->who_invites,
		c->history, c->slow_mode, c->muted));
}

step_fn *const group_settings_change_steps[] = { AUTHENTICATE, check_csrf, check_rate, obey_rate,
	request_ids, parse_change, change_group, outbox_answer, NULL };

/* DELETE /api/groups/ID */

static enum step_result
dissolve(struct request *r)
{
	return request_db(
	    r, "group_dissolve", DB_ARGS(db_id(r->arena, r->user_id), db_id(r->arena, r->ids[0])));
}

step_fn *const group_settings_dissolve_steps[] = { AUTHENTICATE, check_csrf, check_rate, obey_rate,
	request_ids, request_nothing, dissolve, outbox_answer, NULL };

/* PUT /api/groups/ID/announcement */

static enum step_result
parse_announcement(struct request *r)
{
	static const char *const members[] = { "text", NULL };
	struct text *text = r->act = arena_zalloc(r->arena, sizeof *text);

	if (!request_body(r, members))
		return STEP_ANSWERED;
	if (!body_text(r->body, "text", 0, ANNOUNCEMENT_MAX, text))
		return answer_bad_field(r);
	if (text->len > 0 && !text_is_visible(text)) {
		(void)body_refuse(r->body, "text", "must have a visible character, or be empty");
		return answer_bad_field(r);
	}
	return STEP_NEXT;
}

static enum step_result
announce(struct request *r)
{
	const struct text *text = r->act;

	return request_db(r, "group_announce",
	    DB_ARGS(db_id(r->arena, r->user_id), db_id(r->arena, r->ids[0]), text->bytes));
}

step_fn *const group_settings_announce_steps[] = { AUTHENTICATE, check_csrf, check_rate, obey_rate,
	request_ids, parse_announcement, announce, outbox_answer, NULL };

/* POST /api/groups/ID/announcement/seen */

static enum step_result
note_seen(struct request *r)
{
	return request_db(r, "group_announcement_seen",
	    DB_ARGS(db_id(r->arena, r->user_id), db_id(r->arena, r->ids[0])));
}

step_fn *const group_settings_seen_steps[] = { AUTHENTICATE, check_csrf, check_rate, obey_rate,
	request_ids, request_nothing, note_seen, outbox_answer, NULL };

/* POST /api/groups/ID/owner */

static enum step_result
pass_ownership(struct request *r)
{
	return request_db(r, "group_pass",
	    DB_ARGS(db_id(r->arena, r->user_id), db_id(r->arena, r->ids[0]),
		db_id(r->arena, r->named_id)));
}

step_fn *const group_settings_owner_steps[] = { AUTHENTICATE, check_csrf, check_rate, obey_rate,
	request_ids, request_user_id, pass_ownership, outbox_answer, NULL };
