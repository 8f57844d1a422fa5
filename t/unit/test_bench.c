/* test_bench.c: the parts of the load generator (t/bench) that need no server. */
#include "unit.h"

#include "../bench/hist.h"
#include "../bench/http.h"
#include "../bench/tally.h"

/* ---- latencies ---- */

static void
test_percentiles_of_small_values_are_exact(void **state)
{
	struct hist h = { .count = 0 };

	(void)state;
	assert_int_equal(hist_at(&h, 0.5), 0);
	for (int i = 1; i <= 50; i++)
		hist_add(&h, i);
	assert_int_equal(h.count, 50);
	assert_int_equal(hist_at(&h, 0.5), 25);
	assert_int_equal(hist_at(&h, 0.9), 45);
	assert_int_equal(hist_at(&h, 0.99), 50);
	assert_int_equal(hist_at(&h, 1), 50);
	assert_int_equal(hist_at(&h, 0), 1);
}

static void
test_percentiles_are_never_too_low_nor_far_too_high(void **state)
{
	static const int64_t values[] = { 63, 64, 65, 127, 128, 129, 255, 256, 1000, 4095, 4096,
		4097, 999999, 1000000, 123456789, 100000000000 };

	(void)state;
	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
		struct hist h = { .count = 0 };
		int64_t value = values[i];

		hist_add(&h, value);
		hist_add(&h, value * 4);
		assert_true(hist_at(&h, 0.5) >= value);
		assert_true(hist_at(&h, 0.5) <= value + value / 60);
		assert_int_equal(hist_at(&h, 1), value * 4);
	}
}

static void
test_rows_follow_each_other(void **state)
{
	struct hist h = { .count = 0 };
	int64_t sum = 0;

	(void)state;
	for (int64_t value = 0; value < 10000; value++)
		hist_add(&h, value);
	for (int64_t percent = 1; percent <= 100; percent++) {
		int64_t at = hist_at(&h, (double)percent / 100);

		assert_true(at >= percent * 100 - 1 && at <= percent * 102);
		assert_true(at >= sum);
		sum = at;
	}
}

static void
test_what_is_out_of_range_is_counted(void **state)
{
	struct hist h = { .count = 0 };

	(void)state;
	hist_add(&h, -5);
	assert_int_equal(hist_at(&h, 1), 0);
	hist_add(&h, INT64_MAX);
	assert_int_equal(hist_at(&h, 1), INT64_MAX);
	assert_int_equal(h.count, 2);
}

/* ---- answers in pieces ---- */

static const struct {
	const char *bytes, *body;
	int status;
	bool closes;
} answers[] = {
	{ "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: y\r\n\r\nhello", "hello", 200, false },
	{ "HTTP/1.1 304 Not Modified\r\nConnection: close\r\nContent-Length: 9\r\n\r\n", "", 304,
	    true },
	{ "HTTP/1.1 204 No Content\r\n\r\n", "", 204, false },
	{ "HTTP/1.1 201 Created\r\ncontent-LENGTH:0\r\n\r\n", "", 201, false },
	{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0B\r\n\r\n234567890\r\n0\r\n\r\n",
	    "abc\r\n234567890", 200, false },
	{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nLast: 1\r\n\r\n",
	    "a", 200, false },
	{ "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 503 Busy\r\nContent-Length: 2\r\n\r\n\r\n", "\r\n",
	    503, false },
	{ "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", "x", 200, true },
};

static void
test_an_answer_is_the_same_in_any_pieces(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
		size_t len = strlen(answers[i].bytes);

		for (size_t piece = 1; piece <= len; piece++) {
			struct http a = { .state = HTTP_HEAD };

			for (size_t at = 0; at < len; at += piece) {
				size_t part = len - at < piece ? len - at : piece;

				assert_int_not_equal(a.state, HTTP_COMPLETE);
				assert_int_equal(http_take(&a, answers[i].bytes + at, part), part);
			}
			assert_int_equal(a.state, HTTP_COMPLETE);
			assert_int_equal(a.status, answers[i].status);
			assert_string_equal(http_body(&a), answers[i].body);
			assert_int_equal(http_body_len(&a), strlen(answers[i].body));
			assert_int_equal(a.closes, answers[i].closes);
			http_free(&a);
		}
	}
}

static void
test_what_follows_an_answer_is_left(void **state)
{
	static const char two[] =
	    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naHTTP/1.1 201 OK\r\n\r\n";
	size_t first = strlen(two) - strlen("HTTP/1.1 201 OK\r\n\r\n");
	struct http a = { .state = HTTP_HEAD };

	(void)state;
	assert_int_equal(http_take(&a, two, strlen(two)), first);
	assert_string_equal(http_body(&a), "a");
	http_reset(&a);
	assert_int_equal(http_take(&a, two + first, strlen(two) - first), strlen(two) - first);
	assert_int_equal(a.state, HTTP_COMPLETE);
	assert_int_equal(a.status, 201);
	assert_string_equal(http_body(&a), "");
	http_free(&a);
}

