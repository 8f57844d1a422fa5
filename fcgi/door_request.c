/* door_request.c: see door_request.h. */
#include "door_request.h"

#include <errno.h>
#include <fastcgi.h>
#include <fcgiapp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "log.h"
#include "record.h"

enum { MAPPED = 128 * 1024, END = sizeof(FCGI_Header) };

/* What libfcgi reads, and its first MAPPED bytes: most requests need nothing but a copy there. */
static int memory_fd = -1;
static char *memory;

bool
door_request_open(void)
{
	memory_fd = memfd_create("magpie-request", MFD_CLOEXEC);
	if (memory_fd < 0 || ftruncate(memory_fd, MAPPED) != 0)
		return false;
	memory = mmap(NULL, MAPPED, PROT_READ | PROT_WRITE, MAP_SHARED, memory_fd, 0);
	return memory != MAP_FAILED && FCGX_Init() == 0;
}

/* The value in "NAME=value" if that is its name, else NULL. Most differ in one of their first letters. */
static const char *
value_of(const char *param, const char *name)
{
	while (*name != '\0' && *param == *name)
		param++, name++;
	return *name == '\0' && *param == '=' ? param + 1 : NULL;
}

const char *
door_param(const struct door_input *in, const char *name)
{
	const char *value = NULL;

	for (char **p = in->params; *p != NULL && value == NULL; p++)
		value = value_of(*p, name);
	return value;
}

/* Copies the parameters into the arena; notes a header that came twice. */
static void
copy_params(struct door_input *in, char **envp)
{
	static const char *const once[] = { "HTTP_COOKIE", "HTTP_X_CSRFTOKEN", "REQUEST_METHOD",
		"CONTENT_LENGTH", "CONTENT_TYPE", "HTTP_ORIGIN", "HTTP_HOST" };
	int seen[sizeof once / sizeof *once] = { 0 };
	size_t count = 0;

	while (envp[count] != NULL)
		count++;
	in->params = arena_alloc(in->arena, (count + 1) * sizeof *in->params);
	for (size_t i = 0; i < count; i++) {
		in->params[i] = arena_strdup(in->arena, envp[i]);
		for (size_t k = 0; k < sizeof once / sizeof *once; k++)
			if (value_of(envp[i], once[k]) != NULL && seen[k]++ > 0)
				in->doubled = true;
	}
	in->params[count] = NULL;
}

/* Did the body come as long as CONTENT_LENGTH says? */
static bool
copy_body(struct door_input *in, FCGX_Stream *stream, size_t body_len)
{
	const char *said = door_param(in, "CONTENT_LENGTH");
	char *body = arena_alloc(in->arena, body_len + 1);
	char *end = NULL;
	unsigned long long length = 0;

	if (said != NULL && *said != '\0') {
		if (*said < '0' || *said > '9')
			return false;
		length = strtoull(said, &end, 10);
		if (*end != '\0')
			return false;
	}
	in->body_len = (size_t)FCGX_GetStr(body, (int)body_len, stream);
	body[in->body_len] = '\0';
	in->body = body;
	return in->body_len == body_len && length == body_len && FCGX_GetError(stream) == 0;
}

/* Puts the request in the file that libfcgi reads. Behind it is a header that is none: what earlier requests left
 * there would be the end of the reading, not a part of it. */
static bool
write_request(const char *bytes, size_t len)
{
	static const char end[END];
	bool small = len + END <= MAPPED, good;
	struct buffer plain = { 0 };

	if (small)
		plain = (struct buffer){ .data = memory, .capacity = MAPPED };
	record_unpad(&plain, bytes, len);
	buffer_append(&plain, end, END);
	good = (small || pwrite(memory_fd, plain.data, plain.len, 0) == (ssize_t)plain.len) &&
	    lseek(memory_fd, 0, SEEK_SET) == 0;
	if (!good)
		log_error(NULL, "can't hand a request to libfcgi", "error=%s",
		    LOG_QUOTED(strerror(errno)));
	if (!small)
		buffer_free(&plain);
	return good;
}

bool
door_request_read(struct door_input *in, const char *bytes, size_t len, size_t body_len)
{
	FCGX_Request fcgi;
	bool good = false;

	if (!record_params_good(bytes, len) || !write_request(bytes, len) ||
	    FCGX_InitRequest(&fcgi, -1, 0) != 0)
		return false;
	fcgi.ipcFd = memory_fd;
	fcgi.keepConnection = 1; /* or FCGX_Accept_r begins with closing it */
	if (FCGX_Accept_r(&fcgi) == 0) {
		in->arena = arena_new();
		copy_params(in, fcgi.envp);
		good = copy_body(in, fcgi.in, body_len);
		if (!good)
			arena_free(in->arena);
	}
	fcgi.keepConnection = 1;
	fcgi.ipcFd = -1;
	FCGX_Free(&fcgi, 0);
	if (len + END > MAPPED && ftruncate(memory_fd, MAPPED) != 0)
		log_error(NULL, "can't give back memory", "error=%s", LOG_QUOTED(strerror(errno)));
	return good;
}
