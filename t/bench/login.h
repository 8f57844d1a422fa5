/* login.h: very many log in at once. */
#ifndef BENCH_LOGIN_H
#define BENCH_LOGIN_H

#include <stdbool.h>
#include <stdint.h>

#include "hist.h"
#include "usage.h"

struct login {
	const char *password, *hash; /* of all users; the hash may be NULL */
	struct hist took_us;
	struct usage begin, end;
	uint64_t failed;
	int64_t hash_us; /* what looking at the hash takes by itself: no login can take less */
};

/* options.senders at once, for options.seconds, as bench0, bench1 and so on. False if one failed. */
bool login_run(struct login *login);

#endif
