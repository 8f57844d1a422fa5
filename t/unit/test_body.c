/* test_body.c: what a JSON body must survive. The numbers at the rows are
 * those of the list of hostile cases: J JSON, U Unicode, N numbers, L lengths. */
#include "unit.h"

#include <time.h>

#include "body.h"

#define GOOD                                                                                                      \
	"{\"id\":7,\"int\":-3,\"text\":\"h\u00E9\\u00e9\\ud83d\\ude00\",\"pass\":\"12345678\",\"name\":\"Alex\"," \
	"\"user\":\"alex\",\"uuid\":\"9B2D6A52-7f0e-4c1a-8d3b-0123456789ab\",\"kind\":\"group\","                 \
	"\"flag\":true,\"have\":[{\"rev\":1},{\"rev\":2}]}"

static const char *const members[] = { "id", "int", "text", "pass", "name", "user", "uuid", "kind",
	"flag", "have", NULL };
static const char *const element_members[] = { "rev", "note", NULL };
static const char *const kinds[] = { "single", "group", NULL };

static struct arena *arena;

/* Each getter, as a row can name it: reads its member and forgets the value. */
static bool
get_id(struct body *b)
{
	int64_t out;

	return body_id(b, "id", &out);
}

static bool
get_int(struct body *b)
{
	int64_t out;

	return body_int(b, "int", -5, 5, &out);
}

static bool
get_text(struct body *b)
{
	struct text out;

	return body_text(b, "text", 1, 4000, &out);
}

static bool
get_pass(struct body *b)
{
	struct text out;

	return body_bytes(b, "pass", 8, 256, &out);
}

static bool
get_name(struct body *b)
{
	struct text out;

	return body_name(b, "name", 32, &out);
}

static bool
get_user(struct body *b)
{
	struct text out;

	return body_username(b, "user", &out);
}

static bool
get_uuid(struct body *b)
{
	char out[37];

	return body_uuid(b, "uuid", out);
}

static bool
get_kind(struct body *b)
{
	int out;

	return body_enum(b, "kind", kinds, &out);
}

static bool
get_flag(struct body *b)
{
	bool out;

	return body_bool(b, "flag", &out);
}

static bool
get_have(struct body *b)
{
	size_t i, count;
	int64_t rev;

	if (!body_array(b, "have", 1000, element_members, &count))
		return false;
	for (i = 0; i < count; i++)
		if (!body_int(body_element(b, "have", i), "rev", 0, 1000000, &rev))
			return false;
	return true;
}

static const struct getter {
	const char *member;
	bool (*get)(struct body *b);
	const char *types;    /* that can be good, of n b i s a o as in test_wrong_types */
	const char *expected; /* is in the error's words */
} getters[] = {
	{ "id", get_id, "i", "must be an integer from 1 to 9007199254740991" },
	{ "int", get_int, "i", "must be an integer from -5 to 5" },
	{ "text", get_text, "s", "must be a text of 1 to 4000 characters" },
	{ "pass", get_pass, "s", "must be a text of 8 to 256 bytes" },
	{ "name", get_name, "s", "must be a text of 1 to 32 characters" },
	{ "user", get_user, "s", "must be 3 to 32 of the characters a-z 0-9 _ . -" },
	{ "uuid", get_uuid, "s", "must be a UUID" },
	{ "kind", get_kind, "s", "must be one of: single, group" },
	{ "flag", get_flag, "b", "must be true or false" },
	{ "have", get_have, "a", "must be an array of at most 1000 objects" },
};

/* Of a copy that is exactly as long, so that AddressSanitizer sees a byte read too far. */
static struct body *
parse(const char *bytes, size_t len)
{
	char *copy = arena_alloc(arena, len);

	memcpy(copy, bytes, len);
	return body_parse(arena, copy, len, members);
}

/* Parses text and asks for the row's member alone. */
static struct body *
parse_and_get(const char *json, bool (*get)(struct body *b), bool *good)
{
	struct body *b = body_parse(arena, json, strlen(json), members);

	*good = get(b);
	assert_int_equal(*good, body_error(b, NULL) == NULL);
	return b;
}

