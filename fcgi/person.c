/* person.c: see person.h. */
#include "person.h"

#include <stdio.h>

void
person_write_members(
    struct json *j, const struct db_reply *reply, int row, const char *id, const char *prefix)
{
	static const char *const names[] = { "username", "name", "avatar" };
	char column[32];

	json_member_int(j, "id", db_int(reply, row, id));
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		(void)snprintf(column, sizeof column, "%s%s", prefix, names[i]);
		json_member_string(j, names[i], db_text(reply, row, column));
	}
}

void
person_write(struct json *j, const char *key, const struct db_reply *reply, int row, const char *id,
    const char *prefix)
{
	json_key(j, key);
	json_open(j);
	person_write_members(j, reply, row, id, prefix);
	json_close(j);
}
