/* friends.h: the routes of friendships: listing, ending,
 * and what I alone call a friend, and in which list. A friendship is mutual. */
#ifndef FRIENDS_H
#define FRIENDS_H

#include "request.h"

extern step_fn *const friends_list_steps[];   /* GET /api/friends */
extern step_fn *const friends_change_steps[]; /* PATCH /api/friends/ID */
extern step_fn *const friends_remove_steps[]; /* DELETE /api/friends/ID */

#endif
