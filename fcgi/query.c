/* query.c: see query.h. */
#include "query.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "body.h"
#include "text.h"

#define ID_MAX INT64_C(9007199254740991)

bool
query_refuse(struct request *r, const char *name, const char *error)
{
	return body_refuse(r->body, name, error);
}

bool
query_only(struct request *r, const char *const *names)
{
	static const char *const none[] = { NULL };

	return request_members(r, none, names);
}

bool
query_int(struct request *r, const char *name, int64_t min, int64_t max, int64_t *out)
{
	struct text given;
	int found = request_query(r, name, &given);

	if (found <= 0)
		return found == 0;
	return text_int(given.bytes, given.len, min, max, out) ||
	    query_refuse(r, name,
		arena_printf(
		    r->arena, "must be an integer from %" PRId64 " to %" PRId64, min, max));
}

bool
query_enum(struct request *r, const char *name, const char *const *names, int *out)
{
	const char *expected = "must be one of: ";
	struct text given;
	int i, found = request_query(r, name, &given);

	if (found < 0)
		return false;
	for (i = 0; names[i] != NULL; i++) {
		if (found > 0 && strcmp(names[i], given.bytes) == 0) {
			*out = i;
			return true;
		}
		expected = arena_printf(r->arena, "%s%s%s", expected, i > 0 ? ", " : "", names[i]);
	}
	return query_refuse(r, name, expected);
}

bool
query_page_of(struct request *r, int64_t max, struct page *p)
{
	static const char *const names[] = { "limit", "after", NULL };

	return query_only(r, names) && query_cursor(r, max, p);
}

bool
query_page(struct request *r, struct page *p)
{
	return query_page_of(r, PAGE_MAX, p);
}

bool
query_cursor(struct request *r, int64_t max, struct page *p)
{
	p->limit = max;
	return query_int(r, "limit", 1, max, &p->limit) &&
	    query_int(r, "after", 0, ID_MAX, &p->after);
}

size_t
page_rows(struct page *p, const struct db_reply *reply)
{
	p->more = reply->rows > p->limit;
	return (size_t)(p->more ? p->limit : reply->rows);
}

void
page_write_next(struct json *j, const struct page *p, const struct db_reply *reply)
{
	json_key(j, "next");
	if (p->more)
		json_int(j, db_int(reply, (int)p->limit - 1, "id"));
	else
		json_null(j);
}

struct entry {
	int64_t id;
	int row;
};

static int
compare(const void *a, const void *b)
{
	const struct entry *left = a, *right = b;

	return (left->id > right->id) - (left->id < right->id);
}

void
page_cut(struct page *p, struct arena *a, const struct db_reply *reply)
{
	struct entry *entries = arena_alloc(a, ((size_t)reply->rows + 1) * sizeof *entries);
	size_t i, count = 0;
	int row;

	for (row = 0; row < reply->rows; row++) {
		int64_t id = db_int(reply, row, "id");

		if (id > p->after)
			entries[count++] = (struct entry){ id, row };
	}
	qsort(entries, count, sizeof *entries, compare);
	p->more = count > (size_t)p->limit;
	p->count = p->more ? (size_t)p->limit : count;
	p->rows = arena_alloc(a, (p->count + 1) * sizeof *p->rows);
	for (i = 0; i < p->count; i++)
		p->rows[i] = entries[i].row;
}
