/* net.c: see net.h. */
#include "net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS = 256, PIECE = 65536 };

uint64_t net_broken;
static struct sockaddr_in server;
static int epoll_fd, timer_fd;

int64_t
net_now(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

bool
net_open(const char *address)
{
	char host[64];
	unsigned port;
	struct epoll_event timer = { .events = EPOLLIN, .data.ptr = NULL };

	if (sscanf(address, "%63[^:]:%u", host, &port) != 2 || port > 65535 ||
	    inet_pton(AF_INET, host, &server.sin_addr) != 1)
		return false;
	server.sin_family = AF_INET;
	server.sin_port = htons((uint16_t)port);
	epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	return epoll_fd >= 0 && timer_fd >= 0 &&
	    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, timer_fd, &timer) == 0;
}

void
conn_close(struct conn *c)
{
	static const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };

	if (c->fd_and_1 != 0) {
		(void)setsockopt(c->fd_and_1 - 1, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
		(void)close(c->fd_and_1 - 1);
	}
	c->fd_and_1 = 0;
	c->waits = false;
	free(c->out);
	c->out = NULL;
	c->out_len = c->out_room = c->out_sent = 0;
	http_free(&c->in);
}

static void
broken(struct conn *c)
{
	bool waited = c->waits;

	conn_close(c);
	if (waited) {
		net_broken++;
		c->done(c, NULL);
	}
}

static bool
watch(struct conn *c, int operation, bool writes)
{
	struct epoll_event event = { .events = writes ? EPOLLIN | EPOLLOUT : EPOLLIN,
		.data.ptr = c };

	return epoll_ctl(epoll_fd, operation, c->fd_and_1 - 1, &event) == 0;
}

static bool
start(struct conn *c)
{
	int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return false;
	c->fd_and_1 = fd + 1;
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	/* Where it fails at once, the loop sees that as well. */
	(void)connect(fd, (const struct sockaddr *)&server, sizeof server);
	return watch(c, EPOLL_CTL_ADD, true);
}

/* Sends what is left; false where the connection is broken. */
static bool
flush(struct conn *c)
{
	while (c->out_sent < c->out_len) {
		ssize_t count = send(
		    c->fd_and_1 - 1, c->out + c->out_sent, c->out_len - c->out_sent, MSG_NOSIGNAL);

		if (count < 0)
			return errno == EAGAIN || errno == EINTR;
		c->out_sent += (size_t)count;
	}
	return true;
}

void
conn_ask(struct conn *c, const char *request, size_t len)
{
	if (c->waits)
		abort();
	if (len > c->out_room) {
		c->out = realloc(c->out, len);
		if (c->out == NULL)
			abort();
		c->out_room = len;
	}
	memcpy(c->out, request, len);
	c->out_len = len;
	c->out_sent = 0;
	c->waits = true;
	http_reset(&c->in);
	/* What can't be sent at once, or at all, is seen by the loop: nobody is called from in here. */
	if (c->fd_and_1 == 0) {
		if (!start(c)) {
			perror("magpie-bench: a connection");
			exit(1);
		}
	} else if (!flush(c) || c->out_sent < c->out_len) {
		(void)watch(c, EPOLL_CTL_MOD, true);
	}
}

/* Takes what came. A server may close an idle connection: the next request makes another. */
static void
take(struct conn *c)
{
	static char piece[PIECE];
	ssize_t count = recv(c->fd_and_1 - 1, piece, sizeof piece, 0);

	if (count < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (count <= 0 || !c->waits) {
		broken(c);
		return;
	}
	(void)http_take(&c->in, piece, (size_t)count);
	if (c->in.state == HTTP_BAD) {
		broken(c);
	} else if (c->in.state == HTTP_COMPLETE) {
		/* The answer is borrowed by done(), which may ask anew: that resets c->in. */
		struct http answer = c->in;

		memset(&c->in, 0, sizeof c->in);
		c->waits = false;
		if (answer.closes)
			conn_close(c);
		c->done(c, &answer);
		http_free(&answer);
	}
}

static void
on_event(struct conn *c, uint32_t events)
{
	if (c->fd_and_1 == 0)
		return; /* closed by one before it in the same list */
	if (events & EPOLLOUT) {
		if (!flush(c)) {
			broken(c);
			return;
		}
		if (c->out_sent == c->out_len)
			(void)watch(c, EPOLL_CTL_MOD, false);
	}
	if (events & (EPOLLIN | EPOLLERR | EPOLLHUP))
		take(c);
}

static void
set_timer(int64_t when)
{
	struct itimerspec at = { .it_value = {
				     .tv_sec = when / 1000000, .tv_nsec = when % 1000000 * 1000 } };

	(void)timerfd_settime(timer_fd, TFD_TIMER_ABSTIME, &at, NULL);
}

void
net_run(bool (*done)(void *arg), int64_t (*tick)(void *arg, int64_t now), void *arg)
{
	struct epoll_event events[EVENTS];
	uint64_t ignored;

	while (!done(arg)) {
		set_timer(tick(arg, net_now()));

		int count = epoll_wait(epoll_fd, events, EVENTS, 100);

		for (int i = 0; i < count; i++) {
			if (events[i].data.ptr == NULL)
				(void)!read(timer_fd, &ignored, sizeof ignored);
			else
				on_event(events[i].data.ptr, events[i].events);
		}
	}
}
