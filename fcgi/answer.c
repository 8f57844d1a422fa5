/* answer.c: see answer.h. */
#include "answer.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "loop.h"
#include "metrics.h"
#include "route.h"
#include "text.h"

enum { RETRY_AFTER_S = 1 };

static const char *
reason(int status)
{
	static const struct {
		int status;
		const char *reason;
	} reasons[] = {
		{ 200, "OK" },
		{ 201, "Created" },
		{ 204, "No Content" },
		{ 400, "Bad Request" },
		{ 401, "Unauthorized" },
		{ 403, "Forbidden" },
		{ 404, "Not Found" },
		{ 405, "Method Not Allowed" },
		{ 409, "Conflict" },
		{ 410, "Gone" },
		{ 413, "Content Too Large" },
		{ 415, "Unsupported Media Type" },
		{ 422, "Unprocessable Content" },
		{ 429, "Too Many Requests" },
		{ 500, "Internal Server Error" },
		{ 503, "Service Unavailable" },
	};

	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "Unknown";
}

struct content {
	int status;
	const char *type; /* NULL: no content */
	const char *text;
	size_t len;
	const char *headers; /* further lines */
	size_t headers_len;
	bool head_only; /* the request was HEAD */
	bool lasting;   /* a browser may keep it */
};

static void
put(struct buffer *b, const char *s)
{
	buffer_append(b, s, strlen(s));
}

static void
put_number(struct buffer *b, int64_t n)
{
	char digits[TEXT_INT_SIZE];
	const char *end = text_decimal(n, digits);

	buffer_append(b, digits, (size_t)(end - digits));
}

static void
send_answer(struct door_connection *c, const struct content *content)
{
	struct buffer head = { 0 };

	put(&head, "Status: ");
	put_number(&head, content->status);
	put(&head, " ");
	put(&head, reason(content->status));
	put(&head, "\r\nCache-Control: ");
	put(&head, content->lasting ? "private, max-age=31536000, immutable" : "no-store");
	put(&head, "\r\n");
	if (content->type != NULL) {
		put(&head, "Content-Type: ");
		put(&head, content->type);
		put(&head, "\r\nContent-Length: ");
		put_number(&head, (int64_t)content->len);
		put(&head, "\r\n");
	}
	if (content->headers_len > 0)
		buffer_append(&head, content->headers, content->headers_len);
	put(&head, "\r\n");
	door_answer(c, head.data, head.len, content->text, content->head_only ? 0 : content->len);
	buffer_free(&head);
}

static enum step_result
answer_content(
    struct request *r, int status, const char *type, const char *text, size_t len, bool lasting)
{
	struct content content = {
		.lasting = lasting,
		.status = status,
		.type = type,
		.text = text,
		.len = len,
		.headers = r->headers.data,
		.headers_len = r->headers.len,
		.head_only = strcmp(r->method, "HEAD") == 0,
	};

	metrics_request(r->route != NULL ? r->route->name : "none", status,
	    (double)(loop_clock_us() - r->started_us) / 1e6);
	send_answer(r->connection, &content);
	return STEP_ANSWERED;
}

static enum step_result
answer(struct request *r, int status, const char *type, const char *text, size_t len)
{
	return answer_content(r, status, type, text, len, false);
}

enum step_result
answer_lasting(struct request *r, const char *type, const void *bytes, size_t len)
{
	return answer_content(r, 200, type, bytes, len, true);
}

enum step_result
answer_json(struct request *r, int status, struct json *j)
{
	size_t len;
	const char *text = json_text(j, &len);

	(void)answer(r, status, "application/json", text, len);
	buffer_free(&j->out);
	return STEP_ANSWERED;
}

enum step_result
answer_empty(struct request *r)
{
	return answer(r, 204, NULL, NULL, 0);
}

enum step_result
answer_text(struct request *r, int status, const char *type, const char *text, size_t len)
{
	return answer(r, status, type, text, len);
}

static void
write_problem(struct json *j, enum problem p, const char *field, const char *detail)
{
	const struct problem_row *row = problem_row(p);
	char type[80];

	(void)snprintf(type, sizeof type, "urn:magpie:problem:%s", row->name);
	json_open(j);
	json_member_string(j, "type", type);
	json_member_string(j, "title", row->title);
	json_member_int(j, "status", row->status);
	if (detail != NULL)
		json_member_string(j, "detail", detail);
	if (field != NULL)
		json_member_string(j, "field", field);
	json_close(j);
}

enum step_result
answer_problem_detail(struct request *r, enum problem p, const char *field, const char *detail)
{
	struct json j = { 0 };
	size_t len;

	write_problem(&j, p, field, detail);

	const char *text = json_text(&j, &len);
	int status = problem_row(p)->status;

	if (status == 503)
		answer_header(r, "Retry-After: %d", RETRY_AFTER_S);
	if (status >= 500)
		log_warn(&r->log, "request failed", "problem=%s route=%s", problem_row(p)->name,
		    LOG_QUOTED(arena_printf(r->arena, "%s %s", r->method, r->path)));
	(void)answer(r, status, "application/problem+json", text, len);
	buffer_free(&j.out);
	return STEP_ANSWERED;
}

enum step_result
answer_problem(struct request *r, enum problem p, const char *field)
{
	return answer_problem_detail(r, p, field, NULL);
}

enum step_result
answer_db_problem(struct request *r)
{
	if (r->db->problem == PROBLEM_RATE)
		return answer_rate(r, db_int(r->db, 0, "retry_after_s") * 1000);
	return answer_problem(r, r->db->problem, r->db->field);
}

enum step_result
answer_bad_field(struct request *r)
{
	const char *field = NULL;
	const char *error = body_error(r->body, &field);

	return answer_problem_detail(r, PROBLEM_MALFORMED, field, error);
}

enum step_result
answer_later(struct request *r, enum problem p, int64_t retry_after_ms)
{
	answer_header(r, "Retry-After: %lld", (long long)((retry_after_ms + 999) / 1000));
	return answer_problem(r, p, NULL);
}

enum step_result
answer_rate(struct request *r, int64_t retry_after_ms)
{
	return answer_later(r, PROBLEM_RATE, retry_after_ms);
}

void
answer_header(struct request *r, const char *format, ...)
{
	char line[512];
	va_list args;

	va_start(args, format);

	int len = vsnprintf(line, sizeof line, format, args);

	va_end(args);
	if (len < 0 || (size_t)len >= sizeof line)
		return;
	buffer_append(&r->headers, line, (size_t)len);
	buffer_append(&r->headers, "\r\n", 2);
}

void
answer_late_json(struct door_connection *c, const char *route, int64_t started_us, struct json *j)
{
	struct content content = { .status = 200, .type = "application/json" };

	content.text = json_text(j, &content.len);
	metrics_request(route, content.status, (double)(loop_clock_us() - started_us) / 1e6);
	send_answer(c, &content);
	buffer_free(&j->out);
}

void
answer_late_problem(
    struct door_connection *c, const char *route, int64_t started_us, enum problem p)
{
	static const char retry[] = "Retry-After: 1\r\n";
	struct json j = { 0 };
	struct content content = { .status = problem_row(p)->status,
		.type = "application/problem+json" };

	write_problem(&j, p, NULL, NULL);
	content.text = json_text(&j, &content.len);
	if (content.status == 503) {
		content.headers = retry;
		content.headers_len = sizeof retry - 1;
	}
	metrics_request(route, content.status, (double)(loop_clock_us() - started_us) / 1e6);
	send_answer(c, &content);
	buffer_free(&j.out);
}