static void
expect(const char *what, const struct body *b, const char *field, const char *error)
{
	const char *got_field = NULL, *got = body_error(b, &got_field);

	if (error == NULL) {
		same_string(what, got, NULL);
		return;
	}
	if (got == NULL || strstr(got, error) == NULL)
		fail_msg("%s: got <%s>, expected <%s>", what, got != NULL ? got : "NULL", error);
	same_string(what, got_field, field);
}

static void
test_good(void **state)
{
	struct body *b = body_parse(arena, GOOD, strlen(GOOD), members);
	struct text text;
	int64_t number;
	size_t count;
	char uuid[37];
	int kind;
	bool flag;

	(void)state;
	assert_true(body_id(b, "id", &number) && number == 7);
	assert_true(body_int(b, "int", -5, 5, &number) && number == -3);
	assert_true(body_text(b, "text", 4, 4, &text));
	assert_string_equal(text.bytes, "h\u00E9\u00E9\U0001F600");
	assert_int_equal(text.len, 9);
	assert_true(body_uuid(b, "uuid", uuid));
	assert_string_equal(uuid, "9b2d6a52-7f0e-4c1a-8d3b-0123456789ab");
	assert_true(body_enum(b, "kind", kinds, &kind) && kind == 1);
	assert_true(body_bool(b, "flag", &flag) && flag);
	assert_true(body_array(b, "have", 2, element_members, &count) && count == 2);
	assert_true(body_int(body_element(b, "have", 1), "rev", 0, 9, &number) && number == 2);
	assert_false(body_has(body_element(b, "have", 1), "note"));
	assert_true(body_has(b, "have"));
	assert_null(body_error(b, NULL));
}

