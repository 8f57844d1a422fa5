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

/* One record, whose bytes are all there. GET_VALUES never gets further than
 * this: many names in one smash libfcgi's stack. */
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

static bool
pairs_good(const unsigned char *at, const unsigned char *end)
{
	size_t count = 0;

	while (at < end) {
		size_t name_len, value_len;

		if (!pair_len(&at, end, &name_len) || !pair_len(&at, end, &value_len))
			return false;

		size_t left = (size_t)(end - at);

		if (name_len == 0 || name_len > left || value_len > left - name_len)
			return false;
		if (memchr(at, '\0', name_len + value_len) != NULL ||
		    memchr(at, '=', name_len) != NULL)
			return false;
		at += name_len + value_len;
		if (++count > PARAM_COUNT_MAX)
			return false;
	}
	return true;
}

/* The contents of all PARAMS records, one behind the other. */
static void
join_params(struct buffer *pairs, const char *bytes, size_t len)
{
	for (size_t at = 0; at < len && len - at >= sizeof(FCGI_Header);) {
		FCGI_Header h;

		memcpy(&h, bytes + at, sizeof h);
		if (h.type == FCGI_PARAMS)
			buffer_append(pairs, bytes + at + sizeof h, content_len(&h));
		else if (h.type == FCGI_STDIN)
			return;
		at += sizeof h + content_len(&h) + h.paddingLength;
	}
}

const char *
record_param(struct arena *a, const char *bytes, size_t len, const char *name)
{
	struct buffer pairs = { 0 };
	const char *value = NULL;

	join_params(&pairs, bytes, len);

	const unsigned char *at = (const unsigned char *)pairs.data, *end = at + pairs.len;

	while (pairs.len > 0 && at < end && value == NULL) {
		size_t name_len, value_len;

		if (!pair_len(&at, end, &name_len) || !pair_len(&at, end, &value_len) ||
		    name_len > (size_t)(end - at) || value_len > (size_t)(end - at) - name_len)
			break;
		if (name_len == strlen(name) && memcmp(at, name, name_len) == 0)
			value = arena_copy(a, at + name_len, value_len);
		at += name_len + value_len;
	}
	buffer_free(&pairs);
	return value;
}

bool
record_params_good(const char *bytes, size_t len)
{
	struct buffer pairs = { 0 };

	join_params(&pairs, bytes, len);

	const unsigned char *first = (const unsigned char *)pairs.data;
	bool good = pairs.len == 0 || pairs_good(first, first + pairs.len);

	buffer_free(&pairs);
	return good;
}

void
record_unpad(struct buffer *out, const char *bytes, size_t len)
{
	for (size_t at = 0; len - at >= sizeof(FCGI_Header);) {
		FCGI_Header h;

		memcpy(&h, bytes + at, sizeof h);

		size_t padding = h.paddingLength;

		h.paddingLength = 0;
		buffer_append(out, &h, sizeof h);
		buffer_append(out, bytes + at + sizeof h, content_len(&h));
		at += sizeof h + content_len(&h) + padding;
	}
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
