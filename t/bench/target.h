/* target.h: how a server is asked for what all of them do: open a place to receive at, wait there, send. */
#ifndef BENCH_TARGET_H
#define BENCH_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net.h"
#include "tally.h"

enum { REQUEST_SIZE = 2048, TEXT_LEN = 100, GROUPS_MAX = 32, PLACE_SIZE = 160, HOLD_S = 25 };

enum reader_state { READER_NEW, READER_OPENING, READER_POLLING, READER_RESTING };

struct reader {
	struct conn conn;
	uint32_t index;
	enum reader_state state;
	bool keeps;             /* it rests, and goes on at its place */
	uint32_t opened, polls; /* how often; since then */
	uint32_t stage;         /* of its opening, where it takes more than one request */
	int64_t retry_us, opened_us;
	uint64_t after; /* Magpie: the number of the last event */
	uint64_t rev;   /* Magpie: of the conversation's last change; BOSH: of the last request */
	/* Magpie: the queue's id; nchan: of the last message "date\ntag"; BOSH: the session's id */
	char place[PLACE_SIZE];
};

struct group {
	uint32_t first, size; /* its members are these readers */
};

/* What all of a run must know; main() fills it. */
struct options {
	const char *host; /* address and port */
	uint32_t users; /* people with these numbers; the senders to one reader come behind them */
	uint32_t readers, senders; /* reader r is a friend of sender r % senders */
	uint32_t groups_only;      /* messages go to groups alone */
	struct group groups[GROUPS_MAX];
	uint32_t group_count;
	uint32_t first_group; /* which of the server's groups the first of these is */
	double rate; /* messages a second; 0: a sender sends when all is there of the one before */
	double seconds, warm;
	uint32_t messages;  /* at most */
	bool resync;        /* readers ask for what they have missed when they open anew */
	bool life;          /* people also read and change their presence */
	unsigned nonce;     /* of this run: its ids are no other run's */
	const char *strike; /* a command that is run in the middle; may be NULL */
};

extern struct options options;

enum open_end { OPEN_DONE, OPEN_MORE, OPEN_REFUSED };
enum poll_end { POLL_AGAIN, POLL_GONE, POLL_REFUSED };

struct target {
	const char *name;
	/* Each writes a request and returns its length. Without the first two there is nothing to open. */
	size_t (*open)(struct reader *r, char *out, size_t size);
	enum open_end (*opened)(struct reader *r, const struct http *answer);
	size_t (*poll)(struct reader *r, unsigned hold_s, char *out, size_t size);
	enum poll_end (*polled)(
	    struct reader *r, const struct http *answer); /* tells crowd_got() */
	size_t (*send)(
	    struct reader *from, uint32_t number, const struct message *m, char *out, size_t size);
	bool (*sent)(const struct http *answer);
	/* Something else that people do, the n-th; NULL: nothing. */
	size_t (*live)(uint32_t n, char *out, size_t size);
	bool keyed; /* a send has a key: it may go again, and is taken once */
	bool
	    senders_open; /* senders open a place too, and a send's answer is held as a poll's is */
};

extern const struct target target_magpie, target_nchan, target_bosh;

/* The text of message number n, TEXT_LEN characters: "m12.xxx…", and the number that a text tells (0: none). */
void target_text(uint32_t number, char text[TEXT_LEN + 1]);
uint32_t target_number(const char *text);

/* How long to wait before asking again, where the server says so (503 with Retry-After), with jitter, as the client
 * does; 0 where it doesn't. */
int64_t target_told_to_wait_us(const struct http *answer);

/* The group that a reader is in and 1, or 0. */
uint32_t target_group_of(uint32_t reader);

#endif
