/* health.c: see health.h. */
#include "health.h"

#include <inttypes.h>

#include "answer.h"
#include "log.h"
#include "metrics.h"

/* The newest of sql/migrations/ (a test compares the two). A database that is
 * further on is good: an old worker and the next schema work together. */
enum { SCHEMA_VERSION = 17 };

/* GET /healthz */

static enum step_result
answer_alive(struct request *r)
{
	return answer_text(r, 200, "text/plain; charset=utf-8", "ok\n", 3);
}

step_fn *const health_live_steps[] = { request_nothing, answer_alive, NULL };

/* GET /readyz */

static enum step_result
ask_redis(struct request *r)
{
	static const char *const ping[] = { "PING" };

	return request_redis(r, ping, 1);
}

static enum step_result
ask_version(struct request *r)
{
	if (r->redis == NULL)
		return answer_problem_detail(r, PROBLEM_REDIS_DOWN, NULL, "Redis doesn't answer.");
	return request_db(r, "schema_version", NULL, 0);
}

static enum step_result
answer_ready(struct request *r)
{
	int64_t version;

	if (r->db->problem != PROBLEM_NONE)
		return answer_problem_detail(
		    r, PROBLEM_DATABASE_DOWN, NULL, "PostgreSQL doesn't answer.");
	version = db_int(r->db, 0, "schema_version");
	if (version < SCHEMA_VERSION)
		return answer_problem_detail(r, PROBLEM_DATABASE_DOWN, NULL,
		    arena_printf(r->arena,
			"PostgreSQL's schema is at version %" PRId64
			", and this worker expects %d.",
			version, SCHEMA_VERSION));
	return answer_text(r, 200, "text/plain; charset=utf-8", "ready\n", 6);
}

step_fn *const health_ready_steps[] = { request_nothing, ask_redis, ask_version, answer_ready,
	NULL };

/* GET /metrics */

static enum step_result
answer_metrics(struct request *r)
{
	struct buffer page = { 0 };
	enum step_result result;

	metrics_set(METRIC_LOG_DROPPED, (int64_t)log_dropped());
	metrics_write(&page);
	result = answer_text(r, 200, "text/plain; version=0.0.4", page.data, page.len);
	buffer_free(&page);
	return result;
}

step_fn *const health_metrics_steps[] = { request_nothing, answer_metrics, NULL };
