/* login.c: see login.h. */
#include "login.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net.h"
#include "target.h"

enum { HASHES = 3, TICK_US = 10000, LAST_US = 20000000 };

struct visitor {
	struct conn conn;
	int64_t since_us;
};

static struct login *run;
static int64_t begun_us;
static uint32_t users, waiting;

static bool
is_time(int64_t now)
{
	return (double)(now - begun_us) < options.seconds * 1e6;
}

static void
log_in(struct visitor *v)
{
	char body[256], request[512];
	int len = snprintf(body, sizeof body, "{\"username\":\"bench%u\",\"password\":\"%s\"}",
	    users++ % options.users, run->password);

	len = snprintf(request, sizeof request,
	    "POST /api/login HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\n"
	    "Content-Length: %d\r\n\r\n%s",
	    options.host, len, body);
	v->since_us = net_now();
	waiting++;
	conn_ask(&v->conn, request, (size_t)len);
}

static void
on_answer(struct conn *c, const struct http *answer)
{
	struct visitor *v = c->owner;
	int64_t now = net_now();

	waiting--;
	if (answer != NULL && answer->status == 200)
		hist_add(&run->took_us, now - v->since_us);
	else
		run->failed++;
	if (is_time(now))
		log_in(v);
}

static bool
is_over(void *arg)
{
	int64_t now = net_now();

	(void)arg;
	return !is_time(now) &&
	    (waiting == 0 || now - begun_us > LAST_US + (int64_t)(options.seconds * 1e6));
}

static int64_t
tick(void *arg, int64_t now)
{
	(void)arg;
	return now + TICK_US;
}

static int64_t
time_hash(void)
{
	int64_t begin = net_now();

	if (run->hash == NULL)
		return 0;
	for (int i = 0; i < HASHES; i++)
		if (crypto_pwhash_str_verify(run->hash, run->password, strlen(run->password)) != 0)
			run->failed++;
	return (net_now() - begin) / HASHES;
}

bool
login_run(struct login *login)
{
	struct visitor *visitors = calloc(options.senders, sizeof *visitors);

	if (visitors == NULL || sodium_init() < 0)
		abort();
	run = login;
	run->hash_us = time_hash();
	run->begin = usage_look(true);
	begun_us = net_now();
	for (uint32_t i = 0; i < options.senders; i++) {
		visitors[i].conn.done = on_answer;
		visitors[i].conn.owner = &visitors[i];
		log_in(&visitors[i]);
	}
	net_run(is_over, tick, NULL);
	run->end = usage_look(true);
	for (uint32_t i = 0; i < options.senders; i++)
		conn_close(&visitors[i].conn);
	free(visitors);
	return run->failed == 0;
}
