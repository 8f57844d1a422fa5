/* query.h: the members of a query, typed and bounded, as body.h has those of a
 * body; and the page of a list that a query asks for. Each returns false where
 * something is wrong, which it has noted for answer_bad_field. query_only (or
 * query_page) comes before all others. */
#ifndef QUERY_H
#define QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db.h"
#include "json.h"
#include "must_use.h"
#include "request.h"

/* Nothing stands in the query but these (ended by NULL), each once and well-formed; the body is {} or none. */
bool query_only(struct request *r, const char *const *names) MUST_USE;
/* *out keeps its value (the default) where the member is left out. */
bool query_int(
    struct request *r, const char *name, int64_t min, int64_t max, int64_t *out) MUST_USE;
/* One of names (ended by NULL): its index. Required. */
bool query_enum(struct request *r, const char *name, const char *const *names, int *out) MUST_USE;
/* Notes an error of the caller's own; returns false. */
bool query_refuse(struct request *r, const char *name, const char *error);

/* A list comes in the order of its ids, `limit` of them (1 to PAGE_MAX, which is
 * also the default), those above `after`. */
enum { PAGE_MAX = 1000 };

struct page {
	int64_t limit, after;
	int *rows; /* of the reply: those of this page, in order; in r->arena */
	size_t count;
	bool more; /* there are some behind them */
};

bool query_page(struct request *r, struct page *p) MUST_USE;
/* The same where `limit` is at most max, which is then also the default. */
bool query_page_of(struct request *r, int64_t max, struct page *p) MUST_USE;
/* The same of a query that has other members besides: after its query_only. */
bool query_cursor(struct request *r, int64_t max, struct page *p) MUST_USE;
/* Of a function that gives the page itself, in order, and one row more where there are more: notes
 * `more`, and gives the number of rows without that one. */
size_t page_rows(struct page *p, const struct db_reply *reply);
/* Writes the member `next`: what to give as `after` for the rows behind this page's (page_rows, ids in
 * column "id"), or null. */
void page_write_next(struct json *j, const struct page *p, const struct db_reply *reply);
/* Finds the page's rows in a reply that has the whole list; ids are in column "id". */
void page_cut(struct page *p, struct arena *a, const struct db_reply *reply);

#endif
