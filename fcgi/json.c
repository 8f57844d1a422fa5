/* json.c: a value is written at once; only the comma before the next is remembered. */
#include "json.h"

#include <stdio.h>
#include <string.h>

#include "text.h"

static void
put(struct json *j, const char *s)
{
	buffer_append(&j->out, s, strlen(s));
}

static void
put_char(struct json *j, char c)
{
	if (j->out.len == j->out.capacity)
		buffer_reserve(&j->out, 1);
	j->out.data[j->out.len++] = c;
}

/* The comma before a value that follows another. */
static void
begin(struct json *j)
{
	if (j->comma)
		put_char(j, ',');
	j->comma = true;
}

static void
open_with(struct json *j, char bracket)
{
	begin(j);
	put_char(j, bracket);
	j->comma = false;
}

static void
close_with(struct json *j, char bracket)
{
	put_char(j, bracket);
	j->comma = true;
}

void
json_open(struct json *j)
{
	open_with(j, '{');
}

void
json_close(struct json *j)
{
	close_with(j, '}');
}

void
json_open_array(struct json *j)
{
	open_with(j, '[');
}

void
json_close_array(struct json *j)
{
	close_with(j, ']');
}

void
json_key(struct json *j, const char *key)
{
	begin(j);
	put_char(j, '"');
	put(j, key);
	put_char(j, '"');
	put_char(j, ':');
	j->comma = false;
}

void
json_int(struct json *j, int64_t value)
{
	char digits[TEXT_INT_SIZE];

	(void)text_decimal(value, digits);
	begin(j);
	put(j, digits);
}

void
json_bool(struct json *j, bool value)
{
	begin(j);
	put(j, value ? "true" : "false");
}

void
json_null(struct json *j)
{
	begin(j);
	put(j, "null");
}

static void
put_escape(struct json *j, unsigned char c)
{
	static const char *const escapes[128] = {
		['"'] = "\\\"",
		['\\'] = "\\\\",
		['\n'] = "\\n",
		['\r'] = "\\r",
		['\t'] = "\\t",
	};
	char escape[8];

	if (escapes[c] == NULL)
		snprintf(escape, sizeof escape, "\\u%04x", c);
	put(j, escapes[c] != NULL ? escapes[c] : escape);
}

void
json_string(struct json *j, const char *utf8, size_t len)
{
	size_t i, from = 0;

	begin(j);
	put_char(j, '"');
	for (i = 0; i < len; i++) {
		unsigned char c = (unsigned char)utf8[i];

		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		buffer_append(&j->out, utf8 + from, i - from);
		put_escape(j, c);
		from = i + 1;
	}
	buffer_append(&j->out, utf8 + from, len - from);
	put_char(j, '"');
}

void
json_raw(struct json *j, const char *json, size_t len)
{
	begin(j);
	buffer_append(&j->out, json, len);
}

void
json_member_int(struct json *j, const char *key, int64_t value)
{
	json_key(j, key);
	json_int(j, value);
}

void
json_member_bool(struct json *j, const char *key, bool value)
{
	json_key(j, key);
	json_bool(j, value);
}

void
json_member_string(struct json *j, const char *key, const char *s)
{
	json_key(j, key);
	if (s != NULL)
		json_string(j, s, strlen(s));
	else
		json_null(j);
}

void
json_member_raw(struct json *j, const char *key, const char *json)
{
	json_key(j, key);
	if (json != NULL)
		json_raw(j, json, strlen(json));
	else
		json_null(j);
}

void
json_members_raw(struct json *j, const char *object)
{
	size_t len = object != NULL ? strlen(object) : 0;

	if (len > strlen("{}"))
		json_raw(j, object + 1, len - strlen("{}"));
}

void
json_reset(struct json *j)
{
	j->out.len = 0;
	j->comma = false;
}

const char *
json_text(struct json *j, size_t *len)
{
	buffer_reserve(&j->out, 1);
	j->out.data[j->out.len] = '\0'; /* behind len: the next write goes over it */
	if (len != NULL)
		*len = j->out.len;
	return j->out.data;
}
