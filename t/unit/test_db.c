/* test_db.c: the connections to PostgreSQL and who waits for one, on a libpq that fails when it is told to. */
#include "unit.h"

#include <ev.h>
#include <libpq-fe.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "db.h"
#include "log.h"
#include "loop.h"

enum { CONNECTIONS = 2, ALEX = 7 };

/* ---- libpq ---- */

struct pg_conn {
	int fd;          /* readable once the server has closed it */
	bool takes_none; /* nothing more can be sent */
};

static PGconn conns[CONNECTIONS];
static int made, connected;

PGconn *
PQconnectStartParams(const char *const *names, const char *const *values, int expand)
{
	(void)names, (void)values, (void)expand;
	if (made == CONNECTIONS)
		return NULL; /* the server has gone for good */
	conns[made].fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return &conns[made++];
}

PostgresPollingStatusType
PQconnectPoll(PGconn *c)
{
	(void)c;
	connected++;
	return PGRES_POLLING_OK;
}

ConnStatusType
PQstatus(const PGconn *c)
{
	(void)c;
	return CONNECTION_OK;
}

int
PQsocket(const PGconn *c)
{
	return c->fd;
}

void
PQfinish(PGconn *c)
{
	if (c != NULL)
		(void)close(c->fd);
}

PQnoticeProcessor
PQsetNoticeProcessor(PGconn *c, PQnoticeProcessor p, void *arg)
{
	(void)c, (void)arg;
	return p;
}

int
PQsetnonblocking(PGconn *c, int on)
{
	(void)c, (void)on;
	return 0;
}

int
PQbackendPID(const PGconn *c)
{
	(void)c;
	return 1;
}

char *
PQerrorMessage(const PGconn *c)
{
	static char gone[] = "gone";

	(void)c;
	return gone;
}

int
PQsendPrepare(PGconn *c, const char *name, const char *sql, int count, const Oid *types)
{
	(void)c, (void)name, (void)sql, (void)count, (void)types;
	return 1;
}

int
PQflush(PGconn *c)
{
	return c->takes_none ? -1 : 0;
}

int
PQconsumeInput(PGconn *c)
{
	(void)c;
	return 0;
}

void
PQclear(PGresult *result)
{
	(void)result;
}

/* ---- Calls ---- */

static bool asking; /* inside db_call */

struct asked {
	int answers;
	bool too_soon; /* answered while it was asked */
	enum problem problem;
};

static void
on_done(void *arg, const struct db_reply *reply)
{
	struct asked *a = arg;

	a->answers++;
	a->too_soon = a->too_soon || asking;
	a->problem = reply->problem;
}

static void
ask(struct asked *a, int64_t who)
{
	asking = true;
	(void)db_call_of(who, "session_alive", NULL, 0, on_done, a);
	asking = false;
}

static void
turn(void)
{
	(void)ev_run(loop_ev(), EVRUN_ONCE);
}

/* The first connection is lost while two calls of one user share it, and the second is found dead by whoever asks next:
 * all have their answers, and none before its db_call has returned. */
static void
test_no_answer_from_within(void **state)
{
	static struct asked one, two, next;

	(void)state;
	log_level(LOG_ERROR);
	loop_init();
	db_open("", CONNECTIONS, 1000);
	while (connected < CONNECTIONS)
		turn();
	ask(&one, ALEX);
	ask(&two, ALEX); /* waits for the first, though the other connection is free */
	assert_int_equal(eventfd_write(conns[0].fd, 1), 0);
	while (one.answers == 0)
		turn();
	assert_int_equal(two.answers, 0);
	conns[1].takes_none = true;
	ask(&next, 0);
	while (two.answers == 0 || next.answers == 0)
		turn();
	assert_false(two.too_soon);
	assert_false(next.too_soon);
	assert_int_equal(one.answers + two.answers + next.answers, 3);
	assert_int_equal(two.problem, PROBLEM_DATABASE_DOWN);
	assert_int_equal(next.problem, PROBLEM_DATABASE_DOWN);
	db_close();
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_no_answer_from_within) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