static void
test_json(void **state)
{
	static const struct row {
		const char *what, *bytes;
		size_t len;
		const char *field, *error; /* error NULL: it is good */
	} rows[] = {
		{ "J01 empty", BYTES(""), NULL, NULL },
		{ "J02 spaces", BYTES("  "), NULL, "must be a JSON object" },
		{ "J03 null", BYTES("null"), NULL, "must be a JSON object" },
		{ "J04 true", BYTES("true"), NULL, "must be a JSON object" },
		{ "J05 number", BYTES("1"), NULL, "must be a JSON object" },
		{ "J06 string", BYTES("\"x\""), NULL, "must be a JSON object" },
		{ "J07 array", BYTES("[]"), NULL, "must be a JSON object" },
		{ "J08 {}", BYTES("{}"), NULL, NULL },
		{ "space everywhere", BYTES(" \t\r\n{ \"id\" : 1 , \"have\" : [ ] } \n"), NULL,
		    NULL },
		{ "form feed is no space", BYTES("{\f}"), NULL, "not valid JSON" },
		{ "NBSP is no space", BYTES("{\u00A0}"), NULL, "not valid JSON" },
		{ "J10 trailing comma", BYTES("{\"id\":1,}"), NULL, "not valid JSON" },
		{ "J10 in an array", BYTES("{\"have\":[1,]}"), "have", "not valid JSON" },
		{ "comma alone", BYTES("{,}"), NULL, "not valid JSON" },
		{ "no comma", BYTES("{\"id\":1 \"int\":2}"), NULL, "not valid JSON" },
		{ "no colon", BYTES("{\"id\" 1}"), NULL, "without a colon" },
		{ "no value", BYTES("{\"id\":}"), "id", "not valid JSON" },
		{ "no quotes at a key", BYTES("{id:1}"), NULL, "not valid JSON" },
		{ "a number for a key", BYTES("{1:1}"), NULL, "not valid JSON" },
		{ "wrong bracket", BYTES("{\"have\":[1}"), "have", "not valid JSON" },
		{ "J11 trailing text", BYTES("{}x"), NULL, "behind the object" },
		{ "J12 second object", BYTES("{}{}"), NULL, "behind the object" },
		{ "J13 trailing NUL", BYTES("{}\0"), NULL, "behind the object" },
		{ "J14 NUL and junk", BYTES("{}\0junk"), NULL, "behind the object" },
		{ "leading NUL", BYTES("\0{}"), NULL, "must be a JSON object" },
		{ "NUL for a value", BYTES("{\"id\":\0}"), "id", "not valid JSON" },
		{ "NUL in an array", BYTES("{\"have\":[\0]}"), "have", "not valid JSON" },
		{ "J15 single quotes", BYTES("{'id':1}"), NULL, "not valid JSON" },
		{ "J15 at a value", BYTES("{\"text\":'x'}"), "text", "not valid JSON" },
		{ "J16 comment", BYTES("{/**/\"id\":1}"), NULL, "not valid JSON" },
		{ "J16 comment to the line's end", BYTES("{\"id\":1}//x\n"), NULL,
		    "behind the object" },
		{ "J17 NaN", BYTES("{\"id\":NaN}"), "id", "not valid JSON" },
		{ "J18 Infinity", BYTES("{\"id\":Infinity}"), "id", "not valid JSON" },
		{ "J19 -Infinity", BYTES("{\"id\":-Infinity}"), "id", "not valid JSON" },
		{ "J20 TRUE", BYTES("{\"id\":TRUE}"), "id", "not valid JSON" },
		{ "J20 nul", BYTES("{\"id\":nul}"), "id", "not valid JSON" },
		{ "J20 truex", BYTES("{\"id\":truex}"), NULL, "not valid JSON" },
		{ "N08 01", BYTES("{\"id\":01}"), "id", "leading zero" },
		{ "J21 twice, equal", BYTES("{\"id\":1,\"id\":1}"), "id", "twice" },
		{ "J22 twice, different", BYTES("{\"id\":1,\"id\":2}"), "id", "twice" },
		{ "J22 twice, first null", BYTES("{\"id\":null,\"id\":2}"), "id", "twice" },
		{ "J23 twice, escaped", BYTES("{\"id\":1,\"\\u0069d\":1}"), "id", "twice" },
		{ "a key with an escape", BYTES("{\"\\u0069\\u0064\":1}"), NULL, NULL },
		{ "J24 key with \\u0000", BYTES("{\"id\\u0000\":1}"), NULL, "NUL" },
		{ "J25 value with \\u0000", BYTES("{\"text\":\"a\\u0000b\"}"), "text", "NUL" },
		{ "J26 raw NUL in a string", BYTES("{\"text\":\"a\0b\"}"), "text", "control" },
		{ "J26 raw NUL in a key", BYTES("{\"id\0\":1}"), NULL, "control" },
		{ "J27 raw LF", BYTES("{\"text\":\"a\nb\"}"), "text", "control" },
		{ "J27 raw TAB", BYTES("{\"text\":\"a\tb\"}"), "text", "control" },
		{ "J27 raw 1F", BYTES("{\"text\":\"a\x1F\"}"), "text", "control" },
		{ "J27 7F is legal", BYTES("{\"text\":\"a\x7F\"}"), NULL, NULL },
		{ "J28 \\x", BYTES("{\"text\":\"\\x41\"}"), "text", "escape" },
		{ "J28 \\U", BYTES("{\"text\":\"\\U0041\"}"), "text", "escape" },
		{ "J28 \\'", BYTES("{\"text\":\"\\'\"}"), "text", "escape" },
		{ "J28 \\ and NUL", BYTES("{\"text\":\"\\\0\"}"), "text", "escape" },
		{ "J29 \\u12", BYTES("{\"text\":\"\\u12\"}"), "text", "escape" },
		{ "J29 \\u12g4", BYTES("{\"text\":\"\\u12g4\"}"), "text", "escape" },
		{ "J29 \\u+123", BYTES("{\"text\":\"\\u+123\"}"), "text", "escape" },
		{ "J29 \\u and a NUL",
		    BYTES("{\"text\":\"\\u12\0"
			  "4\"}"),
		    "text", "escape" },
		{ "J30 lone high", BYTES("{\"text\":\"\\ud83d\"}"), "text", "escape" },
		{ "J30 lone high, then text", BYTES("{\"text\":\"\\ud83dx\"}"), "text", "escape" },
		{ "J30 lone high, then \\n", BYTES("{\"text\":\"\\ud83d\\nde00\"}"), "text",
		    "escape" },
		{ "J30 two high", BYTES("{\"text\":\"\\ud83d\\ud83d\"}"), "text", "escape" },
		{ "J30 high, then a letter", BYTES("{\"text\":\"\\ud83d\\u0041\"}"), "text",
		    "escape" },
		{ "J31 lone low", BYTES("{\"text\":\"\\ude00\"}"), "text", "escape" },
		{ "J32 reversed pair", BYTES("{\"text\":\"\\ude00\\ud83d\"}"), "text", "escape" },
		{ "a pair", BYTES("{\"text\":\"\\uD83D\\uDE00\"}"), NULL, NULL },
		{ "the greatest pair", BYTES("{\"text\":\"\\uDBFF\\uDFFF\"}"), NULL, NULL },
		{ "J33 BOM", BYTES("\xEF\xBB\xBF{}"), NULL, "must be a JSON object" },
		{ "J34 UTF-16 with BOM", BYTES("\xFF\xFE{\0}\0"), NULL, "not UTF-8" },
		{ "J34 UTF-16 without", BYTES("{\0}\0"), NULL, "not valid JSON" },
		{ "J39 unknown key", BYTES("{\"id\":1,\"x\":1}"), "x", "not known" },
		{ "J39 empty key", BYTES("{\"\":1}"), "", "not known" },
		{ "J39 key in another case", BYTES("{\"ID\":1}"), "ID", "not known" },
		{ "J43 __proto__", BYTES("{\"__proto__\":{}}"), "__proto__", "not known" },
		{ "J43 constructor", BYTES("{\"constructor\":1}"), "constructor", "not known" },
		{ "X26 is_admin", BYTES("{\"is_admin\":true}"), "is_admin", "not known" },
		{ "U01 FF", BYTES("{\"text\":\"\xFF\"}"), NULL, "not UTF-8" },
		{ "U02 C0AF", BYTES("{\"text\":\"\xC0\xAF\"}"), NULL, "not UTF-8" },
		{ "U03 C080", BYTES("{\"text\":\"\xC0\x80\"}"), NULL, "not UTF-8" },
		{ "U04 E080AF", BYTES("{\"text\":\"\xE0\x80\xAF\"}"), NULL, "not UTF-8" },
		{ "U05 F08080AF", BYTES("{\"text\":\"\xF0\x80\x80\xAF\"}"), NULL, "not UTF-8" },
		{ "U06 EDA080", BYTES("{\"text\":\"\xED\xA0\x80\"}"), NULL, "not UTF-8" },
		{ "U07 CESU-8", BYTES("{\"text\":\"\xED\xA0\x80\xED\xB0\x80\"}"), NULL,
		    "not UTF-8" },
		{ "U08 F4908080", BYTES("{\"text\":\"\xF4\x90\x80\x80\"}"), NULL, "not UTF-8" },
		{ "U09 F5808080", BYTES("{\"text\":\"\xF5\x80\x80\x80\"}"), NULL, "not UTF-8" },
		{ "U10 FE", BYTES("{\"text\":\"\xFE\"}"), NULL, "not UTF-8" },
		{ "U11 two bytes cut", BYTES("{\"text\":\"\xC3\"}"), NULL, "not UTF-8" },
		{ "U11 three bytes cut", BYTES("{\"text\":\"\xE2\x82\"}"), NULL, "not UTF-8" },
		{ "U11 four bytes cut", BYTES("{\"text\":\"\xF0\x9F\x98\"}"), NULL, "not UTF-8" },
		{ "U12 lone 80", BYTES("{\"text\":\"\x80\"}"), NULL, "not UTF-8" },
		{ "not UTF-8 outside a string", BYTES("{}\xFF"), NULL, "not UTF-8" },
		{ "not UTF-8 in a key", BYTES("{\"\xFF\":1}"), NULL, "not UTF-8" },
	};
	const struct row *row;

	(void)state;
	EACH (row, rows)
		expect(row->what, parse(row->bytes, row->len), row->field, row->error);
}

