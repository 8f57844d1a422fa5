/* conversations.h: the routes of my own view of a conversation, which nobody else
 * hears of: pinned, muted, hidden until a message comes, marked as unread, and
 * cleared up to a number. One is named TYPE ("single" or "group") and ID. */
#ifndef CONVERSATIONS_H
#define CONVERSATIONS_H

#include "request.h"

extern step_fn *const conversations_change_steps[]; /* PATCH /api/conversations/TYPE/ID */
extern step_fn *const conversations_clear_steps[];  /* POST /api/conversations/TYPE/ID/clear */

#endif
