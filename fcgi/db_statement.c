/* db_statement.c: see db_statement.h. */
#include "db_statement.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>

#include "log.h"

bool
db_statement_is_prepared(const struct db_prepared *p, const char *function)
{
	for (int i = 0; i < p->count; i++)
		if (strcmp(p->functions[i], function) == 0)
			return true;
	return false;
}

void
db_statement_note(struct db_prepared *p, const char *function)
{
	if (p->count < DB_PREPARED_MAX)
		p->functions[p->count++] = function;
}

bool
db_statement_prepare(PGconn *pg, const struct db_call *call)
{
	char sql[256];
	int len = snprintf(sql, sizeof sql, "select * from magpie.%s(", call->function);

	for (size_t i = 1; i <= call->arg_count; i++)
		len += snprintf(sql + len, sizeof sql - (size_t)len, "%s$%zu", i > 1 ? "," : "", i);
	(void)snprintf(sql + len, sizeof sql - (size_t)len, ")");
	return PQsendPrepare(pg, call->function, sql, (int)call->arg_count, NULL) == 1;
}

bool
db_statement_run(PGconn *pg, const struct db_call *call)
{
	return PQsendQueryPrepared(
		   pg, call->function, (int)call->arg_count, call->args, NULL, NULL, 0) == 1;
}

bool
db_statement_is_outdated(const PGresult *result)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);

	return state != NULL && (strcmp(state, "0A000") == 0 || strcmp(state, "26000") == 0);
}

/* Which problem an error of PostgreSQL's is. */
static enum problem
problem_of(const PGresult *result, const char *function)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	static const struct {
		const char *prefix;
		enum problem problem;
	} known[] = {
		{ "57014", PROBLEM_BUSY }, /* statement timeout */
		{ "55P03", PROBLEM_BUSY }, /* lock timeout */
		{ "40", PROBLEM_BUSY },    /* deadlock, serialisation */
		{ "08", PROBLEM_DATABASE_DOWN },
		{ "53", PROBLEM_DATABASE_DOWN },    /* disk full, too many connections, memory */
		{ "57P", PROBLEM_DATABASE_DOWN },   /* shutting down, starting up */
		{ "58", PROBLEM_DATABASE_DOWN },    /* input or output */
		{ "25006", PROBLEM_DATABASE_DOWN }, /* a stand-by: read-only */
		{ "42883", PROBLEM_DATABASE_DOWN }, /* the schema is older than this program */
		{ "3F000", PROBLEM_DATABASE_DOWN },
	};

	log_error(NULL, "call failed", "function=%s sqlstate=%s error=%s", function,
	    state != NULL ? state : "-",
	    LOG_QUOTED(message != NULL ? message : PQresultErrorMessage(result)));
	if (state == NULL)
		return PROBLEM_DATABASE_DOWN;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strncmp(state, known[i].prefix, strlen(known[i].prefix)) == 0)
			return known[i].problem;
	return PROBLEM_INTERNAL;
}

struct db_reply
db_statement_reply(PGresult *result, const char *function)
{
	struct db_reply reply = { .result = result };

	if (PQresultStatus(result) != PGRES_TUPLES_OK) {
		reply.problem = problem_of(result, function);
		return reply;
	}
	reply.rows = PQntuples(result);
	if (reply.rows > 0 && strcmp(PQfname(result, 0), "problem") == 0 &&
	    !PQgetisnull(result, 0, 0)) {
		reply.problem = problem_named(PQgetvalue(result, 0, 0));
		reply.field = PQgetisnull(result, 0, 1) ? NULL : PQgetvalue(result, 0, 1);
	}
	return reply;
}
