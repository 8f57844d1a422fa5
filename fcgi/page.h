/* page.h: lists as answers. A list comes in the order of its ids, in pages: `limit` of them, those above
 * `after`. Its route parses the page, asks a function for it and for one row more, which tells whether
 * there are more, and writes the rows. */
#ifndef PAGE_H
#define PAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "db.h"
#include "json.h"
#include "must_use.h"
#include "request.h"

struct page {
	int64_t limit, after;
	int rows;  /* of the reply: those of this page */
	bool more; /* there are some behind them */
};

/* A step: the query has a page and nothing else, of 1,000 rows at most and by default. r->act is the page then. */
step_fn page_parse;
/* The same into a page that the caller has, and for another number of rows. */
enum step_result page_parse_into(struct request *r, struct page *p, int64_t max) MUST_USE;
/* The same of a query that has other members besides: after its query_only. */
bool page_read(struct request *r, struct page *p, int64_t max) MUST_USE;

/* Asks a function (me, after, rows) or (me, of, after, rows). */
enum step_result page_ask(struct request *r, const struct page *p, const char *function) MUST_USE;
enum step_result page_ask_of(
    struct request *r, const struct page *p, const char *function, int64_t of) MUST_USE;

/* Finds which of the reply's rows are the page's. */
void page_cut(struct page *p, const struct db_reply *reply);

/* Writes a row as a value. */
typedef void page_row_fn(struct json *j, const struct db_reply *reply, int row);

/* Each answers 200 with the rows as the member `name`, or the problem of the reply. Behind the rows stands
 * `next`, what to give as `after` for those behind (or null); */
enum step_result page_answer(
    struct request *r, struct page *p, const char *name, page_row_fn *write) MUST_USE;
/* or `more`, whether there are some; */
enum step_result page_answer_more(
    struct request *r, struct page *p, const char *name, page_row_fn *write) MUST_USE;
/* or nothing, since the list is short and here as a whole. */
enum step_result page_answer_all(struct request *r, const char *name, page_row_fn *write) MUST_USE;

#endif
