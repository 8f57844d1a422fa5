/* record.c: see record.h. */
#include "record.h"

#include <fastcgi.h>
#include <string.h>

enum { CONTENT_MAX = 65528, PARAM_COUNT_MAX = 1000 };

static size_t
content_len(const FCGI_Header *h)
{
	return (size_t)h->contentLengthB1 << 8 | h->contentLengthB0;
}

static uint16_t
request_id(const FCGI_Header *h)
{
	return (uint16_t)(h->requestIdB1 << 8 | h->requestIdB0);
}

static enum record_verdict
scan_begin(struct record_scan *s, const FCGI_Header *h, const char *content)
{
	FCGI_BeginRequestBody begin;

	if (h->type != FCGI_BEGIN_REQUEST || request_id(h) == 0 || content_len(h) != sizeof begin)
		return RECORD_BAD;
	memcpy(&begin, content, sizeof begin);
	s->begun = true;
	s->id = request_id(h);
	s->keep = begin.flags & FCGI_KEEP_CONN;
	if ((begin.roleB1 << 8 | begin.roleB0) != FCGI_RESPONDER)
		return RECORD_ROLE;
	return RECORD_MORE;
}

/* One record, whose bytes are all there. */
static enum record_verdict
scan_record(struct record_scan *s, const FCGI_Header *h, const char *content)
{
	if (!s->begun)
		return scan_begin(s, h, content);
	if (request_id(h) != s->id)
		return RECORD_BAD;
	switch (h->type) {
	case FCGI_PARAMS:
		if (s->params_whole)
			return RECORD_BAD;
		s->params_whole = content_len(h) == 0;
		s->params_len += content_len(h);
		return s->params_len > RECORD_PARAMS_MAX ? RECORD_BAD : RECORD_MORE;
	case FCGI_STDIN:
		if (!s->params_whole)
			return RECORD_BAD;
		s->body_len += content_len(h);
		if (s->body_len > (s->upload ? RECORD_UPLOAD_MAX : RECORD_BODY_MAX))
			return RECORD_TOO_LARGE;
		return content_len(h) == 0 ? RECORD_WHOLE : RECORD_MORE;
	case FCGI_ABORT_REQUEST:
		return RECORD_ABORTED;
	default:
		return RECORD_BAD;
	}
}

enum record_verdict
record_scan(struct record_scan *s, const char *bytes, size_t len)
{
	while (len - s->at >= sizeof(FCGI_Header)) {
		FCGI_Header h;

		memcpy(&h, bytes + s->at, sizeof h);
		if (h.version != FCGI_VERSION_1 ||
		    s->at > RECORD_BYTES_MAX + (s->upload ? RECORD_UPLOAD_MAX : 0))
			return RECORD_BAD;

		size_t whole = sizeof h + content_len(&h) + h.paddingLength;

		if (len - s->at < whole)
			return RECORD_MORE;

		enum record_verdict verdict = scan_record(s, &h, bytes + s->at + sizeof h);

		s->at += whole;
		if (verdict != RECORD_MORE)
			return verdict;
	}
	return RECORD_MORE;
}

/* The length of a name or a value: a byte, or four with the highest bit set. */
static bool
pair_len(const unsigned char **at, const unsigned char *end, size_t *len)
{
	if (*at == end)
		return false;
	if (**at < 0x80) {
		*len = *(*at)++;
		return true;
	}
	if (end - *at < 4)
		return false;
	*len = (size_t)((*at)[0] & 0x7f) << 24 | (size_t)(*at)[1] << 16 | (size_t)(*at)[2] << 8 |
	    (*at)[3];
	*at += 4;
	return true;
}

struct pair {
	const char *name, *value;
	size_t name_len, value_len;
};

/* The pair at *at, which moves behind it. False: it isn't as long as it says. */
static bool
next_pair(const unsigned char **at, const unsigned char *end, struct pair *p)
{
	size_t left;

	if (!pair_len(at, end, &p->name_len) || !pair_len(at, end, &p->value_len))
		return false;
	left = (size_t)(end - *at);
	if (p->name_len == 0 || p->name_len > left || p->value_len > left - p->name_len)
		return false;
	p->name = (const char *)*at;
	p->value = p->name + p->name_len;
	*at += p->name_len + p->value_len;
	return true;
}

/* The contents of all records of a type, one behind the other, to where out is, if it is; how long they are. */
static size_t
join_to(char *out, const char *bytes, size_t len, unsigned char type)
{
	size_t joined = 0;

	for (size_t at = 0; at < len && len - at >= sizeof(FCGI_Header);) {
		FCGI_Header h;

		memcpy(&h, bytes + at, sizeof h);
		at += sizeof h;
		if (h.type == type && out != NULL)
			memcpy(out + joined, bytes + at, content_len(&h));
		if (h.type == type)
			joined += content_len(&h);
		at += content_len(&h) + h.paddingLength;
	}
	return joined;
}

