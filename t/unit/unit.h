/* unit.h: cmocka, with the headers that it wants before its own, and two helps
 * for tables. A test is a table of rows; a row that fails says which it was. */
#ifndef UNIT_H
#define UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(rows)     (sizeof(rows) / sizeof(rows)[0])
#define EACH(row, rows) for ((row) = (rows); (row) < (rows) + COUNT(rows); (row)++)

/* A literal with its length, since it may hold a NUL. */
#define BYTES(literal) (literal), sizeof(literal) - 1

/* `what` names the row. */
static inline void
same_string(const char *what, const char *got, const char *expected)
{
	if (got == NULL || expected == NULL ? got != expected : strcmp(got, expected) != 0)
		fail_msg("%s: got <%s>, expected <%s>", what, got != NULL ? got : "NULL",
		    expected != NULL ? expected : "NULL");
}

static inline void
same_bool(const char *what, bool got, bool expected)
{
	if (got != expected)
		fail_msg("%s: got %s, expected %s", what, got ? "true" : "false",
		    expected ? "true" : "false");
}

#endif
