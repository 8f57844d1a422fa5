/* health.h: the routes for whoever runs a server: does the worker live, can it
 * serve, and what has it counted. No session: nginx says from where they may
 * be asked. */
#ifndef HEALTH_H
#define HEALTH_H

#include "request.h"

extern step_fn *const health_live_steps[];    /* GET /healthz */
extern step_fn *const health_ready_steps[];   /* GET /readyz */
extern step_fn *const health_metrics_steps[]; /* GET /metrics */

#endif
