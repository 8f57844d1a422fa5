/* fuzz_picture.c: any bytes as a picture that somebody uploads. Either it is refused, or a small WebP comes
 * out that has nothing of the file but its pixels. */
#include "fuzz.h"

#include <webp/decode.h>

#include "picture.h"
#include "picture_file.h"

static void
looks_good(const uint8_t *webp, size_t len)
{
	WebPBitstreamFeatures f;

	MUST(len <= PICTURE_SIZE_MAX);
	MUST(WebPGetFeatures(webp, len, &f) == VP8_STATUS_OK);
	MUST(f.width == f.height && f.width >= 1 && f.width <= PICTURE_SIDE);
	MUST(!f.has_animation && !f.has_alpha);
	MUST(memcmp(webp + 12, "VP8 ", 4) == 0); /* one chunk, and it is the pixels */
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buffer stripped = { 0 };
	struct picture_jpeg jpeg;
	size_t len = 0;
	enum picture_kind kind = picture_kind(data, size);
	uint8_t *webp = picture_make(data, size, &len);

	if (webp != NULL) {
		MUST(kind != PICTURE_NONE);
		looks_good(webp, len);
	}
	if (kind == PICTURE_PNG && picture_strip_png(data, size, &stripped))
		MUST(stripped.len <= size);
	if (kind == PICTURE_JPEG && picture_read_jpeg(data, size, &jpeg))
		MUST(jpeg.len <= size && jpeg.orientation >= 1 && jpeg.orientation <= 8 &&
		    picture_is_fit(jpeg.width, jpeg.height));
	buffer_free(&stripped);
	free(webp);
	return 0;
}
