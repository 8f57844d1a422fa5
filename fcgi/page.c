/* page.c: see page.h. */
#include "page.h"

#include <limits.h>

#include "answer.h"
#include "query.h"

enum { ROWS_MAX = 1000 };

bool
page_read(struct request *r, struct page *p, int64_t max)
{
	p->limit = max;
	return query_int(r, "limit", 1, max, &p->limit) &&
	    query_int(r, "after", 0, TEXT_ID_MAX, &p->after);
}

enum step_result
page_parse_into(struct request *r, struct page *p, int64_t max)
{
	static const char *const names[] = { "limit", "after", NULL };

	return query_only(r, names) && page_read(r, p, max) ? STEP_NEXT : answer_bad_field(r);
}

enum step_result
page_parse(struct request *r)
{
	struct page *p = r->act = arena_zalloc(r->arena, sizeof *p);

	return page_parse_into(r, p, ROWS_MAX);
}

enum step_result
page_ask(struct request *r, const struct page *p, const char *function)
{
	return request_db(r, function,
	    DB_ARGS(db_id(r->arena, r->user_id), db_id(r->arena, p->after),
		db_id(r->arena, p->limit + 1)));
}

enum step_result
page_ask_of(struct request *r, const struct page *p, const char *function, int64_t of)
{
	return request_db(r, function,
	    DB_ARGS(db_id(r->arena, r->user_id), db_id(r->arena, of), db_id(r->arena, p->after),
		db_id(r->arena, p->limit + 1)));
}

void
page_cut(struct page *p, const struct db_reply *reply)
{
	p->more = reply->rows > p->limit;
	p->rows = p->more ? (int)p->limit : reply->rows;
}

/* What stands behind the rows. */
enum tail { NOTHING, NEXT, MORE };

static void
write_tail(struct json *j, const struct page *p, const struct db_reply *reply, enum tail tail)
{
	if (tail == MORE)
		json_member_bool(j, "more", p->more);
	if (tail != NEXT)
		return;
	json_key(j, "next");
	if (p->more)
		json_int(j, db_int(reply, p->rows - 1, "id"));
	else
		json_null(j);
}

static enum step_result
answer_rows(struct request *r, struct page *p, const char *name, page_row_fn *write, enum tail tail)
{
	struct json j = { 0 };

	if (r->db->problem != PROBLEM_NONE)
		return answer_db_problem(r);
	page_cut(p, r->db);
	json_open(&j);
	json_key(&j, name);
	json_open_array(&j);
	for (int row = 0; row < p->rows; row++)
		write(&j, r->db, row);
	json_close_array(&j);
	write_tail(&j, p, r->db, tail);
	json_close(&j);
	return answer_json(r, 200, &j);
}

enum step_result
page_answer(struct request *r, struct page *p, const char *name, page_row_fn *write)
{
	return answer_rows(r, p, name, write, NEXT);
}

enum step_result
page_answer_more(struct request *r, struct page *p, const char *name, page_row_fn *write)
{
	return answer_rows(r, p, name, write, MORE);
}

enum step_result
page_answer_all(struct request *r, const char *name, page_row_fn *write)
{
	struct page all = { .limit = INT_MAX };

	return answer_rows(r, &all, name, write, NOTHING);
}
