/* settings.c: the table, and what reads and prints by it. */
#include "settings.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "text.h"

enum type {
	STRING,   /* min to max bytes, no control characters */
	SECRET,   /* the same, never printed */
	CONNINFO, /* the same; may hold a password, so it isn't shown where it is refused */
	INTEGER,
	BOOLEAN, /* yes or no */
	LEVEL,   /* debug, info, warn or error */
	ORIGINS  /* origins, as browsers write them, with commas between */
};

struct row {
	const char *name;
	enum type type;
	size_t offset;
	const char *standard;
	int64_t min, max;
	const char *meaning;
};

#define OFFSET(member) offsetof(struct settings, member)

static const struct row rows[] = {
	{ "site.origin", ORIGINS, OFFSET(site_origin), "", 0, 4000,
	    "origins that may call, as https://chat.example.org, with commas between; "
	    "empty: the scheme, host and port that nginx was asked for; "
	    "where all are https, cookies are as over TLS though a proxy ended it" },
	{ "db.conninfo", CONNINFO, OFFSET(db_conninfo), "dbname=magpie user=magpie_worker", 0, 4000,
	    "how PostgreSQL is reached, as libpq takes it" },
	{ "db.connections", INTEGER, OFFSET(db_connections), "2", 1, 64,
	    "connections to PostgreSQL, each worker" },
	{ "db.timeout_ms", INTEGER, OFFSET(db_timeout_ms), "5000", 100, 50000,
	    "milliseconds after which a call of PostgreSQL is given up" },
	{ "redis.address", STRING, OFFSET(redis_address), "/run/redis/redis-server.sock", 1, 255,
	    "path of Redis's socket, or host:port" },
	{ "redis.password", SECRET, OFFSET(redis_password), "", 0, 512,
	    "password for Redis; empty: none" },
	{ "redis.timeout_ms", INTEGER, OFFSET(redis_timeout_ms), "1000", 50, 30000,
	    "milliseconds after which a command of Redis is given up" },
	{ "receive.hold", INTEGER, OFFSET(receive_hold), "25", 1, HOLD_MAX_S,
	    "seconds for which a poll is held unless it says otherwise" },
	{ "receive.parked_max", INTEGER, OFFSET(receive_parked_max), "50000", 1, 1000000,
	    "polls held, each worker" },
	{ "session.lifetime_days", INTEGER, OFFSET(session_lifetime_days), "30", 1, 3650,
	    "days after which a session ends" },
	{ "password.threads", INTEGER, OFFSET(password_threads), "1", 1, 64,
	    "threads that hash passwords and shrink pictures, each worker" },
	{ "password.queue", INTEGER, OFFSET(password_queue), "64", 1, 10000,
	    "passwords that may wait for a thread, each worker; beyond that: 503" },
	{ "password.memory_kib", INTEGER, OFFSET(password_memory_kib), "19456", 1024, 1048576,
	    "KiB of memory that hashing a password takes" },
	{ "picture.queue", INTEGER, OFFSET(picture_queue), "4", 1, 1000,
	    "pictures of up to 2 MiB that may be held at once, each worker; beyond that: 503" },
	{ "limits.enabled", BOOLEAN, OFFSET(limits_enabled), "yes", 0, 0,
	    "whether the limits below hold" },
	{ "limits.send_rate", INTEGER, OFFSET(limits_send_rate), "20", 1, 1000000,
	    "messages a second, each user" },
	{ "limits.send_burst", INTEGER, OFFSET(limits_send_burst), "100", 1, 1000000,
	    "messages at once, each user" },
	{ "limits.request_rate", INTEGER, OFFSET(limits_request_rate), "50", 1, 1000000,
	    "other requests a second, each user" },
	{ "limits.request_burst", INTEGER, OFFSET(limits_request_burst), "200", 1, 1000000,
	    "other requests at once, each user" },
	{ "limits.queue_rate", INTEGER, OFFSET(limits_queue_rate), "60", 1, 1000000,
	    "queues opened a minute, each user" },
	{ "limits.queue_burst", INTEGER, OFFSET(limits_queue_burst), "64", 1, 1000000,
	    "queues opened at once, each user" },
	{ "limits.asks_a_day", INTEGER, OFFSET(limits_asks_a_day), "50", 1, 1000000,
	    "in any 24 hours, each user: friend requests, invitations into groups, requests to "
	    "join one; each by itself" },
	{ "limits.find_rate", INTEGER, OFFSET(limits_find_rate), "60", 1, 1000000,
	    "searches for people and groups and friend requests a minute, each user" },
	{ "limits.find_burst", INTEGER, OFFSET(limits_find_burst), "60", 1, 1000000,
	    "searches for people and groups and friend requests at once, each user" },
	{ "limits.picture_rate", INTEGER, OFFSET(limits_picture_rate), "60", 1, 1000000,
	    "pictures uploaded an hour, each user" },
	{ "limits.picture_burst", INTEGER, OFFSET(limits_picture_burst), "20", 1, 1000000,
	    "pictures uploaded at once, each user" },
	{ "limits.avatar_rate", INTEGER, OFFSET(limits_avatar_rate), "100", 1, 1000000,
	    "avatars looked at a second, each user" },
	{ "limits.avatar_burst", INTEGER, OFFSET(limits_avatar_burst), "600", 1, 1000000,
	    "avatars looked at at once, each user" },
	{ "limits.poll_rate", INTEGER, OFFSET(limits_poll_rate), "50", 1, 1000000,
	    "polls a second, each user and worker" },
	{ "limits.poll_burst", INTEGER, OFFSET(limits_poll_burst), "200", 1, 1000000,
	    "polls at once, each user and worker" },
	{ "limits.login_rate", INTEGER, OFFSET(limits_login_rate), "60", 1, 1000000,
	    "logins a minute, each address" },
	{ "limits.login_burst", INTEGER, OFFSET(limits_login_burst), "60", 1, 1000000,
	    "logins at once, each address" },
	{ "limits.register_rate", INTEGER, OFFSET(limits_register_rate), "600", 1, 1000000,
	    "registrations an hour, each address" },
	{ "limits.register_burst", INTEGER, OFFSET(limits_register_burst), "100", 1, 1000000,
	    "registrations at once, each address" },
	{ "drain.seconds", INTEGER, OFFSET(drain_seconds), "10", 0, 600,
	    "seconds for which a worker told to end finishes what is under way, at most" },
	{ "log.level", LEVEL, OFFSET(log_level), "info", 0, 0,
	    "the least that is logged: debug, info, warn or error" },
};