/* J09. */
static void
test_truncated_at_each_byte(void **state)
{
	size_t len = strlen(GOOD), cut;

	(void)state;
	assert_null(body_error(parse(GOOD, len), NULL));
	for (cut = 1; cut < len; cut++)
		if (body_error(parse(GOOD, cut), NULL) == NULL)
			fail_msg("taken when cut at byte %zu", cut);
}

/* J26 to J28, all of them. */
static void
test_each_byte_in_a_string_and_behind_a_backslash(void **state)
{
	int c;

	(void)state;
	for (c = 0; c < 256; c++) {
		char plain[] = "{\"text\":\"?\"}", escaped[] = "{\"text\":\"\\?\"}";
		bool good = c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
		bool known = c != 0 && strchr("\"\\/bfnrt", c) != NULL;

		plain[9] = escaped[10] = (char)c;
		if ((body_error(parse(plain, strlen("{\"text\":\"?\"}")), NULL) == NULL) != good)
			fail_msg("byte %02x", (unsigned)c);
		if ((body_error(parse(escaped, strlen("{\"text\":\"\\?\"}")), NULL) == NULL) !=
		    known)
			fail_msg("escape %02x", (unsigned)c);
	}
}

static void
test_escapes_say_what_they_should(void **state)
{
	static const struct row {
		const char *json, *expected;
	} rows[] = {
		{ "{\"text\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"}", "\"\\/\b\f\n\r\t" },
		{ "{\"text\":\"\\u0001\\u007f\"}", "\x01\x7F" },
		{ "{\"text\":\"a\\u0041\\u00E9b\"}", "aA\u00E9b" },
		{ "{\"text\":\"\\u20AC\\uFFFF\"}", "\u20AC\uFFFF" },
		{ "{\"text\":\"\\uD800\\uDC00\\udbff\\udfff\"}", "\U00010000\U0010FFFF" },
		{ "{\"text\":\"\\\\u0041\"}", "\\u0041" },
	};
	const struct row *row;

	(void)state;
	EACH (row, rows) {
		struct body *b = body_parse(arena, row->json, strlen(row->json), members);
		struct text text;

		assert_true(body_text(b, "text", 1, 100, &text));
		same_string(row->json, text.bytes, row->expected);
		assert_int_equal(text.len, strlen(row->expected));
		assert_int_equal(text.points, text_count(row->expected, text.len));
	}
}

