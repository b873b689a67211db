/*
 * Structured exceptions do not exist here: nothing raises one. A guarded block is a block, a handler is never entered,
 * and what follows __finally runs after its block, unless that is left by return, goto or a C++ exception.
 */
#ifndef _INC_EXCPT
#define _INC_EXCPT

#define EXCEPTION_EXECUTE_HANDLER      1
#define EXCEPTION_CONTINUE_SEARCH      0
#define EXCEPTION_CONTINUE_EXECUTION (-1)

#define GetExceptionCode() 0
#define GetExceptionInformation() ((void *)0)

#if defined(__cplusplus) && defined(__cpp_exceptions)
/* The C++ library has a macro of this name, with the same meaning. */
#ifndef __try
#define __try try
#endif
struct linsock_structured_exception {};
#define __except(filter) catch (const linsock_structured_exception &)
#define __finally catch (const linsock_structured_exception &) { throw; }
#else
#ifndef __try
#define __try if (1)
#endif
#define __except(filter) else
#define __finally
#endif
#define __leave LINSOCK_leave_is_not_there

#endif /* _INC_EXCPT */
