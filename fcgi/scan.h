/* scan.h: reads JSON as RFC 8259 has it, strictly, and allocates nothing: what
 * it finds are spans of the text that it was given. Beyond the RFC it refuses
 * what has no place in a body: \u0000, lone surrogates, deep nesting. The
 * caller has checked that the text is UTF-8. */
#ifndef SCAN_H
#define SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "arena.h"
#include "must_use.h"
#include "text.h"

enum scan_kind {
	SCAN_NONE,
	SCAN_NULL,
	SCAN_BOOL,
	SCAN_NUMBER,
	SCAN_STRING,
	SCAN_ARRAY,
	SCAN_OBJECT
};

/* A value, as it stands in the text: a string with its quotes, an array with
 * its brackets. All zero is no value. */
struct scan_value {
	enum scan_kind kind;
	const char *bytes;
	size_t len;
};

struct scan {
	const char *at; /* the next byte */
	const char *end;
	const char *error; /* what is wrong at `at`, in words; NULL while nothing is */
};

/* Moves behind white space, then behind c, if it is what comes next. */
bool scan_mark(struct scan *s, char c);
/* Moves behind white space: is that the end? */
bool scan_end(struct scan *s) MUST_USE;
/* The next value, whole and checked. depth: how many arrays and objects may
 * stand within each other in it. False: s->error is set. */
bool scan_value(struct scan *s, int depth, struct scan_value *out) MUST_USE;
/* The next member's key and its colon. */
bool scan_key(struct scan *s, struct scan_value *out) MUST_USE;
/* Notes that something else was expected, unless an error was noted before; returns false. */
bool scan_fail(struct scan *s, const char *error);

/* What a SCAN_STRING says, in a: UTF-8 without NUL. */
void scan_string(struct arena *a, const struct scan_value *string, struct text *out);

#endif
