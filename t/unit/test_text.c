/* test_text.c: the questions about bytes, each as a table. */
#include "unit.h"

#include "text.h"

static struct arena *arena;

static struct text
text_of(const char *bytes)
{
	return (struct text){ bytes, strlen(bytes), text_count(bytes, strlen(bytes)) };
}

static void
test_utf8(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		bool good;
	} rows[] = {
		{ BYTES(""), true },
		{ BYTES("plain ASCII, longer than eight bytes"), true },
		{ BYTES("\0"), true }, /* a NUL is UTF-8; who minds looks for it */
		{ BYTES("\x7F"), true },
		{ BYTES("12345678\xC3\xA9"), true },
		{ BYTES("\xEF\xBF\xBF"), true },     /* U+FFFF */
		{ BYTES("\xF4\x8F\xBF\xBF"), true }, /* U+10FFFF */
		{ BYTES("\xFF"), false },            /* U01 of the hostile cases, and on */
		{ BYTES("\xC0\xAF"), false },
		{ BYTES("\xC0\x80"), false },
		{ BYTES("\xE0\x80\xAF"), false },
		{ BYTES("\xF0\x80\x80\xAF"), false },
		{ BYTES("\xED\xA0\x80"), false },
		{ BYTES("\xED\xA0\x80\xED\xB0\x80"), false },
		{ BYTES("\xF4\x90\x80\x80"), false },
		{ BYTES("\xF5\x80\x80\x80"), false },
		{ BYTES("\xFE"), false },
		{ BYTES("\xC3"), false },
		{ BYTES("\xE2\x82"), false },
		{ BYTES("\xF0\x9F\x98"), false },
		{ BYTES("\x80"), false },
		{ BYTES("1234567\xFF"), false },
		{ BYTES("12345678\xFF"), false },
		{ BYTES("123456789012345\x80"), false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++)
		if (text_is_utf8(rows[i].bytes, rows[i].len) != rows[i].good)
			fail_msg("row %zu", i);
}

static void
test_count(void **state)
{
	(void)state;
	assert_int_equal(text_count("", 0), 0);
	assert_int_equal(text_count("abc", 3), 3);
	assert_int_equal(text_count("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80", 9), 3);
}

static void
test_visible(void **state)
{
	static const struct row {
		const char *what, *text;
		bool visible;
	} rows[] = {
		{ "empty", "", false },
		{ "a letter", " x ", true },
		{ "spaces", "   ", false },
		{ "only a line feed", "\n", false },
		{ "a control character", "\x01\x7F", false },
		{ "NBSP", "\u00A0", false },
		{ "line and paragraph separator", "\u2028\u2029", false },
		{ "ideographic space", "\u3000", false },
		{ "zero-width space", "\u200B\u200B", false },
		{ "ZWJ and ZWNJ", "\u200D\u200C", false },
		{ "BOM", "\uFEFF", false },
		{ "soft hyphen", "\u00AD", false },
		{ "word joiner", "\u2060", false },
		{ "bidirectional controls", "\u202E\u2069", false },
		{ "tags", "\U000E0061\U000E007F", false },
		{ "variation selectors", "\uFE0F\U000E0100", false },
		{ "Hangul fillers", "\u115F\u1160\u3164\uFFA0", false },
		{ "blank Braille pattern", "\u2800", false },
		{ "combining grapheme joiner", "\u034F", false },
		{ "Braille", "\u2801", true },
		{ "Han", "\u6C49", true },
		{ "emoji", "\U0001F600", true },
		{ "emoji newer than libunistring", "\U0001FAE9", true },
		{ "unassigned", "\u0378", true },
		{ "private use", "\uE000", true },
		{ "noncharacter", "\uFFFE", true },
	};
	const struct row *row;

	(void)state;
	EACH (row, rows) {
		struct text t = text_of(row->text);

		same_bool(row->what, text_is_visible(&t), row->visible);
	}
}

