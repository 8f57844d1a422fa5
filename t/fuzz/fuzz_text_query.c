/* fuzz_text_query.c: any bytes as a query, and as a text about which
 * everything is asked. */
#include "text.h"
#include "fuzz.h"

static bool
ask_value(const struct text *name, const struct text *value, void *count)
{
	int64_t number;

	(*(int *)count)++;
	if (name == NULL || value == NULL)
		return false;
	MUST(strlen(name->bytes) == name->len && text_is_utf8(name->bytes, name->len));
	MUST(value->bytes[value->len] == '\0' && strlen(value->bytes) == value->len);
	MUST(text_is_utf8(value->bytes, value->len));
	MUST(text_count(value->bytes, value->len) == value->points);
	if (text_int(value->bytes, value->len, -9, 99, &number))
		MUST(number >= -9 && number <= 99);
	return true;
}

static void
ask_query(struct arena *a, const char *query)
{
	int members = 0;

	MUST(text_query(a, query, ask_value, &members) || members > 0);
}

static void
ask_text(struct arena *a, const char *bytes)
{
	struct text t = { bytes, strlen(bytes), 0 }, key;
	char uuid[37];

	if (!text_is_utf8(bytes, t.len))
		return;
	t.points = text_count(bytes, t.len);
	if (text_is_name(&t))
		MUST(text_is_visible(&t));
	if (text_uuid(bytes, t.len, uuid))
		MUST(strlen(uuid) == 36);
	key.bytes = text_name_key(a, &t);
	key.len = strlen(key.bytes);
	key.points = text_count(key.bytes, key.len);
	MUST(text_is_utf8(key.bytes, key.len));
	MUST(strcmp(text_name_key(a, &key), key.bytes) == 0); /* the key of a key is itself */
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	const char *bytes = arena_copy(a, data, size);

	ask_query(a, bytes);
	ask_text(a, bytes);
	arena_free(a);
	return 0;
}
