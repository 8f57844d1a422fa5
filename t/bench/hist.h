/* hist.h: how often each latency came, to within 1.6 %, in a table of fixed size. */
#ifndef BENCH_HIST_H
#define BENCH_HIST_H

#include <stdint.h>

enum { HIST_STEPS = 64, HIST_OCTAVES = 32, HIST_ROWS = HIST_STEPS * HIST_OCTAVES };

/* All zero is empty. */
struct hist {
	uint64_t count;
	int64_t max;
	uint64_t rows[HIST_ROWS];
};

/* Counts a value; a negative one is 0, one beyond the table (some 38 hours, of microseconds) the last. */
void hist_add(struct hist *h, int64_t value);

/* The least value that at least this part of all, 0 to 1, don't exceed: the upper end of its row, but
 * never more than the greatest that came. 0 where none came. */
int64_t hist_at(const struct hist *h, double part);

#endif
