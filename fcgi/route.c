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

/* Does the path fit the pattern? The segments that it leaves open (they are in capitals) go into ids,
 * copied into a (NULL: not). Most patterns are told apart by the first letter that differs. */
static bool
fits(struct arena *a, const char *pattern, const char *path, const char *ids[PATH_IDS_MAX])
{
	size_t id_count = 0;

	while (*pattern != '\0') {
		if (*pattern < 'A' || *pattern > 'Z') {
			if (*pattern++ != *path++)
				return false;
			continue;
		}

		size_t len = strcspn(path, "/");

		if (len == 0 || id_count == PATH_IDS_MAX)
			return false;
		if (a != NULL)
			ids[id_count] = arena_copy(a, path, len);
		id_count++;
		path += len;
		pattern += strcspn(pattern, "/");
	}
	return *path == '\0';
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