/* The same in a, with a NUL. */
static const char *
join(struct arena *a, const char *bytes, size_t len, unsigned char type, size_t *joined_len)
{
	char *joined;

	*joined_len = join_to(NULL, bytes, len, type);
	joined = arena_alloc(a, *joined_len + 1);
	joined[join_to(joined, bytes, len, type)] = '\0';
	return joined;
}

const char *
record_param(struct arena *a, const char *bytes, size_t len, const char *name)
{
	size_t pairs_len;
	const unsigned char *at =
	    (const unsigned char *)join(a, bytes, len, FCGI_PARAMS, &pairs_len);
	const unsigned char *end = at + pairs_len;
	struct pair p;

	while (at < end && next_pair(&at, end, &p))
		if (p.name_len == strlen(name) && memcmp(p.name, name, p.name_len) == 0)
			return arena_copy(a, p.value, p.value_len);
	return NULL;
}

static char *
as_text(struct arena *a, const struct pair *p)
{
	char *text = arena_alloc(a, p->name_len + p->value_len + 2);

	memcpy(text, p->name, p->name_len);
	text[p->name_len] = '=';
	memcpy(text + p->name_len + 1, p->value, p->value_len);
	text[p->name_len + 1 + p->value_len] = '\0';
	return text;
}

/* How many pairs there are; or -1. */
static int
count_good(const unsigned char *at, const unsigned char *end)
{
	int count = 0;
	struct pair p;

	for (; at < end; count++)
		if (count == PARAM_COUNT_MAX || !next_pair(&at, end, &p) ||
		    memchr(p.name, '\0', p.name_len + p.value_len) != NULL ||
		    memchr(p.name, '=', p.name_len) != NULL)
			return -1;
	return count;
}

char **
record_params(struct arena *a, const char *bytes, size_t len)
{
	size_t pairs_len;
	const unsigned char *at =
	    (const unsigned char *)join(a, bytes, len, FCGI_PARAMS, &pairs_len);
	const unsigned char *end = at + pairs_len;
	int count = count_good(at, end);
	char **params;
	struct pair p;

	if (count < 0)
		return NULL;
	params = arena_alloc(a, ((size_t)count + 1) * sizeof *params);
	for (char **param = params; next_pair(&at, end, &p); param++)
		*param = as_text(a, &p);
	params[count] = NULL;
	return params;
}

const char *
record_body(struct arena *a, const char *bytes, size_t len)
{
	size_t body_len;

	return join(a, bytes, len, FCGI_STDIN, &body_len);
}

static void
append_header(struct buffer *out, uint16_t id, unsigned char type, size_t content, size_t padding)
{
	FCGI_Header h = {
		.version = FCGI_VERSION_1,
		.type = type,
		.requestIdB1 = (unsigned char)(id >> 8),
		.requestIdB0 = (unsigned char)(id & 0xff),
		.contentLengthB1 = (unsigned char)(content >> 8),
		.contentLengthB0 = (unsigned char)(content & 0xff),
		.paddingLength = (unsigned char)padding,
	};

	buffer_append(out, &h, sizeof h);
}

static void
append_end(struct buffer *out, uint16_t id, unsigned char status)
{
	FCGI_EndRequestBody end = { .protocolStatus = status };

	append_header(out, id, FCGI_END_REQUEST, sizeof end, 0);
	buffer_append(out, &end, sizeof end);
}

void
record_answer(struct buffer *out, uint16_t id, const char *head, size_t head_len, const char *body,
    size_t body_len)
{
	size_t records = 3 + body_len / CONTENT_MAX + 1;

	buffer_reserve(
	    out, records * sizeof(FCGI_Header) + head_len + body_len + sizeof(FCGI_EndRequestBody));
	append_header(out, id, FCGI_STDOUT, head_len, 0);
	buffer_append(out, head, head_len);
	for (size_t sent = 0; sent < body_len;) {
		size_t part = body_len - sent < CONTENT_MAX ? body_len - sent : CONTENT_MAX;

		append_header(out, id, FCGI_STDOUT, part, 0);
		buffer_append(out, body + sent, part);
		sent += part;
	}
	append_header(out, id, FCGI_STDOUT, 0, 0);
	append_end(out, id, FCGI_REQUEST_COMPLETE);
}

void
record_end_unknown_role(struct buffer *out, uint16_t id)
{
	append_end(out, id, FCGI_UNKNOWN_ROLE);
}

void
record_no_more(struct buffer *out)
{
	append_header(out, FCGI_NULL_REQUEST_ID, FCGI_UNKNOWN_TYPE, 0, 0);
}
