/* db.h: PostgreSQL (libpq): a few connections without blocking, and calls of
 * functions of the schema magpie. PostgreSQL is the truth; all rules are in its
 * functions, which refuse with a problem's name in the first column, "problem",
 * and a field's in the second. A call waits in one line for a free connection, for
 * timeout_ms (then PROBLEM_BUSY: it was never made). PostgreSQL gives it up after
 * as long (BUSY: undone); where it doesn't say so in another second, the connection
 * is dropped and the outcome unknown (PROBLEM_DATABASE_DOWN). Connections that
 * were lost are made anew, with a back-off. */
#ifndef DB_H
#define DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "must_use.h"
#include "problem.h"

struct db_call;

/* What became of a call. Lives until the callback that is given it returns. */
struct db_reply {
	/* NONE, the function's refusal, or DATABASE_DOWN, BUSY, INTERNAL. */
	enum problem problem;
	const char *field; /* of the body, that is to blame; or NULL */
	int rows;
	void *result; /* libpq's, or NULL */
};

typedef void db_done(void *arg, const struct db_reply *reply);

/* Is this one that libpq takes? Then it is appended to shown, passwords hidden, and a NUL; else error says why not. */
bool db_conninfo(
    const char *conninfo, struct buffer *shown, char *error, size_t error_size) MUST_USE;
/* Starts connecting; never fails (a lost database is one to wait for). */
void db_open(const char *conninfo, int connections, int timeout_ms);
bool db_is_up(void);
void db_close(void);

/* Calls magpie.function with arguments in text form (NULL is null), which are
 * copied, 12 at most; function is a constant. done is called once, and never from inside
 * db_call, unless the call is cancelled before. */
struct db_call *db_call(
    const char *function, const char *const *args, size_t arg_count, db_done *done, void *arg);
/* The same for a user: one call of each runs at a time. What waits for a lock on somebody's account
 * so takes one connection of a few, and not all. */
struct db_call *db_call_of(int64_t who, const char *function, const char *const *args,
    size_t arg_count, db_done *done, void *arg);
/* Forgets who asked; the call itself goes on, since it may have been sent. */
void db_cancel(struct db_call *call);

/* Values of a reply, by row (from 0) and column name. Text is borrowed from the
 * reply, NULL where the value is null. */
const char *db_text(const struct db_reply *reply, int row, const char *column);
int64_t db_int(const struct db_reply *reply, int row, const char *column); /* 0 for null */
bool db_bool(const struct db_reply *reply, int row, const char *column);   /* false for null */
/* The integers of an array such as {1,2,3}, in a; *count may be 0. */
int64_t *db_ints(
    const struct db_reply *reply, int row, const char *column, struct arena *a, size_t *count);

/* Arguments. Numbers are printed into a. */
const char *db_id(struct arena *a, int64_t id);
const char *db_bytes(struct arena *a, const void *bytes, size_t len); /* a bytea */
/* Array literals: db_array_open, then an item each (quoted as needed; NULL is null), then db_array_close. */
void db_array_open(struct buffer *b);
void db_array_item(struct buffer *b, const char *text, size_t len);
void db_array_int(struct buffer *b, int64_t value);
const char *db_array_close(struct buffer *b); /* borrowed from b */

#endif
