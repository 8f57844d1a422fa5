/* socket.c: see socket.h. */
#include "socket.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 4096, FIRST_SYSTEMD_SOCKET = 3 };

/* systemd's socket, or descriptor 0 as spawn-fcgi leaves it; -1: neither. */
static int
inherited_socket(void)
{
	const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");
	int fd = STDIN_FILENO, listening = 0;
	socklen_t size = sizeof listening;

	if (fds != NULL && (pid == NULL || strtol(pid, NULL, 10) == (long)getpid()))
		fd = FIRST_SYSTEMD_SOCKET;
	if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) != 0 || !listening)
		return -1;
	return fd;
}

static int
listen_at(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	if (strlen(path) >= sizeof address.sun_path) {
		errno = ENAMETOOLONG;
		goto fail;
	}
	(void)snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	(void)unlink(path);
	if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || chmod(path, 0660) != 0 ||
	    listen(fd, BACKLOG) != 0)
		goto fail;
	return fd;
fail:
	close(fd);
	return -1;
}

int
socket_open(const char *path, char *error, size_t error_size)
{
	int fd = path != NULL ? listen_at(path) : inherited_socket();

	if (fd < 0 && path != NULL)
		(void)snprintf(error, error_size, "can't listen at %s: %s", path, strerror(errno));
	else if (fd < 0)
		(void)snprintf(error, error_size,
		    "no listening socket was given (systemd's, or descriptor 0): use --listen PATH");
	if (fd >= 0 && fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) != 0) {
		(void)snprintf(error, error_size, "listening socket: %s", strerror(errno));
		return -1;
	}
	return fd;
}
