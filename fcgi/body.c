/* body.c: an object's members, read from the text once and kept as spans of
 * it; each getter looks at one. scan.c knows JSON, this file what we ask of
 * it. There is no json-c: even when it is strict it takes NaN, single quotes,
 * doubled members and bytes behind a NUL, so all the bytes would be scanned
 * before it, and that scan has found every value already. */
#include "body.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "scan.h"

#define DEPTH_MAX  8  /* the body's own object is the first level */
#define NAME_SHOWN 64 /* bytes of an unknown member's name that an error gives back */

/* A member that was given, in the order of the names in `members`. */
struct member {
	struct scan_value value; /* SCAN_NONE: not given */
	struct body *elements;   /* once body_array has read it */
	size_t count;
};

struct body {
	struct arena *arena;
	const char *const *names;
	struct member *members;
	struct body *root; /* where errors are noted: itself, or of which it is an element */
	const char *array; /* an element's: the name of the array and */
	size_t index;      /* its place there */
	const char *field; /* the root's alone */
	const char *error;
};

bool
body_refuse(struct body *b, const char *field, const char *error)
{
	struct body *root = b->root;

	if (root->error != NULL)
		return false;
	root->error = arena_strdup(b->arena, error);
	if (b->array == NULL)
		root->field = field != NULL ? arena_strdup(b->arena, field) : NULL;
	else if (field == NULL)
		root->field = arena_printf(b->arena, "%s[%zu]", b->array, b->index);
	else
		root->field = arena_printf(b->arena, "%s[%zu].%s", b->array, b->index, field);
	return false;
}

const char *
body_error(const struct body *b, const char **field)
{
	if (field != NULL)
		*field = b->root->field;
	return b->root->error;
}

static void
body_init(struct body *b, struct arena *a, const char *const *names)
{
	size_t count = 0;

	while (names[count] != NULL)
		count++;
	*b = (struct body){ .arena = a, .names = names, .root = b };
	b->members = arena_zalloc(a, (count + 1) * sizeof *b->members);
}

static struct member *
find(const struct body *b, const char *name)
{
	size_t i;

	for (i = 0; b->names[i] != NULL; i++)
		if (strcmp(b->names[i], name) == 0)
			return &b->members[i];
	return NULL;
}

bool
body_refuse_name(struct body *b, const struct text *name, const char *error)
{
	size_t len = name->len;

	if (len > NAME_SHOWN)
		for (len = NAME_SHOWN; ((unsigned char)name->bytes[len] & 0xC0) == 0x80;)
			len--;
	return body_refuse(b, arena_copy(b->arena, name->bytes, len), error);
}

static bool
refuse_json(struct body *b, const char *field, const struct scan *s, const char *start)
{
	return body_refuse(b, field,
	    arena_printf(b->arena, "is not valid JSON: %s, at byte %td", s->error, s->at - start));
}

/* start: where the body's text begins, for errors. */
static bool
read_member(struct body *b, struct scan *s, const char *start)
{
	struct scan_value key;
	struct member *m;
	struct text name;

	if (!scan_key(s, &key))
		return refuse_json(b, NULL, s, start);
	scan_string(b->arena, &key, &name);
	m = find(b, name.bytes);
	if (m == NULL)
		return body_refuse_name(b, &name, "is not known here");
	if (m->value.kind != SCAN_NONE)
		return body_refuse_name(b, &name, "is there twice");
	if (!scan_value(s, DEPTH_MAX - 1, &m->value))
		return refuse_json(b, name.bytes, s, start);
	return true;
}

/* An object, from its brace on. Stops at the first member that is wrong, so
 * that a body of ten thousand unknown ones costs as little as one. */
static bool
read_object(struct body *b, struct scan *s, const char *start)
{
	if (!scan_mark(s, '{'))
		return body_refuse(b, NULL, "must be a JSON object");
	if (scan_mark(s, '}'))
		return true;
	do {
		if (!read_member(b, s, start))
			return false;
	} while (scan_mark(s, ','));
	if (scan_mark(s, '}'))
		return true;
	scan_fail(s, "an object that doesn't go on or end");
	return refuse_json(b, NULL, s, start);
}

struct body *
body_parse(struct arena *a, const char *bytes, size_t len, const char *const *members)
{
	struct body *b = arena_alloc(a, sizeof *b);
	struct scan s = { .at = bytes, .end = bytes + len };

	body_init(b, a, members);
	if (len == 0)
		return b;
	if (!text_is_utf8(bytes, len)) {
		body_refuse(b, NULL, "is not UTF-8");
	} else if (read_object(b, &s, bytes) && !scan_end(&s)) {
		scan_fail(&s, "something behind the object");
		refuse_json(b, NULL, &s, bytes);
	}
	return b;
}

bool
body_has(const struct body *b, const char *name)
{
	const struct member *m = find(b, name);

	assert(m != NULL); /* a getter asks for a name that was in `members` */
	return m->value.kind != SCAN_NONE;
}

/* The member, if it is there, of that kind, and no error was noted before. */
static struct member *
get(const struct body *b, const char *name, enum scan_kind kind)
{
	struct member *m = find(b, name);

	assert(m != NULL);
	return b->root->error == NULL && m->value.kind == kind ? m : NULL;
}

static bool
get_string(const struct body *b, const char *name, struct text *out)
{
	const struct member *m = get(b, name, SCAN_STRING);

	if (m == NULL)
		return false;
	scan_string(b->arena, &m->value, out);
	return true;
}

