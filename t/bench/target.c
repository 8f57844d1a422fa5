/* target.c: what the servers' sides share. */
#include "target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct options options;

void
target_text(uint32_t number, char text[TEXT_LEN + 1])
{
	int len = snprintf(text, TEXT_LEN + 1, "m%u.%u.", number, options.nonce);

	memset(text + len, 'x', (size_t)(TEXT_LEN - len));
	text[TEXT_LEN] = '\0';
}

uint32_t
target_number(const char *text)
{
	char *end;
	unsigned long number;

	if (*text != 'm')
		return 0;
	number = strtoul(text + 1, &end, 10);
	/* One of another run isn't ours. */
	if (*end != '.' || strtoul(end + 1, NULL, 10) != options.nonce || number > UINT32_MAX)
		return 0;
	return (uint32_t)number;
}

int64_t
target_told_to_wait_us(const struct http *answer)
{
	char value[16];
	long seconds;

	if (answer->status != 503 || !http_header(answer, "Retry-After", value, sizeof value))
		return 0;
	seconds = strtol(value, NULL, 10);
	if (seconds < 1 || seconds > HOLD_S)
		return 0;
	return seconds * 1000000 + random() % (seconds * 1000000);
}

uint32_t
target_group_of(uint32_t reader)
{
	for (uint32_t i = 0; i < options.group_count; i++)
		if (reader >= options.groups[i].first &&
		    reader - options.groups[i].first < options.groups[i].size)
			return options.first_group + i + 1;
	return 0;
}
