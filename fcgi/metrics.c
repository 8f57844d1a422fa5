/* metrics.c: the tables of what is counted, and their Prometheus text. */
#include "metrics.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "must_use.h"

#define BUCKETS_MAX  16
#define ROUTES_MAX   256
#define STATUSES_MAX 24 /* different ones that one route has answered */

struct metric_row {
	const char *name;
	const char *type;
	const char *help;
};

static const struct metric_row metric_rows[METRIC_COUNT] = {
	[METRIC_PARKED] = { "magpie_parked_polls", "gauge", "Polls parked now." },
	[METRIC_CONNECTIONS] = { "magpie_fastcgi_connections", "gauge",
	    "FastCGI connections open now." },
	[METRIC_REQUESTS_ACTIVE] = { "magpie_requests_active", "gauge",
	    "Requests under way now, parked polls aside." },
	[METRIC_HANGUPS] = { "magpie_hangups_total", "counter",
	    "Requests whose client left first." },
	[METRIC_PUSHES] = { "magpie_pushes_total", "counter",
	    "Events pushed to a reader's queues." },
	[METRIC_PUSH_ERRORS] = { "magpie_push_errors_total", "counter",
	    "Pushes that Redis refused or lost." },
	[METRIC_RINGS] = { "magpie_rings_total", "counter", "Rings sent to workers' bells." },
	[METRIC_WAKEUPS] = { "magpie_wakeups_total", "counter",
	    "Rings heard that found a parked poll." },
	[METRIC_QUEUES_OPENED] = { "magpie_queues_opened_total", "counter", "Queues opened." },
	[METRIC_QUEUES_GONE] = { "magpie_queues_gone_total", "counter", "Polls answered 410." },
	[METRIC_BEHIND] = { "magpie_behind_total", "counter", "Polls answered with behind." },
	[METRIC_SWEPT] = { "magpie_swept_total", "counter", "Outbox rows pushed by the sweeper." },
	[METRIC_REDIS_RECONNECTS] = { "magpie_redis_reconnects_total", "counter",
	    "Connections to Redis made anew." },
	[METRIC_DB_RECONNECTS] = { "magpie_db_reconnects_total", "counter",
	    "Connections to PostgreSQL made anew." },
	[METRIC_REDIS_UP] = { "magpie_redis_up", "gauge", "1 while Redis is reached, else 0." },
	[METRIC_DB_UP] = { "magpie_db_connections_ready", "gauge",
	    "Connections to PostgreSQL that are ready." },
	[METRIC_PASSWORD_REJECTED] = { "magpie_password_rejected_total", "counter",
	    "Passwords not looked at because the pool's queue was full." },
	[METRIC_LOG_DROPPED] = { "magpie_log_lines_dropped_total", "counter",
	    "Log lines that could not be written." },
	[METRIC_CROWDED] = { "magpie_crowded_total", "counter",
	    "Requests refused because hardly a descriptor was left." },
	[METRIC_UPLOADS] = { "magpie_uploads", "gauge",
	    "Pictures held now that come or are at work." },
	[METRIC_UPLOADS_REJECTED] = { "magpie_uploads_rejected_total", "counter",
	    "Pictures refused because as many came already as may at once." },
};

/* Upper bounds, ended by 0. */
static const double seconds_bounds[] = { 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
	0.5, 1, 2.5, 5, 10, 0 };
static const double size_bounds[] = { 1, 2, 4, 8, 16, 32, 64, 128, 0 };

struct histogram_row {
	const char *name;
	const char *help;
	const double *bounds;
};

static const struct histogram_row histogram_rows[HISTOGRAM_COUNT] = {
	[HISTOGRAM_DB_SECONDS] = { "magpie_db_seconds",
	    "A call of PostgreSQL, from sent to answered.", seconds_bounds },
	[HISTOGRAM_REDIS_SECONDS] = { "magpie_redis_seconds",
	    "A command of Redis, from sent to answered.", seconds_bounds },
	[HISTOGRAM_PASSWORD_SECONDS] = { "magpie_password_seconds",
	    "A password hashed or checked, the wait included.", seconds_bounds },
	[HISTOGRAM_PICTURE_SECONDS] = { "magpie_picture_seconds",
	    "A picture made small, the wait included.", seconds_bounds },
	[HISTOGRAM_BATCH_SIZE] = { "magpie_send_batch_size", "Messages in one batch of sends.",
	    size_bounds },
};

struct tally {
	uint64_t buckets[BUCKETS_MAX]; /* each its own, not those below it */
	uint64_t count;
	double sum;
};