static void
test_name(void **state)
{
	static const struct row {
		const char *what, *text;
		bool good;
	} rows[] = {
		{ "plain", "Alex", true },
		{ "space inside", "Alex von Kim", true },
		{ "one letter", "x", true },
		{ "Han", "\u6C49\u5B57", true },
		{ "Arabic", "\u0623\u062D\u0645\u062F", true },
		{ "Devanagari", "\u0928\u092E\u0938\u094D\u0924\u0947", true },
		{ "NFD", "Zoe\u0308", true },
		{ "Cyrillic admin (U23)", "\u0430dmin", true },
		{ "full-width (U24)", "\uFF21\uFF4C\uFF45\uFF58", true },
		{ "emoji with ZWJ and VS16 (U19, U22)",
		    "\U0001F469\u200D\u2764\uFE0F\u200D\U0001F468", true },
		{ "ZWNJ in Persian", "\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645", true },
		{ "a flag", "\U0001F1E9\U0001F1EA", true },
		{ "emoji newer than libunistring", "\U0001FAE9", true },
		{ "five marks", "a\u0301\u0301\u0301\u0301\u0301b", true },
		{ "empty", "", false },
		{ "leading space", " x", false },
		{ "trailing space", "x ", false },
		{ "leading NBSP (U28)", "\u00A0x", false },
		{ "trailing NBSP (U28)", "x\u00A0", false },
		{ "trailing blank Braille", "x\u2800", false },
		{ "only spaces (U29)", "  ", false },
		{ "only zero-width (U30)", "\u200D\u200C", false },
		{ "line feed", "a\nb", false },
		{ "tabulator", "a\tb", false },
		{ "DEL", "a\x7F", false },
		{ "C1",
		    "a\xC2\x85"
		    "b",
		    false },
		{ "BOM inside (U13)", "a\uFEFFb", false },
		{ "U+FFFE (U14)", "a\uFFFE", false },
		{ "U+FFFF (U14)", "a\uFFFF", false },
		{ "U+1FFFE", "a\U0001FFFE", false },
		{ "U+2028 (U15)", "a\u2028b", false },
		{ "U+2029 (U15)", "a\u2029b", false },
		{ "RLO (U16)", "a\u202Eb", false },
		{ "PDI alone (U17)", "a\u2069", false },
		{ "FSI alone", "\u2068x", false },
		{ "LRM", "a\u200Eb", false },
		{ "zero-width space (U18)", "a\u200Bb", false },
		{ "soft hyphen (U20)", "a\u00ADb", false },
		{ "word joiner", "a\u2060b", false },
		{ "tags (U21)", "a\U000E0061\U000E007F", false },
		{ "Hangul filler", "a\u3164b", false },
		{ "six marks", "a\u0301\u0301\u0301\u0301\u0301\u0301", false },
		{ "a hundred selectors", "a\uFE0F\uFE0F\uFE0F\uFE0F\uFE0F\uFE0F", false },
		{ "unassigned (U31)", "a\u0378", false },
		{ "private use (U32)", "a\uE000", false },
		{ "private use, plane 16", "a\U00100000", false },
	};
	const struct row *row;

	(void)state;
	EACH (row, rows) {
		struct text t = text_of(row->text);

		same_bool(row->what, text_is_name(&t), row->good);
	}
}

static void
test_username(void **state)
{
	static const struct row {
		const char *text;
		bool good;
	} rows[] = {
		{ "alex", true },
		{ "a-b_c.9", true },
		{ "abcdefghijklmnopqrstuvwxyz0123456789_.-", true },
		{ "Alex", false },
		{ "al ex", false },
		{ "alex\n", false },
		{ "\u0430dmin", false },
		{ "a/b", false },
		{ "a@b", false },
		{ "\u00E9ric", false },
		{ "a'b", false },
	};
	const struct row *row;

	(void)state;
	EACH (row, rows) {
		struct text t = text_of(row->text);

		same_bool(row->text, text_is_username(&t), row->good);
	}
}

