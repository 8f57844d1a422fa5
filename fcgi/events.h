/* events.h: a change, as each reader sees it: from the columns that the SQL
 * functions give to the JSON of api answers and events. Pure. */
#ifndef EVENTS_H
#define EVENTS_H

#include "db.h"
#include "json.h"
#include "text.h"

/* A complete message object from a row: contact_type and contact_id, and with
 * prefix before each name: seq, rev, kind, from_id, from_name, msg, timestamp,
 * client_id, notice, mentions. */
void events_write_message(
    struct json *j, const struct db_reply *reply, int row, const char *prefix);

/* A message by its members; numbers that are texts are as PostgreSQL writes them. Borrowed. */
struct events_message {
	const char *contact_type;
	int64_t contact_id, from_id;
	const char *seq, *rev, *kind, *from_name, *timestamp;
	const char *client_id, *notice, *mentions; /* NULL: it has none */
	struct text msg;
};

/* It as an event: {"type":"message","message":{…}}. */
void events_write_new_message(struct json *j, const struct events_message *m);
/* The same of a row, from columns without a prefix, for readers to whom the conversation is contact_id. */
void events_write_message_event(
    struct json *j, const struct db_reply *reply, int row, int64_t contact_id);

/* Appends the same event (with a NUL behind its len bytes) for other readers, to whom the conversation is
 * contact_id. */
void events_copy_message_event(struct json *j, const char *event, size_t len, int64_t contact_id);
/* The message in such an event: borrowed from it. */
const char *events_message_of(const char *event, size_t len, size_t *message_len);

/* {"type":"presence",…}: what a friend is now; of one who went also when (NULL: that is nobody's business). */
void events_write_presence(
    struct json *j, int64_t user_id, const char *state, bool online, const char *last_seen);

/* An event as a queue gives it: numbered. stored is the event without its "{". */
void events_write_numbered(struct json *j, int64_t n, const char *stored, size_t len);

#endif