#define ROW_COUNT (sizeof rows / sizeof rows[0])

static bool PRINTF_LIKE(3, 4) fail(char *error, size_t error_size, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(error, error_size, format, args);
	va_end(args);
	return false;
}

static bool
is_string(const struct row *row)
{
	return row->type != INTEGER && row->type != BOOLEAN;
}

static char **
string_at(struct settings *s, const struct row *row)
{
	return (char **)(void *)((char *)s + row->offset);
}

static int64_t *
integer_at(struct settings *s, const struct row *row)
{
	return (int64_t *)(void *)((char *)s + row->offset);
}

static bool *
boolean_at(struct settings *s, const struct row *row)
{
	return (bool *)(void *)((char *)s + row->offset);
}

static bool
is_level(const char *value)
{
	return strcmp(value, "debug") == 0 || strcmp(value, "info") == 0 ||
	    strcmp(value, "warn") == 0 || strcmp(value, "error") == 0;
}

/* One origin of len bytes. A form that no browser sends would be a login that
 * always fails. */
static bool
is_origin(const char *value, size_t len)
{
	size_t scheme = strncmp(value, "http://", 7) == 0 ? 7
	    : strncmp(value, "https://", 8) == 0          ? 8
							  : 0;

	return scheme > 0 && len > scheme &&
	    strspn(value + scheme, "abcdefghijklmnopqrstuvwxyz0123456789.-_:[]") >= len - scheme;
}

static bool
are_origins(const char *value)
{
	while (*value != '\0') {
		size_t len;

		value += strspn(value, ", ");
		len = strcspn(value, ", ");
		if (len > 0 && !is_origin(value, len))
			return false;
		value += len;
	}
	return true;
}

static bool
is_printable(const char *value)
{
	for (; *value != '\0'; value++)
		if (iscntrl((unsigned char)*value))
			return false;
	return true;
}

static bool
set_string(struct settings *s, const struct row *row, const char *value)
{
	char **string = string_at(s, row);
	size_t len = strlen(value);

	if (row->type == LEVEL ? !is_level(value)
			       : len < (size_t)row->min || len > (size_t)row->max)
		return false;
	if (!is_printable(value) || (row->type == ORIGINS && !are_origins(value)))
		return false;
	free(*string);
	*string = xstrdup(value);
	return true;
}

static bool
set_boolean(struct settings *s, const struct row *row, const char *value)
{
	bool yes = strcmp(value, "yes") == 0;

	if (!yes && strcmp(value, "no") != 0)
		return false;
	*boolean_at(s, row) = yes;
	return true;
}

static bool
set_value(struct settings *s, const struct row *row, const char *value)
{
	switch (row->type) {
	case INTEGER:
		return text_int(value, strlen(value), row->min, row->max, integer_at(s, row));
	case BOOLEAN:
		return set_boolean(s, row, value);
	default:
		return set_string(s, row, value);
	}
}

