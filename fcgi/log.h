/* log.h: one line an event, for somebody who has to act on it: time, level,
 * what happened, then key=value pairs. Written to standard error at once.
 * Never a message's text, a password or a token. Control characters in values
 * are escaped. A value that may hold blanks or quotes is quoted, by LOG_QUOTED,
 * so that a line can be parsed. A line that can't be written (the disk is full, nobody reads the
 * pipe) is dropped and counted, and the next one that can says so: logging never
 * blocks and never fails. */
#ifndef LOG_H
#define LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "must_use.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

/* Who a line is about; all may be empty. Borrowed. */
struct log {
	const char *request_id; /* nginx's, or NULL */
	const char *step;       /* the route or step under way, or NULL */
	int64_t user_id;        /* 0: nobody yet */
};

void log_level(enum log_level least);
/* Opens standard error once more, without blocking: others who share it don't notice. Where that
 * can't be done (a socket, another user's file) it is asked before each line. */
void log_open(void);
/* Lines dropped so far. */
uint64_t log_dropped(void);
/* log_warn(&r->log, "push failed", "queue=%s error=%s", id, LOG_QUOTED(why)): l may be NULL;
 * details "" for none. */
void log_line(enum log_level level, const struct log *l, const char *what, const char *details, ...)
    PRINTF_LIKE(4, 5);

/* Text in double quotes, with \\ before a quote or a backslash of its own, and escapes as in the
 * line. What is too long is cut, within the quotes. Lives as long as the block of the call. */
#define LOG_QUOTED(text) log_quoted((char[LOG_QUOTED_SIZE]){ 0 }, (text))

enum { LOG_QUOTED_SIZE = 1024 };

const char *log_quoted(char out[LOG_QUOTED_SIZE], const char *text);

#define log_debug(l, what, ...) log_line(LOG_DEBUG, l, what, __VA_ARGS__)
#define log_info(l, what, ...)  log_line(LOG_INFO, l, what, __VA_ARGS__)
#define log_warn(l, what, ...)  log_line(LOG_WARN, l, what, __VA_ARGS__)
#define log_error(l, what, ...) log_line(LOG_ERROR, l, what, __VA_ARGS__)

#endif
