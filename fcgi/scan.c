/* scan.c: a scanner by recursive descent; each scan_… moves behind what it read. */
#include "scan.h"

#include <stdint.h>
#include <string.h>

#include <unistr.h>

/* A UTF-16 unit: the first, or the second, half of a pair. */
#define IS_HIGH(unit) ((unit) >= 0xD800 && (unit) <= 0xDBFF)
#define IS_LOW(unit)  ((unit) >= 0xDC00 && (unit) <= 0xDFFF)

bool
scan_fail(struct scan *s, const char *error)
{
	if (s->error == NULL)
		s->error = error;
	return false;
}

static bool
next_is(const struct scan *s, char c)
{
	return s->at < s->end && *s->at == c;
}

static bool
next_is_digit(const struct scan *s)
{
	return s->at < s->end && *s->at >= '0' && *s->at <= '9';
}

static void
skip_space(struct scan *s)
{
	while (next_is(s, ' ') || next_is(s, '\t') || next_is(s, '\n') || next_is(s, '\r'))
		s->at++;
}

bool
scan_mark(struct scan *s, char c)
{
	skip_space(s);
	if (!next_is(s, c))
		return false;
	s->at++;
	return true;
}

bool
scan_end(struct scan *s)
{
	skip_space(s);
	return s->at == s->end;
}

static bool
skip_word(struct scan *s, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(s->end - s->at) < len || memcmp(s->at, word, len) != 0)
		return scan_fail(s, "no JSON value");
	s->at += len;
	return true;
}

static bool
skip_digits(struct scan *s)
{
	if (!next_is_digit(s))
		return scan_fail(s, "a number without a digit where one belongs");
	while (next_is_digit(s))
		s->at++;
	return true;
}

static bool
skip_number(struct scan *s)
{
	if (next_is(s, '-'))
		s->at++;
	if (next_is(s, '0')) {
		s->at++;
		if (next_is_digit(s))
			return scan_fail(s, "a number with a leading zero");
	} else if (!skip_digits(s)) {
		return false;
	}
	if (next_is(s, '.')) {
		s->at++;
		if (!skip_digits(s))
			return false;
	}
	if (next_is(s, 'e') || next_is(s, 'E')) {
		s->at++;
		if (next_is(s, '+') || next_is(s, '-'))
			s->at++;
		return skip_digits(s);
	}
	return true;
}

/* The four digits of a \u escape, and behind them; -1 if they aren't. */
static int
hex_unit(const char **at, const char *end)
{
	int i, unit = 0;

	if (end - *at < 4)
		return -1;
	for (i = 0; i < 4; i++) {
		static const char digits[] = "0123456789abcdef0123456789ABCDEF";
		const char *digit = memchr(digits, (*at)[i], sizeof digits - 1);

		if (digit == NULL)
			return -1;
		unit = unit << 4 | (int)((digit - digits) & 15);
	}
	*at += 4;
	return unit;
}

/* What follows \u: one unit, or two that are a pair. The code point, or -1. */
static int
unicode_escape(const char **at, const char *end)
{
	int unit = hex_unit(at, end), low;

	if (!IS_HIGH(unit))
		return IS_LOW(unit) ? -1 : unit;
	if (end - *at < 2 || (*at)[0] != '\\' || (*at)[1] != 'u')
		return -1;
	*at += 2;
	low = hex_unit(at, end);
	return IS_LOW(low) ? 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00) : -1;
}

/* Behind the backslash. */
static bool
skip_escape(struct scan *s)
{
	int point;

	if (s->at == s->end)
		return scan_fail(s, "a string that doesn't end");
	if (*s->at != 'u') {
		if (*s->at == '\0' || strchr("\"\\/bfnrt", *s->at) == NULL)
			return scan_fail(s, "an escape that JSON doesn't know");
		s->at++;
		return true;
	}
	s->at++;
	point = unicode_escape(&s->at, s->end);
	if (point < 0)
		return scan_fail(s, "a \\u escape that is no character");
	return point > 0 || scan_fail(s, "a NUL in a string");
}

