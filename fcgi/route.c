/* route.c: see route.h. */
#include "route.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "answer.h"

static const struct route *routes;

void
route_open(const struct route *table)
{
	routes = table;
}

static bool
stands_for_any(const char *segment, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (segment[i] < 'A' || segment[i] > 'Z')
			return false;
	return len > 0;
}

/* Does the path fit the pattern? The segments that it leaves open go into ids, copied into a (NULL: not). */
static bool
fits(struct arena *a, const char *pattern, const char *path, const char *ids[PATH_IDS_MAX])
{
	size_t id_count = 0;

	while (*pattern == '/' && *path == '/') {
		size_t pattern_len = strcspn(++pattern, "/"), path_len = strcspn(++path, "/");

		if (stands_for_any(pattern, pattern_len)) {
			if (path_len == 0 || id_count == PATH_IDS_MAX)
				return false;
			if (a != NULL)
				ids[id_count] = arena_copy(a, path, path_len);
			id_count++;
		} else if (pattern_len != path_len || memcmp(pattern, path, path_len) != 0) {
			return false;
		}
		pattern += pattern_len;
		path += path_len;
	}
	return *pattern == '\0' && *path == '\0';
}

/* HEAD is GET without a body. */
static bool
same_method(const char *method, const char *asked)
{
	return strcmp(method, asked) == 0 ||
	    (strcmp(method, "GET") == 0 && strcmp(asked, "HEAD") == 0);
}

bool
route_may_upload(const char *method, const char *path)
{
	for (const struct route *route = routes; route->path != NULL; route++)
		if (route->upload && strcmp(route->method, method) == 0 &&
		    fits(NULL, route->path, path, NULL))
			return true;
	return false;
}

static void
allow(char *list, size_t size, const char *method)
{
	size_t len = strlen(list);

	(void)snprintf(list + len, size - len, "%s%s%s", len > 0 ? ", " : "", method,
	    strcmp(method, "GET") == 0 ? ", HEAD" : "");
}

enum step_result
route_find(struct request *r)
{
	char allowed[64] = "";

	for (const struct route *route = routes; route->path != NULL; route++) {
		const char *ids[PATH_IDS_MAX] = { NULL };

		if (!fits(r->arena, route->path, r->path, ids))
			continue;
		if (!same_method(route->method, r->method)) {
			allow(allowed, sizeof allowed, route->method);
			continue;
		}
		r->route = route;
		r->step = route->steps;
		r->log.step = route->name;
		memcpy(r->path_ids, ids, sizeof ids);
		return STEP_NEXT;
	}
	if (*allowed == '\0')
		return answer_problem(r, PROBLEM_NOT_FOUND, NULL);
	answer_header(r, "Allow: %s", allowed);
	return answer_problem(r, PROBLEM_METHOD, NULL);
}
