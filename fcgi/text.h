/* text.h: questions about bytes: UTF-8, lengths in code points, names, UUIDs,
 * hexadecimal, times. Pure; nothing here allocates but where an arena is given. */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "must_use.h"

/* 2^53 - 1: above it a client's numbers are not exact. */
#define TEXT_ID_MAX INT64_C(9007199254740991)

/* Bytes that have been checked to be UTF-8 without NUL; a NUL follows them. */
struct text {
	const char *bytes; /* whose memory: as the function says that gives it */
	size_t len;        /* in bytes */
	size_t points;     /* in code points */
};

/* Well-formed UTF-8 (no surrogates, no over-long forms, at most U+10FFFF). */
bool text_is_utf8(const char *bytes, size_t len) MUST_USE;
/* Code points of well-formed UTF-8. */
size_t text_count(const char *bytes, size_t len) MUST_USE;
/* Has a character that one would see: neither white space, control, format
 * character, default-ignorable, filler nor the blank Braille pattern. */
bool text_is_visible(const struct text *t) MUST_USE;
/* Good as a display name or a group's: visible; no white space at either end;
 * no control, line or paragraph separator, bidirectional control, zero-width
 * space, byte-order mark, soft hyphen, tag or other character that shows
 * nothing, no noncharacter, private use or unassigned code point (emoji blocks
 * excepted). ZWJ, ZWNJ and variation selectors are good. At most five of those
 * and combining marks in a row. */
bool text_is_name(const struct text *t) MUST_USE;
/* Of a-z 0-9 _ . - alone (the caller checks the length). */
bool text_is_username(const struct text *t) MUST_USE;
/* The form under which two names are one: NFC, case-folded (ß is ss, dotless i is i). In a. */
char *text_name_key(struct arena *a, const struct text *t) MUST_USE;

/* A UUID of 36 characters in any case, into lower case with a NUL. */
bool text_uuid(const char *bytes, size_t len, char out[37]) MUST_USE;

/* Two lower-case digits a byte, and a NUL: out holds 2 * len + 1. */
void text_hex(const void *bytes, size_t len, char *out);
/* Exactly 2 * len lower-case digits of s into len bytes. */
bool text_unhex(const char *s, size_t s_len, void *out, size_t len) MUST_USE;

/* A decimal integer and nothing else: no sign but '-', no leading zero, within
 * min and max (the forms "-0", "+1", "1.0", "01", "" are refused). */
bool text_int(const char *bytes, size_t len, int64_t min, int64_t max, int64_t *out) MUST_USE;

/* n in decimal, with a NUL, of which it gives the place; out has room for TEXT_INT_SIZE. */
enum { TEXT_INT_SIZE = 21 };
char *text_decimal(int64_t n, char *out);

/* "2026-11-22T18:50:42.123Z" and a NUL, from milliseconds since 1970. */
void text_rfc3339(int64_t unix_ms, char out[25]);

/* Calls each for every member of a query such as "a=1&b=2", with its name and its value, percent-decoded, in a
 * ('+' is a space); NULL is what isn't well-formed, or not UTF-8 without NUL. False at the first for which each
 * gives false. */
typedef bool text_query_member(const struct text *name, const struct text *value, void *arg);
bool text_query(struct arena *a, const char *query, text_query_member *each, void *arg) MUST_USE;

#endif
