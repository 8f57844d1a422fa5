/* events.c: see events.h. */
#include "events.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *
column(const struct db_reply *reply, int row, const char *prefix, const char *name)
{
	char full[32];

	if (*prefix == '\0')
		return db_text(reply, row, name);
	(void)snprintf(full, sizeof full, "%s%s", prefix, name);
	return db_text(reply, row, full);
}

static void
write_message(struct json *j, const struct events_message *m)
{
	json_open(j);
	json_member_string(j, "contact_type", m->contact_type);
	json_member_int(j, "contact_id", m->contact_id);
	json_member_raw(j, "seq", m->seq);
	json_member_raw(j, "rev", m->rev);
	json_member_string(j, "kind", m->kind);
	json_member_int(j, "from", m->from_id);
	json_member_string(j, "from_name", m->from_name);
	json_key(j, "msg");
	json_string(j, m->msg.bytes, m->msg.len);
	json_member_string(j, "timestamp", m->timestamp);
	if (m->client_id != NULL)
		json_member_string(j, "client_id", m->client_id);
	if (m->notice != NULL)
		json_member_raw(j, "notice", m->notice);
	if (m->mentions != NULL)
		json_member_raw(j, "mentions", m->mentions);
	json_close(j);
}

static struct events_message
message_of(const struct db_reply *reply, int row, const char *prefix, int64_t contact_id)
{
	const char *msg = column(reply, row, prefix, "msg");

	return (struct events_message){
		.contact_type = db_text(reply, row, "contact_type"),
		.contact_id = contact_id,
		.seq = column(reply, row, prefix, "seq"),
		.rev = column(reply, row, prefix, "rev"),
		.kind = column(reply, row, prefix, "kind"),
		.from_id = strtoll(column(reply, row, prefix, "from_id"), NULL, 10),
		.from_name = column(reply, row, prefix, "from_name"),
		.msg = { .bytes = msg, .len = strlen(msg) },
		.timestamp = column(reply, row, prefix, "timestamp"),
		.client_id = column(reply, row, prefix, "client_id"),
		.notice = column(reply, row, prefix, "notice"),
		.mentions = column(reply, row, prefix, "mentions"),
	};
}

void
events_write_message(struct json *j, const struct db_reply *reply, int row, const char *prefix)
{
	struct events_message m = message_of(reply, row, prefix, db_int(reply, row, "contact_id"));

	write_message(j, &m);
}

static const char event_head[] = "{\"type\":\"message\",\"message\":";

void
events_write_new_message(struct json *j, const struct events_message *m)
{
	json_raw(j, event_head, sizeof event_head - 1);
	j->comma = false;
	write_message(j, m);
	json_close(j);
}

void
events_write_message_event(
    struct json *j, const struct db_reply *reply, int row, int64_t contact_id)
{
	struct events_message m = message_of(reply, row, "", contact_id);

	events_write_new_message(j, &m);
}

/* Nothing that a person wrote stands before it. */
void
events_copy_message_event(struct json *j, const char *event, size_t len, int64_t contact_id)
{
	static const char key[] = "\"contact_id\":";
	const char *found = strstr(event, key);

	assert(found != NULL);

	const char *id = found + sizeof key - 1, *rest = id + strspn(id, "0123456789");

	json_raw(j, event, (size_t)(id - event));
	j->comma = false;
	json_int(j, contact_id);
	buffer_append(&j->out, rest, len - (size_t)(rest - event));
}

const char *
events_message_of(const char *event, size_t len, size_t *message_len)
{
	*message_len = len - (sizeof event_head - 1) - 1; /* its brace */
	return event + sizeof event_head - 1;
}

void
events_write_presence(
    struct json *j, int64_t user_id, const char *state, bool online, const char *last_seen)
{
	json_open(j);
	json_member_string(j, "type", "presence");
	json_member_int(j, "user_id", user_id);
	json_member_bool(j, "online", online);
	json_member_string(j, "state", state);
	if (!online)
		json_member_string(j, "last_seen", last_seen);
	json_close(j);
}

void
events_write_numbered(struct json *j, int64_t n, const char *stored, size_t len)
{
	json_open(j);
	json_member_int(j, "n", n);
	json_raw(j, stored, len); /* up to its brace */
}
