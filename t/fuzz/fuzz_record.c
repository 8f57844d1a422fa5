/* fuzz_record.c: any bytes as what nginx sends. Whole or in pieces, the
 * verdict must be the same, and a whole request's parameters be looked at. */
#include "record.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;
	struct record_scan whole = { 0 }, pieces = { 0 };
	enum record_verdict verdict = record_scan(&whole, bytes, size), piece = RECORD_MORE;
	size_t step = size / 16 + 1, len;

	for (len = 0; piece == RECORD_MORE && len < size; len += step)
		piece = record_scan(&pieces, bytes, len);
	if (piece == RECORD_MORE)
		piece = record_scan(&pieces, bytes, size);
	MUST(piece == verdict);
	MUST(whole.at == pieces.at && whole.at <= size);
	MUST(whole.params_len <= size && whole.body_len <= size);
	if (verdict == RECORD_WHOLE) {
		MUST(whole.begun && whole.params_whole && whole.id != 0);
		MUST(whole.body_len <= RECORD_BODY_MAX && whole.params_len <= RECORD_PARAMS_MAX);
		(void)!record_params_good(bytes, whole.at);
	}
	return 0;
}
