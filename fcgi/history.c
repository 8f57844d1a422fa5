/* history.c: see history.h. */
#include "history.h"

#include "answer.h"
#include "events.h"
#include "outbox.h"
#include "query.h"
#include "ratelimit.h"
#include "session.h"

enum { LIMIT_DEFAULT = 50, LIMIT_MAX = 200 };

static const char *const contact_type_names[] = { "single", "group", NULL };

/* GET /api/history */

struct history {
	int contact_type; /* index in contact_type_names */
	int64_t contact_id;
	int64_t before;    /* a seq, or 0: the newest */
	int64_t after_rev; /* or -1: by seq */
	int64_t limit;
};

static bool
read_query(struct request *r, struct history *h)
{
	static const char *const names[] = { "contact_type", "contact_id", "before", "after_rev",
		"limit", NULL };

	if (!query_only(r, names) ||
	    !query_enum(r, "contact_type", contact_type_names, &h->contact_type) ||
	    !query_int(r, "contact_id", 1, TEXT_ID_MAX, &h->contact_id) ||
	    !query_int(r, "before", 1, TEXT_ID_MAX, &h->before) ||
	    !query_int(r, "after_rev", 0, TEXT_ID_MAX, &h->after_rev) ||
	    !query_int(r, "limit", 1, LIMIT_MAX, &h->limit))
		return false;
	if (h->contact_id == 0)
		return query_refuse(
		    r, "contact_id", "is missing; it must be a user's or a group's id");
	if (h->before > 0 && h->after_rev >= 0)
		return query_refuse(r, "after_rev", "can't be given together with before");
	return true;
}

static enum step_result
parse_history(struct request *r)
{
	struct history *h = r->act = arena_zalloc(r->arena, sizeof *h);

	h->after_rev = -1;
	h->limit = LIMIT_DEFAULT;
	return read_query(r, h) ? STEP_NEXT : answer_bad_field(r);
}

static enum step_result
ask_history(struct request *r)
{
	const struct history *h = r->act;

	return request_db(r, "history",
	    DB_ARGS(db_id(r->arena, r->user_id), contact_type_names[h->contact_type],
		db_id(r->arena, h->contact_id), h->before > 0 ? db_id(r->arena, h->before) : NULL,
		h->after_rev >= 0 ? db_id(r->arena, h->after_rev) : NULL,
		db_id(r->arena, h->limit)));
}

static enum step_result
answer_history(struct request *r)
{
	struct json j = { 0 };
	int row;

	if (r->db->problem != PROBLEM_NONE)
		return answer_db_problem(r);
	json_open(&j);
	json_key(&j, "messages");
	json_open_array(&j);
	for (row = 0; row < r->db->rows; row++)
		if (db_text(r->db, row, "seq") != NULL) /* else there is none at all */
			events_write_message(&j, r->db, row, "");
	json_close_array(&j);
	json_member_bool(&j, "more", db_bool(r->db, 0, "more"));
	json_member_int(&j, "rev", db_int(r->db, 0, "complete_rev"));
	json_close(&j);
	return answer_json(r, 200, &j);
}

step_fn *const history_steps[] = { AUTHENTICATE, check_rate, obey_rate, parse_history, ask_history,
	answer_history, NULL };

/* POST /api/read */

struct mark {
	int contact_type; /* index in contact_type_names */
	int64_t contact_id;
	int64_t seq;
};

static enum step_result
parse_mark(struct request *r)
{
	static const char *const members[] = { "contact_type", "contact_id", "seq", NULL };
	struct mark *m = r->act = arena_zalloc(r->arena, sizeof *m);

	if (!request_body(r, members))
		return STEP_ANSWERED;
	if (!body_enum(r->body, "contact_type", contact_type_names, &m->contact_type) ||
	    !body_id(r->body, "contact_id", &m->contact_id) || !body_id(r->body, "seq", &m->seq))
		return answer_bad_field(r);
	return STEP_NEXT;
}

static enum step_result
move_mark(struct request *r)
{
	const struct mark *m = r->act;

	return request_db(r, "read_mark",
	    DB_ARGS(db_id(r->arena, r->user_id), contact_type_names[m->contact_type],
		db_id(r->arena, m->contact_id), db_id(r->arena, m->seq)));
}

step_fn *const history_read_steps[] = { AUTHENTICATE, check_csrf, check_rate, obey_rate, parse_mark,
	move_mark, outbox_answer, NULL };
