/* queue.h: the queue of events of one open tab, a list in Redis. PostgreSQL is
 * the record, a queue only brings it soon: whoever doubts one drops it
 * (PROBLEM_QUEUE_GONE), and one that nobody polls is gone after five and a half
 * minutes. The scripts in fcgi/lua/ are the protocol. */
#ifndef QUEUE_H
#define QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "redis.h"
#include "request.h"

enum {
	QUEUE_ID_LEN = 19,
	QUEUE_OLD_ID_LEN = 32, /* hexadecimal digits, by workers of before */
	QUEUE_ID_SIZE = QUEUE_OLD_ID_LEN + 1,
	QUEUES_MAX = 32,          /* of a user */
	QUEUE_WAITING_MAX = 1000, /* events; beyond, the queue is dropped */
	QUEUE_PASSING_MAX = 100,  /* presence is left out when more wait */
	QUEUE_ALONG_MAX = 7,      /* no event goes along with its ring when more wait, */
	QUEUE_ALONG_BYTES = 4096, /* nor a longer one: bells that nobody hears stay small */
	QUEUE_READ_MAX = 100,     /* events in one answer */
};

/* Can there be an id of this length? */
bool queue_id_fits(size_t len);

/* Starts opening a queue of r's user; id is its new, random name. The next step
 * calls queue_opened: false if Redis is away. */
enum step_result queue_open(struct request *r, char id[QUEUE_ID_SIZE]);
bool queue_opened(const struct request *r);

/* Gives an event (JSON, an object) to every queue of a user. passing: one that
 * isn't worth keeping. done, if any, hears whether Redis took it ("no queue" is
 * taken). */
void queue_push(int64_t user_id, const char *event, size_t len, bool passing,
    void (*done)(void *arg, bool taken), void *arg);

/* Drops the queues that a session opened; its polls look again, and end. */
void queue_drop_session(
    int64_t user_id, int64_t session_id, void (*done)(void *arg, bool taken), void *arg);

/* One look at a queue on behalf of a poll (fcgi/lua/queue_read.lua). gen 0: the
 * poll's first. note: this worker is to be rung when something comes. doubt: Redis
 * may have lost keys; a queue that no push finds any more is then gone. idle: nobody
 * is at the tab, as of a first look. The script says what the reply is. */
struct redis_op *queue_read(int64_t user_id, const char *id, int64_t after, int64_t gen, bool note,
    bool doubt, bool idle, redis_done *done, void *arg);

#endif
