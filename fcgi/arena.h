/* arena.h: memory that ends all at once, as a request's does. What is
 * allocated in an arena is never freed alone. There is no failure: out of
 * memory aborts, here and only here (the x… functions are for memory that
 * outlives a request). */
#ifndef ARENA_H
#define ARENA_H

#include <stddef.h>

#include "must_use.h"

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *a); /* NULL is good */

void *arena_alloc(struct arena *a, size_t size) MUST_USE;  /* aligned for any type, not zeroed */
void *arena_zalloc(struct arena *a, size_t size) MUST_USE; /* zeroed */
/* A copy of len bytes with a NUL behind them. */
char *arena_copy(struct arena *a, const void *bytes, size_t len) MUST_USE;
char *arena_strdup(struct arena *a, const char *s) MUST_USE;
char *arena_printf(struct arena *a, const char *format, ...) MUST_USE PRINTF_LIKE(2, 3);

void *xmalloc(size_t size) MUST_USE;
void *xzalloc(size_t size) MUST_USE;
void *xrealloc(void *p, size_t size) MUST_USE;
char *xstrdup(const char *s) MUST_USE;
/* Gives back to the system what a busy time left behind: malloc keeps it for itself. */
void arena_trim(void);
/* Says so and aborts: for a library that reports that it got none. */
_Noreturn void arena_no_memory(void);

/* A growing byte string of its own memory (malloc); all zero is the empty one. */
struct buffer {
	char *data; /* len bytes; NULL while empty. No NUL at the end */
	size_t len;
	size_t capacity;
};

void buffer_append(struct buffer *b, const void *bytes, size_t len);
void buffer_reserve(struct buffer *b, size_t more); /* room for `more` bytes at data + len */
void buffer_consume(struct buffer *b, size_t len);  /* drops the first len bytes */
void buffer_free(struct buffer *b);                 /* and makes it the empty one */

#endif
