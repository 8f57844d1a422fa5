/* db.c: see db.h. A connection runs one call at a time. */
#include "db.h"
#include "db_line.h"
#include "db_statement.h"

#include <ev.h>
#include <libpq-fe.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "loop.h"
#include "metrics.h"
#include "text.h"

enum {
	BACK_OFF_MIN_MS = 100,
	BACK_OFF_MAX_MS = 1000,
	CONNECT_MS = 5000,
	LOCK_MS = 500, /* a call that waits takes a connection from all others */
	WAITING_MAX = 20000
};

enum state { DOWN, CONNECTING, READY, BUSY };

struct connection {
	enum state state;
	PGconn *pg;
	struct ev_io io;
	struct deadline deadline; /* of connecting, of the back-off, of the call */
	int64_t back_off_ms;
	struct db_call *call; /* the one under way */
	PGresult *result;     /* its answer, which isn't whole yet, or NULL */
	/* What was prepared is outdated: the reply that is awaited is that of DEALLOCATE
	 * instead; then the call goes once more. */
	bool forgetting, anew;
	int64_t sent_us;
	int attempts;   /* to connect, in vain, since it was last there */
	bool preparing; /* the reply that is awaited is that of PREPARE */
	struct db_prepared prepared;
};

static struct connection *connections;
static int connection_count, timeout_ms;
static char *conninfo, *options;
/* This process, to PostgreSQL: what it holds in the outbox is free when it has gone. */
static char name[32];

static void run_next(struct connection *c);
static void connect_now(struct connection *c);
static void on_io(struct ev_loop *l, struct ev_io *w, int events);

static void
on_no_use(struct later *l)
{
	db_call_fail(container_of(l, struct db_call, later), PROBLEM_DATABASE_DOWN);
}

static void
count_up(void)
{
	int up = 0;

	for (int i = 0; i < connection_count; i++)
		up += connections[i].state >= READY;
	metrics_set(METRIC_DB_UP, up);
}

static void
on_back_off(struct deadline *d)
{
	connect_now(container_of(d, struct connection, deadline));
}

/* Is it worth waiting for a connection? One is there, or was, and is being made anew for the first time. */
static bool
is_hopeful(void)
{
	for (int i = 0; i < connection_count; i++)
		if (connections[i].state >= READY ||
		    (connections[i].state == CONNECTING && connections[i].attempts == 0))
			return true;
	return false;
}

static struct later line_failing;

/* Nobody in the line has anything to wait for. */
static void
fail_line(struct later *l)
{
	(void)l;
	if (is_hopeful())
		return;
	for (struct db_call *call; (call = db_line_take(NULL)) != NULL;)
		db_call_fail(call, PROBLEM_DATABASE_DOWN);
}

static void
lose(struct connection *c, const char *why)
{
	struct db_call *call = c->call;

	c->attempts += c->state == CONNECTING;
	log_warn(NULL, "database connection lost", "error=%s again_in_ms=%lld", LOG_QUOTED(why),
	    (long long)c->back_off_ms);
	ev_io_stop(loop_ev(), &c->io);
	PQclear(c->result);
	PQfinish(c->pg);
	c->result = NULL;
	c->pg = NULL;
	c->call = NULL;
	c->state = DOWN;
	c->prepared.count = 0;
	deadline_set(&c->deadline,
	    c->back_off_ms + (int64_t)randombytes_uniform((uint32_t)c->back_off_ms), on_back_off);
	c->back_off_ms =
	    c->back_off_ms * 2 < BACK_OFF_MAX_MS ? c->back_off_ms * 2 : BACK_OFF_MAX_MS;
	count_up();
	/* We may be inside a db_call: of this one, or of one that has just joined the line. */
	if (call != NULL)
		later_set(&call->later, on_no_use);
	later_set(&line_failing, fail_line);
}

static void
on_connection_deadline(struct deadline *d)
{
	struct connection *c = container_of(d, struct connection, deadline);

	lose(c, c->state == CONNECTING ? "connecting took too long" : "a call took too long");
}

static void
watch(struct connection *c, int events)
{
	int fd = PQsocket(c->pg);

	/* While connecting, libpq may have closed one socket and got its number for the next. */
	if (c->state != CONNECTING && ev_is_active(&c->io) && c->io.fd == fd &&
	    (c->io.events & (EV_READ | EV_WRITE)) == events)
		return;
	ev_io_stop(loop_ev(), &c->io);
	ev_io_set(&c->io, fd, events);
	ev_io_start(loop_ev(), &c->io);
}

