/* friends.h: the routes of friendships: asking, answering, listing, ending.
 * A friendship is mutual. Asking somebody who has asked you accepts. A request
 * that isn't yours, one of your own, and one that isn't there are the same 404. */
#ifndef FRIENDS_H
#define FRIENDS_H

#include "request.h"

extern step_fn *const friends_ask_steps[];      /* POST /api/friend-requests */
extern step_fn *const friends_accept_steps[];   /* POST /api/friend-requests/ID/accept */
extern step_fn *const friends_reject_steps[];   /* POST /api/friend-requests/ID/reject */
extern step_fn *const friends_requests_steps[]; /* GET /api/friend-requests */
extern step_fn *const friends_list_steps[];     /* GET /api/friends */
extern step_fn *const friends_remove_steps[];   /* DELETE /api/friends/ID */

#endif
