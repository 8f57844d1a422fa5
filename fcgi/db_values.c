/* db_values.c: what goes into a call and what comes out of a reply (db.h). */
#include "db.h"

#include <libpq-fe.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

/* PQfnumber compares with one column after the other. So where a name was found last is looked at first. */
static int
column_of(const struct db_reply *reply, const char *name)
{
	enum { SLOTS = 256 };
	static int last[SLOTS];
	int *column = &last[((uintptr_t)name >> 2) % SLOTS];

	if (*column < PQnfields(reply->result) &&
	    strcmp(PQfname(reply->result, *column), name) == 0)
		return *column;
	*column = PQfnumber(reply->result, name);
	if (*column < 0)
		abort(); /* the schema and this program don't agree: ours */
	return *column;
}

const char *
db_text(const struct db_reply *reply, int row, const char *name)
{
	int column = column_of(reply, name);

	return PQgetisnull(reply->result, row, column) ? NULL
						       : PQgetvalue(reply->result, row, column);
}

int64_t
db_int(const struct db_reply *reply, int row, const char *name)
{
	const char *text = db_text(reply, row, name);

	return text != NULL ? strtoll(text, NULL, 10) : 0;
}

bool
db_bool(const struct db_reply *reply, int row, const char *name)
{
	const char *text = db_text(reply, row, name);

	return text != NULL && *text == 't';
}

int64_t *
db_ints(const struct db_reply *reply, int row, const char *name, struct arena *a, size_t *count)
{
	const char *text = db_text(reply, row, name);
	size_t max = 1;

	*count = 0;
	if (text == NULL || text[1] == '}')
		return NULL;
	for (const char *at = text; *at != '\0'; at++)
		max += *at == ',';

	int64_t *ints = arena_alloc(a, max * sizeof *ints);
	char *at = (char *)(uintptr_t)text;

	while (*at != '}' && *count < max) {
		ints[(*count)++] = strtoll(at + 1, &at, 10);
	}
	return ints;
}

const char *
db_id(struct arena *a, int64_t id)
{
	char digits[TEXT_INT_SIZE];
	const char *end = text_decimal(id, digits);

	return arena_copy(a, digits, (size_t)(end - digits));
}

const char *
db_bytes(struct arena *a, const void *bytes, size_t len)
{
	char *text = arena_alloc(a, 2 * len + 3);

	text[0] = '\\';
	text[1] = 'x';
	sodium_bin2hex(text + 2, 2 * len + 1, bytes, len);
	return text;
}

void
db_array_open(struct buffer *b)
{
	b->len = 0;
	buffer_append(b, "{", 1);
}

void
db_array_item(struct buffer *b, const char *text, size_t len)
{
	if (b->len > 1)
		buffer_append(b, ",", 1);
	if (text == NULL) {
		buffer_append(b, "NULL", 4);
		return;
	}
	buffer_reserve(b, 2 * len + 2);

	char *at = b->data + b->len;

	*at++ = '"';
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '"' || text[i] == '\\')
			*at++ = '\\';
		*at++ = text[i];
	}
	*at++ = '"';
	b->len = (size_t)(at - b->data);
}

void
db_array_int(struct buffer *b, int64_t value)
{
	char digits[TEXT_INT_SIZE];
	const char *end = text_decimal(value, digits);

	if (b->len > 1)
		buffer_append(b, ",", 1);
	buffer_append(b, digits, (size_t)(end - digits));
}

const char *
db_array_close(struct buffer *b)
{
	buffer_append(b, "}", 2); /* with its NUL */
	return b->data;
}
