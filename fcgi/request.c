/* request.c: see request.h. */
#include "request.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "answer.h"
#include "loop.h"
#include "metrics.h"
#include "password.h"
#include "picture.h"
#include "route.h"

static const struct settings *settings;

void
request_open(const struct settings *s)
{
	settings = s;
}

static void
request_free(struct request *r)
{
	metrics_add(METRIC_REQUESTS_ACTIVE, -1);
	buffer_free(&r->headers);
	arena_free(r->arena);
}

/* Runs r's steps until one waits or answers. Called for a new request, and
 * again each time that what r waited for has ended. */
static void
run(struct request *r)
{
	enum step_result result;

	do {
		assert(*r->step != NULL); /* a route's last step answers */
		result = (*r->step++)(r);
	} while (result == STEP_NEXT);
	if (result == STEP_ANSWERED)
		request_free(r);
}

/* The client has left. */
static void
on_gone(void *owner)
{
	struct request *r = owner;

	if (r->op != NULL)
		r->cancel(r->op);
	request_free(r);
}

/* A step: what is wrong with the request as such. */
static enum step_result
check_input(struct request *r)
{
	if (r->in.crowded) {
		metrics_add(METRIC_CROWDED, 1);
		return answer_problem_detail(
		    r, PROBLEM_BUSY, NULL, "this server has as many connections as it may");
	}
	if (r->in.flooded)
		return answer_problem_detail(
		    r, PROBLEM_BUSY, NULL, "too many pictures come at this moment");
	if (r->in.too_large)
		return answer_problem(r, PROBLEM_TOO_LARGE, NULL);
	if (r->in.malformed)
		return answer_problem_detail(r, PROBLEM_MALFORMED, NULL,
		    "its headers are malformed, or its length isn't the one that it says");
	if (r->in.doubled)
		return answer_problem_detail(r, PROBLEM_MALFORMED, NULL, "a header came twice");
	return STEP_NEXT;
}

void
request_begin(struct door_connection *c, const struct door_input *in)
{
	static step_fn *const opening[] = { check_input, route_find, NULL };
	struct request *r = arena_zalloc(in->arena, sizeof *r);
	const char *query = door_param(in, "QUERY_STRING");
	const char *path = door_param(in, "DOCUMENT_URI");
	const char *method = door_param(in, "REQUEST_METHOD");

	r->arena = in->arena;
	r->connection = c;
	r->in = *in;
	r->settings = settings;
	r->step = opening;
	r->started_us = loop_clock_us();
	r->method = method != NULL ? method : "";
	r->path = path != NULL ? path : "";
	r->query = query != NULL ? query : "";
	r->log.request_id = door_param(in, "REQUEST_ID");
	metrics_add(METRIC_REQUESTS_ACTIVE, 1);
	door_own(c, r, on_gone);
	run(r);
}

enum step_result
request_wait(struct request *r, void *op, void (*cancel)(void *op))
{
	r->db = NULL;
	r->redis = NULL;
	r->op = op;
	r->cancel = cancel;
	return STEP_WAIT;
}

void
request_resume(struct request *r)
{
	r->op = NULL;
	run(r);
}

static void
on_db(void *arg, const struct db_reply *reply)
{
	struct request *r = arg;

	r->db = reply;
	request_resume(r);
}

static void
cancel_db(void *op)
{
	db_cancel(op);
}

enum step_result
request_db(struct request *r, const char *function, const char *const *args, size_t arg_count)
{
	return request_wait(
	    r, db_call_of(r->user_id, function, args, arg_count, on_db, r), cancel_db);
}

static void
on_redis(void *arg, const struct redis_reply *reply)
{
	struct request *r = arg;

	r->redis = reply;
	request_resume(r);
}

static void
cancel_redis(void *op)
{
	redis_cancel(op);
}

enum step_result
request_redis(struct request *r, const char *const *words, size_t count)
{
	return request_wait(r, redis_command(words, NULL, count, on_redis, r), cancel_redis);
}

enum step_result
request_script(struct request *r, enum redis_script script, const char *const *words, size_t count,
    size_t key_count)
{
	return request_wait(
	    r, redis_script(script, words, NULL, count, key_count, on_redis, r), cancel_redis);
}

static enum step_result
answer_no_memory(struct request *r)
{
	return answer_problem_detail(
	    r, PROBLEM_BUSY, NULL, "there is no memory for a password at this moment");
}

static void
on_password(void *arg, enum password_outcome outcome, const char *hash)
{
	static step_fn *const without[] = { answer_no_memory, NULL };
	struct request *r = arg;

	if (outcome == PASSWORD_UNKNOWN)
		r->step = without;
	r->password_good = outcome == PASSWORD_GOOD;
	r->password_hash = hash;
	request_resume(r);
}

static void
cancel_password(void *op)
{
	password_cancel(op);
}

