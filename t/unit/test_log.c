/* test_log.c: a line's form; that nothing in a value makes a second line; and
 * that a reader who sleeps doesn't stop us. */
#include "unit.h"

#include <fcntl.h>
#include <unistd.h>

#include "log.h"

static int saved, pipe_in;

/* Standard error becomes a pipe, whose other end is pipe_in. */
static int
set_up(void **state)
{
	int ends[2];

	(void)state;
	if (pipe2(ends, O_CLOEXEC) != 0)
		return -1;
	saved = dup(STDERR_FILENO);
	dup2(ends[1], STDERR_FILENO);
	close(ends[1]);
	pipe_in = ends[0];
	fcntl(pipe_in, F_SETFL, O_NONBLOCK);
	log_level(LOG_INFO);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(pipe_in);
	return 0;
}

/* What was logged since, without its times. */
static const char *
logged(void)
{
	static char text[10000];
	ssize_t len = read(pipe_in, text, sizeof text - 1);

	text[len > 0 ? len : 0] = '\0';
	return len > 25 ? text + 25 : text;
}

static void
test_a_line(void **state)
{
	struct log l = { .request_id = "abc", .step = "POST /api/send", .user_id = 7 };
	char text[200];
	ssize_t len;

	(void)state;
	log_warn(&l, "push failed", "queue=%s tries=%d", "x1", 3);
	assert_string_equal(logged(),
	    "warn push failed request=abc user=7 step=\"POST /api/send\" queue=x1 tries=3\n");
	log_info(NULL, "started", "");
	assert_string_equal(logged(), "info started\n");
	l = (struct log){ 0 };
	log_error(&l, "gone", "why=%s", "no");
	assert_string_equal(logged(), "error gone why=no\n");
	log_info(NULL, "started", "");
	len = read(pipe_in, text, sizeof text);
	assert_int_equal(len, strlen("2026-11-22T18:50:42.123Z info started\n"));
	assert_int_equal(text[10], 'T');
	assert_int_equal(text[23], 'Z');
}

static void
test_levels(void **state)
{
	(void)state;
	log_debug(NULL, "detail", "");
	assert_string_equal(logged(), "");
	log_level(LOG_DEBUG);
	log_debug(NULL, "detail", "");
	assert_string_equal(logged(), "debug detail\n");
	log_level(LOG_ERROR);
	log_warn(NULL, "trouble", "");
	assert_string_equal(logged(), "");
}

/* S23: CR, LF and escape sequences. */
static void
test_control_characters_are_escaped(void **state)
{
	static const struct row {
		const char *value, *expected;
	} rows[] = {
		{ "a\r\nb", "info x v=a\\u000d\\u000ab\n" },
		{ "\x1B[31m", "info x v=\\u001b[31m\n" },
		{ "\x7F", "info x v=\\u007f\n" },
		{ "\xC2\x9B"
		  "31m",
		    "info x v=\\u009b31m\n" },
		{ "\u2028\u202E", "info x v=\\u2028\\u202e\n" },
		{ "h\u00E9 \U0001F600", "info x v=h\u00E9 \U0001F600\n" },
		{ "\xFF\xC3", "info x v=\\xff\\xc3\n" },
		{ "%s%n", "info x v=%s%n\n" },
	};
	const struct row *row;
	struct log l = { .request_id = "a\nb" };

	(void)state;
	EACH (row, rows) {
		log_info(NULL, "x", "v=%s", row->value);
		same_string(row->expected, logged(), row->expected);
	}
	log_info(&l, "x", "");
	assert_string_equal(logged(), "info x request=a\\u000ab\n");
}

