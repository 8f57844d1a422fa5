/* magpie.c: Magpie's interface, docs/openapi.yaml. The people are those of people.sql: user n has the id
 * FIRST_ID + n, and a session whose token is the SHA-256 of n as text. */
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crowd.h"
#include "target.h"

enum { FIRST_ID = 1000, FIRST_GROUP = 1000, TOKEN_SIZE = 32, CSRF_SIZE = 16 };

/* A request with a user's session. */
static size_t __attribute__((format(printf, 5, 6)))
request(char *out, size_t size, const char *line, uint32_t user, const char *format, ...)
{
	static const unsigned char purpose[] = "csrf";
	unsigned char token[TOKEN_SIZE], csrf[CSRF_SIZE];
	char number[16], hex[2 * TOKEN_SIZE + 1], csrf_hex[2 * CSRF_SIZE + 1], body[REQUEST_SIZE];
	bool posts = strncmp(line, "GET", 3) != 0;
	va_list args;
	int len;

	len = snprintf(number, sizeof number, "%u", user);
	crypto_hash_sha256(token, (const unsigned char *)number, (unsigned)len);
	sodium_bin2hex(hex, sizeof hex, token, sizeof token);
	crypto_generichash(csrf, sizeof csrf, purpose, sizeof purpose, token, sizeof token);
	sodium_bin2hex(csrf_hex, sizeof csrf_hex, csrf, sizeof csrf);
	va_start(args, format);
	len = vsnprintf(body, sizeof body, format, args);
	va_end(args);
	len = posts ? snprintf(out, size,
			  "%s HTTP/1.1\r\nHost: %s\r\nCookie: magpie=%s; csrftoken=%s\r\n"
			  "X-CSRFToken: %s\r\nContent-Type: application/json\r\n"
			  "Content-Length: %d\r\n\r\n%s",
			  line, options.host, hex, csrf_hex, csrf_hex, len, body)
		    : snprintf(out, size,
			  "%s%s HTTP/1.1\r\nHost: %s\r\nCookie: magpie=%s; csrftoken=%s\r\n\r\n",
			  line, body, options.host, hex, csrf_hex);
	if (len < 0 || (size_t)len >= size)
		abort();
	return (size_t)len;
}

/* The user who sends to this reader alone. */
static uint32_t
friend_of(uint32_t reader)
{
	return options.users + reader % options.senders;
}

static size_t
open_request(struct reader *r, char *out, size_t size)
{
	if (options.resync && r->opened_us != 0)
		return request(out, size, "POST /api/queues", r->index,
		    "{\"have\":[{\"contact_type\":\"single\",\"contact_id\":%u,\"rev\":%llu}]}",
		    FIRST_ID + friend_of(r->index), (unsigned long long)r->rev);
	return request(out, size, "POST /api/queues", r->index, "{}");
}

static void
take_messages(const struct reader *r, const char *body, bool again)
{
	static const char msg[] = "\"msg\":\"";

	for (const char *at = body; (at = strstr(at, msg)) != NULL;) {
		at += sizeof msg - 1;
		if (target_number(at) != 0)
			crowd_got(r, target_number(at), again);
	}
}

/* The number of the last change of the reader's conversation with its friend. */
static void
take_rev(struct reader *r, const char *body)
{
	static const char rev[] = "\"rev\":";
	char contact[80];

	(void)snprintf(contact, sizeof contact, "\"contact_type\":\"single\",\"contact_id\":%u,",
	    FIRST_ID + friend_of(r->index));
	for (const char *at = body; (at = strstr(at, contact)) != NULL;) {
		at = strstr(at, rev);
		if (at == NULL)
			return;
		at += sizeof rev - 1;
		if (strtoull(at, NULL, 10) > r->rev)
			r->rev = strtoull(at, NULL, 10);
	}
}

static enum open_end
opened(struct reader *r, const struct http *answer)
{
	static const char queue[] = "{\"queue\":\"", next[] = "\"next\":";
	const char *body = http_body(answer), *at = strstr(body, next);
	size_t len;

	if (answer->status != 201 || strncmp(body, queue, sizeof queue - 1) != 0 || at == NULL)
		return OPEN_REFUSED;
	body += sizeof queue - 1;
	len = strcspn(body, "\"");
	if (len >= sizeof r->place)
		return OPEN_REFUSED;
	memcpy(r->place, body, len);
	r->place[len] = '\0';
	r->after = strtoull(at + sizeof next - 1, NULL, 10);
	if (options.resync) {
		take_messages(r, body, true);
		take_rev(r, body);
	}
	return OPEN_DONE;
}

static size_t
poll_request(struct reader *r, unsigned hold_s, char *out, size_t size)
{
	return request(out, size, "GET ", r->index, "/api/receive?queue=%s&after=%llu&timeout=%u",
	    r->place, (unsigned long long)r->after, hold_s);
}

static enum poll_end
polled(struct reader *r, const struct http *answer)
{
	static const char next[] = "\"next\":";
	const char *body = http_body(answer);
	size_t len = http_body_len(answer), tail = 40;
	const char *at;

	if (answer->status == 410)
		return POLL_GONE;
	/* It is the last member but for flags; texts have no quote. */
	at = strstr(len > tail ? body + len - tail : body, next);
	if (answer->status != 200 || at == NULL)
		return POLL_REFUSED;
	r->after = strtoull(at + sizeof next - 1, NULL, 10);
	/* What was pushed late may have come with the new queue: a client knows it by its number. */
	take_messages(r, body, r->opened > 1);
	if (options.resync)
		take_rev(r, body);
	return POLL_AGAIN;
}

static size_t
send_request(struct reader *own, uint32_t number, const struct message *m, char *out, size_t size)
{
	char text[TEXT_LEN + 1];
	uint32_t from = m->group == 0 ? friend_of(m->first) : m->first;

	(void)own;
	target_text(number, text);
	return request(out, size, "POST /api/send", from,
	    "{\"contact_type\":\"%s\",\"to\":%u,\"msg\":\"%s\","
	    "\"client_id\":\"%08x-0000-4000-8000-%012x\"}",
	    m->group == 0 ? "single" : "group",
	    m->group == 0 ? FIRST_ID + m->first : FIRST_GROUP + m->group - 1, text, options.nonce,
	    number);
}

static bool
sent(const struct http *answer)
{
	return answer->status == 201 || answer->status == 200;
}

/* Nine times of ten somebody has read what came, else shows to be busy or here again. */
static size_t
live(uint32_t n, char *out, size_t size)
{
	uint32_t reader = n * 7919 % options.readers;

	if (n % 10 == 0)
		return request(out, size, "PATCH /api/settings", reader, "{\"presence\":\"%s\"}",
		    n % 20 == 0 ? "busy" : "online");
	return request(out, size, "POST /api/read", reader,
	    "{\"contact_type\":\"single\",\"contact_id\":%u,\"seq\":%u}",
	    FIRST_ID + friend_of(reader), 1000000);
}

const struct target target_magpie = { "magpie", open_request, opened, poll_request, polled,
	send_request, sent, live, .keyed = true };
