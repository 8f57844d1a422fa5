/* password.c: see password.h. */
#include "password.h"

#include <ev.h>
#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "loop.h"
#include "metrics.h"

enum { PASSES = 2 };

struct password_op {
	struct password_op *next;
	password_done *done; /* NULL: cancelled; the loop's thread alone looks */
	void *arg;
	int64_t asked_us;
	bool verify, good;
	char hash[PASSWORD_HASH_SIZE]; /* to verify against, or the one made */
	size_t len;
	char plain[];
};

struct line {
	struct password_op *first, **last;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t work_is_here = PTHREAD_COND_INITIALIZER;
static struct line todo = { NULL, &todo.first },
		   finished = { NULL, &finished.first }; /* under the lock */
static bool ending;                                      /* likewise */

static struct ev_async wake;
static pthread_t *threads;
static int thread_count, queue_len, queue_max;
static size_t memory_bytes;
static char nobodys_hash[PASSWORD_HASH_SIZE];

static void
put(struct line *l, struct password_op *op)
{
	op->next = NULL;
	*l->last = op;
	l->last = &op->next;
}

static struct password_op *
take(struct line *l)
{
	struct password_op *op = l->first;

	if (op != NULL && (l->first = op->next) == NULL)
		l->last = &l->first;
	return op;
}

static void
work(struct password_op *op)
{
	_Static_assert(PASSWORD_HASH_SIZE >= crypto_pwhash_STRBYTES, "a hash has room");

	if (op->verify)
		op->good = crypto_pwhash_str_verify(op->hash, op->plain, op->len) == 0;
	else
		op->good =
		    crypto_pwhash_str(op->hash, op->plain, op->len, PASSES, memory_bytes) == 0;
	sodium_memzero(op->plain, op->len);
}

static void *
thread_main(void *arg)
{
	(void)arg;
	pthread_mutex_lock(&lock);
	for (;;) {
		struct password_op *op;

		while ((op = take(&todo)) == NULL && !ending)
			pthread_cond_wait(&work_is_here, &lock);
		if (op == NULL)
			break;
		pthread_mutex_unlock(&lock);
		work(op);
		pthread_mutex_lock(&lock);
		put(&finished, op);
		ev_async_send(loop_ev(), &wake);
	}
	pthread_mutex_unlock(&lock);
	return NULL;
}

static void
on_wake(struct ev_loop *l, struct ev_async *w, int events)
{
	(void)l, (void)w, (void)events;
	for (;;) {
		pthread_mutex_lock(&lock);

		struct password_op *op = take(&finished);

		pthread_mutex_unlock(&lock);
		if (op == NULL)
			return;
		queue_len--;
		metrics_observe(
		    HISTOGRAM_PASSWORD_SECONDS, (double)(loop_clock_us() - op->asked_us) / 1e6);
		if (op->done != NULL)
			op->done(op->arg, op->good, op->hash);
		sodium_memzero(op->hash, sizeof op->hash);
		free(op);
	}
}

static struct password_op *
ask(const char *plain, size_t len, const char *hash, bool verify, password_done *done, void *arg)
{
	if (queue_len >= queue_max) {
		metrics_add(METRIC_PASSWORD_REJECTED, 1);
		return NULL;
	}

	struct password_op *op = xzalloc(sizeof *op + len);

	op->done = done;
	op->arg = arg;
	op->asked_us = loop_clock_us();
	op->verify = verify;
	op->len = len;
	memcpy(op->plain, plain, len);
	if (hash != NULL)
		strncpy(op->hash, hash, sizeof op->hash - 1);
	queue_len++;
	pthread_mutex_lock(&lock);
	put(&todo, op);
	pthread_cond_signal(&work_is_here);
	pthread_mutex_unlock(&lock);
	return op;
}

struct password_op *
password_hash(const char *plain, size_t len, password_done *done, void *arg)
{
	return ask(plain, len, NULL, false, done, arg);
}

struct password_op *
password_verify(const char *plain, size_t len, const char *hash, password_done *done, void *arg)
{
	return ask(plain, len, hash != NULL ? hash : nobodys_hash, true, done, arg);
}

void
password_cancel(struct password_op *op)
{
	op->done = NULL;
}

/* The hash of something that nobody knows: a login under an unknown name costs as much as another. */
static bool
make_nobodys_hash(void)
{
	unsigned char secret[32];

	randombytes_buf(secret, sizeof secret);
	return crypto_pwhash_str(
		   nobodys_hash, (const char *)secret, sizeof secret, PASSES, memory_bytes) == 0;
}

bool
password_open(int count, int most, int64_t memory_kib)
{
	sigset_t all, before;

	queue_max = most;
	memory_bytes = (size_t)memory_kib * 1024;
	if (!make_nobodys_hash())
		return false;
	ev_async_init(&wake, on_wake);
	ev_async_start(loop_ev(), &wake);
	threads = xzalloc((size_t)count * sizeof *threads);
	sigfillset(&all); /* signals are the loop's alone */
	pthread_sigmask(SIG_SETMASK, &all, &before);
	while (thread_count < count &&
	    pthread_create(&threads[thread_count], NULL, thread_main, NULL) == 0)
		thread_count++;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return thread_count > 0;
}

void
password_close(void)
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
	for (struct password_op *op; (op = take(&finished)) != NULL; free(op))
		continue;
}
