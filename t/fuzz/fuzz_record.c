/* fuzz_record.c: any bytes as what comes on a FastCGI connection. However they
 * come in pieces, the verdict is the same; an answer can be read back. */
#include "fuzz.h"
#include "record.h"

/* whole: what was found in all of it at once. */
static void
same_in_pieces(
    const char *bytes, size_t size, enum record_verdict expected, const struct record_scan *whole)
{
	struct record_scan s = { 0 };
	enum record_verdict verdict = RECORD_MORE;
	size_t step = 1 + size % 13;

	for (size_t len = 0; verdict == RECORD_MORE; len += step) {
		len = len < size ? len : size;

		char *piece = malloc(len > 0 ? len : 1);

		MUST(piece != NULL);
		if (len > 0)
			memcpy(piece, bytes, len);
		verdict = record_scan(&s, piece, len);
		MUST(s.at <= len);
		free(piece);
		if (len == size)
			break;
	}
	MUST(verdict == expected);
	MUST(s.at == whole->at && s.body_len == whole->body_len && s.id == whole->id);
}

/* The bytes as an answer's body: as many come out as went in, in records of a known length. */
static void
answer(const char *bytes, size_t size)
{
	struct buffer out = { 0 };
	size_t content = 0, at = 0;

	record_answer(&out, 1, "head", 4, bytes, size);
	while (at < out.len) {
		const unsigned char *h = (const unsigned char *)out.data + at;
		size_t len = (size_t)h[4] << 8 | h[5];

		MUST(h[0] == 1 && (h[1] == 6 || h[1] == 3) && out.len - at >= 8 + len + h[6]);
		content += h[1] == 6 ? len : 0;
		at += 8 + len + h[6];
	}
	MUST(content == size + 4);
	buffer_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;
	struct record_scan s = { 0 };
	enum record_verdict verdict = record_scan(&s, bytes, size);

	MUST(s.at <= size);
	MUST(s.body_len <= RECORD_BODY_MAX || verdict == RECORD_TOO_LARGE);
	MUST(s.params_len <= RECORD_PARAMS_MAX || verdict == RECORD_BAD);
	if (verdict == RECORD_WHOLE) {
		MUST(s.begun && s.params_whole && s.id != 0);

		struct arena *a = arena_new();
		char **params = record_params(a, bytes, s.at);

		for (char **p = params; params != NULL && *p != NULL; p++)
			MUST(strchr(*p, '=') > *p);
		if (s.body_len > 0)
			MUST(memcmp(record_body(a, bytes, s.at) + s.body_len, "", 1) == 0);
		arena_free(a);
	}
	same_in_pieces(bytes, size, verdict, &s);
	answer(bytes, size);
	return 0;
}
