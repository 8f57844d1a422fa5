/* door_request.h: a whole request, as libfcgi reads it. What that does by itself would block a loop, so it
 * only ever sees whole requests, in a file in memory: FCGX_Accept_r waits for the rest of a partial one,
 * and FCGX_Finish_r for the peer to close. For door.c alone. */
#ifndef DOOR_REQUEST_H
#define DOOR_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "door.h"
#include "must_use.h"

/* Once, before all others. False: errno says why. */
bool door_request_open(void) MUST_USE;
/* Reads the request that the first len bytes are, with a body of body_len, into an arena of its own.
 * False: it isn't one, and there is no arena. */
bool door_request_read(
    struct door_input *in, const char *bytes, size_t len, size_t body_len) MUST_USE;

#endif
