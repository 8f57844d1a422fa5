/* test_picture.c: what becomes of a picture. The files are those of the fuzz driver's corpus: 60 by 40, the
 * upper quarter green, the rest red on the left and blue on the right, but where the name says more. */
#include "unit.h"

#include <png.h>
#include <webp/decode.h>

#include "picture.h"

struct file {
	uint8_t *bytes;
	size_t len;
};

static struct file
slurp(const char *name)
{
	char path[200];
	struct file f = { malloc(1 << 20), 0 };

	snprintf(path, sizeof path, "t/fuzz/corpus/picture/%s", name);

	FILE *in = fopen(path, "rb");

	if (in == NULL || f.bytes == NULL)
		fail_msg("%s: not there", path);
	else
		f.len = fread(f.bytes, 1, 1 << 20, in);
	if (in != NULL)
		fclose(in);
	return f;
}

/* What comes out, as RGB; NULL where it is refused. */
static uint8_t *
made(const char *name, int *side)
{
	struct file f = slurp(name);
	size_t len = 0;
	int height = 0;
	uint8_t *webp = picture_make(f.bytes, f.len, &len), *rgb = NULL;

	if (webp != NULL)
		rgb = WebPDecodeRGB(webp, len, side, &height);
	assert_true(rgb == NULL || *side == height);
	free(webp);
	free(f.bytes);
	return rgb;
}

/* r, g, b or w (white): the nearest. */
static char
colour(const uint8_t *rgb, int side, int x, int y)
{
	const uint8_t *p = rgb + ((size_t)y * (size_t)side + (size_t)x) * 3;

	if (p[0] > 150 && p[1] > 150 && p[2] > 150)
		return 'w';
	if (p[0] > p[1] && p[0] > p[2])
		return 'r';
	return p[1] > p[2] ? 'g' : 'b';
}

/* Upper left, upper right, lower left, lower right; looked at off the edges. */
static const struct {
	const char *name, *corners;
} shown[] = {
	{ "rgb.png", "ggrb" },
	{ "behind-it.png", "ggrb" },
	{ "text-bomb.png", "ggrb" },
	{ "rgba.png", "wgwb" },
	{ "interlaced16.png", "wgwb" },
	{ "plain.jpg", "ggrb" },
	{ "progressive.jpg", "ggrb" },
	{ "script.jpg", "ggrb" },
	{ "exif-far.jpg", "ggrb" },
	{ "exif-cut.jpg", "ggrb" },
	{ "lossy.webp", "ggrb" },
	{ "lossless.webp", "ggrb" },
	{ "alpha.webp", "wgwb" },
	{ "turned-1.jpg", "ggrb" },
	{ "turned-2.jpg", "ggbr" },
	{ "turned-3.jpg", "brgg" },
	{ "turned-4.jpg", "rbgg" },
	{ "turned-5.jpg", "grgb" },
	{ "turned-6.jpg", "rgbg" },
	{ "turned-7.jpg", "bgrg" },
	{ "turned-8.jpg", "gbgr" },
	{ "turned-99.jpg", "ggrb" },
};

static void
test_the_centred_square_upright_on_white(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(shown); i++) {
		int side = 0;
		uint8_t *rgb = made(shown[i].name, &side);

		if (rgb == NULL)
			fail_msg("%s: refused", shown[i].name);
		assert_int_equal(side, 40);

		const char corners[] = { colour(rgb, side, 3, 3), colour(rgb, side, 36, 3),
			colour(rgb, side, 3, 36), colour(rgb, side, 36, 36), '\0' };

		same_string(shown[i].name, corners, shown[i].corners);
		WebPFree(rgb);
	}
}

static void
test_what_is_refused(void **state)
{
	static const char *const names[] = { "empty", "gif.gif", "html.png", "bad-crc.png",
		"huge-sides.png", "many-pixels.png", "many-pixels.webp", "no-pixels.png",
		"short-pixels.png", "wrong-length.png", "arithmetic.jpg", "huge-sides.jpg",
		"large-progressive.jpg", "lossless.jpg", "many-scans.jpg", "no-end.jpg",
		"no-height.jpg", "nothing.jpg", "animated.webp", "huge-sides.webp",
		"large-lossless.webp", "large-alpha.webp", "wide.png" };

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		int side;

		if (made(names[i], &side) != NULL)
			fail_msg("%s: taken", names[i]);
	}
}

/* Its texts would unpack to 48 MB: no library sees them. */
static void
test_a_png_loses_what_is_not_its_pixels(void **state)
{
	struct file f = slurp("text-bomb.png");
	struct buffer stripped = { 0 };

	(void)state;
	assert_true(f.len > 40000);
	assert_true(picture_strip_png(f.bytes, f.len, &stripped));
	assert_true(stripped.len < 200);
	buffer_free(&stripped);
	free(f.bytes);
}

static size_t
png_of(const uint8_t *rgb, size_t side, uint8_t **png)
{
	png_image image = { .version = PNG_IMAGE_VERSION };
	size_t len = 0;

	image.width = image.height = (png_uint_32)side;
	image.format = PNG_FORMAT_RGB;
	assert_true(png_image_write_to_memory(&image, NULL, &len, 0, rgb, 0, NULL));
	*png = malloc(len);
	assert_true(png_image_write_to_memory(&image, *png, &len, 0, rgb, 0, NULL));
	return len;
}

/* A checked pattern of one pixel becomes an even gray, and what doesn't shrink evenly does, too. */
static void
test_the_average_of_what_a_pixel_covers(void **state)
{
	static const size_t sides[] = { 512, 700, 1024, 300 };

	(void)state;
	for (size_t i = 0; i < COUNT(sides); i++) {
		size_t n = sides[i];
		int side = 0, height = 0;
		uint8_t *rgb = malloc(n * n * 3);
		uint8_t *png = NULL;
		size_t len = 0;

		assert_non_null(rgb);
		for (size_t at = 0; at < n * n; at++)
			memset(rgb + at * 3, (at / n + at) % 2 == 0 ? 255 : 0, 3);
		len = png_of(rgb, n, &png);
		free(rgb);

		uint8_t *webp = picture_make(png, len, &len);

		assert_non_null(webp);
		rgb = WebPDecodeRGB(webp, len, &side, &height);
		assert_int_equal(side, 256);
		assert_int_equal(height, 256);
		if (n % 256 == 0)
			assert_in_range(rgb[(100 * 256 + 100) * (size_t)3], 120, 135);
		WebPFree(rgb);
		free(webp);
		free(png);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_centred_square_upright_on_white),
		cmocka_unit_test(test_what_is_refused),
		cmocka_unit_test(test_a_png_loses_what_is_not_its_pixels),
		cmocka_unit_test(test_the_average_of_what_a_pixel_covers),
	};

	return cmocka_run_group_tests_name("picture", tests, NULL, NULL);
}
