/* net.h: connections to one server that are kept alive, each with one request at a time, in one loop. */
#ifndef BENCH_NET_H
#define BENCH_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http.h"

struct conn;

/* The answer has come, or, with a NULL, the connection broke before it was complete. May ask again. */
typedef void conn_done(struct conn *c, const struct http *answer);

/* All zero but for these two is a connection that isn't open yet. */
struct conn {
	conn_done *done;
	void *owner;
	int fd_and_1; /* 0: not open */
	bool waits;   /* for an answer */
	char *out;
	size_t out_len, out_room, out_sent;
	struct http in;
};

/* A clock that nobody sets, in microseconds. */
int64_t net_now(void);

/* Where all connections lead: an IPv4 address and a port, "127.0.0.1:8080". */
bool net_open(const char *address);

/* Sends a request; the connection is made if it isn't there. No other may be under way. */
void conn_ask(struct conn *c, const char *request, size_t len);

/* Closes it (with a reset, so that no port stays taken) and forgets what it waited for. */
void conn_close(struct conn *c);

/* Lets bytes come and go until `done` says so, and calls `tick` at the times that it gives (the next one,
 * by net_now(); 1 ms from now at the soonest matters not: it is exact). */
void net_run(bool (*done)(void *arg), int64_t (*tick)(void *arg, int64_t now), void *arg);

/* How many connections broke, or could not be made, while a request was under way. */
extern uint64_t net_broken;

#endif
