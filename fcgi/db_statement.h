/* db_statement.h: a function of SQL as a statement of a connection, prepared under the function's name
 * the first time; and what its result means. For db.c alone. */
#ifndef DB_STATEMENT_H
#define DB_STATEMENT_H

#include <stdbool.h>

#include "db_line.h"
#include "must_use.h"

/* libpq's PGconn and PGresult. */
struct pg_conn;
struct pg_result;

enum { DB_PREPARED_MAX = 128 };

/* What a connection has prepared: nothing where it is all zero. */
struct db_prepared {
	const char *functions[DB_PREPARED_MAX];
	int count;
};

bool db_statement_is_prepared(const struct db_prepared *p, const char *function) MUST_USE;
void db_statement_note(struct db_prepared *p, const char *function);

/* Each sends, without waiting; false where libpq doesn't take it. */
bool db_statement_prepare(struct pg_conn *pg, const struct db_call *call) MUST_USE;
bool db_statement_run(struct pg_conn *pg, const struct db_call *call) MUST_USE;

/* Whether the call failed, before it did anything, because what was prepared is no more: a new
 * version has made the function anew, or a pooler has given us another session. */
bool db_statement_is_outdated(const struct pg_result *result) MUST_USE;
/* What the result says, which is borrowed; an error is logged. */
struct db_reply db_statement_reply(struct pg_result *result, const char *function) MUST_USE;

#endif
