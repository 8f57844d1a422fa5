/* must_use.h: marks a result that its caller may not ignore. */
#ifndef MUST_USE_H
#define MUST_USE_H

#define MUST_USE                 __attribute__((warn_unused_result))
#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))

#endif
