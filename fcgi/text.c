/* text.c: what Unicode says about a code point comes from libunistring. */
#include "text.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

enum {
	ZWNJ = 0x200C,
	ZWJ = 0x200D,
	DOT_ABOVE = 0x0307,
	DOTLESS_I = 0x0131,
	BRAILLE_BLANK = 0x2800,
	MARKS_MAX = 5 /* in a row: more is for making a mess of the line above */
};

bool
text_is_utf8(const char *bytes, size_t len)
{
	uint64_t eight;

	/* Most texts are ASCII alone: eight bytes at a time, as far as that goes. */
	for (; len >= sizeof eight; bytes += sizeof eight, len -= sizeof eight) {
		memcpy(&eight, bytes, sizeof eight);
		if ((eight & 0x8080808080808080) != 0)
			break;
	}
	return len == 0 || u8_check((const uint8_t *)bytes, len) == NULL;
}

size_t
text_count(const char *bytes, size_t len)
{
	size_t i, points = 0;

	for (i = 0; i < len; i++) /* all but the second and later bytes of each */
		points += ((unsigned char)bytes[i] & 0xC0) != 0x80;
	return points;
}

/* The code point at s, which moves behind it; false at the NUL. */
static bool
next_point(const uint8_t **s, ucs4_t *point)
{
	*s = u8_next(point, *s);
	return *s != NULL;
}

static bool
is_blank(ucs4_t c)
{
	return c == BRAILLE_BLANK || uc_is_property_white_space(c);
}

static bool
is_seen(ucs4_t c)
{
	return !is_blank(c) && !uc_is_property_default_ignorable_code_point(c) &&
	    !uc_is_general_category_withtable(c, UC_CATEGORY_MASK_Cc | UC_CATEGORY_MASK_Cf);
}

bool
text_is_visible(const struct text *t)
{
	const uint8_t *s = (const uint8_t *)t->bytes;
	ucs4_t c;

	while (next_point(&s, &c))
		if (is_seen(c))
			return true;
	return false;
}

static bool
is_joiner(ucs4_t c)
{
	return c == ZWJ || c == ZWNJ || uc_is_property_variation_selector(c);
}

/* Cf has the bidirectional controls, the zero-width space, the byte-order
 * mark, the soft hyphen and the tags; Cn has the noncharacters. */
static bool
is_good_in_name(ucs4_t c)
{
	if (is_joiner(c))
		return true;
	if (c >= 0x1F000 && c <= 0x1FAFF) /* emoji, also those newer than libunistring */
		return true;
	return !uc_is_property_default_ignorable_code_point(c) &&
	    !uc_is_general_category_withtable(c,
		UC_CATEGORY_MASK_Cc | UC_CATEGORY_MASK_Cf | UC_CATEGORY_MASK_Cs |
		    UC_CATEGORY_MASK_Co | UC_CATEGORY_MASK_Cn | UC_CATEGORY_MASK_Zl |
		    UC_CATEGORY_MASK_Zp);
}

bool
text_is_name(const struct text *t)
{
	const uint8_t *s = (const uint8_t *)t->bytes;
	ucs4_t c = 0;
	int marks = 0;
	bool first = true, blank = false;

	while (next_point(&s, &c)) {
		blank = is_blank(c);
		if (!is_good_in_name(c) || (first && blank))
			return false;
		if (is_joiner(c) || uc_is_general_category_withtable(c, UC_CATEGORY_MASK_M))
			marks++;
		else
			marks = 0;
		if (marks > MARKS_MAX)
			return false;
		first = false;
	}
	return !blank && text_is_visible(t);
}

bool
text_is_username(const struct text *t)
{
	return strspn(t->bytes, "abcdefghijklmnopqrstuvwxyz0123456789_.-") == t->len;
}

/* Makes ı of any origin, and i with its dot written out (as İ folds), an i. In
 * place: s is decomposed, and grows shorter only. */
static size_t
fold_dots(uint8_t *s, size_t len)
{
	uint8_t *out = s, *end = s + len;
	const uint8_t *in = s;
	bool after_i = false;

	while (in < end) {
		ucs4_t c;

		in += u8_mbtouc(&c, in, (size_t)(end - in));
		if (c == DOT_ABOVE && after_i)
			continue;
		if (c == DOTLESS_I)
			c = 'i';
		after_i = c == 'i';
		out += u8_uctomb(out, c, end - out);
	}
	return (size_t)(out - s);
}

/* What libunistring gave: NULL is for want of memory alone, the text being UTF-8. */
static uint8_t *
given(uint8_t *bytes)
{
	if (bytes == NULL)
		arena_no_memory();
	return bytes;
}

