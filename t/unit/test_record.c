/* test_record.c: FastCGI's records as a peer may send them, also one that isn't
 * nginx. The numbers at the rows are those of the list of hostile cases, F. */
#include "unit.h"

#include <fastcgi.h>

#include "record.h"

/* A record: its type, content, padding. Literals are joined, so a row reads as
 * the bytes of a connection. */
#define RECORD(type, id, length, padding) "\1" type "\0" id length padding "\0"
#define BEGIN(id, role, flags)            RECORD("\1", id, "\0\10", "\0") "\0" role flags "\0\0\0\0\0"
#define PARAMS(length)                    RECORD("\4", "\1", "\0" length, "\0")
#define STDIN_OF(length)                  RECORD("\5", "\1", "\0" length, "\0")
#define ABORT                             RECORD("\2", "\1", "\0\0", "\0")

#define HELLO  BEGIN("\1", "\1", "\1")
#define A_IS_B PARAMS("\4") "\1\1AB"
#define GOOD   HELLO A_IS_B PARAMS("\0") STDIN_OF("\0")

struct row {
	const char *what;
	const char *bytes;
	size_t len;
	enum record_verdict verdict;
};

static const struct row rows[] = {
	{ "nothing", BYTES(""), RECORD_MORE },
	{ "half a header", BYTES("\1\1\0"), RECORD_MORE },
	{ "no body", BYTES(GOOD), RECORD_WHOLE },
	{ "no parameters", BYTES(HELLO PARAMS("\0") STDIN_OF("\0")), RECORD_WHOLE },
	{ "parameters in two records",
	    BYTES(HELLO PARAMS("\2") "\1\1" PARAMS("\2") "AB" PARAMS("\0") STDIN_OF("\0")),
	    RECORD_WHOLE },
	{ "a body", BYTES(HELLO A_IS_B PARAMS("\0") STDIN_OF("\3") "abc" STDIN_OF("\0")),
	    RECORD_WHOLE },
	{ "a body without its end", BYTES(HELLO A_IS_B PARAMS("\0") STDIN_OF("\3") "abc"),
	    RECORD_MORE },
	{ "a second request behind it", BYTES(GOOD HELLO), RECORD_WHOLE },
	{ "04: GET_VALUES", BYTES(RECORD("\11", "\0", "\0\2", "\0") "\0\0"), RECORD_BAD },
	{ "05: and under way", BYTES(HELLO RECORD("\11", "\0", "\0\0", "\0")), RECORD_BAD },
	{ "08: version 9", BYTES("\11\1\0\1\0\10\0\0"), RECORD_BAD },
	{ "version 0", BYTES("\0\1\0\1\0\10\0\0"), RECORD_BAD },
	{ "09: role 77", BYTES(BEGIN("\1", "\115", "\1")), RECORD_ROLE },
	{ "an authorizer", BYTES(BEGIN("\1", "\2", "\0")), RECORD_ROLE },
	{ "10: a short BEGIN", BYTES(RECORD("\1", "\1", "\0\3", "\0") "\0\1\0"), RECORD_BAD },
	{ "a long BEGIN", BYTES(RECORD("\1", "\1", "\0\11", "\0") "\0\1\0\0\0\0\0\0\0"),
	    RECORD_BAD },
	{ "BEGIN of request 0", BYTES(BEGIN("\0", "\1", "\1")), RECORD_BAD },
	{ "11: a foreign id", BYTES(HELLO RECORD("\4", "\2", "\0\0", "\0")), RECORD_BAD },
	{ "12: ABORT before the parameters' end", BYTES(HELLO A_IS_B ABORT), RECORD_ABORTED },
	{ "ABORT in the body", BYTES(HELLO A_IS_B PARAMS("\0") STDIN_OF("\1") "x" ABORT),
	    RECORD_ABORTED },
	{ "ABORT of nothing", BYTES(ABORT), RECORD_BAD },
	{ "14: two BEGIN", BYTES(HELLO HELLO), RECORD_BAD },
	{ "two BEGIN of different ids", BYTES(HELLO BEGIN("\2", "\1", "\1")), RECORD_BAD },
	{ "15: STDIN before the parameters' end", BYTES(HELLO A_IS_B STDIN_OF("\0")), RECORD_BAD },
	{ "PARAMS after their end", BYTES(HELLO PARAMS("\0") PARAMS("\0")), RECORD_BAD },
	{ "17: announced, and not there", BYTES(HELLO "\1\4\0\1\377\377\0\0"), RECORD_MORE },
	{ "STDOUT from the peer", BYTES(HELLO RECORD("\6", "\1", "\0\0", "\0")), RECORD_BAD },
	{ "DATA, of a role that we aren't", BYTES(HELLO RECORD("\10", "\1", "\0\0", "\0")),
	    RECORD_BAD },
	{ "an unknown type", BYTES(HELLO RECORD("\14", "\1", "\0\0", "\0")), RECORD_BAD },
	{ "HTTP", BYTES("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), RECORD_BAD },
};

static void
test_scan(void **state)
{
	const struct row *row;

	(void)state;
	EACH (row, rows) {
		struct record_scan s = { 0 };
		enum record_verdict verdict = record_scan(&s, row->bytes, row->len);

		if (verdict != row->verdict)
			fail_msg("%s: %d", row->what, verdict);
	}
}

/* The same, when each byte comes by itself, each time in a buffer of just its size. */
static void
test_pieces(void **state)
{
	const struct row *row;

	(void)state;
	EACH (row, rows) {
		struct record_scan s = { 0 };
		enum record_verdict verdict = RECORD_MORE;

		for (size_t len = 0; len <= row->len && verdict == RECORD_MORE; len++) {
			char *bytes = malloc(len + 1);

			memcpy(bytes, row->bytes, len);
			verdict = record_scan(&s, bytes, len);
			free(bytes);
		}
		if (verdict != row->verdict)
			fail_msg("%s: %d", row->what, verdict);
	}
}

static void
test_whole(void **state)
{
	static const char bytes[] = BEGIN("\7", "\1", "\1") "\1\4\0\7\0\0\0\0"
							    "\1\5\0\7\0\3\2\0abcpp"
							    "\1\5\0\7\0\0\0\0"
							    "the next";
	struct record_scan s = { 0 };

	(void)state;
	assert_int_equal(record_scan(&s, BYTES(bytes)), RECORD_WHOLE);
	assert_int_equal(s.at, sizeof bytes - 1 - strlen("the next"));
	assert_int_equal(s.id, 7);
	assert_int_equal(s.body_len, 3);
	assert_true(s.keep);

	static const char once[] = BEGIN("\7", "\1", "\0");

	s = (struct record_scan){ 0 };
	assert_int_equal(record_scan(&s, BYTES(once)), RECORD_MORE);
	assert_false(s.keep);
}

static void
append_record(struct buffer *b, char type, size_t content, size_t padding)
{
	char header[8] = { 1, type, 0, 1, (char)(content >> 8), (char)content, (char)padding };

	buffer_append(b, header, sizeof header);
	buffer_reserve(b, content + padding);
	memset(b->data + b->len, 'x', content + padding);
	b->len += content + padding;
}

/* `content` bytes in records of `part` each, and what comes of it. */
static enum record_verdict
verdict_of(char type, size_t content, size_t part, size_t padding)
{
	struct buffer b = { 0 };
	struct record_scan s = { 0 };

	buffer_append(&b, BYTES(HELLO));
	if (type == FCGI_STDIN)
		append_record(&b, FCGI_PARAMS, 0, 0);
	for (; content > 0; content -= part < content ? part : content)
		append_record(&b, type, part < content ? part : content, padding);
	if (type == FCGI_PARAMS)
		append_record(&b, FCGI_PARAMS, 0, 0);
	append_record(&b, FCGI_STDIN, 0, padding);

	enum record_verdict verdict = record_scan(&s, b.data, b.len);

	buffer_free(&b);
	return verdict;
}

static void
test_sizes(void **state)
{
	static const struct {
		const char *what;
		size_t content, part, padding;
		char type;
		enum record_verdict verdict;
	} sizes[] = {
		{ "the largest body", RECORD_BODY_MAX, 32768, 0, FCGI_STDIN, RECORD_WHOLE },
		{ "a byte more", RECORD_BODY_MAX + 1, 32768, 0, FCGI_STDIN, RECORD_TOO_LARGE },
		{ "in one record", 65535, 65535, 0, FCGI_STDIN, RECORD_WHOLE },
		{ "in many", RECORD_BODY_MAX, 61, 0, FCGI_STDIN, RECORD_WHOLE },
		{ "16: with padding", 1000, 100, 255, FCGI_STDIN, RECORD_WHOLE },
		{ "a byte a record", RECORD_BODY_MAX, 1, 0, FCGI_STDIN, RECORD_WHOLE },
		{ "and mostly padding", RECORD_BODY_MAX, 1, 255, FCGI_STDIN, RECORD_BAD },
		{ "the most parameters", RECORD_PARAMS_MAX, 4096, 0, FCGI_PARAMS, RECORD_WHOLE },
		{ "a byte more", RECORD_PARAMS_MAX + 1, 4096, 0, FCGI_PARAMS, RECORD_BAD },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++)
		if (verdict_of(sizes[i].type, sizes[i].content, sizes[i].part, sizes[i].padding) !=
		    sizes[i].verdict)
			fail_msg("%s (%zu)", sizes[i].what, i);
}

/* The parameters of a request, each with a blank behind it; or NULL. */
static const char *
params_of(struct arena *a, const struct buffer *request)
{
	char **params = record_params(a, request->data, request->len);
	const char *all = "";

	for (char **p = params; params != NULL && *p != NULL; p++)
		all = arena_printf(a, "%s%s ", all, *p);
	return params != NULL ? all : NULL;
}

/* Name-value pairs as one record of parameters, and as records of a byte each. */
static void
same_params(const char *what, const char *pairs, size_t len, const char *expected)
{
	struct buffer one = { 0 }, many = { 0 };
	struct arena *a = arena_new();

	append_record(&one, FCGI_PARAMS, len, 0);
	memcpy(one.data + 8, pairs, len);
	for (size_t i = 0; i < len; i++) {
		append_record(&many, FCGI_PARAMS, 1, 3);
		many.data[many.len - 4] = pairs[i];
	}
	append_record(&one, FCGI_PARAMS, 0, 0);
	append_record(&many, FCGI_PARAMS, 0, 0);
	append_record(&one, FCGI_STDIN, 0, 0);
	same_string(what, params_of(a, &one), expected);
	same_string(what, params_of(a, &many), expected);
	arena_free(a);
	buffer_free(&one);
	buffer_free(&many);
}

static void
test_params(void **state)
{
	static const struct {
		const char *what, *pairs;
		size_t len;
		const char *expected;
	} pairs[] = {
		{ "none", BYTES(""), "" },
		{ "one", BYTES("\1\1AB"), "A=B " },
		{ "two", BYTES("\1\1AB\2\0CD"), "A=B CD= " },
		{ "an empty value", BYTES("\1\0A"), "A= " },
		{ "long forms of short lengths", BYTES("\200\0\0\1\200\0\0\1AB"), "A=B " },
		{ "01: 7fffffff twice", BYTES("\377\377\377\377\377\377\377\377A"), NULL },
		{ "02: a sum beyond 2^32", BYTES("\377\377\377\377\200\0\0\2A"), NULL },
		{ "and the other way", BYTES("\1\377\377\377\377A"), NULL },
		{ "03: 2 GB with a few bytes", BYTES("\1\377\377\377\0ABCDEFGH"), NULL },
		{ "a value that isn't there", BYTES("\1\2AB"), NULL },
		{ "a name that isn't there", BYTES("\2\0A"), NULL },
		{ "no second length", BYTES("\1"), NULL },
		{ "a length cut off", BYTES("\1\200\0\0"), NULL },
		{ "an empty name", BYTES("\0\1A"), NULL },
		{ "07: NUL in a name", BYTES("\2\1A\0B"), NULL },
		{ "NUL in a value", BYTES("\1\2AB\0"), NULL },
		{ "20: = in a name", BYTES("\3\1A=xB"), NULL },
		{ "= in a value", BYTES("\1\3A=xB"), "A==xB " },
		{ "21: the same twice, which door sees", BYTES("\1\1AB\1\1AB"), "A=B A=B " },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(pairs); i++)
		same_params(pairs[i].what, pairs[i].pairs, pairs[i].len, pairs[i].expected);
}

static void
test_param_count(void **state)
{
	static const char pair[] = { 1, 0, 'A' };
	char pairs[1001 * sizeof pair], expected[3 * 1000 + 1] = "";

	(void)state;
	for (size_t i = 0; i < 1001; i++)
		memcpy(pairs + i * sizeof pair, pair, sizeof pair);
	for (size_t i = 0; i < 1000; i++)
		memcpy(expected + 3 * i, "A= ", 4);
	same_params("19: 1,000", pairs, sizeof pairs - sizeof pair, expected);
	same_params("1,001", pairs, sizeof pairs, NULL);
}

static void
test_body(void **state)
{
	struct buffer request = { 0 };
	struct arena *a = arena_new();
	size_t len = 0;

	(void)state;
	append_record(&request, FCGI_PARAMS, 100, 7);
	for (size_t i = 0; i < 9; i++) {
		append_record(&request, FCGI_STDIN, i * 100, i * 31);
		memset(request.data + request.len - i * 131, 'a' + (int)i, i * 100);
		len += i * 100;
	}

	const char *body = record_body(a, request.data, request.len);

	assert_int_equal(strlen(body), len);
	for (size_t i = 0; i < 9; body += i++ * 100)
		for (size_t k = 0; k < i * 100; k++)
			assert_int_equal(body[k], 'a' + i);
	arena_free(a);
	buffer_free(&request);
}

/* Takes the next record off *at, checks its header, and gives its content. */
static const char *
take_record(const char **at, unsigned type, unsigned id, size_t *len)
{
	const unsigned char *h = (const unsigned char *)*at;
	const char *content = *at + 8;

	assert_int_equal(h[0], 1);
	assert_int_equal(h[1], type);
	assert_int_equal(h[2] << 8 | h[3], id);
	*len = (size_t)(h[4] << 8 | h[5]);
	*at = content + *len + h[6];
	return content;
}

static void
check_end(const char **at, unsigned id, int status)
{
	size_t len;
	const char *end = take_record(at, FCGI_END_REQUEST, id, &len);

	assert_int_equal(len, 8);
	assert_memory_equal(end, "\0\0\0\0", 4);
	assert_int_equal(end[4], status);
}

static void
check_answer(const char *body, size_t body_len)
{
	static const char head[] = "Status: 200 OK\r\n\r\n";
	struct buffer out = { 0 }, got = { 0 };
	size_t len;

	record_answer(&out, 0xABCD, BYTES(head), body, body_len);

	const char *at = out.data;

	do {
		const char *content = take_record(&at, FCGI_STDOUT, 0xABCD, &len);

		buffer_append(&got, content, len);
	} while (len > 0);
	check_end(&at, 0xABCD, FCGI_REQUEST_COMPLETE);
	assert_ptr_equal(at, out.data + out.len);
	assert_int_equal(got.len, sizeof head - 1 + body_len);
	assert_memory_equal(got.data, head, sizeof head - 1);
	if (body_len > 0)
		assert_memory_equal(got.data + sizeof head - 1, body, body_len);
	buffer_free(&out);
	buffer_free(&got);
}

static void
test_answer(void **state)
{
	static const size_t sizes[] = { 0, 1, 65527, 65528, 65529, 65535, 65536, 200000 };
	char *body = malloc(200000);

	(void)state;
	for (size_t i = 0; i < 200000; i++)
		body[i] = (char)(i * 7 + i / 251);
	for (size_t i = 0; i < COUNT(sizes); i++)
		check_answer(sizes[i] > 0 ? body : NULL, sizes[i]);
	free(body);
}

static void
test_unknown_role(void **state)
{
	struct buffer out = { 0 };
	const char *at;

	(void)state;
	record_end_unknown_role(&out, 4);
	at = out.data;
	check_end(&at, 4, FCGI_UNKNOWN_ROLE);
	assert_ptr_equal(at, out.data + out.len);
	buffer_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scan),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_params),
		cmocka_unit_test(test_param_count),
		cmocka_unit_test(test_body),
		cmocka_unit_test(test_answer),
		cmocka_unit_test(test_unknown_role),
	};

	return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
