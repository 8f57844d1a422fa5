/* fuzz_settings.c: any bytes as a file of settings. What is taken must be the
 * same again after printing it and reading that. */
#include <unistd.h>

#include "settings.h"
#include "fuzz.h"

/* A file of its own, with these bytes; it is gone when it is closed. */
static FILE *
file_of(const void *bytes, size_t len, char path[64])
{
	FILE *file;
	int fd;

	snprintf(path, 64, "/tmp/magpie-fuzz-XXXXXX");
	fd = mkstemp(path);
	MUST(fd >= 0);
	file = fdopen(fd, "w");
	MUST(file != NULL);
	MUST(fwrite(bytes, 1, len, file) == len);
	MUST(fflush(file) == 0);
	return file;
}

static bool
load(struct settings *s, const void *bytes, size_t len)
{
	char path[64], error[100] = "";
	FILE *file = file_of(bytes, len, path);
	bool good = settings_load(s, path, error, sizeof error);

	MUST(good == (error[0] == '\0'));
	fclose(file);
	unlink(path);
	return good;
}

static char *
printed(const struct settings *s, size_t *len)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, len);

	MUST(out != NULL);
	settings_print(s, out);
	fclose(out);
	return text;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct settings s, again;
	char *first, *second;
	size_t first_len, second_len;

	settings_init(&s);
	settings_init(&again);
	if (load(&s, data, size) && s.redis_password[0] == '\0') {
		first = printed(&s, &first_len);
		MUST(load(&again, first, first_len));
		second = printed(&again, &second_len);
		MUST(strcmp(first, second) == 0);
		free(first);
		free(second);
	}
	settings_free(&s);
	settings_free(&again);
	return 0;
}
