/* invitations.h: the routes of invitations into groups: inviting a friend,
 * answering, taking back. One that isn't made to me, or not mine to withdraw, is
 * a 404, as one that doesn't exist. */
#ifndef INVITATIONS_H
#define INVITATIONS_H

#include "request.h"

extern step_fn *const invitations_invite_steps[];   /* POST /api/groups/ID/invitations */
extern step_fn *const invitations_made_steps[];     /* GET /api/groups/ID/invitations */
extern step_fn *const invitations_withdraw_steps[]; /* DELETE /api/groups/ID/invitations/USER */
extern step_fn *const invitations_mine_steps[];     /* GET /api/group-invitations */
extern step_fn *const invitations_accept_steps[];   /* POST /api/group-invitations/ID/accept */
extern step_fn *const invitations_reject_steps[];   /* POST /api/group-invitations/ID/reject */

#endif