/* What PostgreSQL says beside its answers. libpq would write it to standard error itself: no line
 * of ours, and it would wait where nobody reads. */
static void
on_notice(void *arg, const char *message)
{
	(void)arg;
	log_info(NULL, "database notice", "text=%s", LOG_QUOTED(message));
}

static void
connect_now(struct connection *c)
{
	/* What comes later wins: the conninfo may not undo these. A dead peer is noticed within seconds. */
	const char *const names[] = { "dbname", "application_name", "client_encoding", "options",
		"keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout",
		NULL };
	const char *const values[] = { conninfo, name, "UTF8", options, "2", "2", "2", "6000",
		NULL };

	c->state = CONNECTING;
	c->pg = PQconnectStartParams(names, values, 1);
	ev_init(&c->io, on_io);
	if (c->pg == NULL || PQstatus(c->pg) == CONNECTION_BAD) {
		lose(c, c->pg == NULL ? "no memory" : PQerrorMessage(c->pg));
		return;
	}
	(void)PQsetNoticeProcessor(c->pg, on_notice, NULL);
	deadline_set(&c->deadline, CONNECT_MS, on_connection_deadline);
	watch(c, EV_WRITE);
}

static void
connected(struct connection *c)
{
	if (PQsetnonblocking(c->pg, 1) != 0) {
		lose(c, PQerrorMessage(c->pg));
		return;
	}
	c->state = READY;
	c->attempts = 0;
	c->back_off_ms = BACK_OFF_MIN_MS;
	deadline_clear(&c->deadline);
	metrics_add(METRIC_DB_RECONNECTS, 1);
	count_up();
	log_info(NULL, "database connected", "pid=%d", PQbackendPID(c->pg));
	watch(c, EV_READ);
	run_next(c);
}

static void
go_on_connecting(struct connection *c)
{
	switch (PQconnectPoll(c->pg)) {
	case PGRES_POLLING_OK:
		connected(c);
		break;
	case PGRES_POLLING_READING:
		watch(c, EV_READ);
		break;
	case PGRES_POLLING_WRITING:
		watch(c, EV_WRITE);
		break;
	default:
		lose(c, PQerrorMessage(c->pg));
	}
}

static void
send_out(struct connection *c, bool sent)
{
	int left = sent ? PQflush(c->pg) : -1;

	if (left < 0)
		lose(c, PQerrorMessage(c->pg));
	else
		watch(c, EV_READ | (left > 0 ? EV_WRITE : 0));
}

/* Sends the call, or first its PREPARE. */
static void
send_call(struct connection *c)
{
	const struct db_call *call = c->call;
	bool sent;

	if (db_statement_is_prepared(&c->prepared, call->function)) {
		c->preparing = false;
		sent = db_statement_run(c->pg, call);
	} else {
		c->preparing = true;
		sent = db_statement_prepare(c->pg, call);
	}
	send_out(c, sent);
}

static bool
may_run(const struct db_call *call)
{
	for (int i = 0; i < connection_count && call->who != 0; i++)
		if (connections[i].call != NULL && connections[i].call->who == call->who)
			return false;
	return true;
}

static void
run_next(struct connection *c)
{
	struct db_call *call = c->state == READY ? db_line_take(may_run) : NULL;

	if (call == NULL)
		return;
	c->call = call;
	c->state = BUSY;
	c->anew = c->forgetting = false;
	c->sent_us = loop_clock_us();
	/* A little more than PostgreSQL's own statement_timeout, which leaves the connection whole. */
	deadline_set(&c->deadline, timeout_ms + 1000, on_connection_deadline);
	send_call(c);
}

static void
prepare_anew(struct connection *c)
{
	c->anew = c->forgetting = c->preparing = true;
	send_out(c, PQsendQuery(c->pg, "deallocate all") == 1);
}

/* The call's answer is complete, and the connection free again. */
static void
answered(struct connection *c, PGresult *result)
{
	if (!c->anew && db_statement_is_outdated(result)) {
		PQclear(result);
		prepare_anew(c);
		return;
	}

	struct db_call *call = c->call;
	struct db_reply reply = db_statement_reply(result, call->function);

	c->call = NULL;
	c->state = READY;
	deadline_clear(&c->deadline);
	metrics_observe(HISTOGRAM_DB_SECONDS, (double)(loop_clock_us() - c->sent_us) / 1e6);
	run_next(c);
	db_call_end(call, &reply);
	PQclear(result);
}