static void
test_name_key(void **state)
{
	static const struct row {
		const char *what, *one, *other;
		bool same;
	} rows[] = {
		{ "case", "Climbing Club", "climbing CLUB", true },
		{ "NFC and NFD (U25)", "Zo\u00EB", "Zoe\u0308", true },
		{ "sharp s (U26)", "Stra\u00DFe", "STRASSE", true },
		{ "capital sharp s", "STRA\u1E9EE", "strasse", true },
		{ "dotless i (U26)", "\u0131rk", "IRK", true },
		{ "dotted capital I", "\u0130rk", "irk", true },
		{ "dotted capital I, decomposed", "I\u0307rk", "irk", true },
		{ "both of the Turkish", "\u0130rk", "\u0131rk", true },
		{ "final sigma", "\u039F\u03A3", "\u03BF\u03C2", true },
		{ "Greek with iota below", "\u1FB3", "\u03B1\u0345", true },
		{ "order of marks", "q\u0307\u0323", "q\u0323\u0307", true },
		{ "different", "alex", "alec", false },
		{ "accent", "Zoe", "Zo\u00EB", false },
		{ "Cyrillic a", "\u0430", "a", false },
		{ "another letter's dot stays", "z\u0307", "z", false },
	};
	const struct row *row;

	(void)state;
	EACH (row, rows) {
		struct text one = text_of(row->one), other = text_of(row->other), again;
		char *key = text_name_key(arena, &one);

		same_bool(row->what, strcmp(key, text_name_key(arena, &other)) == 0, row->same);
		again = text_of(key);
		same_string(row->what, text_name_key(arena, &again), key);
	}
}

static void
test_uuid(void **state)
{
	static const struct row {
		const char *text, *expected;
	} rows[] = {
		{ "9b2d6a52-7f0e-4c1a-8d3b-0123456789ab", "9b2d6a52-7f0e-4c1a-8d3b-0123456789ab" },
		{ "9B2D6A52-7F0E-4C1A-8D3B-0123456789AB", "9b2d6a52-7f0e-4c1a-8d3b-0123456789ab" },
		{ "00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-000000000000" },
		{ "", NULL },
		{ "9b2d6a52-7f0e-4c1a-8d3b-0123456789a", NULL },
		{ "9b2d6a52-7f0e-4c1a-8d3b-0123456789abc", NULL },
		{ "9b2d6a527f0e4c1a8d3b0123456789ab", NULL },
		{ "{9b2d6a52-7f0e-4c1a-8d3b-012345678}", NULL },
		{ "9b2d6a52-7f0e-4c1a-8d3b-0123456789ag", NULL },
		{ "9b2d6a52_7f0e-4c1a-8d3b-0123456789ab", NULL },
		{ "9b2d6a527-f0e-4c1a-8d3b-0123456789ab", NULL },
	};
	const struct row *row;
	char out[37];

	(void)state;
	EACH (row, rows) {
		bool good = text_uuid(row->text, strlen(row->text), out);

		same_string(row->text, good ? out : NULL, row->expected);
	}
}

static void
test_hex(void **state)
{
	unsigned char bytes[4];
	char digits[9];

	(void)state;
	text_hex("\x00\x0F\xA5\xFF", 4, digits);
	assert_string_equal(digits, "000fa5ff");
	assert_true(text_unhex("000fa5ff", 8, bytes, 4));
	assert_memory_equal(bytes, "\x00\x0F\xA5\xFF", 4);
	assert_false(text_unhex("000fa5f", 7, bytes, 4));
	assert_false(text_unhex("000fa5ff0", 9, bytes, 4));
	assert_false(text_unhex("000FA5FF", 8, bytes, 4));
	assert_false(text_unhex("000fa5fg", 8, bytes, 4));
	assert_false(text_unhex("000fa5 f", 8, bytes, 4));
	assert_false(text_unhex("000f\0a5f", 8, bytes, 4));
	assert_true(text_unhex("", 0, bytes, 0));
}

