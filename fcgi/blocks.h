/* blocks.h: the routes of those whom I block. A block ends a friendship and what
 * was asked; after it neither of us writes to or asks the other, or sees when the
 * other is there. The other is told just what an end or a rejection tells, and is
 * answered later as if I were nobody. */
#ifndef BLOCKS_H
#define BLOCKS_H

#include "request.h"

extern step_fn *const blocks_add_steps[];    /* POST /api/blocks */
extern step_fn *const blocks_list_steps[];   /* GET /api/blocks */
extern step_fn *const blocks_remove_steps[]; /* DELETE /api/blocks/ID */

#endif
