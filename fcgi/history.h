/* history.h: the routes of what was said: a conversation's messages, page by
 * page or as far as they changed since, and how far one has read. */
#ifndef HISTORY_H
#define HISTORY_H

#include "request.h"

extern step_fn *const history_steps[];      /* GET /api/history */
extern step_fn *const history_read_steps[]; /* POST /api/read */

#endif
