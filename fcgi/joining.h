/* joining.h: the routes of public groups: finding them, joining or asking to,
 * and what admins answer those who ask. A group that isn't public, or from which
 * one is banned, is a 404, as one that doesn't exist. */
#ifndef JOINING_H
#define JOINING_H

#include "request.h"

extern step_fn *const joining_find_steps[];     /* GET /api/public-groups */
extern step_fn *const joining_ask_steps[];      /* POST /api/groups/ID/join */
extern step_fn *const joining_withdraw_steps[]; /* DELETE /api/groups/ID/join */
extern step_fn *const joining_list_steps[];     /* GET /api/groups/ID/join-requests */
extern step_fn *const joining_accept_steps[];   /* POST /api/groups/ID/join-requests/USER/accept */
extern step_fn *const joining_reject_steps[];   /* POST /api/groups/ID/join-requests/USER/reject */

#endif
