/* test_door.c: how long an answer may take, by a clock of the test's own. */
#include "unit.h"

#include <ev.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "door.h"
#include "log.h"
#include "loop.h"

enum { ANSWER_SIZE = 4 << 20, LITTLE = 1024, ENOUGH = 192 * 1024, MANY = 20, SOON_S = 25 };

static const char request[] =
    "\1\1\0\1\0\10\0\0\0\1\1\0\0\0\0\0" /* begins, and keeps its connection */
    "\1\4\0\1\0\4\0\0\1\1AB\1\4\0\1\0\0\0\0\1\5\0\1\0\0\0\0";

/* ---- The clock ---- */

static time_t later_s;

int
clock_gettime(clockid_t id, struct timespec *t)
{
	long result = syscall(SYS_clock_gettime, id, t);

	if (id == CLOCK_MONOTONIC)
		t->tv_sec += later_s;
	return (int)result;
}

static void
turn(void)
{
	(void)ev_run(loop_ev(), EVRUN_ONCE);
}

static bool ticked;

static void
on_tick(struct deadline *d)
{
	(void)d;
	ticked = true;
}

/* All that is due then has been done. */
static void
pass(time_t seconds)
{
	static struct deadline now;

	ticked = false;
	later_s += seconds - 1;
	deadline_set(&now, 0, on_tick);
	later_s++;
	while (!ticked)
		turn();
}

/* ---- A peer ---- */

static struct sockaddr_un address = { .sun_family = AF_UNIX };
static int answered;

static void
on_request(struct door_connection *c, const struct door_input *in)
{
	static char body[ANSWER_SIZE];

	arena_free(in->arena);
	door_own(c, NULL, NULL);
	answered++;
	door_answer(c, BYTES("Status: 200 OK\r\n\r\n"), body, sizeof body);
}

static int
asking(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), before = answered;

	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(write(fd, request, sizeof request - 1), sizeof request - 1);
	while (answered == before)
		turn();
	return fd;
}

/* Reads so much of what has come; false: the connection has ended before. */
static bool
take(int fd, size_t size)
{
	static char bytes[ENOUGH];

	while (size > 0) {
		ssize_t n = read(fd, bytes, size < sizeof bytes ? size : sizeof bytes);

		if (n == 0)
			return false;
		if (n > 0)
			size -= (size_t)n;
		else
			turn();
	}
	for (int i = 0; i < 2; i++) /* what has room now goes out */
		(void)ev_run(loop_ev(), EVRUN_NOWAIT);
	return true;
}

static int
set_up(void **state)
{
	char error[200];

	(void)state;
	(void)snprintf(
	    address.sun_path, sizeof address.sun_path, "/tmp/test_door.%d", (int)getpid());
	log_level(LOG_ERROR);
	loop_init();
	return door_open(address.sun_path, on_request, error, sizeof error) ? 0 : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	return unlink(address.sun_path);
}

static void
test_a_slow_line_gets_its_answer(void **state)
{
	int fd = asking();

	(void)state;
	for (int i = 0; i < 3; i++) {
		pass(SOON_S);
		assert_true(take(fd, ENOUGH));
	}
	assert_true(take(fd, ANSWER_SIZE - 3 * ENOUGH));
	(void)close(fd);
	while (!door_is_empty())
		turn();
}

static void
test_who_takes_hardly_anything_does_not(void **state)
{
	int fd = asking();

	(void)state;
	pass(SOON_S);
	assert_true(take(fd, LITTLE));
	assert_false(door_is_empty());
	pass(SOON_S);
	assert_true(door_is_empty());
	assert_false(take(fd, ANSWER_SIZE));
	(void)close(fd);
}

/* Of many that wait so, as many are closed as make room. */
static void
test_slow_lines_are_not_all_of_the_memory(void **state)
{
	int fds[MANY], ended = 0;

	(void)state;
	for (int i = 0; i < MANY; i++)
		fds[i] = asking();
	pass(SOON_S);
	for (int i = 0; i < MANY; i++)
		assert_true(take(fds[i], ENOUGH));
	pass(SOON_S);
	for (int i = 0; i < MANY; i++) {
		ended += !take(fds[i], ANSWER_SIZE - ENOUGH);
		(void)close(fds[i]);
	}
	assert_in_range(ended, 1, MANY / 2);
	while (!door_is_empty())
		turn();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_slow_line_gets_its_answer),
		cmocka_unit_test(test_who_takes_hardly_anything_does_not),
		cmocka_unit_test(test_slow_lines_are_not_all_of_the_memory),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