/* Appends `text`, `times` times. */
static void
add(struct buffer *json, const char *text, size_t times)
{
	while (times-- > 0)
		buffer_append(json, text, strlen(text));
}

/* Parses what was put together, in well below a second, and frees it. */
static struct body *
parse_buffer(struct buffer *json)
{
	const char *copy = arena_copy(arena, json->data, json->len);
	clock_t start = clock();
	struct body *b = body_parse(arena, copy, json->len, members);

	assert_true(clock() - start < CLOCKS_PER_SEC);
	buffer_free(json);
	return b;
}

/* J35: the body itself is the first level. */
static void
test_depth(void **state)
{
	static const struct row {
		size_t depth;
		bool good;
	} rows[] = { { 2, true }, { 8, true }, { 9, false }, { 32, false }, { 33, false },
		{ 100000, false } };
	const struct row *row;

	(void)state;
	EACH (row, rows) {
		struct buffer json = { 0 };

		add(&json, "{\"have\":", 1);
		add(&json, "[", row->depth - 1);
		add(&json, "]", row->depth - 1);
		add(&json, "}", 1);
		expect("depth", parse_buffer(&json), "have", row->good ? NULL : "too deep");
	}
}

/* J36, J37, J38, J44. */
static void
test_much_is_cheap(void **state)
{
	struct buffer json = { 0 };
	struct body *b;
	size_t count;

	(void)state;
	add(&json, "{\"id\":1", 1);
	add(&json, ",\"key\":1", 10000);
	add(&json, "}", 1);
	expect("10,000 keys", parse_buffer(&json), "key", "not known");
	add(&json, "{\"have\":[0", 1);
	add(&json, ",0", 99999);
	add(&json, "]}", 1);
	b = parse_buffer(&json);
	expect("100,000 elements", b, "have", NULL);
	assert_false(body_array(b, "have", 1000, element_members, &count));
	expect("100,000 elements", b, "have", "at most 1000 objects");
	add(&json, "{\"", 1);
	add(&json, "k", 60000);
	add(&json, "\":1}", 1);
	expect("60 KB key", parse_buffer(&json),
	    "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk", "not known");
	add(&json, "{\"x", 1);
	add(&json, "\u20AC", 22);
	add(&json, "\":1}", 1);
	expect("a key cut between characters", parse_buffer(&json),
	    "x\u20AC\u20AC\u20AC\u20AC\u20AC\u20AC\u20AC\u20AC\u20AC\u20AC\u20AC"
	    "\u20AC\u20AC\u20AC\u20AC\u20AC\u20AC\u20AC\u20AC\u20AC\u20AC",
	    "not known");
}

