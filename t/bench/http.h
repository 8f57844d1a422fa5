/* http.h: an answer of HTTP/1.1 that comes in pieces. No sockets here. */
#ifndef BENCH_HTTP_H
#define BENCH_HTTP_H

#include <stdbool.h>
#include <stddef.h>

enum { HTTP_HEAD_MAX = 16384, HTTP_BODY_MAX = 16 << 20 };

enum http_state {
	HTTP_HEAD,
	HTTP_BODY,
	HTTP_CHUNK_SIZE,
	HTTP_CHUNK,
	HTTP_TRAILER,
	HTTP_COMPLETE,
	HTTP_BAD
};

/* All zero is an answer of which nothing has come. */
struct http {
	enum http_state state;
	int status;
	bool closes; /* the server closes the connection after it */
	char *bytes; /* head and body, with a NUL at the end; owned */
	size_t len, room;
	size_t head_len; /* with the empty line; the body begins here */
	size_t left;     /* bytes of the body, or of the chunk with its line's end, still to come */
	size_t line_len; /* of a chunk's size, or of the trailer's line */
	size_t chunk;    /* its size, while it is read */
};

/* Takes what came, and tells how much of it belongs to this answer: all of it, unless that is complete
 * (HTTP_COMPLETE) or nonsense (HTTP_BAD). */
size_t http_take(struct http *a, const char *bytes, size_t len);

/* The body, with a NUL at its end. */
const char *http_body(const struct http *a);
size_t http_body_len(const struct http *a);

/* Copies a header's value, cut to what fits; the name is in any case. False where there is none. */
bool http_header(const struct http *a, const char *name, char *value, size_t size);

/* For the next answer on this connection. What a large one took is given back. */
void http_reset(struct http *a);
void http_free(struct http *a);

#endif
