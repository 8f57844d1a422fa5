/* door_upload.c: see door_upload.h. */
#include "door_upload.h"

#include "arena.h"
#include "door.h"
#include "metrics.h"
#include "record.h"

static door_upload_fn *may_upload;
static int held, most_held;

void
door_take_uploads(door_upload_fn *may, int most)
{
	may_upload = may;
	most_held = most;
}

static bool
may_be_large(const char *bytes, size_t len)
{
	struct arena *a = arena_new();
	const char *method = record_param(a, bytes, len, "REQUEST_METHOD"),
		   *path = record_param(a, bytes, len, "DOCUMENT_URI");
	bool may = method != NULL && path != NULL && may_upload(method, path);

	arena_free(a);
	return may;
}

enum door_upload
door_upload_begin(const char *bytes, size_t len)
{
	if (may_upload == NULL || !may_be_large(bytes, len))
		return DOOR_UPLOAD_NONE;
	if (held >= most_held) {
		metrics_add(METRIC_UPLOADS_REJECTED, 1);
		return DOOR_UPLOAD_FLOODED;
	}
	metrics_set(METRIC_UPLOADS, ++held);
	return DOOR_UPLOAD_HELD;
}

void
door_upload_end(void)
{
	metrics_set(METRIC_UPLOADS, --held);
}
