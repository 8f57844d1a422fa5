/* metrics.h: counters, gauges and histograms of this worker, and their
 * Prometheus text, in which each has a label that names the worker. Each is a row
 * of a table in metrics.c, with its help text; a few have a label more. Nothing fails. */
#ifndef METRICS_H
#define METRICS_H

#include <stdint.h>

#include "arena.h"

enum metric {                   /* counters and gauges without a label */
	METRIC_PARKED,          /* gauge: polls parked now */
	METRIC_CONNECTIONS,     /* gauge: FastCGI connections open */
	METRIC_REQUESTS_ACTIVE, /* gauge: requests under way, parked ones aside */
	METRIC_HANGUPS,         /* requests whose client left first */
	METRIC_PUSHES,          /* events pushed to a reader's tabs */
	METRIC_PUSH_ERRORS,
	METRIC_RINGS,   /* rings sent to bells */
	METRIC_WAKEUPS, /* rings heard that found a parked poll */
	METRIC_QUEUES_OPENED,
	METRIC_QUEUES_GONE, /* polls answered 410 */
	METRIC_BEHIND,      /* polls answered with behind */
	METRIC_SWEPT,       /* outbox rows pushed by the sweeper */
	METRIC_REDIS_RECONNECTS,
	METRIC_DB_RECONNECTS,
	METRIC_REDIS_UP,          /* gauge, 0 or 1 */
	METRIC_DB_UP,             /* gauge: connections ready */
	METRIC_PASSWORD_REJECTED, /* the pool's queue was full */
	METRIC_LOG_DROPPED,       /* lines that could not be written */
	METRIC_CROWDED,           /* requests refused for want of descriptors */
	METRIC_UPLOADS,           /* gauge: large bodies held */
	METRIC_UPLOADS_REJECTED,  /* too many at once */
	METRIC_COUNT
};

enum histogram {
	HISTOGRAM_DB_SECONDS, /* one call, from sent to answered */
	HISTOGRAM_REDIS_SECONDS,
	HISTOGRAM_PASSWORD_SECONDS,
	HISTOGRAM_PICTURE_SECONDS,
	HISTOGRAM_BATCH_SIZE, /* messages in one call */
	HISTOGRAM_COUNT
};

void metrics_add(enum metric m, int64_t by);
void metrics_set(enum metric m, int64_t value);
void metrics_observe(enum histogram h, double value);

/* A request that was answered: route is a name of the route table's
 * ("POST /api/send"), a constant, which is kept. */
void metrics_request(const char *route, int status, double seconds);

/* The whole page in Prometheus' text format, appended to out. Names start with magpie_. */
void metrics_write(struct buffer *out);

#endif
