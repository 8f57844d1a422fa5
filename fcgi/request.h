/* request.h: a request, its life, and its steps. A route is a table of named
 * steps; the runner calls one after the other until one waits or answers, and
 * goes on when what was waited for has ended. A client that leaves ends its
 * request: what was under way is cancelled, and a late reply finds nobody. */
#ifndef REQUEST_H
#define REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "body.h"
#include "db.h"
#include "door.h"
#include "log.h"
#include "must_use.h"
#include "redis.h"
#include "settings.h"

struct request;
struct route;

enum step_result {
	STEP_NEXT,     /* go on with the next one */
	STEP_WAIT,     /* exactly one operation was started */
	STEP_ANSWERED, /* answered, or handed on: the request ends */
};

typedef enum step_result step_fn(struct request *r);

enum { TOKEN_SIZE = 32, PATH_IDS_MAX = 2 };

struct request {
	struct arena *arena;
	struct door_connection *connection;
	struct door_input in;
	const struct settings *settings;
	const struct route *route;
	step_fn *const *step; /* the next one */
	struct log log;
	int64_t started_us;

	const char *method, *path, *query;  /* query is "" where there is none */
	const char *const *query_names;     /* those that the route knows, and their values: */
	struct text *query_values;          /* no bytes: not given */
	const char *path_ids[PATH_IDS_MAX]; /* the segments that the route leaves open, as text */
	int64_t ids[PATH_IDS_MAX];          /* the same, once request_ids has been */
	struct body *body;                  /* once request_body has been */
	int64_t named_id;                   /* whom the body names, once request_user_id has been */
	struct buffer headers;              /* further lines of the answer's head, each with CRLF */

	/* Once authenticated. */
	int64_t user_id, session_id;
	unsigned char token[TOKEN_SIZE];
	char token_hash[65]; /* SHA-256, in hexadecimal */

	void *act; /* what the route's steps leave for each other */

	/* What the operation brought that the last step waited for; until the next one waits. */
	const struct db_reply *db;       /* never NULL after request_db */
	const struct redis_reply *redis; /* NULL where Redis was away or refused */
	bool password_good;
	const char *password_hash;
	const uint8_t *picture; /* NULL where it can't be read */
	size_t picture_len;

	/* The operation under way, and how to cancel it. */
	void *op;
	void (*cancel)(void *op);
};

/* The settings and the handler of all requests: takes the request, finds its route, runs it. */
void request_open(const struct settings *s);
door_begin_fn request_begin;

/* Each starts one operation and gives STEP_WAIT. */
enum step_result request_db(
    struct request *r, const char *function, const char *const *args, size_t arg_count);
enum step_result request_redis(struct request *r, const char *const *words, size_t count);
enum step_result request_script(struct request *r, enum redis_script script,
    const char *const *words, size_t count, size_t key_count);
/* The next step finds r->password_good and r->password_hash; 503 without it where the queue is full, or memory is
 * short. */
enum step_result request_hash(struct request *r, const struct text *plain);
enum step_result request_verify(struct request *r, const struct text *plain, const char *hash);
/* The next step finds r->picture; of the body. 503 where too many are under way. */
enum step_result request_picture(struct request *r);

#define DB_ARGS(...)                                                                               \
	(const char *const[]){ __VA_ARGS__ },                                                      \
	    sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(const char *)

/* For an operation of another layer's (a batch, a queue): notes how to cancel. */
enum step_result request_wait(struct request *r, void *op, void (*cancel)(void *op));
/* The operation has ended: runs the next steps. */
void request_resume(struct request *r);

/* Every route calls exactly one of these four, so that what it does not know is refused, in body and query. */
/* Parses the body, whose members are these, where nothing stands in the query; false where it has answered. */
bool request_body(struct request *r, const char *const *members) MUST_USE;
/* A step: nothing stands in the query, and the body, if any, is {}. */
step_fn request_nothing;
/* A step: the body is {"user_id": …}, into named_id. */
step_fn request_user_id;
/* Both have members (lists that NULL ends; at most 32 in the query). False: noted for answer_bad_field. */
bool request_members(
    struct request *r, const char *const *in_body, const char *const *in_query) MUST_USE;
/* A step: path_ids into ids; 400 where one is none. */
step_fn request_ids;
/* A value of the query, whose members have been taken; false: it isn't there. */
bool request_query(struct request *r, const char *name, struct text *out);

#endif
