/* send.h: POST /api/send: parse, commit in a batch, answer. */
#ifndef SEND_H
#define SEND_H

#include "request.h"

extern step_fn *const send_steps[];

#endif