/* J40, J41, J42. */
static void
test_missing_null_and_wrong_types(void **state)
{
	static const struct row {
		char type;
		const char *value;
	} rows[] = {
		{ 'n', "null" },
		{ 'b', "true" },
		{ 'b', "false" },
		{ 'i', "1" },
		{ 'f', "1.5" },
		{ 's', "\"\"" },
		{ 's', "\"1\"" },
		{ 'a', "[]" },
		{ 'a', "[1]" },
		{ 'o', "{}" },
		{ 'o', "{\"id\":1}" },
	};
	const struct row *row;
	const struct getter *g;
	char json[100];
	bool good;

	(void)state;
	EACH (g, getters) {
		expect(g->member, parse_and_get("{}", g->get, &good), g->member, "is missing");
		expect(g->member, parse_and_get("{}", g->get, &good), g->member, g->expected);
		EACH (row, rows) {
			if (strchr(g->types, row->type) != NULL)
				continue;
			snprintf(json, sizeof json, "{\"%s\":%s}", g->member, row->value);
			expect(json, parse_and_get(json, g->get, &good), g->member, g->expected);
		}
		assert_true(g->get(body_parse(arena, GOOD, strlen(GOOD), members)));
	}
}

static void
test_numbers(void **state)
{
	static const struct row {
		const char *what, *value;
		bool good;
	} rows[] = {
		{ "1", "1", true },
		{ "N01 0", "0", false },
		{ "N02 -1", "-1", false },
		{ "N03 -0", "-0", false },
		{ "N04 1.0", "1.0", false },
		{ "N05 1.9", "1.9", false },
		{ "N06 1e2", "1e2", false },
		{ "1E+2", "1E+2", false },
		{ "N07 1e400", "1e400", false },
		{ "N08 01", "01", false },
		{ "N09 +1", "+1", false },
		{ "N10 0x10", "0x10", false },
		{ "N11 \"1\"", "\"1\"", false },
		{ "N12 \"1abc\"", "\"1abc\"", false },
		{ "N12 1abc", "1abc", false },
		{ "N13 2^31", "2147483648", true },
		{ "N14 2^32 + 7", "4294967303", true },
		{ "2^53 - 1", "9007199254740991", true },
		{ "N15 2^53", "9007199254740992", false },
		{ "N16 2^63 - 1", "9223372036854775807", false },
		{ "N17 2^63", "9223372036854775808", false },
		{ "N18 2^64", "18446744073709551616", false },
		{ "2^64 + 1", "18446744073709551617", false },
		{ "N19 40 digits", "1234567890123456789012345678901234567890", false },
		{ "1.", "1.", false },
		{ ".5", ".5", false },
		{ "-", "-", false },
		{ "1e", "1e", false },
		{ "1e+", "1e+", false },
		{ "--1", "--1", false },
		{ "1 2", "1 2", false },
	};
	const struct row *row;
	char json[100];
	bool good;

	(void)state;
	EACH (row, rows) {
		snprintf(json, sizeof json, "{\"id\":%s}", row->value);
		parse_and_get(json, get_id, &good);
		same_bool(row->what, good, row->good);
	}
}

