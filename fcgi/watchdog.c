/* watchdog.c: see watchdog.h. systemd's protocol is a datagram of lines, so no
 * library is needed for it. */
#include "watchdog.h"

#include <ev.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "log.h"
#include "loop.h"

#define SIGN_S 1.

static struct ev_timer timer;
static int notify_fd = -1, pipe_fd = -1;
static struct sockaddr_un address;
static socklen_t address_size;

static void
notify(const char *lines)
{
	if (notify_fd >= 0)
		(void)sendto(notify_fd, lines, strlen(lines), MSG_DONTWAIT | MSG_NOSIGNAL,
		    (struct sockaddr *)&address, address_size);
}

static void
on_second(struct ev_loop *l, struct ev_timer *w, int events)
{
	(void)l, (void)w, (void)events;
	char line[16];
	int len = snprintf(line, sizeof line, "%d\n", (int)getpid());

	notify("WATCHDOG=1");
	if (pipe_fd >= 0 && write(pipe_fd, line, (size_t)len) < 0)
		return; /* full: whoever should read is stuck itself */
}

/* A path, or "@name" in the kernel's own space of names. */
static void
open_notify(const char *name)
{
	size_t len = strlen(name);

	if (len < 2 || len >= sizeof address.sun_path || (*name != '/' && *name != '@'))
		return;
	address.sun_family = AF_UNIX;
	memcpy(address.sun_path, name, len);
	if (*name == '@')
		address.sun_path[0] = '\0';
	address_size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
	notify_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

void
watchdog_open(const char *path)
{
	const char *name = getenv("NOTIFY_SOCKET");

	if (name != NULL)
		open_notify(name);
	if (path != NULL)
		pipe_fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	if (path != NULL && pipe_fd < 0)
		log_warn(NULL, "nobody watches", "heartbeat=%s", LOG_QUOTED(path));
	notify("READY=1");
	ev_timer_init(&timer, on_second, 0., SIGN_S);
	ev_timer_start(loop_ev(), &timer);
}

void
watchdog_ending(void)
{
	notify("STOPPING=1");
}