static void
test_headers_are_found_in_any_case(void **state)
{
	static const char bytes[] =
	    "HTTP/1.1 200 OK\r\nETag:  \"1:2\" \r\nLast-Modified: now\r\nContent-Length: 3\r\n\r\nA: b";
	struct http a = { .state = HTTP_HEAD };
	char value[8];

	(void)state;
	(void)http_take(&a, bytes, strlen(bytes));
	assert_true(http_header(&a, "last-modified", value, sizeof value));
	assert_string_equal(value, "now");
	assert_true(http_header(&a, "ETAG", value, 4));
	assert_string_equal(value, "\"1:");
	assert_false(http_header(&a, "Last", value, sizeof value));
	assert_false(http_header(&a, "A", value, sizeof value));
	http_free(&a);
}

static void
test_nonsense_is_refused(void **state)
{
	static const char *const bytes[] = {
		"SSH-2.0-x\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7fffffff\r\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof bytes / sizeof bytes[0]; i++) {
		struct http a = { .state = HTTP_HEAD };

		(void)http_take(&a, bytes[i], strlen(bytes[i]));
		assert_int_equal(a.state, HTTP_BAD);
		http_free(&a);
	}
}

/* ---- who got what ---- */

static void
test_each_reader_gets_it_once(void **state)
{
	struct message to_many = { .due_us = 1000, .first = 5, .count = 100 };
	struct message to_one = { .due_us = 1000, .first = 7, .count = 1 };
	struct tally t;

	(void)state;
	tally_init(&t, 4);
	assert_int_equal(tally_add(&t, &to_many), 1);
	assert_int_equal(tally_add(&t, &to_one), 2);
	assert_false(tally_is_complete(&t, 2));
	assert_true(tally_got(&t, 2, 7, false, 1500));
	assert_false(tally_got(&t, 2, 7, false, 1600));
	assert_int_equal(t.doubled, 1);
	assert_false(tally_got(&t, 2, 7, true, 1600)); /* a resync repeats */
	assert_int_equal(t.doubled, 1);
	assert_false(tally_got(&t, 2, 8, false, 1600));
	assert_false(tally_got(&t, 3, 8, false, 1600));
	assert_false(tally_got(&t, 0, 8, false, 1600));
	assert_int_equal(t.stray, 3);
	for (uint32_t reader = 5; reader < 104; reader++)
		assert_false(tally_got(&t, 1, reader, false, 2000));
	assert_int_equal(tally_missing(&t), 0); /* nobody has promised it yet */
	tally_answered(&t, 1, true, 1700);
	assert_int_equal(tally_missing(&t), 1);
	assert_true(tally_got(&t, 1, 104, false, 3000));
	assert_int_equal(tally_missing(&t), 0);
	assert_int_equal(t.deliveries, 101);
	assert_int_equal(t.delivery_us.count, 101);
	assert_int_equal(t.delivery_us.max, 2000);
	assert_int_equal(t.answer_us.max, 700);
	tally_free(&t);
}

static void
test_what_was_refused_is_not_lost_and_room_ends(void **state)
{
	struct message m = { .count = 1 };
	struct tally t;

	(void)state;
	tally_init(&t, 2);
	assert_int_equal(tally_add(&t, &m), 1);
	assert_int_equal(tally_add(&t, &m), 0);
	tally_answered(&t, 1, false, 1);
	assert_int_equal(t.answered, 0);
	assert_int_equal(tally_missing(&t), 0);
	tally_posted(&t, 1); /* that promises it, and takes no time */
	assert_int_equal(t.answered, 1);
	assert_int_equal(t.answer_us.count, 0);
	assert_int_equal(tally_missing(&t), 1);
	tally_free(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_percentiles_of_small_values_are_exact),
		cmocka_unit_test(test_percentiles_are_never_too_low_nor_far_too_high),
		cmocka_unit_test(test_rows_follow_each_other),
		cmocka_unit_test(test_what_is_out_of_range_is_counted),
		cmocka_unit_test(test_an_answer_is_the_same_in_any_pieces),
		cmocka_unit_test(test_what_follows_an_answer_is_left),
		cmocka_unit_test(test_headers_are_found_in_any_case),
		cmocka_unit_test(test_nonsense_is_refused),
		cmocka_unit_test(test_each_reader_gets_it_once),
		cmocka_unit_test(test_what_was_refused_is_not_lost_and_room_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