static void
test_int(void **state)
{
	static const struct row {
		const char *text;
		bool good;
		int64_t expected;
	} rows[] = {
		{ "0", true, 0 },
		{ "7", true, 7 },
		{ "-7", true, -7 },
		{ "2147483648", true, INT64_C(2147483648) },
		{ "9007199254740991", true, INT64_C(9007199254740991) },
		{ "9223372036854775807", true, INT64_MAX },
		{ "-9223372036854775808", true, INT64_MIN },
		{ "9223372036854775808", false, 0 },
		{ "-9223372036854775809", false, 0 },
		{ "18446744073709551616", false, 0 },
		{ "18446744073709551617", false, 0 },
		{ "1234567890123456789012345678901234567890", false, 0 },
		{ "", false, 0 },
		{ "-", false, 0 },
		{ "-0", false, 0 },
		{ "00", false, 0 },
		{ "01", false, 0 },
		{ "-01", false, 0 },
		{ "+1", false, 0 },
		{ "1.0", false, 0 },
		{ "1.9", false, 0 },
		{ "1e2", false, 0 },
		{ "1e400", false, 0 },
		{ "0x10", false, 0 },
		{ "1abc", false, 0 },
		{ "abc", false, 0 },
		{ " 1", false, 0 },
		{ "1 ", false, 0 },
		{ "--1", false, 0 },
		{ "1-", false, 0 },
		{ "\uFF11", false, 0 },
	};
	const struct row *row;
	int64_t out = 0;

	(void)state;
	EACH (row, rows) {
		same_bool(row->text,
		    text_int(row->text, strlen(row->text), INT64_MIN, INT64_MAX, &out), row->good);
		if (row->good)
			assert_true(out == row->expected);
	}
	assert_true(text_int("1", 1, 1, 200, &out) && text_int("200", 3, 1, 200, &out));
	assert_false(text_int("0", 1, 1, 200, &out) || text_int("201", 3, 1, 200, &out));
	assert_true(text_int("12", 1, 1, 1, &out)); /* the length decides, not a NUL */
}

static void
test_decimal(void **state)
{
	static const struct {
		int64_t n;
		const char *text;
	} rows[] = {
		{ 0, "0" },
		{ 7, "7" },
		{ -1, "-1" },
		{ 1234567890123, "1234567890123" },
		{ INT64_MAX, "9223372036854775807" },
		{ INT64_MIN, "-9223372036854775808" },
	};
	char out[TEXT_INT_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_ptr_equal(text_decimal(rows[i].n, out), out + strlen(rows[i].text));
		assert_string_equal(out, rows[i].text);
	}
}

static void
test_rfc3339(void **state)
{
	static const struct row {
		int64_t unix_ms;
		const char *expected;
	} rows[] = {
		{ 0, "1970-01-01T00:00:00.000Z" },
		{ INT64_C(1795373442123), "2026-11-22T18:50:42.123Z" },
		{ INT64_C(951782400007), "2000-02-29T00:00:00.007Z" },
		{ INT64_C(253402300799999), "9999-12-31T23:59:59.999Z" },
		{ INT64_MAX, "9999-12-31T23:59:59.999Z" },
		{ INT64_MIN, "1970-01-01T00:00:00.000Z" },
	};
	const struct row *row;
	char out[25];

	(void)state;
	EACH (row, rows) {
		text_rfc3339(row->unix_ms, out);
		assert_string_equal(out, row->expected);
	}
}

/* Looks for "a". */
struct wanted {
	struct text value;
	int found;
};

static bool
find_a(const struct text *name, const struct text *value, void *arg)
{
	struct wanted *w = arg;

	if (name == NULL || value == NULL)
		return false;
	if (strcmp(name->bytes, "a") != 0)
		return true;
	w->value = *value;
	return w->found++ == 0;
}