static enum step_result
wait_for_password(struct request *r, struct password_op *op)
{
	if (op == NULL)
		return answer_problem_detail(
		    r, PROBLEM_BUSY, NULL, "too many people are logging in at this moment");
	return request_wait(r, op, cancel_password);
}

enum step_result
request_hash(struct request *r, const struct text *plain)
{
	return wait_for_password(r, password_hash(plain->bytes, plain->len, on_password, r));
}

enum step_result
request_verify(struct request *r, const struct text *plain, const char *hash)
{
	return wait_for_password(
	    r, password_verify(plain->bytes, plain->len, hash, on_password, r));
}

static void
on_picture(void *arg, const uint8_t *webp, size_t len)
{
	struct request *r = arg;

	r->picture = webp;
	r->picture_len = len;
	request_resume(r);
}

static void
cancel_picture(void *op)
{
	picture_cancel(op);
}

enum step_result
request_picture(struct request *r)
{
	struct picture_op *op = picture_shrink(r->in.body, r->in.body_len, on_picture, r);

	if (op == NULL)
		return answer_problem_detail(
		    r, PROBLEM_BUSY, NULL, "too many pictures come at this moment");
	return request_wait(r, op, cancel_picture);
}

/* "application/json", perhaps with "; charset=utf-8". */
static bool
is_json(const char *type)
{
	static const char json[] = "application/json";

	if (type == NULL || strncasecmp(type, json, sizeof json - 1) != 0)
		return false;
	type += sizeof json - 1;
	type += strspn(type, " \t");
	return *type == '\0' || *type == ';';
}

struct query_names {
	struct request *r;
	unsigned seen; /* a bit for each of r->query_names */
};

static size_t
query_name(const struct request *r, const char *name)
{
	size_t i = 0;

	while (r->query_names[i] != NULL && strcmp(r->query_names[i], name) != 0)
		i++;
	return i;
}

static bool
take_member(const struct text *name, const struct text *value, void *arg)
{
	struct query_names *n = arg;
	struct request *r = n->r;
	size_t i;

	if (name == NULL)
		return body_refuse(r->body, NULL, "the query has a name that is malformed");
	i = query_name(r, name->bytes);
	if (r->query_names[i] == NULL)
		return body_refuse_name(r->body, name, "is not known here");
	if ((n->seen & 1U << i) != 0)
		return body_refuse(r->body, r->query_names[i], "is there twice");
	n->seen |= 1U << i;
	if (value == NULL)
		return body_refuse(r->body, r->query_names[i], "is malformed");
	r->query_values[i] = *value;
	return true;
}

bool
request_members(struct request *r, const char *const *in_body, const char *const *in_query)
{
	struct query_names names = { .r = r };
	size_t count = 0;

	while (in_query[count] != NULL)
		count++;
	r->query_names = in_query;
	r->query_values = arena_zalloc(r->arena, (count + 1) * sizeof *r->query_values);
	r->body = body_parse(r->arena, r->in.body, r->in.body_len, in_body);
	return body_error(r->body, NULL) == NULL &&
	    text_query(r->arena, r->query, take_member, &names);
}

bool
request_body(struct request *r, const char *const *members)
{
	static const char *const none[] = { NULL };

	/* No form can send a GET that changes something, so its body may call itself what it likes. */
	if (r->in.body_len > 0 && strcmp(r->route->method, "GET") != 0 &&
	    !is_json(door_param(&r->in, "CONTENT_TYPE")))
		return answer_problem(r, PROBLEM_MEDIA_TYPE, NULL) == STEP_NEXT;
	if (!request_members(r, members, none))
		return answer_bad_field(r) == STEP_NEXT;
	return true;
}

enum step_result
request_nothing(struct request *r)
{
	static const char *const none[] = { NULL };

	return request_body(r, none) ? STEP_NEXT : STEP_ANSWERED;
}

enum step_result
request_user_id(struct request *r)
{
	static const char *const members[] = { "user_id", NULL };

	if (!request_body(r, members))
		return STEP_ANSWERED;
	return body_id(r->body, "user_id", &r->named_id) ? STEP_NEXT : answer_bad_field(r);
}

enum step_result
request_ids(struct request *r)
{
	for (size_t i = 0; i < PATH_IDS_MAX && r->path_ids[i] != NULL; i++)
		if (!text_int(r->path_ids[i], strlen(r->path_ids[i]), 1, TEXT_ID_MAX, &r->ids[i]))
			return answer_problem_detail(
			    r, PROBLEM_MALFORMED, "id", "an id is an integer from 1 to 2^53 - 1");
	return STEP_NEXT;
}

bool
request_query(struct request *r, const char *name, struct text *out)
{
	size_t i = query_name(r, name);

	assert(r->query_names[i] != NULL);
	*out = r->query_values[i];
	return out->bytes != NULL;
}
