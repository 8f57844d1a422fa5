/* send.c: see send.h. */
#include "send.h"

#include "answer.h"
#include "batch.h"
#include "json.h"
#include "ratelimit.h"
#include "session.h"

enum { MESSAGE_MAX = 4000 };

/* What POST /api/send asks for, and what became of it. Lives in r->arena. */
struct send {
	struct batch_message message;
	struct batch_outcome outcome;
};

static enum step_result
parse_send(struct request *r)
{
	static const char *const members[] = { "contact_type", "to", "msg", "client_id", NULL };
	static const char *const types[] = { "single", "group", NULL };
	struct send *s = r->act = arena_zalloc(r->arena, sizeof *s);
	struct batch_message *m = &s->message;
	int type = 0;

	if (!request_body(r, members))
		return STEP_ANSWERED;
	if (!body_enum(r->body, "contact_type", types, &type) || !body_id(r->body, "to", &m->to) ||
	    !body_text(r->body, "msg", 1, MESSAGE_MAX, &m->msg) ||
	    !body_uuid(r->body, "client_id", m->client_id))
		return answer_bad_field(r);
	if (!text_is_visible(&m->msg)) {
		(void)body_refuse(r->body, "msg", "must have a visible character");
		return answer_bad_field(r);
	}
	m->contact_type = types[type];
	return STEP_NEXT;
}

static enum step_result
commit_message(struct request *r)
{
	struct send *s = r->act;

	return batch_add(r, &s->message, &s->outcome);
}

static enum step_result
answer_sent(struct request *r)
{
	const struct send *s = r->act;
	struct json j = { 0 };

	if (s->outcome.problem == PROBLEM_SLOW_MODE)
		return answer_later(r, PROBLEM_SLOW_MODE, s->outcome.retry_after_s * 1000);
	if (s->outcome.problem != PROBLEM_NONE)
		return answer_problem(
		    r, s->outcome.problem, *s->outcome.field != '\0' ? s->outcome.field : NULL);
	json_open(&j);
	json_key(&j, "message");
	json_raw(&j, s->outcome.message, s->outcome.message_len);
	json_close(&j);
	return answer_json(r, s->outcome.repeated ? 200 : 201, &j);
}

step_fn *const send_steps[] = { AUTHENTICATE, check_csrf, check_send_rate, obey_rate, parse_send,
	commit_message, /* and what was committed is pushed by then */
	answer_sent, NULL };
