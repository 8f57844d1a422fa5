/* session.c: see session.h. */
#include "session.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "text.h"

enum { CSRF_SIZE = 16, CSRF_LEN = 2 * CSRF_SIZE };

/* Is every origin of the list https? Not where it is empty. */
static bool
are_https(const char *list)
{
	static const char https[] = "https://";
	size_t count = 0;

	for (list += strspn(list, ", "); *list != '\0'; list += strspn(list, ", ")) {
		if (strncmp(list, https, sizeof https - 1) != 0)
			return false;
		list += strcspn(list, ", ");
		count++;
	}
	return count > 0;
}

/* Did the browser ask over TLS? A proxy before nginx may have ended it: then site.origin tells. */
static bool
over_tls(const struct request *r)
{
	const char *https = door_param(&r->in, "HTTPS");

	return (https != NULL && strcmp(https, "on") == 0) || are_https(r->settings->site_origin);
}

/* The cookie of this name, if the request has exactly one; else NULL. */
static const char *
one_cookie(const struct request *r, const char *name, size_t *len)
{
	const char *at = door_param(&r->in, "HTTP_COOKIE"), *found = NULL;
	size_t name_len = strlen(name);

	for (; at != NULL && *at != '\0'; at += *at == ';') {
		at += strspn(at, " \t");

		size_t pair_len = strcspn(at, ";");

		if (pair_len > name_len && at[name_len] == '=' && memcmp(at, name, name_len) == 0) {
			if (found != NULL)
				return NULL;
			found = at + name_len + 1;
			*len = pair_len - name_len - 1;
		}
		at += pair_len;
	}
	return found;
}