static void
test_query(void **state)
{
	static const struct row {
		const char *query;
		int found;
		const char *value;
	} rows[] = {
		{ "", 0, NULL },
		{ "b=1", 0, NULL },
		{ "aa=1", 0, NULL },
		{ "a=1", 1, "1" },
		{ "b=2&a=1&c=3", 1, "1" },
		{ "a=", 1, "" },
		{ "a", 1, "" },
		{ "&&a=1&", 1, "1" },
		{ "a=x%20y+z%2B", 1, "x y z+" },
		{ "a=b=c", 1, "b=c" },
		{ "%61=1", 1, "1" },
		{ "a=%C3%A9", 1, "\u00E9" },
		{ "a=\u00E9", 1, "\u00E9" },
		{ "a=1&a=1", -1, NULL },
		{ "a=1&%61=2", -1, NULL },
		{ "a=%", -1, NULL },
		{ "a=%4", -1, NULL },
		{ "a=%4&b=1", -1, NULL },
		{ "a=%zz", -1, NULL },
		{ "a=%00", -1, NULL },
		{ "%00a=1", -1, NULL },
		{ "a=%FF", -1, NULL },
		{ "a=%ED%A0%80", -1, NULL },
		{ "a=%C3&b=%A9", -1, NULL },
		{ "a=1&b=%", -1, NULL },
	};
	const struct row *row;

	(void)state;
	EACH (row, rows) {
		struct wanted w = { .found = 0 };
		bool good = text_query(arena, row->query, find_a, &w);

		if ((good ? w.found : -1) != row->found)
			fail_msg(
			    "%s: got %d, expected %d", row->query, good ? w.found : -1, row->found);
		if (good && w.found == 1 && row->value != NULL) {
			same_string(row->query, w.value.bytes, row->value);
			assert_int_equal(w.value.len, strlen(row->value));
			assert_int_equal(w.value.points, text_count(row->value, w.value.len));
		}
	}
}

static bool
is_known(const struct text *name, const struct text *value, void *seen)
{
	(*(int *)seen)++;
	return name != NULL && value != NULL &&
	    (strcmp(name->bytes, "a") == 0 || strcmp(name->bytes, "b") == 0);
}

/* What is malformed: 1 the name, 2 the value. */
static bool
note(const struct text *name, const struct text *value, void *wrong)
{
	*(int *)wrong = (name == NULL) + 2 * (value == NULL);
	return true;
}

static void
test_query_members(void **state)
{
	int seen = 0;

	(void)state;
	assert_true(text_query(arena, "", is_known, &seen));
	assert_int_equal(seen, 0);
	assert_true(text_query(arena, "a=1&%62=2", is_known, &seen));
	assert_int_equal(seen, 2);
	assert_false(text_query(arena, "a=1&c=2&b=3", is_known, &seen));
	assert_int_equal(seen, 4);
	assert_false(text_query(arena, "a=1&b=%", is_known, &seen));
	assert_true(text_query(arena, "a=%00", note, &seen));
	assert_int_equal(seen, 2);
	assert_true(text_query(arena, "%00=a", note, &seen));
	assert_int_equal(seen, 1);
	assert_true(text_query(arena, "%", note, &seen));
	assert_int_equal(seen, 1);
}

static int
set_up(void **state)
{
	(void)state;
	arena = arena_new();
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_count),
		cmocka_unit_test(test_visible),
		cmocka_unit_test(test_name),
		cmocka_unit_test(test_username),
		cmocka_unit_test(test_name_key),
		cmocka_unit_test(test_uuid),
		cmocka_unit_test(test_hex),
		cmocka_unit_test(test_int),
		cmocka_unit_test(test_decimal),
		cmocka_unit_test(test_rfc3339),
		cmocka_unit_test(test_query),
		cmocka_unit_test(test_query_members),
	};

	return cmocka_run_group_tests_name("text", tests, set_up, tear_down);
}
