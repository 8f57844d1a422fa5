/* problem.c: the catalogue. A title says what happened in general; what
 * happened this time is the answer's detail. */
#include "problem.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

static const struct problem_row rows[PROBLEM_COUNT] = {
	[PROBLEM_NONE] = { "none", 200, "No problem" },
	[PROBLEM_MALFORMED] = { "malformed", 400, "The request is malformed" },
	[PROBLEM_BAD_CREDENTIALS] = { "bad-credentials", 401, "Wrong user name or password" },
	[PROBLEM_NO_SESSION] = { "no-session", 401, "You are not logged in" },
	[PROBLEM_BAD_PASSWORD] = { "bad-password", 403, "The password is wrong" },
	[PROBLEM_CSRF] = { "csrf", 403, "The CSRF token is missing or not this session's" },
	[PROBLEM_ORIGIN] = { "origin", 403, "The request comes from another site" },
	[PROBLEM_NOT_ALLOWED] = { "not-allowed", 403, "You may not do this" },
	[PROBLEM_NOT_FRIENDS] = { "not-friends", 403, "You are not friends" },
	[PROBLEM_NOT_A_MEMBER] = { "not-a-member", 403, "You are not a member of this group" },
	[PROBLEM_MUTED] = { "muted", 403, "You may not write in this group now" },
	[PROBLEM_NOT_FOUND] = { "not-found", 404, "There is no such thing, or it is not yours" },
	[PROBLEM_METHOD] = { "method-not-allowed", 405, "This address does not take that method" },
	[PROBLEM_USERNAME_TAKEN] = { "username-taken", 409, "This user name is taken" },
	[PROBLEM_GROUP_NAME_TAKEN] = { "group-name-taken", 409, "A group has this name already" },
	[PROBLEM_ALREADY_FRIENDS] = { "already-friends", 409, "You are friends already" },
	[PROBLEM_ALREADY_ASKED] = { "already-asked", 409, "You have asked already" },
	[PROBLEM_BLOCKED] = { "blocked", 409, "You have blocked this user" },
	[PROBLEM_LIST_NAME_TAKEN] = { "list-name-taken", 409, "You have a list of this name" },
	[PROBLEM_TOO_MANY_LISTS] = { "too-many-lists", 409, "You have as many lists as may be" },
	[PROBLEM_ALREADY_MEMBER] = { "already-member", 409, "This user is a member already" },
	[PROBLEM_GROUP_FULL] = { "group-full", 409, "The group is full" },
	[PROBLEM_ALREADY_INVITED] = { "already-invited", 409, "This user is invited already" },
	[PROBLEM_BANNED] = { "banned", 409, "This user is banned from the group" },
	[PROBLEM_TOO_MANY_OPEN] = { "too-many-open", 409, "As many as may be are open already" },
	[PROBLEM_OWNER] = { "owner", 409, "The owner cannot leave the group" },
	[PROBLEM_CLIENT_ID_REUSED] = { "client-id-reused", 409,
	    "This client_id was used for another message" },
	[PROBLEM_QUEUE_GONE] = { "queue-gone", 410, "The queue is gone; open a new one" },
	[PROBLEM_TOO_LARGE] = { "too-large", 413, "The request is too large" },
	[PROBLEM_MEDIA_TYPE] = { "media-type", 415,
	    "The body is not of a type that is taken here" },
	[PROBLEM_SELF] = { "self", 422, "This cannot be done with oneself" },
	[PROBLEM_TOO_FEW_PLACES] = { "too-few-places", 422,
	    "More people than that are in the group" },
	[PROBLEM_BAD_PICTURE] = { "bad-picture", 422,
	    "This picture cannot be read, or is too large" },
	[PROBLEM_RATE] = { "too-many-requests", 429, "Too many requests; try again later" },
	[PROBLEM_SLOW_MODE] = { "slow-mode", 429,
	    "This group is in slow mode; wait before you write again" },
	[PROBLEM_INTERNAL] = { "internal", 500, "Something went wrong on the server" },
	[PROBLEM_DATABASE_DOWN] = { "database-down", 503, "The database cannot be reached" },
	[PROBLEM_REDIS_DOWN] = { "redis-down", 503, "The message queues cannot be reached" },
	[PROBLEM_BUSY] = { "busy", 503, "The server is busy; try again shortly" },
};

const struct problem_row *
problem_row(enum problem p)
{
	assert(p < PROBLEM_COUNT);
	return &rows[p];
}

enum problem
problem_named(const char *name)
{
	enum problem p;

	for (p = PROBLEM_NONE + 1; p < PROBLEM_COUNT; p++)
		if (strcmp(rows[p].name, name) == 0)
			return p;
	return PROBLEM_INTERNAL;
}
