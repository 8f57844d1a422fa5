/* socket.c: see socket.h. */
#include "socket.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 4096, FIRST_SYSTEMD_SOCKET = 3 };

static int
refuse(char *error, size_t error_size, const char *path, const char *why)
{
	(void)snprintf(error, error_size, "can't listen at %s: %s", path, why);
	return -1;
}

/* An integer that the kernel knows of a socket; -1 where fd is none. */
static int
socket_option(int fd, int name)
{
	int value = -1;
	socklen_t size = sizeof value;

	return getsockopt(fd, SOL_SOCKET, name, &value, &size) == 0 ? value : -1;
}

/* systemd's socket, or descriptor 0 as spawn-fcgi leaves it. */
static int
inherited_socket(char *error, size_t error_size)
{
	const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");
	int fd = STDIN_FILENO;

	if (fds != NULL && (pid == NULL || strtol(pid, NULL, 10) == (long)getpid()))
		fd = FIRST_SYSTEMD_SOCKET;
	if (socket_option(fd, SO_ACCEPTCONN) <= 0) {
		(void)snprintf(error, error_size,
		    "no listening socket was given (systemd's, or descriptor 0): use --listen PATH");
		return -1;
	}
	if (socket_option(fd, SO_DOMAIN) != AF_UNIX) {
		(void)snprintf(error, error_size,
		    "the listening socket that was given (descriptor %d) is no unix socket: "
		    "whoever reaches it over TCP could say to be anybody",
		    fd);
		return -1;
	}
	return fd;
}

/* What a worker before us left at path goes; anything else was named by mistake, and stays. */
static bool
make_room(const char *path)
{
	struct stat there;

	if (lstat(path, &there) != 0)
		return errno == ENOENT;
	if (!S_ISSOCK(there.st_mode)) {
		errno = ENOTSOCK;
		return false;
	}
	return unlink(path) == 0 || errno == ENOENT;
}

static int
listen_at(const char *path, char *error, size_t error_size)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof address.sun_path)
		return refuse(error, error_size, path, strerror(ENAMETOOLONG));
	if (!make_room(path))
		return refuse(error, error_size, path,
		    errno == ENOTSOCK ? "what is there is no socket" : strerror(errno));
	(void)snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0 &&
	    chmod(path, 0660) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	(void)refuse(error, error_size, path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

int
socket_open(const char *path, char *error, size_t error_size)
{
	int fd =
	    path != NULL ? listen_at(path, error, error_size) : inherited_socket(error, error_size);

	if (fd >= 0 && fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) != 0) {
		(void)snprintf(error, error_size, "listening socket: %s", strerror(errno));
		return -1;
	}
	return fd;
}

bool
socket_is_among_last(int fd, unsigned reserve)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return false;
	if (limit.rlim_cur / 8 < reserve)
		reserve = (unsigned)(limit.rlim_cur / 8);
	return (rlim_t)fd + reserve >= limit.rlim_cur;
}
