/* socket.h: the listening socket: one that somebody else made (systemd, or
 * spawn-fcgi), or a unix socket of our own. Never TCP, which is refused: whoever
 * reaches it may say to be anybody. */
#ifndef SOCKET_H
#define SOCKET_H

#include <stdbool.h>
#include <stddef.h>

#include "must_use.h"

/* Listens at path, mode 0660, in the place of a socket that was left there (anything else
 * that is there stays, and is an error); NULL takes systemd's first socket (LISTEN_FDS), or
 * descriptor 0. The descriptor doesn't block. -1: error says why. */
int socket_open(const char *path, char *error, size_t error_size) MUST_USE;

/* Is it one of the last `reserve` descriptors that we may have, or of an eighth of them?
 * The limit may change at any time. */
bool socket_is_among_last(int fd, unsigned reserve) MUST_USE;

#endif
