/* db_conninfo.c: how PostgreSQL is reached, as it is set (db.h). */
#include "db.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>

#define HIDDEN "********"

/* As libpq decides it: anything else is a database's name. */
static bool
is_conninfo(const char *text)
{
	return strchr(text, '=') != NULL || strstr(text, "://") != NULL;
}

static bool
is_secret(const PQconninfoOption *option)
{
	return option->val != NULL && *option->dispchar == '*';
}

static void
put(struct buffer *out, const char *text)
{
	buffer_append(out, text, strlen(text));
}

static void
put_option(struct buffer *out, const PQconninfoOption *option)
{
	const char *value = is_secret(option) ? HIDDEN : option->val;

	put(out, out->len > 0 ? " " : "");
	put(out, option->keyword);
	put(out, "='");
	for (; *value != '\0'; value++) {
		if (*value == '\'' || *value == '\\')
			put(out, "\\");
		buffer_append(out, value, 1);
	}
	put(out, "'");
}

/* What libpq says may quote a password that it took for something else. */
static void
explain(const char *conninfo, const char *why, char *error, size_t error_size)
{
	if (why == NULL || strstr(conninfo, "pass") != NULL || strstr(conninfo, "://") != NULL)
		why = "libpq does not take it; it is not shown, since it may hold a password";
	(void)snprintf(error, error_size, "db.conninfo: %.*s", (int)strcspn(why, "\n"), why);
}

bool
db_conninfo(const char *conninfo, struct buffer *shown, char *error, size_t error_size)
{
	PQconninfoOption *options, *option;
	bool secret = false;
	char *why = NULL;

	if (is_conninfo(conninfo)) {
		options = PQconninfoParse(conninfo, &why);
		if (options == NULL) {
			explain(conninfo, why, error, error_size);
			PQfreemem(why);
			return false;
		}
		for (option = options; option->keyword != NULL; option++)
			secret = secret || is_secret(option);
		for (option = options; secret && option->keyword != NULL; option++)
			if (option->val != NULL)
				put_option(shown, option);
		PQconninfoFree(options);
	}
	if (!secret)
		put(shown, conninfo);
	buffer_append(shown, "", 1);
	return true;
}
