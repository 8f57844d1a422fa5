/* group_members.h: the routes of a group's members: adding a friend, changing
 * what a member is, removing somebody, leaving. */
#ifndef GROUP_MEMBERS_H
#define GROUP_MEMBERS_H

#include "request.h"

extern step_fn *const group_members_add_steps[];    /* POST /api/groups/ID/members */
extern step_fn *const group_members_change_steps[]; /* PATCH /api/groups/ID/members/USER */
extern step_fn *const group_members_remove_steps[]; /* DELETE /api/groups/ID/members/USER */

#endif
