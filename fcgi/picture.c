/* picture.c: see picture.h. */
#include "picture.h"

#include <assert.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>
#include <turbojpeg.h>
#include <webp/decode.h>
#include <webp/encode.h>

#include "arena.h"
#include "loop.h"
#include "metrics.h"
#include "pool.h"

enum { RGB = 3, RGBA = 4, WHITE = 255 };

/* The small picture, while it is made. */
struct square {
	unsigned side;
	uint8_t rgb[PICTURE_SIDE * PICTURE_SIDE * RGB];
};

/* A large one. */
struct pixels {
	const uint8_t *bytes;
	unsigned width, height, depth; /* depth: RGB or RGBA */
};

static unsigned
shorter(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Adds a pixel, on white, `weight` times. What a small pixel takes of one line fits 32 bits. */
static inline void
add_pixel(uint32_t sum[RGB], const uint8_t *pixel, unsigned depth, uint32_t weight)
{
	uint32_t alpha = depth == RGBA ? pixel[RGB] : 255, white = WHITE * (255 - alpha);

	for (unsigned i = 0; i < RGB; i++)
		sum[i] += weight * (pixel[i] * alpha + white);
}

/* From where to where a small pixel reaches, in 256ths of the large ones. */
struct reach {
	uint64_t from, to;
};

static struct reach
reach_of(unsigned at, unsigned small, unsigned large, unsigned begin)
{
	struct reach r = { (uint64_t)at * large * 256 / small,
		(uint64_t)(at + 1) * large * 256 / small };

	r.from += (uint64_t)begin * 256;
	r.to += (uint64_t)begin * 256;
	return r;
}

/* How much of the large pixel lies within. */
static uint32_t
share(const struct reach *r, unsigned at)
{
	uint64_t from = (uint64_t)at * 256, to = from + 256;

	from = r->from > from ? r->from : from;
	to = r->to < to ? r->to : to;
	return (uint32_t)(to - from);
}

/* The first and the last pixel may lie within in part. */
static inline void
add_line(uint32_t sum[RGB], const uint8_t *line, unsigned depth, const struct reach *x)
{
	unsigned first = (unsigned)(x->from / 256), last = (unsigned)((x->to - 1) / 256);

	add_pixel(sum, line + (size_t)first * depth, depth, share(x, first));
	for (unsigned at = first + 1; at < last; at++)
		add_pixel(sum, line + (size_t)at * depth, depth, 256);
	if (last > first)
		add_pixel(sum, line + (size_t)last * depth, depth, share(x, last));
}

static void
average(const struct pixels *p, const struct reach *x, const struct reach *y, uint8_t *out)
{
	uint64_t sum[RGB] = { 0 }, area = (x->to - x->from) * (y->to - y->from) * 255;

	assert(area > 0); /* a small pixel is never less than a large one */

	for (unsigned row = (unsigned)(y->from / 256); (uint64_t)row * 256 < y->to; row++) {
		const uint8_t *line = p->bytes + (size_t)row * p->width * p->depth;
		uint32_t part[RGB] = { 0 };

		if (p->depth == RGBA)
			add_line(part, line, RGBA, x);
		else
			add_line(part, line, RGB, x);
		for (unsigned i = 0; i < RGB; i++)
			sum[i] += (uint64_t)share(y, row) * part[i];
	}
	for (unsigned i = 0; i < RGB; i++)
		out[i] = (uint8_t)((sum[i] + area / 2) / area);
}

/* The centred square, made smaller where it is larger than `most`. */
static void
cut(const struct pixels *p, unsigned most, struct square *out)
{
	unsigned large = shorter(p->width, p->height);
	unsigned left = (p->width - large) / 2, top = (p->height - large) / 2;

	out->side = shorter(large, most);
	for (unsigned row = 0; row < out->side; row++) {
		struct reach y = reach_of(row, out->side, large, top);

		for (unsigned at = 0; at < out->side; at++) {
			struct reach x = reach_of(at, out->side, large, left);

			average(p, &x, &y, out->rgb + ((size_t)row * out->side + at) * RGB);
		}
	}
}

static bool
decode_png(const uint8_t *bytes, size_t len, struct square *out)
{
	png_image image = { .version = PNG_IMAGE_VERSION };
	struct buffer needed = { 0 };
	uint8_t *pixels = NULL;
	bool good = picture_strip_png(bytes, len, &needed) &&
	    png_image_begin_read_from_memory(&image, needed.data, needed.len) != 0 &&
	    picture_is_fit(image.width, image.height);

	if (good) {
		struct pixels p = { .width = image.width, .height = image.height };

		/* Without a gamma chunk libpng would take 16 bits for linear light. */
		image.flags |= PNG_IMAGE_FLAG_16BIT_sRGB;
		p.depth = image.format & PNG_FORMAT_FLAG_ALPHA ? RGBA : RGB;
		image.format = p.depth == RGBA ? PNG_FORMAT_RGBA : PNG_FORMAT_RGB;
		p.bytes = pixels = malloc((size_t)p.width * p.height * p.depth);
		good = pixels != NULL && png_image_finish_read(&image, NULL, pixels, 0, NULL) != 0;
		if (good)
			cut(&p, PICTURE_SIDE, out);
	}
	png_image_free(&image);
	free(pixels);
	buffer_free(&needed);
	return good;
}

/* The smallest size to which the library scales while it decodes, whose shorter side is enough. */
static int
scaled(unsigned length, unsigned eighths)
{
	return (int)((length * eighths + 7) / 8);
}

static unsigned
eighths_for(unsigned length)
{
	unsigned eighths = 1;

	while (eighths < 8 && scaled(length, eighths) < PICTURE_SIDE)
		eighths *= 2;
	return eighths;
}

static bool
decode_jpeg(const uint8_t *bytes, size_t len, struct square *out, unsigned *orientation)
{
	struct picture_jpeg jpeg;
	struct pixels p = { .depth = RGB };
	uint8_t *pixels = NULL;
	tjhandle handle;
	bool good;

	if (!picture_read_jpeg(bytes, len, &jpeg) || (handle = tjInitDecompress()) == NULL)
		return false;

	unsigned eighths = eighths_for(shorter(jpeg.width, jpeg.height));
	int width = scaled(jpeg.width, eighths), height = scaled(jpeg.height, eighths);

	p.width = (unsigned)width;
	p.height = (unsigned)height;
	p.bytes = pixels = calloc((size_t)p.width * p.height, RGB);
	/* A warning is of bytes that don't matter, or of a scan that is damaged: what there is, is shown. */
	good = pixels != NULL &&
	    (tjDecompress2(handle, bytes, jpeg.len, pixels, width, 0, height, TJPF_RGB,
		 TJFLAG_LIMITSCANS) == 0 ||
		tjGetErrorCode(handle) == TJERR_WARNING);
	if (good)
		cut(&p, PICTURE_SIDE, out);
	*orientation = jpeg.orientation;
	tjDestroy(handle);
	free(pixels);
	return good;
}

/* libwebp cuts and shrinks while it decodes. */
static void
ask_webp(WebPDecoderConfig *c, uint8_t *rgba, unsigned side)
{
	unsigned width = (unsigned)c->input.width, height = (unsigned)c->input.height;
	unsigned large = shorter(width, height);

	c->options.use_cropping = 1;
	c->options.crop_left = (int)((width - large) / 2);
	c->options.crop_top = (int)((height - large) / 2);
	c->options.crop_width = c->options.crop_height = (int)large;
	c->options.use_scaling = 1;
	c->options.scaled_width = c->options.scaled_height = (int)side;
	c->output.colorspace = MODE_RGBA;
	c->output.is_external_memory = 1;
	c->output.u.RGBA.rgba = rgba;
	c->output.u.RGBA.stride = (int)side * RGBA;
	c->output.u.RGBA.size = (size_t)side * side * RGBA;
}

static bool
webp_is_fit(const WebPBitstreamFeatures *f)
{
	enum { LOSSY = 1 };

	return picture_is_fit((unsigned)f->width, (unsigned)f->height) && !f->has_animation &&
	    ((f->format == LOSSY && !f->has_alpha) ||
		f->width * f->height <= PICTURE_WEBP_PIXELS_MAX);
}

static bool
decode_webp(const uint8_t *bytes, size_t len, struct square *out)
{
	WebPDecoderConfig c;

	if (!WebPInitDecoderConfig(&c) || WebPGetFeatures(bytes, len, &c.input) != VP8_STATUS_OK ||
	    !webp_is_fit(&c.input))
		return false;

	unsigned side =
	    shorter(shorter((unsigned)c.input.width, (unsigned)c.input.height), PICTURE_SIDE);
	uint8_t *rgba = malloc((size_t)side * side * RGBA);
	struct pixels p = { rgba, side, side, RGBA };
	bool good = false;

	if (rgba != NULL) {
		ask_webp(&c, rgba, side);
		good = WebPDecode(bytes, len, &c) == VP8_STATUS_OK;
	}
	if (good)
		cut(&p, side, out);
	WebPFreeDecBuffer(&c.output);
	free(rgba);
	return good;
}

/* As EXIF counts: 2 is mirrored, 3 turned by 180 degrees, 4 upside down; 5 to 8 are flipped at the diagonal besides. */
static const uint8_t *
seen_at(const struct square *s, unsigned orientation, unsigned x, unsigned y)
{
	unsigned last = s->side - 1, from_x = x, from_y = y;

	if (orientation >= 5) {
		from_x = y;
		from_y = x;
	}
	if (orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8)
		from_x = last - from_x;
	if (orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7)
		from_y = last - from_y;
	return s->rgb + ((size_t)from_y * s->side + from_x) * RGB;
}

static void
turn(struct square *s, unsigned orientation)
{
	struct square *as_it_was = xmalloc(sizeof *as_it_was);

	memcpy(as_it_was, s, sizeof *s);
	for (unsigned y = 0; y < s->side; y++)
		for (unsigned x = 0; x < s->side; x++)
			memcpy(s->rgb + ((size_t)y * s->side + x) * RGB,
			    seen_at(as_it_was, orientation, x, y), RGB);
	free(as_it_was);
}

static uint8_t *
encode(const struct square *s, size_t *out_len)
{
	static const float qualities[] = { 82, 60, 30 };
	uint8_t *webp = NULL;

	*out_len = 0;
	for (size_t i = 0; i < sizeof qualities / sizeof *qualities; i++) {
		WebPFree(webp);
		webp = NULL;
		*out_len = WebPEncodeRGB(
		    s->rgb, (int)s->side, (int)s->side, (int)(s->side * RGB), qualities[i], &webp);
		if (*out_len <= PICTURE_SIZE)
			break;
	}
	if (*out_len > 0 && *out_len <= PICTURE_SIZE_MAX)
		return webp;
	WebPFree(webp);
	return NULL;
}

static bool
decode(const uint8_t *bytes, size_t len, struct square *out, unsigned *orientation)
{
	*orientation = 1;
	switch (picture_kind(bytes, len)) {
	case PICTURE_PNG:
		return decode_png(bytes, len, out);
	case PICTURE_JPEG:
		return decode_jpeg(bytes, len, out, orientation);
	case PICTURE_WEBP:
		return decode_webp(bytes, len, out);
	default:
		return false;
	}
}

uint8_t *
picture_make(const uint8_t *bytes, size_t len, size_t *out_len)
{
	struct square *s = xmalloc(sizeof *s);
	uint8_t *webp = NULL;
	unsigned orientation;

	if (decode(bytes, len, s, &orientation)) {
		if (orientation > 1)
			turn(s, orientation);
		webp = encode(s, out_len);
	}
	free(s);
	return webp;
}

struct picture_op {
	struct pool_job job;
	picture_done *done; /* NULL: cancelled; the loop's thread alone looks */
	void *arg;
	int64_t asked_us;
	uint8_t *webp;
	size_t webp_len, len;
	uint8_t bytes[];
};

static struct picture_op *
op_of(struct pool_job *job)
{
	return container_of(job, struct picture_op, job);
}

static void
work(struct pool_job *job)
{
	struct picture_op *op = op_of(job);

	op->webp = picture_make(op->bytes, op->len, &op->webp_len);
}

static void
on_done(struct pool_job *job)
{
	struct picture_op *op = op_of(job);

	metrics_observe(HISTOGRAM_PICTURE_SECONDS, (double)(loop_clock_us() - op->asked_us) / 1e6);
	if (op->done != NULL)
		op->done(op->arg, op->webp, op->webp_len);
}

static void
end(struct pool_job *job)
{
	struct picture_op *op = op_of(job);

	WebPFree(op->webp);
	free(op);
}

void
picture_open(int queue_max)
{
	pool_limit(POOL_PICTURES, queue_max);
}

struct picture_op *
picture_shrink(const char *bytes, size_t len, picture_done *done, void *arg)
{
	if (!pool_has_room(POOL_PICTURES))
		return NULL;

	struct picture_op *op = xzalloc(sizeof *op + len);

	op->job = (struct pool_job){ .work = work, .done = on_done, .end = end };
	op->done = done;
	op->arg = arg;
	op->asked_us = loop_clock_us();
	op->len = len;
	memcpy(op->bytes, bytes, len);
	pool_add(POOL_PICTURES, &op->job);
	return op;
}

void
picture_cancel(struct picture_op *op)
{
	op->done = NULL;
}
