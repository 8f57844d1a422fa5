/* bosh.c: XMPP over long polls (XEP-0124, XEP-0206), as Prosody and ejabberd have it: each request carries what the
 * client has to say, and is held until the server has something, or until the next comes. The people are bench0, bench1
 * and so on, with one password; no group chat. */
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crowd.h"
#include "target.h"

enum { AUTH_SIZE = 64 };

#define HTTPBIND "http://jabber.org/protocol/httpbind"

/* The steps of an opening: what is said (NULL: who one is), and what must come; until then one asks on. */
static const struct step {
	const char *attributes, *stanzas, *wanted;
} steps[] = {
	{ " to='localhost' wait='25' hold='1' ver='1.6' xml:lang='en' xmpp:version='1.0'"
	  " xmlns:xmpp='urn:xmpp:xbosh'",
	    "", "<mechanism>PLAIN<" },
	{ "", NULL, "<success" },
	{ " to='localhost' xmpp:restart='true' xmlns:xmpp='urn:xmpp:xbosh'", "", "<bind" },
	{ "",
	    "<iq xmlns='jabber:client' type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
	    "<resource>bench</resource></bind></iq>",
	    "<jid>" },
	{ "",
	    "<iq xmlns='jabber:client' type='set' id='s'><session "
	    "xmlns='urn:ietf:params:xml:ns:xmpp-session'/></iq><presence xmlns='jabber:client'/>",
	    "<presence" },
};

enum { STEPS = sizeof steps / sizeof steps[0] };

/* A request of the session, its next. */
static size_t __attribute__((format(printf, 5, 6)))
request(struct reader *r, char *out, size_t size, const char *attributes, const char *format, ...)
{
	char stanzas[REQUEST_SIZE], sid[PLACE_SIZE + 8] = "", body[2 * REQUEST_SIZE];
	va_list args;
	int len;

	va_start(args, format);
	(void)vsnprintf(stanzas, sizeof stanzas, format, args);
	va_end(args);
	if (r->place[0] != '\0')
		(void)snprintf(sid, sizeof sid, " sid='%s'", r->place);
	len = snprintf(body, sizeof body, "<body xmlns='" HTTPBIND "' rid='%llu'%s%s>%s</body>",
	    (unsigned long long)++r->rev, sid, attributes, stanzas);
	len = snprintf(out, size,
	    "POST /http-bind HTTP/1.1\r\nHost: %s\r\nContent-Type: text/xml; charset=utf-8\r\n"
	    "Content-Length: %d\r\n\r\n%s",
	    options.host, len, body);
	if (len < 0 || (size_t)len >= size)
		abort();
	return (size_t)len;
}

/* As PLAIN wants it: a NUL, the name, a NUL, the password. */
static void
write_auth(uint32_t user, char *out, size_t size)
{
	char plain[AUTH_SIZE];
	int len = snprintf(plain, sizeof plain, "%cbench%u%cbench", '\0', user, '\0');

	sodium_bin2base64(
	    out, size, (const unsigned char *)plain, (size_t)len, sodium_base64_VARIANT_ORIGINAL);
}

static size_t
open_request(struct reader *r, char *out, size_t size)
{
	const struct step *step = &steps[r->stage / 2];
	char auth[2 * AUTH_SIZE];

	/* An odd stage waits for what its step wanted. */
	if (r->stage % 2 != 0)
		return request(r, out, size, "", "%s", "");
	if (r->stage == 0) {
		r->place[0] = '\0';
		r->rev = (uint64_t)random() + 1;
	}
	if (step->stanzas != NULL)
		return request(r, out, size, step->attributes, "%s", step->stanzas);
	write_auth(r->index, auth, sizeof auth);
	return request(r, out, size, "",
	    "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>%s</auth>", auth);
}

static bool
ended(const struct http *answer)
{
	return answer->status != 200 || strstr(http_body(answer), "terminate") != NULL;
}

/* The session's id, in the head of the first answer. */
static bool
take_place(struct reader *r, const char *body)
{
	const char *at = strstr(body, " sid=");
	size_t len;

	if (at == NULL)
		return false;
	at += 6;
	len = strcspn(at, "'\"");
	if (len >= sizeof r->place)
		return false;
	memcpy(r->place, at, len);
	r->place[len] = '\0';
	return true;
}

static enum open_end
opened(struct reader *r, const struct http *answer)
{
	const char *body = http_body(answer);

	if (ended(answer) || (r->place[0] == '\0' && !take_place(r, body)))
		return OPEN_REFUSED;
	if (strstr(body, steps[r->stage / 2].wanted) == NULL) {
		r->stage |= 1;
		return strstr(body, "<failure") == NULL ? OPEN_MORE : OPEN_REFUSED;
	}
	r->stage = (r->stage / 2 + 1) * 2;
	return r->stage == 2 * STEPS ? OPEN_DONE : OPEN_MORE;
}

/* The session was told how long to hold. */
static size_t
poll_request(struct reader *r, unsigned hold_s, char *out, size_t size)
{
	(void)hold_s;
	return request(r, out, size, "", "%s", "");
}

static enum poll_end
polled(struct reader *r, const struct http *answer)
{
	static const char text[] = "<body>";

	if (ended(answer))
		return answer->status == 200 || answer->status == 404 ? POLL_GONE : POLL_REFUSED;
	for (const char *at = http_body(answer); (at = strstr(at, text)) != NULL;) {
		at += sizeof text - 1;
		if (target_number(at) != 0)
			crowd_got(r, target_number(at), false);
	}
	return POLL_AGAIN;
}

static size_t
send_request(struct reader *from, uint32_t number, const struct message *m, char *out, size_t size)
{
	char text[TEXT_LEN + 1];

	target_text(number, text);
	return request(from, out, size, "",
	    "<message xmlns='jabber:client' type='chat' id='%u' to='bench%u@localhost'>"
	    "<body>%s</body></message>",
	    number, m->first, text);
}

static bool
sent(const struct http *answer)
{
	return !ended(answer);
}

const struct target target_bosh = { "bosh", open_request, opened, poll_request, polled,
	send_request, sent, .senders_open = true };
