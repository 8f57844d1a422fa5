/* shown.h: what others see of a user: online, away, busy, or offline. Somebody invisible is offline
 * here as anybody is who isn't there. Friends are told of changes soon, and once of several. */
#ifndef SHOWN_H
#define SHOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "request.h"

enum shown { SHOWN_OFFLINE, SHOWN_ONLINE, SHOWN_AWAY, SHOWN_BUSY };

enum { SHOWN_KEY_SIZE = 40 };

const char *shown_name(enum shown s);
/* As Redis' scripts say it; what they don't know is offline. */
enum shown shown_of_code(const char *code);
/* Of the hash in which presence.c and its scripts keep what is known of a user who is here. */
void shown_key(char key[SHOWN_KEY_SIZE], int64_t user_id);

/* In Redis, the sorted set `present`: by the end of each user's lease, with what others see in the
 * fraction of the millisecond. */
#define SHOWN_SET "present"
enum { SHOWN_SCORE_SIZE = 32, SHOWN_LEASE_S = 80, SHOWN_LEASE_MS = SHOWN_LEASE_S * 1000 };

void shown_score(char text[SHOWN_SCORE_SIZE], int64_t until_ms, enum shown s);
enum shown shown_of_score(const char *text);

/* Something else is shown since a moment ago, or nothing; before it was this. Friends are told what holds
 * soon, if that is another. Who went is noted as last seen then. */
void shown_changed(int64_t user_id, enum shown before);
/* Of how many users friends haven't been told yet. */
size_t shown_untold(void);

/* What is seen of some users. shown_ask, and then shown_take_states; or, where it isn't known when they
 * were last seen, shown_ask_last_seen and shown_take. */
struct shown_look {
	const int64_t *ids; /* count of them, the caller's */
	size_t count;
	enum shown *states; /* in r's arena; with Redis away offline */
	/* Each may be NULL; holds of who is offline, and is the caller's if set before. */
	const char **last_seen;
	bool asked;
};

/* STEP_WAIT, or STEP_NEXT where there is nobody. */
enum step_result shown_ask(struct request *r, struct shown_look *l);
void shown_take_states(const struct request *r, struct shown_look *l);
/* STEP_WAIT, or STEP_NEXT where nobody is offline. */
enum step_result shown_ask_last_seen(struct request *r, struct shown_look *l);
void shown_take(struct request *r, struct shown_look *l);

#endif
