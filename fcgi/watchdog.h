/* watchdog.h: tells whoever started this worker, once a second, that its loop
 * turns; who hears nothing for 10 s ends it. Told is systemd (NOTIFY_SOCKET, also
 * that the worker is ready, or ends), and a pipe named by --heartbeat, which gets
 * a line with the process's id. Never blocks; nobody listening is no error. */
#ifndef WATCHDOG_H
#define WATCHDOG_H

/* path: of the pipe, or NULL. */
void watchdog_open(const char *path);
/* It ends, which may take a while; the signs go on. */
void watchdog_ending(void);

#endif
