/* test_record.c: FastCGI's records, good and hostile. The numbers at the rows
 * are those of the list of hostile cases, F. */
#include "unit.h"

#include "record.h"

/* Records, as bytes of a literal: type, id and length below 256, padding 0. */
#define HEADER(type, id, len) "\x01" type "\0" id "\0" len "\0\0"
#define BEGIN                 HEADER("\x01", "\x01", "\x08") "\0\x01\x01\0\0\0\0\0"
#define PARAMS_END            HEADER("\x04", "\x01", "\0")
#define STDIN_END             HEADER("\x05", "\x01", "\0")
#define PAIR                                                                                       \
	"\x01\x02"                                                                                 \
	"A"                                                                                        \
	"bc"
#define PAIR_LEN "\x05"
#define GOOD                                                                                       \
	BEGIN HEADER("\x04", "\x01", PAIR_LEN)                                                     \
	PAIR PARAMS_END HEADER("\x05", "\x01", "\x02") "{}" STDIN_END

static enum record_verdict
scan(const char *bytes, size_t len, struct record_scan *s)
{
	char *exact = malloc(len > 0 ? len : 1); /* so that a byte read too far is seen */
	enum record_verdict verdict;

	assert_non_null(exact);
	memcpy(exact, bytes, len);
	verdict = record_scan(s, exact, len);
	free(exact);
	return verdict;
}

static void
test_requests(void **state)
{
	static const struct row {
		const char *what, *bytes;
		size_t len;
		enum record_verdict verdict;
	} rows[] = {
		{ "nothing", BYTES(""), RECORD_MORE },
		{ "whole", BYTES(GOOD), RECORD_WHOLE },
		{ "a second one behind", BYTES(GOOD GOOD), RECORD_WHOLE },
		{ "no parameters, no body", BYTES(BEGIN PARAMS_END STDIN_END), RECORD_WHOLE },
		{ "F04 GET_VALUES", BYTES(HEADER("\x09", "\0", "\0")), RECORD_BAD },
		{ "GET_VALUES in between", BYTES(BEGIN HEADER("\x09", "\0", "\0")), RECORD_BAD },
		{ "GET_VALUES under the id", BYTES(BEGIN HEADER("\x09", "\x01", "\0")),
		    RECORD_BAD },
		{ "F08 version 9", BYTES("\x09\x01\0\x01\0\x08\0\0"), RECORD_BAD },
		{ "version 9 later", BYTES(BEGIN "\x09\x04\0\x01\0\0\0\0"), RECORD_BAD },
		{ "F09 role 77", BYTES(HEADER("\x01", "\x01", "\x08") "\0\x4D\x01\0\0\0\0\0"),
		    RECORD_ROLE },
		{ "F10 short BEGIN", BYTES(HEADER("\x01", "\x01", "\x04") "\0\x01\x01\0"),
		    RECORD_BAD },
		{ "id 0", BYTES(HEADER("\x01", "\0", "\x08") "\0\x01\x01\0\0\0\0\0"), RECORD_BAD },
		{ "F11 another id", BYTES(BEGIN HEADER("\x04", "\x02", "\0")), RECORD_BAD },
		{ "F12 ABORT before the parameters end", BYTES(BEGIN HEADER("\x02", "\x01", "\0")),
		    RECORD_ABORTED },
		{ "ABORT first", BYTES(HEADER("\x02", "\x01", "\0")), RECORD_BAD },
		{ "F14 two BEGIN", BYTES(BEGIN BEGIN), RECORD_BAD },
		{ "F15 STDIN before PARAMS", BYTES(BEGIN STDIN_END), RECORD_BAD },
		{ "PARAMS after their end", BYTES(BEGIN PARAMS_END PARAMS_END), RECORD_BAD },
		{ "F16 padding 255, not there yet", BYTES(BEGIN "\x01\x04\0\x01\0\0\xFF\0"),
		    RECORD_MORE },
		{ "F17 65,535 bytes, not there", BYTES(BEGIN "\x01\x04\0\x01\xFF\xFF\0\0"),
		    RECORD_MORE },
		{ "DATA", BYTES(BEGIN HEADER("\x08", "\x01", "\0")), RECORD_BAD },
		{ "STDOUT", BYTES(BEGIN HEADER("\x06", "\x01", "\0")), RECORD_BAD },
		{ "type 255", BYTES(BEGIN HEADER("\xFF", "\x01", "\0")), RECORD_BAD },
		{ "HTTP", BYTES("GET / HTTP/1.1\r\n\r\n"), RECORD_BAD },
	};
	const struct row *row;

	(void)state;
	EACH (row, rows) {
		struct record_scan s = { 0 };
		enum record_verdict verdict = scan(row->bytes, row->len, &s);

		if (verdict != row->verdict)
			fail_msg(
			    "%s: got %d, expected %d", row->what, (int)verdict, (int)row->verdict);
		assert_true(s.at <= row->len);
	}
}

