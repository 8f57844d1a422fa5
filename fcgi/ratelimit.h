/* ratelimit.h: how often somebody may. Counted in Redis, for all workers
 * together; with Redis away nothing is refused. Polls alone, the most frequent of
 * all, are counted by each worker for itself. Turned off by limits.enabled=no. */
#ifndef RATELIMIT_H
#define RATELIMIT_H

#include "request.h"

/* Steps, each followed by obey_rate, which answers 429 with Retry-After. */
step_fn check_rate;          /* of a user, in general */
step_fn check_send_rate;     /* of a user's messages */
step_fn check_queue_rate;    /* of a user's queues */
step_fn check_find_rate;     /* of a user's looking for others by their names */
step_fn check_block_rate;    /* of blocking, which tells whose an id is; apart from looking */
step_fn check_picture_rate;  /* of a user's uploads */
step_fn check_avatar_rate;   /* of the avatars that a user looks at */
step_fn check_login_rate;    /* of an address */
step_fn check_register_rate; /* of an address */
step_fn obey_rate;

/* A step by itself: of a user's polls. */
step_fn check_poll_rate;

#endif