/* U13 to U34: good in a text, and in a name as the row says. */
static void
test_unicode(void **state)
{
	static const struct row {
		const char *what, *text;
		bool name;
	} rows[] = {
		{ "U13 BOM inside", "a\uFEFFb", false },
		{ "U14 U+FFFE", "a\uFFFE", false },
		{ "U15 U+2028", "a\u2028b", false },
		{ "U16 RLO", "a\u202Eb", false },
		{ "U17 PDI", "a\u2069", false },
		{ "U18 ZWSP", "a\u200Bb", false },
		{ "U19 ZWJ emoji", "\U0001F468\u200D\U0001F469\u200D\U0001F467", true },
		{ "U20 soft hyphen", "a\u00ADb", false },
		{ "U21 tags", "\U0001F3F4\U000E0067\U000E0062\U000E007F", false },
		{ "U22 variation selector", "\u2764\uFE0F", true },
		{ "U23 Cyrillic", "\u0430dmin", true },
		{ "U24 full-width", "\uFF21lex", true },
		{ "U28 trailing NBSP", "a\u00A0", false },
		{ "U29 spaces", "   ", false },
		{ "U30 zero-width", "\u200B\u200D", false },
		{ "U31 unassigned", "a\u0378", false },
		{ "U32 private use", "\uE000a", false },
	};
	const struct row *row;
	char json[200];
	bool good;

	(void)state;
	EACH (row, rows) {
		struct text text;

		snprintf(
		    json, sizeof json, "{\"text\":\"%s\",\"name\":\"%s\"}", row->text, row->text);
		parse_and_get(json, get_name, &good);
		same_bool(row->what, good, row->name);
		assert_true(body_text(
		    body_parse(arena, json, strlen(json), members), "text", 1, 4000, &text));
		same_string(row->what, text.bytes, row->text);
	}
}

/* `count` times `unit` for the member, within its limits? */
static bool
takes(const struct getter *g, const char *unit, size_t count)
{
	struct buffer json = { 0 };

	add(&json, "{\"", 1);
	add(&json, g->member, 1);
	add(&json, "\":\"", 1);
	add(&json, unit, count);
	add(&json, "\"}", 1);
	return g->get(parse_buffer(&json));
}

static void
test_lengths(void **state)
{
	static const struct row {
		size_t getter;
		const char *unit;
		size_t min, max;
	} rows[] = {
		{ 2, "x", 1, 4000 },
		{ 2, "\u6C49", 1, 4000 },     /* U34 */
		{ 2, "\U0001F600", 1, 4000 }, /* U33: astral counts as one */
		{ 2, "\\ud83d\\ude00", 1, 4000 },
		{ 2, "\u0301", 1, 4000 }, /* L13: marks */
		{ 3, "x", 8, 256 },       /* L12 */
		{ 3, "\u00E9", 4, 128 },  /* bytes count */
		{ 4, "x", 1, 32 },
		{ 4, "\u6C49", 1, 32 },
		{ 5, "x", 3, 32 },
	};
	const struct row *row;

	(void)state;
	EACH (row, rows) {
		const struct getter *g = &getters[row->getter];

		assert_false(takes(g, row->unit, 0));
		if (row->min > 1)
			assert_false(takes(g, row->unit, row->min - 1));
		assert_true(takes(g, row->unit, row->min));
		assert_true(takes(g, row->unit, row->max));
		assert_false(takes(g, row->unit, row->max + 1));
		assert_false(takes(g, row->unit, 65536));
	}
}

