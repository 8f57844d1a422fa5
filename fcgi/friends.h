/* friends.h: the routes of friendships: listing, ending. A friendship is mutual. */
#ifndef FRIENDS_H
#define FRIENDS_H

#include "request.h"

extern step_fn *const friends_list_steps[];   /* GET /api/friends */
extern step_fn *const friends_remove_steps[]; /* DELETE /api/friends/ID */

#endif