/* What a value of the row must be, in words. */
static void
put_expected(const struct row *row, char *words, size_t size)
{
	switch (row->type) {
	case INTEGER:
		snprintf(
		    words, size, "an integer from %" PRId64 " to %" PRId64, row->min, row->max);
		return;
	case BOOLEAN:
		snprintf(words, size, "yes or no");
		return;
	case LEVEL:
		snprintf(words, size, "debug, info, warn or error");
		return;
	case ORIGINS:
		snprintf(
		    words, size, "http:// or https:// and a host in lower case, without a path");
		return;
	default:
		snprintf(
		    words, size, "a text of %" PRId64 " to %" PRId64 " bytes", row->min, row->max);
	}
}

void
settings_init(struct settings *s)
{
	size_t i;

	memset(s, 0, sizeof *s);
	for (i = 0; i < ROW_COUNT; i++)
		if (!set_value(s, &rows[i], rows[i].standard))
			abort(); /* a row of the table is wrong; a test sees it first */
}

void
settings_free(struct settings *s)
{
	size_t i;

	for (i = 0; i < ROW_COUNT; i++)
		if (is_string(&rows[i]))
			free(*string_at(s, &rows[i]));
	memset(s, 0, sizeof *s);
}

static const struct row *
find(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < ROW_COUNT; i++)
		if (strlen(rows[i].name) == len && memcmp(rows[i].name, name, len) == 0)
			return &rows[i];
	return NULL;
}

/* Without the space at the ends. */
static char *
trimmed(char *from, char *to)
{
	while (from < to && isspace((unsigned char)*from))
		from++;
	while (to > from && isspace((unsigned char)to[-1]))
		to--;
	*to = '\0';
	return from;
}

static bool
set(struct settings *s, const char *name, const char *value, char *error, size_t error_size)
{
	const struct row *row = find(name, strlen(name));
	char expected[100];

	if (row == NULL)
		return fail(error, error_size, "there is no setting \"%s\"", name);
	if (set_value(s, row, value))
		return true;
	put_expected(row, expected, sizeof expected);
	if (row->type == SECRET || row->type == CONNINFO)
		return fail(error, error_size, "%s must be %s", name, expected);
	return fail(error, error_size, "%s must be %s, not \"%s\"", name, expected, value);
}

bool
settings_set(struct settings *s, const char *assignment, char *error, size_t error_size)
{
	char *copy = xstrdup(assignment), *equals = strchr(copy, '=');
	bool good;

	if (equals == NULL) {
		good = fail(error, error_size, "\"%s\" is not name = value", assignment);
	} else {
		char *value = trimmed(equals + 1, equals + 1 + strlen(equals + 1));
		char *name = trimmed(copy, equals);

		good = set(s, name, value, error, error_size);
	}
	free(copy);
	return good;
}

static bool
load_line(struct settings *s, char *line, size_t len, char *error, size_t error_size)
{
	if (strlen(line) < len)
		return fail(error, error_size, "has a NUL");
	line = trimmed(line, line + len);
	return *line == '\0' || *line == '#' || settings_set(s, line, error, error_size);
}

bool
settings_load(struct settings *s, const char *path, char *error, size_t error_size)
{
	FILE *file = fopen(path, "re");
	char *line = NULL, reason[512];
	size_t size = 0;
	ssize_t len;
	int number = 0;
	bool good = true;

	if (file == NULL)
		return fail(error, error_size, "%s: %s", path, strerror(errno));
	while (good && (len = getline(&line, &size, file)) >= 0) {
		number++;
		good = load_line(s, line, (size_t)len, reason, sizeof reason);
	}
	if (!good)
		fail(error, error_size, "%s:%d: %s", path, number, reason);
	else if (ferror(file))
		good = fail(error, error_size, "%s: %s", path, strerror(errno));
	free(line);
	fclose(file);
	return good;
}

static void
print_row(const struct settings *s, const struct row *row, FILE *out)
{
	struct settings *all = (struct settings *)(uintptr_t)s; /* only to be read here */
	char expected[100];

	put_expected(row, expected, sizeof expected);
	fprintf(out, "# %s\n# %s; default: %s\n", row->meaning, expected,
	    row->standard[0] != '\0' ? row->standard : "empty");
	if (row->type == INTEGER)
		fprintf(out, "%s = %" PRId64 "\n", row->name, *integer_at(all, row));
	else if (row->type == BOOLEAN)
		fprintf(out, "%s = %s\n", row->name, *boolean_at(all, row) ? "yes" : "no");
	else if (row->type == SECRET && **string_at(all, row) != '\0')
		fprintf(out, "# %s is set, and not shown\n", row->name);
	else
		fprintf(out, "%s = %s\n", row->name, *string_at(all, row));
}

void
settings_print(const struct settings *s, FILE *out)
{
	size_t i;

	for (i = 0; i < ROW_COUNT; i++) {
		if (i > 0)
			fputc('\n', out);
		print_row(s, &rows[i], out);
	}
}
