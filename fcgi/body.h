/* body.h: the fields of a JSON body, typed and bounded. A body is exactly one
 * object of known members, in strict JSON (scan.h). The first thing that is
 * wrong is noted: body_error() says which field, and how, for the answer. The
 * words go behind the field's name, or behind "the body": "is missing; it
 * must be a UUID", "is not UTF-8". */
#ifndef BODY_H
#define BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "must_use.h"
#include "text.h"

struct body;

/* Parses. Never NULL: where the bytes are no object, the error is noted and
 * each getter returns false. What the getters give lives in a.
 * An empty body (0 bytes) counts as {}. members: the names that may stand in
 * it, ended by NULL; another, or a doubled one, is an error that names it. */
struct body *body_parse(
    struct arena *a, const char *bytes, size_t len, const char *const *members) MUST_USE;

/* The error noted first, or NULL: e.g. "must be an integer from 1 to …";
 * *field is the member's name, or NULL where none is to blame. */
const char *body_error(const struct body *b, const char **field);

/* Notes an error of the caller's own (a rule beyond type and range); returns false. */
bool body_refuse(struct body *b, const char *field, const char *error);
/* The same, of a name that came from outside: as much of it as an answer should carry. */
bool body_refuse_name(struct body *b, const struct text *name, const char *error);

/* Was the member given (null counts as given, and is then a wrong type)? */
bool body_has(const struct body *b, const char *name);

/* Each: required; false, with the error noted, if it is missing or wrong. */
bool body_id(struct body *b, const char *name, int64_t *out) MUST_USE; /* 1 to 2^53 - 1 */
bool body_id_or_0(struct body *b, const char *name, int64_t *out) MUST_USE;
bool body_int(struct body *b, const char *name, int64_t min, int64_t max, int64_t *out) MUST_USE;
bool body_bool(struct body *b, const char *name, bool *out) MUST_USE;
/* min and max in code points. */
bool body_text(struct body *b, const char *name, size_t min, size_t max, struct text *out) MUST_USE;
/* min and max in bytes. */
bool body_bytes(
    struct body *b, const char *name, size_t min, size_t max, struct text *out) MUST_USE;
bool body_name(struct body *b, const char *name, size_t max,
    struct text *out) MUST_USE; /* 1 to max, text_is_name */
/* The same, or "". */
bool body_line(struct body *b, const char *name, size_t max, struct text *out) MUST_USE;
bool body_username(struct body *b, const char *name, struct text *out) MUST_USE; /* 3 to 32 */
bool body_uuid(struct body *b, const char *name, char out[37]) MUST_USE;
/* One of names (ended by NULL): its index. */
bool body_enum(struct body *b, const char *name, const char *const *names, int *out) MUST_USE;

/* An array of objects of known members, e.g. `have`: body_array notes an error
 * if name isn't an array of at most max objects; each object is then read as a
 * body, whose errors name the field as "have[3].rev" and are noted in b.
 * *count is its length. */
bool body_array(struct body *b, const char *name, size_t max, const char *const *members,
    size_t *count) MUST_USE;
struct body *body_element(struct body *b, const char *name, size_t index) MUST_USE;

#endif