char *
text_name_key(struct arena *a, const struct text *t)
{
	size_t folded_len = 0, key_len = 0;
	uint8_t *folded, *normal;
	char *key;

	folded = given(
	    u8_casefold((const uint8_t *)t->bytes, t->len, NULL, UNINORM_NFD, NULL, &folded_len));
	folded_len = fold_dots(folded, folded_len);
	normal = given(u8_normalize(UNINORM_NFC, folded, folded_len, NULL, &key_len));
	key = arena_copy(a, normal, key_len);
	free(normal);
	free(folded);
	return key;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool
text_uuid(const char *bytes, size_t len, char out[37])
{
	size_t i;

	if (len != 36)
		return false;
	for (i = 0; i < len; i++) {
		if (i == 8 || i == 13 || i == 18 || i == 23) {
			if (bytes[i] != '-')
				return false;
			out[i] = '-';
		} else {
			int digit = hex_digit(bytes[i]);

			if (digit < 0)
				return false;
			out[i] = "0123456789abcdef"[digit];
		}
	}
	out[len] = '\0';
	return true;
}

void
text_hex(const void *bytes, size_t len, char *out)
{
	const unsigned char *b = bytes;
	size_t i;

	for (i = 0; i < len; i++) {
		*out++ = "0123456789abcdef"[b[i] >> 4];
		*out++ = "0123456789abcdef"[b[i] & 15];
	}
	*out = '\0';
}

bool
text_unhex(const char *s, size_t s_len, void *out, size_t len)
{
	unsigned char *b = out;
	size_t i;

	if (s_len != 2 * len || memchr(s, '\0', s_len) != NULL ||
	    strspn(s, "0123456789abcdef") < s_len)
		return false;
	for (i = 0; i < len; i++)
		b[i] = (unsigned char)(hex_digit(s[2 * i]) * 16 + hex_digit(s[2 * i + 1]));
	return true;
}

bool
text_int(const char *bytes, size_t len, int64_t min, int64_t max, int64_t *out)
{
	bool negative = len > 0 && bytes[0] == '-';
	size_t i = negative ? 1 : 0;
	int64_t value = 0;

	if (i == len || (bytes[i] == '0' && len > 1))
		return false;
	for (; i < len; i++) { /* below zero, where there is one more */
		if (bytes[i] < '0' || bytes[i] > '9' || __builtin_mul_overflow(value, 10, &value) ||
		    __builtin_sub_overflow(value, bytes[i] - '0', &value))
			return false;
	}
	if (!negative && __builtin_sub_overflow(0, value, &value))
		return false;
	if (value < min || value > max)
		return false;
	*out = value;
	return true;
}

char *
text_decimal(int64_t n, char *out)
{
	char digits[TEXT_INT_SIZE], *at = digits + sizeof digits;
	uint64_t left = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
	size_t len;

	do
		*--at = (char)('0' + left % 10);
	while ((left /= 10) > 0);
	if (n < 0)
		*--at = '-';
	len = (size_t)(digits + sizeof digits - at);
	memcpy(out, at, len);
	out[len] = '\0';
	return out + len;
}

void
text_rfc3339(int64_t unix_ms, char out[25])
{
	const int64_t last = 253402300799999; /* of the year 9999 */
	int64_t ms = unix_ms < 0 ? 0 : unix_ms > last ? last : unix_ms;
	time_t seconds = (time_t)(ms / 1000);
	unsigned thousandths = (unsigned)(ms % 1000);
	struct tm tm;

	gmtime_r(&seconds, &tm);
	strftime(out, 20, "%Y-%m-%dT%H:%M:%S", &tm);
	out[19] = '.';
	out[20] = (char)('0' + thousandths / 100);
	out[21] = (char)('0' + thousandths / 10 % 10);
	out[22] = (char)('0' + thousandths % 10);
	out[23] = 'Z';
	out[24] = '\0';
}

/* Stand these for themselves, a byte each? Most do. */
static bool
is_plain(const char *from, const char *to)
{
	while (from < to && *from != '%' && *from != '+' && (unsigned char)*from < 0x80)
		from++;
	return from == to;
}

/* Decodes the bytes from `from` to `to`; false unless they are good UTF-8 without NUL. */
static bool
decode(struct arena *a, const char *from, const char *to, struct text *out)
{
	char *bytes, *end;

	if (is_plain(from, to)) {
		out->len = out->points = (size_t)(to - from);
		out->bytes = arena_copy(a, from, out->len);
		return true;
	}
	bytes = end = arena_alloc(a, (size_t)(to - from) + 1);
	for (; from < to; from++) {
		int high, low;

		if (*from != '%') {
			*end++ = (char)(*from == '+' ? ' ' : *from);
			continue;
		}
		if (to - from < 3 || (high = hex_digit(from[1])) < 0 ||
		    (low = hex_digit(from[2])) < 0)
			return false;
		*end++ = (char)(high * 16 + low);
		from += 2;
	}
	*end = '\0';
	out->bytes = bytes;
	out->len = (size_t)(end - bytes);
	out->points = text_count(bytes, out->len);
	return memchr(bytes, '\0', out->len) == NULL && text_is_utf8(bytes, out->len);
}

/* Reads the member at *query, which moves behind it; false at the end. What is
 * malformed has no bytes. Empty members, as in "a=1&&b=2", are passed over. */
static bool
next_member(struct arena *a, const char **query, struct text *name, struct text *value)
{
	const char *from = *query + strspn(*query, "&");
	const char *to = from + strcspn(from, "&");
	const char *equals = memchr(from, '=', (size_t)(to - from));

	*query = to;
	if (from == to)
		return false;
	if (!decode(a, from, equals != NULL ? equals : to, name))
		name->bytes = NULL;
	if (!decode(a, equals != NULL ? equals + 1 : to, to, value))
		value->bytes = NULL;
	return true;
}

bool
text_query(struct arena *a, const char *query, text_query_member *each, void *arg)
{
	struct text name, value;

	while (next_member(a, &query, &name, &value))
		if (!each(name.bytes != NULL ? &name : NULL, value.bytes != NULL ? &value : NULL,
			arg))
			return false;
	return true;
}
