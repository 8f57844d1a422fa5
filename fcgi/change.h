/* change.h: the members of a change, as arguments of SQL. Each may be left out: then *out stays as it was (NULL),
 * and so does what is to be changed. False where it is wrong, which is noted for answer_bad_field. */
#ifndef CHANGE_H
#define CHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "must_use.h"
#include "request.h"

bool change_int(
    struct request *r, const char *name, int64_t min, int64_t max, const char **out) MUST_USE;
bool change_switch(struct request *r, const char *name, const char **out) MUST_USE;
/* One of words (ended by NULL). */
bool change_word(
    struct request *r, const char *name, const char *const *words, const char **out) MUST_USE;
/* As body_text (from 0), body_name and body_line; *key, where given, is what the text is compared by. */
bool change_text(struct request *r, const char *name, size_t max, const char **out) MUST_USE;
bool change_name(
    struct request *r, const char *name, size_t max, const char **out, const char **key) MUST_USE;
bool change_line(
    struct request *r, const char *name, size_t max, const char **out, const char **key) MUST_USE;

#endif