static bool
skip_string(struct scan *s)
{
	if (!next_is(s, '"'))
		return scan_fail(s, "no string where one belongs");
	for (s->at++; s->at < s->end;) {
		unsigned char c = (unsigned char)*s->at;

		if (c < 0x20)
			return scan_fail(s, "a control character in a string");
		s->at++;
		if (c == '"')
			return true;
		if (c == '\\' && !skip_escape(s))
			return false;
	}
	return scan_fail(s, "a string that doesn't end");
}

static bool skip_value(struct scan *s, int depth);

static bool
skip_array(struct scan *s, int depth)
{
	if (scan_mark(s, ']'))
		return true;
	do {
		if (!skip_value(s, depth))
			return false;
	} while (scan_mark(s, ','));
	return scan_mark(s, ']') || scan_fail(s, "an array that doesn't go on or end");
}

static bool
skip_object(struct scan *s, int depth)
{
	struct scan_value key;

	if (scan_mark(s, '}'))
		return true;
	do {
		if (!scan_key(s, &key) || !skip_value(s, depth))
			return false;
	} while (scan_mark(s, ','));
	return scan_mark(s, '}') || scan_fail(s, "an object that doesn't go on or end");
}

/* What stands within an array or object is one level deeper. */
static bool
skip_nested(struct scan *s, int depth)
{
	if (depth == 0)
		return scan_fail(s, "arrays and objects too deep within each other");
	return scan_mark(s, '[') ? skip_array(s, depth - 1)
				 : scan_mark(s, '{') && skip_object(s, depth - 1);
}

static bool
skip_value(struct scan *s, int depth)
{
	skip_space(s);
	if (s->at == s->end)
		return scan_fail(s, "an end where a value belongs");
	switch (*s->at) {
	case '"':
		return skip_string(s);
	case '[':
	case '{':
		return skip_nested(s, depth);
	case 't':
		return skip_word(s, "true");
	case 'f':
		return skip_word(s, "false");
	case 'n':
		return skip_word(s, "null");
	default:
		return skip_number(s);
	}
}

static enum scan_kind
kind_of(char first)
{
	switch (first) {
	case '"':
		return SCAN_STRING;
	case '[':
		return SCAN_ARRAY;
	case '{':
		return SCAN_OBJECT;
	case 't':
	case 'f':
		return SCAN_BOOL;
	case 'n':
		return SCAN_NULL;
	default:
		return SCAN_NUMBER;
	}
}

bool
scan_value(struct scan *s, int depth, struct scan_value *out)
{
	skip_space(s);
	out->bytes = s->at;
	if (!skip_value(s, depth))
		return false;
	out->kind = kind_of(*out->bytes);
	out->len = (size_t)(s->at - out->bytes);
	return true;
}

bool
scan_key(struct scan *s, struct scan_value *out)
{
	skip_space(s);
	out->bytes = s->at;
	if (!skip_string(s))
		return false;
	out->kind = SCAN_STRING;
	out->len = (size_t)(s->at - out->bytes);
	return scan_mark(s, ':') || scan_fail(s, "a member without a colon");
}

/* The byte that a short escape stands for. */
static char
short_escape(char letter)
{
	switch (letter) {
	case 'b':
		return '\b';
	case 'f':
		return '\f';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	default:
		return letter; /* " \\ / */
	}
}

/* Writes at out, in UTF-8, what the escape at *at (behind its backslash) says. */
static char *
unescape(const char **at, const char *end, char *out)
{
	uint8_t *bytes = (uint8_t *)out;
	int point;

	if (*(*at)++ != 'u') {
		*out = short_escape((*at)[-1]);
		return out + 1;
	}
	point = unicode_escape(at, end);
	return out + u8_uctomb(bytes, (ucs4_t)point, 4); /* as long as the escape, or shorter */
}

void
scan_string(struct arena *a, const struct scan_value *string, struct text *out)
{
	const char *at = string->bytes + 1, *end = string->bytes + string->len - 1;
	char *bytes = arena_alloc(a, string->len), *to = bytes;

	while (at < end) {
		const char *escape = memchr(at, '\\', (size_t)(end - at));
		size_t plain = (size_t)((escape != NULL ? escape : end) - at);

		memcpy(to, at, plain);
		to += plain;
		at += plain;
		if (escape != NULL) {
			at++;
			to = unescape(&at, end, to);
		}
	}
	*to = '\0';
	out->bytes = bytes;
	out->len = (size_t)(to - bytes);
	out->points = text_count(bytes, out->len);
}
