/* record.h: the records of FastCGI: where a request begins and ends in the
 * bytes of a connection, what is in it, and the records of an answer. Pure. */
#ifndef RECORD_H
#define RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "must_use.h"

enum {
	RECORD_PARAMS_MAX = 96 * 1024, /* nginx sends 32 KiB of headers and its own at most */
	RECORD_BODY_MAX = 64 * 1024,
	RECORD_UPLOAD_MAX = 2 * 1024 * 1024, /* where the scan says that one is coming */
	RECORD_BYTES_MAX =
	    2 * 1024 * 1024, /* with all headers and padding, but for an upload's body */
};

enum record_verdict {
	RECORD_MORE,  /* good so far, and not whole */
	RECORD_WHOLE, /* a whole request: the first `scan.at` bytes */
	RECORD_TOO_LARGE, /* a body beyond RECORD_BODY_MAX: answer 413 and close; or set `upload`, and go on */
	RECORD_ROLE,    /* not a responder's: refuse with record_end_unknown_role, and close */
	RECORD_ABORTED, /* the client left: forget it, and close */
	RECORD_BAD,     /* not a request of nginx's: close */
};

/* How far the bytes have been understood; all zero before the first. */
struct record_scan {
	size_t at; /* bytes understood */
	size_t params_len, body_len;
	uint16_t id;
	bool begun, params_whole;
	bool keep;   /* the peer wants the connection to live on */
	bool upload; /* set by the caller: the body may have RECORD_UPLOAD_MAX */
};

/* Goes on where the last call stopped; bytes is the whole request so far. */
enum record_verdict record_scan(struct record_scan *s, const char *bytes, size_t len) MUST_USE;

/* The name-value pairs of a whole request as "NAME=value", ended by NULL, in a. NULL: they aren't as long as they say,
 * have a NUL, or a name that is empty or has a "=", or are more than 1,000. */
char **record_params(struct arena *a, const char *bytes, size_t len) MUST_USE;
/* The body of a whole request: the scan's body_len bytes and a NUL, in a. */
const char *record_body(struct arena *a, const char *bytes, size_t len) MUST_USE;

/* The value of a parameter of a request whose parameters have all come, in a; NULL where it isn't there. */
const char *record_param(struct arena *a, const char *bytes, size_t len, const char *name) MUST_USE;

/* An answer: STDOUT records of head and body, the end of the stream, END_REQUEST. */
void record_answer(struct buffer *out, uint16_t id, const char *head, size_t head_len,
    const char *body, size_t body_len);
/* The end alone, of a request that no responder is asked for. */
void record_end_unknown_role(struct buffer *out, uint16_t id);
/* Behind an answer whose connection ends then: a record of no request. nginx keeps no connection on which more has come
 * than an answer; one that it kept it might take for the next request before it sees the end. */
void record_no_more(struct buffer *out);

#endif
