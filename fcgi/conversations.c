/* conversations.c: see conversations.h. */
#include "conversations.h"

#include <string.h>

#include "answer.h"
#include "change.h"
#include "outbox.h"
#include "ratelimit.h"
#include "session.h"
#include "text.h"

/* Which conversation, and what becomes of it. */
struct view {
	const char *contact_type, *contact_id;
	const char *pinned, *muted, *mentions, *hidden, *marked_unread; /* NULL: stays as it is */
	const char *seq;
};

static enum step_result
parse_path(struct request *r)
{
	struct view *v = r->act = arena_zalloc(r->arena, sizeof *v);
	int64_t id;

	v->contact_type = r->path_ids[0];
	if (strcmp(v->contact_type, "single") != 0 && strcmp(v->contact_type, "group") != 0)
		return answer_problem_detail(
		    r, PROBLEM_MALFORMED, "type", "the type is single or group");
	if (!text_int(r->path_ids[1], strlen(r->path_ids[1]), 1, TEXT_ID_MAX, &id))
		return answer_problem_detail(
		    r, PROBLEM_MALFORMED, "id", "an id is an integer from 1 to 2^53 - 1");
	v->contact_id = db_id(r->arena, id);
	return STEP_NEXT;
}

/* PATCH /api/conversations/TYPE/ID */

static enum step_result
parse_change(struct request *r)
{
	static const char *const members[] = { "pinned", "muted", "mentions", "hidden",
		"marked_unread", NULL };
	struct view *v = r->act;

	if (!request_body(r, members))
		return STEP_ANSWERED;
	if (!change_switch(r, "pinned", &v->pinned) || !change_switch(r, "muted", &v->muted) ||
	    !change_switch(r, "mentions", &v->mentions) ||
	    !change_switch(r, "hidden", &v->hidden) ||
	    !change_switch(r, "marked_unread", &v->marked_unread))
		return answer_bad_field(r);
	return STEP_NEXT;
}

static enum step_result
change_view(struct request *r)
{
	const struct view *v = r->act;

	return request_db(r, "conversation_change",
	    DB_ARGS(db_id(r->arena, r->user_id), v->contact_type, v->contact_id, v->pinned,
		v->muted, v->mentions, v->hidden, v->marked_unread));
}

step_fn *const conversations_change_steps[] = { AUTHENTICATE, check_csrf, check_rate, obey_rate,
	parse_path, parse_change, change_view, outbox_answer, NULL };

/* POST /api/conversations/TYPE/ID/clear */

static enum step_result
parse_clear(struct request *r)
{
	static const char *const members[] = { "seq", NULL };
	struct view *v = r->act;
	int64_t seq;

	if (!request_body(r, members))
		return STEP_ANSWERED;
	if (!body_id(r->body, "seq", &seq))
		return answer_bad_field(r);
	v->seq = db_id(r->arena, seq);
	return STEP_NEXT;
}

static enum step_result
clear_history(struct request *r)
{
	const struct view *v = r->act;

	return request_db(r, "conversation_clear",
	    DB_ARGS(db_id(r->arena, r->user_id), v->contact_type, v->contact_id, v->seq));
}

step_fn *const conversations_clear_steps[] = { AUTHENTICATE, check_csrf, check_rate, obey_rate,
	parse_path, parse_clear, clear_history, outbox_answer, NULL };
