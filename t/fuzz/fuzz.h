/* fuzz.h: a fuzz driver is LLVMFuzzerTestOneInput, which a fuzzer calls:
 *
 *     clang -fsanitize=fuzzer,address,undefined -DWITH_FUZZER -iquote fcgi …
 *
 * Without a fuzzer the main below runs it over the files and folders that it
 * is given, each file whole, then its half, its quarter and so on: thus
 * `make check` runs the corpus. Include once, at the end of the driver. */
#ifndef FUZZ_H
#define FUZZ_H

#include <dirent.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* In a driver: what must hold for every input. */
#define MUST(condition)                                                                            \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);            \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

#ifndef WITH_FUZZER

static int
run_file(const char *path)
{
	static uint8_t bytes[1 << 20];
	FILE *file = fopen(path, "rb");
	uint8_t *exact;
	size_t len;

	if (file == NULL) {
		perror(path);
		return 0;
	}
	len = fread(bytes, 1, sizeof bytes, file);
	fclose(file);
	for (;; len /= 2) {
		exact = malloc(len > 0 ? len : 1); /* so that a byte read too far is seen */
		MUST(exact != NULL);
		memcpy(exact, bytes, len);
		LLVMFuzzerTestOneInput(exact, len);
		free(exact);
		if (len == 0)
			return 1;
	}
}

static int
run_folder(const char *path)
{
	struct dirent *entry;
	char inside[4096];
	DIR *folder = opendir(path);
	int count = 0;

	if (folder == NULL)
		return run_file(path);
	while ((entry = readdir(folder)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(inside, sizeof inside, "%s/%s", path, entry->d_name);
		count += run_file(inside);
	}
	closedir(folder);
	return count;
}

int
main(int argc, char **argv)
{
	int i, count = 0;

	for (i = 1; i < argc; i++)
		count += run_folder(argv[i]);
	printf("%d files\n", count);
	return count > 0 ? 0 : 1;
}

#endif
#endif
