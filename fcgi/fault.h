/* fault.h: named points on the road of a message at which a test ends a worker
 * as SIGKILL does. Only builds with --enable-faults have them: in all others
 * nothing of it is compiled.
 *
 * At each point such a worker looks at the file that MAGPIE_FAULT_FILE names. A
 * line "after-commit 3" there ends the worker that passes that point for the
 * third time since the file came; it takes the file away first. One of the same
 * name and ".next" takes its place: so ends the worker that is asked next. */
#ifndef FAULT_H
#define FAULT_H

#ifdef MAGPIE_FAULTS

void fault_point(const char *point);
/* Calls `before` if this is the moment, and then ends: for what the loop would
 * have done a moment later. */
void fault_point_after(const char *point, void (*before)(void));

#else

#define fault_point(point)               ((void)0)
#define fault_point_after(point, before) ((void)0)

#endif
#endif
