/* door_request.h: a whole request: its parameters and its body. For door.c alone. */
#ifndef DOOR_REQUEST_H
#define DOOR_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "door.h"
#include "must_use.h"

/* Reads the request that the first len bytes are, with a body of body_len, into an arena of its own.
 * False: it isn't one, and there is no arena. */
bool door_request_read(
    struct door_input *in, const char *bytes, size_t len, size_t body_len) MUST_USE;

#endif
