/* door_upload.h: large bodies: which request may have one, and how many are here. For door.c alone. */
#ifndef DOOR_UPLOAD_H
#define DOOR_UPLOAD_H

#include <stddef.h>

#include "must_use.h"

enum door_upload {
	DOOR_UPLOAD_NONE,
	DOOR_UPLOAD_HELD,    /* counted, until door_upload_end */
	DOOR_UPLOAD_FLOODED, /* there are too many: what comes of it is thrown away */
};

/* Of a request whose parameters are in the first len bytes, and of whose body more than 64 KiB have come. */
enum door_upload door_upload_begin(const char *bytes, size_t len) MUST_USE;
/* A large body that was held is here no longer. */
void door_upload_end(void);

#endif
