/* query.c: see query.h. */
#include "query.h"

#include <inttypes.h>
#include <string.h>

#include "body.h"
#include "text.h"

bool
query_refuse(struct request *r, const char *name, const char *error)
{
	return body_refuse(r->body, name, error);
}

bool
query_only(struct request *r, const char *const *names)
{
	static const char *const none[] = { NULL };

	return request_members(r, none, names);
}

bool
query_int(struct request *r, const char *name, int64_t min, int64_t max, int64_t *out)
{
	struct text given;

	if (!request_query(r, name, &given))
		return true;
	return text_int(given.bytes, given.len, min, max, out) ||
	    query_refuse(r, name,
		arena_printf(
		    r->arena, "must be an integer from %" PRId64 " to %" PRId64, min, max));
}

bool
query_enum(struct request *r, const char *name, const char *const *names, int *out)
{
	const char *expected = "must be one of: ";
	struct text given;
	bool found = request_query(r, name, &given);

	for (int i = 0; names[i] != NULL; i++) {
		if (found && strcmp(names[i], given.bytes) == 0) {
			*out = i;
			return true;
		}
		expected = arena_printf(r->arena, "%s%s%s", expected, i > 0 ? ", " : "", names[i]);
	}
	return query_refuse(r, name, expected);
}
