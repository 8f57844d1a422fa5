/* change.c: see change.h. */
#include "change.h"

#include "body.h"
#include "db.h"
#include "text.h"

bool
change_int(struct request *r, const char *name, int64_t min, int64_t max, const char **out)
{
	int64_t value;

	if (!body_has(r->body, name))
		return true;
	if (!body_int(r->body, name, min, max, &value))
		return false;
	*out = db_id(r->arena, value);
	return true;
}

bool
change_switch(struct request *r, const char *name, const char **out)
{
	bool on;

	if (!body_has(r->body, name))
		return true;
	if (!body_bool(r->body, name, &on))
		return false;
	*out = on ? "true" : "false";
	return true;
}

bool
change_word(struct request *r, const char *name, const char *const *words, const char **out)
{
	int index;

	if (!body_has(r->body, name))
		return true;
	if (!body_enum(r->body, name, words, &index))
		return false;
	*out = words[index];
	return true;
}

bool
change_text(struct request *r, const char *name, size_t max, const char **out)
{
	struct text text;

	if (!body_has(r->body, name))
		return true;
	if (!body_text(r->body, name, 0, max, &text))
		return false;
	*out = text.bytes;
	return true;
}

typedef bool line_fn(struct body *b, const char *name, size_t max, struct text *out);

static bool
change_by(struct request *r, line_fn *read, const char *name, size_t max, const char **out,
    const char **key)
{
	struct text text;

	if (!body_has(r->body, name))
		return true;
	if (!read(r->body, name, max, &text))
		return false;
	*out = text.bytes;
	if (key != NULL)
		*key = text_name_key(r->arena, &text);
	return true;
}

bool
change_name(struct request *r, const char *name, size_t max, const char **out, const char **key)
{
	return change_by(r, body_name, name, max, out, key);
}

bool
change_line(struct request *r, const char *name, size_t max, const char **out, const char **key)
{
	return change_by(r, body_line, name, max, out, key);
}
