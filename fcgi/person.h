/* person.h: somebody as JSON, {"id","username","name","avatar"}, from the columns of a reply: the id's, and
 * the others' with a prefix. */
#ifndef PERSON_H
#define PERSON_H

#include "db.h"
#include "json.h"

/* As a member. */
void person_write(struct json *j, const char *key, const struct db_reply *reply, int row,
    const char *id, const char *prefix);
/* As members of the object that is open. */
void person_write_members(
    struct json *j, const struct db_reply *reply, int row, const char *id, const char *prefix);

#endif
