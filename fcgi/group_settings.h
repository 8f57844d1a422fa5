/* group_settings.h: the routes by which a group is governed as a whole: its name
 * and settings, the announcement, who owns it, its end. */
#ifndef GROUP_SETTINGS_H
#define GROUP_SETTINGS_H

#include "request.h"

extern step_fn *const group_settings_change_steps[];   /* PATCH /api/groups/ID */
extern step_fn *const group_settings_dissolve_steps[]; /* DELETE /api/groups/ID */
extern step_fn *const group_settings_announce_steps[]; /* PUT /api/groups/ID/announcement */
extern step_fn *const group_settings_seen_steps[];     /* POST /api/groups/ID/announcement/seen */
extern step_fn *const group_settings_owner_steps[];    /* POST /api/groups/ID/owner */

#endif
