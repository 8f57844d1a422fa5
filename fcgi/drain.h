/* drain.h: a worker's end, on SIGTERM or SIGINT: it takes no new connections,
 * answers its polls, finishes its sends, tells PostgreSQL what it has pushed and
 * Redis whose polls it holds no more, and ends the loop. */
#ifndef DRAIN_H
#define DRAIN_H

#include <stdint.h>

/* Waits for the signal; the rest may then take that many seconds at most. */
void drain_open(int64_t seconds_max);

#endif
