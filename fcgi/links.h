/* links.h: the routes of links into groups. Whoever has a link's token comes in,
 * until it expires, is used up or revoked. The token is given once, to whoever
 * makes it; PostgreSQL has its SHA-256. All that makes one useless, and a ban, is
 * the same 404. */
#ifndef LINKS_H
#define LINKS_H

#include "request.h"

extern step_fn *const links_create_steps[]; /* POST /api/groups/ID/links */
extern step_fn *const links_list_steps[];   /* GET /api/groups/ID/links */
extern step_fn *const links_revoke_steps[]; /* DELETE /api/groups/ID/links/LINK */
extern step_fn *const links_look_steps[];   /* POST /api/group-links/look */
extern step_fn *const links_join_steps[];   /* POST /api/group-links/join */

#endif
