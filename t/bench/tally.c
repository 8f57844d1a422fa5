/* tally.c: see tally.h. */
#include "tally.h"

#include <stdlib.h>
#include <string.h>

enum { BITS = 64 };

void
tally_init(struct tally *t, uint32_t room)
{
	memset(t, 0, sizeof *t);
	t->messages = calloc(room, sizeof *t->messages);
	if (t->messages == NULL)
		abort();
	t->room = room;
	t->count = 1;
}

void
tally_free(struct tally *t)
{
	for (uint32_t i = 1; i < t->count; i++)
		free(t->messages[i].more);
	free(t->messages);
	t->messages = NULL;
}

uint32_t
tally_add(struct tally *t, const struct message *m)
{
	struct message *new = &t->messages[t->count];

	if (t->count == t->room)
		return 0;
	*new = *m;
	new->got = 0;
	new->next = 0;
	new->state = MESSAGE_DUE;
	new->seen = 0;
	new->more = NULL;
	if (m->count > BITS) {
		new->more = calloc((m->count + BITS - 1) / BITS, sizeof *new->more);
		if (new->more == NULL)
			abort();
	}
	return t->count++;
}

bool
tally_got(struct tally *t, uint32_t number, uint32_t reader, bool again, int64_t now)
{
	struct message *m = &t->messages[number];
	uint64_t *word, bit;

	if (number == 0 || number >= t->count || reader < m->first ||
	    reader - m->first >= m->count) {
		t->stray += !again;
		return false;
	}
	reader -= m->first;
	word = m->more != NULL ? &m->more[reader / BITS] : &m->seen;
	bit = UINT64_C(1) << reader % BITS;
	if (*word & bit) {
		t->doubled += !again;
		return false;
	}
	*word |= bit;
	m->got++;
	t->deliveries++;
	hist_add(&t->delivery_us, now - m->due_us);
	return m->got == m->count;
}

void
tally_answered(struct tally *t, uint32_t number, bool good, int64_t now)
{
	struct message *m = &t->messages[number];

	m->state = good ? MESSAGE_ANSWERED : MESSAGE_REFUSED;
	t->answered += good;
	if (good)
		hist_add(&t->answer_us, now - m->due_us);
}

void
tally_posted(struct tally *t, uint32_t number)
{
	t->messages[number].state = MESSAGE_ANSWERED;
	t->answered++;
}

bool
tally_is_complete(const struct tally *t, uint32_t number)
{
	return t->messages[number].got == t->messages[number].count;
}

uint64_t
tally_missing(const struct tally *t)
{
	uint64_t missing = 0;

	for (uint32_t i = 1; i < t->count; i++)
		if (t->messages[i].state == MESSAGE_ANSWERED)
			missing += t->messages[i].count - t->messages[i].got;
	return missing;
}