/* Notes what the member must be, in words. */
static bool
refuse_value(struct body *b, const char *name, const char *expected)
{
	if (!body_has(b, name))
		expected = arena_printf(b->arena, "is missing; it %s", expected);
	return body_refuse(b, name, expected);
}

bool
body_id(struct body *b, const char *name, int64_t *out)
{
	return body_int(b, name, 1, TEXT_ID_MAX, out);
}

bool
body_id_or_0(struct body *b, const char *name, int64_t *out)
{
	return body_int(b, name, 0, TEXT_ID_MAX, out);
}

bool
body_int(struct body *b, const char *name, int64_t min, int64_t max, int64_t *out)
{
	const struct member *m = get(b, name, SCAN_NUMBER);

	if (m != NULL && text_int(m->value.bytes, m->value.len, min, max, out))
		return true;
	return refuse_value(b, name,
	    arena_printf(b->arena, "must be an integer from %" PRId64 " to %" PRId64, min, max));
}

bool
body_bool(struct body *b, const char *name, bool *out)
{
	const struct member *m = get(b, name, SCAN_BOOL);

	if (m == NULL)
		return refuse_value(b, name, "must be true or false");
	*out = *m->value.bytes == 't';
	return true;
}

bool
body_text(struct body *b, const char *name, size_t min, size_t max, struct text *out)
{
	if (get_string(b, name, out) && out->points >= min && out->points <= max)
		return true;
	return refuse_value(
	    b, name, arena_printf(b->arena, "must be a text of %zu to %zu characters", min, max));
}

bool
body_bytes(struct body *b, const char *name, size_t min, size_t max, struct text *out)
{
	if (get_string(b, name, out) && out->len >= min && out->len <= max)
		return true;
	return refuse_value(
	    b, name, arena_printf(b->arena, "must be a text of %zu to %zu bytes", min, max));
}

static bool
check_name(struct body *b, const char *name, const struct text *given)
{
	return text_is_name(given) ||
	    body_refuse(b, name,
		"must be a name that people can read: no space at its ends, "
		"no control or invisible characters, at most five marks on a letter");
}

bool
body_name(struct body *b, const char *name, size_t max, struct text *out)
{
	return body_text(b, name, 1, max, out) && check_name(b, name, out);
}

bool
body_line(struct body *b, const char *name, size_t max, struct text *out)
{
	return body_text(b, name, 0, max, out) && (out->len == 0 || check_name(b, name, out));
}

bool
body_username(struct body *b, const char *name, struct text *out)
{
	if (get_string(b, name, out) && out->len >= 3 && out->len <= 32 && text_is_username(out))
		return true;
	return refuse_value(b, name, "must be 3 to 32 of the characters a-z 0-9 _ . -");
}

bool
body_uuid(struct body *b, const char *name, char out[37])
{
	struct text given;

	if (get_string(b, name, &given) && text_uuid(given.bytes, given.len, out))
		return true;
	return refuse_value(b, name, "must be a UUID");
}

static bool
refuse_word(struct body *b, const char *name, const char *const *names)
{
	const char *expected = "must be one of: ";
	int i;

	for (i = 0; names[i] != NULL; i++)
		expected = arena_printf(b->arena, "%s%s%s", expected, i > 0 ? ", " : "", names[i]);
	return refuse_value(b, name, expected);
}

bool
body_enum(struct body *b, const char *name, const char *const *names, int *out)
{
	struct text given;
	int i;

	if (!get_string(b, name, &given))
		return refuse_word(b, name, names);
	for (i = 0; names[i] != NULL; i++) {
		if (strcmp(names[i], given.bytes) == 0) {
			*out = i;
			return true;
		}
	}
	return refuse_word(b, name, names);
}

/* How many elements an array has: one that has been scanned before, so nothing
 * in it fails. Stops counting beyond max. */
static size_t
count_elements(const struct scan_value *array, size_t max)
{
	struct scan s = { .at = array->bytes + 1, .end = array->bytes + array->len - 1 };
	struct scan_value ignored;
	size_t count = 0;

	if (scan_end(&s))
		return 0;
	do {
		if (!scan_value(&s, DEPTH_MAX, &ignored))
			break;
		count++;
	} while (count <= max && scan_mark(&s, ','));
	return count;
}

/* Reads each element of m, of which there are m->count, as an object. */
static bool
read_elements(struct body *b, struct member *m, const char *name, const char *const *members)
{
	struct scan s = { .at = m->value.bytes + 1, .end = m->value.bytes + m->value.len - 1 };
	size_t i;

	m->elements = arena_alloc(b->arena, m->count * sizeof *m->elements);
	for (i = 0; i < m->count; i++) {
		struct body *element = &m->elements[i];

		body_init(element, b->arena, members);
		element->root = b->root;
		element->array = name;
		element->index = i;
		if (!read_object(element, &s, m->value.bytes))
			return false;
		scan_mark(&s, ',');
	}
	return true;
}

bool
body_array(struct body *b, const char *name, size_t max, const char *const *members, size_t *count)
{
	struct member *m = get(b, name, SCAN_ARRAY);

	if (m != NULL)
		m->count = count_elements(&m->value, max);
	if (m == NULL || m->count > max)
		return refuse_value(b, name,
		    arena_printf(b->arena, "must be an array of at most %zu objects", max));
	if (!read_elements(b, m, name, members))
		return false;
	*count = m->count;
	return true;
}

struct body *
body_element(struct body *b, const char *name, size_t index)
{
	const struct member *m = find(b, name);

	assert(m != NULL && m->elements != NULL && index < m->count);
	return &m->elements[index];
}
