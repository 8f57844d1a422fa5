/* log.c: a line is put together on the stack and written in one piece, so that
 * the lines of several workers and threads never mix. */
#include "log.h"

#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <unistr.h>

#include "text.h"

#define LINE_MAX_BYTES 2048 /* below PIPE_BUF: a pipe takes all of it or nothing */

static const char *const level_names[] = {
	[LOG_DEBUG] = "debug",
	[LOG_INFO] = "info",
	[LOG_WARN] = "warn",
	[LOG_ERROR] = "error",
};

static enum log_level least_level = LOG_INFO;

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

/* Escaped are control characters (\u000a) and bytes that are no UTF-8 (\xff). */
static void
put_escaped(struct line *line, const char *text)
{
	const uint8_t *s = (const uint8_t *)text, *end = s + strlen(text);

	while (s < end) {
		char escape[16];
		ucs4_t c;
		int len = u8_mbtoucr(&c, s, (size_t)(end - s));

		if (len < 0) {
			snprintf(escape, sizeof escape, "\\x%02x", *s);
			put(line, escape, strlen(escape));
			len = 1;
		} else if (is_control(c)) {
			snprintf(escape, sizeof escape, "\\u%04" PRIx32, (uint32_t)c);
			put(line, escape, strlen(escape));
		} else {
			put(line, (const char *)s, (size_t)len);
		}
		s += len;
	}
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
	put_pair(line, " step=", l->step);
}

/* A pipe that nobody reads must not stop us; neither does a full disk. */
static void
write_line(const struct line *line)
{
	struct pollfd out = { .fd = STDERR_FILENO, .events = POLLOUT };

	if (poll(&out, 1, 0) == 1 && (out.revents & POLLOUT) != 0) {
		ssize_t ignored = write(STDERR_FILENO, line->bytes, line->len);

		(void)ignored;
	}
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
	write_line(&line);
}
