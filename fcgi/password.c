/* password.c: see password.h. */
#include "password.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "arena.h"
#include "loop.h"
#include "metrics.h"
#include "pool.h"

enum { PASSES = 2 };

struct password_op {
	struct pool_job job;
	password_done *done; /* NULL: cancelled; the loop's thread alone looks */
	void *arg;
	int64_t asked_us;
	bool verify;
	enum password_outcome outcome;
	char hash[PASSWORD_HASH_SIZE]; /* to verify against, or the one made */
	size_t len;
	char plain[];
};

static size_t memory_bytes;
static char nobodys_hash[PASSWORD_HASH_SIZE];

static struct password_op *
op_of(struct pool_job *job)
{
	return container_of(job, struct password_op, job);
}

/* Would there be memory for a hash now? */
static bool
is_room(void)
{
	void *room =
	    mmap(NULL, memory_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return room != MAP_FAILED && munmap(room, memory_bytes) == 0;
}

/* libsodium says the same of a wrong password as of one for which it had no memory. */
static enum password_outcome
verify(const struct password_op *op)
{
	if (crypto_pwhash_str_verify(op->hash, op->plain, op->len) == 0)
		return PASSWORD_GOOD;
	return is_room() ? PASSWORD_WRONG : PASSWORD_UNKNOWN;
}

static enum password_outcome
make_hash(struct password_op *op)
{
	_Static_assert(PASSWORD_HASH_SIZE >= crypto_pwhash_STRBYTES, "a hash has room");

	return crypto_pwhash_str(op->hash, op->plain, op->len, PASSES, memory_bytes) == 0
	    ? PASSWORD_GOOD
	    : PASSWORD_UNKNOWN;
}

static void
work(struct pool_job *job)
{
	struct password_op *op = op_of(job);

	op->outcome = op->verify ? verify(op) : make_hash(op);
	sodium_memzero(op->plain, op->len);
}

static void
on_done(struct pool_job *job)
{
	struct password_op *op = op_of(job);

	metrics_observe(HISTOGRAM_PASSWORD_SECONDS, (double)(loop_clock_us() - op->asked_us) / 1e6);
	if (op->done != NULL)
		op->done(op->arg, op->outcome, op->hash);
}

static void
end(struct pool_job *job)
{
	struct password_op *op = op_of(job);

	sodium_memzero(op->hash, sizeof op->hash);
	free(op);
}

static struct password_op *
ask(const char *plain, size_t len, const char *hash, bool verify, password_done *done, void *arg)
{
	if (!pool_has_room(POOL_PASSWORDS)) {
		metrics_add(METRIC_PASSWORD_REJECTED, 1);
		return NULL;
	}

	struct password_op *op = xzalloc(sizeof *op + len);

	op->job = (struct pool_job){ .work = work, .done = on_done, .end = end };
	op->done = done;
	op->arg = arg;
	op->asked_us = loop_clock_us();
	op->verify = verify;
	op->len = len;
	memcpy(op->plain, plain, len);
	if (hash != NULL)
		strncpy(op->hash, hash, sizeof op->hash - 1);
	pool_add(POOL_PASSWORDS, &op->job);
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
password_open(int most, int64_t memory_kib)
{
	pool_limit(POOL_PASSWORDS, most);
	memory_bytes = (size_t)memory_kib * 1024;
	return make_nobodys_hash();
}