static void
hash_token(const unsigned char token[TOKEN_SIZE], char out[65])
{
	unsigned char hash[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(hash, token, TOKEN_SIZE);
	text_hex(hash, sizeof hash, out);
}

/* The token that the request came with. */
static bool
read_token(struct request *r)
{
	size_t len = 0;
	const char *cookie = one_cookie(r, over_tls(r) ? "__Host-magpie" : "magpie", &len);

	return cookie != NULL && text_unhex(cookie, len, r->token, TOKEN_SIZE);
}

static const char *
cache_key(struct request *r)
{
	return arena_printf(r->arena, "s:%s", r->token_hash);
}

enum step_result
session_read_cookie(struct request *r)
{
	if (!read_token(r))
		return answer_problem(r, PROBLEM_NO_SESSION, NULL);
	hash_token(r->token, r->token_hash);
	return request_redis(r, (const char *const[]){ "GET", cache_key(r) }, 2);
}

/* What the cache says, "user session"; or PostgreSQL is asked. */
enum step_result
session_look_up(struct request *r)
{
	const char *cached = redis_string(r->redis, NULL);
	char *end = NULL;

	if (cached != NULL && strcmp(cached, "ended") == 0)
		return answer_problem(r, PROBLEM_NO_SESSION, NULL);
	if (cached != NULL) {
		r->user_id = strtoll(cached, &end, 10);
		r->session_id = strtoll(end, NULL, 10);
		r->log.user_id = r->user_id;
		return STEP_NEXT;
	}
	return request_db(r, "session_find",
	    DB_ARGS(arena_printf(r->arena, "\\x%s", r->token_hash), session_address(r)));
}

enum step_result
session_take(struct request *r)
{
	char value[48];

	if (r->user_id != 0)
		return STEP_NEXT;
	if (r->db->problem != PROBLEM_NONE)
		return answer_db_problem(r);
	if (r->db->rows == 0)
		return answer_problem(r, PROBLEM_NO_SESSION, NULL);
	r->user_id = db_int(r->db, 0, "user_id");
	r->session_id = db_int(r->db, 0, "session_id");
	r->log.user_id = r->user_id;
	(void)snprintf(
	    value, sizeof value, "%lld %lld", (long long)r->user_id, (long long)r->session_id);
	/* NX: a session that was ended meanwhile stays ended. */
	(void)redis_command((const char *const[]){ "SET", cache_key(r), value, "EX", "30", "NX" },
	    NULL, 6, NULL, NULL);
	return STEP_NEXT;
}

void
session_forget(const char *token_hash)
{
	char key[80];

	(void)snprintf(key, sizeof key, "s:%s", token_hash);
	(void)redis_command(
	    (const char *const[]){ "SET", key, "ended", "EX", "60" }, NULL, 5, NULL, NULL);
}

enum step_result
session_forget_own(struct request *r)
{
	return request_redis(
	    r, (const char *const[]){ "SET", cache_key(r), "ended", "EX", "60" }, 5);
}

enum step_result
session_forget_all(struct request *r, const char *hashes)
{
	enum { HASH_LEN = 64 };

	if (*hashes == '\0')
		return STEP_NEXT;
	for (; hashes[HASH_LEN] == ' '; hashes += HASH_LEN + 1)
		session_forget(arena_copy(r->arena, hashes, HASH_LEN));
	/* Redis answers in order: after the last all are forgotten. */
	return request_redis(r,
	    (const char *const[]){
		"SET", arena_printf(r->arena, "s:%s", hashes), "ended", "EX", "60" },
	    5);
}

const char *
session_address(struct request *r)
{
	const char *address = door_param(&r->in, "REMOTE_ADDR");

	return address != NULL && text_is_utf8(address, strlen(address)) ? address : "";
}

static const char *
csrf_token(struct request *r)
{
	static const unsigned char purpose[] = "csrf";
	unsigned char hash[CSRF_SIZE];
	char *text = arena_alloc(r->arena, CSRF_LEN + 1);

	crypto_generichash(hash, sizeof hash, purpose, sizeof purpose, r->token, TOKEN_SIZE);
	text_hex(hash, sizeof hash, text);
	return text;
}

/* Is origin one of those in the list, or, where that is empty, nginx's own? */
static bool
is_ours(const struct request *r, const char *origin)
{
	const char *list = r->settings->site_origin;
	const char *host = door_param(&r->in, "HTTP_HOST");
	size_t len = strlen(origin);

	if (*list == '\0') {
		const char *scheme = over_tls(r) ? "https://" : "http://";
		size_t scheme_len = strlen(scheme);

		return host != NULL && strncmp(origin, scheme, scheme_len) == 0 &&
		    strcmp(origin + scheme_len, host) == 0;
	}
	while (*list != '\0') {
		list += strspn(list, ", ");

		size_t item = strcspn(list, ", ");

		if (item == len && memcmp(list, origin, len) == 0)
			return true;
		list += item;
	}
	return false;
}

enum step_result
check_origin(struct request *r)
{
	const char *origin = door_param(&r->in, "HTTP_ORIGIN");
	const char *site = door_param(&r->in, "HTTP_SEC_FETCH_SITE");

	if (origin != NULL && *origin != '\0')
		return is_ours(r, origin) ? STEP_NEXT : answer_problem(r, PROBLEM_ORIGIN, NULL);
	if (site != NULL && (strcmp(site, "cross-site") == 0 || strcmp(site, "same-site") == 0))
		return answer_problem(r, PROBLEM_ORIGIN, NULL);
	return STEP_NEXT;
}

enum step_result
check_csrf(struct request *r)
{
	const char *given = door_param(&r->in, "HTTP_X_CSRFTOKEN");
	const char *right = csrf_token(r);

	if (given == NULL || strlen(given) != CSRF_LEN ||
	    sodium_memcmp(given, right, CSRF_LEN) != 0)
		return answer_problem(r, PROBLEM_CSRF, NULL);
	return check_origin(r);
}

const char *
session_renew(struct request *r)
{
	const char *old = NULL;

	if (read_token(r)) {
		hash_token(r->token, r->token_hash);
		old = arena_strdup(r->arena, r->token_hash);
	}
	randombytes_buf(r->token, sizeof r->token);
	hash_token(r->token, r->token_hash);
	return old;
}

static void
set_cookies(struct request *r, const char *token, const char *csrf, long long seconds)
{
	const char *prefix = over_tls(r) ? "__Host-" : "", *secure = over_tls(r) ? "; Secure" : "";

	answer_header(r, "Set-Cookie: %smagpie=%s; HttpOnly; SameSite=Lax; Path=/; Max-Age=%lld%s",
	    prefix, token, seconds, secure);
	answer_header(r, "Set-Cookie: %scsrftoken=%s; SameSite=Lax; Path=/; Max-Age=%lld%s", prefix,
	    csrf, seconds, secure);
}

const char *
session_set_cookies(struct request *r)
{
	char token[2 * TOKEN_SIZE + 1];
	const char *csrf = csrf_token(r);

	text_hex(r->token, TOKEN_SIZE, token);
	set_cookies(r, token, csrf, (long long)r->settings->session_lifetime_days * 86400);
	sodium_memzero(token, sizeof token);
	return csrf;
}

void
session_clear_cookies(struct request *r)
{
	set_cookies(r, "", "", 0);
}
