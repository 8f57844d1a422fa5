/* query.h: the members of a query, typed and bounded, as body.h has those of a
 * body. Each returns false where something is wrong, which it has noted for
 * answer_bad_field. query_only comes before all others. */
#ifndef QUERY_H
#define QUERY_H

#include <stdbool.h>
#include <stdint.h>

#include "must_use.h"
#include "request.h"

/* Nothing stands in the query but these (ended by NULL), each once and well-formed; the body is {} or none. */
bool query_only(struct request *r, const char *const *names) MUST_USE;
/* *out keeps its value (the default) where the member is left out. */
bool query_int(
    struct request *r, const char *name, int64_t min, int64_t max, int64_t *out) MUST_USE;
/* One of names (ended by NULL): its index. Required. */
bool query_enum(struct request *r, const char *name, const char *const *names, int *out) MUST_USE;
/* Notes an error of the caller's own; returns false. */
bool query_refuse(struct request *r, const char *name, const char *error);

#endif
