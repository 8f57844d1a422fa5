/* http.c: see http.h. Chunks are put together as they come; interim answers (1xx) are skipped. */
#include "http.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { KEPT_ROOM = 2048, LINE_MAX_LEN = 1024 };

static void
append(struct http *a, const char *bytes, size_t len)
{
	if (a->len + len + 1 > a->room) {
		a->room = (a->len + len + 1) * 2;
		a->bytes = realloc(a->bytes, a->room);
		if (a->bytes == NULL)
			abort();
	}
	memcpy(a->bytes + a->len, bytes, len);
	a->len += len;
	a->bytes[a->len] = '\0';
}

bool
http_header(const struct http *a, const char *name, char *value, size_t size)
{
	size_t name_len = strlen(name);
	const char *end = a->bytes + a->head_len, *line, *next;

	for (line = a->bytes; line < end; line = next) {
		next = memchr(line, '\n', (size_t)(end - line));
		next = next == NULL ? end : next + 1;
		if ((size_t)(next - line) <= name_len || line[name_len] != ':' ||
		    strncasecmp(line, name, name_len) != 0)
			continue;
		line += name_len + 1;
		line += strspn(line, " \t");
		(void)snprintf(value, size, "%.*s", (int)strcspn(line, "\r\n"), line);
		return true;
	}
	return false;
}

/* What the head says of the body. */
static void
read_head(struct http *a)
{
	char value[64];
	bool old = strncmp(a->bytes, "HTTP/1.0 ", 9) == 0;

	if (!old && strncmp(a->bytes, "HTTP/1.1 ", 9) != 0) {
		a->state = HTTP_BAD;
		return;
	}
	a->status = (int)strtol(a->bytes + 9, NULL, 10);
	if (a->status >= 100 && a->status < 200) {
		a->len = a->head_len = 0;
		return;
	}
	a->closes = http_header(a, "Connection", value, sizeof value)
	    ? strcasecmp(value, "close") == 0
	    : old;
	if (a->status == 204 || a->status == 304) {
		a->state = HTTP_COMPLETE;
	} else if (http_header(a, "Transfer-Encoding", value, sizeof value) &&
	    strcasecmp(value, "chunked") == 0) {
		a->state = HTTP_CHUNK_SIZE;
	} else {
		if (http_header(a, "Content-Length", value, sizeof value))
			a->left = strtoul(value, NULL, 10);
		a->state = a->left > 0 ? HTTP_BODY : HTTP_COMPLETE;
	}
	if (a->left > HTTP_BODY_MAX)
		a->state = HTTP_BAD;
}

/* The head ends with an empty line, which may come in pieces. */
static size_t
take_head(struct http *a, const char *bytes, size_t len)
{
	size_t before = a->len, from = before > 3 ? before - 3 : 0;
	const char *end;

	append(a, bytes, len);
	end = memmem(a->bytes + from, a->len - from, "\r\n\r\n", 4);
	if (end == NULL) {
		if (a->len > HTTP_HEAD_MAX)
			a->state = HTTP_BAD;
		return len;
	}
	a->head_len = a->len = (size_t)(end - a->bytes) + 4;
	a->bytes[a->len] = '\0';
	len = a->len - before;
	read_head(a);
	return len;
}

static size_t
take_body(struct http *a, const char *bytes, size_t len)
{
	size_t count = len < a->left ? len : a->left;

	append(a, bytes, count);
	a->left -= count;
	if (a->left == 0)
		a->state = HTTP_COMPLETE;
	return count;
}

static void
begin_chunk(struct http *a)
{
	a->line_len = 0;
	if (a->chunk > HTTP_BODY_MAX || a->len - a->head_len + a->chunk > HTTP_BODY_MAX) {
		a->state = HTTP_BAD;
		return;
	}
	a->state = a->chunk == 0 ? HTTP_TRAILER : HTTP_CHUNK;
	a->left = a->chunk + 2;
}

static size_t
take_chunk_size(struct http *a, const char *bytes)
{
	int digit = tolower((unsigned char)*bytes);

	if (*bytes == '\n') {
		begin_chunk(a);
		return 1;
	}
	if (a->line_len == 0)
		a->chunk = 0;
	if (++a->line_len > 8 || (!isxdigit(digit) && digit != '\r'))
		a->state = HTTP_BAD;
	else if (digit != '\r')
		a->chunk =
		    a->chunk * 16 + (size_t)(isdigit(digit) ? digit - '0' : digit - 'a' + 10);
	return 1;
}

/* A chunk, whose line's end is not of the body. */
static size_t
take_chunk(struct http *a, const char *bytes, size_t len)
{
	size_t count = len < a->left ? len : a->left;
	size_t body = a->left > 2 ? a->left - 2 : 0;

	append(a, bytes, count < body ? count : body);
	a->left -= count;
	if (a->left == 0)
		a->state = HTTP_CHUNK_SIZE;
	return count;
}

static size_t
take_trailer(struct http *a, const char *bytes)
{
	if (*bytes == '\n') {
		if (a->line_len == 0)
			a->state = HTTP_COMPLETE;
		a->line_len = 0;
	} else if (*bytes != '\r' && ++a->line_len > LINE_MAX_LEN) {
		a->state = HTTP_BAD;
	}
	return 1;
}

size_t
http_take(struct http *a, const char *bytes, size_t len)
{
	size_t taken = 0;

	while (taken < len && a->state != HTTP_COMPLETE && a->state != HTTP_BAD) {
		const char *at = bytes + taken;
		size_t left = len - taken;

		switch (a->state) {
		case HTTP_HEAD:
			taken += take_head(a, at, left);
			break;
		case HTTP_BODY:
			taken += take_body(a, at, left);
			break;
		case HTTP_CHUNK_SIZE:
			taken += take_chunk_size(a, at);
			break;
		case HTTP_CHUNK:
			taken += take_chunk(a, at, left);
			break;
		case HTTP_TRAILER:
			taken += take_trailer(a, at);
			break;
		case HTTP_COMPLETE:
		case HTTP_BAD:
			break;
		}
	}
	return taken;
}

const char *
http_body(const struct http *a)
{
	return a->bytes == NULL ? "" : a->bytes + a->head_len;
}

size_t
http_body_len(const struct http *a)
{
	return a->len - a->head_len;
}

void
http_reset(struct http *a)
{
	char *bytes = a->bytes;
	size_t room = a->room;

	if (room > KEPT_ROOM) {
		free(bytes);
		bytes = NULL;
		room = 0;
	}
	memset(a, 0, sizeof *a);
	a->bytes = bytes;
	a->room = room;
}

void
http_free(struct http *a)
{
	free(a->bytes);
	memset(a, 0, sizeof *a);
}
