/* hist.c: a row for each value up to 63, then 64 rows for each octave. */
#include "hist.h"

#include <stddef.h>

static size_t
row_of(int64_t value)
{
	unsigned octave = 0;

	while (value >> octave >> 1 >= HIST_STEPS)
		octave++;
	if (value < HIST_STEPS)
		return (size_t)value;
	if (octave + 2 > HIST_OCTAVES)
		return HIST_ROWS - 1;
	return (size_t)(octave + 1) * HIST_STEPS + (size_t)((value >> octave) - HIST_STEPS);
}

/* The greatest value that belongs to the row. */
static int64_t
end_of(size_t row)
{
	size_t octave = row / HIST_STEPS;

	if (octave == 0)
		return (int64_t)row;
	return ((int64_t)(HIST_STEPS + row % HIST_STEPS + 1) << (octave - 1)) - 1;
}

void
hist_add(struct hist *h, int64_t value)
{
	if (value < 0)
		value = 0;
	h->rows[row_of(value)]++;
	h->count++;
	if (value > h->max)
		h->max = value;
}

int64_t
hist_at(const struct hist *h, double part)
{
	double wanted = part * (double)h->count;
	uint64_t sum = 0;

	for (size_t row = 0; row < HIST_ROWS; row++) {
		sum += h->rows[row];
		if (h->rows[row] > 0 && (double)sum >= wanted)
			return end_of(row) < h->max && row != HIST_ROWS - 1 ? end_of(row) : h->max;
	}
	return h->max;
}
