/* answer.h: what a client gets: JSON, nothing (204), or a problem (RFC 9457).
 * Each function here answers and gives STEP_ANSWERED. */
#ifndef ANSWER_H
#define ANSWER_H

#include "door.h"
#include "json.h"
#include "must_use.h"
#include "problem.h"
#include "request.h"

/* Ends j's memory. */
enum step_result answer_json(struct request *r, int status, struct json *j) MUST_USE;
enum step_result answer_empty(struct request *r) MUST_USE; /* 204 */
enum step_result answer_text(
    struct request *r, int status, const char *type, const char *text, size_t len) MUST_USE;
/* What never changes under its address: the one answer that a browser keeps. */
enum step_result answer_lasting(
    struct request *r, const char *type, const void *bytes, size_t len) MUST_USE;
/* field: the member to blame, or NULL. */
enum step_result answer_problem(struct request *r, enum problem p, const char *field) MUST_USE;
enum step_result answer_problem_detail(
    struct request *r, enum problem p, const char *field, const char *detail) MUST_USE;
/* The problem of r->db, whose field it names; of "too-many-requests" the column retry_after_s says when. */
enum step_result answer_db_problem(struct request *r) MUST_USE;
/* 400, with what r->body noted. */
enum step_result answer_bad_field(struct request *r) MUST_USE;
/* 429 with Retry-After: RATE, or another problem of that status. */
enum step_result answer_rate(struct request *r, int64_t retry_after_ms) MUST_USE;
enum step_result answer_later(struct request *r, enum problem p, int64_t retry_after_ms) MUST_USE;

/* A further line of the head, such as "Set-Cookie: a=b"; given before answering. */
void answer_header(struct request *r, const char *format, ...) PRINTF_LIKE(2, 3);

/* To a connection whose request was let go (a parked poll). route is for the
 * metrics. The JSON's memory ends. */
void answer_late_json(
    struct door_connection *c, const char *route, int64_t started_us, struct json *j);
void answer_late_problem(
    struct door_connection *c, const char *route, int64_t started_us, enum problem p);

#endif