static void
test_what_is_noted(void **state)
{
	struct record_scan s = { 0 };

	(void)state;
	assert_int_equal(scan(BYTES(GOOD GOOD), &s), RECORD_WHOLE);
	assert_int_equal(s.at, sizeof GOOD - 1);
	assert_int_equal(s.id, 1);
	assert_int_equal(s.params_len, 5);
	assert_int_equal(s.body_len, 2);
	assert_true(s.keep);
}

/* However the bytes arrive, the verdict is the same. */
static void
test_byte_by_byte(void **state)
{
	struct record_scan s = { 0 };
	size_t len;

	(void)state;
	for (len = 0; len < sizeof GOOD - 1; len++)
		assert_int_equal(scan(GOOD, len, &s), RECORD_MORE);
	assert_int_equal(scan(GOOD, len, &s), RECORD_WHOLE);
}

/* Records of one type, `count` times `len` bytes. */
static void
add_records(struct buffer *out, unsigned char type, size_t len, size_t count)
{
	static const char zeros[65535];

	while (count-- > 0) {
		unsigned char header[8] = { 1, type, 0, 1, (unsigned char)(len >> 8),
			(unsigned char)(len & 0xFF), 0, 0 };

		buffer_append(out, header, sizeof header);
		buffer_append(out, zeros, len);
	}
}

static void
test_limits(void **state)
{
	static const struct row {
		const char *what;
		size_t params_len, params_count, body_len, body_count;
		enum record_verdict verdict;
	} rows[] = {
		{ "the largest parameters", 32768, 3, 1, 1, RECORD_WHOLE },
		{ "parameters too large", 32769, 3, 1, 1, RECORD_BAD },
		{ "the largest body", 1, 1, 32768, 2, RECORD_WHOLE },
		{ "body too large", 1, 1, 32769, 2, RECORD_TOO_LARGE },
		{ "in one byte a record", 1, 1, 1, 65536, RECORD_WHOLE },
		{ "one byte too much", 1, 1, 1, 65537, RECORD_TOO_LARGE },
	};
	const struct row *row;

	(void)state;
	EACH (row, rows) {
		struct record_scan s = { 0 };
		struct buffer bytes = { 0 };
		enum record_verdict verdict;

		buffer_append(&bytes, BYTES(BEGIN));
		add_records(&bytes, 4, row->params_len, row->params_count);
		add_records(&bytes, 4, 0, 1);
		add_records(&bytes, 5, row->body_len, row->body_count);
		add_records(&bytes, 5, 0, 1);
		verdict = record_scan(&s, bytes.data, bytes.len);
		if (verdict != row->verdict)
			fail_msg(
			    "%s: got %d, expected %d", row->what, (int)verdict, (int)row->verdict);
		buffer_free(&bytes);
	}
}

/* A whole request with these bytes for parameters, cut into records of `part` bytes. */
static bool
params_good(const char *params, size_t len, size_t part)
{
	struct buffer bytes = { 0 };
	size_t at, n;
	bool good;

	buffer_append(&bytes, BYTES(BEGIN));
	for (at = 0; at < len; at += n) {
		unsigned char header[8] = { 1, 4, 0, 1, 0, 0, 3, 0 };

		n = len - at < part ? len - at : part;
		header[4] = (unsigned char)(n >> 8);
		header[5] = (unsigned char)(n & 0xFF);
		buffer_append(&bytes, header, sizeof header);
		buffer_append(&bytes, params + at, n);
		buffer_append(&bytes, "xxx", 3); /* padding */
	}
	buffer_append(&bytes, BYTES(PARAMS_END STDIN_END));
	good = record_params_good(bytes.data, bytes.len);
	buffer_free(&bytes);
	return good;
}

