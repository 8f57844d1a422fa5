/* people.h: the routes of what I say of myself, of finding people, and of who may. Somebody unknown, who
 * doesn't want to be found, or who has blocked me, is the same empty answer. */
#ifndef PEOPLE_H
#define PEOPLE_H

#include "request.h"

extern step_fn *const people_me_steps[];              /* GET /api/me */
extern step_fn *const people_me_change_steps[];       /* PATCH /api/me */
extern step_fn *const people_find_steps[];            /* GET /api/users */
extern step_fn *const people_settings_steps[];        /* GET /api/settings */
extern step_fn *const people_settings_change_steps[]; /* PATCH /api/settings */

#endif
