/* arena.c: chunks of one size, cut from the front. Ended chunks are kept for
 * the next request, so that an ordinary request asks malloc for nothing.
 * For the loop's thread alone, the x… functions aside. */
#include "arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ASAN 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define WITH_ASAN 1
#endif

/* Under AddressSanitizer the sanitizer sees each allocation's exact end, and
 * an ended chunk goes back to malloc, so that a late use is reported. */
#ifdef WITH_ASAN
#include <sanitizer/asan_interface.h>
#define SPARE_MAX 0
#else
#define ASAN_POISON_MEMORY_REGION(at, size)   ((void)(at), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(at, size) ((void)(at), (void)(size))
#define SPARE_MAX                             32 /* chunks kept: 128 KiB at most */
#endif

#define CHUNK_DATA 4064             /* with its head and malloc's, a page */
#define BIG        (CHUNK_DATA / 4) /* from here on an allocation has a chunk of its own */
#define ALIGNMENT  alignof(max_align_t)
/* A buffer's at first: most answers fit, and malloc has such pieces at hand. */
#define BUFFER_DATA 1024

struct chunk {
	struct chunk *next;
	size_t size; /* of data */
	alignas(max_align_t) unsigned char data[];
};

struct arena {                /* is itself the first thing in its first chunk */
	struct chunk *chunks; /* the first is the one that is being cut */
	unsigned char *free;  /* the first byte of it not given yet */
	size_t left;
};

static struct chunk *spare; /* of CHUNK_DATA each */
static int spare_count;

void
arena_no_memory(void)
{
	static const char said[] = "magpie-worker: out of memory\n";
	ssize_t ignored = write(STDERR_FILENO, said, sizeof said - 1);

	(void)ignored;
	abort();
}

static struct chunk *
chunk_new(size_t size)
{
	struct chunk *c;

	if (size == CHUNK_DATA && spare != NULL) {
		c = spare;
		spare = c->next;
		spare_count--;
	} else {
		c = xmalloc(sizeof *c + size);
		c->size = size;
	}
	ASAN_POISON_MEMORY_REGION(c->data, c->size);
	return c;
}

static void
chunk_free(struct chunk *c)
{
	ASAN_UNPOISON_MEMORY_REGION(c->data, c->size);
	if (c->size == CHUNK_DATA && spare_count < SPARE_MAX) {
		c->next = spare;
		spare = c;
		spare_count++;
	} else {
		free(c);
	}
}

static size_t
aligned(size_t size)
{
	return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

struct arena *
arena_new(void)
{
	struct chunk *c = chunk_new(CHUNK_DATA);
	struct arena *a = (struct arena *)(void *)c->data;
	size_t own = aligned(sizeof *a);

	ASAN_UNPOISON_MEMORY_REGION(a, sizeof *a);
	c->next = NULL;
	a->chunks = c;
	a->free = c->data + own;
	a->left = c->size - own;
	return a;
}

void
arena_free(struct arena *a)
{
	struct chunk *c, *next;

	if (a == NULL)
		return;
	for (c = a->chunks; c != NULL; c = next) {
		next = c->next;
		chunk_free(c);
	}
}

/* Behind the chunk that is being cut, which goes on being cut. */
static void *
alloc_big(struct arena *a, size_t size)
{
	struct chunk *c = chunk_new(size);

	c->next = a->chunks->next;
	a->chunks->next = c;
	ASAN_UNPOISON_MEMORY_REGION(c->data, size);
	return c->data;
}

void *
arena_alloc(struct arena *a, size_t size)
{
	void *given;

	if (size > PTRDIFF_MAX - sizeof(struct chunk))
		arena_no_memory();
	if (size >= BIG)
		return alloc_big(a, size);
	if (a->left < aligned(size)) {
		struct chunk *c = chunk_new(CHUNK_DATA);

		c->next = a->chunks;
		a->chunks = c;
		a->free = c->data;
		a->left = c->size;
	}
	assert(a->left >= aligned(size));
	given = a->free;
	a->free += aligned(size);
	a->left -= aligned(size);
	ASAN_UNPOISON_MEMORY_REGION(given, size);
	return given;
}

void *
arena_zalloc(struct arena *a, size_t size)
{
	return memset(arena_alloc(a, size), 0, size);
}

char *
arena_copy(struct arena *a, const void *bytes, size_t len)
{
	char *copy = arena_alloc(a, len + 1);

	if (len > 0)
		memcpy(copy, bytes, len);
	copy[len] = '\0';
	return copy;
}

char *
arena_strdup(struct arena *a, const char *s)
{
	return arena_copy(a, s, strlen(s));
}

char *
arena_printf(struct arena *a, const char *format, ...)
{
	va_list args, again;
	char small[256], *text;
	int len;

	va_start(args, format);
	va_copy(again, args);
	len = vsnprintf(small, sizeof small, format, args);
	va_end(args);
	if (len < 0) /* only for want of memory, or beyond INT_MAX */
		arena_no_memory();
	if ((size_t)len < sizeof small) {
		text = arena_copy(a, small, (size_t)len);
	} else {
		text = arena_alloc(a, (size_t)len + 1);
		vsnprintf(text, (size_t)len + 1, format, again);
	}
	va_end(again);
	return text;
}

void *
xmalloc(size_t size)
{
	return xrealloc(NULL, size);
}

void *
xzalloc(size_t size)
{
	return memset(xmalloc(size), 0, size);
}

void *
xrealloc(void *p, size_t size)
{
	void *q = realloc(p, size > 0 ? size : 1);

	if (q == NULL)
		arena_no_memory();
	return q;
}

void
arena_trim(void)
{
#ifdef __GLIBC__
	malloc_trim(0);
#endif
}

char *
xstrdup(const char *s)
{
	size_t size = strlen(s) + 1;

	return memcpy(xmalloc(size), s, size);
}

void
buffer_reserve(struct buffer *b, size_t more)
{
	size_t capacity = b->capacity > 0 ? b->capacity : BUFFER_DATA;

	if (more > PTRDIFF_MAX - b->len)
		arena_no_memory();
	if (b->capacity - b->len >= more)
		return;
	while (capacity - b->len < more)
		capacity *= 2;
	b->data = xrealloc(b->data, capacity);
	b->capacity = capacity;
}

void
buffer_append(struct buffer *b, const void *bytes, size_t len)
{
	if (len == 0)
		return;
	if (b->capacity - b->len < len)
		buffer_reserve(b, len);
	memcpy(b->data + b->len, bytes, len);
	b->len += len;
}

void
buffer_consume(struct buffer *b, size_t len)
{
	b->len -= len;
	if (b->len > 0)
		memmove(b->data, b->data + len, b->len);
}

void
buffer_free(struct buffer *b)
{
	free(b->data);
	*b = (struct buffer){ 0 };
}
