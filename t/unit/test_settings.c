/* test_settings.c: defaults, what a value must be, files, and that what is
 * printed can be read again. */
#include "unit.h"

#include <unistd.h>

#include "settings.h"

static struct settings settings;
static char error[200];

static void
test_defaults(void **state)
{
	(void)state;
	assert_string_equal(settings.site_origin, "");
	assert_string_equal(settings.db_conninfo, "dbname=magpie user=magpie_worker");
	assert_int_equal(settings.db_connections, 2);
	assert_string_equal(settings.redis_address, "/run/redis/redis-server.sock");
	assert_int_equal(settings.receive_hold, 25);
	assert_int_equal(settings.receive_parked_max, 50000);
	assert_int_equal(settings.session_lifetime_days, 30);
	assert_true(settings.limits_enabled);
	assert_int_equal(settings.limits_send_rate, 20);
	assert_int_equal(settings.limits_register_burst, 100);
	assert_string_equal(settings.log_level, "info");
}

static void
test_assignments(void **state)
{
	static const struct row {
		const char *assignment, *error; /* NULL: it is good */
	} rows[] = {
		{ "receive.hold=5", NULL },
		{ "  receive.hold \t=  5  \r\n", NULL },
		{ "receive.hold=1", NULL },
		{ "receive.hold=55", NULL },
		{ "receive.hold=0", "receive.hold must be an integer from 1 to 55, not \"0\"" },
		{ "receive.hold=56", "receive.hold must be an integer from 1 to 55, not \"56\"" },
		{ "receive.hold=", "receive.hold must be an integer from 1 to 55, not \"\"" },
		{ "receive.hold=5s", "receive.hold must be an integer from 1 to 55, not \"5s\"" },
		{ "receive.hold=05", "receive.hold must be an integer from 1 to 55, not \"05\"" },
		{ "receive.hold", "\"receive.hold\" is not name = value" },
		{ "", "\"\" is not name = value" },
		{ "=5", "there is no setting \"\"" },
		{ "receive.held=5", "there is no setting \"receive.held\"" },
		{ "receive.hol=5", "there is no setting \"receive.hol\"" },
		{ "receive_hold=5", "there is no setting \"receive_hold\"" },
		{ "Receive.hold=5", "there is no setting \"Receive.hold\"" },
		{ "limits.enabled=no", NULL },
		{ "limits.enabled=true", "limits.enabled must be yes or no, not \"true\"" },
		{ "db.conninfo=host=/tmp dbname=x user=y", NULL },
		{ "db.conninfo=", NULL },
		{ "db.conninfo=a\nb", "db.conninfo must be a text of 0 to 4000 bytes" },
		{ "redis.address=", "redis.address must be a text of 1 to 255 bytes, not \"\"" },
		{ "redis.address=127.0.0.1:6379", NULL },
		{ "redis.password=se\tcret", "redis.password must be a text of 0 to 512 bytes" },
		{ "log.level=debug", NULL },
		{ "log.level=loud", "log.level must be debug, info, warn or error, not \"loud\"" },
		{ "site.origin=", NULL },
		{ "site.origin=https://chat.example.org", NULL },
		{ "site.origin=http://127.0.0.1:8080, http://[::1]:8080,", NULL },
		{ "site.origin=https://chat.example.org/",
		    "site.origin must be http:// or https:// and a host "
		    "in lower case, without a path, not \"https://chat.example.org/\"" },
		{ "site.origin=chat.example.org",
		    "site.origin must be http:// or https:// and a host "
		    "in lower case, without a path, not \"chat.example.org\"" },
		{ "site.origin=https://,http://x",
		    "site.origin must be http:// or https:// and a host "
		    "in lower case, without a path, not \"https://,http://x\"" },
		{ "site.origin=https://x,null",
		    "site.origin must be http:// or https:// and a host "
		    "in lower case, without a path, not \"https://x,null\"" },
	};
	const struct row *row;

	(void)state;
	EACH (row, rows) {
		error[0] = '\0';
		same_bool(row->assignment,
		    settings_set(&settings, row->assignment, error, sizeof error),
		    row->error == NULL);
		same_string(row->assignment, error, row->error != NULL ? row->error : "");
	}
}

