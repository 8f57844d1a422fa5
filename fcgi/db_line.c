/* db_line.c: see db_line.h. */
#include "db_line.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"

static struct db_call *line_first, **line_last = &line_first;
static size_t line_len;

struct db_call *
db_call_new(const char *function, const char *const *args, size_t arg_count)
{
	size_t size = sizeof(struct db_call);
	size_t lens[DB_ARGS_MAX];

	if (arg_count > DB_ARGS_MAX)
		abort();
	for (size_t i = 0; i < arg_count; i++)
		size += lens[i] = args[i] != NULL ? strlen(args[i]) + 1 : 0;

	struct db_call *call = xmalloc(size);
	char *at = (char *)(call + 1);

	*call = (struct db_call){ .function = function, .arg_count = arg_count };
	for (size_t i = 0; i < arg_count; i++) {
		if (args[i] == NULL)
			continue;
		call->args[i] = memcpy(at, args[i], lens[i]);
		at += lens[i];
	}
	return call;
}

void
db_call_end(struct db_call *call, const struct db_reply *reply)
{
	db_done *done = call->done;
	void *arg = call->arg;

	deadline_clear(&call->deadline);
	later_clear(&call->later);
	free(call);
	if (done != NULL)
		done(arg, reply);
}

void
db_call_fail(struct db_call *call, enum problem problem)
{
	db_call_end(call, &(struct db_reply){ .problem = problem });
}

/* The call that *at names leaves the line. */
static struct db_call *
take_out(struct db_call **at)
{
	struct db_call *call = *at;

	*at = call->next;
	if (line_last == &call->next)
		line_last = at;
	line_len--;
	deadline_clear(&call->deadline);
	return call;
}

static void
on_waited_too_long(struct deadline *d)
{
	struct db_call *call = container_of(d, struct db_call, deadline);
	struct db_call **at = &line_first;

	while (*at != call)
		at = &(*at)->next;
	db_call_fail(take_out(at), PROBLEM_BUSY);
}

void
db_line_put(struct db_call *call, int timeout_ms)
{
	*line_last = call;
	line_last = &call->next;
	line_len++;
	deadline_set(&call->deadline, timeout_ms, on_waited_too_long);
}

struct db_call *
db_line_take(bool (*may_run)(const struct db_call *))
{
	for (struct db_call **at = &line_first; *at != NULL; at = &(*at)->next)
		if (may_run == NULL || may_run(*at))
			return take_out(at);
	return NULL;
}

size_t
db_line_len(void)
{
	return line_len;
}