static void
test_params(void **state)
{
	static const struct row {
		const char *what, *bytes;
		size_t len;
		bool good;
	} rows[] = {
		{ "none", BYTES(""), true },
		{ "one", BYTES(PAIR), true },
		{ "two", BYTES(PAIR PAIR), true },
		{ "an empty value", BYTES("\x01\0A"), true },
		{ "long lengths",
		    BYTES("\x80\0\0\x01\x80\0\0\x02"
			  "Abc"),
		    true },
		{ "F01 7fffffff twice", BYTES("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"), false },
		{ "F02 a sum beyond 2^32",
		    BYTES("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"
			  "Abc"),
		    false },
		{ "F03 a value of 2 GB",
		    BYTES("\x01\xFF\xFF\xFF\xFF"
			  "Abc"),
		    false },
		{ "a name too long", BYTES("\x04\0Abc"), false },
		{ "a value too long",
		    BYTES("\x01\x03"
			  "Abc"),
		    false },
		{ "a length alone", BYTES("\x01"), false },
		{ "half a long length", BYTES("\x01\x80\0"), false },
		{ "no name",
		    BYTES("\0\x01"
			  "b"),
		    false },
		{ "F07 a name with NUL",
		    BYTES("\x02\x01"
			  "A\0b"),
		    false },
		{ "a value with NUL",
		    BYTES("\x01\x02"
			  "Ab\0"),
		    false },
		{ "F20 A=x", BYTES("\x03\0A=x"), false },
		{ "= in a value",
		    BYTES("\x01\x03"
			  "Aa=b"),
		    true },
	};
	const struct row *row;
	size_t part;

	(void)state;
	EACH (row, rows)
		for (part = 1; part < 12; part++)
			same_bool(row->what, params_good(row->bytes, row->len, part), row->good);
}

/* F19. */
static void
test_a_thousand_params(void **state)
{
	struct buffer params = { 0 };
	int i;

	(void)state;
	for (i = 0; i < 1000; i++)
		buffer_append(&params, BYTES(PAIR));
	assert_true(params_good(params.data, params.len, 65535));
	buffer_append(&params, BYTES(PAIR));
	assert_false(params_good(params.data, params.len, 65535));
	buffer_free(&params);
}

static void
test_answers(void **state)
{
	struct buffer out = { 0 };
	char *body = xzalloc(70000);

	(void)state;
	record_answer(&out, 258, "Status: 204\r\n\r\n", 15, "", 0);
	assert_int_equal(out.len, 8 + 15 + 8 + 16);
	assert_memory_equal(out.data, "\x01\x06\x01\x02\0\x0F\0\0Status: 204\r\n\r\n", 23);
	assert_memory_equal(out.data + 23, "\x01\x06\x01\x02\0\0\0\0", 8);
	assert_memory_equal(out.data + 31, "\x01\x03\x01\x02\0\x08\0\0\0\0\0\0\0\0\0\0", 16);
	buffer_free(&out);
	record_answer(&out, 1, "h", 1, body, 70000);
	assert_int_equal(out.len, 9 + 8 + 65528 + 8 + (70000 - 65528) + 8 + 16);
	assert_memory_equal(out.data + 9, "\x01\x06\0\x01\xFF\xF8\0\0", 8);
	buffer_free(&out);
	record_end_unknown_role(&out, 1);
	assert_memory_equal(out.data, "\x01\x03\0\x01\0\x08\0\0\0\0\0\0\x03\0\0\0", 16);
	buffer_free(&out);
	record_end(&out, 1);
	assert_memory_equal(out.data, "\x01\x03\0\x01\0\x08\0\0\0\0\0\0\0\0\0\0", 16);
	buffer_free(&out);
	free(body);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_what_is_noted),
		cmocka_unit_test(test_byte_by_byte),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_params),
		cmocka_unit_test(test_a_thousand_params),
		cmocka_unit_test(test_answers),
	};

	return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
