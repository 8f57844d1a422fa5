/* fuzz_body.c: any bytes as a request's body, asked with every getter. What is
 * taken must be what body.h promises. */
#include "body.h"
#include "fuzz.h"

static const char *const members[] = { "id", "int", "text", "pass", "name", "user", "uuid", "kind",
	"have", NULL };
static const char *const element_members[] = { "rev", NULL };
static const char *const kinds[] = { "single", "group", NULL };

/* It has what every text has, and min to max code points. */
static void
check_text(const struct text *t, size_t min, size_t max)
{
	MUST(t->bytes[t->len] == '\0' && strlen(t->bytes) == t->len);
	MUST(text_is_utf8(t->bytes, t->len));
	MUST(text_count(t->bytes, t->len) == t->points);
	MUST(t->points >= min && t->points <= max);
}

static void
get_array(struct body *b)
{
	size_t count, i;
	int64_t rev;

	if (!body_array(b, "have", 10, element_members, &count))
		return;
	MUST(count <= 10);
	for (i = 0; i < count; i++)
		if (body_int(body_element(b, "have", i), "rev", 0, 99, &rev))
			MUST(rev >= 0 && rev <= 99);
}

static void
get_strings(struct body *b)
{
	struct text text;
	char uuid[37];
	int kind;

	if (body_has(b, "text") && body_text(b, "text", 1, 100, &text)) {
		check_text(&text, 1, 100);
		if (text_is_visible(&text))
			MUST(text.len > 0);
	}
	if (body_has(b, "pass") && body_bytes(b, "pass", 8, 256, &text)) {
		check_text(&text, 2, 256);
		MUST(text.len >= 8 && text.len <= 256);
	}
	if (body_has(b, "name") && body_name(b, "name", 32, &text))
		check_text(&text, 1, 32);
	if (body_has(b, "user") && body_username(b, "user", &text))
		check_text(&text, 3, 32);
	if (body_has(b, "uuid") && body_uuid(b, "uuid", uuid))
		MUST(strlen(uuid) == 36);
	if (body_has(b, "kind") && body_enum(b, "kind", kinds, &kind))
		MUST(kind == 0 || kind == 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct body *b = body_parse(a, (const char *)data, size, members);
	const char *field;
	int64_t number;

	if (body_error(b, NULL) == NULL)
		MUST(size == 0 || text_is_utf8((const char *)data, size));
	if (body_has(b, "id") && body_id(b, "id", &number))
		MUST(number >= 1 && number < INT64_C(1) << 53);
	if (body_has(b, "int") && body_int(b, "int", -5, 5, &number))
		MUST(number >= -5 && number <= 5);
	get_strings(b);
	if (body_has(b, "have"))
		get_array(b);
	if (body_error(b, &field) != NULL) {
		MUST(!body_id(b, "id", &number));
		MUST(field == NULL || text_is_utf8(field, strlen(field)));
	}
	arena_free(a);
	return 0;
}
