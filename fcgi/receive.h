/* receive.h: POST /api/queues opens a tab's queue and tells the state as of
 * then; GET /api/receive waits at it; POST /api/changes tells the state again. */
#ifndef RECEIVE_H
#define RECEIVE_H

#include "request.h"

extern step_fn *const receive_open_steps[];
extern step_fn *const receive_steps[];
extern step_fn *const receive_changes_steps[];

#endif
