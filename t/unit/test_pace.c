/* test_pace.c: how often somebody may. */
#include "unit.h"

#include "pace.h"

enum { EACH_US = 20000, BURST = 5, ALEX = 7 };

static const int64_t begin_us = 1000000;
static struct pace pace;

static int
set_up(void **state)
{
	(void)state;
	memset(&pace, 0, sizeof pace);
	return 0;
}

static int64_t
wait_ms(int64_t id, int64_t now_us)
{
	return pace_wait_ms(&pace, id, now_us, EACH_US, BURST);
}

/* How many pass at that moment. */
static int
passing(int64_t id, int64_t now_us)
{
	int count = 0;

	while (count < 100 && wait_ms(id, now_us) == 0)
		count++;
	return count;
}

static void
test_a_burst_then_one_at_a_time(void **state)
{
	(void)state;
	assert_int_equal(passing(ALEX, begin_us), BURST);
	assert_int_equal(wait_ms(ALEX, begin_us), 20);
	assert_int_equal(wait_ms(ALEX, begin_us + 12345), 8); /* 7.655, rounded up */
	assert_int_equal(passing(ALEX, begin_us + EACH_US - 1), 0);
	assert_int_equal(passing(ALEX, begin_us + EACH_US), 1);
	assert_int_equal(passing(ALEX, begin_us + INT64_C(3) * EACH_US), 2);
}

/* Who was refused, however often, may as soon as another. */
static void
test_what_is_refused_is_not_counted(void **state)
{
	(void)state;
	(void)passing(ALEX, begin_us);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(wait_ms(ALEX, begin_us), 20);
	assert_int_equal(passing(ALEX, begin_us + EACH_US), 1);
}

static void
test_time_saves_up_a_burst_and_no_more(void **state)
{
	(void)state;
	(void)passing(ALEX, begin_us);
	assert_int_equal(passing(ALEX, begin_us + 1000 * (int64_t)EACH_US), BURST);
}

/* Also those that share a set. */
static void
test_each_is_counted_alone(void **state)
{
	(void)state;
	for (int64_t i = 0; i < PACE_WAYS; i++)
		assert_int_equal(passing(ALEX + i * PACE_SETS, begin_us), BURST);
	for (int64_t i = 0; i < PACE_WAYS; i++)
		assert_int_equal(passing(ALEX + i * PACE_SETS, begin_us), 0);
	assert_int_equal(passing(ALEX + 1, begin_us), BURST);
}

/* One too many for a set: who is due first is forgotten, not who is busiest. */
static void
test_the_stalest_makes_room(void **state)
{
	const int64_t stale = ALEX, busy = ALEX + PACE_SETS;

	(void)state;
	assert_int_equal(wait_ms(stale, begin_us), 0);
	assert_int_equal(wait_ms(stale, begin_us), 0);
	for (int64_t i = 1; i < PACE_WAYS; i++)
		(void)passing(ALEX + i * PACE_SETS, begin_us);
	assert_int_equal(passing(ALEX + PACE_WAYS * PACE_SETS, begin_us), BURST);
	assert_int_equal(wait_ms(busy, begin_us), 20);
	assert_int_equal(passing(ALEX + PACE_WAYS * PACE_SETS, begin_us), 0);
	assert_int_equal(passing(stale, begin_us), BURST); /* and not three */
}

static void
test_the_largest_id_and_the_largest_limit(void **state)
{
	(void)state;
	assert_int_equal(pace_wait_ms(&pace, ((int64_t)1 << 53) - 1, begin_us, 1000000, 1), 0);
	assert_int_equal(pace_wait_ms(&pace, ((int64_t)1 << 53) - 1, begin_us, 1000000, 1), 1000);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(pace_wait_ms(&pace, ALEX, INT64_MAX / 2, 1, 1000000), 0);
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_burst_then_one_at_a_time),
		TEST(test_what_is_refused_is_not_counted),
		TEST(test_time_saves_up_a_burst_and_no_more),
		TEST(test_each_is_counted_alone),
		TEST(test_the_stalest_makes_room),
		TEST(test_the_largest_id_and_the_largest_limit),
	};

	return cmocka_run_group_tests_name("pace", tests, NULL, NULL);
}