struct route {
	const char *name;
	struct tally seconds;
	struct {
		int status; /* 0: unused */
		uint64_t count;
	} statuses[STATUSES_MAX];
};

static int64_t values[METRIC_COUNT];
static struct tally tallies[HISTOGRAM_COUNT];
static struct route routes[ROUTES_MAX];
static size_t route_count;
/* All workers answer at one socket, so each value says whose it is: `worker="…"`, its process id. */
static char worker[32];

void
metrics_add(enum metric m, int64_t by)
{
	values[m] += by;
}

void
metrics_set(enum metric m, int64_t value)
{
	values[m] = value;
}

static void
observe(struct tally *t, const double *bounds, double value)
{
	size_t i = 0;

	while (bounds[i] > 0 && value > bounds[i])
		i++;
	t->buckets[i]++; /* at the 0: beyond all bounds */
	t->count++;
	t->sum += value;
}

void
metrics_observe(enum histogram h, double value)
{
	observe(&tallies[h], histogram_rows[h].bounds, value);
}

static struct route *
find_route(const char *name)
{
	size_t i;

	for (i = 0; i < route_count; i++)
		if (strcmp(routes[i].name, name) == 0)
			return &routes[i];
	assert(route_count < ROUTES_MAX); /* one for each of the route table */
	routes[route_count].name = name;
	return &routes[route_count++];
}

void
metrics_request(const char *route, int status, double seconds)
{
	struct route *r = find_route(route);
	size_t i = 0;

	observe(&r->seconds, seconds_bounds, seconds);
	while (
	    i < STATUSES_MAX - 1 && r->statuses[i].status != 0 && r->statuses[i].status != status)
		i++;
	r->statuses[i].status = status;
	r->statuses[i].count++;
}

static void PRINTF_LIKE(2, 3) put(struct buffer *out, const char *format, ...)
{
	va_list args;
	int len;

	buffer_reserve(out, 512); /* a line is far shorter */
	va_start(args, format);
	len = vsnprintf(out->data + out->len, 512, format, args);
	va_end(args);
	assert(len >= 0 && len < 512);
	out->len += (size_t)len;
}

static void
put_head(struct buffer *out, const char *name, const char *type, const char *help)
{
	put(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* label: "" or `,route="…"`. */
static void
put_tally(struct buffer *out, const char *name, const char *label, const struct tally *t,
    const double *bounds)
{
	uint64_t below = 0;
	size_t i;

	for (i = 0; bounds[i] > 0; i++) {
		below += t->buckets[i];
		put(out, "%s_bucket{%s%s,le=\"%g\"} %" PRIu64 "\n", name, worker, label, bounds[i],
		    below);
	}
	put(out, "%s_bucket{%s%s,le=\"+Inf\"} %" PRIu64 "\n", name, worker, label, t->count);
	put(out, "%s_sum{%s%s} %.9g\n", name, worker, label, t->sum);
	put(out, "%s_count{%s%s} %" PRIu64 "\n", name, worker, label, t->count);
}

static void
put_requests(struct buffer *out)
{
	size_t i, j;

	put_head(
	    out, "magpie_requests_total", "counter", "Requests answered, by route and status.");
	for (i = 0; i < route_count; i++)
		for (j = 0; j < STATUSES_MAX && routes[i].statuses[j].status != 0; j++)
			put(out,
			    "magpie_requests_total{%s,route=\"%s\",status=\"%d\"} %" PRIu64 "\n",
			    worker, routes[i].name, routes[i].statuses[j].status,
			    routes[i].statuses[j].count);
	put_head(out, "magpie_request_seconds", "histogram", "A request, from read to answered.");
	for (i = 0; i < route_count; i++) {
		char label[256];

		snprintf(label, sizeof label, ",route=\"%s\"", routes[i].name);
		put_tally(out, "magpie_request_seconds", label, &routes[i].seconds, seconds_bounds);
	}
}

void
metrics_write(struct buffer *out)
{
	int i;

	(void)snprintf(worker, sizeof worker, "worker=\"%ld\"", (long)getpid());
	for (i = 0; i < METRIC_COUNT; i++) {
		put_head(out, metric_rows[i].name, metric_rows[i].type, metric_rows[i].help);
		put(out, "%s{%s} %" PRId64 "\n", metric_rows[i].name, worker, values[i]);
	}
	for (i = 0; i < HISTOGRAM_COUNT; i++) {
		put_head(out, histogram_rows[i].name, "histogram", histogram_rows[i].help);
		put_tally(out, histogram_rows[i].name, "", &tallies[i], histogram_rows[i].bounds);
	}
	put_requests(out);
}
