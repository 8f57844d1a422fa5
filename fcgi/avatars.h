/* avatars.h: the pictures of people and groups: to set one (the body is the
 * picture), to take it away, to see one. */
#ifndef AVATARS_H
#define AVATARS_H

#include "request.h"

extern step_fn *const avatars_mine_put_steps[];     /* PUT /api/me/avatar */
extern step_fn *const avatars_mine_remove_steps[];  /* DELETE /api/me/avatar */
extern step_fn *const avatars_group_put_steps[];    /* PUT /api/groups/ID/avatar */
extern step_fn *const avatars_group_remove_steps[]; /* DELETE /api/groups/ID/avatar */
extern step_fn *const avatars_get_steps[];          /* GET /api/avatars/ID */

#endif
