/* test_arena.c: an arena's memory is aligned, apart, and all gone at once; a
 * buffer grows and shrinks from the front. */
#include "unit.h"

#include <stdalign.h>

#include "arena.h"

static void
test_allocations_are_aligned_and_apart(void **state)
{
	static const size_t sizes[] = { 0, 1, 7, 8, 15, 16, 17, 100, 2039, 2040, 2041, 8160, 8161,
		100000 };
	struct arena *a = arena_new();
	unsigned char *given[200];
	size_t i, j;

	(void)state;
	for (i = 0; i < COUNT(given); i++) {
		size_t size = sizes[i % COUNT(sizes)];

		given[i] = arena_alloc(a, size);
		assert_non_null(given[i]);
		assert_int_equal((uintptr_t)given[i] % alignof(max_align_t), 0);
		memset(given[i], (int)i, size);
	}
	for (i = 0; i < COUNT(given); i++)
		for (j = 0; j < sizes[i % COUNT(sizes)]; j++)
			assert_int_equal(given[i][j], i);
	arena_free(a);
	arena_free(NULL);
}

/* Up to the last byte of a chunk, and of the next ones. */
static void
test_a_chunk_is_used_up_and_not_more(void **state)
{
	size_t size, i;

	(void)state;
	for (size = 1; size <= 512; size *= 2) {
		struct arena *a = arena_new();

		for (i = 0; i < 30000 / size; i++)
			memset(arena_alloc(a, size), 0xAA, size);
		arena_free(a);
	}
}

static void
test_recycled_memory_is_zeroed_when_asked(void **state)
{
	int round;

	(void)state;
	for (round = 0; round < 300; round++) {
		struct arena *a = arena_new();
		unsigned char *p = arena_zalloc(a, 1000);
		size_t i;

		for (i = 0; i < 1000; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xAA, 1000);
		memset(arena_alloc(a, 20000), 0xAA, 20000);
		arena_free(a);
	}
}

static void
test_copies(void **state)
{
	struct arena *a = arena_new();
	const char *copy = arena_copy(a, "a\0b", 3);

	(void)state;
	assert_memory_equal(copy, "a\0b", 4);
	assert_string_equal(arena_copy(a, NULL, 0), "");
	assert_string_equal(arena_strdup(a, "alex"), "alex");
	assert_string_equal(arena_printf(a, "%s[%d].%s", "have", 3, "rev"), "have[3].rev");
	assert_int_equal(strlen(arena_printf(a, "%5000d", 1)), 5000);
	arena_free(a);
}

static void
test_buffer_grows_and_is_consumed(void **state)
{
	struct buffer b = { 0 };
	int i;

	(void)state;
	buffer_append(&b, NULL, 0);
	assert_null(b.data);
	for (i = 0; i < 10000; i++)
		buffer_append(&b, "0123456789", 10);
	assert_int_equal(b.len, 100000);
	buffer_consume(&b, 99995);
	assert_int_equal(b.len, 5);
	assert_memory_equal(b.data, "56789", 5);
	buffer_reserve(&b, 1000000);
	memset(b.data + b.len, 'x', 1000000);
	assert_memory_equal(b.data, "56789xx", 7);
	buffer_consume(&b, 5);
	assert_int_equal(b.len, 0);
	buffer_free(&b);
	assert_null(b.data);
	assert_int_equal(b.capacity, 0);
}

static void
test_x_functions(void **state)
{
	char *p = xzalloc(10), *q;

	(void)state;
	assert_memory_equal(p, "\0\0\0\0\0\0\0\0\0", 10);
	p = xrealloc(p, 10000);
	q = xstrdup("kim");
	assert_string_equal(q, "kim");
	free(p);
	free(q);
	free(xmalloc(0));
}

static long
resident_pages(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	long size, resident;

	if (f == NULL)
		return -1;
	if (fscanf(f, "%ld %ld", &size, &resident) != 2)
		resident = -1;
	(void)fclose(f);
	return resident;
}

/* One block in a hundred stays, so that the heap's end can't just come down. A sanitizer's malloc
 * is another; elsewhere than with glibc there is nothing to see. */
static void
test_a_busy_time_leaves_nothing(void **state)
{
	static char *blocks[40000];
	long before = resident_pages(), busy, after;

	(void)state;
	for (size_t i = 0; i < COUNT(blocks); i++)
		memset(blocks[i] = xmalloc(1000), 'x', 1000);
	busy = resident_pages();
	for (size_t i = 0; i < COUNT(blocks); i++)
		if (i % 100 != 99)
			free(blocks[i]);
	arena_trim();
	after = resident_pages();
	for (size_t i = 99; i < COUNT(blocks); i += 100)
		free(blocks[i]);
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__)
	assert_true(after - before < (busy - before) / 4);
#else
	(void)before, (void)busy, (void)after;
#endif
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_allocations_are_aligned_and_apart),
		cmocka_unit_test(test_a_chunk_is_used_up_and_not_more),
		cmocka_unit_test(test_recycled_memory_is_zeroed_when_asked),
		cmocka_unit_test(test_copies),
		cmocka_unit_test(test_buffer_grows_and_is_consumed),
		cmocka_unit_test(test_x_functions),
		cmocka_unit_test(test_a_busy_time_leaves_nothing),
	};

	return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
