/* redis_link.c: see redis_link.h. */
#include "redis_link.h"

#include <errno.h>
#include <ev.h>
#include <hiredis/adapters/libev.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "arena.h"
#include "log.h"
#include "metrics.h"

enum { BACK_OFF_MIN_MS = 50, BACK_OFF_MAX_MS = 500 };

static char *address, *password;
static int timeout_ms;
static bool closing;

static void connect_now(struct redis_link *k);

static void
on_back_off(struct deadline *d)
{
	connect_now(container_of(d, struct redis_link, deadline));
}

/* The link is gone, or never was: again later. One that is refused whenever it
 * was made (a replica's READONLY) has a back-off like one that can't be made. */
static void
rest(struct redis_link *k, const char *why)
{
	if (k->state == REDIS_READY && loop_now_ms() - k->ready_ms >= BACK_OFF_MAX_MS)
		k->back_off_ms = BACK_OFF_MIN_MS;
	k->ac = NULL;
	k->unsent = false;
	k->state = REDIS_DOWN;
	if (k->lost != NULL)
		k->lost();
	if (closing)
		return;
	log_warn(NULL, "redis connection lost", "link=%s error=%s again_in_ms=%lld", k->name,
	    LOG_QUOTED(why), (long long)k->back_off_ms);
	deadline_set(&k->deadline,
	    (int64_t)randombytes_uniform((uint32_t)k->back_off_ms) + k->back_off_ms / 2,
	    on_back_off);
	k->back_off_ms =
	    k->back_off_ms * 2 < BACK_OFF_MAX_MS ? k->back_off_ms * 2 : BACK_OFF_MAX_MS;
}

void
redis_link_drop(struct redis_link *k, const char *why)
{
	redisAsyncContext *ac = k->ac;

	if (ac == NULL)
		return;
	rest(k, why);
	redisAsyncFree(ac);
}

static void
on_late(struct deadline *d)
{
	redis_link_drop(container_of(d, struct redis_link, deadline), "no answer in time");
}

/* hiredis has freed the context when these return. */
static void
on_disconnect(const redisAsyncContext *ac, int status)
{
	struct redis_link *k = ac->data;

	(void)status;
	if (k->ac == ac)
		rest(k, ac->err != 0 ? ac->errstr : "closed");
}

static void
on_connect(const redisAsyncContext *ac, int status)
{
	struct redis_link *k = ac->data;

	if (k->ac != ac)
		return;
	if (status != REDIS_OK)
		rest(k, ac->errstr);
	else
		k->greet();
}

/* ---- Sending: all that a turn of the loop asks for goes out in one write at its end. hiredis's adapter would
 * have the kernel say first that the socket takes it: two more calls, and a turn, for each write. ---- */

static void
on_turn_end(struct ev_loop *l, struct ev_prepare *w, int events)
{
	(void)l, (void)events;
	struct redis_link *k = container_of(w, struct redis_link, turn_end);

	if (!k->unsent)
		return;
	k->unsent = false;
	k->sending = true;
	redisAsyncHandleWrite(k->ac); /* which asks for more where the socket didn't take all */
	k->sending = false;
}

static void
on_something_to_send(void *privdata)
{
	struct redisLibevEvents *e = privdata;
	struct redis_link *k = e->context->data;

	if ((e->context->c.flags & REDIS_CONNECTED) != 0 && e->context == k->ac && !k->sending)
		k->unsent = true;
	else
		redisLibevAddWrite(privdata);
}

/* Over TCP a peer that is gone is noticed within seconds also where nothing is asked of it. */
static void
keep_alive(int fd)
{
	static const struct {
		int level, name, value;
	} options[] = {
		{ SOL_SOCKET, SO_KEEPALIVE, 1 },
		{ IPPROTO_TCP, TCP_KEEPIDLE, 2 },
		{ IPPROTO_TCP, TCP_KEEPINTVL, 2 },
		{ IPPROTO_TCP, TCP_KEEPCNT, 2 },
		{ IPPROTO_TCP, TCP_USER_TIMEOUT, 6000 },
	};

	for (size_t i = 0; i < sizeof options / sizeof *options; i++)
		if (setsockopt(fd, options[i].level, options[i].name, &options[i].value,
			sizeof options[i].value) != 0)
			log_warn(NULL, "no keep-alive", "error=%s", LOG_QUOTED(strerror(errno)));
}

static void
connect_now(struct redis_link *k)
{
	char *colon = strrchr(address, ':');
	redisAsyncContext *ac;

	k->state = REDIS_CONNECTING;
	if (*address == '/' || colon == NULL) {
		ac = redisAsyncConnectUnix(address);
	} else {
		char *host = xstrdup(address);

		host[colon - address] = '\0';
		ac = redisAsyncConnect(host, atoi(colon + 1));
		free(host);
	}
	if (ac == NULL || ac->err != 0) {
		rest(k, ac != NULL ? ac->errstr : "no memory");
		if (ac != NULL)
			redisAsyncFree(ac);
		return;
	}
	if (*address != '/' && colon != NULL)
		keep_alive(ac->c.fd);
	k->ac = ac;
	ac->data = k;
	redisLibevAttach(loop_ev(), ac);
	ac->ev.addWrite = on_something_to_send;
	redisAsyncSetConnectCallback(ac, on_connect);
	redisAsyncSetDisconnectCallback(ac, on_disconnect);
	redis_link_expect_within(k, (int64_t)timeout_ms * 2);
	if (*password != '\0')
		redisAsyncCommand(ac, NULL, NULL, "AUTH %s", password);
}

void
redis_link_open(struct redis_link *k)
{
	k->back_off_ms = BACK_OFF_MIN_MS;
	ev_prepare_init(&k->turn_end, on_turn_end);
	ev_prepare_start(loop_ev(), &k->turn_end);
	ev_unref(loop_ev()); /* it alone keeps no loop running */
	connect_now(k);
}

void
redis_link_ready(struct redis_link *k)
{
	k->state = REDIS_READY;
	k->ready_ms = loop_now_ms();
	metrics_add(METRIC_REDIS_RECONNECTS, 1);
	log_info(NULL, "redis connected", "link=%s", k->name);
}

void
redis_link_expect_within(struct redis_link *k, int64_t ms)
{
	deadline_set(&k->deadline, ms, on_late);
}

void
redis_link_expect(struct redis_link *k)
{
	redis_link_expect_within(k, timeout_ms);
}

void
redis_link_close(struct redis_link *k)
{
	closing = true;
	deadline_clear(&k->deadline);
	redis_link_drop(k, "end");
}

void
redis_link_configure(const char *at, const char *secret, int answer_ms)
{
	address = xstrdup(at);
	password = xstrdup(secret);
	timeout_ms = answer_ms;
}
