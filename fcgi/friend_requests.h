/* friend_requests.h: the routes of asking somebody to be a friend. Asking
 * somebody who has asked you accepts. A request that isn't yours to answer (or to
 * take back), one that is over or 30 days old, and one that isn't there are the
 * same 404. */
#ifndef FRIEND_REQUESTS_H
#define FRIEND_REQUESTS_H

#include "request.h"

extern step_fn *const friend_requests_ask_steps[];      /* POST /api/friend-requests */
extern step_fn *const friend_requests_list_steps[];     /* GET /api/friend-requests */
extern step_fn *const friend_requests_withdraw_steps[]; /* DELETE /api/friend-requests/ID */
extern step_fn *const friend_requests_accept_steps[];   /* POST /api/friend-requests/ID/accept */
extern step_fn *const friend_requests_reject_steps[];   /* POST /api/friend-requests/ID/reject */

#endif
