/* nchan.c: nchan's long polls, as nchan.conf.in has them: a channel for each reader and each group; a reader
 * subscribes to its own and its group's at once. A message is what is posted; where a reader is in the channel
 * it says by the two headers that came with the last one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crowd.h"
#include "target.h"

static size_t
length(int len, size_t size)
{
	if (len < 0 || (size_t)len >= size)
		abort();
	return (size_t)len;
}

static size_t
poll_request(struct reader *r, unsigned hold_s, char *out, size_t size)
{
	uint32_t group = target_group_of(r->index);
	char channels[64], place[2 * PLACE_SIZE] = "";
	const char *tag = strchr(r->place, '\n');

	if (group != 0 && options.groups_only)
		(void)snprintf(channels, sizeof channels, "g%u.%u", group, options.nonce);
	else if (group != 0)
		(void)snprintf(channels, sizeof channels, "u%u.%u,g%u.%u", r->index, options.nonce,
		    group, options.nonce);
	else
		(void)snprintf(channels, sizeof channels, "u%u.%u", r->index, options.nonce);
	if (tag != NULL)
		(void)snprintf(place, sizeof place,
		    "If-Modified-Since: %.*s\r\nIf-None-Match: %s\r\n", (int)(tag - r->place),
		    r->place, tag + 1);
	/* nchan.conf.in has a path for each of these times. */
	hold_s = (hold_s + 4) / 5 * 5;
	return length(snprintf(out, size, "GET /sub%u?id=%s HTTP/1.1\r\nHost: %s\r\n%s\r\n", hold_s,
			  channels, options.host, place),
	    size);
}

static enum poll_end
polled(struct reader *r, const struct http *answer)
{
	char date[64], tag[PLACE_SIZE - 66];

	if (answer->status == 304 || answer->status == 408)
		return POLL_AGAIN;
	if (answer->status != 200 || !http_header(answer, "Last-Modified", date, sizeof date) ||
	    !http_header(answer, "ETag", tag, sizeof tag))
		return POLL_REFUSED;
	(void)snprintf(r->place, sizeof r->place, "%s\n%s", date, tag);
	crowd_got(r, target_number(http_body(answer)), false);
	return POLL_AGAIN;
}

static size_t
send_request(struct reader *from, uint32_t number, const struct message *m, char *out, size_t size)
{
	char text[TEXT_LEN + 1];

	(void)from;
	target_text(number, text);
	return length(
	    snprintf(out, size,
		"POST /pub?id=%c%u.%u HTTP/1.1\r\nHost: %s\r\nContent-Type: text/plain\r\n"
		"Content-Length: %d\r\n\r\n%s",
		m->group == 0 ? 'u' : 'g', m->group == 0 ? m->first : m->group, options.nonce,
		options.host, TEXT_LEN, text),
	    size);
}

static bool
sent(const struct http *answer)
{
	return answer->status == 201 || answer->status == 202;
}

const struct target target_nchan = { "nchan", .poll = poll_request, .polled = polled,
	.send = send_request, .sent = sent };
