/* json.h: writes JSON into a buffer. Values are given in order; commas and
 * quotes are its own. Pure; what is written is borrowed from json_text() until
 * the next write. */
#ifndef JSON_H
#define JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"

struct json {
	struct buffer out; /* the text; the owner calls buffer_free(&j->out) */
	bool comma;        /* the next value or key needs one before it */
};

void json_reset(struct json *j);                /* empties it, and keeps its memory */
void json_open(struct json *j);                 /* { as a value */
void json_close(struct json *j);                /* } */
void json_open_array(struct json *j);           /* [ */
void json_close_array(struct json *j);          /* ] */
void json_key(struct json *j, const char *key); /* "key": (plain ASCII) */

void json_int(struct json *j, int64_t value);
void json_bool(struct json *j, bool value);
void json_null(struct json *j);
void json_string(struct json *j, const char *utf8, size_t len); /* quoted and escaped */
void json_raw(struct json *j, const char *json, size_t len);    /* a complete value, as it is */

/* key and value in one. A NULL string is null. */
void json_member_int(struct json *j, const char *key, int64_t value);
void json_member_bool(struct json *j, const char *key, bool value);
void json_member_string(struct json *j, const char *key, const char *s);
void json_member_raw(struct json *j, const char *key, const char *json);
/* The members of a complete object, as they are, into the one that is open. NULL is none. */
void json_members_raw(struct json *j, const char *object);

/* The text with a NUL behind it; *len, where given, without it. */
const char *json_text(struct json *j, size_t *len);

#endif
