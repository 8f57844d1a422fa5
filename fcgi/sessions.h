/* sessions.h: the routes of whoever looks after an account: its sessions, its
 * password, its end. Whatever ends a session has its polls answered 401 within a
 * second, in every worker, and its queues gone. The password is asked for again,
 * and as often as for a login, where it is changed or the account deleted. */
#ifndef SESSIONS_H
#define SESSIONS_H

#include "request.h"

extern step_fn *const sessions_list_steps[];           /* GET /api/sessions */
extern step_fn *const sessions_end_steps[];            /* DELETE /api/sessions/ID */
extern step_fn *const sessions_end_others_steps[];     /* DELETE /api/sessions */
extern step_fn *const sessions_password_steps[];       /* POST /api/password */
extern step_fn *const sessions_delete_account_steps[]; /* POST /api/me/delete */

#endif
