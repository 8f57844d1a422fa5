/* picture_file.h: what the bytes of a picture are, before any library decodes
 * them: of which kind, how large, and which of them a decoder needs to see. All
 * that costs memory or time by what a file says is bounded here. Pure. */
#ifndef PICTURE_FILE_H
#define PICTURE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "must_use.h"

enum {
	PICTURE_SIDE_MAX = 4096,
	PICTURE_PIXELS_MAX = 4096 * 3072,
	/* A PNG, of which few bytes may unpack to many: its pixels, and their bytes. */
	PICTURE_PNG_PIXELS_MAX = 3840 * 2160,
	PICTURE_PNG_BYTES_MAX = 3 * PICTURE_PNG_PIXELS_MAX,
	/* A JPEG that comes in several scans is kept as coefficients, and each scan may pass over all of them:
	 * bytes of these, and of all passes. Progressive ones have ten scans or so. */
	PICTURE_SCANS_MAX = 24,
	PICTURE_COEFFICIENTS_MAX = 48 * 1024 * 1024,
	PICTURE_PASSES_MAX = 12 * PICTURE_COEFFICIENTS_MAX,
};

enum picture_kind { PICTURE_NONE, PICTURE_PNG, PICTURE_JPEG, PICTURE_WEBP };

/* By the first bytes. */
enum picture_kind picture_kind(const uint8_t *bytes, size_t len) MUST_USE;

bool picture_is_fit(unsigned width, unsigned height) MUST_USE;

/* A PNG without what says nothing of its pixels (texts that unpack to megabytes, profiles,
 * places), appended to out. False: it isn't whole, or not fit. */
bool picture_strip_png(const uint8_t *bytes, size_t len, struct buffer *out) MUST_USE;

struct picture_jpeg {
	size_t len; /* to the end of the image: what comes behind is no part of it */
	unsigned width, height;
	unsigned orientation; /* of EXIF, 1 to 8; 1 where it says nothing */
};

/* False: it isn't whole, of a kind that hardly anything writes, or not fit. */
bool picture_read_jpeg(const uint8_t *bytes, size_t len, struct picture_jpeg *out) MUST_USE;

#endif
