/* settings.h: one table of settings: name, type, default, limits, meaning.
 * The man page and --check-settings are made from its rows. */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "must_use.h"

/* No poll is held for longer, whoever wishes it. */
enum { HOLD_MAX_S = 55 };

/* Everything that can be set. Strings are the settings' own. The names in a
 * file are those of the rows in settings.c: "receive.hold" is receive_hold. */
struct settings {
	char *site_origin; /* list, by commas; empty: nginx's own scheme, host and port */
	char *db_conninfo; /* whether libpq takes it, db_conninfo() tells */
	int64_t db_connections;
	int64_t db_timeout_ms;    /* a call's deadline */
	char *redis_address;      /* a path, or host:port */
	char *redis_password;     /* empty: none */
	int64_t redis_timeout_ms; /* a command's deadline */
	int64_t receive_hold;     /* seconds a poll is held unless it says otherwise */
	int64_t receive_parked_max;
	int64_t session_lifetime_days;
	int64_t password_threads;
	int64_t password_queue; /* waiting at most, for each worker; beyond: 503 */
	int64_t password_memory_kib;
	int64_t picture_queue; /* held at once, for each worker; beyond: 503 */
	bool limits_enabled;
	int64_t limits_send_rate; /* a second, for each user */
	int64_t limits_send_burst;
	int64_t limits_request_rate; /* a second, for each user: everything else */
	int64_t limits_request_burst;
	int64_t limits_queue_rate; /* a minute, for each user: queues opened */
	int64_t limits_queue_burst;
	int64_t limits_asks_a_day; /* in 24 hours, for each user; of three kinds each by itself */
	int64_t limits_find_rate;  /* a minute, for each user: looking for others by their names */
	int64_t limits_find_burst;
	int64_t limits_picture_rate; /* an hour, for each user: uploads */
	int64_t limits_picture_burst;
	int64_t limits_avatar_rate; /* a second, for each user: avatars seen */
	int64_t limits_avatar_burst;
	int64_t limits_poll_rate; /* a second, for each user, in each worker */
	int64_t limits_poll_burst;
	int64_t limits_login_rate; /* a minute, for each address */
	int64_t limits_login_burst;
	int64_t limits_register_rate; /* an hour, for each address */
	int64_t limits_register_burst;
	int64_t drain_seconds; /* between SIGTERM and the end, at most */
	char *log_level;       /* debug, info, warn, error */
};

/* The defaults. */
void settings_init(struct settings *s);
void settings_free(struct settings *s);
/* One "name=value" (or "name = value"). False: error holds why, naming the setting. */
bool settings_set(
    struct settings *s, const char *assignment, char *error, size_t error_size) MUST_USE;
/* A file of such lines; '#' begins a comment line. The error names file and line. */
bool settings_load(struct settings *s, const char *path, char *error, size_t error_size) MUST_USE;
/* Each as "name = value" with its meaning and limits as a comment; db_conninfo as it stands. */
void settings_print(const struct settings *s, FILE *out);

#endif
