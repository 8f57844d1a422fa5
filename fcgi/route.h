/* route.h: finds the steps of a request by method and path. */
#ifndef ROUTE_H
#define ROUTE_H

#include "request.h"

struct route {
	const char *method;
	const char *path; /* "/api/groups/ID/members/USER": a segment in capitals stands for any */
	step_fn *const *steps; /* ended by NULL; the last one answers */
	const char *name;      /* method and path, for metrics and the log */
	bool upload;           /* its body may have 2 MiB */
};

#define ROUTE(method, path, steps)                                                                 \
	{                                                                                          \
		method, path, steps, method " " path, false                                        \
	}
#define ROUTE_UPLOAD(method, path, steps)                                                          \
	{                                                                                          \
		method, path, steps, method " " path, true                                         \
	}

/* The table of all routes, ended by a NULL path. */
void route_open(const struct route *table);
door_upload_fn route_may_upload;
/* A step: sets r->route and its path_ids, and goes on with the route's steps; HEAD is a route's GET.
 * 404; 405 with Allow. */
step_fn route_find;

#endif
