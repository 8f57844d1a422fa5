/* pool.c: see pool.h. */
#include "pool.h"

#include <ev.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "arena.h"
#include "loop.h"

struct line {
	struct pool_job *first, **last;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t work_is_here = PTHREAD_COND_INITIALIZER;
static struct line todo[POOL_LANES], finished; /* under the lock */
static unsigned turn;                          /* likewise: the lane to begin with */
static bool ending;                            /* likewise */

static struct ev_async wake;
static pthread_t *threads;
static int thread_count, count[POOL_LANES], most[POOL_LANES];

static void
put(struct line *l, struct pool_job *job)
{
	job->next = NULL;
	*l->last = job;
	l->last = &job->next;
}

static struct pool_job *
take(struct line *l)
{
	struct pool_job *job = l->first;

	if (job != NULL && (l->first = job->next) == NULL)
		l->last = &l->first;
	return job;
}

/* The next one, of the lanes in turn. */
static struct pool_job *
take_turn(void)
{
	for (unsigned i = 0; i < POOL_LANES; i++) {
		struct pool_job *job = take(&todo[turn]);

		turn = (turn + 1) % POOL_LANES;
		if (job != NULL)
			return job;
	}
	return NULL;
}

static void *
thread_main(void *arg)
{
	(void)arg;
	pthread_mutex_lock(&lock);
	for (;;) {
		struct pool_job *job;

		while ((job = take_turn()) == NULL && !ending)
			pthread_cond_wait(&work_is_here, &lock);
		if (job == NULL)
			break;
		pthread_mutex_unlock(&lock);
		job->work(job);
		pthread_mutex_lock(&lock);
		put(&finished, job);
		ev_async_send(loop_ev(), &wake);
	}
	pthread_mutex_unlock(&lock);
	return NULL;
}

static struct pool_job *
take_finished(void)
{
	pthread_mutex_lock(&lock);

	struct pool_job *job = take(&finished);

	pthread_mutex_unlock(&lock);
	return job;
}

static void
on_wake(struct ev_loop *l, struct ev_async *w, int events)
{
	(void)l, (void)w, (void)events;
	for (struct pool_job *job; (job = take_finished()) != NULL;) {
		count[job->lane]--;
		job->done(job);
		job->end(job);
	}
}

bool
pool_has_room(enum pool_lane lane)
{
	return count[lane] < most[lane];
}

void
pool_add(enum pool_lane lane, struct pool_job *job)
{
	job->lane = lane;
	count[lane]++;
	pthread_mutex_lock(&lock);
	put(&todo[lane], job);
	pthread_cond_signal(&work_is_here);
	pthread_mutex_unlock(&lock);
}

void
pool_limit(enum pool_lane lane, int limit)
{
	most[lane] = limit;
}

bool
pool_open(int wanted)
{
	sigset_t all, before;

	finished.last = &finished.first;
	for (int lane = 0; lane < POOL_LANES; lane++)
		todo[lane].last = &todo[lane].first;
	ev_async_init(&wake, on_wake);
	ev_async_start(loop_ev(), &wake);
	threads = xzalloc((size_t)wanted * sizeof *threads);
	sigfillset(&all); /* signals are the loop's alone */
	pthread_sigmask(SIG_SETMASK, &all, &before);
	while (thread_count < wanted &&
	    pthread_create(&threads[thread_count], NULL, thread_main, NULL) == 0)
		thread_count++;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return thread_count > 0;
}

void
pool_close(void)
{
	pthread_mutex_lock(&lock);
	ending = true;
	pthread_cond_broadcast(&work_is_here);
	pthread_mutex_unlock(&lock);
	for (int i = 0; i < thread_count; i++)
		pthread_join(threads[i], NULL);
	free(threads);
	thread_count = 0;
	ev_async_stop(loop_ev(), &wake);
	for (struct pool_job *job; (job = take_finished()) != NULL;)
		job->end(job);
}
