/* account.h: the routes of an account: register, login, logout.
 * Register and login need no session and no CSRF token, only an Origin that is
 * ours; each makes a new session and ends the one that it was sent with. A
 * login takes as long for a user that doesn't exist as for a wrong password. */
#ifndef ACCOUNT_H
#define ACCOUNT_H

#include "request.h"

extern step_fn *const account_register_steps[]; /* POST /api/register */
extern step_fn *const account_login_steps[];    /* POST /api/login */
extern step_fn *const account_logout_steps[];   /* POST /api/logout */

#endif
