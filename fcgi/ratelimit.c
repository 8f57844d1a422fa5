/* ratelimit.c: see ratelimit.h. */
#include "ratelimit.h"

#include <stddef.h>

#include "answer.h"
#include "loop.h"
#include "pace.h"

/* One limit: `rate` may pass in `per_s` seconds, `burst` at once. */
struct limit {
	const char *what;
	int64_t per_s, rate, burst;
	bool by_address;
};

static enum step_result
check(struct request *r, const struct limit *l)
{
	const char *address = door_param(&r->in, "REMOTE_ADDR");
	const char *who = l->by_address
	    ? arena_printf(r->arena, "a:%.64s", address != NULL ? address : "-")
	    : arena_printf(r->arena, "{u%lld}", (long long)r->user_id);
	const char *const words[] = {
		arena_printf(r->arena, "rate:%s:%s", l->what, who),
		db_id(r->arena, l->per_s * 1000000 / l->rate),
		db_id(r->arena, l->burst),
	};

	if (!r->settings->limits_enabled) {
		r->redis = NULL;
		return STEP_NEXT;
	}
	return request_script(r, SCRIPT_RATE, words, sizeof words / sizeof *words, 1);
}

enum step_result
check_rate(struct request *r)
{
	return check(r,
	    &(struct limit){ .what = "request",
		.per_s = 1,
		.rate = r->settings->limits_request_rate,
		.burst = r->settings->limits_request_burst });
}

enum step_result
check_send_rate(struct request *r)
{
	return check(r,
	    &(struct limit){ .what = "send",
		.per_s = 1,
		.rate = r->settings->limits_send_rate,
		.burst = r->settings->limits_send_burst });
}

enum step_result
check_queue_rate(struct request *r)
{
	return check(r,
	    &(struct limit){ .what = "queue",
		.per_s = 60,
		.rate = r->settings->limits_queue_rate,
		.burst = r->settings->limits_queue_burst });
}

enum step_result
check_find_rate(struct request *r)
{
	return check(r,
	    &(struct limit){ .what = "find",
		.per_s = 60,
		.rate = r->settings->limits_find_rate,
		.burst = r->settings->limits_find_burst });
}

enum step_result
check_block_rate(struct request *r)
{
	return check(r,
	    &(struct limit){ .what = "block",
		.per_s = 60,
		.rate = r->settings->limits_find_rate,
		.burst = r->settings->limits_find_burst });
}

enum step_result
check_picture_rate(struct request *r)
{
	return check(r,
	    &(struct limit){ .what = "picture",
		.per_s = 3600,
		.rate = r->settings->limits_picture_rate,
		.burst = r->settings->limits_picture_burst });
}

enum step_result
check_avatar_rate(struct request *r)
{
	return check(r,
	    &(struct limit){ .what = "avatar",
		.per_s = 1,
		.rate = r->settings->limits_avatar_rate,
		.burst = r->settings->limits_avatar_burst });
}

enum step_result
check_login_rate(struct request *r)
{
	return check(r,
	    &(struct limit){ .what = "login",
		.per_s = 60,
		.rate = r->settings->limits_login_rate,
		.burst = r->settings->limits_login_burst,
		.by_address = true });
}

enum step_result
check_register_rate(struct request *r)
{
	return check(r,
	    &(struct limit){ .what = "register",
		.per_s = 3600,
		.rate = r->settings->limits_register_rate,
		.burst = r->settings->limits_register_burst,
		.by_address = true });
}

enum step_result
check_poll_rate(struct request *r)
{
	static struct pace polls;
	const struct settings *s = r->settings;
	int64_t wait_ms;

	if (!s->limits_enabled)
		return STEP_NEXT;
	wait_ms = pace_wait_ms(&polls, r->user_id, loop_clock_us(), 1000000 / s->limits_poll_rate,
	    s->limits_poll_burst);
	return wait_ms > 0 ? answer_rate(r, wait_ms) : STEP_NEXT;
}

enum step_result
obey_rate(struct request *r)
{
	int64_t wait_ms = redis_int(r->redis);

	return wait_ms > 0 ? answer_rate(r, wait_ms) : STEP_NEXT;
}
