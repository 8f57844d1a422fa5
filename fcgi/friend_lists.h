/* friend_lists.h: the routes of my lists of friends ("Family", "Work"), which
 * nobody else sees. A friend is in one of them, or in the default one, which has
 * the number 0, no name of its own, and is always there. */
#ifndef FRIEND_LISTS_H
#define FRIEND_LISTS_H

#include "request.h"

extern step_fn *const friend_lists_get_steps[];    /* GET /api/friend-lists */
extern step_fn *const friend_lists_create_steps[]; /* POST /api/friend-lists */
extern step_fn *const friend_lists_change_steps[]; /* PATCH /api/friend-lists/ID */
extern step_fn *const friend_lists_remove_steps[]; /* DELETE /api/friend-lists/ID */

#endif
