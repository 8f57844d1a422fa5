/* picture_file.c: see picture_file.h. */
#include "picture_file.h"

#include <string.h>

static unsigned
get16(const uint8_t *at)
{
	return (unsigned)at[0] << 8 | at[1];
}

static uint32_t
get32(const uint8_t *at)
{
	return (uint32_t)get16(at) << 16 | get16(at + 2);
}

static const uint8_t png_signature[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' };

enum picture_kind
picture_kind(const uint8_t *bytes, size_t len)
{
	if (len >= sizeof png_signature && memcmp(bytes, png_signature, sizeof png_signature) == 0)
		return PICTURE_PNG;
	if (len >= 3 && memcmp(bytes, "\xff\xd8\xff", 3) == 0)
		return PICTURE_JPEG;
	if (len >= 12 && memcmp(bytes, "RIFF", 4) == 0 && memcmp(bytes + 8, "WEBP", 4) == 0)
		return PICTURE_WEBP;
	return PICTURE_NONE;
}

bool
picture_is_fit(unsigned width, unsigned height)
{
	return width > 0 && height > 0 && width <= PICTURE_SIDE_MAX && height <= PICTURE_SIDE_MAX &&
	    width * height <= PICTURE_PIXELS_MAX;
}

/* PNG: a length, four letters, the content, a checksum; again and again. */

enum { CHUNK_HEAD = 8, CHUNK_EXTRA = CHUNK_HEAD + 4, IHDR_LEN = 13 };

static bool
is_needed(const uint8_t *letters)
{
	static const char *const needed[] = { "IHDR", "PLTE", "tRNS", "IDAT", "IEND" };

	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
		if (memcmp(letters, needed[i], 4) == 0)
			return true;
	return false;
}

/* IHDR: width, height, bits of a channel, type of colour. */
static bool
is_fit_png(const uint8_t *ihdr, size_t len)
{
	static const size_t channels[] = { 1, 0, 3, 1, 2, 0, 4 };

	if (len != IHDR_LEN || !picture_is_fit(get32(ihdr), get32(ihdr + 4)) || ihdr[8] > 16 ||
	    ihdr[9] >= sizeof channels / sizeof *channels)
		return false;

	size_t pixels = (size_t)get32(ihdr) * get32(ihdr + 4);

	return pixels <= PICTURE_PNG_PIXELS_MAX &&
	    pixels * channels[ihdr[9]] * ihdr[8] / 8 <= PICTURE_PNG_BYTES_MAX;
}

bool
picture_strip_png(const uint8_t *bytes, size_t len, struct buffer *out)
{
	size_t at = sizeof png_signature;
	bool first = true;

	buffer_append(out, bytes, at);
	while (len - at >= CHUNK_EXTRA) {
		const uint8_t *chunk = bytes + at;
		size_t content_len = get32(chunk);

		if (content_len > len - at - CHUNK_EXTRA)
			return false;
		if (first != (memcmp(chunk + 4, "IHDR", 4) == 0))
			return false;
		if (first && !is_fit_png(chunk + CHUNK_HEAD, content_len))
			return false;
		first = false;
		if (is_needed(chunk + 4))
			buffer_append(out, chunk, content_len + CHUNK_EXTRA);
		if (memcmp(chunk + 4, "IEND", 4) == 0)
			return true;
		at += content_len + CHUNK_EXTRA;
	}
	return false;
}

/* JPEG: 0xff and a marker, most of them with a length and content; behind each SOS the scan itself. */

enum {
	SOF0 = 0xc0, /* baseline; SOF1 extended, SOF2 progressive */
	SOF2 = 0xc2,
	DHT = 0xc4,
	RST0 = 0xd0,
	RST7 = 0xd7,
	EOI = 0xd9,
	SOS = 0xda,
	DQT = 0xdb,
	DRI = 0xdd,
	APP0 = 0xe0,
	APP1 = 0xe1,
	APP15 = 0xef,
	COM = 0xfe,
};

struct walk {
	const uint8_t *at, *end;
	struct picture_jpeg *jpeg;
	size_t coefficients; /* bytes that all of them take */
	unsigned components, scans;
	bool in_parts; /* not all of each pixel at once */
};

/* SOF: precision, height, width, and of each component its sampling. */
static bool
read_frame(struct walk *w, const uint8_t *content, size_t len, bool progressive)
{
	size_t components = len >= 6 ? content[5] : 0, samples = 0, most_h = 1, most_v = 1;

	if (w->components != 0 || (components != 1 && components != 3) ||
	    len != 6 + 3 * components || content[0] != 8 ||
	    !picture_is_fit(get16(content + 3), get16(content + 1)))
		return false;
	w->jpeg->height = get16(content + 1);
	w->jpeg->width = get16(content + 3);
	w->components = (unsigned)components;
	w->in_parts = progressive;
	for (size_t i = 0; i < components; i++) {
		size_t h = content[7 + 3 * i] >> 4, v = content[7 + 3 * i] & 15;

		if (h < 1 || h > 4 || v < 1 || v > 4)
			return false;
		samples += h * v;
		most_h = h > most_h ? h : most_h;
		most_v = v > most_v ? v : most_v;
	}

	size_t wide = (w->jpeg->width + 8 * most_h - 1) / (8 * most_h),
	       high = (w->jpeg->height + 8 * most_v - 1) / (8 * most_v);

	w->coefficients = wide * high * samples * 64 * sizeof(int16_t);
	return true;
}

/* EXIF is a TIFF file, of either byte order. */
static unsigned
tiff16(const uint8_t *at, bool little)
{
	return little ? (unsigned)at[1] << 8 | at[0] : get16(at);
}

static uint32_t
tiff32(const uint8_t *at, bool little)
{
	return little ? (uint32_t)tiff16(at + 2, true) << 16 | tiff16(at, true) : get32(at);
}

static void
read_exif(struct walk *w, const uint8_t *content, size_t len)
{
	enum { EXIF = 6, TIFF_HEAD = 8, ENTRY = 12, ORIENTATION = 0x0112, SHORT = 3 };

	if (len < EXIF + TIFF_HEAD || memcmp(content, "Exif\0", EXIF) != 0)
		return;

	const uint8_t *tiff = content + EXIF;
	bool little = tiff[0] == 'I';
	size_t tiff_len = len - EXIF, at = tiff32(tiff + 4, little);

	if (at > tiff_len || tiff_len - at < 2)
		return;

	size_t entries = tiff16(tiff + at, little);

	at += 2;
	for (; entries > 0 && tiff_len - at >= ENTRY; entries--, at += ENTRY) {
		unsigned value = tiff16(tiff + at + 8, little);

		if (tiff16(tiff + at, little) == ORIENTATION &&
		    tiff16(tiff + at + 2, little) == SHORT && value >= 1 && value <= 8)
			w->jpeg->orientation = value;
	}
}

/* Over the bytes of a scan: a marker ends it, other than RST0 to RST7. */
static void
skip_scan(struct walk *w)
{
	while (w->end - w->at >= 2 &&
	    (w->at[0] != 0xff || w->at[1] == 0 || (w->at[1] >= RST0 && w->at[1] <= RST7)))
		w->at++;
}

static bool
read_segment(struct walk *w, unsigned marker)
{
	size_t left = (size_t)(w->end - w->at), len = left >= 2 ? get16(w->at) : 0;
	const uint8_t *content = w->at + 2;

	if (len < 2 || len > left)
		return false;
	w->at += len;
	len -= 2;
	if (marker >= SOF0 && marker <= SOF2)
		return read_frame(w, content, len, marker == SOF2);
	if (marker == APP1)
		read_exif(w, content, len);
	if (marker == SOS) {
		w->in_parts = w->in_parts || len == 0 || content[0] != w->components;
		w->scans++;
		skip_scan(w);
		return w->components != 0 && w->scans <= PICTURE_SCANS_MAX;
	}
	/* Lossless, arithmetic and hierarchical ones, or a height that comes later: hardly anything writes them. */
	return marker == DHT || marker == DQT || marker == DRI ||
	    (marker >= APP0 && marker <= APP15) || marker == COM;
}

static bool
read_markers(struct walk *w)
{
	while (w->end - w->at >= 2 && w->at[0] == 0xff) {
		unsigned marker = w->at[1];

		w->at++;
		if (marker == 0xff) /* a filler */
			continue;
		w->at++;
		if (marker == EOI)
			return w->scans > 0;
		if (!read_segment(w, marker))
			return false;
	}
	return false;
}

bool
picture_read_jpeg(const uint8_t *bytes, size_t len, struct picture_jpeg *out)
{
	struct walk w = { .at = bytes + 2, .end = bytes + len, .jpeg = out };

	*out = (struct picture_jpeg){ .orientation = 1 };
	if (!read_markers(&w))
		return false;
	out->len = (size_t)(w.at - bytes);
	return (!w.in_parts && w.scans == 1) ||
	    (w.coefficients <= PICTURE_COEFFICIENTS_MAX &&
		w.scans * w.coefficients <= PICTURE_PASSES_MAX);
}
