/* group_settings.c: see group_settings.h. */
#include "group_settings.h"

#include "answer.h"
#include "change.h"
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
	if (!change_name(r, "name", NAME_MAX_POINTS, &c->name, &c->name_key) ||
	    !change_text(r, "description", DESCRIPTION_MAX, &c->description) ||
	    !change_int(r, "max_members", MEMBERS_MIN, MEMBERS_MAX, &c->max_members) ||
	    !change_word(r, "visibility", visibilities, &c->visibility) ||
	    !change_word(r, "joining", joinings, &c->joining) ||
	    !change_word(r, "who_invites", inviters, &c->who_invites) ||
	    !change_word(r, "history", histories, &c->history) ||
	    !change_int(r, "slow_mode", 0, SLOW_MAX_S, &c->slow_mode) ||
	    !change_switch(r, "muted", &c->muted))
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
