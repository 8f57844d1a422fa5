/* log.c: a line is put together on the stack and written in one piece, so that
 * the lines of several workers and threads never mix. */
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <unistr.h>

#include "text.h"

#define LINE_MAX_BYTES 2048 /* below PIPE_BUF: a pipe takes all of it or nothing */
#define ESCAPE_SIZE    16   /* a character as it is written */

static const char *const level_names[] = {
	[LOG_DEBUG] = "debug",
	[LOG_INFO] = "info",
	[LOG_WARN] = "warn",
	[LOG_ERROR] = "error",
};

static enum log_level least_level = LOG_INFO;
static int own_fd = -1;                /* standard error once more, not blocking */
static _Atomic uint64_t dropped, told; /* lines; told: of how many of these a line tells */

/* Room is kept for the line's end. */
struct line {
	char bytes[LINE_MAX_BYTES];
	size_t len;
	bool full; /* something had no room: what comes after it is left out too */
};

void
log_level(enum log_level least)
{
	least_level = least;
}

static void
put(struct line *line, const char *bytes, size_t len)
{
	if (len > sizeof line->bytes - 1 - line->len)
		line->full = true;
	if (!line->full) {
		memcpy(line->bytes + line->len, bytes, len);
		line->len += len;
	}
}

/* C0, DEL, C1, and what a viewer may take for the end of a line or turn the
 * text around with. */
static bool
is_control(ucs4_t c)
{
	return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029 ||
	    (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

/* How the first character of text is written: control characters are escaped (\u000a), and bytes
 * that are no UTF-8 (\xff). Gives how many bytes of text it is. */
static size_t
escape(const char *text, char written[ESCAPE_SIZE])
{
	const uint8_t *s = (const uint8_t *)text;
	ucs4_t c;
	int len = u8_mbtoucr(&c, s, strnlen(text, 4));

	if (len < 0) {
		snprintf(written, ESCAPE_SIZE, "\\x%02x", *s);
		return 1;
	}
	if (is_control(c))
		snprintf(written, ESCAPE_SIZE, "\\u%04" PRIx32, (uint32_t)c);
	else
		snprintf(written, ESCAPE_SIZE, "%.*s", len, text);
	return (size_t)len;
}

static void
put_escaped(struct line *line, const char *text)
{
	char written[ESCAPE_SIZE];

	while (*text != '\0') {
		text += escape(text, written);
		put(line, written, strlen(written));
	}
}

const char *
log_quoted(char out[LOG_QUOTED_SIZE], const char *text)
{
	char written[ESCAPE_SIZE];
	size_t len = 0;

	out[len++] = '"';
	while (*text != '\0') {
		bool special = *text == '"' || *text == '\\';

		text += escape(text, written);
		if (len + special + strlen(written) + 2 > LOG_QUOTED_SIZE)
			break; /* cut, and whole all the same */
		if (special)
			out[len++] = '\\';
		memcpy(out + len, written, strlen(written));
		len += strlen(written);
	}
	out[len++] = '"';
	out[len] = '\0';
	return out;
}

static void
put_pair(struct line *line, const char *key, const char *value)
{
	if (value == NULL || *value == '\0')
		return;
	put(line, key, strlen(key));
	put_escaped(line, value);
}

static void
put_head(struct line *line, enum log_level level, const char *what)
{
	struct timespec now;
	char time[25];

	clock_gettime(CLOCK_REALTIME, &now);
	text_rfc3339((int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000, time);
	put(line, time, strlen(time));
	put_pair(line, " ", level_names[level]);
	put_pair(line, " ", what);
}

static void
put_whom(struct line *line, const struct log *l)
{
	put_pair(line, " request=", l->request_id);
	if (l->user_id != 0) {
		char user[24];

		snprintf(user, sizeof user, "%" PRId64, l->user_id);
		put_pair(line, " user=", user);
	}
	if (l->step != NULL) /* a route's name has a blank */
		put_pair(line, " step=", LOG_QUOTED(l->step));
}

/* A pipe that nobody reads must not stop us; neither does a full disk. False: it wasn't written, or in part. */
static bool
write_out(const char *bytes, size_t len)
{
	struct pollfd out = { .fd = STDERR_FILENO, .events = POLLOUT };
	ssize_t n;

	if (own_fd >= 0)
		return write(own_fd, bytes, len) == (ssize_t)len;
	n = send(STDERR_FILENO, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (n < 0 && errno == ENOTSOCK && poll(&out, 1, 0) == 1 && (out.revents & POLLOUT) != 0)
		n = write(STDERR_FILENO, bytes, len);
	return n == (ssize_t)len;
}

static void
write_line(const struct line *line)
{
	if (!write_out(line->bytes, line->len))
		dropped++;
}

void
log_open(void)
{
	own_fd = open("/proc/self/fd/2", O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

uint64_t
log_dropped(void)
{
	return dropped;
}

/* Lines can be written again, perhaps: how many are missing here? */
static void
tell_dropped(void)
{
	uint64_t count = dropped;
	struct line line = { .len = 0 };
	char text[64];

	if (count == told)
		return;
	put_head(&line, LOG_WARN, "log lines dropped");
	snprintf(text, sizeof text, "count=%" PRIu64, count - told);
	put_pair(&line, " ", text);
	line.bytes[line.len++] = '\n';
	if (write_out(line.bytes, line.len))
		told = count;
}

void
log_line(enum log_level level, const struct log *l, const char *what, const char *details, ...)
{
	struct line line;
	char text[LINE_MAX_BYTES];
	va_list args;

	if (level < least_level)
		return;
	line.len = 0;
	line.full = false;
	put_head(&line, level, what);
	if (l != NULL)
		put_whom(&line, l);
	va_start(args, details);
	vsnprintf(text, sizeof text, details, args);
	va_end(args);
	put_pair(&line, " ", text);
	line.bytes[line.len++] = '\n';
	tell_dropped();
	write_line(&line);
}
