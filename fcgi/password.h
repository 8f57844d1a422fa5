/* password.h: Argon2id (libsodium), away from the loop, in the pool. One hash takes 15 to 30 ms of a core and
 * memory_kib of memory while it runs. */
#ifndef PASSWORD_H
#define PASSWORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "must_use.h"

enum { PASSWORD_HASH_SIZE = 128 }; /* with its NUL; text, as crypto_pwhash_str gives it */

struct password_op;

enum password_outcome {
	PASSWORD_GOOD, /* the hash was made, or the password is the one that was hashed */
	PASSWORD_WRONG,
	PASSWORD_UNKNOWN, /* there was no memory for it */
};

/* hash is borrowed until the callback returns. */
typedef void password_done(void *arg, enum password_outcome outcome, const char *hash);

/* The pool is open. */
bool password_open(int queue_max, int64_t memory_kib) MUST_USE;

/* Each NULL where the queue is full; else done is called once from the loop,
 * unless cancelled. The plain text is copied, and wiped after use. */
struct password_op *password_hash(
    const char *plain, size_t len, password_done *done, void *arg) MUST_USE;
/* hash NULL: nobody's. Takes as long, and is never good. */
struct password_op *password_verify(
    const char *plain, size_t len, const char *hash, password_done *done, void *arg) MUST_USE;
void password_cancel(struct password_op *op);

#endif
