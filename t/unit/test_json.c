/* test_json.c: what the writer writes, byte for byte. */
#include "unit.h"

#include "json.h"

static void
test_shapes(void **state)
{
	struct json j = { 0 };
	size_t len;

	(void)state;
	json_open(&j);
	json_member_int(&j, "n", INT64_MIN);
	json_member_bool(&j, "yes", true);
	json_member_string(&j, "none", NULL);
	json_member_raw(&j, "notice", "{\"what\":1}");
	json_member_raw(&j, "no", NULL);
	json_key(&j, "list");
	json_open_array(&j);
	json_int(&j, 1);
	json_bool(&j, false);
	json_null(&j);
	json_open(&j);
	json_close(&j);
	json_open_array(&j);
	json_close_array(&j);
	json_raw(&j, "7", 1);
	json_close_array(&j);
	json_members_raw(&j, "{\"a\": 1, \"b\": {}}");
	json_members_raw(&j, "{}");
	json_members_raw(&j, NULL);
	json_member_string(&j, "last", "x");
	json_close(&j);
	assert_string_equal(json_text(&j, &len),
	    "{\"n\":-9223372036854775808,\"yes\":true,\"none\":null,"
	    "\"notice\":{\"what\":1},\"no\":null,\"list\":[1,false,null,{},[],7],\"a\": 1, \"b\": {},\"last\":\"x\"}");
	assert_int_equal(len, strlen(json_text(&j, NULL)));
	buffer_free(&j.out);
}

static void
test_strings(void **state)
{
	static const struct row {
		const char *bytes;
		size_t len;
		const char *expected;
	} rows[] = {
		{ BYTES(""), "\"\"" },
		{ BYTES("hello"), "\"hello\"" },
		{ BYTES("\"\\/"), "\"\\\"\\\\/\"" },
		{ BYTES("\n\r\t\b\f"), "\"\\n\\r\\t\\u0008\\u000c\"" },
		{ BYTES("a\0b\x1F\x7F"), "\"a\\u0000b\\u001f\x7F\"" },
		{ BYTES("\u00E9\u2028\U0001F600"), "\"\u00E9\u2028\U0001F600\"" },
		{ BYTES("</script>"), "\"</script>\"" },
	};
	const struct row *row;

	(void)state;
	EACH (row, rows) {
		struct json j = { 0 };

		json_string(&j, row->bytes, row->len);
		same_string(row->expected, json_text(&j, NULL), row->expected);
		buffer_free(&j.out);
	}
}

static void
test_text_is_borrowed_until_the_next_write(void **state)
{
	struct json j = { 0 };

	(void)state;
	assert_string_equal(json_text(&j, NULL), "");
	json_open_array(&j);
	assert_string_equal(json_text(&j, NULL), "[");
	json_int(&j, 1);
	json_int(&j, 2);
	json_close_array(&j);
	assert_string_equal(json_text(&j, NULL), "[1,2]");
	buffer_free(&j.out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_text_is_borrowed_until_the_next_write),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
