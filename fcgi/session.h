/* session.h: who asks, and whether the browser meant it. A session is a random
 * token in a cookie; PostgreSQL knows its hash, Redis remembers for 30 s at
 * most whom it belongs to. The CSRF token is made from the session's. */
#ifndef SESSION_H
#define SESSION_H

#include "request.h"

/* Steps. 401 where there is no session, 503 where nobody can tell; afterwards user_id and session_id stand. */
#define AUTHENTICATE session_read_cookie, session_look_up, session_take
step_fn session_read_cookie, session_look_up, session_take;

/* A step: the header X-CSRFToken repeats the session's token, and Origin, where given, is ours. 403. */
step_fn check_csrf;
/* A step, for register and login: Origin, or Sec-Fetch-Site. 403. */
step_fn check_origin;

/* A new token into r; gives the hash, in hexadecimal, of the one that the request came with, or NULL. */
const char *session_renew(struct request *r);
/* Set-Cookie lines for r's token; the CSRF token is also returned (in r->arena). */
const char *session_set_cookies(struct request *r);
void session_clear_cookies(struct request *r);
/* The session with this hash has ended: no cache may say otherwise. */
void session_forget(const char *token_hash);
/* A step: r's own session has ended. Once Redis has answered, no worker takes it for one. */
step_fn session_forget_own;
/* The same of others: their hashes in hexadecimal, with a space between; "" is none. */
enum step_result session_forget_all(struct request *r, const char *hashes);
/* Where the request comes from, as nginx tells; "" where it doesn't. */
const char *session_address(struct request *r);

#endif