static void
prepare_done(struct connection *c, PGresult *result)
{
	if (PQresultStatus(result) != PGRES_COMMAND_OK) {
		answered(c, result);
		return;
	}
	PQclear(result);
	if (c->forgetting)
		c->prepared.count = 0;
	else
		db_statement_note(&c->prepared, c->call->function);
	c->forgetting = false;
	send_call(c);
}

/* Takes what has come. A call's answer is whole when PQgetResult gives NULL, which
 * may take another turn: PostgreSQL sends an error before it is ready again. */
static void
go_on(struct connection *c)
{
	if (PQconsumeInput(c->pg) != 1) {
		lose(c, PQerrorMessage(c->pg));
		return;
	}
	while (c->state == BUSY && !PQisBusy(c->pg)) {
		PGresult *result = PQgetResult(c->pg);

		if (result != NULL) {
			PQclear(c->result);
			c->result = result;
			if (PQstatus(c->pg) == CONNECTION_BAD) {
				lose(c, PQerrorMessage(c->pg));
				return;
			}
			continue;
		}
		result = c->result;
		c->result = NULL;
		if (result == NULL) {
			lose(c, PQerrorMessage(c->pg));
			return;
		}
		if (c->preparing)
			prepare_done(c, result);
		else
			answered(c, result);
	}
}

static void
on_io(struct ev_loop *l, struct ev_io *w, int events)
{
	(void)l;
	struct connection *c = container_of(w, struct connection, io);

	if (c->state == CONNECTING) {
		go_on_connecting(c);
		return;
	}
	if (events & EV_WRITE) {
		int left = PQflush(c->pg);

		if (left < 0) {
			lose(c, PQerrorMessage(c->pg));
			return;
		}
		if (left == 0)
			watch(c, EV_READ);
	}
	if (events & EV_READ)
		go_on(c);
}

struct db_call *
db_call(const char *function, const char *const *args, size_t arg_count, db_done *done, void *arg)
{
	return db_call_of(0, function, args, arg_count, done, arg);
}

struct db_call *
db_call_of(int64_t who, const char *function, const char *const *args, size_t arg_count,
    db_done *done, void *arg)
{
	struct db_call *call = db_call_new(function, args, arg_count);

	call->who = who;
	call->done = done;
	call->arg = arg;
	if (!is_hopeful() || db_line_len() >= WAITING_MAX) {
		later_set(&call->later, on_no_use);
		return call;
	}
	db_line_put(call, timeout_ms);
	for (int i = 0; i < connection_count && db_line_len() > 0; i++)
		if (connections[i].state == READY) {
			run_next(&connections[i]);
			break;
		}
	return call;
}

void
db_cancel(struct db_call *call)
{
	call->done = NULL;
}

bool
db_is_up(void)
{
	for (int i = 0; i < connection_count; i++)
		if (connections[i].state >= READY)
			return true;
	return false;
}

void
db_open(const char *info, int count, int call_timeout_ms)
{
	char text[256], random[13];
	unsigned char bytes[6];

	(void)snprintf(text, sizeof text,
	    "-c statement_timeout=%d -c lock_timeout=%d -c idle_in_transaction_session_timeout=10000"
	    /* PostgreSQL is to notice as soon as we that the other is gone: its rows wait for that. */
	    " -c tcp_keepalives_idle=2 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=2"
	    " -c tcp_user_timeout=6000",
	    call_timeout_ms, LOCK_MS);
	randombytes_buf(bytes, sizeof bytes);
	text_hex(bytes, sizeof bytes, random);
	(void)snprintf(name, sizeof name, "magpie-worker %s", random);
	conninfo = xstrdup(info);
	options = xstrdup(text);
	timeout_ms = call_timeout_ms;
	connection_count = count;
	connections = xzalloc((size_t)count * sizeof *connections);
	for (int i = 0; i < count; i++) {
		connections[i].back_off_ms = BACK_OFF_MIN_MS;
		connect_now(&connections[i]);
	}
}

void
db_close(void)
{
	for (int i = 0; i < connection_count; i++) {
		struct connection *c = &connections[i];

		ev_io_stop(loop_ev(), &c->io);
		deadline_clear(&c->deadline);
		if (c->call != NULL)
			db_call_fail(c->call, PROBLEM_DATABASE_DOWN);
		PQclear(c->result);
		PQfinish(c->pg);
		c->state = DOWN;
	}
	later_clear(&line_failing);
	fail_line(&line_failing);
	free(connections);
	free(conninfo);
	free(options);
	connections = NULL;
	connection_count = 0;
}
