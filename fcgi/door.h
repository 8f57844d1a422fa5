/* door.h: where requests come in and answers go out: FastCGI over a unix
 * socket, without ever blocking. A connection has one request at a time; nginx
 * keeps it open for the next one. One whose request isn't whole after 10 s, or
 * of whose answer hardly anything is taken in 30, is closed.
 *
 * A request's owner is told once if its client leaves (`gone`); it must not
 * answer then, nor touch the connection again. */
#ifndef DOOR_H
#define DOOR_H

#include <stdbool.h>
#include <stddef.h>

#include "arena.h"
#include "must_use.h"

struct door_connection;

/* A request as it came. It and all that it points to live in arena, which the
 * one to whom it is given frees. */
struct door_input {
	struct arena *arena;
	char **params;    /* "NAME=value", ended by NULL */
	const char *body; /* body_len bytes, not checked */
	size_t body_len;
	/* With one of these three nothing of the request is here, and params is empty. */
	bool too_large; /* its body was over 64 KiB, or 2 MiB where uploads are taken */
	bool flooded;   /* an upload, and as many are here as may be */
	bool malformed; /* its parameters or its length are wrong */
	bool crowded;   /* hardly a descriptor is left: this one is to be refused */
	bool doubled;   /* a header came twice of which one alone makes sense */
};

/* The value of a parameter, or NULL. */
const char *door_param(const struct door_input *in, const char *name);

typedef void door_begin_fn(struct door_connection *c, const struct door_input *in);
/* May this method and path have a body of up to 2 MiB? Asked only once there is more than 64 KiB of it. */
typedef bool door_upload_fn(const char *method, const char *path);

/* Listens on the path (NULL: takes systemd's socket or descriptor 0). False:
 * error says why. */
bool door_open(const char *path, door_begin_fn *begin, char *error, size_t error_size) MUST_USE;
/* At most so many uploads at once, each held until its answer; without this call there are none. */
void door_take_uploads(door_upload_fn *may, int most);
/* Takes no more connections, and ends each with its next answer. nginx tries
 * those first that it used last: the ones left are the ones it won't miss. */
void door_close(void);
/* Ends those without a request, then: what has just come on them is still answered. */
void door_end_idle(void);
/* Has it no connection at all? */
bool door_is_empty(void);
/* Connections with a request under way or an answer unsent. */
size_t door_busy(void);

/* Says whom to tell when the client leaves: instead of the one before. */
void door_own(struct door_connection *c, void *owner, void (*gone)(void *owner));

/* Answers: head is "Status: 200 OK\r\n…\r\n\r\n". Copies both; the connection
 * isn't the owner's any longer. */
void door_answer(struct door_connection *c, const char *head, size_t head_len, const char *body,
    size_t body_len);

#endif
