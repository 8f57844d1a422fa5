/* door_request.c: see door_request.h. */
#include "door_request.h"

#include <stdlib.h>

#include "record.h"

/* The value in "NAME=value" if that is its name, else NULL. Most differ in one of their first letters. */
static const char *
value_of(const char *param, const char *name)
{
	while (*name != '\0' && *param == *name)
		param++, name++;
	return *name == '\0' && *param == '=' ? param + 1 : NULL;
}

const char *
door_param(const struct door_input *in, const char *name)
{
	const char *value = NULL;

	for (char **p = in->params; *p != NULL && value == NULL; p++)
		value = value_of(*p, name);
	return value;
}

/* Did a header come twice of which one alone makes sense? */
static bool
is_doubled(const struct door_input *in)
{
	static const char *const once[] = { "HTTP_COOKIE", "HTTP_X_CSRFTOKEN", "REQUEST_METHOD",
		"CONTENT_LENGTH", "CONTENT_TYPE", "HTTP_ORIGIN", "HTTP_HOST" };
	int seen[sizeof once / sizeof *once] = { 0 };

	for (char **p = in->params; *p != NULL; p++)
		for (size_t k = 0; k < sizeof once / sizeof *once; k++)
			if (value_of(*p, once[k]) != NULL && seen[k]++ > 0)
				return true;
	return false;
}

/* Did the body come as long as CONTENT_LENGTH says? */
static bool
is_as_long_as_said(const struct door_input *in)
{
	const char *said = door_param(in, "CONTENT_LENGTH");
	char *end;

	if (said == NULL || *said == '\0')
		return in->body_len == 0;
	return *said >= '0' && *said <= '9' && strtoull(said, &end, 10) == in->body_len &&
	    *end == '\0';
}

bool
door_request_read(struct door_input *in, const char *bytes, size_t len, size_t body_len)
{
	in->arena = arena_new();
	in->params = record_params(in->arena, bytes, len);
	if (in->params != NULL) {
		in->body = record_body(in->arena, bytes, len);
		in->body_len = body_len;
		in->doubled = is_doubled(in);
		if (is_as_long_as_said(in))
			return true;
	}
	arena_free(in->arena);
	return false;
}