static void
test_a_refused_value_changes_nothing(void **state)
{
	(void)state;
	assert_true(settings_set(&settings, "receive.hold=7", error, sizeof error));
	assert_false(settings_set(&settings, "receive.hold=70", error, sizeof error));
	assert_int_equal(settings.receive_hold, 7);
	assert_true(settings_set(&settings, "redis.address=a", error, sizeof error));
	assert_true(settings_set(&settings, "redis.address=b", error, sizeof error));
	assert_false(settings_set(&settings, "redis.address=", error, sizeof error));
	assert_string_equal(settings.redis_address, "b");
	assert_false(settings_set(
	    &settings, "a setting whose name is longer than the place for an error=1", error, 20));
	assert_int_equal(strlen(error), 19);
}

/* Loads a file of these bytes. */
static bool
load(const char *bytes, size_t len)
{
	char path[] = "/tmp/magpie-settings-XXXXXX";
	int fd = mkstemp(path);
	bool good;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), len);
	close(fd);
	good = settings_load(&settings, path, error, sizeof error);
	unlink(path);
	return good;
}

static void
test_files(void **state)
{
	(void)state;
	assert_true(load(BYTES("# a comment\n\n  # another\nreceive.hold = 9\r\nlog.level=warn")));
	assert_int_equal(settings.receive_hold, 9);
	assert_string_equal(settings.log_level, "warn");
	assert_true(load(BYTES("")));
	assert_false(load(BYTES("receive.hold = 9\n\nreceive.hold = x\nlog.level = error\n")));
	assert_non_null(strstr(error, ":3: receive.hold must be"));
	assert_string_equal(settings.log_level, "warn");
	assert_false(load(BYTES("receive.hold = 9\0\n")));
	assert_non_null(strstr(error, ":1: has a NUL"));
	assert_false(settings_load(&settings, "/nonexistent/magpie.conf", error, sizeof error));
	assert_string_equal(error, "/nonexistent/magpie.conf: No such file or directory");
	assert_false(settings_load(&settings, "/tmp", error, sizeof error));
	assert_string_equal(error, "/tmp: Is a directory");
}

static char *
printed(void)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	settings_print(&settings, out);
	fclose(out);
	return text;
}

static void
test_what_is_printed_can_be_read(void **state)
{
	char *first, *second;

	(void)state;
	assert_true(
	    settings_set(&settings, "db.conninfo=host=/tmp user='a b'", error, sizeof error));
	assert_true(settings_set(&settings, "limits.enabled=no", error, sizeof error));
	first = printed();
	assert_non_null(strstr(first, "\ndb.conninfo = host=/tmp user='a b'\n"));
	assert_non_null(strstr(first,
	    "# seconds for which a poll is held unless it says otherwise\n"
	    "# an integer from 1 to 55; default: 25\nreceive.hold = 25\n"));
	settings_free(&settings);
	settings_init(&settings);
	assert_true(load(first, strlen(first)));
	assert_false(settings.limits_enabled);
	second = printed();
	assert_string_equal(first, second);
	free(first);
	free(second);
}

static void
test_a_password_is_not_printed(void **state)
{
	char *text;

	(void)state;
	assert_true(settings_set(&settings, "redis.password=hush", error, sizeof error));
	text = printed();
	assert_null(strstr(text, "hush"));
	assert_non_null(strstr(text, "# redis.password is set"));
	free(text);
}

static int
set_up(void **state)
{
	(void)state;
	settings_init(&settings);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	settings_free(&settings);
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_defaults),
		TEST(test_assignments),
		TEST(test_a_refused_value_changes_nothing),
		TEST(test_files),
		TEST(test_what_is_printed_can_be_read),
		TEST(test_a_password_is_not_printed),
	};

	return cmocka_run_group_tests_name("settings", tests, NULL, NULL);
}
