/* db_line.h: calls, and the line in which they wait for a free connection.
 * For db.c alone. */
#ifndef DB_LINE_H
#define DB_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db.h"
#include "loop.h"

enum { DB_ARGS_MAX = 12 };

struct db_call {
	struct db_call *next;
	struct later later;       /* for the answer that is known at once */
	struct deadline deadline; /* while it waits in the line */
	const char *function;
	int64_t who;   /* see db_call_of */
	db_done *done; /* NULL: cancelled */
	void *arg;
	size_t arg_count;
	const char *args[DB_ARGS_MAX]; /* in the same piece of memory */
};

struct db_call *db_call_new(const char *function, const char *const *args, size_t arg_count);
/* Tells who asked, if anybody still does, and frees the call. */
void db_call_end(struct db_call *call, const struct db_reply *reply);
void db_call_fail(struct db_call *call, enum problem problem);

/* Joins the line; after timeout_ms in it the call fails as BUSY. */
void db_line_put(struct db_call *call, int timeout_ms);
/* The first of the line that may run (NULL: any), which leaves it; NULL where none waits. */
struct db_call *db_line_take(bool (*may_run)(const struct db_call *));
size_t db_line_len(void);

#endif
