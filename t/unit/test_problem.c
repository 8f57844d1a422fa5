/* test_problem.c: the catalogue is complete, and each name stands for one problem. */
#include "unit.h"

#include "problem.h"

static void
test_each_row_is_whole(void **state)
{
	enum problem p;

	(void)state;
	for (p = PROBLEM_NONE + 1; p < PROBLEM_COUNT; p++) {
		const struct problem_row *row = problem_row(p);

		if (row->name == NULL || row->title == NULL || row->status < 400 ||
		    row->status > 503) {
			fail_msg("row %d", (int)p);
			return;
		}
		if (strspn(row->name, "abcdefghijklmnopqrstuvwxyz-") < strlen(row->name))
			fail_msg("the name %s", row->name);
		assert_int_equal(problem_named(row->name), p); /* so no name is there twice */
	}
}

static void
test_names(void **state)
{
	static const struct row {
		const char *name;
		enum problem problem;
		int status;
	} rows[] = {
		{ "malformed", PROBLEM_MALFORMED, 400 },
		{ "bad-credentials", PROBLEM_BAD_CREDENTIALS, 401 },
		{ "csrf", PROBLEM_CSRF, 403 },
		{ "not-friends", PROBLEM_NOT_FRIENDS, 403 },
		{ "method-not-allowed", PROBLEM_METHOD, 405 },
		{ "client-id-reused", PROBLEM_CLIENT_ID_REUSED, 409 },
		{ "queue-gone", PROBLEM_QUEUE_GONE, 410 },
		{ "self", PROBLEM_SELF, 422 },
		{ "too-many-requests", PROBLEM_RATE, 429 },
		{ "busy", PROBLEM_BUSY, 503 },
		{ "never-heard-of", PROBLEM_INTERNAL, 500 },
		{ "none", PROBLEM_INTERNAL, 500 },
		{ "", PROBLEM_INTERNAL, 500 },
	};
	const struct row *row;

	(void)state;
	EACH (row, rows) {
		if (problem_named(row->name) != row->problem)
			fail_msg("%s", row->name);
		assert_int_equal(problem_row(row->problem)->status, row->status);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_row_is_whole),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests_name("problem", tests, NULL, NULL);
}