static void
test_arrays(void **state)
{
	static const struct row {
		const char *json, *field, *error;
	} rows[] = {
		{ "{\"have\":[]}", NULL, NULL },
		{ "{\"have\":[ ]}", NULL, NULL },
		{ "{\"have\":[{\"rev\":1}]}", NULL, NULL },
		{ "{\"have\":[ { \"rev\" : 1 , \"note\" : [[{}]] } , { \"rev\":0} ]}", NULL, NULL },
		{ "{\"have\":[1]}", "have[0]", "must be a JSON object" },
		{ "{\"have\":[{\"rev\":1},[]]}", "have[1]", "must be a JSON object" },
		{ "{\"have\":[{\"rev\":1},null]}", "have[1]", "must be a JSON object" },
		{ "{\"have\":[{\"rev\":1},{}]}", "have[1].rev", "missing" },
		{ "{\"have\":[{\"rev\":1.0}]}", "have[0].rev", "must be an integer" },
		{ "{\"have\":[{\"rev\":-1}]}", "have[0].rev", "must be an integer" },
		{ "{\"have\":[{\"rev\":1,\"x\":1}]}", "have[0].x", "not known" },
		{ "{\"have\":[{\"rev\":1,\"id\":1}]}", "have[0].id", "not known" },
		{ "{\"have\":[{\"rev\":1,\"\\u0072ev\":1}]}", "have[0].rev", "twice" },
		{ "{\"have\":[{\"rev\":1}{\"rev\":1}]}", "have", "not valid JSON" },
		{ "{\"have\":[,{\"rev\":1}]}", "have", "not valid JSON" },
	};
	const struct row *row;
	bool good;

	(void)state;
	EACH (row, rows)
		expect(
		    row->json, parse_and_get(row->json, get_have, &good), row->field, row->error);
}

static void
test_array_at_its_limit(void **state)
{
	const char *json = "{\"have\":[{},{},{}]}";
	size_t count = 0;

	(void)state;
	assert_true(body_array(
	    body_parse(arena, json, strlen(json), members), "have", 3, element_members, &count));
	assert_int_equal(count, 3);
	assert_false(body_array(
	    body_parse(arena, json, strlen(json), members), "have", 2, element_members, &count));
}

/* The first error stays, and no getter gives anything after it. */
static void
test_the_first_error_stays(void **state)
{
	const char *json = "{\"id\":0,\"int\":1,\"have\":[{\"rev\":1}]}";
	struct body *b = body_parse(arena, json, strlen(json), members);
	size_t count;

	(void)state;
	assert_true(get_int(b));
	assert_true(body_array(b, "have", 9, element_members, &count));
	assert_false(get_id(b));
	assert_false(get_int(b));
	assert_false(get_text(b));
	assert_false(body_refuse(b, "int", "is not my number"));
	expect("first", b, "id", "must be an integer");
	b = body_parse(arena, json, strlen(json), members);
	assert_true(body_array(b, "have", 9, element_members, &count));
	assert_false(body_refuse(body_element(b, "have", 0), "rev", "is not my number"));
	expect("an element's", b, "have[0].rev", "is not my number");
	assert_false(get_int(b));
}

static void
test_null_counts_as_given(void **state)
{
	struct body *b = body_parse(arena, BYTES("{\"id\":null}"), members);

	(void)state;
	assert_true(body_has(b, "id"));
	assert_false(body_has(b, "int"));
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
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_truncated_at_each_byte),
		cmocka_unit_test(test_each_byte_in_a_string_and_behind_a_backslash),
		cmocka_unit_test(test_escapes_say_what_they_should),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_much_is_cheap),
		cmocka_unit_test(test_missing_null_and_wrong_types),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_unicode),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_arrays),
		cmocka_unit_test(test_array_at_its_limit),
		cmocka_unit_test(test_the_first_error_stays),
		cmocka_unit_test(test_null_counts_as_given),
	};

	return cmocka_run_group_tests_name("body", tests, set_up, tear_down);
}
