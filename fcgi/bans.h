/* bans.h: the routes of bans from groups. Who is banned comes in by no road, and
 * is told what a stranger to a private group is: 404. */
#ifndef BANS_H
#define BANS_H

#include "request.h"

extern step_fn *const bans_add_steps[];    /* POST /api/groups/ID/bans */
extern step_fn *const bans_list_steps[];   /* GET /api/groups/ID/bans */
extern step_fn *const bans_remove_steps[]; /* DELETE /api/groups/ID/bans/USER */

#endif
