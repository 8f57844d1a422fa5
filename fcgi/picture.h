/* picture.h: a picture that somebody uploads, made into a small one: its centred
 * square, 256 pixels a side at most (never larger than it was), on white where it
 * is transparent, turned upright, as WebP. Nothing of the file but its pixels goes
 * into that. Away from the loop, in the pool. Alone knows libpng, libjpeg-turbo
 * and libwebp. One takes at most 64 MB and, of a core, 100 ms. */
#ifndef PICTURE_H
#define PICTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "must_use.h"
#include "picture_file.h"

enum {
	PICTURE_SIDE = 256,
	PICTURE_SIZE = 20 * 1024,     /* bytes of the small one, aimed at */
	PICTURE_SIZE_MAX = 60 * 1024, /* and at most: 256 by 256 of noise are 40 KiB */
	/* A WebP without loss, or with transparency, may ask for 5 KiB for each 16 of its pixels. */
	PICTURE_WEBP_PIXELS_MAX = 200000,
};

struct picture_op;

/* webp: len bytes, borrowed until the callback returns; NULL where the picture can't be read, or is too large. */
typedef void picture_done(void *arg, const uint8_t *webp, size_t len);

void picture_open(int queue_max);

/* NULL where the line is full; else done is called once from the loop, unless cancelled. Copies the bytes. */
struct picture_op *picture_shrink(
    const char *bytes, size_t len, picture_done *done, void *arg) MUST_USE;
void picture_cancel(struct picture_op *op);

/* The work itself, at once: a buffer of malloc's, or NULL. */
uint8_t *picture_make(const uint8_t *bytes, size_t len, size_t *out_len) MUST_USE;

#endif