/* Whoever reads the line finds the end of the value, and what it was. */
static void
test_a_quoted_value_can_be_read_back(void **state)
{
	static const struct row {
		const char *value, *expected;
	} rows[] = {
		{ "", "\"\"" },
		{ "a b", "\"a b\"" },
		{ "socket \"/tmp/s\" failed", "\"socket \\\"/tmp/s\\\" failed\"" },
		{ "\" error=\"none", "\"\\\" error=\\\"none\"" },
		{ "a\\", "\"a\\\\\"" },
		{ "\\u000a\n", "\"\\\\u000a\\u000a\"" },
		{ "h\u00E9 \xFF \u202E", "\"h\u00E9 \\xff \\u202e\"" },
	};
	const struct row *row;
	char expected[100];

	(void)state;
	EACH (row, rows) {
		log_info(NULL, "x", "v=%s w=%d", LOG_QUOTED(row->value), 1);
		snprintf(expected, sizeof expected, "info x v=%s w=1\n", row->expected);
		same_string(row->expected, logged(), expected);
	}
}

static void
test_a_long_quoted_value_is_cut_within_its_quotes(void **state)
{
	static const char *const fills[] = { "a", "\"", "\\", "\n", "\u00E9" };
	const char *const *fill;
	char value[5000], quoted[LOG_QUOTED_SIZE];
	size_t len, bare;

	(void)state;
	EACH (fill, fills) {
		for (len = 0; len + strlen(*fill) < sizeof value; len += strlen(*fill))
			memcpy(value + len, *fill, strlen(*fill) + 1);
		len = strlen(log_quoted(quoted, value));
		assert_true(len < sizeof quoted && len > sizeof quoted - 10);
		assert_int_equal(quoted[len - 1], '"');
		for (bare = 1; bare < len - 1; bare++)
			if (quoted[bare] == '\\')
				bare++; /* what is escaped is no end */
			else
				assert_int_not_equal(quoted[bare], '"');
		assert_int_equal(bare, len - 1);
		log_info(NULL, "x", "v=%s w=%d", quoted, 1);
		assert_string_equal(logged() + strlen("info x v=") + len, " w=1\n");
	}
}

static void
test_a_long_line_is_cut(void **state)
{
	char value[5000];
	const char *text;

	(void)state;
	memset(value, '\n', sizeof value);
	value[sizeof value - 1] = '\0';
	log_info(NULL, "x", "v=%s", value);
	text = logged();
	assert_true(strlen(text) <= 2048);
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
}

static void
same_part(const char *expected, const char *text)
{
	assert_memory_equal(expected, text, strlen(expected));
}

static void
test_a_full_pipe_and_a_closed_one_stop_nobody(void **state)
{
	const char *text;
	char expected[100];
	int i;

	(void)state;
	for (i = 0; i < 10000; i++)
		log_info(NULL, "nobody reads this", "i=%d", i);
	assert_true(log_dropped() > 5000 && log_dropped() < 10000);
	while (logged()[0] != '\0')
		;
	log_info(NULL, "again", "");
	snprintf(expected, sizeof expected, "warn log lines dropped count=%llu\n",
	    (unsigned long long)log_dropped());
	text = logged();
	same_part(expected, text);
	same_part("info again\n", text + strlen(expected) + 25);
	log_info(NULL, "and again", "");
	assert_string_equal(logged(), "info and again\n");
	close(STDERR_FILENO);
	log_info(NULL, "nowhere", "");
}

static void
test_a_full_disk_is_counted(void **state)
{
	uint64_t before = log_dropped();
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);

	(void)state;
	assert_true(full >= 0);
	dup2(full, STDERR_FILENO);
	close(full);
	log_info(NULL, "x", "");
	log_info(NULL, "y", "");
	assert_int_equal(log_dropped() - before, 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_line),
		TEST(test_levels),
		TEST(test_control_characters_are_escaped),
		TEST(test_a_quoted_value_can_be_read_back),
		TEST(test_a_long_quoted_value_is_cut_within_its_quotes),
		TEST(test_a_long_line_is_cut),
		TEST(test_a_full_pipe_and_a_closed_one_stop_nobody),
		TEST(test_a_full_disk_is_counted),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
