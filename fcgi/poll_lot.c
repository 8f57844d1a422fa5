/* poll_lot.c: see poll_lot.h. */
#include "poll_lot.h"

#include <stdlib.h>

#include "metrics.h"
#include "poll.h"
#include "presence.h"

enum { BUCKETS = 16384 };

struct poll poll_calm = { .next = &poll_calm, .previous = &poll_calm };
struct poll poll_doubtful = { .next = &poll_doubtful, .previous = &poll_doubtful };
static struct poll *buckets[BUCKETS];
static size_t count;

static struct poll **
bucket_of(const char *queue)
{
	size_t hash = 5381;

	for (size_t i = 0; i < 8; i++) /* an id is random: eight digits tell enough */
		hash = hash * 33 ^ (unsigned char)queue[i];
	return &buckets[hash % BUCKETS];
}

static void
take_out(struct poll *p)
{
	p->previous->next = p->next;
	p->next->previous = p->previous;
}

static void
put_in(struct poll *ring, struct poll *p)
{
	p->next = ring;
	p->previous = ring->previous;
	ring->previous->next = p;
	ring->previous = p;
}

struct poll *
poll_bucket(const char *queue)
{
	return *bucket_of(queue);
}

void
poll_enter(struct poll *p)
{
	struct poll **bucket = bucket_of(p->queue);

	p->in_bucket = *bucket;
	*bucket = p;
	put_in(&poll_calm, p);
	metrics_set(METRIC_PARKED, (int64_t)++count);
	presence_enter(p->user_id, p->idle);
}

void
poll_move(struct poll *p, struct poll *ring)
{
	take_out(p);
	put_in(ring, p);
}

void
poll_free(struct poll *p)
{
	struct poll **at = bucket_of(p->queue);

	while (*at != p)
		at = &(*at)->in_bucket;
	*at = p->in_bucket;
	take_out(p);
	deadline_clear(&p->deadline);
	count--;
	metrics_set(METRIC_PARKED, (int64_t)count);
	presence_leave(p->user_id, p->idle);
	free(p);
}

size_t
poll_count(void)
{
	return count;
}
