/* groups.h: the routes of groups: founding, listing, looking at one. A group
 * that one isn't a member of is a 404, as one that doesn't exist. */
#ifndef GROUPS_H
#define GROUPS_H

#include "request.h"

extern step_fn *const groups_create_steps[]; /* POST /api/groups */
extern step_fn *const groups_list_steps[];   /* GET /api/groups */
extern step_fn *const groups_get_steps[];    /* GET /api/groups/ID */

#endif
