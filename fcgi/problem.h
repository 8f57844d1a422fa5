/* problem.h: the catalogue of problems (RFC 9457) that an answer can name.
 * Written once here; docs/openapi.yaml is held against it by a test, and the
 * SQL functions refuse with these names. */
#ifndef PROBLEM_H
#define PROBLEM_H

enum problem {
	PROBLEM_NONE,
	PROBLEM_MALFORMED,       /* 400 malformed: body, query or header */
	PROBLEM_BAD_CREDENTIALS, /* 401 */
	PROBLEM_NO_SESSION,      /* 401 */
	PROBLEM_BAD_PASSWORD,    /* 403 */
	PROBLEM_CSRF,            /* 403 csrf */
	PROBLEM_ORIGIN,          /* 403 origin */
	PROBLEM_NOT_ALLOWED,     /* 403 */
	PROBLEM_NOT_FRIENDS,     /* 403 */
	PROBLEM_NOT_A_MEMBER,    /* 403 */
	PROBLEM_MUTED,           /* 403 */
	PROBLEM_NOT_FOUND,       /* 404 */
	PROBLEM_METHOD,          /* 405 method-not-allowed */
	PROBLEM_USERNAME_TAKEN,  /* 409 … */
	PROBLEM_GROUP_NAME_TAKEN,
	PROBLEM_ALREADY_FRIENDS,
	PROBLEM_ALREADY_ASKED,
	PROBLEM_BLOCKED,
	PROBLEM_LIST_NAME_TAKEN,
	PROBLEM_TOO_MANY_LISTS,
	PROBLEM_ALREADY_MEMBER,
	PROBLEM_GROUP_FULL,
	PROBLEM_ALREADY_INVITED,
	PROBLEM_BANNED,
	PROBLEM_TOO_MANY_OPEN,
	PROBLEM_OWNER,
	PROBLEM_CLIENT_ID_REUSED,
	PROBLEM_QUEUE_GONE,     /* 410 */
	PROBLEM_TOO_LARGE,      /* 413 */
	PROBLEM_MEDIA_TYPE,     /* 415 */
	PROBLEM_SELF,           /* 422 */
	PROBLEM_TOO_FEW_PLACES, /* 422 */
	PROBLEM_BAD_PICTURE,    /* 422: can't be decoded, or has too many pixels */
	PROBLEM_RATE,           /* 429 too-many-requests */
	PROBLEM_SLOW_MODE,      /* 429 */
	PROBLEM_INTERNAL,       /* 500: a fault of ours; logged */
	PROBLEM_DATABASE_DOWN,  /* 503 … with Retry-After */
	PROBLEM_REDIS_DOWN,
	PROBLEM_BUSY, /* 503: a lock, a full pool */
	PROBLEM_COUNT
};

struct problem_row {
	const char *name; /* urn:magpie:problem:NAME */
	int status;
	const char *title;
};

const struct problem_row *problem_row(enum problem p);
/* The one of that name; PROBLEM_INTERNAL for an unknown name. */
enum problem problem_named(const char *name);

#endif
